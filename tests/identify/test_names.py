"""Names compared: what stands for what, and what tells two people apart."""

from __future__ import annotations

import numpy as np
import pytest
from encoded import encoded

from connu.identify.bags import SHARED_BITS
from connu.identify.compare import Comparison, Field
from connu.identify.names import (
    ALIKE,
    CONFLICT,
    LEVELS,
    OPEN,
    SAME,
    SHAPE,
    SHARED_PARTS,
)
from connu.identify.rarity import Rarity

_FIELD = Field.of("name", "name")
#: People among whom the compared names stand, so that rarity and roles mean something.
_OTHERS = [
    {"given": given, "family": family}
    for given in "jean marie paul anne thomas claude william elizabeth".split()
    for family in "martin durand dupont moreau smith jones lefebvre petit".split()
]


def _level(one: dict, other: dict) -> int:
    records = encoded([one, other, *_OTHERS])
    comparison = Comparison(records, [_FIELD], Rarity.of(records))
    pair = np.array([0], np.int32), np.array([1], np.int32)
    level = int(comparison.level(_FIELD, *pair)[0])
    assert level == int(comparison.level(_FIELD, *pair[::-1])[0])
    return level


def _person(given: str | None, family: str | None) -> dict:
    return {"given": given, "family": family}


def _states(one: tuple, other: tuple) -> tuple[int, int]:
    """States of the given and of the family name."""
    _, given, family = np.unravel_index(_level(_person(*one), _person(*other)), SHAPE)
    return int(given), int(family)


@pytest.mark.parametrize(
    ("one", "other", "states"),
    [
        (("jean", "martin"), ("jean", "martin"), (SAME, SAME)),
        (("jean", "martin"), ("paul", "martin"), (CONFLICT, SAME)),
        (("jean", "martin"), ("jean", "durand"), (SAME, CONFLICT)),
        (("jean", "martin"), ("paul", "durand"), (CONFLICT, CONFLICT)),
        # Nicknames, initials, slips.
        (("bill", "smith"), ("william", "smith"), (ALIKE, SAME)),
        (("liz", "jones"), ("elizabeth", "jones"), (ALIKE, SAME)),
        (("j", "martin"), ("jean", "martin"), (ALIKE, SAME)),
        (("thoams", "martin"), ("thomas", "martin"), (ALIKE, SAME)),
        (("jean", "lefebre"), ("jean", "lefebvre"), (SAME, ALIKE)),
        # A hyphen is a space: «Jean-Claude» and «Jean».
        (("jean claude", "martin"), ("jean", "martin"), (SAME, SAME)),
        # Married: the family name changes or grows.
        (("anne", "durand"), ("anne", "moreau"), (SAME, CONFLICT)),
        (("anne", "durand moreau"), ("anne", "durand"), (SAME, SAME)),
        # First and last name swapped.
        (("martin", "paul"), ("paul", "martin"), (ALIKE, ALIKE)),
        (("martin", "lefebre"), ("lefebvre", "martin"), (ALIKE, ALIKE)),
        # A namesake's first name is no family name: one crossing alone says nothing.
        (("thomas", "durand"), ("paul", "thomas"), (OPEN, OPEN)),
        # A side that is silent contradicts nothing.
        (("jean", "martin"), ("jean", None), (SAME, OPEN)),
        (("jean", "martin"), (None, "martin"), (OPEN, SAME)),
        (("jean", None), (None, "martin"), (OPEN, OPEN)),
    ],
)
def test_how_names_stand(one: tuple, other: tuple, states: tuple[int, int]):
    assert _states(one, other) == states


def test_a_name_that_is_absent_is_unknown():
    assert _level({}, _person("jean", "martin")) == -1
    assert _level({}, {}) == -1


def test_a_full_name_meets_its_parts():
    whole, parts = {"names": "martin jean"}, _person("jean", "martin")
    _, given, family = np.unravel_index(_level(whole, parts), SHAPE)
    assert (given, family) == (SAME, SAME)
    other = {"names": "paul martin"}
    _, given, family = np.unravel_index(_level(other, parts), SHAPE)
    assert (given, family) == (CONFLICT, SAME)


def test_the_likest_tokens_meet_first():
    """«J.» must not take the place of «Jeanne»: the likest pair is met before lesser ones."""
    with_initial = _level(_person("jeane", None), _person("j jeanne", None))
    without = _level(_person("jeane", None), _person("jeanne", None))
    assert with_initial == without


def test_rarer_names_share_more():
    common = _level(_person("jean", "martin"), _person("jean", "martin"))
    rare = _level(_person("zenobie", "quatrebarbes"), _person("zenobie", "quatrebarbes"))
    assert np.unravel_index(rare, SHAPE)[0] > np.unravel_index(common, SHAPE)[0]


def test_a_slip_is_worth_less_than_the_letter():
    exact = np.unravel_index(_level(_person(None, "lefebvre"), _person(None, "lefebvre")), SHAPE)[0]
    alike = np.unravel_index(_level(_person(None, "lefebre"), _person(None, "lefebvre")), SHAPE)[0]
    nothing = np.unravel_index(_level(_person(None, "petit"), _person(None, "lefebvre")), SHAPE)[0]
    assert nothing < alike <= exact
    assert nothing == 0


def test_very_long_names_are_compared_by_their_first_tokens():
    many = " ".join(f"name{k:03}" for k in range(300))
    assert np.unravel_index(_level({"names": many}, {"names": many}), SHAPE)[0] == len(SHARED_BITS)


def test_shared_parts_count_what_is_the_same_to_the_letter():
    assert len(SHARED_PARTS) == LEVELS + 1 and SHARED_PARTS[-1] == 0
    for level in range(LEVELS):
        _, given, family = np.unravel_index(level, SHAPE)
        assert SHARED_PARTS[level] == int(given == SAME) + int(family == SAME)
