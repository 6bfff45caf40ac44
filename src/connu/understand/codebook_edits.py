"""Codebook edits: themes accepted, merged, renamed, split and dropped, and what codes become.

Pure: a codebook and an edit give the next codebook, one version higher, whose migrations say what
each theme that is no more became. Codes made by hand are never rewritten; they are read by these
migrations (`Codebook.current`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connu.kernel.errors import UsageError, did_you_mean
from connu.ledger.expectations import DIMENSIONS
from connu.understand.codebook import NAME, Codebook, Theme

Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Edited:
    """A codebook after an edit.

    Attributes:
        codebook: the next one.
        renamed: old name → new, where a theme only changed its name.
        added, changed, removed: names of themes; a renamed one is in none of them.
    """

    codebook: Codebook
    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def accepted(codebook: Codebook, theme: Theme) -> Edited:
    """A theme more, at the end.

    Raises:
        UsageError: its name is taken, was a theme's once, or is none.
    """
    _check_new(codebook, theme.name)
    return Edited(_next(codebook, (*codebook.themes, theme), {}), added=(theme.name,))


def renamed(codebook: Codebook, old: str, new: str) -> Edited:
    """A theme by another name.

    Raises:
        UsageError: there is no such theme, or the new name is taken.
    """
    theme = _known(codebook, old)
    _check_new(codebook, new, of=(old,))
    themes = [replace(theme, name=new) if one is theme else one for one in codebook.themes]
    return Edited(_next(codebook, themes, {old: new}), renamed=((old, new),))


def merged(codebook: Codebook, names: Sequence[str], into: str) -> Edited:
    """Several themes as one, at the place of the first; it has all they say.

    Args:
        into: one of them, another theme that is there, or a new name.

    Raises:
        UsageError: there are no two themes to merge, or the name is taken.
    """
    names = list(dict.fromkeys(names))
    parts = [_known(codebook, name) for name in names]
    if into in codebook.names and into not in names:
        parts.insert(0, _known(codebook, into))
    elif into not in names:
        _check_new(codebook, into, of=names)
    parts.sort(key=lambda part: part.name != into)  # what it said itself comes first
    if len(parts) < 2:
        raise UsageError(
            "a merger takes two themes",
            hint="as in: connu themes --merge A B --into C",
        )
    one = Theme(
        into,
        parts[0].dimension,
        {key: " ".join(texts) for key, texts in _all(_listed(p.definition) for p in parts).items()},
        _all(part.examples for part in parts),
        _all(part.seeds for part in parts),
        all(part.general for part in parts),
        parts[0].label if parts[0].name == into else {},
    )
    gone = {part.name for part in parts}
    place = min(codebook.names.index(name) for name in gone)
    themes = [theme for theme in codebook.themes if theme.name not in gone]
    themes.insert(place, one)
    there = into in codebook.names
    old = tuple(name for name in codebook.names if name in gone and name != into)
    return Edited(
        _next(codebook, themes, dict.fromkeys(old, into)),
        added=() if there else (into,),
        changed=(into,) if there else (),
        removed=old,
    )


def split(codebook: Codebook, name: str, parts: Sequence[Theme], heir: str) -> Edited:
    """A theme in parts, at its place.

    Args:
        parts: what it becomes; one may keep its name.
        heir: which part codes made by hand of it are read as, unless a part keeps its name.

    Raises:
        UsageError: there are no two parts, or one's name is taken.
    """
    whole = _known(codebook, name)
    names = [part.name for part in parts]
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise UsageError(
            "a split makes two themes of different names",
            hint="as in: connu themes --split delivery --into speed parcels",
        )
    for part in parts:
        if part.name != name:
            _check_new(codebook, part.name, of=(name,))
    themes: list[Theme] = []
    for theme in codebook.themes:
        themes += parts if theme is whole else [theme]
    stays = name in names
    return Edited(
        _next(codebook, themes, {} if stays else {name: heir}),
        added=tuple(part for part in names if part != name),
        changed=(name,) if stays else (),
        removed=() if stays else (name,),
    )


def dropped(codebook: Codebook, name: str) -> Edited:
    """A theme less; codes of it are read as none.

    Raises:
        UsageError: there is no such theme, or no other.
    """
    theme = _known(codebook, name)
    themes = [one for one in codebook.themes if one is not theme]
    if not themes:
        raise UsageError("a codebook has one theme at least", hint="accept another theme first")
    return Edited(_next(codebook, themes, {name: ""}), removed=(name,))


# ---------------------------------------------------------------------- within
def _next(codebook: Codebook, themes: Iterable[Theme], became: Mapping[str, str]) -> Codebook:
    """The next version. What is a theme now migrates to nothing: a rename taken back leaves no
    circle."""
    made = tuple(themes)
    names = {theme.name for theme in made}
    migrations = {
        old: new for old, new in {**codebook.migrations, **became}.items() if old not in names
    }
    return Codebook(made, codebook.version + 1, migrations)


def _known(codebook: Codebook, name: str) -> Theme:
    for theme in codebook.themes:
        if theme.name == name:
            return theme
    raise UsageError(
        f"the codebook has no theme «{name}»", hint=did_you_mean(name, codebook.names), theme=name
    )


def _check_new(codebook: Codebook, name: str, of: Sequence[str] = ()) -> None:
    """A name nothing has, nor had, but the themes it is made of."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"«{name}» cannot be a theme's name",
            hint="use letters, digits, spaces, _ - . / &",
            theme=name,
        )
    if name in codebook.names:
        raise UsageError(
            f"the codebook has a theme «{name}» already", hint="choose another name", theme=name
        )
    if name in codebook.migrations and codebook.current(name) not in of:
        became = codebook.migrations[name]
        raise UsageError(
            f"«{name}» was a theme once and codes made by hand of it are read as "
            + (f"«{became}»" if became else "none"),
            hint="choose another name, or take the line out of [migrations] first",
            theme=name,
        )


def check_dimension(dimension: str) -> None:
    """Refuse what is no dimension.

    Raises:
        UsageError: it is none.
    """
    if dimension not in DIMENSIONS:
        raise UsageError(
            f"there is no dimension «{dimension}»", hint=did_you_mean(dimension, DIMENSIONS)
        )


def _listed(texts: Mapping[str, str]) -> Texts:
    return {language: (text,) for language, text in texts.items()}


def _all(several: Iterable[Texts]) -> dict[str, tuple[str, ...]]:
    """Texts by language of several themes, each once."""
    made: dict[str, list[str]] = {}
    for texts in several:
        for language, listed in texts.items():
            here = made.setdefault(language, [])
            here += [text for text in listed if text not in here]
    return {language: tuple(listed) for language, listed in made.items()}
