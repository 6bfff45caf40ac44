"""What twins told is read with consent inside, and leaves with who is forgotten."""

import os
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.csv as pc
import pytest
from small_build import publish, tables

from connu.engine.duckdb import DuckEngine
from connu.govern.consents import JOURNAL_CONSENTS
from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError, PurposeError, UsageError
from connu.ledger.builds import Builds
from connu.ledger.erasure import forget
from connu.ledger.reading import Reader
from connu.ledger.ties import tie_of
from connu.ledger.twins import SILENCES, TWIN_RELIABILITY, TWIN_TABLES, TWINS

AT = datetime(2026, 1, 1)


def _said(type, value, purpose, granted):
    row = {"type": type, "value": value, "purpose": purpose, "granted": granted, "since": AT}
    return pa.Table.from_pylist([row], schema=JOURNAL_CONSENTS)


def _subjects(table):
    return sorted(set(table["subject"].to_pylist()))


def test_what_is_told_of_people_is_tied_to_them_and_figures_to_nobody():
    assert tie_of("twins", TWINS.names).kind == "subject"
    assert tie_of("silences", SILENCES.names).kind == "subject"
    assert tie_of("twin_reliability", TWIN_RELIABILITY.names).kind == "nobody"


@pytest.mark.parametrize("name", ["twins", "silences"])
def test_who_refused_is_not_read(whole_build, engine, name):
    everybody = _subjects(Reader(whole_build, engine).table(name))
    email = _said("email", "bea@example.org", "service", False)
    reader = Reader(whole_build, engine, "service", email)
    assert _subjects(reader.table(name)) == [who for who in everybody if who != "c-bea"]
    assert reader.table("twin_reliability").num_rows == 1


def test_a_purpose_nobody_granted_reads_nobody_but_a_cookie_speaks_for_itself(whole_build, engine):
    assert Reader(whole_build, engine, "marketing").table("twins").num_rows == 0
    granted = _said("anonymous_id", "ck-lone", "marketing", True)
    reader = Reader(whole_build, engine, "marketing", granted)
    assert _subjects(reader.table("twins")) == ["ck-lone"]
    refused = _said("anonymous_id", "ck-lone", "service", False)
    reader = Reader(whole_build, engine, "service", refused)
    assert _subjects(reader.table("twins")) == ["c-bea"]


def test_an_export_of_one_attribute_counts_what_it_leaves_out_among_its_own(
    make_build, engine, tmp_path
):
    more = pa.concat_tables(
        [
            tables()["twins"],
            pa.table([["customer"], ["c-bea"], ["place"], ["city"], [1.0], [True]], schema=TWINS),
        ]
    )
    build = make_build(twins=more)
    said = _said("email", "bea@example.org", "service", False)
    reader = Reader(build, engine, "service", said)
    done = reader.export("twins", tmp_path / "t.csv", attribute="sex")
    assert (done.rows, done.left_out, done.customers_left_out) == (2, 2, 1)
    table = pc.read_csv(tmp_path / "t.csv")
    assert table.column_names == [
        "subject_kind", "subject", "attribute", "value", "probability", "stated",
    ]  # fmt: skip
    assert set(table["attribute"].to_pylist()) == {"sex"}
    assert Reader(build, engine).export("twins", tmp_path / "t.csv").rows == 5


def test_an_unknown_attribute_is_told_with_the_nearest(whole_build, engine, tmp_path):
    reader = Reader(whole_build, engine)
    with pytest.raises(UsageError) as error:
        reader.export("twins", tmp_path / "t.csv", attribute="sexe")
    assert error.value.hint == "did you mean «sex»?"
    assert not (tmp_path / "t.csv").exists()
    with pytest.raises(UsageError, match="not about attributes"):
        reader.sql("links", attribute="sex")
    empty = publish(tmp_path / "empty", twins=TWINS.empty_table())
    with pytest.raises(UsageError) as error:
        Reader(empty, engine).sql("twins", attribute="sex")
    assert "empty" in error.value.hint


def test_a_sensitive_attribute_stays_hidden_in_every_table(whole_build, engine, tmp_path):
    reader = Reader(whole_build, engine, sensitive={"sex": "care"})
    assert reader.table("twins").num_rows == 0
    assert reader.table("twin_reliability").num_rows == 0
    assert _subjects(reader.table("silences")) == ["ck-other"]
    with pytest.raises(PurposeError, match="sensitive"):
        reader.export("twins", tmp_path / "t.csv", attribute="sex")


def test_a_build_of_an_earlier_connu_still_reads_and_says_what_to_run(tmp_path, engine):
    old = {name: table for name, table in tables().items() if name not in TWIN_TABLES}
    with Builds(tmp_path).begin() as draft:
        writer = DuckEngine(draft.workspace, threads=1)
        for name, table in old.items():
            writer.put(name, table)
        writer.close()
        build = draft.publish(list(old), {})
    reader = Reader(build, engine)
    assert reader.table("facts").num_rows == tables()["facts"].num_rows
    with pytest.raises(NotFoundError) as error:
        reader.export("twins", tmp_path / "t.csv")
    assert "connu build" in error.value.hint


# ---------------------------------------------------------------------- the model's folder
def _with_model(folder):
    """A published build whose model folder holds a file in a folder."""
    with Builds(folder).begin() as draft:
        writer = DuckEngine(draft.workspace, threads=1)
        for name, table in tables().items():
            writer.put(name, table)
        writer.close()
        (draft.workspace / "twins" / "sex").mkdir(parents=True)
        (draft.workspace / "twins" / "sex" / "vectors.bin").write_bytes(b"\x01\x02 c-bea")
        (draft.workspace / "scratch").mkdir()
        (draft.workspace / "scratch" / "x.bin").write_bytes(b"x")
        return draft.publish(list(tables()), {})


def test_the_folder_of_the_model_is_published_whole_and_other_folders_are_not(tmp_path):
    build = _with_model(tmp_path)
    assert (build.path / "twins" / "sex" / "vectors.bin").read_bytes() == b"\x01\x02 c-bea"
    assert not (build.path / "scratch").exists()


def test_forgetting_leaves_the_model_behind_and_his_rows_only(tmp_path):
    _with_model(tmp_path)
    with open_journal(tmp_path) as journal:
        done = forget(
            tmp_path,
            journal,
            "c-bea",
            by="eve",
            open_engine=lambda place: DuckEngine(place, threads=1),
            clock=lambda: datetime(2026, 6, 1, tzinfo=UTC),
        )
    build = Builds(tmp_path).current()
    assert [b.id for b in Builds(tmp_path).list()] == [build.id] == [done.build_id]
    assert "twins" not in os.listdir(build.path)
    assert done.remains == ()
    engine = DuckEngine(tmp_path / "reading", threads=1)
    reader = Reader(build, engine)
    assert _subjects(reader.table("twins")) == ["ck-lone"]
    assert _subjects(reader.table("silences")) == ["ck-other"]
    assert reader.table("twin_reliability").num_rows == 1
    engine.close()
