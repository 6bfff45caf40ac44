"""A made shop as a build's tables: women look at shoes, men at tools, one view in eight crosswise.

Whoever is known by what is said of him; what is true of everybody follows from his number alone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from made_tables import put_events, table

from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS
from connu.twins.telling import TwinsReport, tell_twins
from tests.twins.known_people import engine_at, fact, settings_of

SEXES = ("female", "male")
START = datetime(2026, 3, 2, 8)
TABLES = ("twins", "silences", "twin_facts")
_TIES = pa.schema([("source", pa.string()), ("row", pa.int64()), ("customer_id", pa.string())])
_VISITORS = pa.schema(
    [("anonymous_id", pa.string()), ("customer_id", pa.string()), ("shared_device", pa.bool_())]
)
_PRODUCTS = pa.schema(
    [("source", pa.string())]
    + [(name, pa.string()) for name in ("product_id", "category", "brand")]
)
_REFUSED = pa.schema([("subject_kind", pa.string()), ("subject", pa.string())])


@dataclass
class Shop:
    """Who did what, and who said what; change it before it is put into an engine.

    Attributes:
        facts: rows of FACTS.
        views: (subject_kind, subject, event).
        products: product → category.
        visitors: cookies, those without events too.
        cross: the share of views of what the others look at.
        refused: (subject_kind, subject).
    """

    facts: list[dict[str, Any]] = field(default_factory=list)
    views: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    products: dict[str, str | None] = field(default_factory=dict)
    visitors: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)
    cross: float = 0.125

    def say(self, customer: str, **values: str) -> None:
        """Let a customer declare attributes."""
        self.facts += [fact(customer, attribute, value) for attribute, value in values.items()]

    def look(self, kind: str, subject: str, product: str | None, at: int, **more: Any) -> None:
        """Let a subject look at a product in the hour `at`."""
        event = {"type": "view", "product": product, "time": START + timedelta(hours=at), **more}
        self.views.append((kind, subject, event))
        if kind == "visitor":
            self.visitors.add(subject)

    def behave(self, kind: str, n: int, views: int = 10) -> str:
        """Let person n look around as he does; returns his name."""
        name, chance = f"{kind[0]}{n:04}", random.Random(f"{kind}{n}")
        for _ in range(views):
            own = chance.random() > self.cross
            side = "FM"[n % 2] if own else "MF"[n % 2]
            self.look(kind, name, f"{side}{chance.randrange(20)}", chance.randrange(2000))
        return name

    def without(self, kind: str, subject: str) -> Shop:
        """The shop had somebody never been there."""
        return Shop(
            [f for f in self.facts if (f["subject_kind"], f["subject"]) != (kind, subject)],
            [view for view in self.views if view[:2] != (kind, subject)],
            dict(self.products),
            self.visitors - ({subject} if kind == "visitor" else set()),
            list(self.refused),
        )

    def put(self, engine: Any, *, shuffled: int | None = None) -> None:
        """Make the tables of a build; `shuffled`: in an order of that seed."""
        views, facts = list(self.views), list(self.facts)
        products, visitors = sorted(self.products.items()), sorted(self.visitors)
        if shuffled is not None:
            for rows in (views, facts, products, visitors):
                random.Random(shuffled).shuffle(rows)
        cookies = [
            event | ({"anonymous_id": who} if kind == "visitor" else {})
            for kind, who, event in views
        ]
        put_events(engine, cookies)
        ties = [
            {"source": "web", "row": row, "customer_id": who}
            for row, (kind, who, _) in enumerate(views, start=1)
            if kind == "customer"
        ]
        engine.put("event_customers", table(ties, _TIES))
        lone = [{"anonymous_id": who, "shared_device": False} for who in visitors]
        engine.put("visitors", table(lone, _VISITORS))
        listed = [{"source": "cat", "product_id": p, "category": c} for p, c in products]
        engine.put("products", table(listed, _PRODUCTS))
        engine.put("facts", pa.Table.from_pylist(facts, schema=FACTS))
        refused = [{"subject_kind": kind, "subject": who} for kind, who in sorted(self.refused)]
        if refused:
            engine.put("twin_refused", table(refused, _REFUSED))


def make_shop(
    known: int = 120, visitors: int = 30, silent: int = 6, views: int = 10, cross: float = 0.125
) -> Shop:
    """Customers who said their sex, visitors, and customers who said nothing."""
    shop = Shop(cross=cross)
    for side, shelf in (("F", "Shoes"), ("M", "Tools")):
        shop.products |= {f"{side}{k}": f"{shelf}/{shelf} {k % 4}" for k in range(20)}
    for n in range(known):
        shop.say(shop.behave("customer", n, views), sex=SEXES[n % 2])
    for n in range(known, known + silent):
        shop.behave("customer", n, views)
    for n in range(visitors):
        shop.behave("visitor", n, views)
    return shop


@dataclass
class Result:
    """What a telling left behind."""

    report: TwinsReport
    tables: dict[str, pa.Table]
    store: Path

    def rows(self, name: str, **wanted: Any) -> list[dict[str, Any]]:
        """Rows of a table that have these values."""
        return [
            row
            for row in self.tables[name].to_pylist()
            if all(row[column] == value for column, value in wanted.items())
        ]

    def reasons(self, attribute: str) -> dict[str, str]:
        """Why nothing is said of an attribute, by subject."""
        return {row["subject"]: row["reason"] for row in self.rows("silences", attribute=attribute)}

    def stated(self, attribute: str) -> dict[str, str]:
        """What is stated of an attribute, by subject."""
        rows = self.rows("twin_facts", attribute=attribute)
        return {row["subject"]: row["value"] for row in rows}


def tell(
    folder: Path,
    shop: Shop,
    settings: Settings | None = None,
    *,
    previous: Result | None = None,
    shuffled: int | None = None,
) -> Result:
    """What twins tell of a shop; a fresh folder each time."""
    number = len(list(folder.glob("work*")))
    store = folder / f"store{number}"
    engine = engine_at(folder / f"work{number}")
    shop.put(engine, shuffled=shuffled)
    report = tell_twins(
        engine,
        settings or settings_of(),
        folder,
        store=store,
        previous=None if previous is None else previous.store,
    )
    tables = {name: engine.collect(f"SELECT * FROM {name}") for name in TABLES}
    engine.close()
    return Result(report, tables, store)
