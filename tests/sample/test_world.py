"""The people behind the sample: households, homonyms, moves, contacts, tastes and needs."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from connu.sample.chance import Chance
from connu.sample.moments import CUT_OFF, HORIZON
from connu.sample.people import AGE_BANDS, VISITORS_PER_KNOWN, make_people
from connu.sample.tastes import cell_weights
from connu.sample.words import first_names, surnames
from connu.sample.world import World, make_world


def test_as_many_people_are_known_as_asked_for(world: World) -> None:
    assert world.people.known.sum() == 2_000
    assert len(world.people) == round(2_000 * (1 + VISITORS_PER_KNOWN))


def test_every_known_person_is_in_a_source_and_nobody_else(world: World) -> None:
    seen = np.unique(np.concatenate([entries.who for entries in world.entries.values()]))
    assert np.array_equal(seen, np.flatnonzero(world.people.known))


def test_known_people_are_no_random_draw() -> None:
    people = make_people(Chance(2), 20_000)
    known, others = people.female[people.known].mean(), people.female[~people.known].mean()
    assert known > others + 0.05
    assert people.activity[people.known].mean() > people.activity[~people.known].mean() + 0.2


def test_members_of_a_household_share_a_home_and_mostly_a_name(world: World) -> None:
    people = world.people
    order = np.argsort(people.household, kind="stable")
    same = people.household[order][1:] == people.household[order][:-1]
    left, right = order[:-1][same], order[1:][same]
    assert len(left) > 500
    assert np.array_equal(people.home[left], people.home[right])
    assert 0.6 < (people.last[left] == people.last[right]).mean() < 0.95


def test_some_bear_the_same_name_and_year_of_birth() -> None:
    people = make_people(Chance(2), 20_000)
    key = (people.first * 10**6 + people.last) * 10**4 + people.birth_year
    _, count = np.unique(key, return_counts=True)
    assert (count > 1).sum() > 50
    together = people.household * 10**6 + people.birth
    _, twins = np.unique(together, return_counts=True)
    assert (twins > 1).sum() > 20


def test_people_move_marry_and_change_mail(world: World) -> None:
    people, contacts = world.people, world.contacts
    early, late = np.full(len(people), -2000.0), np.full(len(people), float(CUT_OFF))
    who = np.arange(len(people))
    moved = (people.home_on(who, early) != people.home_on(who, late)).mean()
    married = (people.surname_on(who, early) != people.surname_on(who, late)).mean()
    mail = pc.mean(pc.not_equal(contacts.email_of(who, early), contacts.email_of(who, late)))
    assert 0.08 < moved < 0.2
    assert 0.01 < married < 0.06
    assert 0.15 < mail.as_py() < 0.25


def test_two_people_share_a_mail_only_in_a_household(world: World) -> None:
    mails = world.contacts.email.to_pylist()
    owners: dict[str, set[int]] = {}
    for mail, household in zip(mails, world.people.household.tolist(), strict=True):
        owners.setdefault(mail, set()).add(household)
    assert max(len(households) for households in owners.values()) == 1
    assert len(owners) < len(mails)
    mobiles = world.contacts.mobile.to_pylist()
    assert len(set(mobiles)) == len(mobiles)


def test_rare_names_are_rare_and_common_ones_common() -> None:
    people = make_people(Chance(2), 20_000)
    counts = np.sort(np.bincount(people.last))[::-1]
    assert 40 < counts[0] < 400
    assert (counts == 1).sum() > 1_000
    assert len(surnames().words) > 10_000 and len(first_names().words) > 1_000


def test_names_follow_the_decade() -> None:
    people = make_people(Chance(2), 20_000)
    names = first_names().words
    french = people.origin == 0
    lea = names.index("Léa").as_py()
    monique = names.index("Monique").as_py()
    assert people.birth_year[french & (people.first == lea)].mean() > 1990
    assert people.birth_year[french & (people.first == monique)].mean() < 1960


def test_tastes_tell_of_sex_and_age() -> None:
    weights = cell_weights()
    shares = weights / weights.sum(axis=1, keepdims=True)
    half = len(shares) // 2
    men, women = shares[:half].mean(axis=0), shares[half:].mean(axis=0)
    assert np.abs(men - women).sum() / 2 > 0.3
    bands = shares.reshape(2, len(AGE_BANDS), -1, shares.shape[1]).mean(axis=(0, 2))
    assert np.abs(bands[0] - bands[-1]).sum() / 2 > 0.3


def test_needs_are_in_order_and_end_when_the_customer_leaves(world: World) -> None:
    needs = world.needs
    assert np.all(np.diff(needs.who) >= 0)
    assert np.all(needs.ends > needs.started)
    assert np.all(needs.started <= needs.left[needs.who])
    assert np.all(needs.ends[needs.bought] < HORIZON)
    strangers = ~world.people.known[needs.who]
    assert not np.any(needs.bought & strangers & (needs.ends < CUT_OFF))
    assert np.all(needs.value_eur > 0)


def test_the_less_content_leave_sooner() -> None:
    needs = make_world(Chance(3), 5_000).needs
    left = needs.left < HORIZON
    assert needs.content[left].mean() < needs.content[~left].mean() - 0.05


def test_more_is_wanted_before_christmas(world: World) -> None:
    days = world.needs.started[world.people.known[world.needs.who]]
    december = ((days > 325) & (days < 355)).sum()
    august = ((days > 205) & (days < 235)).sum()
    assert december > 1.4 * august
