"""Numbers as people and programs write them, as SQL: prices, ratings, amounts."""

from __future__ import annotations


def number_sql(text: str, *, comma_decimal: bool) -> str:
    """SQL: a text as DOUBLE, NULL when it is no number.

    `1 234,56 €`, `$1,234.56` and `(12.50)`; where one comma and three digits follow, the country
    decides between `1,234` = 1.234 and 1234.

    Args:
        text: a SQL expression of type VARCHAR.
        comma_decimal: whether the country writes decimals with a comma.
    """
    bare = f"regexp_replace({text}, '[^0-9,.eE+-]', '', 'g')"
    thousands_point = f"replace(replace({bare}, '.', ''), ',', '.')"
    thousands_comma = f"replace({bare}, ',', '')"
    lone = thousands_point if comma_decimal else thousands_comma
    signed = (
        f"CASE WHEN {text} IS NULL OR NOT regexp_matches({bare}, '[0-9]') THEN NULL "
        f"WHEN regexp_matches({text}, '[A-Za-z]{{4,}}|[/:]') THEN NULL "
        f"WHEN position(',' IN {bare}) = 0 AND regexp_matches({bare}, '[.].*[.]') "
        f"THEN replace({bare}, '.', '') "
        f"WHEN position(',' IN {bare}) = 0 THEN {bare} "
        f"WHEN regexp_matches({bare}, '[.][0-9]*,[0-9]*$') THEN {thousands_point} "
        f"WHEN regexp_matches({bare}, ',.*[.,]') THEN {thousands_comma} "
        f"WHEN regexp_matches({bare}, '^[+-]?[1-9][0-9]{{0,2}},[0-9]{{3}}$') THEN {lone} "
        f"ELSE {thousands_point} END"
    )
    return f"try_cast({signed} AS DOUBLE)"


def comma_decimal(country: str) -> bool:
    """Whether a country writes 1,5 for one and a half."""
    return country not in ("US", "GB", "IE", "AU", "NZ", "CA", "IN", "JP", "CN", "MX", "IL")
