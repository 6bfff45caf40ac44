"""Raters: who answered whether the brand knows him, by the same identification as all else."""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.identify.writers import WRITERS, find_writers
from connu.ledger.knows_me import KNOWS_ME

RATINGS = "knows_me"


def find_raters(engine: Engine) -> int:
    """Make `knows_me`; rows of `verbatims` that hold such an answer and no text leave that table.

    Reads `verbatims`, `identifiers`, `normal`, `identities`, `visitors`. Linear in verbatims where
    a source asks, else nothing.

    Returns:
        The answers.
    """
    asked = "knows_me IS NOT NULL" if "knows_me" in engine.columns("verbatims") else "FALSE"
    if not engine.collect(f"SELECT 1 FROM verbatims WHERE {asked} LIMIT 1").num_rows:
        engine.put(RATINGS, KNOWS_ME.empty_table())
        return 0
    find_writers(engine)
    answers = engine.run(
        RATINGS,
        f"""
        SELECT v.source, v."row", v.verbatim_id, w.subject_kind, w.subject, v.knows_me AS score,
            v.time
        FROM verbatims v LEFT JOIN {WRITERS} w ON w.source = v.source AND w."row" = v."row"
        WHERE v.knows_me IS NOT NULL ORDER BY v.source, v."row"
        """,
    )
    engine.drop(WRITERS)
    if engine.collect("SELECT 1 FROM verbatims WHERE text IS NULL LIMIT 1").num_rows:
        engine.run(
            "verbatims", 'SELECT * FROM verbatims WHERE text IS NOT NULL ORDER BY source, "row"'
        )
    return answers
