"""What a source's own values say about how it writes: order of dates, foreign phone numbers."""

from __future__ import annotations

import phonenumbers

from connu.engine.protocol import Engine
from connu.kernel.settings import Settings
from connu.sources.dates import DateOrder, date_order
from connu.sources.mapping import Mapping
from connu.sources.text import as_text

_SAMPLE_VALUES = 20_000
_LEAST_SHARE = 0.01
_MOST_REGIONS = 4


def dates_by_source(
    engine: Engine, settings: Settings, mappings: list[Mapping]
) -> dict[str, DateOrder]:
    """How each source writes birth dates, from distinct values that are not plainly ISO."""
    orders: dict[str, DateOrder] = {}
    for mapping in mappings:
        order = DateOrder(day_first=mapping.country(settings) != "US")
        if "birth_date" in mapping.fields:
            value = mapping.value("birth_date")
            values = engine.collect(
                f"SELECT value FROM (SELECT DISTINCT {value} AS value FROM {mapping.table}) "
                "WHERE NOT regexp_matches(value, '^[0-9]{4}-[0-9]{2}-[0-9]{2}') "
                f"ORDER BY hash(value) LIMIT {_SAMPLE_VALUES}"
            )
            order = date_order(
                as_text(values["value"]),
                country=mapping.country(settings),
                day_first=mapping.source.day_first,
            )
        orders[mapping.name] = order
    return orders


def regions_by_source(
    engine: Engine, settings: Settings, mappings: list[Mapping]
) -> dict[str, tuple[str, ...]]:
    """The countries whose code at least 1 in 100 international numbers of a source carries.

    A source that holds +44 numbers also holds British numbers written without it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for mapping in mappings:
        if "phone" not in mapping.fields:
            continue
        counted = engine.collect(
            f"SELECT substr(regexp_replace(v, '^(\\+|00)', ''), 1, 3) AS start, count(*) AS n "
            f"FROM (SELECT {mapping.value('phone')} AS v FROM {mapping.table}) "
            "WHERE regexp_matches(v, '^(\\+|00)[1-9]') GROUP BY 1"
        )
        by_region: dict[str, int] = {}
        for start, count in zip(
            counted["start"].to_pylist(), counted["n"].to_pylist(), strict=True
        ):
            region = _region_of(start)
            if region is not None:
                by_region[region] = by_region.get(region, 0) + count
        total = sum(by_region.values())
        own = mapping.country(settings)
        found[mapping.name] = tuple(
            region
            for region, count in sorted(by_region.items(), key=lambda item: (-item[1], item[0]))
            if region != own and count >= total * _LEAST_SHARE
        )[:_MOST_REGIONS]
    return found


def _region_of(digits: str) -> str | None:
    """The main country of the code that digits start with."""
    for length in (1, 2, 3):
        region = phonenumbers.region_code_for_country_code(int(digits[:length] or 0))
        if digits[:length].isdigit() and region not in ("ZZ", "001"):
            return region
    return None
