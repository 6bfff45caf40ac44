"""MASI: how far two sets of themes are apart, when coders may give several themes to a text.

One theme more than the other coder is not the same as another theme altogether.
"""

from __future__ import annotations

import numpy as np

#: The variant, as results name it: others square the distance, or leave out the monotonicity.
MASI = "MASI distance 1 - J·M (Passonneau 2006; M = 1, 2/3, 1/3, 0), not squared"


def masi_distances(sets: np.ndarray) -> np.ndarray:
    """Distances between sets: 1 less Jaccard's index times monotonicity.

    Monotonicity is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where
    they do not. Two empty sets are equal; an empty and another one have nothing in common.

    Args:
        sets: bool (v, themes).

    Returns:
        float64 (v, v), 0-1, 0 on the diagonal.

    Source: R. Passonneau, Measuring agreement on set-valued items (MASI) for semantic and pragmatic
        annotation, LREC 2006.

    >>> masi_distances(np.array([[1, 1, 0, 0], [1, 1, 1, 1]]) > 0).round(4)[0, 1]
    np.float64(0.6667)
    """
    held = np.asarray(sets, np.float64)
    both = held @ held.T
    size = held.sum(axis=1)
    either = size[:, None] + size - both
    least = np.minimum(size[:, None], size)
    equal = both == either
    jaccard = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    monotone = np.select([equal, both == 0, both == least], [1.0, 0.0, 2 / 3], 1 / 3)
    return np.asarray(1.0 - jaccard * monotone)
