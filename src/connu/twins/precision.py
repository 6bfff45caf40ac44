"""From which probability on a statement may be made, so that a promised precision is kept.

Choosing the lowest threshold that looks right on held-out people and then quoting its accuracy
promises too much: the best of many is lucky. Here thresholds are tested in an order fixed before
any answer is looked at, from the surest people downwards, and the first failure ends the walk;
the tests, their order and the theorem behind them are in `sequence`.

Kept for whom. Clopper–Pearson promises the long run; whoever checks a promise on as many people
again meets their chance as well as ours, and finds it broken in one check out of ten (measured),
not twenty. `ahead` says on how many it is to be kept. The difference of two samples, one `ahead`
times the other, varies like one sample of ahead / (1 + ahead) as many people, and the tests are
widened by that; for as many again this keeps 19 promises of 20 (tests/twins/test_precision.py).

What it does not cover. It holds for visitors drawn like the held-out people, each counted once: a
shift voids it. It is exact where error grows as probability falls. The probabilities must not
have been learnt from the answers they are tested with (cross-fitting does); a calibrator shared by
all that keeps their order changes nothing. And it holds for each precision asked for beforehand:
asking the same held-out people for several and keeping the one that pleases is a risk of multiple
looks, up to the number of looks × (1 − confidence) that the kept promise is broken. Divide
1 − confidence by the number of looks to be safe against that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from scipy.special import betaincinv

from connu.kernel.errors import UsageError
from connu.twins.sequence import starts, tail, walk


@dataclass(frozen=True)
class Promise:
    """What may be stated from one threshold on.

    Attributes:
        threshold: least probability of a statement, 0–1; inf: nothing can be promised.
        coverage: share of the held-out people stated, 0–1, weighted where weights are.
        accuracy: share of those stated rightly, 0–1; NaN where nobody is.
        upper: upper confidence bound of the error in the long run (Clopper–Pearson), 0–1.
        people: held-out people stated.
    """

    threshold: float
    coverage: float
    accuracy: float
    upper: float
    people: int


@dataclass(frozen=True, eq=False)
class Thresholds:
    """A promise per stated class, and one for all classes together.

    Each holds with the confidence by itself: that all k classes' promises hold at once is sure
    only to 1 − k(1 − confidence). `overall` is another rule, one threshold for all classes, under
    which a common class may make up for a rare one's errors.

    Attributes:
        precision: promised, 0–1.
        confidence: of the promise, 0–1.
        ahead: on how many people, for each held-out one, it is to be kept; inf: the long run.
        per_class: float64 (k,): threshold of each stated class, inf where silent.
        coverage: float64 (k,), of all held-out people.
        accuracy: float64 (k,), NaN where silent.
        upper: float64 (k,), upper bound of the error, 1 where silent.
        people: int64 (k,), held-out people stated.
        overall: with one threshold for all.
    """

    precision: float
    confidence: float
    ahead: float
    per_class: np.ndarray
    coverage: np.ndarray
    accuracy: np.ndarray
    upper: np.ndarray
    people: np.ndarray
    overall: Promise

    def state(self, probability: np.ndarray, *, each_class: bool = True) -> np.ndarray:
        """Codes of the classes stated, −1 where silent.

        Args:
            probability: (n, k).
            each_class: by the class's own threshold; else by the overall one.

        Returns:
            int64 (n,).
        """
        told = _matrix(probability, len(self.per_class))
        codes = told.argmax(1)
        least = self.per_class[codes] if each_class else self.overall.threshold
        return np.where(told[np.arange(len(told)), codes] >= least, codes, -1)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and lists for the model's file; None where infinite or not a number."""
        shape = asdict(self)
        overall = shape.pop("overall")
        return {
            "precision": self.precision,
            "confidence": self.confidence,
            "ahead": _plain([self.ahead])[0],
            **{name: _plain(shape[name]) for name in _ARRAYS},
            "overall": {name: _plain([value])[0] for name, value in overall.items()},
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The thresholds that `as_dict` wrote."""
        each = {name: _array(shape[name], name) for name in _ARRAYS}
        overall = {
            name: _array([value], name)[0].item() for name, value in shape["overall"].items()
        }
        return cls(
            precision=float(shape["precision"]),
            confidence=float(shape["confidence"]),
            ahead=_array([shape["ahead"]], "ahead")[0].item(),
            **each,
            overall=Promise(**overall),
        )


_ARRAYS = ("per_class", "coverage", "accuracy", "upper", "people")


def risk_thresholds(
    probability: np.ndarray,
    y: np.ndarray,
    precision: float,
    confidence: float = 0.95,
    *,
    ahead: float = 1.0,
    weight: np.ndarray | None = None,
) -> Thresholds:
    """The largest coverage whose precision is promised, per stated class and overall.

    People of equal probability are in or out together. A class whose precision cannot be promised
    (too few people, too many errors) has threshold inf: at .9 and .95 the fewest are 29 people
    without an error in the long run, 37 for as many again.

    Args:
        probability: of held-out people (n, k), not learnt from their own answers.
        y: codes (n,) into the k columns.
        precision: share of statements to be right, above 0, below 1.
        confidence: above 0, below 1.
        ahead: on how many people, for each held-out one stated, the promise is to be kept: 1 for
            as many again, inf for the long run; above 0.
        weight: (n,), above 0: how many visitors a person stands for (audited people, a known
            prior). The test then takes the weighted error over the effective number of people
            (Σw)²/Σw² as if it were a binomial's: approximate, no longer exact (Korn & Graubard,
            Survey Methodology 24, 1998). Without weights each person counts once.

    Raises:
        UsageError: shapes that do not go together, shares out of range.

    Cost: one sort and n incomplete beta functions: about two seconds for a million people.
    """
    told = _matrix(probability)
    codes = np.asarray(y)
    heavy = np.ones(len(told)) if weight is None else np.asarray(weight, np.float64)
    if codes.shape != (len(told),) or heavy.shape != codes.shape:
        raise UsageError("probabilities, answers and weights need one row a person")
    if not (0 < precision < 1 and 0 < confidence < 1):
        raise UsageError("precision and confidence lie between 0 and 1")
    if not ahead > 0:
        raise UsageError("a promise is kept for some people ahead")
    if not (heavy > 0).all():
        raise UsageError("weights must be above 0")
    stated = told.argmax(1)
    sure = told[np.arange(len(told)), stated]
    wrong = stated != codes
    everyone = np.ones(len(told), np.bool_)
    risk = (1.0 - precision, 1.0 - confidence, 1.0 / (1.0 + 1.0 / ahead))
    each = [_promise(sure, wrong, heavy, stated == c, *risk) for c in range(told.shape[1])]
    return Thresholds(
        precision=precision,
        confidence=confidence,
        ahead=ahead,
        per_class=np.array([p.threshold for p in each]),
        coverage=np.array([p.coverage for p in each]),
        accuracy=np.array([p.accuracy for p in each]),
        upper=np.array([p.upper for p in each]),
        people=np.array([p.people for p in each], np.int64),
        overall=_promise(sure, wrong, heavy, everyone, *risk),
    )


def _promise(
    sure: np.ndarray,
    wrong: np.ndarray,
    weight: np.ndarray,
    among: np.ndarray,
    error: float,
    level: float,
    counted: float,
) -> Promise:
    """The largest passing group of the surest among some people."""
    order = np.flatnonzero(among)
    order = order[np.lexsort((weight[order], wrong[order], -sure[order]))]
    value, heavy = sure[order], weight[order]
    # A group ends where the next person is less sure: ties stay together.
    end = np.flatnonzero(np.append(value[1:] != value[:-1], True)[: len(value)])
    mass = np.cumsum(heavy)
    people = (mass**2 / np.cumsum(heavy**2))[end]
    share = (np.cumsum(heavy * wrong[order]) / mass)[end]
    expected = (np.cumsum(heavy * (1.0 - value)) / mass)[end]
    p_value = tail(share * people, people, error, counted)
    last = walk(p_value, starts(people, expected, error, level, counted))
    if last < 0:
        return Promise(np.inf, 0.0, np.nan, 1.0, 0)
    at, missed = end[last], share[last] * people[last]
    return Promise(
        threshold=float(value[at]),
        coverage=float(mass[at] / np.sort(weight).sum()),
        accuracy=float(1.0 - share[last]),
        upper=float(betaincinv(missed + 1.0, people[last] - missed, 1.0 - level)),
        people=int(at) + 1,
    )


def _matrix(probability: np.ndarray, classes: int | None = None) -> np.ndarray:
    told = np.asarray(probability, np.float64)
    if told.ndim != 2 or told.shape[1] < 1 or (classes is not None and told.shape[1] != classes):
        raise UsageError("probabilities need one row a person and one column a class")
    return told


def _plain(values: Any) -> list[float | int | None]:
    return [v if np.isfinite(v) else None for v in np.asarray(values).tolist()]


def _array(values: list[Any], name: str) -> np.ndarray:
    if name == "people":
        return np.asarray(values, np.int64)
    nothing = np.inf if name in ("per_class", "threshold", "ahead") else np.nan
    return np.array([nothing if v is None else v for v in values], np.float64)
