"""The tables of links and doubts, written from scored pairs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from linked import link_records, log2_odds
from made_people import make_people
from made_tables import engine_at, put_records

from connu.identify.calibration import Calibration
from connu.identify.compare import Comparison, fields_of
from connu.identify.encoding import encode_records
from connu.identify.link_tables import PairWriter, write_links
from connu.identify.rarity import Rarity
from connu.identify.scoring import Scored, Scoring, probability
from connu.identify.weights import Weights

_COLUMNS = (
    "left_source left_record_id right_source right_record_id kind match_probability bits"
).split()
_CURVE = Calibration(np.array([-50.0, 50.0]), np.array([-25.0, 25.0]))  # half of what bits say


@pytest.fixture
def writing(tmp_path: Path):
    """An engine with four records, and a writer whose fields say the same whatever their level."""
    engine = engine_at(tmp_path)
    put_records(
        engine,
        [
            {"source": "crm", "record_id": str(k), "n": {"given": "ada", "birth_date": date}}
            for k, date in enumerate(("1815", "1815", None, "1852"))
        ],
    )
    records = encode_records(
        engine.collect("SELECT * FROM normal ORDER BY rid"),
        engine.collect("SELECT rid, type, value FROM identifiers"),
    )
    fields = fields_of(records)
    rarity = Rarity.of(records)
    flat = {f.name: np.full(f.levels, 1 / f.levels) for f in fields}
    weights = Weights(fields, flat, flat, flat, 2.0**-3, 2.0**-20)
    yield engine, PairWriter(Scoring(Comparison(records, fields, rarity), weights, rarity), _CURVE)
    engine.close()


def _scored(pairs: dict[tuple[int, int], float], shares: set[tuple[int, int]] = frozenset()):
    ends = sorted(pairs)
    return Scored(
        np.array([a for a, _ in ends], np.int32),
        np.array([b for _, b in ends], np.int32),
        np.array([pairs[end] for end in ends]),
        np.array([end in shares for end in ends], np.bool_),
    )


def _written(writing, scored, together, hand=(), apart=(), doubt=-3.0) -> dict[str, dict]:
    engine, writer = writing
    counts = write_links(
        engine, writer, scored, np.array(together, np.bool_),
        np.array(hand, np.int32).reshape(-1, 2), np.array(apart, np.int32).reshape(-1, 2),
        doubt=doubt,
    )  # fmt: skip
    out = {}
    for name, count in zip(("links", "undecided"), counts, strict=True):
        assert engine.columns(name) == _COLUMNS
        rows = engine.collect(f"SELECT * FROM {name}").to_pylist()
        assert len(rows) == count
        out[name] = {r["left_record_id"] + r["right_record_id"]: r for r in rows}
        assert all(r["left_source"] == r["right_source"] == "crm" for r in rows)
    assert not engine.has("scored_pairs")
    return out


def test_a_pair_is_a_link_a_doubt_or_neither(writing):
    pairs = {(0, 1): 8.0, (0, 2): -1.0, (0, 3): 3.0, (1, 2): -5.0, (1, 3): -8.0}
    out = _written(writing, _scored(pairs, {(0, 1)}), [True, True, False, False, False])
    assert set(out["links"]) == {"01"}  # 02: together, by the others' evidence
    assert set(out["undecided"]) == {"03", "12"}  # 13: half of −8 is below −3
    assert out["links"]["01"]["kind"] == "identifier"
    assert out["undecided"]["03"]["kind"] == "match"
    for pair, bits in (("01", 8.0), ("03", 3.0)):
        row = (out["links"] | out["undecided"])[pair]
        assert row["match_probability"] == pytest.approx(probability(np.array([bits / 2]))[0])


def test_a_join_by_hand_is_certain_and_stands_once(writing):
    out = _written(writing, _scored({(0, 1): 8.0}), [True], hand=[(0, 1), (2, 3)])
    assert {pair: row["kind"] for pair, row in out["links"].items()} == {"01": "hand", "23": "hand"}
    assert all(row["match_probability"] == 1 for row in out["links"].values())


def test_a_split_by_hand_is_no_doubt(writing):
    out = _written(writing, _scored({(0, 1): 8.0, (2, 3): 8.0}), [False, False], apart=[(0, 1)])
    assert set(out["undecided"]) == {"23"}


def test_bits_are_json_of_what_is_known(writing):
    out = _written(writing, _scored({(0, 1): 2.0, (0, 2): 2.0}), [True, True])
    dated, undated = (json.loads(out["links"][pair]["bits"]) for pair in ("01", "02"))
    assert set(dated) == {"name", "birth_date", "prior", "household", "calibration"}
    assert set(undated) == set(dated) - {"birth_date"}
    assert dated["prior"] == -3 and dated["name"] == 0
    total = sum(value for name, value in undated.items() if name != "calibration")
    assert undated["calibration"] == pytest.approx(-total / 2, abs=0.02)


def test_nothing_to_write(writing):
    assert _written(writing, Scored.none(), []) == {"links": {}, "undecided": {}}


def test_a_network_of_any_name_keeps_the_bits_readable(tmp_path: Path):
    """`social.<network>` is an open family: quotes and all."""
    odd = 'social.o\'net "2" \\ {x}'
    records = make_people(40, seed=2).records
    for k, record in enumerate(records):
        record["ids"] = [*record["ids"], (odd, f"@{k % 30}")]
    run = link_records(tmp_path, records)
    rows = run.rows("links")
    assert rows and any(odd in row["bits"] for row in rows)
    for row in rows:
        if 1e-6 < row["match_probability"] < 1 - 1e-6:
            total = sum(row["bits"].values())
            assert total == pytest.approx(log2_odds(row["match_probability"]), abs=0.1)
    run.engine.close()
