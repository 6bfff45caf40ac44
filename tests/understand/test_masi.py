"""MASI distances by hand and as another implementation has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.masi import masi_distances


def sets(*words, letters="abcd"):
    return np.array([[letter in word for letter in letters] for word in words])


def test_each_case_of_monotonicity():
    # equal; one within the other (1/2 · 2/3); overlapping (1/3 · 1/3); nothing shared; empty ones
    found = masi_distances(sets("ab", "abcd", "bc", "cd", "", ""))
    assert found[0] == pytest.approx([0, 1 - 1 / 3, 1 - 1 / 9, 1, 1, 1])
    assert (found[4, 5], found[4, 3]) == (0, 1)


def test_the_published_example_of_nltk():
    # nltk.metrics.masi_distance({1, 2}, {1, 2, 3, 4}) is 0.6666666666666667.
    assert masi_distances(sets("ab", "abcd"))[0, 1] == pytest.approx(2 / 3)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=8))
def test_a_distance_is_symmetric_from_0_to_1_and_0_to_itself(rows):
    found = masi_distances(np.array(rows))
    assert (found == found.T).all() and (np.diagonal(found) == 0).all()
    assert found.min() >= 0 and found.max() <= 1
    equal = np.array([[a == b for b in rows] for a in rows])
    assert ((found == 0) == equal).all()
