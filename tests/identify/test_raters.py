"""Who answered whether the brand knows him: tied as his texts are, with or without a text."""

from datetime import datetime

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.identify.raters import find_raters
from connu.ledger.knows_me import KNOWS_ME

_AT = datetime(2026, 5, 1)


@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    people = {"source": ["crm", "crm"], "record_id": ["1", "2"]}
    engine.put("normal", pa.table({"rid": pa.array([0, 1], pa.int32())} | people))
    engine.put("identities", pa.table(people | {"customer_id": ["ada", "bob"]}))
    engine.put(
        "identifiers",
        pa.table(
            {
                "rid": pa.array([0, 1, 0, 1], pa.int32()),
                "type": ["email", "email", "phone", "phone"],
                "value": ["ada@x.example", "bob@x.example", "+331", "+331"],
            }
        ),
    )
    engine.put(
        "visitors",
        pa.table(
            {
                "anonymous_id": ["ck1", "ck2"],
                "customer_id": pa.array(["ada", None], pa.string()),
                "shared_device": [False, False],
            }
        ),
    )
    yield engine
    engine.close()


def _ask(engine, rows):
    columns = ("row", "text", "knows_me", "email", "phone", "anonymous_id")
    table = pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows],
        pa.schema(
            [("row", pa.int64()), ("text", pa.string()), ("knows_me", pa.float64())]
            + [(name, pa.string()) for name in columns[3:]]
        ),
    )
    n = len(rows)
    table = table.append_column("source", pa.array(["poll"] * n))
    table = table.append_column("verbatim_id", pa.array([f"v{row[0]}" for row in rows]))
    engine.put("verbatims", table.append_column("time", pa.array([_AT] * n, pa.timestamp("us"))))
    return find_raters(engine)


def test_answers_find_their_customers_and_rows_without_a_text_leave_verbatims(engine):
    answers = _ask(
        engine,
        [
            (1, "ok", 7.0, "ada@x.example", None, None),
            (2, None, 8.0, "bob@x.example", None, None),
            (3, None, 9.0, None, "+331", None),  # the household's: nobody's
            (4, None, 3.0, None, None, "ck2"),
            (5, None, 4.0, None, None, "ck1"),
            (6, "fine", None, "bob@x.example", None, None),
        ],
    )
    table = engine.collect("SELECT * FROM knows_me ORDER BY row")
    assert answers == 5 and table.schema.equals(KNOWS_ME)
    assert [
        (row["row"], row["subject_kind"], row["subject"], row["score"])
        for row in table.to_pylist()
    ] == [
        (1, "customer", "ada", 7.0), (2, "customer", "bob", 8.0), (3, None, None, 9.0),
        (4, "visitor", "ck2", 3.0), (5, "customer", "ada", 4.0),
    ]  # fmt: skip
    left = engine.collect("SELECT row FROM verbatims ORDER BY row")["row"].to_pylist()
    assert left == [1, 6]
    assert not engine.has("verbatim_writers")


def test_where_nobody_asks_the_table_is_empty_and_verbatims_stay(engine):
    assert _ask(engine, [(1, "ok", None, "ada@x.example", None, None)]) == 0
    assert engine.collect("SELECT * FROM knows_me").schema.equals(KNOWS_ME)
    assert engine.collect("SELECT * FROM verbatims").num_rows == 1
