"""The sex a first name speaks of, by the brand's own customers who declared theirs.

No list of names and no rule about endings: a name says something only when enough customers of
that name declared their sex alike.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln

#: With fewer distinct names than this the prior cannot be fitted, and is taken as one customer.
_ENOUGH_NAMES = 30
_STRENGTHS = np.geomspace(0.05, 50.0, 41)


def probability_female(women: np.ndarray, men: np.ndarray) -> np.ndarray:
    """P(female) by first name, from the customers of that name who declared their sex.

    The share of women among bearers of a name is drawn from Beta(s·m, s·(1−m)): m is the share
    over all names, s the strength that makes the counts most likely (beta-binomial, on a grid).
    Then P(female | name) = (women + s·m) / (bearers + s). Real names are nearly all of one sex,
    so s comes out small and few bearers suffice; where names say nothing, s comes out large and
    the probability stays near m.

    Args:
        women: int64, by name, how many declared to be female.
        men: int64, male.

    Returns:
        float64, by name.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), ch. 5.1–5.3.

    >>> probability_female(np.array([9, 0]), np.array([1, 1])).round(3).tolist()
    [0.888, 0.385]
    """
    bearers = women + men
    # One customer more of each sex, so that a single sex among few is not taken for a law.
    mean = (women.sum() + 1) / (bearers.sum() + 2)
    strength = _strength(women, bearers, float(mean))
    return (women + strength * mean) / (bearers + strength)


def _strength(women: np.ndarray, bearers: np.ndarray, mean: float) -> float:
    if len(bearers) < _ENOUGH_NAMES:
        return 1.0
    # Names of equal counts have equal likelihood: a few thousand kinds at most.
    pairs, times = np.unique(np.stack([women, bearers]), axis=1, return_counts=True)
    w, n = pairs[0][:, None], pairs[1][:, None]
    a, b = _STRENGTHS * mean, _STRENGTHS * (1 - mean)
    likelihood = times @ (betaln(w + a, n - w + b) - betaln(a, b))
    return float(_STRENGTHS[int(np.argmax(likelihood))])
