"""What statistical twins are worth: probabilities of an attribute held against what is known.

The people judged must not have been used for fitting, calibrating or choosing thresholds: the
caller sees to that (cross-fitting, a held-out fold, later visits). Figures that abstaining changes
(accuracy of the surest, kept promise) stand beside those it does not (area, calibration).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from connu.kernel.errors import UsageError
from connu.measure.auc import Area, area_share
from connu.measure.bounds import Bounds, calibration_bounds, finite, mean_bounds
from connu.measure.intervals import Share, wilson
from connu.measure.reliability import Reliability, place_of, reliability
from connu.measure.risk_coverage import Coverage, RiskCoverage, shared_out, surest_right

_Z95 = 1.959963984540054
#: Bins of the reliability curves and of the calibration errors.
BINS = 15


class Stated(msgspec.Struct, frozen=True):
    """Statements made: is the promised precision kept?

    Attributes:
        people: about how many.
        coverage: their share of those judged (of all, also for one class), 0–1.
        told: mean probability of what was stated, or None where nothing was.
        right: share of statements that are right, with its interval, or None.
    """

    people: int
    coverage: float
    told: float | None
    right: Share | None


class ValueScore(msgspec.Struct, frozen=True):
    """One value of the attribute against all others.

    Attributes:
        value: which.
        people: who truly have it.
        base_rate: their share of those judged, 0–1.
        auc: area under the ROC curve of its probability, or None where nobody or everybody has it.
        recall: share of its people found at the thresholds of balanced accuracy, or None.
        ece: expected calibration error of its probability, 0–1.
        overconfidence: its mean probability − its base rate.
        stated: statements of this value (not: about people who have it), None without any asked.
        reliability: the curve of its probability.
        bounds: 95 % intervals of ece and overconfidence, by name.
    """

    value: str
    people: int
    base_rate: float
    auc: Share | None
    recall: Share | None
    ece: float
    overconfidence: float
    stated: Stated | None
    reliability: list[Reliability]
    bounds: dict[str, Bounds] = {}


class TwinsScore(msgspec.Struct, frozen=True):
    """What the probabilities of one attribute are worth; shares have 95 % intervals.

    A person's confidence is his highest probability, the prediction is that value; where several
    are equally high, each is predicted in equal parts.

    Attributes:
        people: judged.
        auc: area under the ROC curve: of the rarer value where there are two, else the mean over
            values (each against all others, those nobody or everybody has left out); None where
            everybody has one value.
        auc_of: the value the area is of, or None for the mean.
        accuracy: share right of all predictions.
        balanced_accuracy: mean recall over the values somebody has, predicting the value whose
            probability ÷ base rate (among those judged) is highest.
        acc20: accuracy of the surest fifth; people equally sure count as their mean. Where several
            models judged, of the surest fifth of each.
        acc50: accuracy of the surest half, likewise.
        acc20c: accuracy of the surest fifth, shared out over the values at their base rates
            (`risk_coverage.shared_out`).
        ece: expected calibration error of the confidence, 15 bins of equal width.
        overconfidence: mean confidence − accuracy; above 0 too much is promised.
        log_loss: mean surprise at the truth, in bits.
        coverage90: the largest share of the surest people that are right 90 % of the time.
        coverage95: the same, 95 %.
        stated: all statements made, None without any asked.
        reliability: the curve of the confidence.
        values: each value, in the order given.
        bounds: 95 % intervals of ece, overconfidence and log_loss, by name.
    """

    people: int
    auc: Share | None
    auc_of: str | None
    accuracy: Share
    balanced_accuracy: Share
    acc20: Share
    acc50: Share
    acc20c: Share
    ece: float
    overconfidence: float
    log_loss: float
    coverage90: Coverage
    coverage95: Coverage
    stated: Stated | None
    reliability: list[Reliability]
    values: list[ValueScore]
    bounds: dict[str, Bounds] = {}

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON."""
        return msgspec.to_builtins(self, str_keys=True)


def evaluate_twins(
    probability: np.ndarray,
    truth: np.ndarray,
    classes: Sequence[object],
    stated: np.ndarray | None = None,
    *,
    folds: np.ndarray | None = None,
    rates: np.ndarray | None = None,
) -> TwinsScore:
    """Judge probabilities of people not used for fitting.

    Cost: k + 1 sorts; 1 s for a million people and two values, 2.5 s for seven.

    Args:
        probability: (n, k), each row adding up to 1 (within .001).
        truth: (n,) codes into `classes`.
        classes: k values.
        stated: (n,) the code stated of each, −1 where connu is silent, as
            `TwinsClassifier.state` tells; or bool: whether the prediction is stated.
        folds: int (n,): by which model each was judged. Areas compare people of one model, the
            surest are those of each model, and recalls are as wide as models differ. None: one
            model judged all.
        rates: (k,) shares or numbers of the classes by which predictions are weighed for balanced
            accuracy and recall, as known from others; those of the people judged when absent.

    Raises:
        UsageError: nobody to judge, shapes that do not meet, codes outside the classes, or rows
            that are not probabilities.
    """
    p, y = _checked(probability, truth, classes)
    n, k = p.shape
    top = p.max(axis=1)
    tied = p == top[:, None]
    right = tied[np.arange(n), y] / tied.sum(axis=1)
    said = None if stated is None else _codes(stated, p, k)
    people = np.bincount(y, minlength=k)
    areas = _areas(p, y, people, folds)
    curve, ece = reliability(top, right, BINS)
    surest = RiskCoverage(top, right)
    known = people if rates is None else np.asarray(rates, np.float64)
    hits = _hits(p, y, known)
    recalls = [_recall(hits, y == c, folds) if people[c] else None for c in range(k)]
    with np.errstate(divide="ignore"):
        surprise = -np.log2(np.maximum(p[np.arange(n), y], 1e-15))
    auc, auc_of = _auc(areas, people, classes)

    def at(coverage: float) -> Share:
        if folds is None:
            return surest.accuracy_at(coverage)
        return surest_right(top, right, coverage, np.asarray(folds))

    return TwinsScore(
        people=n,
        auc=auc,
        auc_of=auc_of,
        accuracy=surest.accuracy_at(1.0),
        balanced_accuracy=_balanced(recalls, people),
        acc20=at(0.2),
        acc50=at(0.5),
        acc20c=shared_out(p, y, 0.2, folds),
        ece=ece,
        overconfidence=float(top.mean() - right.mean()),
        log_loss=float(surprise.mean()),
        coverage90=surest.coverage_at(0.90),
        coverage95=surest.coverage_at(0.95),
        stated=None if said is None else _stated(said >= 0, said, p, y),
        reliability=curve,
        values=[_value(c, classes[c], p, y, people, areas[c], recalls[c], said) for c in range(k)],
        bounds=_bounds(top, right) | finite(log_loss=mean_bounds(surprise, least=0.0)),
    )


def _bounds(told: np.ndarray, right: np.ndarray) -> dict[str, Bounds]:
    return {
        "ece": calibration_bounds(told, right, place_of(told, BINS)),
        "overconfidence": mean_bounds(told - right, least=-1.0, most=1.0),
    }


def _checked(
    probability: np.ndarray, truth: np.ndarray, classes: Sequence[object]
) -> tuple[np.ndarray, np.ndarray]:
    p, y = np.asarray(probability, np.float64), np.asarray(truth)
    if p.ndim != 2 or y.ndim != 1 or len(p) != len(y) or p.shape[1] != len(classes):
        raise UsageError(
            f"probabilities of shape {p.shape} do not meet {y.shape} people "
            f"and {len(classes)} classes",
            hint="give a row for each person and a column for each class",
        )
    if not len(y):
        raise UsageError(
            "there is nobody to judge the twins on", hint="judge people whose value is known"
        )
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= len(classes):
        raise UsageError(
            "the truth holds codes outside the classes",
            hint="give 0 to k−1 for each person, and leave out those whose value is not known",
        )
    if not (p.min() >= 0 and p.max() <= 1 + 1e-9 and np.abs(p.sum(axis=1) - 1).max() <= 1e-3):
        raise UsageError(
            "the probabilities of a person do not add up to 1",
            hint="give probabilities, not scores: calibrate them first",
        )
    # By columns: nearly every figure reads one class at a time.
    return np.asfortranarray(np.minimum(p, 1.0)), y.astype(np.int64)


def _codes(stated: np.ndarray, p: np.ndarray, k: int) -> np.ndarray:
    said = np.asarray(stated)
    if said.shape == (len(p),) and said.dtype == bool:
        return np.where(said, p.argmax(axis=1), -1)
    codes = said.shape == (len(p),) and said.dtype.kind in "iu"
    if not codes or said.min() < -1 or said.max() >= k:
        raise UsageError(
            "the statements do not meet the people and classes",
            hint="give each person the code of the class stated, −1 where nothing is",
        )
    return said.astype(np.int64)


def _areas(
    p: np.ndarray, y: np.ndarray, people: np.ndarray, folds: np.ndarray | None
) -> list[Area | None]:
    """The area of each class that somebody has and somebody has not; of two classes it is one."""
    told = [
        Area(p[:, c], y == c, folds=folds) if 0 < people[c] < len(y) else None
        for c in _apart(people)
    ]
    return told * 2 if len(people) == 2 else told


def _apart(people: np.ndarray) -> Sequence[int]:
    """The classes worth an area: of two the rarer, and of two equally rare the later."""
    return [int(people[1] <= people[0])] if len(people) == 2 else range(len(people))


def _auc(
    areas: list[Area | None], people: np.ndarray, classes: Sequence[object]
) -> tuple[Share | None, str | None]:
    told = [(c, area) for c, area in enumerate(areas) if area is not None]
    if not told:
        return None, None
    if len(areas) == 2:
        c = _apart(people)[0]
        return _area(areas[c], people[c], people.sum()), str(classes[c])
    value = sum(area.value for _, area in told) / len(told)
    influence = sum(area.influence for _, area in told) / len(told)
    fewest = min(int(people[c]) for c, _ in told)
    return area_share(value, np.asarray(influence), fewest), None


def _area(area: Area | None, people: int, n: int) -> Share | None:
    if area is None:
        return None
    return area_share(area.value, area.influence, min(int(people), int(n - people)))


def _hits(p: np.ndarray, y: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """(n,) whether each is found at the base-rate thresholds; of several equal ones, a part."""
    # A class of nobody known is never predicted: −1 is below any ratio.
    ratio = np.where(rates > 0, p * (rates.sum() / np.maximum(rates, 1e-12)), -1.0)
    tied = ratio == ratio.max(axis=1)[:, None]
    found: np.ndarray = tied[np.arange(len(y)), y] / tied.sum(axis=1)
    return found


def _recall(hits: np.ndarray, of_class: np.ndarray, folds: np.ndarray | None) -> Share:
    """The share of a class's people that is found, with its interval.

    A model that can hardly tell finds all of a value or nobody of it, by where its threshold
    happens to lie; the model that tells is one more of those. So the variance between folds is
    added, once for the mean of the models judged and once for the one that tells.

    Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986), for the variance between; Zou
        & Donner, Statistics in Medicine 27 (2008), for adding it to either side.
    """
    found = hits[of_class]
    value, n = min(1.0, float(found.mean())), len(found)
    spread = value * (1 - value)
    if folds is None or not spread:
        return wilson(value, n)
    place = np.unique(np.asarray(folds)[of_class], return_inverse=True)[1]
    many = np.bincount(place)
    apart = float((many * (np.bincount(place, weights=found) / many - value) ** 2).sum())
    models = float(n - (many**2).sum() / n)
    between = max(0.0, apart - (len(many) - 1) * spread) / models if models > 0 else 0.0
    share = wilson(value, n)
    more = _Z95 * math.sqrt(between * (1 + float((many**2).sum()) / n**2))
    low, high = (
        value - math.hypot(value - share.low, more),
        value + math.hypot(share.high - value, more),
    )
    return Share(value, max(0.0, low), min(1.0, high))


def _balanced(recalls: Sequence[Share | None], people: np.ndarray) -> Share:
    many = people[people > 0]
    recall = np.array([share.value for share in recalls if share is not None])
    value = float(recall.mean())
    variance = float((recall * (1 - recall) / many).sum()) / len(recall) ** 2
    if variance == 0:
        return wilson(min(1.0, value), float(many.min()))
    return wilson(value, value * (1 - value) / variance)


def _value(
    c: int,
    name: object,
    p: np.ndarray,
    y: np.ndarray,
    people: np.ndarray,
    area: Area | None,
    recall: Share | None,
    said: np.ndarray | None,
) -> ValueScore:
    of_class = (y == c).astype(np.float64)
    curve, ece = reliability(p[:, c], of_class, BINS)
    many = int(people[c])
    return ValueScore(
        value=str(name),
        people=many,
        base_rate=many / len(y),
        auc=_area(area, many, len(y)),
        recall=recall,
        ece=ece,
        overconfidence=float(p[:, c].mean()) - many / len(y),
        stated=None if said is None else _stated(said == c, said, p, y),
        reliability=curve,
        bounds=_bounds(p[:, c], of_class),
    )


def _stated(among: np.ndarray, said: np.ndarray, p: np.ndarray, y: np.ndarray) -> Stated:
    rows = np.flatnonzero(among)
    if not len(rows):
        return Stated(0, 0.0, None, None)
    hits = float((said[rows] == y[rows]).mean())
    return Stated(
        people=len(rows),
        coverage=len(rows) / len(y),
        told=float(p[rows, said[rows]].mean()),
        right=wilson(hits, len(rows)),
    )
