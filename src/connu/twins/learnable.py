"""Who may be learnt from and told about: everybody but those who said no.

To learn from a customer, and to tell of him what he did not say, is analytics for the sake of
personalisation. Whoever refused one of these, or `service`, is left out on both sides: his
behaviour teaches nothing, and nothing is said of him. Who said nothing is left in, for a read
still asks for his consent to the purpose it names.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.govern.consents import JOURNAL_CONSENTS, holders, refusing, visitors_who_said

#: A refusal of any of them is a refusal of being anybody's twin.
PURPOSES = ("service", "analytics", "personalisation")
REFUSED = "twin_refused"


def make_refused(
    engine: Engine, *, now: datetime, journal_consents: pa.Table | None = None
) -> dict[str, int]:
    """Make `twin_refused` (subject_kind, subject): who is neither learnt from nor told about.

    What a person said last of a purpose counts, whichever record or the journal holds it
    (`govern.consents`); a visitor speaks through the journal, by his cookie.

    Reads `identities`, `normal`, `identifiers`, and where they are `consents` and `visitors`. One
    pass over the consents of each purpose.

    Args:
        engine: where the tables are.
        now: grants later than this have no time.
        journal_consents: the journal's consents, shape govern.consents.JOURNAL_CONSENTS.

    Returns:
        By kind of subject, how many refused.
    """
    said = []
    at = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    consents = JOURNAL_CONSENTS.empty_table() if journal_consents is None else journal_consents
    journal = consents.num_rows > 0
    named = consents["type"].null_count < consents.num_rows
    if journal:
        engine.put("journal_consents", consents)
    scaffolding = ["journal_consents", "twin_holders"]
    if not engine.has("consents"):
        engine.put("consents", _NO_CONSENTS.empty_table())
        scaffolding.append("consents")
    visitors = engine.has("visitors")
    if named:
        engine.run("twin_holders", holders(journal_only=True, visitors=visitors))
    for purpose in PURPOSES:
        customers = refusing(purpose, now=at, journal=journal, identifiers=named)
        if named:
            customers = f"WITH holders AS (SELECT * FROM twin_holders) {customers}"
        said.append(f"SELECT 'customer' AS subject_kind, customer_id AS subject FROM ({customers})")
        if named and visitors:
            of_visitors = visitors_who_said(purpose, now=at)
            said.append(
                "SELECT 'visitor' AS subject_kind, v.anonymous_id AS subject FROM visitors AS v"
                f" JOIN ({of_visitors}) AS s ON s.anonymous_id = v.anonymous_id"
                " WHERE v.customer_id IS NULL AND NOT s.granted"
            )
    engine.run(
        REFUSED,
        f"SELECT DISTINCT subject_kind, subject FROM ({' UNION ALL '.join(said)}) AS said"
        " ORDER BY subject_kind, subject",
    )
    for name in scaffolding:
        engine.drop(name)
    counted = engine.collect(f"SELECT subject_kind, count(*) AS n FROM {REFUSED} GROUP BY ALL")
    counts = {"customer": 0, "visitor": 0}
    return counts | dict(zip(*(counted[c].to_pylist() for c in ("subject_kind", "n")), strict=True))


def learnable(engine: Engine, kind: str, subject: str) -> str:
    """A condition over rows: whether who is named did not refuse.

    Where nobody made `twin_refused`, nobody refused.

    Args:
        engine: asked whether there is such a table.
        kind: customer or visitor.
        subject: SQL of his customer_id or anonymous id, never NULL.
    """
    if not engine.has(REFUSED):
        return "TRUE"
    return f"{subject} NOT IN (SELECT subject FROM {REFUSED} WHERE subject_kind = {literal(kind)})"


def make_subjects(engine: Engine) -> dict[str, int]:
    """Make `twin_subjects` (subject_kind, subject, known): whose behaviour is looked at.

    Customers with events tied to them, and visitors nobody knows whose device is not shared.
    `known` says whether he is learnt from: a customer with a row in `known`.

    Reads `event_customers`, `visitors`, `known`, `twin_refused` where it is. Linear in events.

    Returns:
        customers, visitors, known.
    """
    known = "SELECT customer_id FROM known"
    engine.run(
        "twin_subjects",
        f"""
        SELECT * FROM (
            SELECT 'customer' AS subject_kind, customer_id AS subject,
                customer_id IN ({known}) AS known
            FROM (SELECT DISTINCT customer_id FROM event_customers) AS seen
            WHERE {learnable(engine, "customer", "customer_id")}
            UNION ALL
            SELECT 'visitor' AS subject_kind, anonymous_id AS subject, FALSE AS known
            FROM visitors
            WHERE customer_id IS NULL AND NOT shared_device
                AND {learnable(engine, "visitor", "anonymous_id")}
        ) AS subjects ORDER BY subject_kind, subject
        """,
    )
    told = engine.collect(
        "SELECT count(*) FILTER (WHERE subject_kind = 'customer') AS customers,"
        " count(*) FILTER (WHERE subject_kind = 'visitor') AS visitors,"
        " count(*) FILTER (WHERE known) AS known FROM twin_subjects"
    )
    counts: dict[str, int] = told.to_pylist()[0]
    return counts


#: What govern.consents reads of records, for a build whose sources say nothing of consents.
_NO_CONSENTS = pa.schema(
    [field for field in JOURNAL_CONSENTS if field.name not in ("type", "value")]
)
