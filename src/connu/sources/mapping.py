"""Which column of a source is which of connu's words; every other column is an attribute.

A column that the settings name and the source does not have is an error that names the nearest
one. A column whose name is sensitive (health, belief …) is refused, unless the brand declared
`[attributes.NAME] sensitive = "PURPOSE"`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connu.engine.sql import literal, quoted
from connu.govern.sensitive import refusal, refused
from connu.kernel.errors import ConnuError, SourceError, did_you_mean
from connu.kernel.settings import Settings, Source
from connu.sources.reading import ROW, Opened
from connu.sources.text import SEPARATOR

_NO_ID = (
    *("null", "(null)", "nan", "none", "nil", "n/a", "#n/a", "undefined"),
    *("(not set)", "(not provided)"),
)


@dataclass(frozen=True)
class Mapping:
    """A source's columns under connu's words.

    Attributes:
        opened: the source's table of text.
        source: its settings.
        fields: connu's word: the columns that hold it, in the order of the settings.
        attributes: the columns that no word names.
    """

    opened: Opened
    source: Source
    fields: dict[str, tuple[str, ...]]
    attributes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The source's name."""
        return self.opened.name

    @property
    def table(self) -> str:
        """The source's table, quoted for SQL."""
        return quoted(self.opened.table)

    def country(self, settings: Settings) -> str:
        """How this source writes phones, postcodes and dates, unless a row says otherwise."""
        return (self.source.country or settings.brand.country).upper()

    def day_first(self, settings: Settings) -> bool:
        """How 03/04/2024 is read in a time of this source."""
        if self.source.day_first is not None:
            return self.source.day_first
        return self.country(settings) != "US"

    @property
    def record_id(self) -> str:
        """SQL: the row's id; words such as `null` that programs write for none are NULL."""
        return self.name_of("id")

    def name_of(self, field: str) -> str:
        """SQL: as `value`, of a field that names something: a program's word for none is NULL.

        Several columns of a category are the levels of a path.
        """
        value = self.path(field) if field == "category" else self.value(field)
        nothing = ", ".join(literal(word) for word in _NO_ID)
        return f"CASE WHEN lower({value}) NOT IN ({nothing}) THEN {value} END"

    def value(self, field: str) -> str:
        """SQL: the field's raw text, several columns joined by a space; NULL when not mapped."""
        return self._joined(field, "' '")

    def values(self, field: str) -> str:
        """SQL: as `value`, but several columns stay apart: SEPARATOR stands between them."""
        return self._joined(field, f"chr({ord(SEPARATOR)})")

    def path(self, field: str) -> str:
        """SQL: as `value`, several columns as the levels of a path."""
        return self._joined(field, "'/'")

    def _joined(self, field: str, between: str) -> str:
        columns = self.fields.get(field, ())
        if not columns:
            return "CAST(NULL AS VARCHAR)"
        parts = [cell(column) for column in columns]
        return (
            parts[0] if len(parts) == 1 else f"nullif(concat_ws({between}, {', '.join(parts)}), '')"
        )

    def attributes_json(self, extra: Iterable[str] = ()) -> str:
        """SQL: the unmapped columns (and `extra` ones) as one JSON object; NULL if all are."""
        columns = [*self.attributes, *extra]
        if not columns:
            return "CAST(NULL AS VARCHAR)"
        filled = ", ".join(cell(column) for column in columns)
        return f"CASE WHEN coalesce({filled}) IS NOT NULL THEN {json_of(columns)} END"

    def content_json(self) -> str:
        """SQL: the whole raw row as one JSON object."""
        return json_of(self.opened.columns)

    def filled(self) -> str:
        """SQL: whether any cell of the row holds something; an empty row is no row."""
        return f"coalesce({', '.join(cell(c) for c in self.opened.columns)}) IS NOT NULL"

    @property
    def row(self) -> str:
        """SQL: the 1-based data row."""
        return quoted(ROW)


def map_source(opened: Opened, source: Source, settings: Settings) -> Mapping:
    """Check a source's mapping against its columns.

    Raises:
        SourceError: the mapping names a column that the source does not have.
        PurposeError: a column is sensitive and not declared.
    """
    for problem in mapping_problems(opened, source, settings):
        raise problem
    fields = {word: _named(named) for word, named in source.fields.items()}
    mapped = {column for columns in fields.values() for column in columns}
    return Mapping(opened, source, fields, tuple(c for c in opened.columns if c not in mapped))


def mapping_problems(opened: Opened, source: Source, settings: Settings) -> list[ConnuError]:
    """Every column that is named and not there, and every sensitive one that is not declared."""
    problems: list[ConnuError] = [
        SourceError(
            f"source «{opened.name}» has no column «{column}», mapped to {word}",
            hint=did_you_mean(column, opened.columns),
            source=opened.name,
            column=column,
        )
        for word, named in source.fields.items()
        for column in _named(named)
        if column not in opened.columns
    ]
    for column in opened.columns:
        category = refused(column, settings)
        if category is not None:
            problems.append(refusal(column, category, source=opened.name, column=column))
    return problems


def _named(columns: str | list[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def cell(column: str) -> str:
    """SQL: a column's text, trimmed; an empty one is NULL."""
    return f"nullif(trim({quoted(column)}), '')"


def json_of(columns: Iterable[str]) -> str:
    """SQL: columns as the text of one JSON object."""
    members = ", ".join(f"{literal(column)}: {quoted(column)}" for column in columns)
    return f"CAST(to_json({{{members}}}) AS VARCHAR)"
