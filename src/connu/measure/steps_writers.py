"""Writers: texts whose writer nobody knows, because they carry no identifier."""

from __future__ import annotations

from typing import Any

from connu.engine.sql import quoted
from connu.kernel.fields import is_identifier
from connu.measure.numerals import about, between, filled, named, percent
from connu.measure.steps_identifiers import LEAST
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, wilson_high, wilson_low
from connu.measure.words import Words


def _sql(ground: Ground) -> str | None:
    """Candidates: a row a source, `ask.SOURCE.writers`.

    Among the texts that were listened to (that have statements): gain = n·p, with n those that
    carry no identifier and p the share a customer wrote of those that carry one; people: gain ×
    customers ÷ their texts. The interval is Wilson's of p, at the trials of both sides together.

    Cost: statements and verbatims once each.
    """
    keys = [c for c in ground.columns["verbatims"] if is_identifier(c)]
    if not keys:
        return None
    carried = ", ".join(f"v.{quoted(key)}" for key in keys)
    # coalesce wants two at least on some engines.
    nameless = f"CASE WHEN coalesce({carried}, NULL) IS NULL THEN 1 ELSE 0 END"
    customer = "CASE WHEN subject_kind = 'customer' THEN 1 ELSE 0 END"
    return f"""
    WITH heard AS (
        SELECT DISTINCT source, "row", subject_kind, subject FROM {{statements}}
    ), texts AS (
        SELECT h.source, h.subject_kind, h.subject, {nameless} AS nameless
        FROM heard h JOIN {{verbatims}} v ON v.source = h.source AND v."row" = h."row"
    ), counts AS (
        SELECT source, CAST(sum(nameless) AS DOUBLE) AS without,
            CAST(sum(1 - nameless) AS DOUBLE) AS with_it,
            CAST(sum((1 - nameless) * {customer}) AS DOUBLE) AS known,
            CAST(count(DISTINCT CASE WHEN nameless = 0 AND subject_kind = 'customer'
                THEN subject END) AS DOUBLE) AS writers
        FROM texts GROUP BY source
    ), shares AS (
        SELECT *, known / with_it AS share, with_it * without / (with_it + without) AS trials
        FROM counts WHERE with_it >= {LEAST} AND without > 0 AND known > 0
    )
    SELECT 'ask.' || source || '.writers' AS name, source,
        without / (without + with_it) AS lacking, share, without * share AS gain,
        without * {wilson_low("share", "trials")} AS low,
        without * {wilson_high("share", "trials")} AS high,
        without * share * writers / known AS people
    FROM shares
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "{lacking} of the texts of {source} carry no identifier; {share} of those that carry "
            "one are a known customer’s. Asking who writes would tell of some {gain} more whose "
            "they are{range}, if customers write as many of them.",
            "{lacking} des textes de {source} ne portent aucun identifiant ; {share} de ceux qui "
            "en portent un sont d’un client connu. Demander qui écrit dirait d’environ {gain} de "
            "plus de qui ils sont{range}, si les clients en écrivent autant.",
        ),
        lacking=percent(row["lacking"]),
        source=named(row["source"]),
        share=percent(row["share"]),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
    )
    return Said(said, "verbatims", f"writers {row['source']}")


WRITERS = Rule(
    "identifier",
    {
        "statements": ("source", "row", "subject_kind", "subject"),
        "verbatims": ("source", "row"),
    },
    _sql,
    _say,
)
