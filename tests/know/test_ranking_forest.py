"""The ranker's trees: as LightGBM itself tells them, for few rows and for many."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from connu.know.ranking_forest import LEAVES, RankingForest


def grown(leaves: int, rows: int = 2_000) -> tuple[lightgbm.Booster, np.ndarray]:
    chance = np.random.default_rng(leaves)
    table = chance.normal(size=(rows, 6)).astype(np.float32)
    table[:, 5] = np.round(table[:, 5])  # ties with the thresholds
    y = table[:, 0] * table[:, 1] + table[:, 5] > 0
    parameters = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_data_in_leaf": 5,
        "num_threads": 1,
        "verbosity": -1,
    }
    return lightgbm.train(parameters, lightgbm.Dataset(table, y), 20), table


@pytest.mark.parametrize("leaves", [2, 3, 16, LEAVES])
def test_the_sums_are_lightgbms_own(leaves):
    booster, table = grown(leaves)
    forest = RankingForest.of(booster.model_to_string())
    assert np.array_equal(forest.margin(table), booster.predict(table, raw_score=True))


def test_a_row_alone_is_told_as_among_many():
    booster, table = grown(12, 1_500)
    forest = RankingForest.of(booster.model_to_string())
    alone = [forest.margin(table[i : i + 1])[0] for i in range(0, 1_500, 100)]
    assert np.array_equal(forest.margin(table)[::100], alone)


def test_a_number_just_above_a_threshold_goes_right():
    table = np.array([[0.1], [0.1], [0.3], [0.3]] * 20, np.float32)
    y = np.array([0, 0, 1, 1] * 20)
    booster = lightgbm.train(
        {"objective": "binary", "min_data_in_leaf": 1, "num_threads": 1, "verbosity": -1},
        lightgbm.Dataset(table, y),
        3,
    )
    forest = RankingForest.of(booster.model_to_string())
    edge = np.float32(forest.threshold[0])
    near = np.array([[edge], [np.nextafter(edge, np.float32(1))]], np.float32)
    assert np.array_equal(forest.margin(near), booster.predict(near, raw_score=True))
    assert forest.margin(near)[0] < forest.margin(near)[1]


def test_no_trees_say_nothing():
    assert RankingForest.of("").margin(np.ones((3, 2), np.float32)).tolist() == [0, 0, 0]
