"""The frame of evaluations: what speaks of too few is not in it, and what is has its interval."""

from __future__ import annotations

import json

import msgspec
import pytest

from connu.measure.bounds import Bounds
from connu.measure.evaluation import (
    UNITS,
    Evaluation,
    EvaluationCurve,
    FigureGroup,
    Origin,
)
from connu.measure.intervals import wilson
from connu.measure.purchases import Difference
from connu.measure.reliability import Reliability

ORIGIN = Origin("2026-11-28T22:00:00Z", "truth.csv", "service", "20261128T120000000Z")


def made(*groups: FigureGroup, curves: tuple[EvaluationCurve, ...] = ()) -> Evaluation:
    figures = [one for group in groups for one in group.figures]
    return Evaluation.made("twins", "sex", ORIGIN, {"people": 40}, figures, curves)


def test_figures_over_fewer_than_ten_are_not_in_it():
    group = FigureGroup("all", 40, "people")
    group.add("accuracy", "accuracy", wilson(0.9, 40))
    group.add("stated", "statements", wilson(1.0, 9), judged=9)
    group.add("ten", "ten", wilson(1.0, 10), judged=10)
    found = made(group)
    assert [one.name for one in found.figures] == ["accuracy", "ten"]
    assert found.remarks == ["1 figure over fewer than 10 is not shown."]
    group.add("recall", "found", wilson(1.0, 2), judged=2)
    assert made(group).remarks == ["2 figures over fewer than 10 are not shown."]


def test_bins_of_few_are_hidden_and_a_curve_of_few_is_left_out():
    bins = [
        Reliability(b / 4, (b + 1) / 4, many, 0.5, wilson(0.5, many))
        for b, many in enumerate((3, 30, 12, 50))
    ]
    few = EvaluationCurve("few", "people", bins[:1])
    (curve,) = made(curves=(EvaluationCurve("all", "people", bins), few)).curves
    # One hidden alone could be had from the whole: the next smallest is hidden with it.
    assert [b.people for b in curve.bins] == [None, 30, None, 50]
    assert curve.bins[0].right is None


def test_a_figure_has_its_interval_and_what_a_plainer_way_is_worth():
    group = FigureGroup("all", 40, "people")
    group.add("a", "a", wilson(0.9, 40), base=0.5, baseline="chance")
    group.add("b", "b", 0.1, unit="score", bounds=Bounds(0.0, 0.2))
    group.add("c", "c", Difference(-1.0, -2.0, 0.5), unit="amount", baseline="nothing")
    group.add("d", "d", 2.5, unit="amount")
    group.add("e", "e", None)
    a, b, c, d = made(group).figures
    assert (a.value, a.base, a.baseline, a.judged, a.of) == (0.9, 0.5, "chance", 40, "people")
    assert (b.low, b.value, b.high) == (0.0, 0.1, 0.2)
    assert (c.value, c.low, c.high, c.baseline) == (-1.0, -2.0, 0.5, "")
    assert (d.low, d.high) == (None, None)


def test_it_comes_back_from_json():
    group = FigureGroup("all", 40, "people")
    group.add("a", "a", wilson(0.9, 40))
    bins = [Reliability(0.5, 1.0, 40, 0.9, wilson(0.9, 40))]
    found = made(group, curves=(EvaluationCurve("all", "people", bins),))
    text = json.dumps(found.as_dict())
    assert msgspec.json.decode(text, type=Evaluation) == found


def test_the_origin_is_of_now(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONNU_NOW", "2026-03-01T12:00:00+01:00")
    found = Origin.now("held out", purpose="marketing", build=None)
    assert found == Origin("2026-03-01T11:00:00Z", "held out", "marketing", None)


def test_every_unit_has_a_span():
    assert all(low < high for low, high in UNITS.values())
