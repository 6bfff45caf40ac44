"""Scores made probabilities that mean what they say, on people the model has not learnt from.

Which curve does it is chosen by cross-validation among a few, the simplest that does as well: the
fewer numbers a curve has, the less of the held-out people's chance it takes for knowledge.
"""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from connu.kernel.errors import UsageError
from connu.twins.beta import BetaCalibrator
from connu.twins.scores import checked_pair
from connu.twins.temperature import TemperatureCalibrator
from connu.twins.venn_abers import VennAbersCalibrator


@runtime_checkable
class Calibrator(Protocol):
    """What every calibrator does; scores are logits or log-probabilities (n, k)."""

    def fit(self, scores: np.ndarray, y: np.ndarray) -> Self:
        """Learn from held-out scores and codes (n,) into their columns."""

    def transform(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) whose rows sum to one."""

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, with the calibrator's `kind`."""


#: From the simplest on: k + 1 numbers, then three a curve, then as many as the people ask for.
_KINDS: dict[str, type[TemperatureCalibrator | BetaCalibrator | VennAbersCalibrator]] = {
    "temperature": TemperatureCalibrator,
    "beta": BetaCalibrator,
    "venn_abers": VennAbersCalibrator,
}
#: Below, folds are too small to choose by: the simplest is taken.
_FEWEST = 100
#: People the choice is made on; the chosen curve is fitted to all.
_MOST = 20_000
_FOLDS = 5


def choose_calibrator(scores: np.ndarray, y: np.ndarray, seed: int = 0) -> Calibrator:
    """The simplest calibrator within one standard error of the best, fitted to everybody.

    Judged by cross-validated log loss; the standard error is that of the difference between two
    calibrators over the same people. Folds are dealt from people sorted by content, class by
    class, so that row order changes nothing and every fold sees every class.

    Args:
        scores: held-out logits or log-probabilities (n, k).
        y: codes (n,) into the k columns.
        seed: of the dealing.

    Raises:
        UsageError: shapes that do not go together, NaN.

    Cost: five fits of each kind on at most 20,000 people, one on all.
    """
    values, codes = checked_pair(scores, y)
    kind = "temperature"
    if len(codes) >= _FEWEST:
        kind = _best(values, codes, np.random.default_rng(seed))
    return _KINDS[kind]().fit(values, codes)


def calibrator_from_dict(shape: dict[str, Any]) -> Calibrator:
    """The calibrator whose `to_dict` gave `shape`.

    Raises:
        UsageError: a kind nobody knows.
    """
    kind = _KINDS.get(shape.get("kind", ""))
    if kind is None:
        raise UsageError(
            "the model's file holds a calibrator of unknown kind", hint="learn it anew"
        )
    return kind.from_dict(shape)


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Mean gap between what was said and what was right, over bins of equal width (ECE), 0–1.

    A perfectly calibrated model does not reach 0: with 15,000 people and 78 % right it shows
    about .006, with 6,000 about .009, by chance alone.

    Args:
        confidence: probability of what is said (n,), 0–1.
        right: whether it was right (n,).
        bins: over 0–1.

    Raises:
        UsageError: no bin, or arrays of unequal length.

    Source: Naeini, Cooper & Hauskrecht (AAAI 2015).
    """
    said, hit = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if bins < 1 or said.shape != hit.shape or said.ndim != 1:
        raise UsageError("calibration error needs bins, and an answer for each probability")
    if not len(said):
        return 0.0
    # A probability on an edge belongs to the bin below it, as in the paper: (0, 1/15], …
    place = np.clip(np.ceil(said * bins).astype(np.int64) - 1, 0, bins - 1)
    gap = np.bincount(place, weights=said - hit, minlength=bins)
    return float(np.abs(gap).sum() / len(said))


def _best(values: np.ndarray, codes: np.ndarray, chance: np.random.Generator) -> str:
    """The kind to take; people come sorted by content."""
    if len(codes) > _MOST:
        some = np.sort(chance.permutation(len(codes))[:_MOST])
        values, codes = values[some], codes[some]
    n = len(codes)
    # Dealt class by class, at random within: neighbours in score dealt in turn would make held
    # people mirror the others, and staircases look better than they are.
    fold = np.empty(n, np.int64)
    fold[np.lexsort((chance.random(n), codes))] = np.arange(n) % _FOLDS
    loss = np.empty((len(_KINDS), n))
    for f in range(_FOLDS):
        held = fold == f
        for place, kind in enumerate(_KINDS.values()):
            told = kind().fit(values[~held], codes[~held]).transform(values[held])
            said = told[np.arange(len(told)), codes[held]]
            loss[place, held] = -np.log(np.maximum(said, 1e-15))
    worse = loss - loss[loss.mean(1).argmin()]
    # The best differs from itself by nothing: there is always one that passes.
    passes = worse.mean(1) <= worse.std(1) / np.sqrt(n)
    return list(_KINDS)[int(passes.argmax())]
