"""Intents now: how many are likely to buy in a category soon, and for how much."""

from __future__ import annotations

from collections.abc import Callable

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.measure.card import IntentNow
from connu.measure.few import K_LEAST
from connu.measure.figures import bound, filled, plain

#: Categories shown, those of the highest level, by expected value.
LIMIT = 12
#: What one purchase in each category of the highest level brought, on average.
_PRICES = """
    SELECT split_part(coalesce(e.category, p.category), '/', 1) AS category, avg(e.value) AS price
    FROM {events} e LEFT JOIN (SELECT product_id, min(category) AS category FROM {products}
        GROUP BY product_id) p ON p.product_id = e.product
    WHERE e.value > 0 AND <purchase> GROUP BY 1
"""
_BARE_PRICES = """
    SELECT split_part(category, '/', 1) AS category, avg(value) AS price
    FROM {events} WHERE value > 0 AND <purchase> GROUP BY 1
"""


def intents_now(
    engine: Engine, read: Callable[[str], str], purchase: str, limit: int = LIMIT
) -> list[IntentNow]:
    """What is intended now, by category of the highest level, within about a month.

    Expected purchases are the sum of the probabilities; their value that times what a purchase in
    the category brought on average. Categories of fewer than ten people are left out. Reads
    intents, events and products. Cost: one pass over intents, one over purchases.

    Args:
        engine: where a build's tables are mounted.
        read: the query of a table's rows.
        purchase: the condition on events that are purchases.
        limit: how many categories.
    """
    if not engine.has("intents"):
        return []
    days = engine.collect(
        filled(
            "SELECT horizon_days FROM {intents} WHERE kind = 'buy' AND level = 'category'"
            " GROUP BY horizon_days ORDER BY abs(horizon_days - 30) LIMIT 1",
            read,
        )
    )["horizon_days"].to_pylist()
    if not days:
        return []
    sql = _query(engine, purchase, days[0])
    rows = engine.collect(filled(sql, read)).to_pylist()
    shown = [row for row in rows if (row["customers"] or 0) + (row["visitors"] or 0) >= K_LEAST]
    return [
        IntentNow(
            category=row["category"],
            horizon_days=days[0],
            customers=_shown(row["customers"]),
            visitors=_shown(row["visitors"]),
            purchases=row["purchases"],
            value=row["value"],
            how=f"SELECT * FROM ({plain(sql)}) AS n WHERE category = {literal(row['category'])}",
        )
        for row in shown[:limit]
    ]


def _query(engine: Engine, purchase: str, days: int) -> str:
    prices = bound(_PRICES if engine.has("products") else _BARE_PRICES, purchase)
    if not engine.has("events"):
        prices = "SELECT '' AS category, 0.0 AS price WHERE false"
    return f"""
    SELECT t.category, t.customers, t.visitors, t.purchases, t.purchases * p.price AS value
    FROM (SELECT target AS category,
        count(*) FILTER (WHERE subject_kind = 'customer') AS customers,
        count(*) FILTER (WHERE subject_kind = 'visitor') AS visitors,
        sum(probability) AS purchases
        FROM {{intents}} WHERE kind = 'buy' AND level = 'category' AND horizon_days = {days}
            AND instr(target, '/') = 0 GROUP BY target) t
    LEFT JOIN ({prices}) p ON p.category = t.category
    ORDER BY value DESC NULLS LAST, t.purchases DESC, t.category
    """


def _shown(people: int) -> int | None:
    return None if 0 < people < K_LEAST else people
