"""What was chosen, told: rows of `customers` and `facts` from a stretch of records.

Texts are taken by place from the stretch's own columns; nothing is worked out here.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.identify.attributes import Attribute
from connu.identify.choice import Choice, numbers
from connu.identify.first_names import FirstNames
from connu.ledger.facts import FACTS

#: Facts on their way to the engine: what many of them share is said once a stretch.
TOLD_FACTS = pa.schema(
    [
        pa.field(f.name, pa.dictionary(pa.int32(), pa.string()))
        if pa.types.is_string(f.type) and f.name != "value"
        else f
        for f in FACTS
    ]
)
#: The record each customer's address is of.
PLACES = pa.schema({"customer_id": pa.string(), "rid": pa.int32()})


def customer_schema(told: list[Attribute]) -> pa.Schema:
    """The columns of `customers`."""
    names = [a.name for a in told if a.column]
    return pa.schema(
        [(name, pa.string()) for name in ("customer_id", *names)]
        + [("records", pa.int32()), ("sources", pa.int32())]
    )


def told_customers(rows: pa.RecordBatch, told: list[Attribute], choice: Choice) -> pa.RecordBatch:
    """One row per customer of the stretch."""
    columns = [_at(rows.column("customer_id"), choice.starts[:-1])]
    for i, attribute in enumerate(told):
        if not attribute.column:
            continue
        shown = rows.column(f"shown {attribute.name}")
        value = shown.take(pa.array(choice.row[i], mask=choice.row[i] < 0))
        if attribute.name == "sex":
            value = pc.coalesce(value, _guessed(choice))
        columns.append(value)
    columns.append(pa.array(np.diff(choice.starts), pa.int32()))
    columns.append(pa.array(choice.sources, pa.int32()))
    return pa.record_batch(columns, schema=customer_schema(told))


def told_places(rows: pa.RecordBatch, choice: Choice) -> pa.RecordBatch:
    """The record each customer's address is of, for those who have one."""
    known = choice.place >= 0
    customer = _at(rows.column("customer_id"), choice.starts[:-1][known])
    return pa.record_batch([customer, _at(rows.column("rid"), choice.place[known])], schema=PLACES)


def told_facts(
    rows: pa.RecordBatch, told: list[Attribute], choice: Choice, names: FirstNames
) -> pa.RecordBatch:
    """One row per customer and attribute known, in that order; a guessed sex comes last."""
    height, width = rows.num_rows, len(told) + 1
    probability = np.vstack([choice.probability, np.abs(choice.guessed)]).T.ravel()
    known = np.flatnonzero(~np.isnan(probability))
    row = np.vstack([choice.row, choice.guess]).T.ravel()[known]
    customer, attribute = known // width, known % width
    guess = attribute == width - 1

    # All texts of the stretch, one attribute after the other, then the guesses by customer.
    texts = pa.concat_arrays([*(rows.column(f"shown {a.name}") for a in told), _guessed(choice)])
    text = attribute * height + np.where(guess, customer, row)
    # The evidence of every row, then that of the guesses, which adds what the name says.
    guessing = choice.guess[choice.guess >= 0]
    named = numbers(rows, "first name")[guessing]
    guesses = names.evidence(_at(rows.column("evidence"), guessing), named)
    evidence = pa.concat_arrays([rows.column("evidence"), guesses])
    nth = np.cumsum(choice.guess >= 0) - 1
    value = _at(texts, text)
    columns = [
        _of(pa.array(["customer"]), np.zeros(len(known), np.int32)),
        _of(rows.column("customer_id"), choice.starts[:-1][customer]),
        _of(pa.array([*(a.name for a in told), "sex"]), attribute),
        value,
        pa.array(np.round(probability[known], 4)),
        _of(pa.array(["declared", "derived"]), _derived(rows, told)[attribute, row]),
        _of(rows.column("source"), row),
        _of(evidence, np.where(guess, height + nth[customer], row)),
        _at(rows.column("observed_at").cast(pa.timestamp("us")), row),
    ]
    facts = pa.record_batch(columns, schema=TOLD_FACTS)
    # A record may be read to state what no column of it shows.
    return facts.filter(value.is_valid()) if value.null_count else facts


def _at(values: pa.Array, places: np.ndarray) -> pa.Array:
    return values.take(pa.array(places))


def _of(values: pa.Array, places: np.ndarray) -> pa.DictionaryArray:
    """As `_at`, for texts that many facts share: only places are written down."""
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), values)


def _guessed(choice: Choice) -> pa.Array:
    """By customer, the sex his first name tells; NULL where it tells none."""
    female = pa.array(choice.guessed > 0, mask=np.isnan(choice.guessed))
    return pc.if_else(female, "female", "male")


def _derived(rows: pa.RecordBatch, told: list[Attribute]) -> np.ndarray:
    """0 declared, 1 derived: by attribute (the guessed sex last) and row."""
    derived = np.zeros((len(told) + 1, rows.num_rows), np.int8)
    for i, attribute in enumerate(told):
        if attribute.derived != "false":
            derived[i] = numbers(rows, f"rank {attribute.name}") & 1
    derived[-1] = 1
    return derived
