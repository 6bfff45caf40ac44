"""Johnson's weights: how much of what drivers explain together is each one's, from correlations.

Drivers that go together share what they explain; regression gives it to one of them and a wrong
sign to another. Johnson replaces the drivers by the uncorrelated variables nearest to them, whose
parts are plain, and deals those parts back.
"""

from __future__ import annotations

import numpy as np

#: Eigenvalues of a correlation matrix below this are none: the drivers do not differ in it.
RANK = 1e-8


def johnson_weights(among: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    """Relative weights of drivers; those of one matrix sum to R².

    Drivers that are one and the same (collinear) share their weight equally.

    Args:
        among: correlations of the drivers with each other, (…, d, d); many matrices at once.
        with_outcome: correlations of the drivers with the outcome, (…, d).

    Returns:
        (…, d), each at least 0.

    Source: J. W. Johnson, A heuristic method for estimating the relative weight of predictor
        variables in multiple regression, Multivariate Behavioral Research 35 (2000) 1-19.

    >>> johnson_weights(np.eye(2), np.array([0.6, -0.5])).round(4).tolist()
    [0.36, 0.25]
    """
    values, vectors = np.linalg.eigh(among)
    real = values > RANK
    root = np.sqrt(np.where(real, values, 0.0))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=real)
    # Λ = V √D Vᵀ: correlations of the drivers with their uncorrelated neighbours.
    nearest = np.einsum("...ik,...k,...jk->...ij", vectors, root, vectors, optimize=True)
    turned = np.einsum("...ik,...i->...k", vectors, with_outcome)
    part = np.einsum("...ik,...k->...i", vectors, inverse * turned)
    return np.asarray(np.einsum("...ij,...j->...i", nearest**2, part**2))


def collinear(among: np.ndarray) -> np.ndarray:
    """Which drivers are wholly told by others.

    Args:
        among: correlations of the drivers with each other, (d, d).

    Returns:
        bool (d,).

    >>> collinear(np.array([[1.0, 1.0, 0.2], [1.0, 1.0, 0.2], [0.2, 0.2, 1.0]])).tolist()
    [True, True, False]
    """
    values, vectors = np.linalg.eigh(among)
    lost = vectors[:, values <= RANK]
    return np.asarray((np.abs(lost) > 1e-6).any(axis=1))


def correlations(products: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Correlation matrices of matrices of centred cross-products.

    What does not vary (a diagonal of at most `least`) correlates with nothing but itself.

    Args:
        products: (…, p, p). least: (p,).

    Returns:
        (…, p, p) with a diagonal of 1, between -1 and 1.
    """
    size = np.diagonal(products, axis1=-2, axis2=-1)
    varies = size > least
    scale = np.where(varies, 1.0 / np.sqrt(np.where(varies, size, 1.0)), 0.0)
    found = products * scale[..., :, None] * scale[..., None, :]
    found = np.clip(found, -1.0, 1.0)
    place = np.arange(products.shape[-1])
    found[..., place, place] = 1.0
    return np.asarray(found)
