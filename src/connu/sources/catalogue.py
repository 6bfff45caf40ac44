"""The table `products`: the catalogue, one row per (source, product_id)."""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.settings import Settings
from connu.sources.duplicates import older_rows
from connu.sources.mapping import Mapping
from connu.sources.numbers import comma_decimal, number_sql
from connu.sources.quarantine import Quarantine

_NONE = (
    "SELECT '' AS source, '' AS product_id, CAST(0 AS BIGINT) AS row, '' AS name, "
    "'' AS category, CAST(NULL AS DOUBLE) AS price, '' AS brand, '' AS attributes WHERE false"
)


def make_products(
    engine: Engine, settings: Settings, mappings: list[Mapping], quarantine: Quarantine
) -> dict[str, int]:
    """Write `products` (empty without such a source); returns the rows of each source."""
    selects = []
    for mapping in mappings:
        stay = older_rows(engine, mapping, quarantine)
        quarantine.add_query(
            engine,
            mapping,
            "the row has no id",
            f"{mapping.record_id} IS NULL",
            column=mapping.fields["id"][0],
        )
        price = number_sql(
            mapping.value("price"), comma_decimal=comma_decimal(mapping.country(settings))
        )
        selects.append(
            f"SELECT {literal(mapping.name)} AS source, {mapping.record_id} AS product_id, "
            f"{mapping.row} AS row, {mapping.value('name')} AS name, "
            f"{mapping.name_of('category')} AS category, {price} AS price, "
            f"{mapping.value('brand')} AS brand, {mapping.attributes_json()} AS attributes "
            f"FROM {mapping.table} WHERE {mapping.record_id} IS NOT NULL"
            + (f" AND {stay}" if stay else "")
        )
    union = " UNION ALL ".join(selects or [_NONE])
    engine.run("products", f"{union} ORDER BY source, product_id")
    counted = engine.collect("SELECT source, count(*) AS n FROM products GROUP BY source")
    rows = dict(zip(counted["source"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {mapping.name: rows.get(mapping.name, 0) for mapping in mappings}
