"""The sex a first name speaks of, by the brand's own customers who declared theirs.

No list of names and no rule about endings: a name says something only when enough customers of
that name declared their sex alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import betaln

#: With fewer distinct names than this the prior cannot be fitted, and is taken as one customer.
_ENOUGH_NAMES = 30
_STRENGTHS = np.geomspace(0.05, 50.0, 41)


class FirstNames(NamedTuple):
    """The first names under which somebody declared a sex; a name is its place in the arrays.

    Attributes:
        token: the names, as `normal` has them: letters and digits only.
        women: int64, customers of that name who declared to be female.
        men: int64, male.
        female: float64, P(female).
    """

    token: pa.StringArray
    women: np.ndarray
    men: np.ndarray
    female: np.ndarray

    def told(self, least: float) -> np.ndarray:
        """By name, P(female) where it is at least `least`, −P(male) where that is, else NaN.

        One NaN more ends the array: a record without a known name is −1.
        """
        male = 1 - self.female
        said = np.where(self.female >= least, self.female, np.where(male >= least, -male, np.nan))
        return np.append(said, np.nan)

    def evidence(self, rows: pa.StringArray, names: np.ndarray) -> pa.StringArray:
        """The evidence of rows (JSON objects), each with its name's counts added."""
        name = pa.array(names)
        return pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(rows, 0, -1),
            ',"first_name":"',
            self.token.take(name),
            '","women":',
            pa.array(self.women).take(name).cast(pa.string()),
            ',"men":',
            pa.array(self.men).take(name).cast(pa.string()),
            "}",
            "",
        )


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
