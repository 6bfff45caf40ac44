"""What twins tell of visitors: counted among those nobody knows, measured where it was held out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.ledger.twins import SILENCES, TWIN_RELIABILITY, TWINS
from connu.measure import twin_reliability
from connu.measure.told import told_of_visitors


@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    yield engine
    engine.close()


def visitors(known, unknown, shared=0):
    n = known + unknown + shared
    return pa.table(
        {
            "anonymous_id": [f"k{i}" for i in range(n)],
            "customer_id": ["c" if i < known else None for i in range(n)],
            "shared_device": [i >= known + unknown for i in range(n)],
        }
    )


def twins(stated, first=0):
    """Statements about visitors, by value: how many; as many more are not stated."""
    rows, subject = [], first
    for value, number in stated.items():
        for k in range(2 * number):
            subject += 1
            rows += [
                ("visitor", f"k{subject}", "sex", other, 0.9 if other == value else 0.1,
                 other == value and k < number)
                for other in stated
            ]  # fmt: skip
    return pa.Table.from_pylist([dict(zip(TWINS.names, r, strict=True)) for r in rows], TWINS)


def figure(measure, figure, low=None, high=None, told=None, people=100, value=None):
    return {
        "attribute": "sex", "value": value, "measure": measure, "coverage": 0.5,
        "people": people, "told": told, "figure": figure, "low": low, "high": high,
    }  # fmt: skip


def measured(*rows):
    return pa.Table.from_pylist(list(rows), schema=TWIN_RELIABILITY)


def test_the_table_has_one_shape_wherever_it_is_named():
    assert twin_reliability.TWIN_RELIABILITY.equals(TWIN_RELIABILITY)


def test_coverage_is_of_visitors_nobody_knows(engine):
    engine.put("visitors", visitors(known=30, unknown=200, shared=9))
    engine.put("twins", twins({"female": 40, "male": 20}))
    engine.put(
        "twin_reliability",
        measured(
            figure("stated", 0.93, 0.9, 0.95, told=0.94),
            figure("stated", 0.96, 0.9, 0.98, told=0.95, value="female"),
            figure("ece", 0.012),
            figure("auc", 0.87, 0.85, 0.89),
            figure("reliability", 0.6, 0.5, 0.7, told=0.62, people=40),
            figure("reliability", 0.92, 0.9, 0.95, told=0.93, people=60),
        ),
    )
    (told,) = told_of_visitors(engine, least=10)
    assert (told.attribute, told.visitors, told.told, told.coverage) == ("sex", 200, 60, 0.3)
    assert (told.right.value, told.right.low, told.judged) == (0.93, 0.9, 100)
    assert (told.auc.value, told.ece) == (0.87, 0.012)
    assert [(b.people, b.told, b.right.value) for b in told.reliability] == [
        (40, 0.62, 0.6),
        (60, 0.93, 0.92),
    ]
    assert [(v.value, v.told, v.right and v.right.value) for v in told.values] == [
        ("female", 40, 0.96),
        ("male", 20, None),
    ]
    assert told.customers == 0
    assert engine.collect(told.how).num_rows == 2


def test_few_are_not_shown_nor_what_would_give_them_away(engine):
    engine.put("visitors", visitors(0, 200))
    engine.put("twin_reliability", TWIN_RELIABILITY.empty_table())
    engine.put("twins", twins({"female": 40, "male": 3}))
    (told,) = told_of_visitors(engine, least=10)
    assert told.told == 43
    assert [v.told for v in told.values] == [None, None]
    engine.put("twins", twins({"female": 4, "male": 0}))
    (told,) = told_of_visitors(engine, least=10)
    assert (told.told, told.coverage) == (None, None)


def test_who_may_not_be_read_is_not_counted(engine):
    engine.put("visitors", visitors(0, 100))
    engine.put("twins", twins({"female": 20, "male": 20}))
    engine.put("twin_reliability", TWIN_RELIABILITY.empty_table())

    def read(table):
        held = {"twins": "subject", "visitors": "anonymous_id"}.get(table)
        return f"SELECT * FROM {table}" + (f" WHERE {held} < 'k5'" if held else "")

    (told,) = told_of_visitors(engine, least=1, read=read)
    everybody = told_of_visitors(engine, least=1)[0]
    assert told.visitors < everybody.visitors
    assert told.told < everybody.told


def test_a_build_without_twins_tells_nothing(engine):
    engine.put("visitors", visitors(1, 1))
    assert told_of_visitors(engine, least=10) == []
    engine.put("twins", TWINS.empty_table())
    engine.put("silences", SILENCES.empty_table())
    engine.put("twin_reliability", TWIN_RELIABILITY.empty_table())
    assert told_of_visitors(engine, least=10) == []
