"""Draws depend on the subject and the seed, and on nothing else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import sparse

from connu.twins.chance import drawn, hashed, row_keys, subject_keys, told_apart


def test_a_subject_draws_the_same_alone_and_among_others():
    subjects = pa.array([f"c{i}" for i in range(1000)])
    keys = subject_keys(subjects)
    assert len(set(keys.tolist())) == 1000
    assert subject_keys(subjects.slice(700, 1)).tolist() == [keys[700]]
    assert subject_keys(pa.chunked_array([subjects[:10], subjects[10:]])).tolist() == keys.tolist()
    one = keys[[700]]
    assert drawn(one, 5)[0] == drawn(keys, 5)[700]
    assert hashed(one, 5)[0] == hashed(keys, 5)[700]


def test_no_subjects_and_empty_names_have_keys():
    assert len(subject_keys(pa.array([], pa.string()))) == 0
    assert len(set(subject_keys(pa.array(["", "a"])).tolist())) == 2


def test_draws_are_even_and_seeds_and_streams_are_apart():
    keys = np.arange(20_000, dtype=np.uint64)
    draws = [drawn(keys, seed, stream) for seed, stream in [(0, 0), (0, 1), (1, 0)]]
    for one in draws:
        assert ((one >= 0) & (one < 1)).all()
        counts, _ = np.histogram(one, bins=20, range=(0, 1))
        assert counts.min() > 850 and counts.max() < 1150
    assert np.abs(np.corrcoef(draws) - np.eye(3)).max() < 0.03


def test_rows_have_the_key_of_their_content():
    rng = np.random.default_rng(0)
    dense = rng.poisson(0.5, (200, 12)).astype(np.float32)
    matrix = sparse.csr_matrix(dense)
    keys = row_keys(matrix)
    assert keys.tolist() == row_keys(dense).tolist()
    order = rng.permutation(200)
    assert row_keys(matrix[order]).tolist() == keys[order].tolist()
    assert len(set(keys.tolist())) == len({row.tobytes() for row in dense})
    wider = sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(200, 30))
    assert row_keys(wider).tolist() == keys.tolist()


def test_equal_rows_are_told_apart_whatever_their_order():
    keys = np.array([4, 9, 4, 4, 7], np.uint64)
    apart = told_apart(keys)
    assert len(set(apart.tolist())) == 5
    assert apart[[0, 1, 4]].tolist() == [4, 9, 7]
    assert sorted(told_apart(keys[::-1]).tolist()) == sorted(apart.tolist())
    assert told_apart(keys[:0]).tolist() == []
