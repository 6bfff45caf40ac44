"""Moments as UTC timestamps: SQL, because events are many.

A time without a zone is read as UTC. 03/04/2024 10:00 is read by the source's or the country's
order. Numbers are seconds or milliseconds since 1970, or YYYYMMDD.
"""

from __future__ import annotations

_CLOCKS = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


def time_sql(text: str, *, day_first: bool) -> str:
    """SQL: a text as TIMESTAMP in UTC, NULL when it is no time.

    Args:
        text: a SQL expression of type VARCHAR.
        day_first: how 03/04/2024 is read.
    """
    dates = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"] if day_first else ["%m/%d/%Y", "%m-%d-%Y"]
    forms = [*(f"{d} {c}" for d in dates for c in _CLOCKS), *dates]
    named = ["%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z"]
    listed = ", ".join(f"'{form}'" for form in [*forms, *named])
    iso = f"CAST(try_cast({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return (
        f"CASE WHEN regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') THEN {iso} "
        f"WHEN regexp_matches({text}, '^[12][0-9]{{9}}(\\.[0-9]+)?$') "
        f"THEN CAST(to_timestamp(try_cast({text} AS DOUBLE)) AS TIMESTAMP) "
        f"WHEN regexp_matches({text}, '^[12][0-9]{{12}}$') "
        f"THEN CAST(to_timestamp(try_cast({text} AS DOUBLE) / 1000) AS TIMESTAMP) "
        f"WHEN regexp_matches({text}, '^[0-9]{{8}}$') THEN try_strptime({text}, '%Y%m%d') "
        f"WHEN regexp_matches({text}, '^[0-9]{{8}}T[0-9]{{6}}Z?$') "
        f"THEN try_strptime(rtrim({text}, 'Z'), '%Y%m%dT%H%M%S') "
        f"WHEN regexp_matches({text}, '^[0-9]{{4}}/') "
        f"THEN CAST(try_cast(replace({text}, '/', '-') AS TIMESTAMPTZ) AS TIMESTAMP) "
        f"WHEN regexp_matches({text}, '[0-9]') "
        f"THEN CAST(try_strptime({text}, [{listed}]) AS TIMESTAMP) END"
    )
