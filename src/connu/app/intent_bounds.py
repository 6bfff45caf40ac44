"""How far the figures of intents may be from the truth: intervals and curves, from the rows judged.

The models say how right they were on a time held out; here stands how far another such time might
have come out, rows of one subject or session together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from connu.know.judged import Judged
from connu.measure.bounds import Bounds
from connu.measure.intents import IntentScore, intent_score
from connu.measure.intervals import Share, mean_share
from connu.measure.reliability import Reliability, shown

#: What a reliability curve is called among the measures.
CURVE = "reliability"


def bounds_of(judged: Judged) -> dict[str, Bounds | Share]:
    """By measure, as the reliability tables call it, the 95 % interval of its figure.

    Cost: as `measure.intents.intent_score`.

    Args:
        judged: rows of the time held out.
    """
    if not len(judged.told):
        return {}
    score = _score(judged)
    found: dict[str, Bounds | Share] = {
        name: mean_share(np.clip(hits, 0.0, 1.0), _groups(judged.whose))
        for name, hits in judged.hits.items()
    }
    for name, share in (("roc_auc", score.auc), ("pr_auc", score.pr_auc)):
        if share is not None:
            found[name] = share
    if score.lift10 is not None:
        found["lift10"] = Bounds(score.lift10.low, score.lift10.high)
    for name in ("ece", "brier"):
        if name in score.bounds:
            found[name] = score.bounds[name]
    if "log_loss" in score.bounds:
        bits = score.bounds["log_loss"]
        found["log_loss"] = Bounds(bits.low * math.log(2), bits.high * math.log(2))
    return found


def curve_of(judged: Judged) -> list[Reliability]:
    """The curve of what was told and what came, without bins of few."""
    if not len(judged.told):
        return []
    return [one for one in shown(_score(judged).reliability) if one.people is not None]


def curve_rows(
    judged: Mapping[int | None, Judged], *, kind: str, level: str, stated: Mapping[int | None, bool]
) -> Iterator[dict[str, Any]]:
    """The curves as rows of INTENT_RELIABILITY, by horizon.

    Args:
        judged: by horizon, the rows.
        kind, level: of what. stated: by horizon, whether it is published.
    """
    for days, rows in judged.items():
        n = max(1.0, float(rows.weight.sum()))
        for one in curve_of(rows):
            if one.right is None or one.people is None:
                continue
            yield {
                "kind": kind,
                "level": level,
                "horizon_days": days,
                "measure": CURVE,
                "coverage": one.people / n,
                "people": one.people,
                "told": one.told,
                "figure": one.right.value,
                "low": one.right.low,
                "high": one.right.high,
                "stated": stated.get(days, False),
            }


def _score(judged: Judged) -> IntentScore:
    return intent_score(
        np.clip(judged.told, 0.0, 1.0),
        judged.came.astype(np.bool_),
        weight=judged.weight,
        subjects=judged.whose,
    )


def _groups(whose: np.ndarray) -> np.ndarray:
    """Numbers from 0 on."""
    return np.unique(whose, return_inverse=True)[1]
