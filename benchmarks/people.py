"""Made customers of any number in five sources, with the truth: what a brand's files look like.

    python -m benchmarks.people 1000000 people.parquet --seed 1

French and English people, half of them living with others (and mostly sharing their surname,
address and landline), leave one to seven records each in crm, web, support, social and loyalty.
Records lack fields as their source does, carry typing and hearing errors, nicknames, initials,
swapped names, day and month exchanged; people move, marry and change mailbox; a few records hold
junk (an invented mailbox, 0000000000, 1 January 1900). Nobody checks that a mailbox is free, so
namesakes may meet in one, as they do in forms. A million records take about seven seconds.
"""

from __future__ import annotations

import argparse
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import noise, vocabulary

SOURCES = ("crm", "web", "support", "social", "loyalty")
COLUMNS = (
    "id cluster source first_name last_name email phone birth_date street city postcode".split()
)
_RECORDS_PER_PERSON = (0.35, 0.25, 0.18, 0.12, 0.06, 0.025, 0.015)
#: Share of a source's records that hold: first, last, e-mail, phone, birth date, street, town.
_FILLED = {
    "crm": (0.97, 0.97, 0.85, 0.75, 0.60, 0.90, 0.92),
    "web": (0.75, 0.72, 0.97, 0.35, 0.25, 0.20, 0.30),
    "support": (0.90, 0.85, 0.60, 0.70, 0.10, 0.15, 0.25),
    "social": (0.90, 0.70, 0.35, 0.10, 0.20, 0.00, 0.10),
    "loyalty": (0.97, 0.97, 0.70, 0.60, 0.85, 0.70, 0.80),
}
_JUNK = {"email": "noemail@example.com", "phone": "0000000000", "birth_date": "1900-01-01"}


def fold(text: str) -> str:
    """The ASCII letters of a name, lower case."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalpha())


def unaccented(text: str) -> str:
    """A name without its accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


class Lexicon:
    """Strings drawn by number: the words, and their common-first (Zipf) distribution."""

    def __init__(self, words: list[str]) -> None:
        self.words = np.array(list(dict.fromkeys(words)), dtype=object)
        weights = (np.arange(len(self.words)) + 8.0) ** -0.9
        self._cumulative = np.cumsum(weights / weights.sum())

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """`size` words, object array."""
        drawn = np.searchsorted(self._cumulative, rng.random(size))
        return self.words[np.minimum(drawn, len(self.words) - 1)]


def make_people(records: int, seed: int = 1) -> pa.Table:
    """`records` rows of COLUMNS; `cluster` is the person. The same seed makes the same rows."""
    rng = np.random.default_rng(seed)
    person = _Population(rng, records)
    owner = person.owners(rng, records)
    source = _sources(rng, owner)
    columns = _write_down(rng, person, owner)
    columns = _forget(rng, columns, source)
    _spoil(rng, columns, len(owner))
    order = rng.permutation(len(owner))
    table = {name: pa.array(values[order], pa.string()) for name, values in columns.items()}
    table["id"] = pa.array(np.arange(len(owner), dtype=np.int64))
    table["cluster"] = pa.array(owner[order].astype(np.int64))
    table["source"] = pa.array(np.array(SOURCES, dtype=object)[source[order]], pa.string())
    return pa.table({name: table[name] for name in COLUMNS})


class _Population:
    """Who there is: names, homes, mailboxes, phones, before anyone writes anything down."""

    def __init__(self, rng: np.random.Generator, records: int) -> None:
        mean = sum((i + 1) * share for i, share in enumerate(_RECORDS_PER_PERSON))
        size = self.size = int(records / mean * 1.03) + 10
        self.house = np.cumsum(rng.random(size) < 0.5)
        self.houses = int(self.house[-1]) + 1
        self.female = rng.random(size) < 0.51
        french = rng.random(size) < 0.55
        first_of_house = np.r_[True, self.house[1:] != self.house[:-1]]
        head = np.maximum.accumulate(np.where(first_of_house, np.arange(size), 0))
        family = rng.random(size) < 0.8
        self.french = np.where(family, french[head], french)
        self.first = self._given(rng)
        self.last = self._family(rng)
        self.last = np.where(family, self.last[head], self.last)
        house_french = np.zeros(self.houses, dtype=bool)
        house_french[self.house[::-1]] = self.french[::-1]
        self.street, self.city, self.postcode = _homes(rng, house_french)
        area = rng.integers(1, 6, self.houses).astype("U1").astype(object)
        local = _digits(rng, self.houses, 8)
        self.landline = np.where(house_french, "+33" + area + local, "+441" + area + local)
        year = np.clip(rng.normal(1978, 17, size), 1925, 2008).astype(int)
        self.birth = (year, rng.integers(1, 13, size), rng.integers(1, 29, size))
        self.email = _mailboxes(rng, self.first, self.last, self.french, year)
        self.email2 = _mailboxes(rng, self.first, self.last, self.french, year)
        self.two_mailboxes = rng.random(size) < 0.2
        mobile = _digits(rng, size, 8)
        self.phone = np.where(self.french, "+336" + mobile, "+447" + mobile + "4")
        self.new_house = rng.integers(0, self.houses, size)
        self.moved = rng.random(size) < 0.12
        self.married = self.female & (rng.random(size) < 0.04)
        self.new_last = self.last[rng.integers(0, size, size)]

    def owners(self, rng: np.random.Generator, records: int) -> np.ndarray:
        """The person of each record, one to seven records a person, `records` in all."""
        cumulative = np.cumsum(_RECORDS_PER_PERSON)
        count = 1 + np.minimum(np.searchsorted(cumulative, rng.random(self.size)), 6)
        return np.repeat(np.arange(self.size), count)[:records]

    def _given(self, rng: np.random.Generator) -> np.ndarray:
        by_group = {
            (True, True): vocabulary.FRENCH_WOMEN,
            (True, False): vocabulary.FRENCH_MEN,
            (False, True): vocabulary.ENGLISH_WOMEN,
            (False, False): vocabulary.ENGLISH_MEN,
        }
        first = np.empty(self.size, dtype=object)
        for (french, female), words in by_group.items():
            members = np.flatnonzero((self.french == french) & (self.female == female))
            first[members] = Lexicon(words).draw(rng, len(members))
        return first

    def _family(self, rng: np.random.Generator) -> np.ndarray:
        french = Lexicon(vocabulary.french_families()).draw(rng, self.size)
        english = Lexicon(vocabulary.english_families()).draw(rng, self.size)
        return np.where(self.french, french, english)


def _digits(rng: np.random.Generator, size: int, length: int) -> np.ndarray:
    """`size` strings of `length` digits, the first never 0; object array."""
    numbers = rng.integers(10 ** (length - 1), 10**length, size)
    return numbers.astype(f"U{length}").astype(object)


def _homes(rng: np.random.Generator, french: np.ndarray) -> tuple[np.ndarray, ...]:
    """Street with number, town, postcode of each house; a town has several postcodes."""
    size = len(french)
    names = (vocabulary.english_streets(), vocabulary.french_streets())
    towns = (vocabulary.english_cities(), vocabulary.french_cities())
    codes = (_british_codes(rng, len(towns[0])), _french_codes(rng, len(towns[1])))
    in_town, in_street = (rng.random(size) ** 2.2).tolist(), rng.random(size).tolist()
    number = (1 - 30 * np.log1p(-rng.random(size))).astype(int).tolist()
    street, city, postcode = (np.empty(size, dtype=object) for _ in range(3))
    for i, is_french in enumerate(french.tolist()):
        t = int(in_town[i] * len(towns[is_french]))
        w = int(in_street[i] * len(names[is_french]))
        street[i] = f"{number[i]} {names[is_french][w]}"
        city[i] = towns[is_french][t]
        postcode[i] = codes[is_french][t].replace("#", str(w % (6 if is_french else 9)))
    return street, city, postcode


def _french_codes(rng: np.random.Generator, towns: int) -> list[str]:
    department, rest = rng.integers(1, 96, towns), rng.integers(0, 100, towns)
    return [f"{d:02d}{r // 10}#{r % 10}" for d, r in zip(department, rest, strict=True)]


def _british_codes(rng: np.random.Generator, towns: int) -> list[str]:
    letters = "ABCDEFGHJKLMNPRSTUWXY"
    pick = rng.integers(0, len(letters), (towns, 4))
    district = rng.integers(1, 25, towns)
    return [
        f"{letters[a]}{letters[b]}{d} #{letters[c]}{letters[e]}"
        for (a, b, c, e), d in zip(pick, district, strict=True)
    ]


def _mailboxes(
    rng: np.random.Generator,
    first: np.ndarray,
    last: np.ndarray,
    french: np.ndarray,
    year: np.ndarray,
) -> np.ndarray:
    """An address each, from the name in the ways people make theirs."""
    folded = {word: fold(word) for word in {*first.tolist(), *last.tolist()}}
    size = len(first)
    way, number = rng.random(size).tolist(), rng.integers(1, 9999, size).tolist()
    mark = rng.integers(0, 4, size).tolist()
    domain = rng.integers(0, 9, size).tolist()
    domains = (vocabulary.ENGLISH_DOMAINS, vocabulary.FRENCH_DOMAINS)
    made = np.empty(size, dtype=object)
    people = zip(first.tolist(), last.tolist(), french.tolist(), year.tolist(), strict=True)
    for i, (given, family, is_french, born) in enumerate(people):
        f, l, s, w = folded[given], folded[family], ("", ".", "_", "")[mark[i]], way[i]
        if w < 0.45:
            user = f + s + l
        elif w < 0.60:
            user = f[0] + s + l
        elif w < 0.70:
            user = l + s + f
        elif w < 0.85:
            user = f"{f}{s}{l}{born % 100:02d}"
        elif w < 0.93:
            user = f"{f}{number[i]}"
        else:
            user = f"{l}{number[i] % 999}"
        made[i] = f"{user}@{domains[is_french][domain[i]]}"
    return made


def _sources(rng: np.random.Generator, owner: np.ndarray) -> np.ndarray:
    """A source number per record: a person's records mostly go round the five."""
    size = len(owner)
    start = np.maximum.accumulate(
        np.where(np.r_[True, owner[1:] != owner[:-1]], np.arange(size), 0)
    )
    in_turn = (np.arange(size) - start) % len(SOURCES)
    return np.where(rng.random(size) < 0.7, in_turn, rng.integers(0, len(SOURCES), size))


def _write_down(
    rng: np.random.Generator, person: _Population, owner: np.ndarray
) -> dict[str, np.ndarray]:
    """What each record would say with every field filled: the truth, garbled."""
    size = len(owner)

    def some(share: float) -> np.ndarray:
        return np.flatnonzero(rng.random(size) < share)

    first = person.first[owner]
    changed = person.married[owner] & (rng.random(size) < 0.5)
    last = np.where(changed, person.new_last[owner], person.last[owner])
    for i in some(0.12).tolist():
        known = vocabulary.NICKNAMES.get(first[i])
        if known:
            first[i] = known[i % len(known)]
    noise.misspell(first, some(0.06), rng)
    noise.misspell(last, some(0.08), rng)
    for i in some(0.25).tolist():
        first[i], last[i] = unaccented(first[i]), unaccented(last[i])
    noise.change_case(first, last, rng)
    swapped = some(0.02)
    first[swapped], last[swapped] = last[swapped], first[swapped]
    for i in some(0.04).tolist():
        first[i] = first[i][:1] + ("." if i % 2 else "")

    at_new = person.moved[owner] & (rng.random(size) < 0.5)
    house = np.where(at_new, person.new_house[owner], person.house[owner])
    street, city, postcode = person.street[house], person.city[house], person.postcode[house]
    for values, share in ((street, 0.15), (city, 0.05), (postcode, 0.02)):
        noise.misspell(values, some(share), rng)

    second = person.two_mailboxes[owner] & (rng.random(size) < 0.5)
    email = np.where(second, person.email2[owner], person.email[owner])
    for i in some(0.03).tolist():
        user, _, domain = email[i].partition("@")
        email[i] = f"{noise.slip(user, (i % 97) / 97, (i % 89) / 89)}@{domain}"

    at_home = rng.random(size) < 0.08
    phone = np.where(at_home, person.landline[person.house[owner]], person.phone[owner])
    for i in some(0.2).tolist():
        phone[i] = phone[i].replace("+33", "0").replace("+44", "0")
    noise.misspell(phone, some(0.02), rng)
    return {
        "first_name": first,
        "last_name": last,
        "email": email,
        "phone": phone,
        "birth_date": _birth_dates(rng, person, owner),
        "street": street,
        "city": city,
        "postcode": postcode,
    }


def _birth_dates(rng: np.random.Generator, person: _Population, owner: np.ndarray) -> np.ndarray:
    """ISO dates; of a hundred, three with day and month exchanged."""
    year, month, day = (part[owner] for part in person.birth)
    way = rng.random(len(owner))
    exchanged = (way < 0.03) & (day <= 12)
    month, day = np.where(exchanged, day, month), np.where(exchanged, month, day)
    only_year = (way >= 0.03) & (way < 0.05)
    month, day = np.where(only_year, 1, month), np.where(only_year, 1, day)
    text = np.array(
        [f"{y}-{m:02d}-{d:02d}" for y, m, d in zip(year, month, day, strict=True)], dtype=object
    )
    places, digits = rng.integers(0, 4, len(owner)), rng.integers(0, 10, len(owner))
    for i in np.flatnonzero((way >= 0.05) & (way < 0.08)).tolist():
        at = (3, 6, 8, 9)[places[i]]
        text[i] = f"{text[i][:at]}{digits[i]}{text[i][at + 1 :]}"
    return text


def _forget(
    rng: np.random.Generator, columns: dict[str, np.ndarray], source: np.ndarray
) -> dict[str, np.ndarray]:
    """Leave out what each source does not ask; a record always keeps something to know it by."""
    rates = np.array([_FILLED[name] for name in SOURCES])[source]
    kept = rng.random(rates.shape) < rates
    for _ in range(20):
        name = kept[:, 0] & kept[:, 1] & (kept[:, 4] | kept[:, 6])
        unknowable = np.flatnonzero(~(kept[:, 2] | kept[:, 3] | name))
        kept[unknowable] = rng.random((len(unknowable), rates.shape[1])) < rates[unknowable]
    where = dict(zip(columns, (0, 1, 2, 3, 4, 5, 6, 6), strict=True))
    for name, i in where.items():
        columns[name][~kept[:, i]] = None
    return columns


def _spoil(rng: np.random.Generator, columns: dict[str, np.ndarray], size: int) -> None:
    """Junk in two records of a thousand per field."""
    for name, junk in _JUNK.items():
        columns[name][rng.random(size) < 0.002] = junk


def main() -> None:
    """Write the Parquet file that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    table = make_people(asked.records, asked.seed)
    pq.write_table(table, asked.path, compression="zstd")
    print(f"{table.num_rows:,} records of {len(table['cluster'].unique()):,} people: {asked.path}")


if __name__ == "__main__":
    main()
