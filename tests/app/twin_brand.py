"""A brand whose customers' sex shows in what they look at: the answer twins must find is known.

Women look at shoes, men at tools, one view in eight at what the others do. Everybody's behaviour is
made from his number alone, so that the same brand is made every time.
"""

from __future__ import annotations

import random
from pathlib import Path

import made_brand

SETTINGS = """\
[brand]
name = "Damier"

[sources.crm]
kind = "people"
path = "data/crm.csv"

[sources.crm.fields]
id = "no"
email = "mail"
sex = "sexe"
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

[sources.shop]
kind = "products"
path = "data/products.csv"

[sources.shop.fields]
id = "sku"
category = "rayon"

[intents]
enabled = false

[understand]
enabled = false
"""
KNOWN, VISITORS = 240, 60
SEXES = ("female", "male")


def make_brand(folder: Path) -> Path:
    """Write the brand: KNOWN customers who said their sex, VISITORS cookies nobody knows."""
    (folder / "data").mkdir(parents=True)
    (folder / "connu.toml").write_text(SETTINGS, encoding="utf-8")
    people = [
        [f"P{n:03}", f"p{n}@example.org", SEXES[n % 2], cookie(n), "oui"] for n in range(KNOWN)
    ]
    write(folder, "crm", ["no", "mail", "sexe", "cookie", "perso"], people)
    write(folder, "web", ["event_id", "at", "what", "cookie", "sku"], events())
    products = [
        [f"{side}{k}", f"{shelf}/{shelf} {k % 4}"]
        for side, shelf in (("F", "Shoes"), ("M", "Tools"))
        for k in range(20)
    ]
    write(folder, "products", ["sku", "rayon"], products)
    return folder


def cookie(n: int) -> str:
    """The cookie of person n; those from KNOWN on are visitors'."""
    return f"k{n:04}"


def sex(anonymous_id: str) -> str:
    """What is true of a cookie."""
    return SEXES[int(anonymous_id[1:]) % 2]


def events() -> list[list[str]]:
    """Ten views of each."""
    rows = []
    for n in range(KNOWN + VISITORS):
        chance = random.Random(n)
        for view in range(10):
            own = chance.random() > 0.125
            side = "FM"[n % 2] if own else "MF"[n % 2]
            sku = f"{side}{chance.randrange(20)}"
            at = f"2026-0{view % 6 + 1}-{n % 28 + 1:02}T{chance.randrange(24):02}:00:00Z"
            rows.append([f"e{n}-{view}", at, "view", cookie(n), sku])
    return rows


def write(folder: Path, name: str, header: list[str], rows: list[list[str]]) -> None:
    """One source's file."""
    made_brand.write_rows(folder / f"data/{name}.csv", header, rows)
