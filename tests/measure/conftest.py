"""What tests of the scorecard's steps share: a small brand, made of a build's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.ledger.expectations import UNDERSTANDING_TABLES
from connu.ledger.facts import FACTS
from connu.ledger.shapes import EXPORTS
from connu.ledger.twins import TWIN_TABLES

KEYS = ["account", "loyalty_card", "national_id", "support_case", "email", "phone", "anonymous_id"]
#: Columns that are no text.
_TYPES = {
    "rid": pa.int64(), "row": pa.int64(), "records": pa.int64(), "sources": pa.int64(),
    "events": pa.int64(), "shared_device": pa.bool_(), "granted": pa.bool_(),
    "match_probability": pa.float64(), "value": pa.float64(), "price": pa.float64(),
    "rating": pa.float64(), "nps": pa.float64(), "time": pa.timestamp("us"),
    "since": pa.timestamp("us"), "first_time": pa.timestamp("us"), "last_time": pa.timestamp("us"),
}  # fmt: skip
_COLUMNS = {
    "identities": [*(EXPORTS["identities"] or ())],
    "links": [*(EXPORTS["links"] or ())],
    "undecided": [*(EXPORTS["undecided"] or ())],
    "visitors": [*(EXPORTS["visitors"] or ())],
    "quarantine": [*(EXPORTS["quarantine"] or ())],
    "customers": ["customer_id", "first_name", "last_name", "sex", "birth_date", "birth_year",
                  "email", "phone", "postcode", "city", "occupation", "records", "sources"],
    "normal": ["rid", "source", "record_id", "given", "family", "sex", "birth_date", "email",
               "phone", "postcode", "city", "occupation"],
    "consents": ["source", "record_id", "purpose", "granted", "since"],
    "events": ["source", "row", "event_id", "time", "type", "session", "product", "category",
               "value", "currency", *KEYS],
    "event_customers": ["source", "row", "customer_id", "basis"],
    "verbatims": ["source", "verbatim_id", "row", "text", *KEYS],
    "products": ["source", "product_id", "row", "name", "category", "price", "brand"],
}  # fmt: skip
SHAPES: dict[str, pa.Schema] = {
    **{
        table: pa.schema([(c, _TYPES.get(c, pa.string())) for c in columns])
        for table, columns in _COLUMNS.items()
    },
    # Of an identifier and of a fact, the value is text.
    "identifiers": pa.schema([("rid", pa.int64()), ("type", pa.string()), ("value", pa.string())]),
    "facts": FACTS,
    **TWIN_TABLES,
    **UNDERSTANDING_TABLES,
}

Put = Callable[..., None]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    """An engine with nothing in it."""
    made = DuckEngine(tmp_path / "workspace", threads=1, memory_gb=0.5)
    yield made
    made.close()


@pytest.fixture
def put(engine: DuckEngine) -> Put:
    """Put tables, rows as dictionaries; those without rows are there, and empty. With names, put
    these alone."""

    def put_tables(*names: str, **rows: list[dict[str, Any]]) -> None:
        for table in names or SHAPES:
            engine.put(table, pa.Table.from_pylist(rows.get(table, []), schema=SHAPES[table]))

    return put_tables


class Brand:
    """A brand that grows record by record.

    Attributes:
        tables: rows by table, for `put`.
    """

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **row: Any) -> None:
        """A row more."""
        self.tables.setdefault(table, []).append(row)

    def customer(self, customer_id: str, *records: dict[str, Any], **known: Any) -> None:
        """A customer of some records: `source`, and what is said in it; identifiers by name."""
        for place, record in enumerate(records):
            rid = len(self.tables.get("normal", []))
            at = {"source": record["source"], "record_id": f"{customer_id}.{place}"}
            said = {k: v for k, v in record.items() if k in _COLUMNS["normal"] and k != "source"}
            self.add("normal", rid=rid, **at, **said)
            self.add("identities", customer_id=customer_id, **at)
            for key in KEYS:
                if record.get(key) is not None:
                    self.add("identifiers", rid=rid, type=key, value=record[key])
        sources = len({record["source"] for record in records})
        self.add(
            "customers", customer_id=customer_id, records=len(records), sources=sources, **known
        )

    def visitor(self, anonymous_id: str, customer_id: str | None = None, **more: Any) -> None:
        """A cookie, of a customer or of nobody known."""
        seen = {"shared_device": False, "events": 1, **more}
        self.add("visitors", anonymous_id=anonymous_id, customer_id=customer_id, **seen)


@pytest.fixture
def brand() -> Brand:
    """A brand of nobody yet."""
    return Brand()


@pytest.fixture
def shop() -> Brand:
    """A brand of which every rule has something to say.

    Of 300 customers, 160 are in crm and support, 40 in support alone with an e-mail, 100 in support
    alone without one; 120 say their occupation, in crm.
    """
    shop = Brand()
    for n in range(300):
        email = f"{n}@example.org" if n < 200 else None
        support = {"source": "support", "email": email}
        occupation = "baker" if n < 120 else None
        crm = {"source": "crm", "email": email, "occupation": occupation}
        both = (crm, support) if n < 160 else (support,)
        shop.customer(f"c{n:03d}", *both, email=email, occupation=occupation)
    for n in range(400):
        shop.visitor(f"k{n:03d}", f"c{n:03d}" if n < 100 else None)
    for n in range(60):
        left, right = f"c{200 + n % 40:03d}.0", f"c{n % 40:03d}.1"
        shop.add(
            "undecided", left_source="support", left_record_id=left, right_source="support",
            right_record_id=right, kind="match", match_probability=0.5,
        )  # fmt: skip
    for n in range(80):
        shop.add(
            "expectations", verbatim_id=f"v{n}", subject_kind="customer", subject=f"c{n:03d}",
            theme="delivery", probability=0.75, source="reviews", row=n, by="machine",
        )  # fmt: skip
    figures = [("auc", 1.0, 200, None, 0.7, 0.6, 0.8)]
    figures += [("reliability", 0.4, 80, 0.9, 0.95, 0.8, 1.0)]
    figures += [("reliability", 0.6, 120, 0.6, 0.6, 0.5, 0.7)]
    for measure, coverage, people, told, figure, low, high in figures:
        shop.add(
            "twin_reliability", attribute="sex", measure=measure, coverage=coverage, people=people,
            told=told, figure=figure, low=low, high=high,
        )  # fmt: skip
    for n in range(200):
        # Every other purchase carries an e-mail: three of four a customer's, one a stranger's.
        known, stranger = n % 2 == 0 and n < 150, n % 2 == 0 and n >= 150
        email = f"{n}@example.org" if known else f"s{n}@example.org" if stranger else None
        shop.add(
            "events", source="web", row=n, type="purchase", product=f"p{n % 40}", email=email,
            anonymous_id=f"k{n + 100:03d}",
        )  # fmt: skip
        if known:
            shop.add("event_customers", source="web", row=n, customer_id=f"c{n:03d}", basis="email")
    for n in range(20):
        shop.add("products", source="catalogue", product_id=f"p{n}", category="Photo")
    for n in range(120):
        # Every other text carries an e-mail, and that is always a customer's.
        email = f"{n}@example.org" if n % 2 else None
        shop.add("verbatims", source="reviews", verbatim_id=f"v{n}", row=n, email=email)
        who = {"subject_kind": "customer", "subject": f"c{n:03d}"} if n % 2 else {}
        shop.add("statements", source="reviews", verbatim_id=f"v{n}", row=n, statement=0, **who)
    for n in range(120):
        shop.add("consents", source="support", record_id=f"c{n:03d}.0", purpose="marketing",
                 granted=n % 3 > 0)  # fmt: skip
        shop.add("consents", source="crm", record_id=f"c{n:03d}.0", purpose="marketing",
                 granted=n % 3 > 0)  # fmt: skip
        shop.add(
            "facts", subject_kind="customer", subject=f"c{n:03d}", attribute="sex", value="female",
            probability=0.85, basis="derived",
        )  # fmt: skip
        shop.add(
            "links", left_source="crm", left_record_id=f"c{n:03d}.0", right_source="support",
            right_record_id=f"c{n:03d}.1", kind="match", match_probability=0.9,
        )  # fmt: skip
    for n in range(40):
        reason = "the row has no id" if n < 25 else "the id comes again in another row"
        shop.add("quarantine", source="crm", kind="people", row=n, reason=reason)
    return shop
