"""Buyers: purchases of people nobody knows, and what would say who they are.

Two reasons keep a purchase nobody's: it carries no identifier but a cookie, and one may be asked;
or it carries one that no source of people holds, and the buyers themselves may be read as people.
"""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, between, counted, filled, named, percent
from connu.measure.steps_identifiers import ASKED, LEAST
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, wilson_high, wilson_low
from connu.measure.words import Words

#: Identifiers that say who somebody is, of all that events carry; a cookie does not.
_NAMES = (*ASKED, "national_id", "support_case")


def _sql(ground: Ground) -> str | None:
    """Candidates: `ask.SOURCE.buyers` and `bring.SOURCE.IDENTIFIER`, a row each.

    Asked: gain = n·p − t purchases, with n those that carry no identifier, p the share tied to a
    customer of those that carry one, and t those of the n that are tied already by cookie or visit;
    people: gain × people ÷ purchases, where a cookie is one, and of purchases without a cookie as
    many as customers have. The interval is Wilson's of p at the trials of both sides together.
    Brought: gain = people = values of the identifier that no record holds; counted, not estimated.

    Cost: the purchases of events, event_customers and identifiers once each.
    """
    if ground.circumstances.purchase == "false":
        return None
    names = ", ".join(_NAMES)
    keys = " UNION ALL ".join(
        f"SELECT DISTINCT source, '{name}' AS type, {name} AS value FROM told "
        f"WHERE customer_id IS NULL AND {name} IS NOT NULL"
        for name in ASKED
    )
    alone = "nameless = 1 AND customer_id IS NULL"
    people = "gain * (cookies + cookieless * buyers / greatest(tied, 1)) / alone"
    return f"""
    WITH bought AS (
        SELECT source, "row", anonymous_id, {names},
            CASE WHEN coalesce({names}) IS NULL THEN 1 ELSE 0 END AS nameless
        FROM {{events}} WHERE <purchase>
    ), told AS (
        SELECT b.*, t.customer_id FROM bought b
        LEFT JOIN {{event_customers}} t ON t.source = b.source AND t."row" = b."row"
    ), counts AS (
        SELECT source,
            CAST(sum(1 - nameless) AS DOUBLE) AS with_it,
            CAST(sum(CASE WHEN nameless = 0 AND customer_id IS NOT NULL THEN 1 ELSE 0 END)
                AS DOUBLE) AS with_tied,
            CAST(sum(nameless) AS DOUBLE) AS without,
            CAST(sum(CASE WHEN {alone} THEN 1 ELSE 0 END) AS DOUBLE) AS alone,
            count(DISTINCT CASE WHEN {alone} THEN anonymous_id END) AS cookies,
            sum(CASE WHEN {alone} AND anonymous_id IS NULL THEN 1 ELSE 0 END) AS cookieless,
            count(DISTINCT customer_id) AS buyers, count(customer_id) AS tied
        FROM told GROUP BY source
    ), shares AS (
        SELECT *, with_tied / with_it AS share,
            CAST(buyers AS DOUBLE) / greatest(tied, 1) * with_it * without / (with_it + without)
                AS trials
        FROM counts WHERE with_it >= {LEAST} AND alone > 0
    ), gains AS (
        SELECT *, least(alone, without * share - (without - alone)) AS gain,
            greatest(0.0, without * {wilson_low("share", "trials")} - (without - alone)) AS low,
            least(alone, without * {wilson_high("share", "trials")} - (without - alone)) AS high
        FROM shares
    ), keys AS ({keys}), strangers AS (
        SELECT k.source, k.type, CAST(count(*) AS DOUBLE) AS gain
        FROM keys k WHERE NOT EXISTS (
            SELECT 1 FROM {{identifiers}} h WHERE h.type = k.type AND h.value = k.value
        )
        GROUP BY k.source, k.type
    )
    SELECT 'ask.' || source || '.buyers' AS name, source, CAST(NULL AS VARCHAR) AS type,
        without / (with_it + without) AS lacking, share, gain, low, high, {people} AS people
    FROM gains WHERE gain > 0
    UNION ALL
    SELECT 'bring.' || source || '.' || type, source, type, NULL, NULL, gain, NULL, NULL, gain
    FROM strangers
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    if row["type"] is None:
        said = filled(
            Words(
                "{lacking} of the purchases of {source} carry no identifier; {share} of those that "
                "carry one are a known customer’s. Asking for the e-mail at checkout would "
                "tie some {gain} more{range}, of about {people} buyers, if as many are customers.",
                "{lacking} des achats de {source} ne portent aucun identifiant ; {share} de ceux "
                "qui en portent un sont d’un client connu. Demander l’e-mail à la caisse en "
                "relierait environ {gain} de plus{range}, d’environ {people} acheteurs, s’ils sont "
                "clients aussi souvent.",
            ),
            lacking=percent(row["lacking"]),
            source=named(row["source"]),
            share=percent(row["share"]),
            gain=about(row["gain"]),
            range=between(row["low"], row["high"]),
            people=about(row["people"]),
        )
        return Said(said, "purchases", f"ask {row['source']}", "visitors")
    said = filled(
        Words(
            "The purchases of {source} carry {gain} different values of {asked} that no source of "
            "people holds: read the buyers as a source of people too (kind = «people»), and they "
            "are customers.",
            "Les achats de {source} portent {gain} valeurs différentes pour {asked} qu’aucune "
            "source de personnes ne connaît : lisez aussi les acheteurs comme une source de "
            "personnes (kind = «people»), et ils sont clients.",
        ),
        source=named(row["source"]),
        asked=ASKED[row["type"]],
        gain=counted(row["gain"]),
    )
    return Said(said, "customers", f"bring {row['source']}")


BUYERS = Rule(
    "identifier",
    {
        "events": ("source", "row", "type", *_NAMES, "anonymous_id"),
        "event_customers": ("source", "row", "customer_id"),
        "identifiers": ("type", "value"),
    },
    _sql,
    _say,
)
