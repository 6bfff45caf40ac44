"""Patterns are the distinct combinations of levels, as NumPy finds them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.compare import Field
from connu.identify.patterns import Patterns

_FIELDS = [Field.of("name", "name"), Field.of("birth_date", "date"), Field.of("sex", "equal")]
_TYPES = (np.int16, np.int8, np.int8)


def _patterns_of(levels: list[np.ndarray]) -> Patterns:
    made = Patterns.of(_FIELDS, {f.name: x for f, x in zip(_FIELDS, levels, strict=True)})
    stacked = np.stack([made.levels[f.name] for f in _FIELDS], axis=1)
    # Each pair's pattern is the pair's levels, and no pattern stands twice.
    assert (stacked[made.of_pair] == np.stack(levels, axis=1)).all()
    assert len(np.unique(stacked, axis=0)) == len(stacked)
    return made


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 300), st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_patterns_are_those_of_numpy(size: int, seed: int, levels: int):
    chance = np.random.default_rng(seed)
    drawn = [chance.integers(-1, levels, size).astype(kind) for kind in _TYPES]
    made = _patterns_of(drawn)
    rows, first, count = np.unique(
        np.stack(drawn, axis=1), axis=0, return_index=True, return_counts=True
    )
    order = np.argsort(first)  # ours are numbered by first appearance
    assert made.count.tolist() == count[order].tolist()
    for k, field in enumerate(_FIELDS):
        assert made.levels[field.name].tolist() == rows[order, k].tolist()


def test_many_patterns_outgrow_the_first_table():
    levels = np.arange(100_000, dtype=np.int32)
    drawn = [levels % 144, levels // 144 % 11, levels // 1584]
    made = _patterns_of(drawn)
    assert (made.count == 1).all() and len(made.count) == len(levels)
    assert made.of_pair.tolist() == list(range(len(levels)))


def test_no_pair_no_pattern():
    made = _patterns_of([np.zeros(0, np.int16)] * 3)
    assert len(made.count) == 0 and len(made.of_pair) == 0


def test_pairs_by_level():
    patterns = _patterns_of([np.array(x, np.int16) for x in ([1, 1, -1, 3], [0] * 4, [1, 1, 0, 0])])
    name = _FIELDS[0]
    assert patterns.by_level(name)[:4].tolist() == [0, 2, 0, 1]
    assert len(patterns.by_level(name)) == name.levels
    assert patterns.by_level(name, np.array([0.5, 1.0, 0.25]))[:4].tolist() == [0, 1, 0, 0.25]
    none = _patterns_of([np.zeros(0, np.int16)] * 3)
    assert none.by_level(name).dtype == np.float64 and none.by_level(name).sum() == 0
