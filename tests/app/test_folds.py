"""Folds of a file: whoever names his people by cookie, customer or record is understood."""

from __future__ import annotations

import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connu.app.folds import folds_of
from connu.journal.journal import open_journal
from connu.kernel.errors import SourceError, UsageError


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(brand, path, column="fold", purpose="service"):
    with brand.reading(purpose) as reading:
        return folds_of(reading, path, column)


@pytest.fixture
def customers(built):
    rows = built.table("identities").to_pylist()
    return {row["record_id"]: row["customer_id"] for row in rows}


def test_people_are_named_by_cookie_customer_or_record(built, customers, tmp_path):
    expected = {customers["C000"]: "0", customers["C002"]: "1"}
    asked = {
        "cookie.csv": (["anonymous_id", "fold"], [["k0000", 0], [" k0002 ", 1]]),
        "customer.csv": (["customer_id", "fold"], [[c, f] for c, f in expected.items()]),
        "record.csv": (["source", "record_id", "fold"], [["crm", "C000", 0], ["crm", "C002", 1]]),
        "id.csv": (["record_id", "fold"], [["C000", 0], ["C002", 1]]),
    }
    for name, (header, rows) in asked.items():
        folds = read(built, write(tmp_path / name, header, rows))
        assert dict(zip(*folds.table.to_pydict().values(), strict=True)) == expected, name
        assert (folds.words, folds.learnt_on, folds.unknown) == (["0", "1"], None, 0)
    table = pa.table({"customer_id": list(expected), "fold": pa.array([0, 1], pa.int8())})
    pq.write_table(table, tmp_path / "folds.parquet")
    assert read(built, tmp_path / "folds.parquet").table.num_rows == 2


@pytest.mark.parametrize("words", [("earlier", "later"), ("train", "test"), ("Learn", "Judge")])
def test_of_two_times_the_later_is_judged_and_the_earlier_only_learnt_on(built, tmp_path, words):
    rows = [["C000", words[0]], ["C001", words[1]], ["C002", words[0]]]
    path = write(tmp_path / "f.csv", ["record_id", "time_split"], rows)
    folds = read(built, path, "time_split")
    assert (folds.words, folds.learnt_on) == ([words[1]], words[0])
    assert folds.table["fold"].null_count == 2
    assert sorted(folds.table["subject"].to_pylist()) == folds.table["subject"].to_pylist()


def test_who_is_nobody_s_customer_or_refused_is_counted_and_left_out(built, tmp_path):
    rows = [["C000", 0], ["C001", 1], ["C999", 1]]
    path = write(tmp_path / "f.csv", ["record_id", "fold"], rows)
    assert read(built, path).unknown == 1
    with open_journal(built.folder, built.settings) as journal:
        journal.consent("service", False, "x", records=[("crm", "C002")])
    path = write(tmp_path / "f.csv", ["record_id", "fold"], [*rows, ["C002", 0]])
    folds = read(built, path)
    assert (folds.table.num_rows, folds.rows, folds.unknown) == (2, 4, 2)


def test_errors_name_file_row_column_and_remedy(built, tmp_path):
    path = write(tmp_path / "f.csv", ["record_id", "fold"], [["C000", 0], ["C001", ""]])
    with pytest.raises(SourceError) as error:
        read(built, path)
    assert (error.value.fields["row"], error.value.fields["column"]) == (2, "fold")
    assert error.value.fields["file"] == path
    with pytest.raises(UsageError) as usage:
        read(built, path, "folds")
    assert "did you mean «fold»" in usage.value.hint
    with pytest.raises(UsageError, match="whom they are about"):
        read(built, write(tmp_path / "g.csv", ["who", "fold"], [["C000", 0]]))
    with pytest.raises(UsageError, match="nobody of the file") as usage:
        read(built, write(tmp_path / "g.csv", ["anonymous_id", "fold"], [["k9999", 0]]))
    assert "connu export visitors" in usage.value.hint
    with pytest.raises(UsageError, match="one value only"):
        read(built, write(tmp_path / "g.csv", ["record_id", "fold"], [["C000", 0], ["C001", 0]]))
    with pytest.raises(SourceError, match="no file with the folds"):
        read(built, tmp_path / "none.csv")


def test_one_person_has_one_fold_however_often_he_is_named(built, tmp_path):
    rows = [["k0000", "a"], ["k0002", "b"], ["k0000", "a"]]
    path = write(tmp_path / "f.csv", ["anonymous_id", "fold"], rows)
    assert read(built, path).table.num_rows == 2
    rows[2][1] = "b"
    with pytest.raises(SourceError, match="two folds") as error:
        read(built, write(path, ["anonymous_id", "fold"], rows))
    assert error.value.fields["row"] == 3
    assert "k0000" not in error.value.message
