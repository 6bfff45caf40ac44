"""What neighbours say of a subject: shares of their classes, the nearer the more.

A person never votes on himself. Each subject's votes are counted by themselves, nearest first, so
that the shares do not depend on who else is asked about.

Whoever is judged must not be left out alone: the others then hold one fewer of his own class than
of any other, so that their shares speak against him. Where fifty of a hundred are asked that costs
an area under the ROC curve .05, and shares that know nothing look worse than chance. So his whole
fold is left out, and folds hold the classes alike.
"""

from __future__ import annotations

import numpy as np
from numba import njit


def vote(
    rows: np.ndarray,
    squared_distances: np.ndarray,
    codes: np.ndarray,
    classes: int,
    *,
    exclude: np.ndarray | None = None,
    sharpness: float = 1.0,
) -> np.ndarray:
    """Shares of the classes among each subject's neighbours.

    A neighbour at squared distance r² weighs exp(−sharpness · r² / mean r² of that subject's
    neighbours): free of the unit of the space, and those at one distance weigh alike.

    Args:
        rows: int64 (m, k), neighbours of each subject, nearest first; −1: nobody.
        squared_distances: float32 (m, k).
        codes: integers (n,): the class of each person; negative where he has none: no vote.
        classes: how many classes there are.
        exclude: int64 (m,): the subject's own row, or −1; then k − 1 neighbours vote (`others`).
        sharpness: 0 counts heads; 1 halves the vote at 0.7 of the mean.

    Returns:
        float32 (m, classes); a row sums to 1, or to 0 where nobody votes. Cost: m × k exponentials.
    """
    if exclude is not None:
        rows, squared_distances = others(rows, squared_distances, exclude)
    return _vote(
        np.ascontiguousarray(rows, np.int64),
        np.ascontiguousarray(squared_distances, np.float32),
        np.ascontiguousarray(codes, np.int64),
        classes,
        sharpness,
    )


def others(
    rows: np.ndarray, squared_distances: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours without the subject himself, one fewer for everybody.

    Where he is not among them (−1, or crowded out by people just like him) the farthest goes, so
    that all have equally many.

    Args:
        rows, squared_distances: (m, k), nearest first.
        own: int64 (m,): the subject's own row, or −1.

    Returns:
        rows, squared distances, (m, max(k − 1, 0)).
    """
    m, k = rows.shape
    if k == 0:
        return rows, squared_distances
    stays = rows != own[:, None]
    stays[stays.all(axis=1), -1] = False
    return rows[stays].reshape(m, k - 1), squared_distances[stays].reshape(m, k - 1)


def of_other_folds(
    rows: np.ndarray,
    squared_distances: np.ndarray,
    folds: np.ndarray,
    own: np.ndarray,
    most: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest neighbours that are not in the subject's own fold.

    Args:
        rows, squared_distances: (m, k), nearest first; ask for twice as many as are wanted.
        folds: int64 (n,): of each person; −1 of those who are in none.
        own: int64 (m,): of the subjects, from 0 on.
        most: how many are wanted.

    Returns:
        rows, squared distances, (m, min(most, k)); −1, at no distance, where there are fewer.

    Source: Airola et al., Computational Statistics & Data Analysis 55 (2011): leaving one out, and
        pooling over folds, turn areas under the ROC curve against what is judged.
    """
    same = folds[rows] == own[:, None]
    first = np.argsort(same, axis=1, kind="stable")[:, :most]
    nobody = np.take_along_axis(same, first, axis=1)
    return (
        np.where(nobody, -1, np.take_along_axis(rows, first, axis=1)),
        np.where(nobody, 0, np.take_along_axis(squared_distances, first, axis=1)),
    )


@njit(cache=True, nogil=True)
def _vote(rows, squared, codes, classes, sharpness):
    """See `vote`."""
    m, k = rows.shape
    shares = np.zeros((m, classes), np.float32)
    counted = np.empty(classes, np.float64)
    for i in range(m):
        voters, total = 0, 0.0
        for j in range(k):
            if rows[i, j] >= 0 and codes[rows[i, j]] >= 0:
                voters += 1
                total += squared[i, j]
        if voters == 0:
            continue
        scale = sharpness * voters / total if total > 0.0 else 0.0
        counted[:] = 0.0
        weight = 0.0
        for j in range(k):
            code = codes[rows[i, j]] if rows[i, j] >= 0 else -1
            if code >= 0:
                w = np.exp(-scale * squared[i, j])
                counted[code] += w
                weight += w
        for c in range(classes):
            shares[i, c] = counted[c] / weight
    return shares
