"""Settings: one file, connu.toml, read strictly.

A word nobody knows is an error that names it, says where it stands and what was probably meant;
a setting is never ignored. What can be said stands in `sections`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from connu.kernel.attributes import AREAS, BUILT_IN, OCCUPATION_CLASSES, SEXES, band_names
from connu.kernel.errors import SettingsError, did_you_mean
from connu.kernel.fields import FIELDS, INSTEAD, REQUIRED, is_field, is_identifier
from connu.kernel.sections import (
    NAMED_SECTIONS,
    SECTIONS,
    Attribute,
    Brand,
    EngineChoice,
    Format,
    Identify,
    Intents,
    Journal,
    Kind,
    Profile,
    Section,
    Sector,
    Settings,
    Source,
    Survivorship,
    Twins,
    Understand,
)

__all__ = [
    "FILE_NAME",
    "Attribute",
    "Brand",
    "EngineChoice",
    "Format",
    "Identify",
    "Intents",
    "Journal",
    "Kind",
    "Profile",
    "Sector",
    "Settings",
    "Source",
    "Survivorship",
    "Twins",
    "Understand",
    "read_settings",
    "settings_from",
]

FILE_NAME = "connu.toml"
_NAME = re.compile(r"[\w][\w.-]*")


def read_settings(folder: Path) -> Settings:
    """Read and check `folder`/connu.toml.

    Raises:
        SettingsError: the file is absent, is not TOML, or says what cannot be; the error names
            the word and the nearest known one.
    """
    path = Path(folder) / FILE_NAME
    try:
        # Editors of some systems put a byte order mark first, which TOML does not know.
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            f"there is no {FILE_NAME} in «{folder}»",
            hint="connu init FILES… proposes one; connu demo DIR makes a sample brand",
        ) from None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", file=path) from None
    except UnicodeDecodeError:
        raise SettingsError(
            f"{path} is not UTF-8 text", hint="save it again as UTF-8", file=path
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", file=path) from None
    except RecursionError:
        raise SettingsError(f"{path} is nested too deeply", file=path) from None
    return settings_from(raw)


def settings_from(raw: dict[str, Any]) -> Settings:
    """Settings from parsed TOML, every word checked.

    Raises:
        SettingsError: as read_settings.
    """
    _known(raw, Settings, "")
    sections: dict[str, Any] = {}
    for name, shape in SECTIONS.items():
        if name in raw:
            sections[name] = _section(raw[name], shape, name)
    for name, shape in NAMED_SECTIONS.items():
        sections[name] = {}
        for word, inner in _table(raw.get(name, {}), name).items():
            if not _NAME.fullmatch(word):
                raise SettingsError(
                    f"{FILE_NAME}: [{name}] «{word}» cannot be a name",
                    hint="use letters, digits, _, - and .",
                    setting=name,
                )
            sections[name][word] = _section(inner, shape, f"{name}.{word}")
    if "brand" not in sections:
        raise SettingsError(
            f"{FILE_NAME}: there is no [brand]", hint='[brand] with name = "…"', setting="brand"
        )
    settings = Settings(**sections)
    _check_sense(settings)
    return settings


# ---------------------------------------------------------------------- words and types
def _section(raw: Any, shape: type[Section], where: str) -> Section:
    """One section, its words known and its values of their types."""
    table = dict(_table(raw, where))
    if shape is Profile:
        table = _with_parts(table, where)
    _known(table, shape, where)
    for word in ("fields", "limits"):
        if word in table and word in shape.__struct_fields__:
            table[word] = _flat(_table(table[word], f"{where}.{word}"), f"{where}.{word}")
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        raise _told(error, table, shape, where) from None


def _table(raw: Any, where: str) -> dict[str, Any]:
    if isinstance(raw, dict):
        return raw
    raise SettingsError(
        f"{FILE_NAME}: «{where}» is a section, not a value",
        hint=f"write [{where}] on a line of its own, and its settings below",
        setting=where,
    )


def _known(table: dict[str, Any], shape: type[Section], where: str) -> None:
    known = shape.__struct_fields__
    for word in table:
        if word not in known:
            raise SettingsError(
                f"{FILE_NAME}: [{where or 'top level'}] has no setting «{word}»",
                hint=did_you_mean(word, known),
                setting=f"{where}.{word}".strip("."),
            )


def _flat(table: dict[str, Any], where: str) -> dict[str, Any]:
    """Words of the open families as one word: TOML reads social.twitter as a table."""
    flat: dict[str, Any] = {}
    for word, value in table.items():
        inner = value if isinstance(value, dict) else {"": value}
        for tail, one in inner.items():
            flat[f"{word}.{tail}".rstrip(".")] = one
    for word, value in flat.items():
        if where.endswith(".fields") and not _is_columns(value):
            raise SettingsError(
                f"{FILE_NAME}: [{where}] «{word}» needs the name of a column, or a list of names",
                setting=f"{where}.{word}",
            )
        if where.endswith(".limits") and (type(value) is not int or value < 1):
            raise SettingsError(
                f"{FILE_NAME}: [{where}] «{word}» must be a whole number, at least 1",
                setting=f"{where}.{word}",
            )
    return flat


def _is_columns(value: Any) -> bool:
    columns = value if isinstance(value, list) else [value]
    return bool(columns) and all(isinstance(column, str) and column for column in columns)


def _with_parts(table: dict[str, Any], where: str) -> dict[str, Any]:
    """A profile whose open words, which name attributes, are gathered."""
    own = [word for word in Profile.__struct_fields__ if word != "parts"]
    parts: dict[str, list[str]] = {}
    for word, value in table.items():
        if word in own:
            continue
        if not _is_columns(value):
            raise SettingsError(
                f"{FILE_NAME}: [{where}] «{word}» needs a value in quotes, or a list of values",
                setting=f"{where}.{word}",
            )
        parts[word] = value if isinstance(value, list) else [value]
    return {word: table[word] for word in own if word in table} | {"parts": parts}


def _told(
    error: msgspec.ValidationError, table: dict[str, Any], shape: type[Section], where: str
) -> SettingsError:
    """msgspec's error with the section and the setting it is about."""
    text, _, at = str(error).partition(" - at `$.")
    word = re.split(r"[.\[`]", at)[0]
    setting = f"{where}.{word}" if word else where
    if not word:
        return SettingsError(
            f"{FILE_NAME}: [{where}] {text}", hint="see docs/settings.md", setting=setting
        )
    choices = _choices(shape, word)
    if choices and isinstance(table[word], str):
        return SettingsError(
            f"{FILE_NAME}: [{where}] {word} cannot be «{table[word]}»",
            hint=did_you_mean(table[word], choices),
            setting=setting,
        )
    hint = "see docs/settings.md"
    if word == "country":
        hint = "an ISO 3166 code of two capital letters: FR, GB, US, DE …"
    return SettingsError(f"{FILE_NAME}: [{where}] {word}: {text}", hint=hint, setting=setting)


def _choices(shape: type[Section], word: str) -> list[str]:
    """The texts a setting may hold, where they are few and known."""
    kind = get_type_hints(shape)[word]
    return [
        choice
        for part in (kind, *get_args(kind))
        for choice in get_args(part)
        if isinstance(choice, str)
    ]


# ---------------------------------------------------------------------- sense
def _check_sense(settings: Settings) -> None:
    for name, source in settings.sources.items():
        _check_source(source, f"sources.{name}")
    for name, attribute in settings.attributes.items():
        _check_prior(attribute, f"attributes.{name}")
    for where, country in _countries(settings):
        if country == "UK":
            raise SettingsError(
                f"{FILE_NAME}: [{where}] country cannot be «UK»",
                hint="did you mean «GB»?",
                setting=f"{where}.country",
            )
    identify = settings.identify
    if identify.undecided_probability > identify.merge_probability:
        raise SettingsError(
            f"{FILE_NAME}: [identify] undecided_probability is above merge_probability",
            hint="between the two a pair is in doubt; at or above the second it is merged",
            setting="identify",
        )
    for word in identify.limits:
        if not is_identifier(word):
            raise SettingsError(
                f"{FILE_NAME}: [identify.limits] «{word}» is no identifier",
                hint=did_you_mean(word, [w for w in FIELDS["events"] if is_identifier(w)]),
                setting=f"identify.limits.{word}",
            )
    _check_twins(settings)
    _check_intents(settings.intents)


def _check_twins(settings: Settings) -> None:
    limits, area = settings.twins.age_bands, settings.twins.area
    if not limits or list(limits) != sorted(set(limits)):
        raise SettingsError(
            f"{FILE_NAME}: [twins] age_bands needs ages in ascending order",
            hint="age_bands = [18, 25, 35, 45, 55, 65]",
            setting="twins.age_bands",
        )
    if area is not None and area not in settings.attributes:
        raise SettingsError(
            f"{FILE_NAME}: [twins] area: no attribute «{area}» is kept",
            hint=f"add the section [attributes.{area}]",
            setting="twins.area",
        )
    for name, profile in settings.profiles.items():
        _check_profile(profile, f"profiles.{name}", settings)


def _check_intents(intents: Intents) -> None:
    """Horizons ascend, and a word means one thing."""
    for word in ("horizons_days", "staying_days"):
        days = getattr(intents, word)
        if not days or list(days) != sorted(set(days)):
            raise SettingsError(
                f"{FILE_NAME}: [intents] {word} needs whole days in ascending order",
                hint=f"{word} = {list(getattr(Intents(), word))}",
                setting=f"intents.{word}",
            )
    told: dict[str, str] = {}
    for role, words in intents.roles.items():
        for word in words:
            other = told.setdefault(word.casefold().strip(), role)
            if other != role:
                raise SettingsError(
                    f"{FILE_NAME}: [intents] «{word}» is both {other} and {role}",
                    hint="an event has one meaning: leave the word in one list",
                    setting=f"intents.{role}",
                )
    for value in intents.staff:
        if not value.strip(" @"):
            raise SettingsError(
                f"{FILE_NAME}: [intents] staff: «{value}» names nobody",
                hint='an identifier, or a domain: staff = ["anna@shop.example", "@shop.example"]',
                setting="intents.staff",
            )


def _check_profile(profile: Profile, where: str, settings: Settings) -> None:
    """Parts name attributes that twins tell; values of built-in ones are among those there are."""
    if not profile.parts:
        raise SettingsError(
            f"{FILE_NAME}: [{where}] names no attribute",
            hint='as in: sex = "female"',
            setting=where,
        )
    said = {name: setting.extrapolate for name, setting in settings.attributes.items()}
    told = [w for w in BUILT_IN if said.get(w) is not False] + [w for w in said if said[w]]
    values: dict[str, tuple[str, ...]] = {
        "sex": SEXES,
        "age_band": band_names(settings.twins.age_bands),
        "occupation_class": OCCUPATION_CLASSES,
        "area": AREAS,
    }
    for word, wanted in profile.parts.items():
        if word not in told:
            hint = did_you_mean(word, told)
            if word in said:
                hint = f"set [attributes.{word}] extrapolate = true"
            raise SettingsError(
                f"{FILE_NAME}: [{where}] twins tell no attribute «{word}»",
                hint=hint,
                setting=f"{where}.{word}",
            )
        for value in wanted:
            if word in values and value not in values[word]:
                raise SettingsError(
                    f"{FILE_NAME}: [{where}] {word} is never «{value}»",
                    hint=did_you_mean(value, values[word]),
                    setting=f"{where}.{word}",
                )


def _check_prior(attribute: Attribute, where: str) -> None:
    if attribute.extrapolate is False and (attribute.prior or attribute.audited):
        raise SettingsError(
            f"{FILE_NAME}: [{where}] twins may not tell it: prior and audited are idle",
            hint="extrapolate = true, or leave prior and audited out",
            setting=f"{where}.extrapolate",
        )
    shares = attribute.prior.values()
    # Shares rounded to whole per cents may come to a little more than one.
    if sum(shares) > 1.02 or (shares and sum(shares) == 0):
        raise SettingsError(
            f"{FILE_NAME}: [{where}] the shares of prior add up to {sum(shares):.2f}",
            hint="a share of all visitors per value, at most 1 together: female = 0.55",
            setting=f"{where}.prior",
        )


def _countries(settings: Settings) -> list[tuple[str, str | None]]:
    of_sources = [(f"sources.{name}", source.country) for name, source in settings.sources.items()]
    return [("brand", settings.brand.country), *of_sources]


def _check_source(source: Source, where: str) -> None:
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
    if source.url is None and (source.table is not None or source.query is not None):
        raise SettingsError(
            f"{FILE_NAME}: [{where}] table and query go with url, not with path", setting=where
        )
    for word in source.fields:
        if not is_field(source.kind, word):
            raise SettingsError(
                f"{FILE_NAME}: [{where}.fields] a {source.kind} source has no field «{word}»",
                hint=did_you_mean(word, FIELDS[source.kind]),
                setting=f"{where}.fields.{word}",
            )
    for word in REQUIRED[source.kind]:
        if word not in source.fields and INSTEAD.get(word) not in source.fields:
            raise SettingsError(
                f"{FILE_NAME}: [{where}.fields] names no column for «{word}»",
                hint=f"a {source.kind} source needs {', '.join(REQUIRED[source.kind])}",
                setting=f"{where}.fields",
            )
