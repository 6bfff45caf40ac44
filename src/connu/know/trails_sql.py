"""The SQL of trails: whose an event is, what its words are, events as numbers.

Pure functions. A customer's events are those tied to him; a visitor's are the untied ones of his
cookie. Whoever's events concern nobody has a place below zero, so that they are counted without
being read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connu.engine.sql import literal, quoted
from connu.know.trails import OTHER, PURCHASE

#: What is made on the way.
PLACES, TYPES, WORDS, PRODUCTS, CODED = (
    f"trail_{name}" for name in ("places", "types", "words", "products", "coded")
)
#: Places of events that are nobody's: without a subject, behind a shared device, of who refused.
NO_SUBJECT, SHARED, REFUSED = -1, -2, -3
#: What no time, and no session, is.
NO_TIME, NO_SESSION = -(2**63) + 1, -1
#: Columns of the coded events, in the order in which events of one place are sorted: whatever two
#: events do not differ in here, they do not differ in at all.
COLUMNS = ("time", "role", "product", "category", "mark", "session", "source", "value")
#: What is larger is no amount, but a number gone astray.
MOST_PAID = 1e12
_MICROS = "date_diff('microsecond', TIMESTAMP '1970-01-01', e.time)"
_DAY = 86_400_000_000


def places_sql(
    *, events: str, ties: bool, visitors: bool, refused: dict[str, str], cookies: bool
) -> str:
    """Everybody events may be of, numbered in the order of names; nobodies below zero.

    Args:
        events: the table of events.
        ties: there is a table `event_customers`.
        visitors: there is a table `visitors`.
        refused: kind → a condition over `subject` that holds for who did not refuse.
        cookies: events name cookies at all.
    """
    parts = []
    if ties:
        parts.append(
            "SELECT DISTINCT 'customer' AS subject_kind, customer_id AS subject, "
            "false AS shared FROM event_customers WHERE customer_id IS NOT NULL"
        )
    if visitors:
        parts.append(
            "SELECT 'visitor' AS subject_kind, anonymous_id AS subject, "
            "coalesce(bool_or(shared_device), false) AS shared FROM visitors "
            "WHERE anonymous_id IS NOT NULL GROUP BY anonymous_id"
        )
    elif cookies:
        parts.append(
            "SELECT DISTINCT 'visitor' AS subject_kind, anonymous_id AS subject, false AS shared "
            f"FROM {quoted(events)} WHERE anonymous_id IS NOT NULL"
        )
    if not parts:
        parts = ["SELECT '' AS subject_kind, '' AS subject, false AS shared WHERE false"]
    said = " OR ".join(
        f"(subject_kind = {literal(kind)} AND {condition})" for kind, condition in refused.items()
    )
    return (
        "SELECT subject_kind, subject, subject_kind = 'customer' AS tied, "
        f"CASE WHEN NOT allowed THEN {REFUSED} WHEN shared THEN {SHARED} ELSE CAST(row_number() "
        "OVER (PARTITION BY allowed AND NOT shared ORDER BY subject_kind, subject) - 1 AS INTEGER) "
        f"END AS place FROM (SELECT *, {said} AS allowed FROM ({' UNION ALL '.join(parts)}))"
    )


def products_sql(
    *, events: str | None, listed: bool, listed_category: bool, price: bool, category: bool
) -> str:
    """Every product with the present catalogue's category and price; where the catalogue says no
    category, the one its events name most often.

    Args:
        events: the table of events, where these name products.
        listed: there is a table `products`.
        listed_category, price: which has categories, prices.
        category: events name categories.
    """
    nothing = "CAST(NULL AS VARCHAR)"
    parts = []
    if listed:
        told = (
            f"min(CASE WHEN price >= 0 AND price < {MOST_PAID} THEN price END)" if price else "NULL"
        )
        own = "min(nullif(trim(category), ''))" if listed_category else nothing
        parts.append(
            f"SELECT product_id AS product, {own} AS listed, "
            f"CAST({told} AS DOUBLE) AS price, {nothing} AS seen FROM products "
            "WHERE product_id IS NOT NULL GROUP BY product_id"
        )
    if events:
        said = "nullif(trim(category), '')" if category else nothing
        counted = (
            f"SELECT product, {said} AS seen, count(*) AS n FROM {quoted(events)} "
            "WHERE product IS NOT NULL GROUP BY 1, 2"
        )
        first = "ORDER BY CASE WHEN seen IS NULL THEN 1 ELSE 0 END, n DESC, seen"
        parts.append(
            f"SELECT product, {nothing} AS listed, CAST(NULL AS DOUBLE) AS price, seen FROM ("
            f"SELECT product, seen, row_number() OVER (PARTITION BY product {first}) AS turn "
            f"FROM ({counted})) WHERE turn = 1"
        )
    if not parts:
        return "SELECT '' AS product, '' AS listed, 0.0 AS price, '' AS seen WHERE false"
    return (
        "SELECT product, min(listed) AS listed, min(price) AS price, min(seen) AS seen "
        f"FROM ({' UNION ALL '.join(parts)}) WHERE product <> '' GROUP BY product ORDER BY product"
    )


def distinct_sql(column: str, events: str) -> str:
    """The distinct words of a column, sorted."""
    return (
        f"SELECT DISTINCT {quoted(column)} AS word FROM {quoted(events)} "
        f"WHERE {quoted(column)} IS NOT NULL ORDER BY word"
    )


def coded_sql(
    events: str,
    has: Collection[str],
    *,
    ties: bool,
    unknown: Sequence[int],
    sources: Sequence[str],
    staff: str | None,
) -> str:
    """Every event as numbers: place, COLUMNS and whether a colleague's identifier is on it.

    By place, so that a slice of places is a slice of the table.

    Args:
        events: the table of events.
        has: its columns that are read.
        ties: there is a table `event_customers`.
        unknown: the role of an event whose type is not in `TYPES`: with a product, with a category
            alone, with neither.
        sources: their names; an event's is told by its number in here.
        staff: a condition over events `e`, or None.
    """
    joins = []
    whose = "e.anonymous_id" if "anonymous_id" in has else "CAST(NULL AS VARCHAR)"
    tied = "false"
    if ties:
        joins.append('LEFT JOIN event_customers t ON t.source = e.source AND t."row" = e."row"')
        whose, tied = f"coalesce(t.customer_id, {whose})", "(t.customer_id IS NOT NULL)"
    joins.append(f"LEFT JOIN {PLACES} p ON p.subject = {whose} AND p.tied = {tied}")
    product, category, meaning = "-1", "-1", [str(role) for role in unknown]
    if "product" in has:
        joins.append(f"LEFT JOIN {PRODUCTS} i ON i.word = e.product")
        product = "coalesce(i.code, -1)"
    if "category" in has:
        joins.append(f"LEFT JOIN {WORDS} k ON k.word = e.category")
        category = "coalesce(k.node, -1)"
    if "product" in has:
        own = category
        category = (
            f"CASE WHEN i.listed THEN i.node ELSE coalesce(nullif({own}, -1), i.node, -1) END"
        )
    if "type" in has:
        joins.append(f"LEFT JOIN {TYPES} y ON y.word = e.type")
        words = ("product", "category", "bare")
        meaning = [f"coalesce(y.{w}, {m})" for w, m in zip(words, meaning, strict=True)]
    role = (
        f"CASE WHEN {product} >= 0 THEN {meaning[0]} WHEN {category} >= 0 THEN {meaning[1]} "
        f"ELSE {meaning[2]} END"
    )
    if "value" in has:
        role = f"CASE WHEN {role} = {PURCHASE} AND e.value < 0 THEN {OTHER} ELSE {role} END"
    paid = "CAST(NULL AS FLOAT)"
    if "value" in has:
        paid = (
            f"CASE WHEN {role} = {PURCHASE} AND e.value >= 0 AND e.value < {MOST_PAID} "
            "THEN CAST(e.value AS FLOAT) END"
        )
    kept = {
        "place": f"coalesce(p.place, {NO_SUBJECT})",
        "time": f"coalesce({_MICROS}, {NO_TIME})",
        "role": f"CAST({role} AS TINYINT)",
        "product": product,
        "category": f"CAST({category} AS INTEGER)",
        "mark": _hash(_marks(has, role, product)),
        "session": _session(has),
        "source": f"CAST({_number('e.source', sources)} AS SMALLINT)",
        "value": paid,
        "colleague": f"coalesce({staff}, false)" if staff else "false",
    }
    columns = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in kept.items())
    return f"SELECT {columns} FROM {quoted(events)} e {' '.join(joins)} ORDER BY place"


def _number(column: str, words: Sequence[str]) -> str:
    """The number of a word among a few; 0 where it is none of them."""
    if len(words) < 2:
        return "0"
    told = " ".join(f"WHEN {literal(word)} THEN {i}" for i, word in enumerate(words))
    return f"CASE {column} {told} ELSE 0 END"


def _marks(has: Collection[str], role: str, product: str) -> list[str]:
    """What two events must share, besides subject, time, product and role, to be one event.

    A purchase is only itself again when its number and its amount are the same; an event without
    a product only when everything else it says is.
    """
    marks = [f"e.{column}" for column in ("type", "page", "value") if column in has]
    if "event_id" in has:
        marks.append(f"CASE WHEN {role} = {PURCHASE} THEN e.event_id END")
    if "attributes" in has:
        marks.append(f"CASE WHEN {product} < 0 THEN e.attributes END")
    return marks or ["0"]


def _session(has: Collection[str]) -> str:
    if "session" not in has:
        return f"CAST({NO_SESSION} AS INTEGER)"
    # Numbers of sessions may start again in every source and every browser.
    names = [f"e.{c}" for c in ("source", "session", "anonymous_id") if c in has]
    return f"CASE WHEN coalesce(e.session, '') = '' THEN {NO_SESSION} ELSE {_hash(names)} END"


def _hash(words: Sequence[str]) -> str:
    """Words as one number of 31 bits: it is only ever compared with those of the same subject."""
    return f"CAST(abs(hash({', '.join(words)}) // 2) % 2147483647 AS INTEGER)"


def counts_sql(oldest: int) -> str:
    """How many coded events of each place below zero there are, and of no or an absurd time."""
    return (
        f"SELECT CASE WHEN time = {NO_TIME} THEN 'no_time' WHEN time < {oldest} THEN 'absurd_time' "
        f"WHEN place = {NO_SUBJECT} THEN 'no_subject' WHEN place = {SHARED} THEN 'shared_device' "
        f"ELSE 'refused' END AS reason, count(*) AS n FROM {CODED} "
        f"WHERE place < 0 OR time < {oldest} GROUP BY 1 ORDER BY reason"
    )


def days_sql(oldest: int) -> str:
    """Of every day with events: how many subjects have some, roughly, and the time of its last."""
    return (
        f"SELECT CAST(floor(time / {_DAY}.0) AS BIGINT) AS day, count(*) AS events, "
        f"approx_count_distinct(place) AS subjects, max(time) AS last FROM {CODED} "
        f"WHERE place >= 0 AND time >= {oldest} GROUP BY 1 ORDER BY day"
    )


def lengths_sql(oldest: int, now: int) -> str:
    """How many events each place has between two moments, and how many later."""
    return (
        f"SELECT place, count(*) FILTER (WHERE time < {now}) AS n, "
        f"count(*) FILTER (WHERE time >= {now}) AS later FROM {CODED} "
        f"WHERE place >= 0 AND time >= {oldest} GROUP BY place"
    )


def between_sql(first: int, last: int, oldest: int, now: int) -> str:
    """The events of the places first … last - 1 between two moments, in order."""
    columns = ", ".join(("place", *COLUMNS))
    return (
        f"SELECT {columns} FROM {CODED} WHERE place >= {first} AND place < {last} "
        f"AND time >= {oldest} AND time < {now} ORDER BY {columns}"
    )
