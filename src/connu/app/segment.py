"""A segment: which customers are meant, as an analyst types it: `sex=female and place~Lyon`.

An attribute is one of the golden record; where that is silent, or has no such column, the facts
speak: what is derived, told by twins or coded from words is an attribute like others. Sensitive
attributes are read for their own purpose only, here as everywhere.
"""

from __future__ import annotations

import re

import msgspec

from connu.app.reading import Reading
from connu.engine.sql import literal, quoted
from connu.govern.sensitive import declared_sensitive
from connu.kernel.errors import PurposeError, UsageError, did_you_mean
from connu.kernel.settings import Settings

#: Customers below which nothing is said of a segment, nor of a cell within it.
LEAST_CUSTOMERS = 10

_AND = re.compile(r"\s+and\s+(?=[^\s=~]+\s*[=~])", re.IGNORECASE)
_OPEN = re.compile(r"\sand\s*$", re.IGNORECASE)
_CONDITION = re.compile(r"([^\s=~]+)\s*([=~])\s*(.+)", re.DOTALL)
_HINT = 'write it as "sex=female and age_band=25-34,35-49 and city~Lyon"'


class Condition(msgspec.Struct, frozen=True):
    """One attribute and what it must be.

    Attributes:
        attribute: of the golden record or of facts.
        contains: whether a part of the value is enough.
        values: one of them; case means nothing.
    """

    attribute: str
    contains: bool
    values: tuple[str, ...]

    def test(self, column: str) -> str:
        """The condition over a column, as SQL."""
        value = f"lower(CAST({column} AS VARCHAR))"
        words = [literal(word.lower()) for word in self.values]
        if not self.contains:
            return f"{value} IN ({', '.join(words)})"
        return "(" + " OR ".join(f"instr({value}, {word}) > 0" for word in words) + ")"


def conditions_of(text: str) -> list[Condition]:
    """What was typed, as conditions that must all hold.

    Raises:
        UsageError: it cannot be read.

    >>> [c.attribute for c in conditions_of("sex=female and place~Salt and Pepper")]
    ['sex', 'place']
    """
    found = []
    for part in _AND.split(text.strip()):
        read = _CONDITION.fullmatch(part.strip())
        values = [] if read is None else [v.strip(" \"'") for v in read[3].split(",")]
        if read is None or not all(values) or _OPEN.search(part):
            raise UsageError("the segment cannot be read", hint=_HINT)
        found.append(Condition(read[1], read[2] == "~", tuple(values)))
    return found


def attributes_of(reading: Reading) -> list[str]:
    """The attributes that a segment may name, sorted."""
    golden = {c for c in _columns(reading, "customers") if c not in _NO_ATTRIBUTE}
    facts = set(reading.reader.attributes("facts")) if reading.build.has("facts") else set()
    return sorted(golden | facts)


def members_sql(reading: Reading, settings: Settings, text: str) -> str:
    """The query of the customers (customer_id) of a segment, as far as they may be read.

    Args:
        reading: the build, opened for a purpose.
        settings: for what was declared sensitive.
        text: as typed.

    Raises:
        UsageError: it cannot be read, or names an attribute nobody has; the nearest is named.
        PurposeError: an attribute may not be read for this purpose.
    """
    tests = []
    for condition in conditions_of(text):
        values = values_sql(reading, settings, condition.attribute, likeliest=False)
        tests.append(
            f"customer_id IN (SELECT customer_id FROM ({values}) AS a"
            f" WHERE {condition.test('a.value')})"
        )
    customers = reading.sql("customers")
    return f"SELECT customer_id FROM ({customers}) AS c WHERE {' AND '.join(tests)}"


def values_sql(
    reading: Reading, settings: Settings, attribute: str, *, likeliest: bool = True
) -> str:
    """The query of an attribute's values: customer_id, value (text, never null).

    Args:
        reading: the build, opened for a purpose.
        settings: for what was declared sensitive.
        attribute: which.
        likeliest: of several facts only the likeliest; otherwise a row each.

    Raises:
        UsageError: nobody has such an attribute; the nearest is named.
        PurposeError: it may not be read for this purpose.
    """
    purpose = declared_sensitive(settings).get(attribute)
    if purpose is not None and purpose != reading.reader.purpose:
        raise PurposeError(
            f"«{attribute}» is sensitive and may not be read for «{reading.reader.purpose}»",
            hint=f"read it with --purpose {purpose}",
            attribute=attribute,
        )
    known = attributes_of(reading)
    if attribute not in known:
        hint = did_you_mean(attribute, known) if known else "the build has no customers"
        raise UsageError(f"no customer has an attribute «{attribute}»", hint=hint)
    golden = attribute in _columns(reading, "customers")
    customers = reading.sql("customers")
    parts = []
    if golden:
        parts.append(
            f"SELECT customer_id, CAST({quoted(attribute)} AS VARCHAR) AS value"
            f" FROM ({customers}) AS g WHERE {quoted(attribute)} IS NOT NULL"
        )
    if reading.build.has("facts"):
        silent = ""
        if golden:
            silent = (
                f" AND subject NOT IN (SELECT customer_id FROM ({customers}) AS g"
                f" WHERE {quoted(attribute)} IS NOT NULL)"
            )
        said = (
            f"FROM ({reading.sql('facts')}) AS f WHERE subject_kind = 'customer'"
            f" AND attribute = {literal(attribute)}{silent}"
        )
        if likeliest:
            parts.append(
                "SELECT subject AS customer_id, value FROM (SELECT subject, value, row_number()"
                f" OVER (PARTITION BY subject ORDER BY probability DESC, value) AS place {said})"
                " AS r WHERE place = 1"
            )
        else:
            parts.append(f"SELECT subject AS customer_id, value {said}")
    return " UNION ALL ".join(parts)


#: Columns of the golden record that say nothing of a person.
_NO_ATTRIBUTE = ("customer_id",)


def _columns(reading: Reading, table: str) -> list[str]:
    """The columns that may be read."""
    if not reading.build.has(table):
        return []
    rows = f"SELECT * FROM ({reading.sql(table)}) AS t LIMIT 0"
    return reading.engine.collect(rows).column_names
