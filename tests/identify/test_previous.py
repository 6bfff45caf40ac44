"""What a last build leaves: which records are new or changed, and the evidence carried over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_tables import engine_at, put_records

from connu.identify import previous

_ADA = {
    "source": "crm",
    "record_id": "ada",
    "n": {"given": "ada", "family": "king", "email": "ada@example.org", "phone": "+3361"},
    "ids": [("email", "ada@example.org"), ("phone", "+3361"), ("loyalty_card", "L1")],
}


def _other(name: str, **fields: Any) -> dict[str, Any]:
    return {"source": "crm", "record_id": name, "n": {"given": name} | fields, "ids": []}


def _changed(record: dict[str, Any], values: dict[str, Any] | None = None, ids=None) -> dict:
    return record | {
        "n": record["n"] | (values or {}),
        "ids": record["ids"] if ids is None else ids,
    }


@pytest.fixture
def builds(tmp_path: Path):
    """Two builds' tables: (before, now) → engine and the rids of now."""
    engines = []

    def make(before: list[dict], now: list[dict], pairs: list[tuple] = ()):
        engine = engine_at(tmp_path / str(len(engines)))
        engines.append(engine)
        then = put_records(engine, before)
        for name in ("normal", "identifiers"):
            engine.put(f"kept_{name}", engine.collect(f"SELECT * FROM {name}"))
            engine.view(f"previous_{name}", f"SELECT * FROM kept_{name}")
        rows = [(then["crm", a], then["crm", b], bits, shares) for a, b, bits, shares in pairs]
        engine.put(
            "kept_pairs",
            pa.table(
                {
                    "left_rid": pa.array([min(r[:2]) for r in rows], pa.int32()),
                    "right_rid": pa.array([max(r[:2]) for r in rows], pa.int32()),
                    "bits": pa.array([r[2] for r in rows], pa.float64()),
                    "shares_identifier": pa.array([r[3] for r in rows], pa.bool_()),
                }
            ),
        )
        engine.view("previous_pairs", "SELECT * FROM kept_pairs")
        return engine, put_records(engine, now)

    yield make
    for engine in engines:
        engine.close()


def _fresh(engine, rids: dict) -> set[str]:
    fresh = previous.fresh_records(engine, len(rids))
    return {name for (_, name), rid in rids.items() if fresh[rid]}


def test_nothing_changed_nothing_is_fresh(builds):
    records = [_ADA, _other("bea"), _other("cleo", birth_date="1980")]
    assert _fresh(*builds(records, records[::-1])) == set()


def test_new_records_are_fresh_and_gone_ones_touch_nobody(builds):
    engine, rids = builds([_ADA, _other("bea")], [_other("aaron"), _ADA, _other("zoe")])
    assert _fresh(engine, rids) == {"aaron", "zoe"}


@pytest.mark.parametrize(
    "values",
    [
        {"given": "adah"}, {"family": None}, {"names": "ada king"}, {"birth_date": "1815"},
        {"email": None}, {"phone": "+3362"}, {"address": "1 rue lilas"}, {"city": "lyon"},
        {"postcode": "69003"}, {"country": "FR"}, {"sex": "female"}, {"occupation": "countess"},
    ],
)  # fmt: skip
def test_a_changed_value_is_fresh(builds, values: dict):
    assert _fresh(*builds([_ADA, _other("bea")], [_changed(_ADA, values), _other("bea")])) == {
        "ada"
    }


@pytest.mark.parametrize(
    "ids",
    [
        [*_ADA["ids"], ("account", "a1")],
        _ADA["ids"][:2],
        [*_ADA["ids"][:2], ("loyalty_card", "L2")],
        # A second e-mail or phone stands in no column of `normal`.
        [*_ADA["ids"], ("phone", "+3399")],
        [*_ADA["ids"], ("email", "countess@example.org")],
    ],
)
def test_a_changed_identifier_is_fresh(builds, ids: list):
    other = _other("bea")
    assert _fresh(*builds([_ADA, other], [_changed(_ADA, ids=ids), other])) == {"ada"}
    assert _fresh(*builds([_changed(_ADA, ids=ids), other], [_ADA, other])) == {"ada"}


def test_evidence_is_carried_under_new_numbers(builds):
    records = [_ADA, _other("bea"), _other("cleo"), _other("dora")]
    pairs = [("ada", "bea", 3.5, True), ("bea", "dora", -2.0, False), ("cleo", "dora", 1.0, False)]
    now = [_other("aaron"), _ADA, _other("bea"), _other("bella"), _other("dora")]
    engine, rids = builds(records, now, pairs)
    fresh = previous.fresh_records(engine, len(rids))
    carried = previous.carried_pairs(engine, fresh)
    name = {rid: record for (_, record), rid in rids.items()}
    assert [
        (name[a], name[b], bits, shares)
        for a, b, bits, shares in zip(
            carried.left.tolist(), carried.right.tolist(), carried.bits.tolist(),
            carried.shares_identifier.tolist(), strict=True,
        )
    ] == [("ada", "bea", 3.5, True), ("bea", "dora", -2.0, False)]  # fmt: skip
    assert (carried.left < carried.right).all()
    # A pair of which one record changed is compared again.
    fresh[rids["crm", "bea"]] = True
    assert len(previous.carried_pairs(engine, fresh).left) == 0


def test_no_pairs_to_carry(builds):
    engine, rids = builds([_ADA], [_ADA])
    carried = previous.carried_pairs(engine, np.zeros(len(rids), np.bool_))
    assert len(carried.left) == 0 and carried.bits.dtype == np.float64


def test_a_first_build_has_no_last_one(builds, tmp_path: Path):
    engine, _ = builds([_ADA], [_ADA])
    assert previous.available(engine)
    first = engine_at(tmp_path / "first")
    put_records(first, [_ADA])
    assert not previous.available(first)
    first.close()
