"""Truth is read as text, and a broken file is told without its cells."""

from __future__ import annotations

import made_brand
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connu.app.truth import read_truth
from connu.kernel.errors import SourceError, UsageError


def test_ids_stay_text(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("source;record_id;person\ncrm;00042;7\n")
    assert read_truth(path).to_pylist() == [{"source": "crm", "record_id": "00042", "person": "7"}]


def test_parquet_and_a_bom_are_read(tmp_path):
    table = pa.table({"source": ["crm"], "record_id": ["1"], "person": ["a"]})
    pq.write_table(table, tmp_path / "truth.parquet")
    assert read_truth(tmp_path / "truth.parquet").equals(table)
    (tmp_path / "truth.csv").write_text("\ufeffsource,record_id,person\ncrm,1,a\n", "utf-8")
    assert read_truth(tmp_path / "truth.csv").equals(table)


def test_a_broken_file_is_told_without_its_cells(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("source,record_id,person\ncrm,1\ncrm,2,secret,secret\n")
    with pytest.raises(SourceError) as raised:
        read_truth(path)
    assert "secret" not in str(raised.value.as_dict())


def test_absent_or_of_another_kind(tmp_path):
    with pytest.raises(SourceError, match="no file"):
        read_truth(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="xlsx"):
        read_truth(tmp_path / "truth.xlsx")


def test_the_made_brand_is_identified_rightly(built, tmp_path):
    path = tmp_path / "truth.csv"
    made_brand.write_rows(path, ("source", "record_id", "person"), made_brand.truth())
    score = built.evaluate_identities(path)
    assert score.records == 90
    assert score.pairwise.f1.value == score.bcubed.f1.value == 1.0
    assert built.evaluate_identities(path, across=True).pairs.true == 30


def test_a_truth_about_nobody_is_no_perfect_score(built, tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("source,record_id,person\nelsewhere,1,a\n")
    with pytest.raises(UsageError, match="no record of the truth"):
        built.evaluate_identities(path)
    with pytest.raises(UsageError, match="no record of the truth"):
        built.scorecard(truth=path)
