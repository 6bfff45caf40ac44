"""Clusters of statements, and whether they would be found again.

k-means on the unit sphere, some starts, the tightest kept. Each cluster is then looked for again
in subsamples clustered from other starts: the mean, over the subsamples, of the best Jaccard
likeness it finds there. A cluster that dissolves was an accident of the start.

Source: Dhillon & Modha, Concept decompositions for large sparse text data using clustering, Machine
Learning 42 (2001) 143–175; C. Hennig, Cluster-wise assessment of cluster stability, Computational
Statistics & Data Analysis 52 (2007) 258–271: below .6 it should not be trusted, from .75 on it is
valid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import normalize

#: Below it a cluster is not to be trusted; from the second on it is stable.
DOUBTFUL, STABLE = 0.6, 0.75
#: Subsamples, the share of the statements in each, and how many at most.
RESEEDS, SHARE, _SUBSAMPLE = 6, 0.7, 5_000
_STARTS, _ROUNDS = 3, 40


@dataclass(frozen=True)
class Clusters:
    """Statements in clusters.

    Attributes:
        of: int64 (n,): the cluster of each statement, −1 where it is too unlike it.
        centres: float32 (k, width), of length 1.
        likeness: float32 (n,): of each statement to its centre, a cosine.
        stability: float64 (k,), 0–1, NaN where it was not measured.
    """

    of: np.ndarray
    centres: np.ndarray
    likeness: np.ndarray
    stability: np.ndarray

    def __len__(self) -> int:
        return len(self.centres)


def clusters_of(
    places: np.ndarray, k: int, *, least: float = -1.0, seed: int = 0, reseeds: int = RESEEDS
) -> Clusters:
    """Cluster places, and measure how stable each cluster is.

    Args:
        places: float32 (n, width), rows of length 1, n ≥ 1.
        k: clusters; fewer where there are fewer statements.
        least: how like the middle of its cluster a statement must be to be of it; a cosine.
        seed: of all that is drawn.
        reseeds: subsamples; 0: stability is not measured and NaN.

    Cost: 5 s for 20,000 statements, 80 directions and 20 clusters.
    """
    k = max(1, min(k, _different(places)))
    of, centres, likeness = _clustered(places, k, least, seed)
    rng = np.random.default_rng(seed + 1)
    size = max(k, min(int(SHARE * len(places)), _SUBSAMPLE))
    found = np.full((max(reseeds, 1), k), np.nan)
    for time in range(reseeds):
        chosen = np.sort(rng.choice(len(places), size, replace=False))
        again, _, _ = _clustered(places[chosen], k, least, seed + 101 + time)
        found[time] = best_jaccard(of[chosen], again, k)
    return Clusters(of, centres, likeness, found.mean(axis=0))


def best_jaccard(before: np.ndarray, again: np.ndarray, k: int) -> np.ndarray:
    """Of each cluster, its likeness to the one most like it among others.

    Args:
        before, again: int64 (n,): the clusters of the same statements, below k; −1: of none.

    Returns:
        float64 (k,), 0–1; 0 of a cluster that has no statement here.

    >>> best_jaccard(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0]), 2).round(2).tolist()
    [0.67, 0.5]
    """
    # One row and one column more, for statements of no cluster (−1).
    both = np.bincount(
        (before + 1) * (k + 1) + again + 1, minlength=(k + 1) ** 2
    ).reshape(k + 1, k + 1)  # fmt: skip
    union = both.sum(1)[:, None] + both.sum(0)[None, :] - both
    return np.asarray((both / np.maximum(union, 1))[1:, 1:].max(axis=1), np.float64)


def _clustered(
    places: np.ndarray, k: int, least: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clusters, their centres, the likeness of each place to its own."""
    some = min(k, _different(places))
    model = KMeans(some, n_init=_STARTS, max_iter=_ROUNDS, random_state=seed, tol=1e-3)
    of = np.asarray(model.fit_predict(places), np.int64)
    sums = np.zeros((k, places.shape[1]), np.float64)
    np.add.at(sums, of, places)
    centres = normalize(sums).astype(np.float32)
    likeness = (places * centres[of]).sum(1)
    return np.where(likeness >= least, of, -1), centres, likeness


def _different(places: np.ndarray) -> int:
    """How many different places there are: what many say in the same words is one."""
    along = np.random.default_rng(0).normal(size=places.shape[1])
    return len(np.unique((places.astype(np.float64) @ along).round(4)))
