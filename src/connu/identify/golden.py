"""The golden record: of everything a customer's records state, what stands, and how surely.

One pass over the records in the order of customers. The engine joins, reads and sorts; choosing
is arithmetic on numbers (`choice`, `survivorship`); a fact takes its text from the very row that
states the value chosen, and names that row as evidence. Memory holds one batch of rows and the
customers, never all records.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.identify.attributes import (
    golden_attributes,
    identifier_columns_sql,
    own_identifiers,
)
from connu.identify.choice import Stretch, choose
from connu.identify.declared_errors import first_asked
from connu.identify.stated import (
    learn_first_names,
    learn_weights,
    rows_sql,
    shared_values,
)
from connu.identify.telling import (
    PLACES,
    TOLD_FACTS,
    customer_schema,
    told_customers,
    told_facts,
    told_places,
)
from connu.kernel.settings import Attribute as AttributeSetting
from connu.kernel.settings import Settings


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
    names = learn_first_names(engine)
    said = names.told(settings.attributes.get("sex", AttributeSetting()).precision)
    shared = {name: shared_values(engine, name) for name in ("email", "phone")}
    customers: list[pa.RecordBatch] = []
    places: list[pa.RecordBatch] = []

    def facts() -> Iterator[pa.RecordBatch]:
        rows = _stretches(engine.batches(rows_sql(told)))
        errors, stretches = first_asked((Stretch(some, settings, shared) for some in rows), told)
        for stretch in stretches:
            choice = choose(stretch, told, settings, errors, said)
            customers.append(told_customers(stretch.rows, told, choice))
            places.append(told_places(stretch.rows, choice))
            yield told_facts(stretch.rows, told, choice, names)

    engine.put("facts", pa.RecordBatchReader.from_batches(TOLD_FACTS, facts()))
    engine.put("customers", pa.Table.from_batches(customers, customer_schema(told)))
    engine.put("golden_places", pa.Table.from_batches(places, PLACES))
    for name in ("identifiers", "weights", "first_names"):
        engine.drop(f"golden_{name}")


# ------------------------------------------------------------------------- reading
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
