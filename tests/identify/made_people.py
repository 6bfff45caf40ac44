"""Made-up customers of a small brand, French and English, with the truth of who is who.

People live alone or together; each leaves one to five records in four sources, normalised as
`sources` would, with slips, familiar names, swapped names and dates, moves, marriages, missing
fields and junk identifiers. The same seed makes the same people.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from made_tables import Key

JUNK_EMAIL, JUNK_PHONE, SHOP_PHONE = "noemail@example.com", "+33100000000", "+33199000000"

_FRENCH = """marie camille lucie chloe manon jeanne louise emma sarah helene claire sophie nathalie
isabelle sylvie catherine jean pierre michel philippe nicolas julien thomas alexandre antoine
maxime frederic christophe stephane guillaume mathieu benjamin""".split()
_ENGLISH = """mary patricia jennifer elizabeth susan jessica margaret rebecca victoria emily james
robert john michael william david richard joseph charles christopher daniel matthew anthony
andrew edward samuel""".split()
_FAMILIAR = {
    "elizabeth": "liz", "william": "bill", "robert": "bob", "richard": "dick", "michael": "mike",
    "margaret": "maggie", "rebecca": "becky", "james": "jim", "edward": "ted", "joseph": "joe",
    "christophe": "tof", "alexandre": "alex", "nicolas": "nico", "frederic": "fred",
    "catherine": "cathy", "nathalie": "nath", "daniel": "dan", "matthew": "matt",
}  # fmt: skip
_BEGINNINGS = "bar bel bou cam char dan del fau gar hol jac kel lam mar nor per ros sal tan ver win"
_MIDDLES = ("", "a", "ch", "di", "el", "fo", "gu", "in", "lo", "mi", "ra", "ste", "vo", "zen")
_ENDINGS = "ard bert court dale ell field gnon hart ier kins leau man net oux per ridge son tier"
_STREETS = "lilas paix gare moulin eglise mill church station victoria park"
_WAYS = ("rue", "avenue", "road", "lane")
_PLACES = (
    ("lyon", "69003", "FR"), ("metz", "57000", "FR"), ("brest", "29200", "FR"),
    ("nimes", "30000", "FR"), ("york", "YO17HH", "GB"), ("leeds", "LS14DY", "GB"),
    ("bath", "BA11LZ", "GB"), ("derby", "DE12PQ", "GB"),
)  # fmt: skip
_HOSTS = ("example.org", "mail.example.org", "post.example.com")


@dataclass
class Person:
    """One person, before anyone writes him down."""

    number: int
    home: int
    given: str
    family: str
    sex: str
    birth: str
    place: dict[str, str]
    email: str
    mobile: str
    landline: str
    married: str | None = None
    moved: dict[str, str] | None = None


@dataclass
class Made:
    """Records as `made_tables.put_records` takes them, and whose they are.

    Attributes:
        records: in an order that means nothing.
        person: (source, record_id) → number of the person.
        home: number of the person → number of the household.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    person: dict[Key, int] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)


def make_people(people: int, *, seed: int = 1, noise: float = 1.0) -> Made:
    """Records of `people` persons in crm, shop, support and web.

    Args:
        people: how many persons.
        seed: the same makes the same.
        noise: 0: everybody is written down rightly; 1: as real sources are.
    """
    chance = random.Random(seed)
    made = Made()
    used: dict[str, int] = {}
    for person in _population(chance, people):
        made.home[person.number] = person.home
        for _ in range(chance.choices((1, 2, 3, 4, 5), (30, 30, 20, 12, 8))[0]):
            source = chance.choice(("crm", "shop", "support", "web"))
            used[source] = used.get(source, 0) + 1
            key = (source, f"{chance.randrange(10**6):06}-{used[source]:04}")
            made.person[key] = person.number
            made.records.append(_written(chance, person, key, noise))
    chance.shuffle(made.records)
    return made


def _population(chance: random.Random, people: int) -> list[Person]:
    out: list[Person] = []
    home = 0
    while len(out) < people:
        home += 1
        french = chance.random() < 0.6
        names = _FRENCH if french else _ENGLISH
        family = _family(chance)
        place, landline = _place(chance, french), _phone(chance, "+331" if french else "+4411")
        for given in chance.sample(range(len(names)), chance.choices((1, 2, 4), (5, 3, 2))[0]):
            name = names[given]
            own = family if chance.random() < 0.85 else _family(chance)
            year = chance.randint(1930, 2005)
            birth = f"{year}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
            mark = chance.choice(("", str(year % 100), chance.choice("abcdefgh"), str(len(out))))
            out.append(
                Person(
                    number=len(out), home=home, given=name, family=own,
                    sex="female" if given < len(names) // 2 else "male", birth=birth, place=place,
                    email=f"{name}.{own}{mark}@{chance.choice(_HOSTS)}",
                    mobile=_phone(chance, "+336" if french else "+4477"), landline=landline,
                    married=_family(chance) if chance.random() < 0.04 else None,
                    moved=_place(chance, french) if chance.random() < 0.1 else None,
                )
            )  # fmt: skip
    return out[:people]


def _family(chance: random.Random) -> str:
    parts = (_BEGINNINGS.split(), _MIDDLES, _ENDINGS.split())
    return "".join(chance.choice(part) for part in parts)


def _phone(chance: random.Random, start: str) -> str:
    return start + "".join(chance.choices("0123456789", k=8))


def _place(chance: random.Random, french: bool) -> dict[str, str]:
    city, postcode, country = chance.choice(_PLACES[:4] if french else _PLACES[4:])
    street = f"{chance.choice(_WAYS)} {chance.choice(_STREETS.split())}"
    street += f" {_family(chance)}"
    return {
        "address": f"{chance.randint(1, 120)} {street}",
        "postcode": postcode,
        "city": city,
        "country": country,
    }


def slip(chance: random.Random, text: str) -> str:
    """One letter dropped, doubled, swapped or another; never the first."""
    if len(text) < 3:
        return text
    at = chance.randrange(1, len(text) - 1)
    how = chance.randrange(4)
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[: at + 1] + text[at:]
    if how == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    letter = chance.choice("0123456789" if text[at].isdigit() else "aeinrst")
    return text[:at] + letter + text[at + 1 :]


def _written(chance: random.Random, person: Person, key: Key, noise: float) -> dict[str, Any]:
    """One record of a person, as one source happens to hold him."""

    def happens(share: float) -> bool:
        return chance.random() < share * noise

    given = person.given
    family = person.married if person.married and happens(0.5) else person.family
    if happens(0.1):
        given = _FAMILIAR.get(given, given)
    elif happens(0.03):
        given = given[0]
    if happens(0.08):
        given, family = slip(chance, given), family
    if happens(0.08):
        family = slip(chance, family)
    if happens(0.03):
        given, family = family, given
    birth: str | None = person.birth
    if happens(0.03):
        birth = person.birth[:4] + person.birth[6:] + person.birth[4:6]
    elif happens(0.04):
        birth = person.birth[:4]
    elif happens(0.04):
        birth = person.birth[:6] + slip(chance, "0" + person.birth[6:] + "0")[1:3]
    place = dict(person.moved if person.moved and happens(0.5) else person.place)
    if happens(0.08):
        place["address"] = slip(chance, place["address"])
    values: dict[str, str | None] = {
        "given": given, "family": family, "birth_date": birth, "sex": person.sex, **place,
        "email": JUNK_EMAIL if happens(0.04) else person.email,
        "phone": JUNK_PHONE if happens(0.04) else person.mobile,
    }  # fmt: skip
    if happens(0.06):
        values["email"] = slip(chance, person.email.split("@")[0]) + "@" + _HOSTS[0]
    missing = {
        "crm": {"email": 0.25, "phone": 0.3, "birth_date": 0.4},
        "shop": {"email": 0.35, "phone": 0.3, "birth_date": 0.2, "address": 0.5, "sex": 0.5},
        "support": {"email": 0.4, "phone": 0.25, "birth_date": 0.9, "address": 0.8, "sex": 1.0},
        "web": {"email": 0.03, "phone": 0.7, "birth_date": 0.7, "address": 0.7, "given": 0.2},
    }[key[0]]
    for name, share in missing.items():
        if happens(share):
            values[name] = None
            if name == "address":
                values |= {"postcode": None, "city": None, "country": None}
            if name == "given":
                values["family"] = None
    ids = [(kind, values[kind]) for kind in ("email", "phone") if values[kind]]
    if not happens(0.7):
        ids.append(("phone", person.landline))
        values["phone"] = values["phone"] or person.landline
    if key[0] == "shop" and not happens(0.4):
        ids.append(("loyalty_card", f"LC{person.number * 7919 % 100_000:05}"))
    if key[0] == "web" and not happens(0.5):
        ids.append(("account", f"w{person.number * 104_729 % 1_000_000:06}"))
    held = {name: value for name, value in values.items() if value}
    return {"source": key[0], "record_id": key[1], "n": held, "ids": sorted(set(ids))}
