"""Spelling mistakes: where they are asked for, one at a time, and never in short words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from connu.sample.letters import mishearings, typos, unaccented

WORDS = st.lists(st.text("abcdéhilmnopstyz -", min_size=0, max_size=14), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(words=WORDS, seed=st.integers(0, 2**32))
def test_a_typo_is_one_edit(words: list[str], seed: int) -> None:
    every = np.ones(len(words), dtype=np.bool_)
    made = typos(pa.array(words), every, np.random.default_rng(seed)).to_pylist()
    for was, now in zip(words, made, strict=True):
        assert DamerauLevenshtein.distance(was, now) <= 1
        assert now[:1] == was[:1]
        if len(was) < 4:
            assert now == was


@settings(max_examples=60, deadline=None)
@given(words=WORDS, seed=st.integers(0, 2**32))
def test_words_outside_the_mask_stay(words: list[str], seed: int) -> None:
    none = np.zeros(len(words), dtype=np.bool_)
    column = pa.array(words)
    assert typos(column, none, np.random.default_rng(seed)).equals(column)
    assert mishearings(column, none, np.random.default_rng(seed)).equals(column)
    assert unaccented(column, none).equals(column)


def test_nulls_stay_null() -> None:
    column = pa.array([None, "Mirabeau", None])
    every = np.ones(3, dtype=np.bool_)
    for function in (typos, mishearings):
        made = function(column, every, np.random.default_rng(1))
        assert made.is_valid().to_pylist() == [False, True, False]
        assert made[1].as_py() != "Mirabeau"


def test_what_is_misheard_sounds_alike() -> None:
    one, every = pa.array(["Berthault"]), np.array([True])
    heard = {mishearings(one, every, np.random.default_rng(s))[0].as_py() for s in range(30)}
    assert heard == {"Bertault", "Berthaut"}
