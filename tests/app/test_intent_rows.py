"""Rows by Arrow's take: names for numbers, slices for all, JSON that any parser reads."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
from know_trails import made_trails

from connu.app.intent_rows import (
    TELLING,
    Rows,
    evidence_texts,
    listed_texts,
    measured,
    slices,
    spread,
    streamed,
)
from connu.app.intent_silences import Silence, remarks_of, silences_of, silences_table
from connu.ledger.intents import INTENT_RELIABILITY, INTENT_SILENCES

ODD = 'a "quoted" \\ word\nand a line, l\'été'


def test_evidence_is_json_whatever_the_words():
    said = {
        "level": pa.array(["category", "category"]),
        "share": pa.array([0.25, 1e-7]),
        "because": pa.array([ODD, None], pa.string()),
    }
    first, second = evidence_texts(said).to_pylist()
    assert json.loads(first)["because"] == ODD.replace("\n", " ")
    assert json.loads(second) == {"level": "category", "share": 1e-7}
    assert len(evidence_texts({"level": pa.array([], pa.string())})) == 0


def test_lists_are_json_whatever_the_words():
    lists = pa.array([["one", ODD], [], None], pa.list_(pa.string()))
    whole, nothing, missing = listed_texts(lists).to_pylist()
    assert json.loads(whole) == ["one", ODD.replace("\n", " ")]
    assert nothing == "[]" and missing in (None, "[]")


def test_values_are_spread_among_the_rows_they_belong_to():
    chosen = np.array([False, True, False, True])
    assert spread(pa.array(["a", "b"]), chosen).to_pylist() == [None, "a", None, "b"]
    assert spread(pa.array([], pa.string()), np.zeros(2, bool)).to_pylist() == [None, None]


def test_slices_are_the_trails_bit_by_bit():
    trails = made_trails([[(1, "a"), (2, "b")], [], [(1, "b")], [(3, "a"), (4, "a")]])
    parts = list(slices(trails, 3))
    assert [len(part) for part in parts] == [3, 1]
    for name in ("time", "product", "category", "role", "session"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert (joined == getattr(trails, name)).all()
    assert parts[1].starts.tolist() == [0, 2]
    assert parts[1].subjects.to_pylist() == trails.subjects.slice(3).to_pylist()
    assert list(slices(made_trails([]))) == []


def test_rows_become_a_table_of_names_and_only_what_is_stated_has_evidence():
    trails = made_trails([[(1, "a")], [(2, "b")]])

    def told(part):
        return Rows(
            place=pa.array([1, 0], pa.int32()),
            kind="affinity",
            level="category",
            target=pa.array(["b", "a"]),
            probability=pa.array([0.5, 0.6]),
            rank=pa.array([1, 1], pa.int32()),
            stated=np.array([True, False]),
            attribute="affinity",
            evidence=pa.array(["{}", "{}"]),
        ).table(part.subjects)

    table = streamed(trails, told, TELLING).read_all()
    assert table.schema.equals(TELLING)
    first, second = table.to_pylist()
    assert (first["subject"], first["target"], first["attribute"]) == ("c1", "b", "affinity")
    assert first["surely"] == first["probability"] and first["horizon_days"] is None
    assert (second["subject"], second["attribute"], second["evidence"]) == ("c0", None, None)


def test_figures_say_whether_their_horizon_is_published():
    rows = [("brier", 7, 0.1, 0.2, 50), ("brier", 1, 0.3, 0.2, 50)]
    table = measured(rows, kind="buy", level="any", stated={7: True})
    assert table.schema.equals(INTENT_RELIABILITY)
    assert table["stated"].to_pylist() == [True, False]


def test_silences_are_spoken_once_a_reason():
    silences = [
        Silence("buy", "category", horizon_days=1),
        Silence("buy", "category", horizon_days=7),
        Silence("buy", "category", "Photo", 30, "too_few"),
        Silence("buy", "category", "Jeux", 30, "too_few"),
        Silence("next", "product", reason="no_sessions"),
        Silence("affinity", "category", reason="sensitive"),
    ]
    assert remarks_of(silences) == [
        "nothing is said of buying in a category within 1 or 7 days: it was not better than the "
        "base rate",
        "nothing is said of the next product: too few visits saw two things",
        "nothing is said of what somebody is drawn to: the brand's trade makes it sensitive",
        "nothing is said of buying in 2 categories: too few people did it to learn from",
    ]
    table = silences_table(silences)
    assert table.schema.equals(INTENT_SILENCES)
    assert silences_of(table.to_pylist()) == silences
