"""Thresholds of labels: from which probability on a label is said, where F1 is to be high.

Found on texts that the probabilities were not learnt from. Of a rare label there are few such
texts, and the best threshold of few is chance: what is best of all labels together counts as some
texts more of each.
"""

from __future__ import annotations

import numpy as np

_GRID = np.round(np.arange(0.04, 0.81, 0.02), 2)
#: Texts of a label that what is best of all labels counts for.
_WEIGHT = 20.0


def label_thresholds(probability: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The threshold of each label, 0.04–0.8.

    F1 over thresholds is smoothed: neighbours that are as good are a surer sign than a peak.

    Args:
        probability: float (n, labels), of texts that were not learnt from.
        truth: bool (n, labels).

    Returns:
        float64 (labels,); 0.5 where there is nothing to go by.

    >>> p = np.array([[0.1], [0.2], [0.4], [0.7]] * 20)
    >>> bool(0.2 <= label_thresholds(p, p > 0.3)[0] < 0.4)
    True
    """
    truth = np.asarray(truth, np.bool_)
    if not len(probability) or not truth.any():
        return np.full(truth.shape[1], 0.5)
    hits = np.empty((len(_GRID), truth.shape[1]))
    said = np.empty_like(hits)
    for place, threshold in enumerate(_GRID):
        told = probability > threshold
        hits[place], said[place] = (told & truth).sum(0), told.sum(0)
    wanted = truth.sum(0).astype(np.float64)
    # What all labels together would give, as if it were some texts more of each.
    share = _WEIGHT / max(wanted.sum(), 1.0)
    hits = hits + share * hits.sum(1, keepdims=True)
    said = said + share * said.sum(1, keepdims=True)
    f1 = 2 * hits / (said + wanted + share * wanted.sum())
    smooth = np.pad(f1, ((2, 2), (0, 0)), mode="edge")
    mean = sum(smooth[at : at + len(_GRID)] for at in range(5)) / 5
    best: np.ndarray = _GRID[np.argmax(mean, axis=0)]
    return best
