"""Products: what people look at and buy that the catalogue lacks, so that nobody sees in what."""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import counted, filled, named
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said
from connu.measure.words import Words


def _sql(ground: Ground) -> str:
    """Candidates: a row a source of events, `bring.products.SOURCE`.

    gain = people = customers and cookies with an event of a product that no catalogue names, where
    the event itself names no category; counted, not estimated.

    Cost: the products of events, event_customers for those that the catalogue lacks, products once.
    """
    known = "SELECT DISTINCT product_id FROM {products}"
    if not ground.has("products", "product_id"):
        known = "SELECT CAST(NULL AS VARCHAR) AS product_id"
    return f"""
    WITH named AS ({known}), lacking AS (
        SELECT e.source, e."row", e.anonymous_id, e.product FROM {{events}} e
        LEFT JOIN named n ON n.product_id = e.product
        WHERE e.product IS NOT NULL AND e.category IS NULL AND n.product_id IS NULL
    ), counts AS (
        SELECT l.source, CAST(count(*) AS DOUBLE) AS acts,
            CAST(count(DISTINCT l.product) AS DOUBLE) AS unnamed,
            CAST(count(DISTINCT t.customer_id) + count(DISTINCT CASE WHEN t.customer_id IS NULL
                THEN l.anonymous_id END) AS DOUBLE) AS gain
        FROM lacking l LEFT JOIN {{event_customers}} t
            ON t.source = l.source AND t."row" = l."row"
        GROUP BY l.source
    )
    SELECT 'bring.products.' || source AS name, source, acts, unnamed, gain,
        CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, gain AS people
    FROM counts
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "{acts} events of {source} name products that the catalogue lacks ({unnamed} of them): "
            "with their categories, one would see what {gain} people look at there.",
            "{acts} événements de {source} nomment des produits absents du catalogue ({unnamed}) : "
            "avec leurs catégories, on verrait à quoi {gain} personnes s’y intéressent.",
        ),
        acts=counted(row["acts"]),
        source=named(row["source"]),
        # Products are nobody: few of them may be told.
        unnamed=f"{row['unnamed']:.0f}",
        gain=counted(row["gain"]),
    )
    return Said(said, "people", row["source"])


PRODUCTS = Rule(
    "catalogue",
    {
        "events": ("source", "row", "anonymous_id", "product", "category"),
        "event_customers": ("source", "row", "customer_id"),
    },
    _sql,
    _say,
)
