"""What somebody is after: read with consent inside, narrowed, and gone with who is forgotten."""

import os
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from small_build import tables

from connu.engine.duckdb import DuckEngine
from connu.govern.consents import JOURNAL_CONSENTS
from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError, UsageError
from connu.ledger.builds import Builds
from connu.ledger.erasure import forget
from connu.ledger.facts import FACTS, check_facts
from connu.ledger.intents import ATTRIBUTES, INTENT_TABLES, INTENTS
from connu.ledger.narrowing import Narrowing
from connu.ledger.reading import Reader
from connu.ledger.ties import tie_of

AT = datetime(2026, 1, 1)
NOBODY = ("intent_reliability", "intent_silences")


def _said(type, value, purpose, granted):
    row = {"type": type, "value": value, "purpose": purpose, "granted": granted, "since": AT}
    return pa.Table.from_pylist([row], schema=JOURNAL_CONSENTS)


def _subjects(table):
    return sorted(set(table["subject"].to_pylist()))


@pytest.mark.parametrize("name", INTENT_TABLES)
def test_every_table_is_tied_to_its_people_or_to_nobody(name):
    kind = tie_of(name, INTENT_TABLES[name].names).kind
    assert kind == ("nobody" if name in NOBODY else "subject")


def test_who_refused_is_not_read(whole_build, engine):
    assert _subjects(Reader(whole_build, engine).table("intents")) == ["c-bea", "ck-lone"]
    email = _said("email", "bea@example.org", "service", False)
    reader = Reader(whole_build, engine, "service", email)
    assert _subjects(reader.table("intents")) == ["ck-lone"]
    assert _subjects(reader.table("staying")) == []
    assert reader.table("intent_silences").num_rows == 1
    cookie = _said("anonymous_id", "ck-lone", "service", False)
    reader = Reader(whole_build, engine, "service", cookie)
    assert _subjects(reader.table("moments")) == []
    assert _subjects(reader.table("intents")) == ["c-bea"]


def test_a_purpose_nobody_granted_reads_nobody(whole_build, engine):
    reader = Reader(whole_build, engine, "marketing")
    assert reader.table("intents").num_rows == 0
    assert reader.table("intent_reliability").num_rows == 1


def test_an_export_is_narrowed_and_counts_what_it_leaves_out_among_its_own(
    whole_build, engine, tmp_path
):
    email = _said("email", "bea@example.org", "service", False)
    reader = Reader(whole_build, engine, "service", email)
    done = reader.export("intents", tmp_path / "i.csv", only=Narrowing("affinity", top=1))
    assert (done.rows, done.left_out, done.customers_left_out) == (1, 1, 1)
    table = pc.read_csv(tmp_path / "i.csv")
    assert table.column_names == INTENTS.names
    assert table["target"].to_pylist() == ["Photo"]


def test_rows_are_ordered_by_subject_kind_horizon_and_rank(whole_build, engine, tmp_path):
    reader = Reader(whole_build, engine)
    asked = Narrowing("buy", "category")
    assert reader.export("intents", tmp_path / "i.parquet", only=asked).rows == 4
    read = pq.read_table(tmp_path / "i.parquet")
    assert read["horizon_days"].to_pylist() == [7, 30, 7, 30]
    assert read["subject"].to_pylist() == ["c-bea"] * 2 + ["ck-lone"] * 2


def test_a_narrowing_that_does_not_fit_writes_nothing(whole_build, engine, tmp_path):
    reader = Reader(whole_build, engine)
    with pytest.raises(UsageError) as error:
        reader.export("intents", tmp_path / "i.csv", only=Narrowing(kind="byu"))
    assert error.value.hint == "did you mean «buy»?"
    with pytest.raises(UsageError) as error:
        reader.export("staying", tmp_path / "i.csv", only=Narrowing(kind="buy"))
    assert error.value.hint == "leave --kind out"
    with pytest.raises(UsageError, match="within 8 days"):
        reader.export("intents", tmp_path / "i.csv", only=Narrowing(horizon_days=8))
    assert not (tmp_path / "i.csv").exists()


def test_where_the_trade_is_sensitive_its_products_and_categories_are_hidden(make_build, engine):
    told = [
        {
            "subject_kind": "customer",
            "subject": "c-bea",
            "attribute": attribute,
            "value": "Photo",
            "probability": 0.5,
            "basis": "intents",
            "source": "intents",
        }
        for attribute in ATTRIBUTES
    ]
    facts = pa.concat_tables([tables()["facts"], pa.Table.from_pylist(told, schema=FACTS)])
    build = make_build(facts=facts)
    reader = Reader(build, engine, sensitive={"category": "care"})
    assert set(reader.table("intents")["level"].to_pylist()) == {"any"}
    assert reader.table("moments").num_rows == 0
    assert reader.table("intent_silences").num_rows == 0
    kept = [f["attribute"] for f in reader.table("facts").to_pylist() if f["basis"] == "intents"]
    assert kept == ["staying"]
    shown = Reader(build, engine).table("facts")
    assert shown.num_rows == facts.num_rows


def test_intents_are_a_basis_of_facts(engine):
    row = {
        "subject_kind": "visitor",
        "subject": "ck-lone",
        "attribute": "affinity",
        "value": "Photo",
        "probability": 0.5,
        "basis": "intents",
        "source": "intents",
    }
    engine.put("told", pa.Table.from_pylist([row], schema=FACTS))
    assert check_facts(engine, "told") == 1


def test_a_build_of_an_earlier_connu_says_what_to_run(tmp_path, engine):
    old = {name: table for name, table in tables().items() if name not in INTENT_TABLES}
    with Builds(tmp_path).begin() as draft:
        writer = DuckEngine(draft.workspace, threads=1)
        for name, table in old.items():
            writer.put(name, table)
        writer.close()
        build = draft.publish(list(old), {})
    with pytest.raises(NotFoundError) as error:
        Reader(build, engine).export("intents", tmp_path / "i.csv")
    assert "connu build" in error.value.hint


def test_forgetting_leaves_the_models_behind_and_his_rows_only(tmp_path):
    with Builds(tmp_path).begin() as draft:
        writer = DuckEngine(draft.workspace, threads=1)
        for name, table in tables().items():
            writer.put(name, table)
        writer.close()
        (draft.workspace / "intents").mkdir()
        (draft.workspace / "intents" / "visits.bin").write_bytes(b"\x01\x02 c-bea")
        built = draft.publish(list(tables()), {})
    assert (built.path / "intents" / "visits.bin").is_file()
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
    assert "intents" not in os.listdir(build.path)
    assert done.remains == ()
    assert (done.rows["intents"], done.rows["staying"]) == (6, 1)
    engine = DuckEngine(tmp_path / "reading", threads=1)
    reader = Reader(build, engine)
    assert _subjects(reader.table("intents")) == ["ck-lone"]
    assert reader.table("staying").num_rows == 0
    assert reader.table("moments").num_rows == 1
    engine.close()
