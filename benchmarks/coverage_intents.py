"""Intervals of intents, measured on a time held out, beside what came after the build.

The table says how far another such time might come out, in the long run; what comes is one such
time, has its own chance, and is often shorter than what was measured on: the intervals are widened
for it. Of fewer than ten buyers nothing is compared. Purchases by category are not, either: the
table judges the model on every pair of subject and category, an evaluation what is told of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import connu
from benchmarks.coverage_interval import Interval
from benchmarks.coverage_later import CUT, bring_back, hold_back
from benchmarks.coverage_stages import settings_without
from connu.app.brand import Brand
from connu.app.buying_evaluation import BuyScore
from connu.app.next_evaluation import NextEvaluation
from connu.measure.ahead import share_ahead
from connu.measure.few import K_LEAST
from connu.measure.intervals import Share

#: Kind, level, horizon, measure.
_Key = tuple[str, str, int | None, str]


def hide_later(brand: Brand, seed: int) -> None:
    """The last weeks of events are held back."""
    hold_back(brand.folder)


def intents(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on a time held out; true of the time after the build, which is brought back."""
    told = brand.table("intent_reliability").to_pylist()
    bring_back(brand.folder)
    # The evaluation learns by itself.
    settings_without(brand.folder, set())
    whole = connu.open(brand.folder)
    whole.build()
    came = whole.evaluate_intents(start=CUT, only=["buy", "next"])
    true = _bought(came.buying) | _next(came.next)
    for row in told:
        other = true.get((row["kind"], row["level"], row["horizon_days"], row["measure"]))
        # Of what is not told no interval is read: what came has nothing to hold against it.
        if other is None or row["low"] is None or not row["stated"]:
            continue
        # A lift is the share of buyers that are found, over the tenth they are found in.
        unit = 10.0 if row["measure"] == "lift10" else 1.0
        share = Share(*(row[name] / unit for name in ("figure", "low", "high")))
        found, many, rows = other
        share = share_ahead(share, rows / row["people"])
        days = "" if row["horizon_days"] is None else f" {row['horizon_days']} days"
        yield Interval(
            f"{row['kind']} {row['level']} {row['measure']}", f"{row['kind']}{days}",
            share.value * unit, share.low * unit, share.high * unit, row["people"], found, many,
        )  # fmt: skip


def _bought(scores: list[BuyScore]) -> dict[_Key, tuple[float, int, int]]:
    """Of all together, by level and horizon."""
    true: dict[_Key, tuple[float, int, int]] = {}
    for one in scores:
        few = one.score.bought < K_LEAST
        if one.target is not None or one.subjects != "all" or one.level != "any" or few:
            continue
        score, key = one.score, ("buy", one.level, one.horizon_days)
        for name, found in (
            ("roc_auc", score.auc), ("pr_auc", score.pr_auc), ("lift10", score.lift10),
        ):  # fmt: skip
            if found is not None:
                true[*key, name] = (found.value, score.bought, score.rows)
    return true


def _next(came: NextEvaluation | None) -> dict[_Key, tuple[float, int, int]]:
    """Of steps whose next was seen before, by level and length."""
    true: dict[_Key, tuple[float, int, int]] = {}
    if came is None:
        return true
    for level, score in (("product", came.products), ("category", came.categories)):
        if score is not None:
            for one in score.known:
                key = ("next", level, None, f"hr{one.length}")
                true[key] = (one.hit_rate.value, score.sessions, score.steps - score.unknown)
    return true
