"""Reading a segment: the rows of a build that concern its customers, and nobody else's.

Which rows are whose is what `ledger.ties` says, as for consent and for forgetting: a table that a
segment could not narrow is one that nobody may read.
"""

from __future__ import annotations

from collections.abc import Callable

from connu.app.reading import Reading
from connu.app.segment import LEAST_CUSTOMERS, members_sql
from connu.kernel.errors import UsageError
from connu.kernel.settings import Settings
from connu.ledger.persons import relations
from connu.ledger.ties import tie_of

_GROUP = "segment"


def segment_read(reading: Reading, settings: Settings, segment: str | None) -> Callable[[str], str]:
    """The query of a table's rows, narrowed to a segment; everybody's without one.

    Who is of the segment is found once, and kept in the engine as `segment_customers` and, where a
    table needs them, `segment_records` … Cost: one pass over customers and facts; a join a table.

    Args:
        reading: the build, opened for a purpose.
        settings: the brand's.
        segment: as typed, or None.

    Raises:
        UsageError: it cannot be read, names an attribute nobody has, or holds, or leaves out, fewer
            than ten customers.
        PurposeError: an attribute may not be read for this purpose.
    """
    if segment is None:
        return reading.sql
    engine, build = reading.engine, reading.build
    there = engine.run(f"{_GROUP}_customers", members_sql(reading, settings, segment))
    whole = int(
        reading.rows(f"SELECT count(*) AS n FROM ({reading.sql('customers')}) AS c")[0]["n"]
    )
    # Who knows a segment and everybody knows the others: they must be enough as well.
    if there < LEAST_CUSTOMERS or 0 < whole - there < LEAST_CUSTOMERS:
        raise UsageError(
            f"the segment holds, or leaves out, fewer than {LEAST_CUSTOMERS} customers: "
            "nothing is told of so few",
            hint="ask about a wider one",
        )
    made = {"customers"}

    def read(table: str) -> str:
        tie = tie_of(table, engine.columns(table), behaviour=build.has("event_customers"))
        if tie.kind == "nobody":
            return reading.sql(table)
        needed = set(tie.relations) - made
        if needed:
            _make(reading, needed, made)
        return f"SELECT t.* FROM ({reading.sql(table)}) AS t WHERE {tie.touches(_GROUP)}"

    return read


def _make(reading: Reading, needed: set[str], made: set[str]) -> None:
    """Keep the group's relations, each once; the first, its customers, is there."""
    whose = f"SELECT customer_id FROM {_GROUP}_customers"
    told = relations(_GROUP, needed, customers=whose, visitors=reading.build.has("visitors"))
    for expression in told:
        name, _, query = expression.partition(" AS ")
        word = name.removeprefix(f"{_GROUP}_")
        if word not in made:
            reading.engine.run(name, query.removeprefix("(").removesuffix(")"))
            made.add(word)
