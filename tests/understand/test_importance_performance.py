"""Themes are placed where both figures surely stand, and in doubt otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.estimate import Estimate
from connu.understand.importance_performance import IN_DOUBT, importance_performance
from connu.understand.relative_weights import Driver, RelativeWeights, relative_weights


def driver(name, share, spread=0.02, sign=1, silence=None):
    at = Estimate(share, max(share - spread, 0), share + spread)
    return Driver(name, at, at, Estimate(0.3 * sign, 0, 0), sign, 0.1, 500, silence)


def weights(*drivers):
    return RelativeWeights(list(drivers), Estimate(0.3, 0.2, 0.4), 0.3, 0.0, 900, 0, 900)


def test_each_quadrant_and_doubt():
    found = importance_performance(
        weights(
            driver("delivery", 0.5),
            driver("advice", 0.3),
            driver("price", 0.02),
            driver("packaging", 0.03),
            driver("app", 0.15, spread=0.1),
        ),
        {
            "delivery": (100, 300),
            "advice": (300, 20),
            "price": (50, 250),
            "packaging": (200, 10),
            "app": (10, 300),
        },
    )
    assert found.importance_line == pytest.approx(0.2)
    assert found.performance_line == pytest.approx(660 / 1540)
    assert {p.name: p.quadrant for p in found.placements} == {
        "delivery": "improve",
        "advice": "keep",
        "price": "wait",
        "packaging": "more than asked",
        "app": IN_DOUBT,
    }
    assert found.placements[0].name == "delivery"
    app = next(p for p in found.placements if p.name == "app")
    assert (app.importance_side, app.performance_side, app.silence) == (0, -1, None)


def test_performance_that_straddles_its_line_is_in_doubt():
    found = importance_performance(
        weights(driver("delivery", 0.8), driver("price", 0.2)),
        {"delivery": (51, 49), "price": (500, 500)},
    )
    assert {p.quadrant for p in found.placements} == {IN_DOUBT}


def test_silences():
    found = importance_performance(
        weights(
            driver("a", 0.4, silence="collinear"),
            driver("b", 0.3),
            driver("c", 0.25, sign=-1),
            driver("d", 0.01, silence="chance"),
            driver("e", 0.04),
        ),
        {"a": (90, 10), "b": (10, 2), "c": (90, 10), "d": (10, 90), "unknown": (1, 1)},
    )
    assert {p.name: (p.quadrant, p.silence) for p in found.placements} == {
        "a": (IN_DOUBT, "collinear"),
        "b": (IN_DOUBT, "too_few"),
        "c": (IN_DOUBT, "unlike"),
        "d": ("wait", None),
    }


def test_no_weights_are_no_chart():
    themes = np.zeros((5, 2))
    silent = relative_weights(themes, np.arange(5.0), ["a", "b"], times=5)
    found = importance_performance(silent, {"a": (1, 1)})
    assert (found.silence, found.placements) == ("too_few", [])
    assert importance_performance(weights(driver("a", 1.0)), {}).silence == "no_drivers"


def test_from_ratings_to_the_chart():
    """Delivery drives the rating and is mostly unmet; wrapping drives nothing and is met."""
    rng = np.random.default_rng(0)
    said = rng.random((4000, 2)) < 0.5
    met = rng.random((4000, 2)) < [0.2, 0.9]
    themes = np.where(said, np.where(met, 1, -1), 0)
    rating = themes[:, 0] + rng.normal(size=4000)
    found = importance_performance(
        relative_weights(themes, rating, ["delivery", "wrapping"], times=200),
        {
            name: (int((themes[:, j] == 1).sum()), int((themes[:, j] == -1).sum()))
            for j, name in enumerate(["delivery", "wrapping"])
        },
    )
    assert [(p.name, p.quadrant) for p in found.placements] == [
        ("delivery", "improve"),
        ("wrapping", "more than asked"),
    ]
