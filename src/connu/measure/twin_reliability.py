"""The table `twin_reliability`: how far each attribute told by twins may be believed.

One row for each figure of a TwinsScore:
- attribute: which; value: the value the figure is of, NULL for all together.
- measure: which figure (`accuracy`, `stated`, `reliability` …).
- coverage: the share of those judged that it is taken over, surest first, 0–1; people: how many.
- told: the mean probability told, where the figure answers one.
- figure, low, high: the figure and its 95 % interval, NULL where there is none. An interval is
  about people drawn as those known are, and seen as briefly as those told: it holds the same figure
  among as many of them as something is told of (`ahead.share_ahead`). Visitors may be drawn
  otherwise: `shift` says how far.

It is about statements, not about anybody: figures over fewer than K_LEAST people are not in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from connu.ledger.twins import TWIN_RELIABILITY
from connu.measure.ahead import share_ahead
from connu.measure.few import K_LEAST
from connu.measure.intervals import Share
from connu.measure.reliability import Reliability, shown
from connu.measure.risk_coverage import Coverage
from connu.measure.twins import Stated, TwinsScore, ValueScore

#: Measures that are shares of people, or areas.
_SHARES = frozenset(
    {
        *("auc", "accuracy", "accuracy_shared", "balanced_accuracy", "recall", "stated"),
        "reliability",
    }
)


def twin_reliability(attribute: str, score: TwinsScore, *, ahead: float = math.inf) -> pa.Table:
    """The rows of one attribute, in a fixed order.

    Measures: auc, accuracy (at the coverages .2, .5 and 1), accuracy_shared (the fifth shared out
    over the values), balanced_accuracy, recall, ece, overconfidence, log_loss, coverage_at_90 and
    coverage_at_95 (the figure is the coverage), stated (the share of statements that are right:
    the promise kept or not), reliability (a row a bin). Those of a value: auc, recall, ece,
    overconfidence, stated, reliability.

    Args:
        attribute: which.
        score: what `evaluate_twins` found.
        ahead: for how many people, for each one judged, the intervals are to hold; inf: the long
            run.

    Returns:
        A table of TWIN_RELIABILITY; empty where fewer than K_LEAST people were judged.
    """
    if score.people < K_LEAST:
        return TWIN_RELIABILITY.empty_table()
    told = [
        {"attribute": attribute, "value": value, **_ahead(row, ahead)}
        for value, rows in [
            (None, _all(score)),
            *((v.value, _of_value(v, score.people)) for v in score.values if v.people >= K_LEAST),
        ]
        for row in rows
    ]
    return pa.Table.from_pylist(told, schema=TWIN_RELIABILITY)


def _all(score: TwinsScore) -> Iterator[dict[str, Any]]:
    n = score.people
    if score.auc is not None:
        yield _row("auc", 1.0, n, score.auc)
    for coverage, share in ((0.2, score.acc20), (0.5, score.acc50), (1.0, score.accuracy)):
        if coverage * n >= K_LEAST:
            yield _row("accuracy", coverage, round(coverage * n), share)
    if 0.2 * n >= K_LEAST:
        yield _row("accuracy_shared", 0.2, round(0.2 * n), score.acc20c)
    yield _row("balanced_accuracy", 1.0, n, score.balanced_accuracy)
    yield _row("ece", 1.0, n, score.ece)
    yield _row("overconfidence", 1.0, n, score.overconfidence)
    yield _row("log_loss", 1.0, n, score.log_loss)
    yield from _at("coverage_at_90", score.coverage90)
    yield from _at("coverage_at_95", score.coverage95)
    yield from _promise(score.stated)
    yield from _curve(score.reliability, n)


def _of_value(value: ValueScore, n: int) -> Iterator[dict[str, Any]]:
    for measure, share in (("auc", value.auc), ("recall", value.recall)):
        if share is not None:
            yield _row(measure, 1.0, value.people if measure == "recall" else n, share)
    yield _row("ece", 1.0, n, value.ece)
    yield _row("overconfidence", 1.0, n, value.overconfidence)
    yield from _promise(value.stated)
    yield from _curve(value.reliability, n)


def _at(measure: str, coverage: Coverage) -> Iterator[dict[str, Any]]:
    if not 0 < coverage.people < K_LEAST:
        yield _row(measure, 1.0, coverage.people, coverage.share)


def _promise(stated: Stated | None) -> Iterator[dict[str, Any]]:
    if stated is not None and stated.people >= K_LEAST:
        yield _row("stated", stated.coverage, stated.people, stated.right, stated.told)


def _curve(curve: list[Reliability], n: int) -> Iterator[dict[str, Any]]:
    for b in shown(curve):
        if b.people is not None:
            yield _row("reliability", b.people / n, b.people, b.right, b.told)


def _ahead(row: dict[str, Any], ahead: float) -> dict[str, Any]:
    """The row with the interval of a share among those told; a coverage is of those judged."""
    if row["low"] is None or row["measure"] not in _SHARES:
        return row
    share = share_ahead(Share(row["figure"], row["low"], row["high"]), ahead)
    return row | {"low": share.low, "high": share.high}


def _row(
    measure: str,
    coverage: float,
    people: int,
    figure: Share | float | None,
    told: float | None = None,
) -> dict[str, Any]:
    share = figure if isinstance(figure, Share) else None
    return {
        "measure": measure,
        "coverage": coverage,
        "people": people,
        "told": told,
        "figure": figure.value if isinstance(figure, Share) else figure,
        "low": share.low if share else None,
        "high": share.high if share else None,
    }
