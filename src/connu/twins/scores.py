"""Scores put in one form before they are calibrated: finite log odds, in an order of their own.

A score is a logit or a log-probability per class, known up to a constant a row. Votes of
neighbours hold log 0; linear models shout. What no held-out group could check is clipped, and rows
are sorted by content before anything is learnt, so that their order changes no bit of the model.
"""

from __future__ import annotations

import numpy as np

from connu.kernel.errors import UsageError

#: Log odds beyond which a score says nothing more: one in 10^13.
_LIMIT = 30.0
#: What an infinite score becomes before rows are compared.
_HUGE = 1e12


def checked(scores: np.ndarray) -> np.ndarray:
    """Scores as float64 (n, k), infinities made huge, the caller's array untouched.

    Raises:
        UsageError: not two-dimensional, no class, or NaN inside.
    """
    values = np.asarray(scores, np.float64)
    if values.ndim != 2 or values.shape[1] < 1:
        raise UsageError("scores need one row a person and one column a class")
    values = np.clip(values, -_HUGE, _HUGE)
    # A sum is NaN exactly where an entry is: cheaper than a mask of all entries.
    if np.isnan(values.sum()):
        raise UsageError("scores hold NaN", hint="tell people without a score nothing instead")
    return values


def checked_pair(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and codes sorted by content: float64 (n, k), int64 (n,).

    Cost: k + 1 sorts of n.

    Raises:
        UsageError: scores and codes do not go together.
    """
    values, codes = checked(scores), np.asarray(y)
    if codes.shape != values.shape[:1] or (len(codes) and codes.dtype.kind not in "iub"):
        raise UsageError("codes need one whole number a person")
    codes = codes.astype(np.int64)
    if len(codes) and not 0 <= codes.min() <= codes.max() < values.shape[1]:
        raise UsageError("codes must be columns of the scores")
    order = np.lexsort((codes, *values.T))
    return values[order], codes[order]


def shares(codes: np.ndarray, classes: int) -> np.ndarray:
    """Shares of the classes (k,), half a person added to each so that none is impossible."""
    count = np.bincount(codes, minlength=classes) + 0.5
    return count / count.sum()


def log_odds(scores: np.ndarray) -> np.ndarray:
    """Log odds of each class against the rest, within ±30.

    Two classes share one curve, so they have one column: class 1 against class 0.

    Args:
        scores: checked scores (n, k).

    Returns:
        float64 (n, 1) for two classes, else (n, k).
    """
    if scores.shape[1] == 2:
        odds = scores[:, 1:] - scores[:, :1]
        return np.clip(odds, -_LIMIT, _LIMIT, out=odds)
    rows = np.arange(len(scores))
    best = scores.argmax(1)
    gap = np.maximum(scores - scores[rows, best][:, None], -2 * _LIMIT)
    part = np.exp(gap)
    part[rows, best] = 0.0
    others = part.sum(1)
    # The rest of the best class is summed without it: 1 − (1 − ε) would lose ε.
    rest = 1.0 + others[:, None] - part
    rest[rows, best] = others
    odds = gap - np.log(np.maximum(rest, np.exp(-2 * _LIMIT)))
    return np.clip(odds, -_LIMIT, _LIMIT, out=odds)


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−x), in place where it can be; x within ±700."""
    out = np.negative(logit)
    np.exp(out, out=out)
    out += 1.0
    return np.reciprocal(out, out=out)


def spread_out(against_rest: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities (n, k) that sum to one, from each class's probability against the rest.

    Args:
        against_rest: (n, 1) for two classes, probability of class 1; else (n, k), above 0.
        classes: k.
    """
    if classes == 2:
        out = np.empty((len(against_rest), 2))
        out[:, 1] = against_rest[:, 0]
        np.subtract(1.0, out[:, 1], out=out[:, 0])
        return out
    return against_rest / against_rest.sum(1, keepdims=True)
