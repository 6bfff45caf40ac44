"""What sources do to the truth, at rates that are stated: `Rates` per source, tested on the files.

A source never sees a person, only what somebody typed on a day. `Draft` is what a faultless clerk
would have typed; `soil` makes of it what is found in practice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Bools, Floats, Ints
from connu.sample.contacts import Contacts
from connu.sample.letters import mishearings, typos, unaccented
from connu.sample.moments import dates
from connu.sample.people import People
from connu.sample.words import first_names, surnames

NULL = pa.scalar(None, pa.string())


@dataclass(frozen=True)
class Rates:
    """Shares (0–1) of the rows of a source that carry each fault.

    Attributes:
        nickname: short form of the first name, where there is one.
        typo: a mistyped letter, in each of first name, surname, street, town, e-mail (half).
        misheard: a name written as it sounds (surnames; first names at half the rate).
        unaccented: accents lost in the whole row.
        upper, lower: names in capitals, in small letters.
        swapped: first name in the surname's place and the reverse.
        initial: only the first letter of the first name.
        day_month: day and month of birth exchanged, where both can be months.
        placeholder: born on 1900-01-01.
        wrong_digit: one digit of the mobile number mistyped.
        junk: an e-mail or phone that is nobody's (noemail@example.com, 0000000000 …), each.
    """

    nickname: float = 0.03
    typo: float = 0.02
    misheard: float = 0.015
    unaccented: float = 0.15
    upper: float = 0.08
    lower: float = 0.05
    swapped: float = 0.01
    initial: float = 0.01
    day_month: float = 0.01
    placeholder: float = 0.02
    wrong_digit: float = 0.01
    junk: float = 0.004


@dataclass(frozen=True)
class Draft:
    """What is known of `who` on `day`; one row per record, text columns as Arrow arrays."""

    who: Ints
    day: Floats
    first_name: pa.Array
    last_name: pa.Array
    email: pa.Array
    mobile: pa.Array
    landline: pa.Array
    birth: pa.Array
    street: pa.Array
    building: pa.Array
    postcode: pa.Array
    town: pa.Array
    country: pa.Array

    def __len__(self) -> int:
        return len(self.who)


def draft(people: People, contacts: Contacts, who: Ints, day: Floats) -> Draft:
    """The faultless rows of `who` on `day`. Cost: one gather per column."""
    home = pa.array(people.home_on(who, day))
    homes = people.homes
    birth = dates(people.birth[who])
    return Draft(
        who=who,
        day=day,
        first_name=first_names().words.take(pa.array(people.first[who])),
        last_name=surnames().words.take(pa.array(people.surname_on(who, day))),
        email=contacts.email_of(who, day),
        mobile=contacts.mobile_of(who, day),
        landline=contacts.landline.take(home),
        birth=pa.array(birth),
        street=homes.street.take(home),
        building=homes.building.take(home),
        postcode=homes.postcode.take(home),
        town=homes.town.take(home),
        country=homes.country.take(home),
    )


JUNK_EMAILS = (
    "noemail@example.com",
    "test@example.com",
    "client@maison-claire.example",
    "anonymous",
    "null",
    "nomail@nomail.example",
)
#: The shop's own switchboard, and what clerks type to get past the form.
JUNK_PHONES = ("+33199009999", "0000000000", "0600000000", "0123456789", "9999999999")
JUNK_EMAIL_SHARES = (0.4, 0.15, 0.2, 0.1, 0.1, 0.05)
JUNK_PHONE_SHARES = (0.3, 0.35, 0.2, 0.1, 0.05)


def soil(clean: Draft, rates: Rates, people: People, rng: np.random.Generator) -> Draft:
    """The rows as they are found. Cost: arrays over the rows; letters only where a fault falls."""
    n = len(clean)

    def hit(share: float) -> Bools:
        return rng.random(n) < share

    first = _nicknames(clean.first_name, people.first[clean.who], hit(rates.nickname), rng)
    first = mishearings(typos(first, hit(rates.typo), rng), hit(rates.misheard / 2), rng)
    last = mishearings(typos(clean.last_name, hit(rates.typo), rng), hit(rates.misheard), rng)
    street, town = (
        typos(clean.street, hit(rates.typo), rng),
        typos(clean.town, hit(rates.typo), rng),
    )
    bare = hit(rates.unaccented)
    first, last, street, town = (unaccented(c, bare) for c in (first, last, street, town))
    short = pc.utf8_slice_codeunits(first, 0, 1)
    short = pc.if_else(
        pa.array(rng.random(n) < 0.5), pc.binary_join_element_wise(short, ".", ""), short
    )
    first = pc.if_else(pa.array(hit(rates.initial)), short, first)
    case = rng.random(n)
    upper, lower = case < rates.upper, case > 1 - rates.lower
    first, last = (_recased(c, upper, lower) for c in (first, last))
    swapped = pa.array(hit(rates.swapped))
    first, last = pc.if_else(swapped, last, first), pc.if_else(swapped, first, last)
    return replace(
        clean,
        first_name=first,
        last_name=last,
        street=street,
        town=town,
        email=_junk(
            _mistyped_email(clean.email, hit(rates.typo / 2), rng),
            JUNK_EMAILS,
            JUNK_EMAIL_SHARES,
            hit(rates.junk),
            rng,
        ),
        mobile=_junk(
            _wrong_digit(clean.mobile, hit(rates.wrong_digit), rng),
            JUNK_PHONES,
            JUNK_PHONE_SHARES,
            hit(rates.junk),
            rng,
        ),
        birth=_births(clean.birth, hit(rates.day_month), hit(rates.placeholder)),
    )


def filled(column: pa.Array, share: float | Bools, rng: np.random.Generator) -> pa.Array:
    """The column with only `share` of its values left (or those under the mask), others null."""
    return pc.if_else(
        pa.array(rng.random(len(column)) < np.asarray(share)), column, pa.scalar(None, column.type)
    )


def _nicknames(names: pa.Array, codes: Ints, mask: Bools, rng: np.random.Generator) -> pa.Array:
    listed = first_names()
    most = max(len(shorts) for shorts in listed.short_of.values())
    table = np.full((len(listed.words), most), -1)
    for code, shorts in listed.short_of.items():
        table[code] = (shorts * most)[:most]
    chosen = table[codes, rng.integers(0, most, len(codes))]
    short = listed.shorts.take(pa.array(np.maximum(chosen, 0)))
    return pc.if_else(pa.array(mask & (chosen >= 0)), short, names)


def _recased(names: pa.Array, upper: Bools, lower: Bools) -> pa.Array:
    names = pc.if_else(pa.array(upper), pc.utf8_upper(names), names)
    return pc.if_else(pa.array(lower), pc.utf8_lower(names), names)


def _mistyped_email(emails: pa.Array, mask: Bools, rng: np.random.Generator) -> pa.Array:
    """A slip before the @ alone: after it, the address might be somebody's in real life."""
    parts = pc.split_pattern(emails, "@", max_splits=1)
    local = typos(pc.list_element(parts, 0), mask, rng)
    return pc.binary_join_element_wise(local, pc.list_element(parts, 1), "@")


def _wrong_digit(numbers: pa.Array, mask: Bools, rng: np.random.Generator) -> pa.Array:
    """The seventh character of an E.164 number, replaced by a digit (one in ten: the same)."""
    digit = pa.array(rng.integers(0, 10, len(numbers))).cast(pa.string())
    wrong = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(numbers, 0, 7), digit, pc.utf8_slice_codeunits(numbers, 8), ""
    )
    return pc.if_else(pa.array(mask), wrong, numbers)


def _junk(
    values: pa.Array,
    junk: tuple[str, ...],
    shares: tuple[float, ...],
    mask: Bools,
    rng: np.random.Generator,
) -> pa.Array:
    codes = rng.choice(len(junk), size=len(values), p=shares)
    return pc.if_else(pa.array(mask), pa.array(junk).take(pa.array(codes)), values)


def _births(birth: pa.Array, exchange: Bools, placeholder: Bools) -> pa.Array:
    days = birth.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    months = days.astype("datetime64[M]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    day = (days - months.astype("datetime64[D]")).astype(np.int64)
    can = exchange & (day < 12)
    turned = (years.astype("datetime64[M]") + day.astype("timedelta64[M]")).astype("datetime64[D]")
    days = np.where(can, turned + month.astype("timedelta64[D]"), days)
    return pa.array(np.where(placeholder, np.datetime64("1900-01-01", "D"), days))
