"""Parts of buying by themselves: trees asked by bits, and what is said of others."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from connu.know.buying_cases import Cases
from connu.know.buying_forest import KIND, Forest
from connu.know.buying_top import ranks


def test_trees_asked_by_bits_say_what_lightgbm_says() -> None:
    chance = np.random.default_rng(0)
    x = chance.normal(size=(1_000, KIND + 1)).astype(np.float32)
    x[:, 3] = np.round(x[:, 3])
    x[:, KIND] = chance.integers(0, 2, len(x))
    y = x[:, 0] + x[:, 3] * x[:, 1] + x[:, KIND] > chance.normal(size=len(x))
    settings = {"objective": "binary", "num_leaves": 15, "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(x, y), 10)
    forest = Forest.asked(booster.model_to_string())
    asked = np.ascontiguousarray(x[:, :KIND])
    x[:, KIND] = 1
    np.testing.assert_allclose(forest.margin(asked), booster.predict(x, raw_score=True))
    assert forest.margin(asked[7:8])[0] == forest.margin(asked)[7]
    assert not Forest.asked("").margin(asked).any()


def test_others_are_counted_where_they_agree() -> None:
    chance = np.random.default_rng(0)
    p = chance.uniform(0, 0.5, 5_000)
    y = chance.random(len(p)) < p
    cases = Cases.of(p, y, np.ones(len(p)))
    assert cases.among(np.array([0.1, 0.45])) == pytest.approx([0.1, 0.45], abs=0.06)
    # Told twice of what happens: nothing is said.
    wrong = Cases.of(2 * p, y, np.ones(len(p)))
    assert np.isnan(wrong.among(np.array([0.6, 0.9]))).all()


def test_a_weighted_case_counts_for_all_it_stands_for() -> None:
    p = np.linspace(0.09, 0.11, 50)
    y = np.arange(50) % 5 == 0
    weight = np.where(y, 1.0, 2.25)
    cases = Cases.of(np.repeat(p, 2), np.repeat(y, 2), np.repeat(weight, 2))
    assert cases.share.tolist() == pytest.approx([0.1])
    assert 50 < cases.number[0] < 100
    nothing = Cases.of(p[:0], y[:0], weight[:0])
    assert np.isnan(nothing.among(np.array([0.1]))).all()


def test_ranks_start_anew_with_subject_and_depth_and_ties_go_to_the_first() -> None:
    place, depth = np.array([0, 0, 0, 0, 1]), np.array([0, 1, 1, 1, 1])
    p = np.array([[0.5], [0.1], [0.3], [0.1], [0.2]])
    assert ranks(place, depth, p)[:, 0].tolist() == [1, 2, 1, 3, 1]
