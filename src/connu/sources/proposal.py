"""`connu init`: looking at files and proposing settings, with the reason of every guess.

What is sure becomes a line of connu.toml; what is doubtful becomes a comment beside it; nothing is
guessed silently.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from connu.engine.duckdb import DuckEngine
from connu.govern.sensitive import is_sensitive
from connu.kernel.errors import SourceError, UsageError
from connu.kernel.settings import Source
from connu.sources.guesses import WORTH, Guess, KindGuess, guess_kinds
from connu.sources.headers import header_words
from connu.sources.locations import SUFFIXES
from connu.sources.profiles import Profile, profile_columns
from connu.sources.reading import open_source

_LOOKED_AT_ROWS = 200_000
_NUMBERED = re.compile(r"(?i)\b(no|num|number|numero|hausnummer|nr)\b")
_FRENCH = re.compile(
    r"\b(nom|prenom|adresse|ville|naissance|code postal|cp|telephone|client|sexe)\b"
)
_GERMAN = re.compile(r"\b(vorname|nachname|strasse|plz|ort|geburtsdatum|telefon|kunde\w*)\b")


@dataclass(frozen=True)
class Note:
    """One thing that the proposal says.

    Attributes:
        source: the proposed source, or None for the brand.
        column: the column, or None for the whole source.
        field: the field it is taken for, or None: kept as an attribute.
        confidence: 0–1.
        reason: why.
    """

    source: str | None
    column: str | None
    field: str | None
    confidence: float
    reason: str

    def __str__(self) -> str:
        if self.column is None:
            return f"{self.source or 'brand'}: {self.reason}"
        taken = self.field or "attribute"
        sure = f" ({self.confidence:.0%} sure)" if self.field else ""
        return f"{self.source}: «{self.column}» → {taken}{sure}, {self.reason}"


@dataclass(frozen=True)
class Proposal:
    """Proposed settings.

    Attributes:
        toml: the text of connu.toml; doubtful guesses are comments in it.
        notes: every column with the guess, its reason and its confidence.
    """

    toml: str
    notes: list[Note]


@dataclass(frozen=True)
class _Looked:
    """One source-to-be."""

    name: str
    path: str
    profiles: list[Profile]
    readings: list[KindGuess]


def propose(paths: list[Path], name: str, *, folder: Path | None = None) -> Proposal:
    """Look at files and propose settings.

    Args:
        paths: CSV, Parquet or JSON Lines files; files of one shape whose names differ only in a
            number become one source.
        name: the brand's.
        folder: the brand's folder; paths under it are written relative to it.

    Raises:
        UsageError: no file was given.
        SourceError: one cannot be read.
    """
    if not paths:
        raise UsageError("no file was given", hint="connu init data/*.csv")
    with tempfile.TemporaryDirectory(prefix="connu-init-") as workspace:
        engine = DuckEngine(Path(workspace), memory_gb=0.5)
        try:
            looked = _look(engine, sorted(Path(path) for path in paths), folder)
        finally:
            engine.close()
    notes: list[Note] = []
    country, why = _country(looked)
    notes.append(Note(None, None, None, 0.0, f"country {country}: {why}"))
    parts = [
        f"[brand]\nname = {_text(name)}\ncountry = {_text(country)}  # {why}\n"
        'sector = "retail"  # retail | health | finance | media | travel\n'
    ]
    for source in looked:
        parts.append(_source_toml(source, notes))
    return Proposal("\n".join(parts), notes)


def _look(engine: DuckEngine, paths: list[Path], folder: Path | None) -> list[_Looked]:
    shapes: dict[tuple, list[tuple[Path, list[Profile]]]] = {}
    for number, path in enumerate(paths):
        if not path.is_file():
            raise SourceError(f"there is no file «{path}»", file=path)
        if path.suffix.lower() not in SUFFIXES:
            raise SourceError(
                f"what «{path.name}» holds cannot be told from its suffix",
                hint="known: " + ", ".join(SUFFIXES),
                file=path,
            )
        source = Source(kind="people", path=str(path.absolute()))
        word = f"look_{number}"
        try:
            opened = open_source(engine, word, source, path.parent, limit=_LOOKED_AT_ROWS)
        except SourceError as error:
            # The source has no name yet: its file says which one is meant.
            told = error.message.replace(f"source «{word}»", f"«{path.name}»")
            raise SourceError(told, hint=error.hint, **{**error.fields, "source": None}) from error
        profiles = profile_columns(engine, opened)
        engine.drop(opened.table)
        stem = re.sub(r"\d+", "#", path.stem)
        key = (path.parent, path.suffix, stem, opened.columns)
        shapes.setdefault(key, []).append((path, profiles))
    looked: list[_Looked] = []
    names: set[str] = set()
    for (parent, suffix, _, _), files in shapes.items():
        groups = [files] if _is_glob(parent, suffix, files) else [[file] for file in files]
        for group in groups:
            path, profiles = group[0]
            shown = (
                path if len(group) == 1 else parent / f"{_common([p for p, _ in group])}*{suffix}"
            )
            name = _named(shown, names)
            looked.append(_Looked(name, _relative(shown, folder), profiles, guess_kinds(profiles)))
    return looked


def _common(paths: list[Path]) -> str:
    """What the stems start with, up to the first number."""
    return re.split(r"\d", paths[0].stem, maxsplit=1)[0]


def _is_glob(parent: Path, suffix: str, files: list[tuple[Path, list[Profile]]]) -> bool:
    """Whether a pattern means these files and no other."""
    paths = [path for path, _ in files]
    return len(paths) > 1 and sorted(parent.glob(f"{_common(paths)}*{suffix}")) == paths


def _named(path: Path, names: set[str]) -> str:
    """A source's name: the file's, or its folder's when the file is only a number."""
    word = header_words(re.sub(r"\*", "", path.stem))
    if not word or not re.search(r"[a-z]", word):
        word = f"{header_words(path.absolute().parent.name)} {word}"
    base = word.strip().replace(" ", "_") or "source"
    name, count = base, 1
    while name in names:
        count += 1
        name = f"{base}_{count}"
    names.add(name)
    return name


def _relative(path: Path, folder: Path | None) -> str:
    if folder is None:
        return path.as_posix()
    absolute, home = path.absolute(), Path(folder).absolute()
    if absolute.is_relative_to(home):
        return absolute.relative_to(home).as_posix()
    return absolute.as_posix()


def _country(looked: list[_Looked]) -> tuple[str, str]:
    """The brand's country, from postcodes and the language of the headers."""
    profiles = [profile for source in looked for profile in source.profiles]
    if any(profile.share("british") > 0.6 for profile in profiles):
        return "GB", "most postcodes are British"
    headers = " | ".join(header_words(profile.name) for profile in profiles)
    if len(_FRENCH.findall(headers)) >= 2:
        return "FR", "the columns have French names"
    if len(_GERMAN.findall(headers)) >= 2:
        return "DE", "the columns have German names"
    return "FR", "nothing tells the country: put it right"


def _source_toml(source: _Looked, notes: list[Note]) -> str:
    reading = source.readings[0]
    lines = [f"[sources.{source.name}]"]
    second = source.readings[1]
    doubtful = reading.score - second.score < 1.0 or reading.score <= 0
    about = f"taken for {reading.kind}"
    if doubtful:
        about += f", but it may be {second.kind}: decide"
    notes.append(Note(source.name, None, None, 0.0, about))
    lines.append(f"kind = {_text(reading.kind)}" + (f"  # or {second.kind}?" if doubtful else ""))
    lines.append(f"path = {_text(source.path)}")
    lines += ["", f"[sources.{source.name}.fields]"]
    sensitive = {g.column: is_sensitive(g.column) for g in reading.guesses}
    written: list[str] = []
    for guess in reading.guesses:
        notes.append(Note(source.name, guess.column, guess.field, guess.confidence, guess.reason))
        if not guess.sure or guess.field in written or guess.field is None:
            continue
        columns = [g for g in reading.guesses if g.sure and g.field == guess.field]
        written.append(guess.field)
        lines.append(_field_line(guess.field, columns))
    for field in reading.missing():
        if not any(g.field == field for g in reading.guesses):
            lines.append(f'# {field} = ""  # needed, and no column looks like it')
            notes.append(Note(source.name, None, None, 0.0, f"no column looks like {field}"))
    for guess in reading.guesses:
        if guess.field is not None and not guess.sure:
            lines.append(
                f"# {_key(guess.field)} = {_text(guess.column)}  "
                f"# doubtful ({guess.confidence:.0%}): {guess.reason}"
            )
        elif guess.field is None and guess.confidence < WORTH:
            lines.append(f"# attribute: {_comment(guess.column)} – {guess.reason}")
    for column, category in sensitive.items():
        if category is not None:
            about = (
                f"«{column}» is sensitive ({category}): take it out, or declare it with a purpose"
            )
            lines.append(f"# {_comment(about)}")
            notes.append(Note(source.name, column, None, 1.0, about))
    return "\n".join(lines) + "\n"


def _field_line(field: str, guesses: list[Guess]) -> str:
    """`address = ["no", "street"]  # reason`; a column of house numbers comes first."""
    columns = [guess.column for guess in guesses]
    columns.sort(key=lambda column: not _NUMBERED.search(header_words(column)))
    value = _text(columns[0]) if len(columns) == 1 else f"[{', '.join(map(_text, columns))}]"
    least = min(guess.confidence for guess in guesses)
    return f"{_key(field)} = {value}  # {least:.0%}: {guesses[0].reason}"


def _key(field: str) -> str:
    return field if re.fullmatch(r"[a-z_]+", field) else _text(field)


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes, and DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
