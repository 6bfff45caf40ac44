"""Tombstones: a forgotten person does not come back, whoever stays keeps his rows."""

import hashlib
import hmac
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.engine.duckdb import DuckEngine
from connu.govern.erasure import Erased, hasher, tombstones

KEY = b"k" * 32
PEOPLE = [
    ("crm", "1", "ada@example.org", "+331"),
    ("crm", "2", "bea@example.org", "+332"),
    ("crm", "3", "bob@example.org", "+332"),
    ("web", "1", "ada@example.org", None),
    ("web", "2", "cyd@example.org", "+334"),
]


@pytest.fixture
def loaded(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    column = {name: [p[i] for p in PEOPLE] for i, name in enumerate(("source", "record_id"))}
    engine.put("people", pa.table(column | {"email": [p[2].upper() for p in PEOPLE]}))
    engine.put("normal", pa.table({"rid": pa.array(range(5), pa.int32())} | column))
    keys = [
        (rid, kind, value)
        for rid, (_, _, email, phone) in enumerate(PEOPLE)
        for kind, value in (("email", email), ("phone", phone))
        if value
    ]
    engine.put(
        "identifiers",
        pa.table(
            {
                "rid": pa.array([k[0] for k in keys], pa.int32()),
                "type": [k[1] for k in keys],
                "value": [k[2] for k in keys],
            }
        ),
    )
    engine.put("consents", pa.table(column | {"purpose": ["marketing"] * 5}))
    engine.put(
        "events",
        pa.table(
            {
                "source": ["shop"] * 3,
                "row": [1, 2, 3],
                "email": ["ada@example.org", None, "cyd@example.org"],
                "anonymous_id": ["ck1", "ck2", None],
            }
        ),
    )
    contents = [{"no": "2", "m": ""}, {"no": "", "m": " ADA@example.org "}, {"no": "9"}]
    engine.put(
        "quarantine",
        pa.table(
            {
                "source": ["crm"] * 3,
                "row": [6, 7, 8],
                "content": [json.dumps(content) for content in contents],
            }
        ),
    )
    yield engine
    engine.close()


def _rows(engine, table):
    return engine.collect(f"SELECT * FROM {table}").to_pylist()


@given(st.binary(max_size=100), st.binary(max_size=200))
def test_the_hash_is_hmac_sha_256(key, message):
    assert hasher(key)(message) == hmac.new(key, message, hashlib.sha256).digest()


def test_tombstones_tell_nothing_without_the_key():
    mine = tombstones(KEY, [("crm", "1")], [("email", "ada@example.org")])
    other = tombstones(b"o" * 32, [("crm", "1")], [("email", "ada@example.org")])
    assert len(mine) == 2
    assert not mine & other
    assert all(len(stone) == 32 for stone in mine)


def test_nobody_forgotten_costs_nothing():
    erased = Erased(KEY, set())
    assert not erased
    assert erased(None) == {}


def test_a_stranger_to_the_tables_changes_nothing(loaded):
    erased = Erased(KEY, tombstones(KEY, [("crm", "77")], [("email", "no@example.org")]))
    before = {p.name: p.stat().st_mtime_ns for p in loaded.workspace.glob("*.parquet")}
    assert erased(loaded) == {}
    after = {p.name: p.stat().st_mtime_ns for p in loaded.workspace.glob("*.parquet")}
    assert {name: after[name] for name in before} == before


def test_a_record_id_takes_out_its_record_and_nothing_else(loaded):
    counts = Erased(KEY, tombstones(KEY, [("crm", "2")], []))(loaded)
    assert counts == {
        "people": 1, "normal": 1, "identifiers": 2, "consents": 1, "quarantine": 1,
    }  # fmt: skip
    left = [(r["source"], r["record_id"]) for r in _rows(loaded, "normal")]
    assert left == [("crm", "1"), ("crm", "3"), ("web", "1"), ("web", "2")]
    assert [r["row"] for r in _rows(loaded, "quarantine")] == [7, 8]


def test_an_identifier_takes_out_every_record_that_bears_it(loaded):
    counts = Erased(KEY, tombstones(KEY, [], [("email", "ada@example.org")]))(loaded)
    assert counts == {
        "people": 2, "normal": 2, "identifiers": 3, "consents": 2, "events": 1, "quarantine": 1,
    }  # fmt: skip
    assert [r["row"] for r in _rows(loaded, "events")] == [2, 3]
    assert [r["row"] for r in _rows(loaded, "quarantine")] == [6, 8]


def test_rids_stay_without_gaps_and_point_to_the_same_records(loaded):
    Erased(KEY, tombstones(KEY, [("crm", "1"), ("web", "1")], []))(loaded)
    normal = {r["rid"]: (r["source"], r["record_id"]) for r in _rows(loaded, "normal")}
    assert normal == {0: ("crm", "2"), 1: ("crm", "3"), 2: ("web", "2")}
    schema = loaded.collect("SELECT rid FROM normal").schema
    assert schema.field("rid").type == pa.int32()
    held = {(normal[r["rid"]], r["value"]) for r in _rows(loaded, "identifiers")}
    assert held == {
        ((source, id), value)
        for source, id, *values in PEOPLE
        if id != "1"
        for value in values
        if value
    }


def test_an_identifier_of_one_type_says_nothing_of_another(loaded):
    assert Erased(KEY, tombstones(KEY, [], [("account", "ada@example.org")]))(loaded) == {}
    assert Erased(KEY, tombstones(KEY, [], [("email", "1")]))(loaded) == {}


def test_everybody_forgotten_leaves_empty_tables(loaded):
    Erased(KEY, tombstones(KEY, [(p[0], p[1]) for p in PEOPLE], []))(loaded)
    assert [len(_rows(loaded, t)) for t in ("people", "normal", "identifiers")] == [0, 0, 0]
    assert len(_rows(loaded, "events")) == 3


def test_no_helper_table_is_left(loaded):
    tables = {path.name for path in loaded.workspace.glob("*.parquet*")}
    Erased(KEY, tombstones(KEY, [("crm", "1")], []))(loaded)
    assert {path.name for path in loaded.workspace.glob("*.parquet*")} == tables


def test_events_without_people_are_taken_out_too(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    engine.put("events", pa.table({"source": ["s"], "row": [1], "email": ["ada@example.org"]}))
    assert Erased(KEY, tombstones(KEY, [], [("email", "ada@example.org")]))(engine) == {"events": 1}
    engine.close()
