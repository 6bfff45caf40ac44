"""Krippendorff's alpha against published examples and its own definition."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.alpha import GAP, Disagreement


def codes(*rows):
    return np.array([[int(c) if c.isdigit() else GAP for c in row] for row in rows])


def alpha(*rows):
    return Disagreement.of(codes(*rows)).alpha()[0]


def test_four_coders_twelve_units_as_published():
    # Krippendorff, Computing Krippendorff's alpha-reliability (2011), C: nominal .743.
    found = alpha("123321412---", "1233224125-3", "-3332342251-", "12332441251-")
    assert found == pytest.approx(0.743, abs=5e-4)


def test_three_coders_fifteen_units_as_published():
    # The example of Wikipedia's page on it: nominal .691.
    found = alpha("-----34121133-3", "1-213343-------", "--21344-21133-4")
    assert found == pytest.approx(0.691, abs=5e-4)


def test_two_coders_of_binary_codes_by_hand():
    # Krippendorff (2011), A: ten units, α = 1 - 19 · 4 / (14 · 6) = .095.
    assert alpha("0100000010", "1110010000") == pytest.approx(0.095, abs=5e-4)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=6, max_size=6), min_size=2, max_size=4))
def test_alpha_is_its_definition(rows):
    """1 - observed / expected disagreement, pair by pair."""
    given_codes = np.array(rows)
    units = [[c for c in column if c != GAP] for column in given_codes.T.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    every = [c for unit in units for c in unit]
    observed = sum(
        sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units
    )
    expected = sum(a != b for a, b in permutations(every, 2)) / max(len(every) - 1, 1)
    found = Disagreement.of(given_codes).alpha()[0]
    if expected == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(1 - observed / expected)


def test_resamples_are_units_drawn_again():
    some = codes("0120121-", "0121022-", "012--221")
    drawn = np.array([[2, 0, 1, 1, 3, 0, 1, 0], [1.0] * 8])
    found = Disagreement.of(some).alpha(drawn)
    again = Disagreement.of(np.repeat(some, drawn[0].astype(int), axis=1)).alpha()
    assert found[0] == pytest.approx(again[0])
    assert found[1] == pytest.approx(Disagreement.of(some).alpha()[0])


def test_a_machine_is_paired_with_each_person_and_people_not_with_each_other():
    people = codes("0011", "1100")
    agrees = Disagreement.of_machine(codes("0011")[0], people[:1])
    assert agrees.alpha()[0] == 1
    both = Disagreement.of_machine(codes("0011")[0], people)
    pairs = codes("00110011", "00111100")
    assert both.alpha()[0] == pytest.approx(Disagreement.of(pairs).alpha()[0])
    gaps = Disagreement.of_machine(codes("-011")[0], codes("0-11"))
    assert gaps.counts.sum() == 4
