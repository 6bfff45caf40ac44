"""The codebook's file: an edit written into the text a person wrote, his comments and order kept.

The text is cut at its table headers; blocks are renamed, taken out, replaced or added, and nothing
else is touched. What comes out is read again: unless it says exactly the codebook that was meant,
it is refused, never half right.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connu.kernel.errors import SettingsError
from connu.understand.codebook import FILE_NAME, Codebook, Theme, codebook_from, default_codebook
from connu.understand.codebook_edits import Edited

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"^\s*\[(?!\[)(.+?)\]\s*(#.*)?$")
#: A line that parts sections: it belongs to no theme.
_RULE = re.compile(r"#.*(──|--|==|__)")
_NEW_FILE = """\
# The brand's own codebook: connu's default (default = true), and what is said here over it.
default = true
"""


@dataclass
class _Block:
    """A table of the file.

    Attributes:
        path: its name, ("themes", "price") for instance; () of what stands before the first.
        above: comments right above its header.
        lines: its header and what it says.
    """

    path: tuple[str, ...]
    above: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def edited_text(
    text: str | None,
    before: Codebook,
    edited: Edited,
    *,
    notes: Mapping[str, list[str]] | None = None,
) -> str:
    """The file's text after an edit.

    Args:
        text: of the file; None: there is none.
        before: what it says.
        edited: the edit, and what it must say then.
        notes: theme → comments above it, of themes that are added.

    Raises:
        SettingsError: the file is written in a way that cannot be edited; it stays as it is.
    """
    blocks = _blocks(_NEW_FILE if text is None else text)
    after = edited.codebook
    base = _stands_on_default(blocks)
    known = {theme.name: theme for theme in default_codebook().themes} if base else {}
    for old, new in edited.renamed:
        _rename(blocks, old, after.theme(new), base and old in known)
    for name in edited.changed:
        _replace(blocks, after.theme(name))
    gone = [block for name in edited.removed for block in _of(blocks, name)]
    place = next((block for block in blocks if block in gone), None)
    for name in edited.added:
        _replace(blocks, after.theme(name), place)
        above = _of(blocks, name)[0].above
        above += map(_comment, (notes or {}).get(name, []))
    for name in edited.removed:
        _take_out(blocks, name, name in known)
    _set_top(blocks, "version", str(after.version))
    if base:
        _set_top(blocks, "default", "true")
    _set_migrations(blocks, before.migrations, after.migrations)
    made = _text(blocks)
    try:
        said = codebook_from(tomllib.loads(made))
    except (tomllib.TOMLDecodeError, SettingsError):
        said = None
    if said is None or not _same(said, after):
        raise SettingsError(
            f"{FILE_NAME} is written in a way that connu cannot edit; it was left as it was",
            hint="write each theme as a table of its own, [themes.NAME], and [migrations] "
            "likewise; or edit it by hand",
        )
    return made


def codebook_text(
    themes: Iterable[Theme], notes: Mapping[str, list[str]], heading: Iterable[str] = ()
) -> str:
    """A clean file of themes over the default.

    Args:
        notes: theme → comments above it.
        heading: comments at the top.
    """
    made = [*map(_comment, heading), "default = true", ""]
    for theme in themes:
        made += map(_comment, notes.get(theme.name, []))
        made += [*theme_lines(theme), ""]
    return "\n".join(made)


def theme_lines(theme: Theme) -> list[str]:
    """A theme as lines of TOML.

    >>> theme_lines(Theme("wi-fi", "product", seeds={"": ("wifi",)}))
    ['[themes.wi-fi]', 'dimension = "product"', 'seeds = ["wifi"]']
    """
    lines = [f"[themes.{_key(theme.name)}]", f"dimension = {quoted(theme.dimension)}"]
    if theme.general:
        lines.append("general = true")
    of_default = theme.name in default_codebook().names  # what is unsaid would be the default's
    lines += _said("label", {k: quoted(text) for k, text in theme.label.items()})
    definition = theme.definition or ({"": ""} if of_default else {})
    lines += _said("definition", {k: quoted(text) for k, text in definition.items()})
    for word, texts in (("examples", theme.examples), ("seeds", theme.seeds)):
        if of_default and not any(texts.values()):
            texts = {"": ()}
        lists = {k: f"[{', '.join(map(quoted, listed))}]" for k, listed in texts.items()}
        lines += _said(word, lists)
    return lines


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


# ---------------------------------------------------------------------- within
def _blocks(text: str) -> list[_Block]:
    """The text cut at the headers of tables."""
    blocks = [_Block(())]
    for line, outside in _lines(text):
        header = _HEADER.match(line) if outside else None
        path = None if header is None else _path(header[1])
        if path is None:
            blocks[-1].lines.append(line)
            continue
        before = blocks[-1].lines
        above: list[str] = []
        while before and before[-1].lstrip().startswith("#") and not _RULE.search(before[-1]):
            above.insert(0, before.pop())
        if not blocks[-1].path and not any(one.strip() for one in before):
            before += above  # what stands at the very top is of the file, not of its first theme
            above = []
        blocks.append(_Block(path, above, [line]))
    return blocks


def _lines(text: str) -> Iterable[tuple[str, bool]]:
    """Lines, each with whether it begins outside of strings and lists."""
    inside, depth = "", 0
    for line in text.split("\n"):
        yield line, not inside and depth == 0
        at = 0
        while at < len(line):
            if inside:
                if inside == '"""' and line[at] == "\\":
                    at += 2
                elif line.startswith(inside, at):
                    at += len(inside)
                    inside = ""
                else:
                    at += 1
                continue
            sign = line[at]
            if sign == "#":
                break
            if line.startswith(('"""', "'''"), at):
                inside = line[at : at + 3]
                at += 3
            elif sign in "\"'":
                at = _closed(line, at)
            else:
                depth += (sign == "[") - (sign == "]")
                at += 1


def _closed(line: str, at: int) -> int:
    """The place after a string of one line."""
    mark = line[at]
    at += 1
    while at < len(line) and line[at] != mark:
        at += 2 if mark == '"' and line[at] == "\\" else 1
    return at + 1


def _path(header: str) -> tuple[str, ...] | None:
    """A header's name, in parts."""
    try:
        table: Any = tomllib.loads(f"[{header}]")
    except tomllib.TOMLDecodeError:
        return None
    path = []
    while isinstance(table, dict) and table:
        name, table = next(iter(table.items()))
        path.append(name)
    return tuple(path)


def _of(blocks: list[_Block], name: str) -> list[_Block]:
    return [block for block in blocks if block.path[:2] == ("themes", name)]


def _stands_on_default(blocks: list[_Block]) -> bool:
    try:
        raw = tomllib.loads(_text(blocks))
    except tomllib.TOMLDecodeError:
        return False
    return bool(raw.get("default", not raw.get("themes")))


def _rename(blocks: list[_Block], old: str, theme: Theme, of_default: bool) -> None:
    """In place where the file has the whole theme; otherwise the default's is dropped."""
    own = _of(blocks, old)
    if of_default or not own:
        _take_out(blocks, old, of_default)
        _replace(blocks, theme)
        return
    for block in _of(blocks, theme.name):
        blocks.remove(block)  # it can only say that the default's is dropped
    for block in own:
        rest = ".".join(map(_key, block.path[2:]))
        note = _HEADER.match(block.lines[0])
        comment = f"  {note[2]}" if note and note[2] else ""
        block.path = ("themes", theme.name, *block.path[2:])
        block.lines[0] = f"[themes.{_key(theme.name)}{'.' if rest else ''}{rest}]{comment}"


def _take_out(blocks: list[_Block], name: str, of_default: bool) -> None:
    """A theme's tables out of the file; of the default's theme, a note that it is dropped."""
    own = _of(blocks, name)
    at = blocks.index(own[0]) if own else len(blocks)
    for block in own:
        rules = [line for line in block.lines[1:] if _RULE.match(line.lstrip())]
        blocks.remove(block)
        if rules:
            blocks[at - 1].lines += rules
    if of_default:
        _insert(blocks, at, ("themes", name), [f"[themes.{_key(name)}]", "drop = true", ""])


def _replace(blocks: list[_Block], theme: Theme, place: _Block | None = None) -> None:
    """A theme's table anew, its comments kept; where it is new, at a place or the themes' end."""
    own = _of(blocks, theme.name)
    if not own:
        last = [place for place, block in enumerate(blocks) if block.path[:1] == ("themes",)]
        at = last[-1] + 1 if last else len(blocks)
        at = at if place is None else blocks.index(place)
        _insert(blocks, at, ("themes", theme.name), [*theme_lines(theme), ""])
        return
    told = [line for block in own for line in block.lines[1:] if line.lstrip().startswith("#")]
    inner = [line for line in told if not _RULE.match(line.lstrip())]
    rules = [line for line in told if _RULE.match(line.lstrip())]
    header, *lines = theme_lines(theme)
    own[0].path = ("themes", theme.name)
    own[0].lines = [header, *inner, *lines, "", *rules]
    for block in own[1:]:
        blocks.remove(block)


def _insert(blocks: list[_Block], at: int, path: tuple[str, ...], lines: list[str]) -> None:
    """A new table, a blank line before it."""
    before = blocks[at - 1].lines
    if before and before[-1].strip():
        before.append("")
    blocks.insert(at, _Block(path, [], lines))


def _set_top(blocks: list[_Block], word: str, value: str) -> None:
    """A word before the first table."""
    lines = blocks[0].lines
    for place, line in enumerate(lines):
        if re.match(rf"\s*{word}\s*=", line):
            comment = re.search(r"\s+#.*$", line)
            lines[place] = f"{word} = {value}{comment[0] if comment else ''}"
            return
    said = [n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if said:
        lines.insert(said[0], f"{word} = {value}")
        return
    # Nothing is said yet: below the comment the file begins with, above whatever follows.
    head = next(
        (n for n, line in enumerate(lines) if not line.lstrip().startswith("#")), len(lines)
    )
    lines[head:head] = [*([""] if head else []), f"{word} = {value}"]
    if len(lines) == head + bool(head) + 1:
        lines.append("")


def _set_migrations(
    blocks: list[_Block], before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """What migrates now: lines that hold stay, others go, new ones are added."""
    if dict(before) == dict(after):
        return
    found = [block for block in blocks if block.path == ("migrations",)]
    if not found:
        _insert(blocks, len(blocks), ("migrations",), ["[migrations]"])
        found = [blocks[-1]]
    block = found[0]
    kept = [block.lines[0]]
    said: set[str] = set()
    for line in block.lines[1:]:
        old = _migrates(line)
        if old is None or (old in after and before.get(old) == after[old]):
            kept.append(line)
            said |= {old} if old is not None else set()
    while len(kept) > 1 and not kept[-1].strip():
        kept.pop()
    kept += [f"{_key(old)} = {quoted(new)}" for old, new in after.items() if old not in said]
    block.lines = [*kept, ""]


def _migrates(line: str) -> str | None:
    try:
        raw = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    return next(iter(raw)) if len(raw) == 1 else None


def _text(blocks: list[_Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        lines += [*block.above, *block.lines]
    return "\n".join(lines).rstrip("\n") + "\n"


def _same(said: Codebook, meant: Codebook) -> bool:
    """They say the same, in whatever order the themes stand."""
    return (
        {theme.name: _bare(theme) for theme in said.themes}
        == {theme.name: _bare(theme) for theme in meant.themes}
        and said.version == meant.version
        and dict(said.migrations) == dict(meant.migrations)
    )


def _bare(theme: Theme) -> Theme:
    """A theme without empty lists, blanks around its texts taken off."""
    examples, seeds = (
        {
            language: tuple(text.strip() for text in listed if text.strip())
            for language, listed in texts.items()
            if any(text.strip() for text in listed)
        }
        for texts in (theme.examples, theme.seeds)
    )
    definition = {k: text.strip() for k, text in theme.definition.items() if text.strip()}
    label = {k: text.strip() for k, text in theme.label.items() if text.strip()}
    return Theme(theme.name, theme.dimension, definition, examples, seeds, theme.general, label)


def _said(word: str, by_language: Mapping[str, str]) -> list[str]:
    if set(by_language) == {""}:
        return [f"{word} = {by_language['']}"]
    return [f"{word}.{key or quoted('')} = {text}" for key, text in by_language.items()]


def _comment(text: str) -> str:
    """A comment of one line; TOML lets none hold signs that steer."""
    return "# " + "".join(sign if sign.isprintable() else " " for sign in text)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)
