"""Rows: what could not be taken in, and would come in if the source were mended."""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, counted, filled, named
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said
from connu.measure.words import Words

#: Reasons that a source can mend: what the quarantine writes (LIKE), and how to mend it. A row
#: whose id comes again is in already, by its later row; a text without a word is none.
MENDED: dict[str, tuple[str, Words]] = {
    "time": (
        "the time is %",
        Words("their time is missing or unreadable", "leur date manque ou est illisible"),
    ),
    "type": ("the row has no type", Words("they say of no act", "ils ne disent aucun acte")),
    "id": ("the row has no id", Words("they have no id", "ils n’ont pas d’identifiant")),
    "cells": (
        "the row has % cells where the file has %",
        Words("they are cut or run into others", "elles sont coupées ou débordent"),
    ),
    "json": (
        "the line is not a JSON object",
        Words("they are cut or no JSON", "elles sont coupées ou ne sont pas du JSON"),
    ),
}


def _sql(ground: Ground) -> str:
    """Candidates: a row a source and reason, `mend.SOURCE.REASON`.

    gain = the rows; people: a row each, but of events as many as visitors are to their events.

    Cost: quarantine and visitors once each.
    """
    reasons = " ".join(
        f"WHEN reason LIKE '{like}' THEN '{why}'" for why, (like, _) in MENDED.items()
    )
    persons = "1.0"
    shares = "SELECT 1.0 AS each"
    if ground.has("visitors", "events"):
        shares = "SELECT count(*) / greatest(1.0, sum(events)) AS each FROM {visitors}"
        persons = "least(1.0, coalesce(s.each, 1.0))"
    return f"""
    WITH lost AS (
        SELECT source, kind, CASE {reasons} END AS why FROM {{quarantine}} WHERE kind <> 'products'
    ), counts AS (
        SELECT source, kind, why, CAST(count(*) AS DOUBLE) AS lines FROM lost
        WHERE why IS NOT NULL GROUP BY source, kind, why
    ), shares AS ({shares})
    SELECT 'mend.' || c.source || '.' || c.why AS name, c.source, c.kind, c.why, c.lines AS gain,
        CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
        c.lines * CASE WHEN c.kind = 'events' THEN {persons} ELSE 1 END AS people
    FROM counts c CROSS JOIN shares s
    """


_UNITS = {
    "people": Words("records", "fiches"),
    "events": Words("events", "événements"),
    "verbatims": Words("texts", "textes"),
}


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "{gain} rows of {source} could not be taken in because {why}: mended, they are "
            "{gain} {unit} more, of about {people} people.",
            "{gain} lignes de {source} n’ont pas pu être lues parce que {why} : réparées, ce sont "
            "{gain} {unit} de plus, d’environ {people} personnes.",
        ),
        gain=counted(row["gain"]),
        source=named(row["source"]),
        why=MENDED[row["why"]][1],
        unit=_UNITS[row["kind"]],
        people=about(row["people"]),
    )
    command = "connu export quarantine -o quarantine.csv"
    return Said(said, "rows", row["source"], command=command)


ROWS = Rule("rows", {"quarantine": ("source", "kind", "reason")}, _sql, _say)
