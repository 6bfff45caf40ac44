"""How people can be reached: e-mails, mobiles, landlines, and when they changed.

All e-mail domains are reserved (RFC 2606: example.com …) or lie under the reserved `.example`.
Landlines start in the ranges that the French regulator keeps for fiction (01 99 00 …); mobile
numbers are invented, as the fictional range is too small for thousands of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Bools, Chance, Floats, Ints, draw, within
from connu.sample.homes import abroad_phones
from connu.sample.moments import CUT_OFF
from connu.sample.people import NEVER, People
from connu.sample.words import first_names, surnames

DOMAINS = {
    "courriel.example": 26,
    "boitel.example": 17,
    "hotpost.example": 12,
    "libremail.example": 8,
    "postier.example": 7,
    "outmail.example": 7,
    "toile.example": 5,
    "icourrier.example": 5,
    "sfer.example": 4,
    "example.com": 3,
    "example.org": 2,
    "example.net": 1,
    "univ.example": 1,
    "mairie.example": 1,
    "clinique.example": 1,
}
OWN_DOMAIN_SHARE = 0.02  # the family's domain: lefevre.example
NEW_EMAIL_SHARE, NEW_MOBILE_SHARE = 0.20, 0.12
SHARED_EMAIL_SHARE = 0.03  # of people in a household: they use the head's
LANDLINE_SHARE = 0.55  # of homes

#: Pet names people take for their mail: unlike their name.
_PETS = (
    "petitloup",
    "chouquette",
    "zebulon",
    "lapinou",
    "dragonnet",
    "kiwi",
    "photomane",
    "gamerz",
    "cinephile",
    "breizh",
    "mistral",
    "pixel",
    "vinyle",
    "bouquine",
    "tintin",
)
_FICTION = {1: "19900", 2: "26191", 3: "35301", 4: "46571", 5: "53649"}


@dataclass(frozen=True)
class Contacts:
    """One row per person (landlines: per home).

    Attributes:
        email_before, email, email_on: the old one, the one now, the day it changed.
        mobile_before, mobile, mobile_on: E.164.
        landline: E.164 per home; null where there is none.
    """

    email_before: pa.Array
    email: pa.Array
    email_on: Floats
    mobile_before: pa.Array
    mobile: pa.Array
    mobile_on: Floats
    landline: pa.Array

    def email_of(self, who: Ints, day: Floats) -> pa.Array:
        """The e-mail of each person on each day."""
        return _either(day < self.email_on[who], self.email_before, self.email, who)

    def mobile_of(self, who: Ints, day: Floats) -> pa.Array:
        """The mobile number of each person on each day."""
        return _either(day < self.mobile_on[who], self.mobile_before, self.mobile, who)


def make_contacts(chance: Chance, people: People) -> Contacts:
    """E-mails and phones of all people. Cost: array operations over people and homes."""
    rng = chance.stream("contacts")
    n = len(people)
    who = np.arange(n)
    new_email, new_mobile = (rng.random(n) < s for s in (NEW_EMAIL_SHARE, NEW_MOBILE_SHARE))
    days = rng.uniform(-900, CUT_OFF - 20, (2, n))
    both = pa.concat_arrays(
        [
            _emails(people, people.surname_on(who, np.full(n, NEVER - 1)), rng),
            _emails(people, people.last, rng),
        ]
    )
    both = _distinct(both)
    before, now = both.slice(0, n), both.slice(n)
    now = _choose(new_email, now, before)
    shared, head = _sharing(people, rng)
    now = _choose(shared, now.take(pa.array(head)), now)
    before = _choose(shared, now, before)
    mobiles = _mobiles(people, rng)
    return Contacts(
        email_before=before,
        email=now,
        email_on=np.where(new_email & ~shared, days[0], NEVER),
        mobile_before=mobiles.slice(0, n),
        mobile=_choose(new_mobile, mobiles.slice(n), mobiles.slice(0, n)),
        mobile_on=np.where(new_mobile, days[1], NEVER),
        landline=_landlines(people, rng),
    )


def _emails(people: People, last: Ints, rng: np.random.Generator) -> pa.Array:
    """Addresses in the usual patterns; one in twelve says nothing of the name."""
    n = len(people)
    first = first_names().folded.take(pa.array(people.first))
    family = surnames().folded.take(pa.array(last))
    initial = pc.utf8_slice_codeunits(first, 0, 1)
    year = _padded(people.birth_year % 100, 2)
    number = pa.array(rng.integers(1, 999, n)).cast(pa.string())
    pet = pa.array(_PETS).take(pa.array(rng.integers(0, len(_PETS), n)))
    dot = pa.array([".", "", "_", "-"]).take(pa.array(draw(rng, [0.6, 0.25, 0.1, 0.05], n)))
    pattern = draw(rng, [0.40, 0.13, 0.08, 0.14, 0.09, 0.08, 0.08], n)
    local = pc.choose(
        pa.array(pattern),
        _join(first, dot, family),
        _join(initial, dot, family),
        _join(family, dot, first),
        _join(first, dot, family, year),
        _join(first, number),
        _join(family, number),
        _join(pet, number),
    )
    names = list(DOMAINS)
    domain = pa.array(names).take(pa.array(draw(rng, list(DOMAINS.values()), n)))
    own = (rng.random(n) < OWN_DOMAIN_SHARE) & (pattern < 4)
    domain = _choose(own, _join(family, pa.scalar(".example")), domain)
    return _join(local, pa.scalar("@"), domain)


def _distinct(emails: pa.Array) -> pa.Array:
    """Two people do not hold one address by accident: later ones get a number."""
    for _ in range(6):
        codes = emails.dictionary_encode().indices.to_numpy()
        rank = within(codes)
        again = rank > 0
        if not again.any():
            break
        parts = pc.split_pattern(emails.filter(pa.array(again)), "@", max_splits=1)
        local, domain = pc.list_element(parts, 0), pc.list_element(parts, 1)
        number = pa.array(rank[again] + 1).cast(pa.string())
        fixed = _join(local, number, pa.scalar("@"), domain)
        emails = pc.replace_with_mask(emails, pa.array(again), fixed)
    return emails


def _sharing(people: People, rng: np.random.Generator) -> tuple[Bools, Ints]:
    """Who uses the e-mail of the first person of the household, and who that is."""
    _, first_row, member_of = np.unique(people.household, return_index=True, return_inverse=True)
    head = first_row[member_of]
    shared = (head != np.arange(len(people))) & (rng.random(len(people)) < SHARED_EMAIL_SHARE)
    return shared, head


def _mobiles(people: People, rng: np.random.Generator) -> pa.Array:
    """Two distinct mobile numbers per person, E.164, foreign ones for those who live abroad."""
    n = len(people)
    heads = np.array(
        [610 + i for i in range(90) if (610 + i) // 10 not in (63, 69)]
        + [740 + i for i in range(50)]
    )
    total = len(heads) * 1_000_000
    spot = (np.arange(2 * n) * 15_485_863 + int(rng.integers(total))) % total
    national = heads[spot // 1_000_000] * 1_000_000 + spot % 1_000_000
    numbers = _join(pa.scalar("+33"), pa.array(national).cast(pa.string()))
    abroad = people.homes.country.take(pa.array(people.home))
    for country, pattern in sorted(abroad_phones().items()):
        at = np.flatnonzero(pc.equal(abroad, country).to_numpy(zero_copy_only=False))
        at = np.r_[at, at + n]
        prefix, digits = pattern.rstrip("}").split("{")
        tail = _padded(spot[at] * 7919 % 10 ** int(digits), int(digits))
        mask = np.zeros(2 * n, dtype=np.bool_)
        mask[at] = True
        order = np.argsort(at, kind="stable")
        foreign = _join(pa.scalar(prefix), tail).take(pa.array(order))
        numbers = pc.replace_with_mask(numbers, pa.array(mask), foreign)
    return numbers


def _landlines(people: People, rng: np.random.Generator) -> pa.Array:
    """One number for about half the French homes, by the zone they lie in."""
    zone = people.homes.zone
    base = np.array([0] + [int(_FICTION[z]) for z in range(1, 6)])
    number = base[zone] * 10_000 + within(zone)
    has = (zone > 0) & (rng.random(len(zone)) < LANDLINE_SHARE)
    text = _join(pa.scalar("+33"), pa.array(number).cast(pa.string()))
    return pc.if_else(pa.array(has), text, pa.scalar(None, pa.string()))


def _padded(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _join(*parts: pa.Array | pa.Scalar) -> pa.Array:
    return pc.binary_join_element_wise(*parts, pa.scalar(""))


def _choose(mask: Bools, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), yes, no)


def _either(early: Bools, before: pa.Array, now: pa.Array, who: Ints) -> pa.Array:
    taken = pa.array(who)
    return _choose(early, before.take(taken), now.take(taken))
