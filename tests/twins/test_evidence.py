"""Evidence is JSON whatever the names are, its counts are right, and it names nobody."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import sparse

from connu.twins.evidence import NAMED, evidence_texts, having_words, strongest

ODD = [
    'a "quoted" name',
    "back\\slash",
    "two\nlines\ttab\r",
    "crêpe 日本 🙂",
    "nul\x00 and \x1f",
    "a, b] }",
    "",
    "null",
    "{}",
]


def texts(**changes) -> list[dict]:
    """Evidence of two statements, read back."""
    given = {
        "attribute": "sex",
        "values": ["female", "male"],
        "code": np.array([0, 1]),
        "alike": np.array([41, 30]),
        "twins": 50,
        "nearness": np.array([0.83333, 1.0]),
        "behaviours": np.array([[1, 0, -1], [-1, -1, -1]], np.int32),
        "names": ["category shoes", "product A12"],
    } | changes
    return [json.loads(text) for text in evidence_texts(**given).to_pylist()]


def test_it_says_how_many_twins_how_near_and_why():
    first, second = texts()
    assert first == {
        "twins": 50,
        "alike": 41,
        "nearness": 0.833,
        "behaviours": ["product A12", "category shoes"],
        "because": "41 of the 50 known people who behave most like this one are women",
    }
    assert second["behaviours"] == [] and second["nearness"] == 1
    assert second["because"].startswith("30 of the 50") and second["because"].endswith("are men")


@pytest.mark.parametrize("place", range(len(ODD)))
def test_odd_names_are_kept_as_they_are(place):
    odd = ODD[place]
    told = texts(
        attribute=odd,
        values=[odd, odd],
        names=[odd, "plain"],
        behaviours=np.array([[0, 1, 0], [1, -1, -1]], np.int32),
    )
    assert told[0]["behaviours"] == [odd, "plain", odd]
    assert told[1]["behaviours"] == ["plain"]
    assert told[0]["because"].endswith(having_words(odd, odd))


@pytest.mark.parametrize(
    "behaviours",
    [[[-1, 1, -1], [-1, -1, 0]], [[0, -1, 1], [-1, 0, 1]], [[-1, -1, -1], [-1, -1, -1]]],
)
def test_gaps_among_behaviours_leave_no_gap(behaviours):
    names = ["category shoes", "product A12"]
    for told, columns in zip(
        texts(behaviours=np.array(behaviours, np.int32)), behaviours, strict=True
    ):
        assert told["behaviours"] == [names[c] for c in columns if c >= 0]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("nearness", [0.0, 1e-9, 1e-3, 0.5, 0.999999, 1.0])
def test_nearness_is_a_number_of_three_places(nearness, kind):
    told = texts(nearness=np.array([nearness, nearness], kind))[0]
    assert told["nearness"] == pytest.approx(nearness, abs=5.1e-4)
    assert len(str(told["nearness"])) <= 5


def test_nothing_stated_needs_no_evidence():
    assert (
        texts(
            code=np.zeros(0, int),
            alike=np.zeros(0, int),
            nearness=np.zeros(0),
            behaviours=np.zeros((0, 3), np.int32),
        )
        == []
    )


def test_other_attributes_are_said_in_their_own_words():
    assert having_words("age_band", "25-34") == "have age band 25-34"
    assert having_words("loyal", "male") == "have loyal male"


# ---------------------------------------------------------------- strongest
def best(weights, towards, code, named) -> list[int]:
    """The same, of one row, by sorting."""
    speaks = {c: w * towards[c, code] for c, w in enumerate(weights) if w and named[c]}
    order = sorted((c for c in speaks if speaks[c] > 0), key=lambda c: (-speaks[c], c))[:NAMED]
    return order + [-1] * (NAMED - len(order))


def test_the_strongest_are_found_as_by_sorting():
    chance = np.random.default_rng(0)
    weights = np.round(chance.random((300, 12)) * (chance.random((300, 12)) < 0.5), 1)
    weights = weights.astype(np.float32)
    towards = np.round(chance.normal(size=(12, 3)), 1).astype(np.float32)
    code, named = chance.integers(0, 3, 300), chance.random(12) < 0.8
    found = strongest(sparse.csr_matrix(weights), towards, code, named)
    assert found.shape == (300, NAMED) and found.dtype == np.int32
    for row in range(300):
        assert found[row].tolist() == best(weights[row], towards, code[row], named)


def test_what_speaks_against_or_may_not_be_named_is_not_named():
    towards = np.array([[0.0, -1.0], [0.0, 2.0], [0.0, 3.0]], np.float32)
    rows = sparse.csr_matrix(np.ones((1, 3), np.float32))
    named = np.array([True, True, False])
    assert strongest(rows, towards, np.array([1]), named).tolist() == [[1, -1, -1]]
    assert strongest(rows, towards, np.array([0]), named).tolist() == [[-1, -1, -1]]
