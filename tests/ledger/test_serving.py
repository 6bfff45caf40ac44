"""The serving index: whoever holds a key is found by it, and nobody else."""

import os
import sqlite3

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_build import PEOPLE, tables

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import BuildError
from connu.ledger.serving import open_serving, write_serving


@pytest.fixture
def serving(engine, tmp_path):
    for name, table in tables().items():
        engine.put(name, table)
    write_serving(engine, tmp_path / "serving.sqlite")
    with open_serving(tmp_path / "serving.sqlite") as serving:
        yield serving


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("ada@example.org", ["c-ada"]),
        ("ada.l@example.org", ["c-ada"]),
        ("+33600000002", ["c-bea", "c-bob"]),
        ("7", ["c-ada"]),
        ("c-cyd", ["c-cyd"]),
        ("ck-ada", ["c-ada"]),
        ("ck-lone", []),
        ("nobody@example.org", []),
        ("", []),
        ("ada@example.or", []),
        ("\udce9", []),
        ("x\x1f", []),
    ],
)
def test_who_answers_to_a_text(serving, text, customers):
    assert serving.find(text) == customers


def test_a_hit_says_by_what(serving):
    assert [(h.type, h.customer_id) for h in serving.hits("7")] == [("record:web", "c-ada")]
    assert [h.type for h in serving.hits("+33600000002")] == ["phone", "phone"]


def test_a_customer_leads_back_to_what_he_holds(serving):
    assert serving.records("c-ada") == [("crm", "1"), ("web", "7")]
    assert serving.identifiers("c-ada") == [
        ("anonymous_id", "ck-ada"),
        ("email", "ada.l@example.org"),
        ("email", "ada@example.org"),
        ("phone", "+33600000001"),
    ]
    assert serving.records("nobody") == serving.identifiers("nobody") == []


def _index(folder, rows):
    """An index of (source, record_id, customer_id, e-mail)."""
    engine = DuckEngine(folder, threads=2)
    column = {
        "source": pa.array([r[0] for r in rows], pa.string()),
        "record_id": pa.array([r[1] for r in rows], pa.string()),
    }
    rid = pa.array(range(len(rows)), pa.int32())
    engine.put("normal", pa.table({"rid": rid} | column))
    engine.put(
        "identities",
        pa.table(column | {"customer_id": pa.array([r[2] for r in rows], pa.string())}),
    )
    engine.put(
        "identifiers",
        pa.table(
            {
                "rid": rid,
                "type": pa.array(["email"] * len(rows), pa.string()),
                "value": pa.array([r[3] for r in rows], pa.string()),
            }
        ),
    )
    write_serving(engine, folder / "serving.sqlite")
    engine.close()
    return open_serving(folder / "serving.sqlite")


def test_every_key_of_many_is_found_wherever_its_page_begins(tmp_path):
    rows = [("crm", f"r{n:04d}", f"c{n // 2}", f"m{n}") for n in range(3000)]
    with _index(tmp_path, rows) as serving:
        for n in range(0, 3000, 7):
            assert serving.find(f"r{n:04d}") == serving.find(f"m{n}") == [f"c{n // 2}"]
            assert serving.find(f"m{n}x") == []


def test_a_key_of_more_customers_than_a_page_holds_finds_them_all(tmp_path):
    rows = [("crm", f"r{n}", f"c{n:03d}", "shared") for n in range(450)]
    with _index(tmp_path, rows) as serving:
        assert serving.find("shared") == [f"c{n:03d}" for n in range(450)]
        assert serving.find("share") == serving.find("shared!") == []


_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(_text, _text), min_size=1, max_size=150, unique=True), _text)
def test_any_text_finds_exactly_its_holders(tmp_path_factory, rows, stranger):
    rows = [("crm", record, "c" + record[0], email) for record, email in dict(rows).items()]
    rows = [row for row in rows if not set("\x1e\x1f") & set("".join(row))]
    with _index(tmp_path_factory.mktemp("index"), rows) as serving:
        for text in {stranger, *(r[1] for r in rows), *(r[3] for r in rows)}:
            if "\x1e" in text or "\x1f" in text:
                continue
            holders = {r[2] for r in rows if text in (r[1], r[2], r[3])}
            assert serving.find(text) == sorted(holders)


def test_an_empty_build_has_an_empty_index(tmp_path):
    with _index(tmp_path, []) as serving:
        assert serving.find("x") == []


@pytest.mark.parametrize("damage", [None, b"", b"no index at all" * 100])
def test_an_index_missing_or_damaged_says_what_to_run(tmp_path, damage):
    path = tmp_path / "serving.sqlite"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(BuildError) as error:
        open_serving(path)
    assert "connu build" in error.value.hint


def test_an_index_of_another_connu_is_not_read(tmp_path):
    path = tmp_path / "serving.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BuildError):
        open_serving(path)


def test_a_folder_that_cannot_be_written_is_said(engine, tmp_path):
    for name, table in tables().items():
        engine.put(name, table)
    with pytest.raises(BuildError):
        write_serving(engine, tmp_path / "no" / "serving.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(BuildError):
        write_serving(engine, tmp_path / "folder.sqlite")


def test_reading_the_index_writes_nothing_beside_it(serving, tmp_path):
    serving.find("7")
    assert [n for n in os.listdir(tmp_path) if n.startswith("serving")] == ["serving.sqlite"]
    assert len({p[2] for p in PEOPLE}) == 4
