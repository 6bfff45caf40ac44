"""Candidates: what shares rare things is compared, and what cannot be one person is not."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from encoded import encoded
from made_people import make_people

from connu.identify.candidates import TOP, find_candidates
from connu.identify.encoding import Records


def _crowd(size: int, *more: dict[str, Any], seed: int = 1) -> list[dict[str, Any]]:
    """People of common names and all sorts of birth dates, and then `more`."""
    chance = random.Random(seed)
    given = "jean marie paul anne luc lea hugo emma louis alice".split()
    family = [
        a + b for a in ("mar", "du", "le", "ber", "gar") for b in ("tin", "bois", "roy", "nier")
    ]
    rows = [
        {
            "given": chance.choice(given),
            "family": chance.choice(family),
            "birth_date": f"{chance.randint(1930, 2005)}{chance.randint(1, 12):02}"
            f"{chance.randint(1, 28):02}",
            "source": chance.choice(("crm", "web")),
        }
        for _ in range(size)
    ]
    return [*rows, *more]


def _pairs(records: Records, **options: Any) -> set[tuple[int, int]]:
    keys = find_candidates(records, **options)
    assert (np.diff(keys) > 0).all()
    pairs = {divmod(int(key), records.size) for key in keys}
    assert all(a < b for a, b in pairs)
    return pairs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A rare name and a birth date, even with a slip, swapped or as a year alone.
        ({"given": "zenobie", "family": "quatrebarbes", "birth_date": "19710512"},) * 2,
        (
            {"given": "zenobie", "family": "quatrebarbes", "birth_date": "19710512"},
            {"given": "zenobia", "family": "quatrebarbe", "birth_date": "19710512"},
        ),
        (
            {"given": "zenobie", "family": "quatrebarbes", "birth_date": "19710512"},
            {"given": "quatrebarbes", "family": "zenobie", "birth_date": "19711205"},
        ),
        ({"names": "zenobie quatrebarbes"}, {"given": "zenobie", "family": "quatrebarbes"}),
        # A common name with a birth date; an e-mail, phone or card whatever the name.
        ({"given": "jean", "family": "martin", "birth_date": "19710512"},) * 2,
        ({"email": "ada@example.org"}, {"given": "jean", "email": "ada@example.org"}),
        ({"email": "ada.king1815@example.org"}, {"email": "ada.king1815@example.com"}),
        ({"given": "jean", "phone": "+33612345678"}, {"family": "roy", "phone": "+33612345678"}),
        ({"ids": [("loyalty_card", "L1")]}, {"given": "jean", "ids": [("loyalty_card", "L1")]}),
        # A house and a name.
        (
            {"family": "martin", "address": "12 rue glycines", "city": "ornans"},
            {"given": "jean", "address": "12 r glycines", "city": "ornans"},
        ),
    ],
)
def test_a_pair_found_among_five_thousand(one: dict, other: dict):
    records = encoded(_crowd(5000, one, other))
    assert (5000, 5001) in _pairs(records)


def test_each_record_proposes_few():
    records = encoded(_crowd(3000))
    pairs = _pairs(records)
    assert 0 < len(pairs) <= TOP * records.size


def test_true_pairs_of_a_brand_are_candidates():
    made = make_people(1500, seed=3)
    rows = sorted(made.records, key=lambda r: (r["source"], r["record_id"]))
    pairs = _pairs(encoded([r["n"] | {"source": r["source"], "ids": r["ids"]} for r in rows]))
    of: dict[int, list[int]] = {}
    for rid, row in enumerate(rows):
        of.setdefault(made.person[row["source"], row["record_id"]], []).append(rid)
    true = {pair for rids in of.values() for pair in combinations(rids, 2)}
    assert len(true & pairs) / len(true) > 0.88  # measured .92: some share a common name at most


@pytest.mark.parametrize("size", [200, 1500])
def test_candidates_are_the_same_every_time(size: int):
    rows = _crowd(size)
    first = find_candidates(encoded(rows))
    assert find_candidates(encoded(rows)).tolist() == first.tolist()
    assert find_candidates(encoded(rows), threads=1).tolist() == first.tolist()
    assert find_candidates(encoded(rows), threads=3).tolist() == first.tolist()


@pytest.mark.parametrize("size", [200, 1500])
def test_one_unique_source_makes_no_pair_of_its_own(size: int):
    records = encoded(_crowd(size, *_crowd(20), *_crowd(20)), unique=("web",))
    pairs = _pairs(records)
    unique = records.unique_source
    assert pairs and not any(unique[a] == unique[b] >= 0 for a, b in pairs)
    assert any(unique[a] < 0 and unique[b] < 0 for a, b in pairs)


@pytest.mark.parametrize("size", [200, 1500])
def test_only_what_is_new_proposes(size: int):
    records = encoded(_crowd(size, *_crowd(10), {"given": "jean"}))
    fresh = np.arange(records.size) >= size
    every, new = _pairs(records), _pairs(records, fresh=fresh)
    assert new and new <= every
    assert all(fresh[a] or fresh[b] for a, b in new)
    # What a new record proposes does not depend on who else is new.
    assert all((a, size + a) in new for a in range(10))


def test_up_to_a_few_hundred_every_pair_is_compared():
    assert _pairs(encoded(_crowd(60))) == set(combinations(range(60), 2))
    assert _pairs(encoded([{}])) == set() and _pairs(encoded([])) == set()


def test_records_that_hold_nothing_are_no_candidates():
    records = encoded([*_crowd(600), *({} for _ in range(300))])
    assert all(b < 600 for _, b in _pairs(records))
    assert _pairs(encoded([{} for _ in range(600)])) == set()


def test_a_thousand_times_the_same_record_is_too_common():
    same = {"given": "jean", "family": "martin", "birth_date": "19710512"}
    pairs = _pairs(encoded([*_crowd(600), *[same] * 1000]))
    assert len(pairs) <= TOP * 1600
