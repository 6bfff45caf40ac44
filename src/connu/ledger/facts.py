"""The fact: one statement about one subject, in one shape wherever it comes from.

Subject, attribute, value, how probable, on what basis, from which source, with which evidence,
observed when. Every stage that states something adds rows of this shape; none edits another's.
"""

from __future__ import annotations

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.errors import BuildError, did_you_mean

#: The shape, in the order of the export.
FACTS = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("probability", pa.float64()),
        ("basis", pa.string()),
        ("source", pa.string()),
        ("evidence", pa.string()),
        ("observed_at", pa.timestamp("us")),
    ]
)
#: Whom a fact may be about: a visitor's subject is his anonymous id.
SUBJECT_KINDS = ("customer", "visitor")
#: How a statement came to be known.
BASES = ("declared", "observed", "linked", "derived", "twins", "intents", "coded")


def check_facts(engine: Engine, table: str = "facts") -> int:
    """Check that a table is made of facts; one pass.

    Args:
        engine: where the table is.
        table: its name.

    Returns:
        The number of facts.

    Raises:
        BuildError: a column is missing, unknown or out of order, or rows state what no fact may:
            no subject, an unknown kind or basis, a probability outside 0–1.
    """
    columns = engine.columns(table)
    if columns != FACTS.names:
        odd = sorted(set(columns) ^ set(FACTS.names))
        raise BuildError(
            f"the table «{table}» is not made of facts",
            hint=did_you_mean(odd[0], FACTS.names) if odd else "the columns are out of order",
            table=table,
            column=odd[0] if odd else None,
        )
    rules = {
        "a subject of an unknown kind": _not_in("subject_kind", SUBJECT_KINDS),
        "no subject": "subject IS NULL OR subject = ''",
        "no attribute": "attribute IS NULL OR attribute = ''",
        "no value": "value IS NULL",
        "a probability outside 0–1": "NOT coalesce(probability >= 0 AND probability <= 1, FALSE)",
        "an unknown basis": _not_in("basis", BASES),
    }
    counts = ", ".join(
        f"coalesce(sum(CASE WHEN {rule} THEN 1 ELSE 0 END), 0)" for rule in rules.values()
    )
    found = engine.collect(f"SELECT count(*), {counts} FROM {table}").to_pylist()[0].values()
    rows, *broken = (int(number) for number in found)
    for rule, number in zip(rules, broken, strict=True):
        if number:
            raise BuildError(f"{number} facts have {rule}", table=table)
    return rows


def add_facts(engine: Engine, table: str) -> int:
    """Add a stage's facts to `facts`, and drop its table; returns their number.

    Reads and rewrites facts; one pass, no sort: readers order them.

    Raises:
        BuildError: a row is not a fact.
    """
    added = check_facts(engine, table)
    if added:
        columns = ", ".join(FACTS.names)
        engine.run("facts", f"SELECT {columns} FROM facts UNION ALL SELECT {columns} FROM {table}")
    engine.drop(table)
    return added


def _not_in(column: str, words: tuple[str, ...]) -> str:
    known = ", ".join(f"'{word}'" for word in words)
    return f"{column} IS NULL OR {column} NOT IN ({known})"
