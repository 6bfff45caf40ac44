"""What the scorecard says of intents: of how many, how rightly, and nothing of the few."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.ledger.intents import INTENT_RELIABILITY, INTENTS
from connu.measure.intents_told import HOW, intents_told


@pytest.fixture
def engine(tmp_path: Path):
    made = DuckEngine(tmp_path, memory_gb=0.5)
    yield made
    made.close()


def row(**words: object) -> dict[str, object]:
    return {"kind": "buy", "level": "any", "target": None, "horizon_days": 7} | words


def put(engine: DuckEngine) -> None:
    told = [
        row(subject_kind=kind, subject=f"{kind}{n}", target=target, probability=0.1, rank=1)
        for kind, many in (("customer", 30), ("visitor", 3))
        for n in range(many)
        for target in ("", "Photo")
    ]
    engine.put("intents", pa.Table.from_pylist(told, schema=INTENTS))
    figures = [
        row(measure="log_loss", figure=0.2, base=0.3, people=500, stated=True),
        row(measure="auc", figure=0.8, low=0.75, high=0.85, base=0.6, people=500, stated=True),
        row(measure="reliability", told=0.12, figure=0.1, low=0.05, high=0.2, people=90,
            stated=True),
        row(measure="auc", target="Photo", figure=0.9, people=40, stated=True),
        row(kind="next", level="product", horizon_days=None, measure="hit_rate", figure=0.1,
            stated=False),
    ]  # fmt: skip
    engine.put("intent_reliability", pa.Table.from_pylist(figures, schema=INTENT_RELIABILITY))


def test_by_kind_level_and_horizon(engine):
    put(engine)
    buy, coming = intents_told(engine)
    assert (buy.kind, buy.level, buy.horizon_days, buy.published) == ("buy", "any", 7, True)
    # Thirty customers, each counted once; three visitors are too few to be shown.
    assert (buy.customers, buy.visitors) == (30, None)
    assert [(f.measure, f.figure, f.base) for f in buy.figures] == [
        ("auc", 0.8, 0.6),
        ("log_loss", 0.2, 0.3),
    ]
    assert buy.figures[0].low == 0.75 and buy.figures[1].low is None
    (curve,) = buy.reliability
    assert (curve.people, curve.told, curve.right.value) == (90, 0.12, 0.1)
    # What was measured and not published is told of nobody.
    assert (coming.kind, coming.published, coming.customers, coming.visitors) == (
        "next",
        False,
        0,
        0,
    )
    counted = engine.collect(HOW).to_pylist()
    assert {(r["subject_kind"], r["subjects"]) for r in counted} == {
        ("customer", 30),
        ("visitor", 3),
    }


def test_who_may_not_be_read_is_not_counted(engine):
    put(engine)

    def read(table: str) -> str:
        kept = " WHERE subject_kind = 'visitor'" if table == "intents" else ""
        return f"SELECT * FROM {table}{kept}"

    buy = intents_told(engine, least=2, read=read)[0]
    assert (buy.customers, buy.visitors) == (0, 3)


def test_a_build_without_intents_tells_none(engine):
    assert intents_told(engine) == []
