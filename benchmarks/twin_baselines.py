"""What anybody would try first, on the same people: the methods connu's twins run beside.

Each learns from counts (people × things done) and gives probabilities; nothing is tuned to a data
set, nothing is calibrated, and nobody is left unspoken of.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

#: (counts of those learnt from, their codes 0..k−1, counts of those asked) → probabilities (n, k).
Method = Callable[[sparse.csr_matrix, np.ndarray, sparse.csr_matrix], np.ndarray]


def logistic_on_counts(
    known: sparse.csr_matrix, y: np.ndarray, asked: sparse.csr_matrix
) -> np.ndarray:
    """Plain logistic regression (L2, C = 1) on the counts as they are."""
    return LogisticRegression(C=1.0, max_iter=1000).fit(known, y).predict_proba(asked)


def logistic_on_tfidf(
    known: sparse.csr_matrix, y: np.ndarray, asked: sparse.csr_matrix
) -> np.ndarray:
    """Logistic regression (L2, C = 1) on TF-IDF of what was done at all."""
    weigh = TfidfTransformer().fit(_done(known))
    model = LogisticRegression(C=1.0, max_iter=1000).fit(weigh.transform(_done(known)), y)
    return model.predict_proba(weigh.transform(_done(asked)))


def lightgbm_on_counts(
    known: sparse.csr_matrix, y: np.ndarray, asked: sparse.csr_matrix
) -> np.ndarray:
    """LightGBM with its own defaults, 200 trees, on counts of what ten people or more did."""
    import lightgbm

    often = np.flatnonzero(known.getnnz(axis=0) >= 10)
    learnt, told = (m[:, often].astype(np.float32) for m in (known, asked))
    classes = int(y.max()) + 1
    # Where a machine does other work too, two threads wait for each other: 50 s for what one does
    # in 2 (8,000 people, 40 columns).
    settings: dict[str, object] = {"verbose": -1, "num_threads": 1, "seed": 0}
    settings |= {"deterministic": True, "force_row_wise": True}
    if classes > 2:
        settings |= {"objective": "multiclass", "num_class": classes}
    else:
        settings |= {"objective": "binary"}
    model = lightgbm.train(settings, lightgbm.Dataset(learnt, y), num_boost_round=200)
    p = np.asarray(model.predict(told))
    return p if classes > 2 else np.stack([1 - p, p], axis=1)


def neighbours_in_tfidf(
    known: sparse.csr_matrix, y: np.ndarray, asked: sparse.csr_matrix
) -> np.ndarray:
    """The share among the 50 nearest by the cosine of TF-IDF."""
    weigh = TfidfTransformer().fit(_done(known))
    many = min(50, known.shape[0])
    near = NearestNeighbors(n_neighbors=many, metric="cosine").fit(weigh.transform(_done(known)))
    shares = np.zeros((asked.shape[0], int(y.max()) + 1))
    for start in range(0, asked.shape[0], 5000):
        part = weigh.transform(_done(asked[start : start + 5000]))
        who = y[near.kneighbors(part, return_distance=False)]
        for c in range(shares.shape[1]):
            shares[start : start + 5000, c] = (who == c).mean(axis=1)
    return shares


METHODS: dict[str, Method] = {
    "logistic on counts": logistic_on_counts,
    "logistic on TF-IDF": logistic_on_tfidf,
    "LightGBM on counts": lightgbm_on_counts,
    "neighbours in TF-IDF": neighbours_in_tfidf,
}


def cross_fitted(
    method: Method, counts: sparse.csr_matrix, y: np.ndarray, fold: np.ndarray
) -> np.ndarray:
    """Everybody's probabilities, by a method that learnt from the other folds.

    Args:
        method: one of METHODS.
        counts: (n, d).
        y: (n,) codes.
        fold: (n,) each person's fold; −1: only ever learnt from, his row stays nan.

    Returns:
        (n, k).
    """
    told = np.full((len(y), int(y.max()) + 1), np.nan)
    for f in np.unique(fold[fold >= 0]):
        asked = fold == f
        told[asked] = method(counts[~asked], y[~asked], counts[asked])
    return told


def _done(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    done = counts.copy()
    done.data = np.ones_like(done.data)
    return done
