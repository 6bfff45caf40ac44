"""Dealing: who is learnt from and who is held out, by chance, whatever the order people come in."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils import check_random_state

from connu.twins.chance import row_keys, told_apart


def seed_of(random_state: Any) -> int:
    """A seed: the number given, or one drawn, as scikit-learn understands `random_state`."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def own_keys(
    counts: sparse.csr_matrix,
    codes: np.ndarray,
    short: sparse.csr_matrix | None,
    keys: np.ndarray | None,
) -> np.ndarray:
    """A key a person, no two equal, the same in whatever order people come: uint64 (n,).

    People of one key are numbered by what they did and are, never by their place: who is left
    equal can be exchanged. The numbers scatter, so that equals are not ordered by their values.
    """
    content = row_keys(counts)
    own = content if keys is None else np.asarray(keys, np.uint64)
    cut = content if short is None else row_keys(short)
    order = np.lexsort((cut, codes, content, own))
    apart = np.empty(len(own), np.uint64)
    apart[order] = told_apart(own[order])
    return apart


def drawn_people(draw: np.ndarray, codes: np.ndarray, most: int, least: int) -> np.ndarray:
    """Rows of those drawn, ascending: the lowest draws, but of each class `least` that there are.

    Without these a rare value would have nobody to be learnt from.
    """
    order = np.lexsort((draw, codes))
    sizes = np.bincount(codes)
    rank = np.empty(len(codes), np.int64)
    rank[order] = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    first = rank < least
    return np.sort(np.lexsort((draw, ~first))[: max(most, int(first.sum()))])


def deal(codes: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A fold per person, int64 (n,): class by class, at random, as even as can be."""
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.random(len(codes)), codes))
    fold = np.empty(len(codes), np.int64)
    fold[order] = np.arange(len(codes)) % folds
    return fold
