"""Made events of a million subjects, as a build publishes them, for measuring the stage of intents.

    python -m benchmarks.intent_crowd FOLDER --subjects 1000000 --events 50000000

Writes events, event_customers, visitors and products as Parquet, a chunk at a time. Three subjects
of ten are customers, the rest visitors; a few are very busy, most are seen seldom. Each has two
favourite departments, looks around in visits of a few clicks, and buys at a pace of his own, the
sooner when he looked. Quality is not measured on it: only that there is something to learn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PRODUCTS, LEAVES, DAYS = 20_000, 400, 540
#: Where made time begins: 2025-01-01, µs since 1970.
BEGAN = 20_089 * 86_400_000_000
CHUNK = 1_000_000
#: Types of events and their shares; a purchase has a value.
TYPES, SHARES = ("view", "add_to_cart", "purchase", "search"), (0.86, 0.07, 0.035, 0.035)
EVENTS = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("event_id", pa.string()),
        ("time", pa.timestamp("us")),
        ("type", pa.string()),
        ("session", pa.string()),
        ("product", pa.string()),
        ("category", pa.string()),
        ("value", pa.float64()),
        ("currency", pa.string()),
        ("page", pa.string()),
        ("account", pa.string()),
        ("email", pa.string()),
        ("anonymous_id", pa.string()),
        ("attributes", pa.string()),
    ]
)
TIES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        ("customer_id", pa.string()),
        pa.field("basis", pa.string(), nullable=False),
    ]
)


def write_crowd(folder: Path, subjects: int, events: int, seed: int = 0) -> None:
    """Write the four tables.

    Cost: about two seconds and a hundred megabytes of memory per million events.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    category = np.sort(rng.integers(0, LEAVES, PRODUCTS))
    category[:LEAVES] = np.arange(LEAVES)
    category.sort()
    price = np.round(rng.lognormal(3.4, 0.9, PRODUCTS), 2)
    _write_products(folder, category, price)
    _write_visitors(folder, subjects)
    starts = np.searchsorted(category, np.arange(LEAVES + 1))
    favourite = rng.integers(0, LEAVES, (subjects, 2), dtype=np.int32)
    with (
        pq.ParquetWriter(folder / "events.parquet", EVENTS, compression="zstd") as log,
        pq.ParquetWriter(folder / "event_customers.parquet", TIES, compression="zstd") as ties,
    ):
        done = 0
        while done < events:
            many = min(CHUNK, events - done)
            # Rows come in order of time, as a web log has them.
            span = tuple(BEGAN + part / events * DAYS * 86_400e6 for part in (done, done + many))
            rows, tied = _chunk(rng, many, done, span, favourite, starts, price)
            log.write_table(rows)
            ties.write_table(tied)
            done += many


def _chunk(
    rng: np.random.Generator,
    many: int,
    done: int,
    span: tuple[float, ...],
    favourite: np.ndarray,
    starts: np.ndarray,
    price: np.ndarray,
) -> tuple[pa.Table, pa.Table]:
    subjects = len(favourite)
    visits = many // 4
    # The square makes a few busy: the first percent of the subjects have a tenth of the visits.
    who = (subjects * rng.random(visits) ** 2).astype(np.int64)
    visit = np.sort(rng.integers(0, visits, many))
    subject = who[visit]
    moment = (
        np.sort(rng.uniform(span[0], span[1], visits))[visit]
        + 20e6 * rng.random(many).cumsum() % 600e6
    )
    order = np.argsort(moment, kind="stable")
    visit, subject, time = visit[order], subject[order], moment[order].astype(np.int64)
    # A visit keeps to one category: a favourite at seven times of ten.
    taste = favourite[who, rng.integers(0, 2, visits)]
    at = np.where(rng.random(visits) < 0.7, taste, rng.integers(0, len(starts) - 1, visits))[visit]
    wide = starts[at + 1] - starts[at]
    product = starts[at] + (wide * rng.random(many) ** 2).astype(np.int64)
    kind = rng.choice(len(TYPES), many, p=SHARES)
    value = np.where(kind == 2, price[product], np.nan)
    row = np.arange(done, done + many) + 1
    customer = subject % 10 < 3
    text = pa.nulls(many, pa.string())
    columns = dict.fromkeys(EVENTS.names, text) | {
        "source": pa.array(["web"]).take(pa.array(np.zeros(many, np.int8))),
        "row": row,
        "time": pa.array(time).cast(pa.timestamp("us")),
        "type": pa.array(TYPES).take(pa.array(kind)),
        "product": _names("P", product, mask=kind == 3),
        "value": pa.array(value, from_pandas=True),
        "anonymous_id": _names("v", subject),
    }
    tied = {
        "source": pa.array(["web"]).take(pa.array(np.zeros(customer.sum(), np.int8))),
        "row": row[customer],
        "customer_id": _names("c", subject[customer]),
        "basis": pa.array(["cookie"]).take(pa.array(np.zeros(customer.sum(), np.int8))),
    }
    return pa.table(columns, schema=EVENTS), pa.table(tied, schema=TIES)


def _names(prefix: str, code: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    names, place = np.unique(code, return_inverse=True)
    text = pa.array([f"{prefix}{name:07}" for name in names.tolist()], pa.string())
    return text.take(pa.array(place, mask=mask))


def _write_products(folder: Path, category: np.ndarray, price: np.ndarray) -> None:
    paths = [f"D{c // 50}/E{c // 10}/F{c}" for c in category.tolist()]
    many = len(category)
    table = {
        "source": ["products"] * many,
        "product_id": _names("P", np.arange(many)),
        "row": np.arange(1, many + 1),
        "name": _names("Product ", np.arange(many)),
        "category": paths,
        "price": price,
        "brand": pa.nulls(many, pa.string()),
        "attributes": pa.nulls(many, pa.string()),
    }
    pq.write_table(pa.table(table), folder / "products.parquet")


def _write_visitors(folder: Path, subjects: int) -> None:
    """Every subject has one cookie; those of customers are known."""
    who = np.arange(subjects)
    known = who % 10 < 3
    never = pa.nulls(subjects, pa.timestamp("us"))
    table = {
        "anonymous_id": _names("v", who),
        "customer_id": pa.compute.if_else(pa.array(known), _names("c", who), None),
        "basis": pa.compute.if_else(pa.array(known), "cookie", None),
        "shared_device": pa.array(np.zeros(subjects, np.bool_)),
        "events": pa.array(np.zeros(subjects, np.int32)),
        "first_time": never,
        "last_time": never,
    }
    pq.write_table(pa.table(table), folder / "visitors.parquet")


def main() -> None:
    """Write a crowd."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=50_000_000)
    asked = parser.parse_args()
    write_crowd(asked.folder, asked.subjects, asked.events)


if __name__ == "__main__":
    main()
