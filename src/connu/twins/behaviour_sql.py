"""The SQL of behaviour: whose an event is, which words there are, events as numbers.

Pure functions. A customer's events are those tied to him; a visitor's are the untied ones of his
cookie. Words are numbered in small tables and joined in, so that a million visitors' events become
narrow rows of integers, read subject by subject without a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connu.engine.sql import literal, quoted
from connu.twins.coded import NO_SESSION, NO_TIME
from connu.twins.context import HOST_PATTERN

#: What is read; its subjects, its events in numbers, and the machines among them.
READ, PLACES, EVENTS, BOTS = (f"behaviour_{name}" for name in ("read", "places", "events", "bots"))
#: Distinct pages read at most, the most visited; of rarer ones nothing is known.
_PAGES = 1 << 21
#: µs since 1970, in words that both engines have.
_MICROS = "date_diff('microsecond', TIMESTAMP '1970-01-01', e.time)"
#: Neither missing nor a number that is none.
_FINITE = "abs(value) < 1e300"


def words_table(column: str) -> str:
    """The table of a column's numbered words."""
    return f"behaviour_of_{column}"


def places_sql(subjects: str) -> str:
    """The subjects, numbered in the order of their names."""
    return (
        "SELECT subject_kind, subject, subject_kind = 'customer' AS tied, "
        "CAST(row_number() OVER (ORDER BY subject_kind, subject) - 1 AS INTEGER) AS place "
        f"FROM (SELECT DISTINCT subject_kind, subject FROM {quoted(subjects)} "
        "WHERE subject IS NOT NULL AND subject_kind IN ('customer', 'visitor'))"
    )


def filled_sql(columns: Iterable[str]) -> str:
    """How many events fill each column."""
    counted = ", ".join(f"count({quoted(c)}) AS {quoted(c)}" for c in columns)
    return f"SELECT {counted} FROM {READ}"


def catalogue_sql(*, listed: bool, products: bool, category: bool) -> str:
    """Every product with its category and brand; where the catalogue says none, the events'.

    `listed` says whether its category is the catalogue's.

    Args:
        listed: there is a table `products`.
        products, category: events name products, categories.
    """
    parts = []
    if listed:
        parts.append(
            "SELECT product_id AS product, nullif(trim(category), '') AS listed, "
            "nullif(trim(brand), '') AS brand, CAST(NULL AS VARCHAR) AS seen FROM products"
        )
    if products:
        seen = "nullif(trim(min(category)), '')" if category else "CAST(NULL AS VARCHAR)"
        parts.append(
            "SELECT product, CAST(NULL AS VARCHAR) AS listed, CAST(NULL AS VARCHAR) AS brand, "
            f"{seen} AS seen FROM {READ} WHERE product IS NOT NULL GROUP BY product"
        )
    if not parts:
        return "SELECT '' AS product, '' AS category, '' AS brand, false AS listed WHERE false"
    return (
        "SELECT product, coalesce(min(listed), min(seen)) AS category, min(brand) AS brand, "
        "min(listed) IS NOT NULL AS listed "
        f"FROM ({' UNION ALL '.join(parts)}) WHERE product <> '' "
        "GROUP BY product ORDER BY product"
    )


def page_sql(column: str = "page") -> str:
    """A page without its query and its anchor."""
    return f"split_part(split_part({column}, '?', 1), '#', 1)"


def words_sql(expression: str, *, most: int | None = None) -> str:
    """The distinct words of an expression over events `e`, sorted; with `most`, the commonest."""
    found = f"SELECT {expression} AS word, count(*) AS n FROM {READ} e GROUP BY 1"
    kept = f"SELECT word FROM ({found}) WHERE word IS NOT NULL AND word <> ''"
    if most is not None:
        kept = f"SELECT word FROM ({kept.replace('SELECT word', 'SELECT word, n', 1)}"
        kept += f" ORDER BY n DESC, word LIMIT {most})"
    return f"{kept} ORDER BY word"


def pages_sql() -> str:
    """The distinct pages."""
    return words_sql(page_sql("e.page"), most=_PAGES)


def keys_sql() -> str:
    """The names of the columns that events keep as attributes."""
    return (
        f"SELECT DISTINCT unnest(json_keys(attributes)) AS key FROM {READ} "
        "WHERE attributes IS NOT NULL ORDER BY key"
    )


def context_sql(context: str, keys: Sequence[str]) -> str:
    """The raw value of a context: the first of its columns that is filled."""
    if context == "type":
        return "e.type"
    cells = []
    for key in keys:
        path = literal('$."' + key.replace('"', '\\"') + '"')
        cells.append(f"nullif(trim(json_extract_string(e.attributes, {path})), '')")
    value = cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"
    if context == "referrer":
        return f"regexp_extract({value}, {literal(HOST_PATTERN)}, 1)"
    return value


def coded_sql(
    filled: Iterable[str],
    contexts: Mapping[str, Sequence[str]],
    rating_types: Sequence[str],
    *,
    ties: bool,
) -> str:
    """The subjects' events as integers; -1 where an event says nothing.

    Args:
        filled: columns of events that hold something, among session, product, category, page.
        contexts: context → its keys; their words are numbered in `words_table(context)`.
        rating_types: the types whose value is a rating.
        ties: there is a table `event_customers`.
    """
    has = set(filled)
    joins: list[str] = []
    kept: dict[str, str] = {}
    kept["time"] = f"coalesce({_MICROS}, {NO_TIME})"
    if "session" in has:
        # Half of what a hash can be, so that it fits a signed number.
        hashed = "CAST(abs(hash(e.source, e.session, e.anonymous_id) // 2) AS BIGINT)"
        kept["session"] = f"CASE WHEN e.session IS NULL THEN {NO_SESSION} ELSE {hashed} END"
    inside = "NULL"
    if "product" in has:
        joins.append(f"LEFT JOIN {words_table('product')} i ON i.word = e.product")
        kept["product"] = "coalesce(i.code, -1)"
        inside = "i.category"
    if "category" in has:
        joins.append(f"LEFT JOIN {words_table('category')} k ON k.word = e.category")
        inside = f"k.code, {inside}"
    kept["category"] = f"coalesce({inside}, -1)"
    if "page" in has:
        joins.append(f"LEFT JOIN {words_table('page')} g ON g.word = {page_sql('e.page')}")
        kept["page"] = "coalesce(g.code, -1)"
    for number, (context, keys) in enumerate(contexts.items()):
        said, raw = f"c{number}", context_sql(context, keys)
        joins.append(f"LEFT JOIN {words_table(context)} {said} ON {said}.word = {raw}")
        kept[context] = f"coalesce({said}.code, -1)"
    if rating_types:
        listed = ", ".join(map(literal, rating_types))
        finite = _FINITE.replace("value", "e.value")
        kept["value"] = f"CASE WHEN e.type IN ({listed}) AND {finite} THEN e.value END"
    columns = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in kept.items())
    whose, owner = "e.anonymous_id", "false"
    if ties:
        joins.insert(0, 'LEFT JOIN event_customers t ON t.source = e.source AND t."row" = e."row"')
        whose, owner = "coalesce(t.customer_id, e.anonymous_id)", "(t.customer_id IS NOT NULL)"
    joins.insert(1 if ties else 0, f"JOIN {PLACES} p ON p.subject = {whose} AND p.tied = {owner}")
    return f"SELECT p.place, {columns} FROM {READ} e {' '.join(joins)}"


def spread_sql(column: str) -> str:
    """Of each coded word: its events, its first subject and its last; machines do not count.

    Where the two differ at least two subjects have it: no counting of distinct ones is needed.
    """
    return (
        f"SELECT {quoted(column)} AS code, count(*) AS n, min(place) AS low, max(place) AS high "
        f"FROM {EVENTS} WHERE {quoted(column)} >= 0 AND place NOT IN (SELECT place FROM {BOTS}) "
        f"GROUP BY {quoted(column)} ORDER BY code"
    )


def values_sql() -> str:
    """The event types that have a value about a product, and roughly how many distinct ones."""
    return (
        f"SELECT type, approx_count_distinct(value) AS n FROM {READ} WHERE {_FINITE} "
        "AND product IS NOT NULL AND type IS NOT NULL "
        "GROUP BY type ORDER BY type"
    )


def rated_sql(event_type: str) -> str:
    """How often each product was given each value by an event type."""
    return (
        f"SELECT product, value, count(*) AS n FROM {READ} WHERE {_FINITE} "
        f"AND product IS NOT NULL AND type = {literal(event_type)} "
        "GROUP BY product, value ORDER BY product, value"
    )


def means_sql() -> str:
    """How often each coded product was rated with each value, machines left out."""
    return (
        f"SELECT product AS code, value, count(*) AS n FROM {EVENTS} "
        f"WHERE value IS NOT NULL AND product >= 0 AND place NOT IN (SELECT place FROM {BOTS}) "
        "GROUP BY product, value ORDER BY code, value"
    )


def between_sql(columns: Iterable[str], first: int, last: int) -> str:
    """The coded events of the subjects first … last - 1."""
    chosen = ", ".join(map(quoted, columns))
    return f"SELECT {chosen} FROM {EVENTS} WHERE place >= {first} AND place < {last}"
