"""A brand whose people look, put into baskets and buy: what they are after is known.

Every person has a shelf of his own, looks at it four times of five, and buys from it every few
weeks. Made from numbers alone, so that the same brand is made every time.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import made_brand

SETTINGS = """\
[brand]
name = "Étagères"

[sources.crm]
kind = "people"
path = "data/crm.csv"

[sources.crm.fields]
id = "no"
email = "mail"
anonymous_id = "cookie"
"consent.personalisation" = "perso"

[sources.web]
kind = "events"
path = "data/web.csv"

[sources.web.fields]
id = "event_id"
time = "at"
type = "what"
anonymous_id = "cookie"
product = "sku"
value = "paid"

[sources.shop]
kind = "products"
path = "data/products.csv"

[sources.shop.fields]
id = "sku"
name = "designation"
category = "rayon"
price = "prix"

[twins]
enabled = false

[intents]
horizons_days = [7]
staying_days = [91]
"""
SHELVES = ("Photo/Objectifs", "Photo/Appareils", "Livres/Romans", "Jeux/Vidéo")
KNOWN, VISITORS = 160, 40
#: Who refused personalisation.
REFUSED = 5
END = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 240


def make_brand(folder: Path, *, purchases: bool = True, settings: str = "") -> Path:
    """Write the brand: KNOWN customers with a cookie each, VISITORS cookies nobody knows."""
    (folder / "data").mkdir(parents=True)
    (folder / "connu.toml").write_text(SETTINGS + settings, encoding="utf-8")
    people = [
        [f"P{n:03}", f"p{n}@example.org", cookie(n), "non" if n == REFUSED else "oui"]
        for n in range(KNOWN)
    ]
    write(folder, "crm", ["no", "mail", "cookie", "perso"], people)
    rows = [row for row in events() if purchases or row[2] != "purchase"]
    write(folder, "web", ["event_id", "at", "what", "cookie", "sku", "paid"], rows)
    products = [
        [sku(shelf, k), f"Article {sku(shelf, k)}", shelf, f"{9 + k}.50"]
        for shelf in SHELVES
        for k in range(12)
    ]
    write(folder, "products", ["sku", "designation", "rayon", "prix"], products)
    return folder


def cookie(n: int) -> str:
    """The cookie of person n; those from KNOWN on are visitors'."""
    return f"k{n:04}"


def shelf(n: int) -> str:
    """What person n is after."""
    return SHELVES[n % len(SHELVES)]


def sku(shelf: str, k: int) -> str:
    """A product of a shelf."""
    return f"{SHELVES.index(shelf)}-{k}"


def events() -> list[list[str]]:
    """Visits of each, with views, baskets and purchases; the last of all ends at END."""
    rows = [["last", _at(0.0), "view", cookie(0), sku(SHELVES[0], 0), ""]]
    for n in range(KNOWN + VISITORS):
        chance = random.Random(n)
        known = n < KNOWN
        for visit in range(14 if known else 3):
            back = chance.uniform(0.1, DAYS if known else 20)
            for step in range(3):
                own = chance.random() < 0.8
                at = shelf(n) if own else chance.choice(SHELVES)
                seen = sku(at, chance.randrange(12))
                name = f"e{n}-{visit}-{step}"
                minutes = step * 3 / 1440
                rows.append([name, _at(back - minutes), "view", cookie(n), seen, ""])
            if chance.random() < (0.5 if known else 0.3):
                rows.append([f"{name}c", _at(back - 7 / 1440), "cart", cookie(n), seen, ""])
                if known and chance.random() < 0.7:
                    paid = f"{10 + n % 7}.00"
                    rows.append(
                        [f"{name}p", _at(back - 9 / 1440), "purchase", cookie(n), seen, paid]
                    )
    return rows


def _at(days_back: float) -> str:
    return (END - timedelta(days=days_back)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(folder: Path, name: str, header: list[str], rows: list[list[str]]) -> None:
    """One source's file."""
    made_brand.write_rows(folder / f"data/{name}.csv", header, rows)
