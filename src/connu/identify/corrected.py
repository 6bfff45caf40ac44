"""Corrected: what a customer said of himself stands in the golden record, above his records.

His word replaces what he called wrong, and whatever his records said before it; a record that says
something else since then is newer than his word. What he called wrong is told no more, whoever
still writes it. A part of a place or a birth date that no longer fits goes with the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.identify.attributes import PLACE
from connu.ledger.facts import FACTS

#: What customers say is right, or wrong, of which attribute: one row a statement. `id`: the
#: journal's row.
WORDS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("id", pa.int64()),
        ("at", pa.timestamp("us")),
    ]
)
CORRECTIONS, DENIALS = "corrections", "denials"
#: Parts of a place → those that a change of it voids, unless he says them too.
_VOIDED = {
    "city": ("address", "postcode"),
    "postcode": ("address", "city"),
    "country": ("address", "postcode", "city"),
}
_COLUMNS = ", ".join(FACTS.names)
#: The evidence of a fact that a customer stated himself, over a correction `c`.
EVIDENCE = (
    """'{"source":"journal","table":"confirmations","row":' || CAST(c.id AS VARCHAR) || '}'"""
)


def fact_of_word(basis: str = "'declared'") -> str:
    """The columns of a fact, over a correction `c`: his word on himself is final."""
    return (
        "'customer' AS subject_kind, c.customer_id AS subject, c.attribute, c.value,"
        f" CAST(1.0 AS DOUBLE) AS probability, {basis} AS basis, 'journal' AS source,"
        f' {EVIDENCE} AS evidence, c."at" AS observed_at'
    )


def correct_golden(engine: Engine, told: Sequence[str]) -> int:
    """Correct `facts`, `customers` and `golden_places` by what customers said.

    Reads `corrections` and `denials` (shape WORDS, one correction a customer and attribute);
    rewrites the three where somebody said something. Cost: one pass over each then, else nothing.

    Args:
        engine: where the golden record was made.
        told: the attributes of the golden record; what is said of others is left alone.

    Returns:
        How many customers' attributes changed.
    """
    among = ", ".join(map(literal, told))
    _make_standing(engine, among, "birth_year" in told)
    _make_untold(engine, among)
    changed = engine.run(
        "golden_changed",
        "SELECT customer_id, attribute, max(value) AS value FROM ("
        " SELECT customer_id, attribute, value FROM standing"
        " UNION ALL SELECT customer_id, attribute, NULL FROM untold) AS both_kinds"
        " GROUP BY customer_id, attribute",
    )
    if changed:
        gone = (
            "EXISTS (SELECT 1 FROM untold AS u WHERE u.customer_id = f.subject"
            " AND u.attribute = f.attribute)"
        )
        basis = "CASE WHEN implied THEN 'derived' ELSE 'declared' END"
        engine.run(
            "facts",
            f"SELECT {_COLUMNS} FROM facts AS f WHERE NOT {gone}"
            f" UNION ALL SELECT {fact_of_word(basis)} FROM standing AS c",
        )
        _correct_customers(engine)
        places = ", ".join(map(literal, PLACE))
        engine.run(
            "golden_places",
            "SELECT p.* FROM golden_places AS p WHERE p.customer_id NOT IN"
            f" (SELECT customer_id FROM golden_changed WHERE attribute IN ({places}))"
            " ORDER BY customer_id",
        )
    for name in ("standing", "untold", "golden_changed"):
        engine.drop(name)
    return changed


def _make_standing(engine: Engine, among: str, years: bool) -> None:
    """Make `standing`: the corrections that no newer record outdoes and no record says already.

    A birth date says a birth year too; of the two, the later word counts.
    """
    implied = (
        " UNION ALL SELECT customer_id, 'birth_year', substr(value, 1, 4), id, \"at\", TRUE"
        f" FROM {CORRECTIONS} WHERE attribute = 'birth_date'"
        if years
        else ""
    )
    engine.run(
        "standing",
        f"""
        WITH said AS (
            SELECT customer_id, attribute, value, id, "at", FALSE AS implied FROM {CORRECTIONS}
            WHERE attribute IN ({among}){implied}
        ),
        last AS (
            SELECT * FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY customer_id, attribute ORDER BY id DESC, implied
                ) AS place FROM said
            ) AS every_word WHERE place = 1
        ),
        fitting AS (
            SELECT l.* FROM last AS l LEFT JOIN last AS y
                ON l.attribute = 'birth_date' AND y.attribute = 'birth_year'
                AND y.customer_id = l.customer_id
            WHERE y.value IS NULL OR y.value = substr(l.value, 1, 4)
        )
        SELECT c.customer_id, c.attribute, c.value, c.id, c."at", c.implied FROM fitting AS c
        LEFT JOIN facts AS f
            ON f.subject_kind = 'customer' AND f.subject = c.customer_id
            AND f.attribute = c.attribute
        LEFT JOIN {DENIALS} AS d
            ON d.customer_id = f.subject AND d.attribute = f.attribute AND d.value = f.value
        WHERE f.subject IS NULL
            OR (f.value = c.value AND f.basis <> 'declared' AND NOT c.implied)
            OR (f.value <> c.value AND (d.value IS NOT NULL OR f.observed_at IS NULL
                OR f.observed_at <= c."at"))
        """,
    )


def _make_untold(engine: Engine, among: str) -> None:
    """Make `untold` (customer_id, attribute): of whom the fact told so far goes."""
    voided = " UNION ALL ".join(
        f"SELECT customer_id, {literal(other)} AS attribute FROM replaced"
        f" WHERE attribute = {literal(part)} AND changed"
        for part, others in _VOIDED.items()
        for other in others
    )
    engine.run(
        "untold",
        f"""
        WITH his AS (
            SELECT f.subject AS customer_id, f.attribute, f.value, f.basis FROM facts AS f
            WHERE f.subject_kind = 'customer' AND f.attribute IN ({among}) AND f.subject IN (
                SELECT customer_id FROM {CORRECTIONS} UNION SELECT customer_id FROM {DENIALS}
            )
        ),
        replaced AS (
            SELECT h.customer_id, h.attribute, h.value <> s.value AS changed
            FROM his AS h JOIN standing AS s
                ON s.customer_id = h.customer_id AND s.attribute = h.attribute
            UNION ALL
            SELECT h.customer_id, h.attribute, TRUE FROM his AS h JOIN {DENIALS} AS d
                ON d.customer_id = h.customer_id AND d.attribute = h.attribute
                AND d.value = h.value
        ),
        years AS (
            SELECT h.customer_id, h.attribute FROM his AS h JOIN standing AS s
                ON s.customer_id = h.customer_id AND s.attribute = 'birth_year'
            WHERE h.attribute = 'birth_date' AND substr(h.value, 1, 4) <> s.value
            UNION ALL
            SELECT h.customer_id, h.attribute FROM his AS h JOIN {DENIALS} AS d
                ON d.customer_id = h.customer_id AND substr(d.value, 1, 4) = substr(h.value, 1, 4)
            WHERE (d.attribute = 'birth_year' AND h.attribute = 'birth_date')
                OR (d.attribute = 'birth_date' AND h.attribute = 'birth_year'
                    AND h.basis = 'derived')
        )
        SELECT DISTINCT customer_id, attribute FROM (
            SELECT customer_id, attribute FROM replaced
            UNION ALL SELECT customer_id, attribute FROM years AS y WHERE NOT EXISTS (
                SELECT 1 FROM {CORRECTIONS} AS c WHERE c.customer_id = y.customer_id
                AND (c.attribute = y.attribute OR c.attribute = 'birth_date')
                AND substr(c.value, 1, 4) = (
                    SELECT max(substr(h.value, 1, 4)) FROM his AS h
                    WHERE h.customer_id = y.customer_id AND h.attribute = y.attribute
                )
            )
            UNION ALL SELECT v.customer_id, v.attribute FROM ({voided}) AS v
            WHERE NOT EXISTS (
                SELECT 1 FROM standing AS s WHERE s.customer_id = v.customer_id
                AND s.attribute = v.attribute
            )
        ) AS every_one
        """,
    )


def _correct_customers(engine: Engine) -> None:
    """Rewrite `customers` where `golden_changed` says so."""
    columns = engine.columns("customers")
    rows = engine.collect("SELECT DISTINCT attribute FROM golden_changed ORDER BY attribute")
    changed = [name for name in rows["attribute"].to_pylist() if name in columns]
    if not changed:
        return
    pivot = ", ".join(
        f"bool_or(attribute = {literal(name)}) AS {quoted(f'is {name}')},"
        f" max(CASE WHEN attribute = {literal(name)} THEN value END) AS {quoted(f'new {name}')}"
        for name in changed
    )
    shown = ", ".join(
        f"CASE WHEN n.{quoted(f'is {name}')} THEN n.{quoted(f'new {name}')}"
        f" ELSE c.{quoted(name)} END AS {quoted(name)}"
        if name in changed
        else f"c.{quoted(name)}"
        for name in columns
    )
    engine.run(
        "customers",
        f"WITH n AS (SELECT customer_id, {pivot} FROM golden_changed GROUP BY customer_id)"
        f" SELECT {shown} FROM customers AS c LEFT JOIN n ON n.customer_id = c.customer_id"
        " ORDER BY c.customer_id",
    )
