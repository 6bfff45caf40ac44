"""Chance that depends on whose it is and on the seed alone: the order of rows changes nothing.

A generator that is asked row after row gives a row what its place deserves. Here a subject's key
is hashed with the seed, so that a subject draws the same in any order, in any batch, and alone.

Source: G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators,
OOPSLA 2014 (SplitMix64's finaliser).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit
from scipy import sparse

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_S27, _S30, _S31, _S11 = (np.uint64(bits) for bits in (27, 30, 31, 11))
_TO_UNIT = 2.0**-53
_ROWS = 16_384


def subject_keys(subjects: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A key per subject, by its bytes: uint64 (n,). Cost: about 20 ns a subject.

    >>> bool(subject_keys(pa.array(["c1", "c2"]))[1] == subject_keys(pa.array(["c2"]))[0])
    True
    """
    array = subjects.cast(pa.large_binary())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if len(array) == 0:
        return np.zeros(0, np.uint64)
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    letters = np.zeros(1, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return _text_keys(letters, bounds)


def row_keys(matrix: sparse.csr_matrix | np.ndarray) -> np.ndarray:
    """A key per row, by its content: uint64 (n,). Equal rows have equal keys.

    For a matrix whose subjects are not named. Cost: a few ns a stored number.
    """
    if isinstance(matrix, np.ndarray):
        parts = [
            _dense_keys(np.asarray(matrix[first : first + _ROWS], np.float64))
            for first in range(0, len(matrix), _ROWS)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    rows = matrix if matrix.has_sorted_indices else matrix.sorted_indices()
    data = np.ascontiguousarray(rows.data, np.float64).view(np.uint64)
    return _row_keys(rows.indptr.astype(np.int64), rows.indices.astype(np.int64), data)


def _dense_keys(dense: np.ndarray) -> np.ndarray:
    n, width = dense.shape
    bounds = np.arange(n + 1, dtype=np.int64) * width
    # -0.0 is 0.0: adding zero makes their bits one.
    bits = (dense + 0.0).ravel().view(np.uint64)
    return _row_keys(bounds, np.tile(np.arange(width, dtype=np.int64), n), bits)


def told_apart(keys: np.ndarray) -> np.ndarray:
    """Keys (n,) of which no two are equal: equal rows are numbered, and each gets its own.

    >>> len(set(told_apart(np.array([5, 5, 9], np.uint64)).tolist()))
    3
    """
    keys = np.asarray(keys, np.uint64)
    order = np.argsort(keys, kind="stable")
    place = np.arange(len(keys))
    first = np.append(True, np.diff(keys[order]) != 0)[: len(keys)]
    number = np.empty(len(keys), np.uint64)
    number[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    # Scattered first: small keys with small numbers would make one another.
    return np.where(number == 0, keys, _scattered(_scattered(keys) ^ number))


def drawn(keys: np.ndarray, seed: int, stream: int = 0) -> np.ndarray:
    """A number in [0, 1) per key: float64 (n,); another for every seed and stream.

    >>> keys = np.array([7, 8], np.uint64)
    >>> bool((drawn(keys, 1) == drawn(keys[::-1], 1)[::-1]).all())
    True
    """
    return (hashed(keys, seed, stream) >> _S11) * _TO_UNIT


def hashed(keys: np.ndarray, seed: int, stream: int = 0) -> np.ndarray:
    """Keys scattered anew: uint64 (n,), for orders and for seeds of further draws."""
    salt = np.array([seed % 2**64, stream % 2**64], np.uint64)
    salt = _scattered(salt * _FIRST + _GOLDEN)
    return _scattered(_scattered(np.asarray(keys, np.uint64) ^ salt[0]) + salt[1])


def _scattered(keys: np.ndarray) -> np.ndarray:
    z = keys + _GOLDEN
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True)
def step(state):
    """The generator's next state, and its number in [0, 1)."""
    state = state + _GOLDEN
    z = (state ^ (state >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    z = z ^ (z >> _S31)
    return state, np.float64(z >> _S11) * _TO_UNIT


@njit(cache=True, nogil=True)
def _text_keys(letters, bounds):
    keys = np.empty(len(bounds) - 1, np.uint64)
    for i in range(len(keys)):
        key = _FNV_BASIS
        for place in range(bounds[i], bounds[i + 1]):
            key = (key ^ np.uint64(letters[place])) * _FNV_PRIME
        keys[i] = key
    return keys


@njit(cache=True, nogil=True)
def _row_keys(bounds, places, bits):
    keys = np.empty(len(bounds) - 1, np.uint64)
    for i in range(len(keys)):
        key = _FNV_BASIS
        for place in range(bounds[i], bounds[i + 1]):
            if bits[place] == np.uint64(0):
                continue
            key = (key ^ (np.uint64(places[place]) + _GOLDEN)) * _FIRST
            key = (key ^ (key >> _S30) ^ bits[place]) * _SECOND
            key = key ^ (key >> _S31)
        keys[i] = key
    return keys
