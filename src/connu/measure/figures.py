"""Figures: one query each, and what is common to them. Nothing here runs one.

Queries name their tables in braces: filled with plain names they are what a reader may run
himself; filled with a Reader's queries they count only who may be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from connu.engine.sql import literal
from connu.measure.words import Words

_PURCHASE = "<purchase>"
#: What stands in quotes: the brand's own words, or a column's name, never a table to be read.
_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*\""""


class Figure(NamedTuple):
    """A figure: one row of the columns value and, for an estimate, low, high and people.

    `of`: whom it speaks of: a share or mean of `customers` or `visitors`, or a number of `people`.
    Where these are fewer than K_LEAST it is not shown (`few`).

    `over`: the breakdown it is the mean of: where a part of that is hidden, so is it, for with the
    sum of all parts it would give two hidden ones away.

    A query may ask for purchases of one currency by <purchase>, a condition on events (`bound`).
    """

    name: str
    section: str
    label: Words
    unit: str
    sql: str
    of: str = ""
    over: str = ""


class Spread(NamedTuple):
    """A figure by parts: rows of (part, how many). `people`: the parts are groups of people.

    `words`: what the parts are called, where they are connu's words and not the brand's; a word
    that begins with * is that of every part which ends so, what stands before it kept.
    """

    name: str
    section: str
    label: Words
    sql: str
    people: bool = True
    words: Mapping[str, Words] = MappingProxyType({})


def whole(table: str) -> str:
    """The query of a table, nobody left out."""
    return f"SELECT * FROM {table}"


def purchase_condition(types: Sequence[str], currency: str | None) -> str:
    """The condition on events that are purchases in one currency; none is where no type is.

    >>> purchase_condition(["purchase", "sold"], None)
    "type IN ('purchase', 'sold')"
    """
    if not types:
        return "false"
    words = ", ".join(literal(word) for word in types)
    spent = "" if currency is None else f" AND coalesce(currency, {literal(currency)}) = "
    return f"type IN ({words}){spent}{literal(currency) if currency is not None else ''}"


def bound(sql: str, purchase: str) -> str:
    """A query with its condition on purchases put in; what a brand writes is no table's name."""
    return sql.replace(_PURCHASE, purchase.replace("{", "{{").replace("}", "}}"))


def tables_of(sql: str) -> list[str]:
    """The tables a query names.

    >>> tables_of("SELECT 1 FROM {facts} f JOIN {customers} c ON f.subject = c.customer_id")
    ['customers', 'facts']
    """
    return sorted(set(re.findall(r"(?<!{){(\w+)}(?!})", sql)))


def plain(sql: str) -> str:
    """A query as one reads and runs it, on one line; what stands in quotes stays.

    >>> plain("SELECT 'a  b'\\n    FROM {facts}")
    "SELECT 'a  b' FROM facts"
    """
    return on_one_line(sql.format_map({table: table for table in tables_of(sql)}))


def on_one_line(sql: str) -> str:
    """A query on one line; what stands in quotes stays."""
    return re.sub(rf"({_QUOTED})|\s+", lambda found: found.group(1) or " ", sql).strip()


def filled(sql: str, read: Callable[[str], str]) -> str:
    """A query over what may be read."""
    return sql.format_map({table: f"({read(table)})" for table in tables_of(sql)})


def as_read(how: str, tables: Collection[str], read: Callable[[str], str]) -> str:
    """A plain query over what may be read: each table it names becomes its query.

    >>> as_read("SELECT count(*) FROM facts", ["facts"], whole)
    'SELECT count(*) FROM (SELECT * FROM facts)'
    >>> as_read("WITH people AS (SELECT 1) SELECT * FROM people", ["people"], whole)
    'WITH people AS (SELECT 1) SELECT * FROM people'
    >>> as_read("SELECT ', facts AS (' AS a, 'FROM facts' AS b FROM facts", ["facts"], whole)
    "SELECT ', facts AS (' AS a, 'FROM facts' AS b FROM (SELECT * FROM facts)"
    """
    # A name that the query itself gives is no table of the build, even where one is called so.
    own = set(re.findall(r"(?:\bWITH|,) (\w+) AS \(", re.sub(_QUOTED, "''", how)))
    known = set(tables) - own

    def put(found: re.Match[str]) -> str:
        word, table = found.groups()
        return f"{word} ({read(table)})" if table in known else found.group()

    return re.sub(rf"{_QUOTED}|\b(FROM|JOIN) (\w+)\b", put, how)
