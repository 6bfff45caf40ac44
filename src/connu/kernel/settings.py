"""Settings: one file, connu.toml, read strictly.

A word nobody knows is an error that names it, says where it stands and what was probably meant;
a setting is never ignored. The structures below are the settings' only definition: the reference
in the docs is made from them.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from connu.kernel.errors import SettingsError, did_you_mean
from connu.kernel.fields import FIELDS, KINDS, REQUIRED, is_field, is_identifier

FILE_NAME = "connu.toml"

Kind = Literal["people", "events", "verbatims", "products"]
Format = Literal["csv", "parquet", "jsonl"]
Sector = Literal["retail", "health", "finance", "media", "travel"]
EngineKind = Literal["duckdb", "spark"]
Survivorship = Literal["recent", "trusted", "frequent"]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every table of the settings: frozen, and closed to unknown words."""


class Brand(_Strict, frozen=True):
    """[brand] – whose customers these are.

    Attributes:
        name: the brand's name, as shown.
        country: ISO 3166-1 alpha-2; how to read phones, postcodes, dates.
        sector: decides what is sensitive (a health brand's categories are).
    """

    name: str
    country: str = "FR"
    sector: Sector = "retail"


class Source(_Strict, frozen=True):
    """[sources.NAME] – one input.

    Attributes:
        kind: people, events, verbatims or products.
        path: file or glob, relative to the brand's folder.
        url: database URL (SQLAlchemy); with `table` or `query`.
        table: the table to read.
        query: the query to read.
        format: csv, parquet or jsonl; by the file's suffix when absent.
        delimiter: of a CSV; sniffed when absent.
        encoding: of a CSV: utf-8 or latin-1; sniffed when absent.
        header: whether a CSV's first row names the columns; sniffed when absent.
        unique: a person appears at most once in this source.
        trust: survivorship `trusted` prefers the source with the larger number.
        country: ISO country of this source's people; the brand's when absent.
        day_first: how 03/04/2001 is read; by the country when absent.
        fields: connu's word = the source's column, or several columns.
    """

    kind: Kind
    path: str | None = None
    url: str | None = None
    table: str | None = None
    query: str | None = None
    format: Format | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    unique: bool = False
    trust: int = 0
    country: str | None = None
    day_first: bool | None = None
    fields: dict[str, str | list[str]] = msgspec.field(default_factory=dict)


class Attribute(_Strict, frozen=True):
    """[attributes.NAME] – what to do with one attribute.

    Attributes:
        extrapolate: whether twins may tell it.
        precision: speak only when at least this right (0–1).
        survivorship: which value wins: recent, trusted or frequent.
        sensitive: the brand declares that customers consented to its use (a purpose name).
    """

    extrapolate: bool = False
    precision: float = 0.9
    survivorship: Survivorship | None = None
    sensitive: str | None = None


class Identify(_Strict, frozen=True):
    """[identify] – how records become customers. The defaults need no change.

    Attributes:
        merge_probability: two groups become one customer at or above it (0–1).
        undecided_probability: below `merge_probability` and at or above this, a pair is
            reported as undecided.
        limits: how many values of an identifier type one customer may hold before that
            type's shared values stop linking at once; others 5, account 1.
        survivorship: the rule for attributes without their own.
        shared_device_accounts: a cookie seen with more accounts than this is a shared device.
    """

    merge_probability: float = 0.5
    undecided_probability: float = 0.1
    limits: dict[str, int] = msgspec.field(default_factory=dict)
    survivorship: Survivorship = "recent"
    shared_device_accounts: int = 1

    def limit(self, identifier: str) -> int:
        """The limit of an identifier type: as set, or account 1, others 5."""
        return self.limits.get(identifier, 1 if identifier == "account" else 5)


class EngineChoice(_Strict, frozen=True):
    """[engine] – where tables live.

    Attributes:
        kind: duckdb (embedded) or spark (extra `spark`, Java 17).
        threads: worker threads.
        memory_gb: what the engine may hold before it spills to disk.
    """

    kind: EngineKind = "duckdb"
    threads: int = 2
    memory_gb: float = 1.0


class Journal(_Strict, frozen=True):
    """[journal] – where people's own input is kept.

    Attributes:
        url: SQLAlchemy URL; `.connu/journal.db` (SQLite) when absent.
    """

    url: str | None = None


class Settings(_Strict, frozen=True):
    """connu.toml, whole.

    Attributes:
        brand: whose customers these are.
        sources: the inputs, by name.
        attributes: per attribute of the golden record or of the brand's own.
        identify: how records become customers.
        engine: where tables live.
        journal: where people's own input is kept.
    """

    brand: Brand
    sources: dict[str, Source] = msgspec.field(default_factory=dict)
    attributes: dict[str, Attribute] = msgspec.field(default_factory=dict)
    identify: Identify = msgspec.field(default_factory=Identify)
    engine: EngineChoice = msgspec.field(default_factory=EngineChoice)
    journal: Journal = msgspec.field(default_factory=Journal)

    def of_kind(self, kind: str) -> dict[str, Source]:
        """The sources of one kind, by name, sorted: their order in the file means nothing."""
        return {name: s for name, s in sorted(self.sources.items()) if s.kind == kind}


def read_settings(folder: Path) -> Settings:
    """Read and check `folder`/connu.toml.

    Raises:
        SettingsError: the file is absent, is not TOML, or says what cannot be; the error names
            the word and the nearest known one.
    """
    path = Path(folder) / FILE_NAME
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file)
    except FileNotFoundError:
        raise SettingsError(
            f"there is no {FILE_NAME} in «{folder}»",
            hint="connu init FILES… proposes one; connu demo DIR makes a sample brand",
        ) from None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", file=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", file=path) from None
    return settings_from(raw)


def settings_from(raw: dict[str, Any]) -> Settings:
    """Settings from parsed TOML, every word checked.

    Raises:
        SettingsError: as read_settings.
    """
    _check_words(raw)
    try:
        settings = msgspec.convert(_flat_fields(raw), Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{FILE_NAME}: {error}", hint="see docs/settings.md") from None
    _check_sense(settings)
    return settings


_TABLES: dict[str, type[_Strict]] = {
    "brand": Brand,
    "identify": Identify,
    "engine": EngineChoice,
    "journal": Journal,
}
_TABLES_OF_TABLES: dict[str, type[_Strict]] = {"sources": Source, "attributes": Attribute}


def _check_words(raw: dict[str, Any]) -> None:
    """Unknown words, before types: msgspec names the word but not the one that was meant."""
    _known(raw, Settings, "")
    for table, shape in _TABLES.items():
        if isinstance(raw.get(table), dict):
            _known(raw[table], shape, table)
    for table, shape in _TABLES_OF_TABLES.items():
        for name, inner in raw.get(table, {}).items() if isinstance(raw.get(table), dict) else ():
            if isinstance(inner, dict):
                _known(inner, shape, f"{table}.{name}")


def _flat_fields(raw: dict[str, Any]) -> dict[str, Any]:
    """Field words of the open families as one word: TOML reads social.twitter as a table."""
    sources = raw.get("sources")
    if not isinstance(sources, dict):
        return raw
    flat = {}
    for name, source in sources.items():
        if isinstance(source, dict) and isinstance(source.get("fields"), dict):
            fields: dict[str, Any] = {}
            for word, column in source["fields"].items():
                inner = column if isinstance(column, dict) else None
                for tail, value in (inner or {"": column}).items():
                    fields[f"{word}.{tail}" if inner is not None else word] = value
            source = {**source, "fields": fields}
        flat[name] = source
    return {**raw, "sources": flat}


def _known(table: dict[str, Any], shape: type[_Strict], where: str) -> None:
    known = shape.__struct_fields__
    for word in table:
        if word not in known:
            raise SettingsError(
                f"{FILE_NAME}: [{where or 'top level'}] has no setting «{word}»",
                hint=did_you_mean(word, known),
                setting=f"{where}.{word}".strip("."),
            )


def _check_sense(settings: Settings) -> None:
    for name, source in settings.sources.items():
        where = f"sources.{name}"
        if (source.path is None) == (source.url is None):
            raise SettingsError(
                f"{FILE_NAME}: [{where}] needs either path or url",
                setting=where,
                hint='path = "data/file.csv", or url = "postgresql://…" with table = or query =',
            )
        if source.url is not None and (source.table is None) == (source.query is None):
            raise SettingsError(
                f"{FILE_NAME}: [{where}] reads a database: it needs either table or query",
                setting=where,
            )
        for word in source.fields:
            if not is_field(source.kind, word):
                raise SettingsError(
                    f"{FILE_NAME}: [{where}.fields] a {source.kind} source has no field «{word}»",
                    hint=did_you_mean(word, FIELDS[source.kind]),
                    setting=f"{where}.fields.{word}",
                )
        for word in REQUIRED[source.kind]:
            if word not in source.fields:
                raise SettingsError(
                    f"{FILE_NAME}: [{where}.fields] names no column for «{word}»",
                    hint=f"a {source.kind} source needs {', '.join(REQUIRED[source.kind])}",
                    setting=f"{where}.fields",
                )
    identify = settings.identify
    if not 0 < identify.undecided_probability <= identify.merge_probability < 1:
        raise SettingsError(
            f"{FILE_NAME}: [identify] needs 0 < undecided_probability <= merge_probability < 1",
            setting="identify",
        )
    for word, limit in identify.limits.items():
        if not is_identifier(word):
            raise SettingsError(
                f"{FILE_NAME}: [identify.limits] «{word}» is no identifier",
                hint=did_you_mean(word, FIELDS["people"]),
                setting=f"identify.limits.{word}",
            )
        if limit < 1:
            raise SettingsError(
                f"{FILE_NAME}: [identify.limits] {word} must be at least 1", setting=word
            )
    assert set(KINDS) == set(FIELDS)
