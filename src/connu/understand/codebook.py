"""The codebook: the themes expectations are sorted by, each with definition, examples and seeds.

connu brings one (codebook.toml beside this file); a brand's own `codebook.toml` adds themes,
changes some, drops some, or says `default = false` and stands alone. A theme's texts are one for
all languages, or one a language.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from connu.kernel.errors import SettingsError, did_you_mean
from connu.ledger.expectations import DIMENSIONS

FILE_NAME = "codebook.toml"
#: Languages a text may be told to be in; «» stands for any.
LANGUAGES = ("fr", "en")
#: What may be a theme's name.
NAME = re.compile(r"[\w][\w. /&-]*")
_WORDS = ("dimension", "label", "definition", "examples", "seeds", "general", "drop")
_TOP = ("default", "version", "themes", "migrations")


@dataclass(frozen=True)
class Theme:
    """One theme.

    Attributes:
        name: as tables and labels write it.
        dimension: brand, product, interaction or society.
        definition: by language («»: any), what belongs to it.
        examples: by language, statements that do.
        seeds: by language, words and phrases that speak for it; a star stands for any ending.
        general: it holds only where no other theme does («I am happy»).
        label: by language, what the brand would have readers shown; of the themes that connu
            brings, its own labels are no part of them (`called`).
    """

    name: str
    dimension: str
    definition: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    general: bool = False
    label: Mapping[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """What a reader is shown: the brand's label, connu's, or the name in words.

        >>> theme = Theme("after_sales", "interaction", label={"en": "service"})
        >>> theme.called("en"), theme.called("fr"), Theme("car_park", "product").called("fr")
        ('service', 'après-vente', 'car park')
        """
        said = self.label.get(language) or self.label.get("")
        return said or _labels().get(self.name, {}).get(language) or self.name.replace("_", " ")


@dataclass(frozen=True)
class Codebook:
    """Themes in their order, and how older codes become newer ones.

    Attributes:
        themes: in the order of the file.
        version: the brand's own number.
        migrations: old theme → the one it became (merged, renamed), or «» where it was dropped.
    """

    themes: tuple[Theme, ...]
    version: int = 1
    migrations: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The themes' names, in order."""
        return tuple(theme.name for theme in self.themes)

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimension by theme."""
        return {theme.name: theme.dimension for theme in self.themes}

    def theme(self, name: str) -> Theme:
        """The theme of a name.

        Raises:
            SettingsError: there is none; the nearest is named.
        """
        for theme in self.themes:
            if theme.name == name:
                return theme
        raise SettingsError(
            f"the codebook has no theme «{name}»", hint=did_you_mean(name, self.names), theme=name
        )

    def current(self, name: str) -> str | None:
        """What a theme of an older version is called now; None where it is no more.

        >>> Codebook((), migrations={"a": "b", "b": "c", "d": ""}).current("a")
        'c'
        """
        seen: set[str] = set()
        while name in self.migrations and name not in seen:
            seen.add(name)
            name = self.migrations[name]
        return name if name in self.names or (not self.themes and name) else None

    def digest(self) -> str:
        """A digest of all that is said, for whoever keeps what was made with it."""
        said = [
            [t.name, t.dimension, dict(t.definition), {k: list(v) for k, v in t.examples.items()},
             {k: list(v) for k, v in t.seeds.items()}, t.general]
            for t in self.themes
        ]  # fmt: skip
        whole = json.dumps([said, dict(self.migrations)], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode("utf-8")).hexdigest()


@cache
def default_codebook() -> Codebook:
    """The codebook connu brings."""
    return Codebook(tuple(replace(theme, label={}) for theme in _brought()))


@cache
def _labels() -> dict[str, Mapping[str, str]]:
    """By theme connu brings, what it is called in other languages than its name's."""
    return {theme.name: theme.label for theme in _brought()}


def _brought() -> Iterable[Theme]:
    text = resources.files("connu.understand").joinpath(FILE_NAME).read_text(encoding="utf-8")
    return _themes(tomllib.loads(text)["themes"])


def read_codebook(folder: Path) -> Codebook:
    """The brand's codebook: its own codebook.toml over the default, or the default.

    Raises:
        SettingsError: the file is no TOML, or says what cannot be; the word is named.
    """
    path = Path(folder) / FILE_NAME
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return default_codebook()
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", file=path) from None
    except UnicodeDecodeError:
        raise SettingsError(
            f"{path} is not UTF-8 text", hint="save it again as UTF-8", file=path
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}",
            hint="correct that line; texts stand in quotes, lists in square brackets",
            file=path,
        ) from None
    try:
        return codebook_from(raw)
    except SettingsError as error:
        place = str(error.fields.get("setting", ""))
        raise SettingsError(
            error.message,
            hint=error.hint or "docs/themes.md tells every word of the file",
            **{**error.fields, "line": _line(path, place)},
        ) from None


def codebook_from(raw: Mapping[str, Any]) -> Codebook:
    """A codebook from parsed TOML, every word checked.

    Where it defines themes and says nothing of `default`, it stands alone: a brand that wrote its
    own themes means those.

    Raises:
        SettingsError: as read_codebook.
    """
    for word in raw:
        if word not in _TOP:
            raise _wrong(f"«{word}» is not known", did_you_mean(word, _TOP), word)
    written = raw.get("themes", {})
    if not isinstance(written, Mapping):
        raise _wrong("[themes] must hold tables, one a theme", "[themes.NAME]", "themes")
    base = raw.get("default", not written)
    if not isinstance(base, bool):
        raise _wrong("default must be true or false", None, "default")
    own = list(_themes(written, default_codebook() if base else None))
    dropped = {
        name for name, said in written.items() if isinstance(said, Mapping) and said.get("drop")
    }
    themes = {theme.name: theme for theme in default_codebook().themes} if base else {}
    themes |= {theme.name: theme for theme in own}
    version = raw.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool):
        raise _wrong("version must be a whole number", None, "version")
    migrations = raw.get("migrations", {})
    if not isinstance(migrations, Mapping) or not all(
        isinstance(new, str) for new in migrations.values()
    ):
        raise _wrong('[migrations] says old = "new"', None, "migrations")
    kept = tuple(theme for name, theme in themes.items() if name not in dropped)
    if not kept:
        raise _wrong("it names no theme", "[themes.NAME] with a dimension", "themes")
    return Codebook(kept, version, dict(migrations))


def _line(path: Path, place: str) -> int | None:
    """Where the file says something: «themes.price» is its header, «version» its word."""
    *_, name = place.partition("themes.") if place.startswith("themes.") else ("", place)
    names = (re.escape(name), re.escape(json.dumps(name, ensure_ascii=False)))
    word = rf"(?:{'|'.join(names)})"
    said = re.compile(rf"\s*(?:\[\s*(?:themes\s*\.\s*)?{word}\s*[\].]|{word}\s*[.=])")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, 1) if said.match(line)), None)


def _themes(written: Mapping[str, Any], base: Codebook | None = None) -> Iterable[Theme]:
    """The themes of [themes], checked; one that the base has keeps what is not said anew."""
    known = {theme.name: theme for theme in base.themes} if base else {}
    for name, said in written.items():
        place = f"themes.{name}"
        if not isinstance(said, Mapping):
            raise _wrong(f"[{place}] must be a table", None, place)
        if not NAME.fullmatch(name):
            raise _wrong(
                f"[{place}] cannot be a name", "use letters, digits, spaces, _ - . / &", place
            )
        for word in said:
            if word not in _WORDS:
                raise _wrong(f"[{place}] «{word}» is not known", did_you_mean(word, _WORDS), place)
        if said.get("drop"):
            continue
        before = known.get(name)
        dimension = said.get("dimension", before.dimension if before else None)
        if dimension not in DIMENSIONS:
            raise _wrong(
                f"[{place}] needs a dimension, one of {', '.join(DIMENSIONS)}", None, place
            )
        general = said.get("general", before.general if before else False)
        if not isinstance(general, bool):
            raise _wrong(f"[{place}] general must be true or false", None, place)
        definitions = _texts(said.get("definition"), place, "definition")
        labels = _texts(said.get("label"), place, "label")
        yield Theme(
            name=name,
            dimension=dimension,
            definition=(
                {language: " ".join(texts) for language, texts in definitions.items()}
                if definitions or before is None
                else before.definition
            ),
            examples=_texts(said.get("examples"), place, "examples")
            or (before.examples if before else {}),
            seeds=_texts(said.get("seeds"), place, "seeds") or (before.seeds if before else {}),
            general=general,
            label={language: " ".join(texts) for language, texts in labels.items() if texts},
        )


def _texts(said: Any, place: str, word: str) -> dict[str, tuple[str, ...]]:
    """A text, a list of texts, or either by language, as lists by language."""
    if said is None:
        return {}
    by = said if isinstance(said, Mapping) else {"": said}
    made: dict[str, tuple[str, ...]] = {}
    for language, texts in by.items():
        if language and language not in LANGUAGES:
            raise _wrong(
                f"[{place}] {word}.{language}: no such language",
                did_you_mean(language, LANGUAGES),
                place,
            )
        listed = [texts] if isinstance(texts, str) else texts
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise _wrong(f"[{place}] {word} must be a text or a list of texts", None, place)
        made[language] = tuple(text.strip() for text in listed if text.strip())
    return made


def _wrong(message: str, hint: str | None, setting: str) -> SettingsError:
    return SettingsError(f"{FILE_NAME}: {message}", hint=hint, setting=setting)
