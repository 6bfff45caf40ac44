"""The golden record: of everything a customer's records state, what stands, and how surely.

One pass over the records in the order of customers. The engine joins, reads and sorts; choosing
is arithmetic on numbers (`choice`, `survivorship`); a fact takes its text from the very row that
states the value chosen, and names that row as evidence. Memory holds one batch of rows and the
customers, never all records.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.identify.attributes import (
    Attribute,
    golden_attributes,
    identifier_columns_sql,
    own_identifiers,
)
from connu.identify.choice import Choice, Stretch, choose
from connu.identify.declared_errors import asked_sql, learn_errors
from connu.identify.stated import learn_first_names, learn_weights, rows_sql, shared_values
from connu.kernel.settings import Attribute as AttributeSetting
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS


def golden_record(engine: Engine, settings: Settings) -> None:
    """Make `customers` and `facts`.

    For each customer and attribute one value survives by the attribute's rule
    ([attributes.NAME] survivorship, or [identify] survivorship; see `survivorship.survivors`).
    Address, postcode, town and country come from one record: the area survives by the rule of
    `address`, and of the records there the fullest is shown, so that who moved is not given his
    old street. A birth year follows the birth date. A fact's probability is
    `survivorship.agreement`'s: 1 − ε for a value that one sure record states, more when others
    agree, less when they disagree, each record weighing the probability of its own best link; ε
    is learnt by attribute from how often records of one customer differ (`declared_errors`).
    A sex nobody declared is derived from the first name where the brand's other customers make
    it sure enough ([attributes.sex] precision); otherwise it is left unknown. Sensitive
    attributes are never told.

    Reads `people`, `normal`, `identities`, `identifiers` and, where there is one, `links`. Makes
    `customers` (customer_id, the attributes, records, sources), `facts` (subject_kind, subject,
    attribute, value, probability, basis, source, evidence, observed_at) and, for later stages,
    `golden_places` (customer_id, rid of the record the address is of). Cost: linear in
    records but for one sort; about 8 s for a million on two cores.
    """
    columns = engine.columns("people")
    told = golden_attributes(columns, settings)
    engine.run("golden_identifiers", identifier_columns_sql(own_identifiers(columns)))
    learn_weights(engine)
    learn_first_names(engine)
    shared = {name: shared_values(engine, name) for name in ("email", "phone")}
    least = settings.attributes.get("sex", AttributeSetting()).precision

    some = rows_sql(told, least, asked_sql(_count(engine)))
    asked = (Stretch(rows, settings, shared) for rows in _stretches(engine.batches(some)))
    errors = learn_errors(asked, told)

    customers: list[pa.RecordBatch] = []
    places: list[pa.RecordBatch] = []

    def facts() -> Iterator[pa.RecordBatch]:
        for rows in _stretches(engine.batches(rows_sql(told, least))):
            choice = choose(Stretch(rows, settings, shared), told, settings, errors)
            customers.append(_customers(rows, told, choice))
            places.append(_places(rows, choice))
            yield _facts(rows, told, choice)

    engine.put("facts", pa.RecordBatchReader.from_batches(FACTS, facts()))
    schema = _customer_schema(told)
    engine.put("customers", pa.Table.from_batches(customers, schema))
    engine.put("golden_places", pa.Table.from_batches(places, _PLACE))
    for name in ("identifiers", "weights", "first_names"):
        engine.drop(f"golden_{name}")


# ------------------------------------------------------------------------- reading
def _count(engine: Engine) -> int:
    found = engine.collect("SELECT count(DISTINCT customer_id) AS n FROM identities")
    return int(found["n"][0].as_py())


def _stretches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, cut between customers."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        ids = batch.column("customer_id")
        last = pc.index(ids, ids[-1]).as_py()
        if last > 0:
            yield _joined([*waiting, batch.slice(0, last)])
            waiting = []
        elif waiting and waiting[-1].column("customer_id")[-1] != ids[-1]:
            yield _joined(waiting)
            waiting = []
        waiting.append(batch.slice(last))
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.concat_batches(batches) if len(batches) > 1 else batches[0]


# ------------------------------------------------------------------------- telling
_PLACE = pa.schema({"customer_id": pa.string(), "rid": pa.int32()})


def _customer_schema(told: list[Attribute]) -> pa.Schema:
    names = [a.name for a in told if a.column]
    return pa.schema(
        [(name, pa.string()) for name in ("customer_id", *names)]
        + [("records", pa.int32()), ("sources", pa.int32())]
    )


def _customers(rows: pa.RecordBatch, told: list[Attribute], choice: Choice) -> pa.RecordBatch:
    """One row per customer of the stretch."""
    columns = [rows.column("customer_id").take(pa.array(choice.starts[:-1]))]
    for i, attribute in enumerate(told):
        if not attribute.column:
            continue
        value = _taken(rows.column(f"shown {attribute.name}"), choice.row[i])
        if attribute.name == "sex":
            value = pc.coalesce(value, _taken(_guessed(rows), choice.guess))
        columns.append(value)
    columns.append(pa.array(np.diff(choice.starts), pa.int32()))
    columns.append(pa.array(choice.sources, pa.int32()))
    return pa.record_batch(columns, schema=_customer_schema(told))


def _taken(values: pa.Array, rows: np.ndarray) -> pa.Array:
    return values.take(pa.array(rows, mask=rows < 0))


def _guessed(rows: pa.RecordBatch) -> pa.Array:
    """The sex each record's first name tells; NULL where it tells none."""
    return pc.if_else(pc.greater(rows.column("sex told"), 0), "female", "male")


def _places(rows: pa.RecordBatch, choice: Choice) -> pa.RecordBatch:
    known = choice.place >= 0
    customer = rows.column("customer_id").take(pa.array(choice.starts[:-1][known]))
    rid = rows.column("rid").take(pa.array(choice.place[known]))
    return pa.record_batch([customer, rid], schema=_PLACE)


def _facts(rows: pa.RecordBatch, told: list[Attribute], choice: Choice) -> pa.RecordBatch:
    """One row per customer and attribute known, in that order; a guessed sex comes last.

    Texts go as dictionaries over the stretch's own columns: nothing is copied fact by fact.
    """
    height, width = rows.num_rows, len(told) + 1
    row = np.vstack([choice.row, choice.guess]).T.ravel()
    told_by_name = rows.column("sex told").to_numpy(zero_copy_only=False)[choice.guess]
    guessed = np.where(choice.guess >= 0, np.abs(told_by_name), np.nan)
    probability = np.vstack([choice.probability, guessed]).T.ravel()
    known = np.flatnonzero(~np.isnan(probability))
    row, probability = row[known], probability[known]
    customer, attribute = known // width, known % width
    is_guess = attribute == width - 1

    shown = [rows.column(f"shown {a.name}") for a in told] + [_guessed(rows)]
    value = _pointing(pa.concat_arrays(shown), attribute * height + row)
    evidence = pa.concat_arrays([rows.column("evidence"), rows.column("sex evidence")])
    names = pa.array([*(a.name for a in told), "sex"])
    columns = [
        pa.array(["customer"]).take(pa.array(np.zeros(len(known), np.int8))),
        _pointing(rows.column("customer_id"), choice.starts[:-1][customer]),
        _pointing(names, attribute),
        value,
        pa.array(np.round(probability, 4)),
        _pointing(pa.array(["declared", "derived"]), _derived(rows, told)[attribute, row]),
        _pointing(rows.column("source"), row),
        _pointing(evidence, np.where(is_guess, row + height, row)),
        rows.column("observed_at").cast(pa.timestamp("us")).take(pa.array(row)),
    ]
    return pa.record_batch(columns, schema=FACTS)


def _pointing(values: pa.Array, places: np.ndarray) -> pa.Array:
    return values.take(pa.array(places))


def _derived(rows: pa.RecordBatch, told: list[Attribute]) -> np.ndarray:
    """0 declared, 1 derived: by attribute (the guessed sex last) and row."""
    derived = np.zeros((len(told) + 1, rows.num_rows), np.int8)
    for i, attribute in enumerate(told):
        if attribute.derived != "false":
            derived[i] = rows.column(f"rank {attribute.name}").to_numpy() & 1
    derived[-1] = 1
    return derived
