"""A brand of sixty made-up people in three sources, small enough to be built in a second."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

GIVEN = (
    "Claire Paul Inès Hugo Maëlle Jules Nora Victor Agathe Samuel Léonie Bastien Yasmine Côme "
    "Élodie Rémi Fatou Gaspard Irène Tomasz"
).split()
FAMILY = (
    "Petit Garnier Benali Moreau Lefebvre Da-Silva Rousseau Kowalski Marchand Diallo Chevalier "
    "Nguyen Barbier Aubert Vasseur Perrin Haddad Lemoine Carpentier Rolland"
).split()
STREETS = ("rue des Lilas", "avenue Jean Jaurès", "place du Marché", "chemin des Vignes")
TOWNS = (("75011", "Paris"), ("69003", "Lyon"), ("13006", "Marseille"), ("35000", "Rennes"))

SETTINGS = """\
[brand]
name = "Petite Maison"
country = "FR"

[sources.crm]
kind = "people"
path = "data/crm.csv"

[sources.crm.fields]
id = "no"
first_name = "prenom"
last_name = "nom"
email = "mail"
phone = "tel"
birth_date = "ne_le"
address = "adresse"
postcode = "cp"
city = "ville"
recorded_at = "maj"
"consent.marketing" = "optin"

[sources.shop]
kind = "people"
path = "data/shop.csv"

[sources.shop.fields]
id = "login"
account = "login"
full_name = "name"
email = "email"
phone = "phone"
"social.twitter" = "twitter"
anonymous_id = "cookie"
recorded_at = "seen"

[sources.web]
kind = "events"
path = "data/web.csv"

[sources.web.fields]
id = "event_id"
time = "at"
type = "what"
anonymous_id = "cookie"
account = "login"
"""


class Person:
    """One made-up person and what each source says of him."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.number = number
        self.given = GIVEN[number % 20]
        self.family = FAMILY[(number * 7 + number // 20) % 20]
        self.email = f"{self.given}.{self.family}{number}@example.org".lower()
        self.phone = f"06{chance.randrange(10**7, 10**8)}"
        self.birth = f"{chance.randrange(1950, 2004)}-{number % 12 + 1:02}-{number % 27 + 1:02}"
        self.street = f"{chance.randrange(1, 90)} {STREETS[number % 4]}"
        self.postcode, self.city = TOWNS[number % 4]

    def crm(self) -> list[str]:
        """His row of the customer file."""
        optin = "oui" if self.number % 3 else "non"
        return [
            f"C{self.number:03}", self.given, self.family, self.email, self.phone, self.birth,
            self.street, self.postcode, self.city, "2026-01-05 10:00:00", optin,
        ]  # fmt: skip

    def shop(self) -> list[str]:
        """His row of the web shop's accounts: every second person has one."""
        spaced = " ".join(self.phone[i : i + 2] for i in range(0, 10, 2))
        return [
            f"user{self.number}", f"{self.family.upper()} {self.given}", self.email.upper(),
            spaced, f"@{self.given}_{self.number}".lower(), f"k{self.number:04}",
            "2026-03-01T08:30:00Z",
        ]  # fmt: skip


CRM = ("no", "prenom", "nom", "mail", "tel", "ne_le", "adresse", "cp", "ville", "maj", "optin")
SHOP = ("login", "name", "email", "phone", "twitter", "cookie", "seen")
WEB = ("event_id", "at", "what", "cookie", "login")

PEOPLE = [Person(number) for number in range(60)]


def make_brand(folder: Path) -> Path:
    """Write the brand's settings and sources; returns the folder."""
    (folder / "data").mkdir(parents=True)
    (folder / "connu.toml").write_text(SETTINGS, encoding="utf-8")
    write_rows(folder / "data/crm.csv", CRM, [person.crm() for person in PEOPLE])
    write_rows(folder / "data/shop.csv", SHOP, [person.shop() for person in PEOPLE[::2]])
    events = [
        [f"e{i}", f"2026-03-{i % 28 + 1:02}T10:00:00Z", "view", f"k{i % 80:04}",
         f"user{i % 80}" if i % 80 < 60 and i % 80 % 2 == 0 and i < 80 else ""]
        for i in range(240)
    ]  # fmt: skip
    write_rows(folder / "data/web.csv", WEB, events)
    return folder


def truth() -> list[tuple[str, str, str]]:
    """source, record_id, person of every record."""
    rows = [("crm", f"C{person.number:03}", str(person.number)) for person in PEOPLE]
    return rows + [("shop", f"user{p.number}", str(p.number)) for p in PEOPLE[::2]]


def write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
