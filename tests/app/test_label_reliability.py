"""The figures of codes are what they say, and their intervals hold what others find."""

from __future__ import annotations

import math

import numpy as np
import pytest

from connu.app.label_reliability import OFTEN, _figures

THEMES = tuple("abcdefgh")


def drawn(rng: np.random.Generator, verbatims: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and what is told: seven of ten found, three of a hundred told wrongly."""
    labels = rng.random((verbatims, len(THEMES))) < np.linspace(0.1, 0.3, len(THEMES))
    chance = np.where(labels, 0.7, 0.03)
    return labels, rng.random(labels.shape) < chance


def figures(labels: np.ndarray, stated: np.ndarray, ahead: float) -> dict:
    rows = _figures(labels, stated, THEMES, ahead).to_pylist()
    return {(row["theme"], row["measure"]): row for row in rows}


def test_figures_are_counted_by_theme_and_together():
    labels, stated = drawn(np.random.default_rng(1), 120)
    found = figures(labels, stated, math.inf)
    right, told, true = (x.sum(0) for x in (labels & stated, stated, labels))
    assert found["c", "precision"]["figure"] == pytest.approx(right[2] / told[2])
    assert found["c", "recall"]["figure"] == pytest.approx(right[2] / true[2])
    f1 = 2 * right / (told + true)
    assert found["c", "f1"]["figure"] == pytest.approx(f1[2])
    assert found[None, "macro_f1"]["figure"] == pytest.approx(f1[true >= OFTEN].mean())
    micro = 2 * right.sum() / (told.sum() + true.sum())
    assert found[None, "micro_f1"]["figure"] == pytest.approx(micro)
    assert found["c", "f1"]["labels"] == true[2] and found["c", "f1"]["verbatims"] == 120


def test_a_theme_that_nobody_named_or_told_has_no_row():
    labels, stated = drawn(np.random.default_rng(1), 60)
    labels[:, 0] = False
    stated[:, 1] = False
    found = figures(labels, stated, math.inf)
    assert ("a", "f1") not in found and ("b", "precision") not in found
    assert found["b", "recall"]["figure"] == 0 and found["b", "recall"]["high"] > 0


def test_intervals_hold_what_is_found_on_those_not_coded():
    rng = np.random.default_rng(2)
    held = {"f1": 0, "recall": 0, "macro_f1": 0, "micro_f1": 0}
    many = dict.fromkeys(held, 0)
    for _ in range(150):
        mine = figures(*drawn(rng, 80), ahead=0.5)
        theirs = figures(*drawn(rng, 40), ahead=math.inf)
        for key, row in mine.items():
            if key[1] in held and key in theirs:
                held[key[1]] += row["low"] <= theirs[key]["figure"] <= row["high"]
                many[key[1]] += 1
    for measure, n in held.items():
        assert 0.91 <= n / many[measure] <= 0.99, measure


@pytest.mark.parametrize("ahead", [0.5, math.inf])
def test_folds_make_the_figures_of_all_themes_less_sure(ahead):
    labels, stated = drawn(np.random.default_rng(4), 200)
    one, ten = (
        {(row["theme"], row["measure"]): row["high"] - row["low"] for row in rows.to_pylist()}
        for rows in (
            _figures(labels, stated, THEMES, ahead),
            _figures(labels, stated, THEMES, ahead, 10),
        )
    )
    assert one.keys() == ten.keys()
    for (theme, measure), width in one.items():
        wider = ten[theme, measure] / width
        # Where bounds near 0 and 1 bend nothing.
        by = math.sqrt((1 + 10 / 9 + 1 / ahead) / (1 + 1 / ahead))
        if theme is None:
            assert wider == pytest.approx(by, rel=0.05), measure
        else:
            assert wider == 1
