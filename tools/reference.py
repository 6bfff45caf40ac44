"""Write docs/settings.md and docs/commands.md from the code, or check that they are up to date.

    python tools/reference.py            writes both pages
    python tools/reference.py --check    says which page is not what the code says, and fails

The settings come from the sections' docstrings and types, the commands from the command line's own
help: a page that is made cannot lie.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from typer.main import get_command

from connu.cli.failure import EXIT_INTERRUPTED, EXIT_UNEXPECTED
from connu.cli.main import app
from connu.kernel import errors
from connu.kernel.errors import ConnuError
from connu.kernel.fields import FAMILIES, FIELDS, IDENTIFIERS, REQUIRED
from connu.kernel.sections import NAMED_SECTIONS, SECTIONS, Section

DOCS = Path(__file__).resolve().parents[1] / "docs"
MADE = "<!-- Made by tools/reference.py from the code: change the code, then run `make docs`. -->"


# ---------------------------------------------------------------------- settings
def settings_page() -> str:
    """The reference of connu.toml."""
    lines = [
        "# Settings",
        "",
        MADE,
        "",
        "One file, `connu.toml`, in the brand's folder. A word that connu does not know is an",
        "error that names it and the word that was meant; a setting is never ignored.",
        "`connu init` proposes a file from your data, `connu check` says what is wrong with one.",
        "",
    ]
    for name, shape in {**SECTIONS, **NAMED_SECTIONS}.items():
        lines += _section(name, shape)
    lines += _fields()
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, shape: type[Section]) -> Iterator[str]:
    title = f"[{name}.NAME]" if name in NAMED_SECTIONS else f"[{name}]"
    summary = (inspect.getdoc(shape) or "").splitlines()[0].split(" – ", 1)[1]
    yield f"## `{title}`"
    yield ""
    yield summary[0].upper() + summary[1:]
    yield ""
    yield "| setting | value | default | meaning |"
    yield "|---|---|---|---|"
    meanings = attributes_of(shape)
    hints = get_type_hints(shape)
    for field in msgspec.structs.fields(shape):
        told = (described(hints[field.name]), _default(field), meanings[field.name])
        yield f"| `{field.name}` | " + " | ".join(cell.replace("|", "\\|") for cell in told) + " |"
    yield ""


def attributes_of(shape: type[Section]) -> dict[str, str]:
    """The `Attributes:` of a section's docstring: setting → meaning."""
    text = (inspect.getdoc(shape) or "").partition("Attributes:\n")[2]
    meanings: dict[str, str] = {}
    for line in text.splitlines():
        found = re.match(r"^ {4}(\w+): (.*)$", line)
        if found:
            word = found[1]
            meanings[word] = found[2]
        elif line.strip() and meanings:
            meanings[word] += " " + line.strip()
    return meanings


def described(kind: Any) -> str:
    """A type in words a user reads: text, yes or no, one of …"""
    if kind is type(None):
        return ""
    plain = {str: "text", bool: "`true` or `false`", int: "whole number", float: "number"}
    if kind in plain:
        return plain[kind]
    inner = get_args(kind)
    if get_origin(kind) is dict:
        return f"a table: word = {described(inner[1])}"
    if get_origin(kind) in (list, tuple):
        return f"list of {described(inner[0])}s"
    if inner and all(isinstance(choice, str) for choice in inner):
        return ", ".join(f"`{choice}`" for choice in inner)
    return " or ".join(filter(None, (described(one) for one in inner)))


def _default(field: Any) -> str:
    if field.required:
        return "required"
    if field.default is msgspec.NODEFAULT:
        return "none"
    if field.default is None:
        return "–"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _fields() -> Iterator[str]:
    yield "## Fields"
    yield ""
    yield "What `[sources.NAME.fields]` may name, by the source's kind. A field takes a column,"
    yield 'or several: `address = ["street", "town"]`. Columns not named are kept as attributes.'
    yield ""
    yield "| kind | needs | may have |"
    yield "|---|---|---|"
    for kind, words in FIELDS.items():
        families = [f"{prefix}<{_family(prefix)}>" for prefix in FAMILIES[kind]]
        others = [word for word in words if word not in REQUIRED[kind]]
        needed, known = (
            ", ".join(f"`{word}`" for word in group)
            for group in (REQUIRED[kind], [*others, *families])
        )
        yield f"| {kind} | {needed} | {known} |"
    yield ""
    yield "Identifiers, of which `[identify.limits]` may set the limit: "
    yield ", ".join(f"`{word}`" for word in IDENTIFIERS) + ", `social.<network>`."
    yield ""


def _family(prefix: str) -> str:
    return {"social.": "network", "consent.": "purpose"}[prefix]


# ---------------------------------------------------------------------- commands
def commands_page() -> str:
    """The reference of the command line."""
    root = get_command(app)
    lines = ["# Commands", "", MADE, "", *_prose(root.help), ""]
    for path, command in commands(root):
        lines += _command(path, command)
    lines += _exit_codes()
    return "\n".join(lines).rstrip() + "\n"


def commands(root: Any, path: tuple[str, ...] = ("connu",)) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its words: ("connu build", command) …"""
    for name, command in root.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def _command(path: str, command: Any) -> Iterator[str]:
    context = command.context_class(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context)).replace("{", "").replace("}", "")
    yield f"## `{path}`"
    yield ""
    yield from ("```", f"{path} {usage}".replace("…...", "…"), "```")
    yield ""
    yield from _prose(command.help)
    yield ""
    told = [parameter.get_help_record(context) for parameter in command.params]
    yield "| | |"
    yield "|---|---|"
    for names, help_text in filter(None, told):
        # The type of an argument says nothing to whoever types it on a command line.
        shown = re.sub(r" <(str|path|list\[Path\])>$", "", names)
        meaning = _plain(" ".join(help_text.split())).replace("|", "\\|")
        yield f"| `{shown}` | {meaning} |"
    yield ""


def _prose(text: str | None) -> list[str]:
    """Help text as Markdown: Rich's marks become plain, indented examples become code."""
    lines = _plain(inspect.cleandoc(text or "")).splitlines()
    made: list[str] = []
    for line in lines:
        indented = line.startswith("  ")
        if indented and made and made[-1] and not made[-1].startswith("    "):
            made.append("")
        made.append(f"    {line.strip()}" if indented else line)
    return made


def _plain(text: str) -> str:
    return re.sub(r"\[/?(?:bold|dim|italic|green|red|yellow|cyan)?\]", "", text.replace("\b", ""))


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes"
    yield ""
    yield "| code | error | what it means |"
    yield "|---|---|---|"
    yield "| 0 | | done |"
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, ConnuError):
            meaning = (inspect.getdoc(kind) or "").splitlines()[0]
            yield f"| {kind.exit_code} | {name} | {meaning} |"
    yield f"| {EXIT_UNEXPECTED} | | a fault of connu itself |"
    yield f"| {EXIT_INTERRUPTED} | | interrupted; the last build stays in force |"
    yield ""


PAGES = {"settings.md": settings_page, "commands.md": commands_page}


def main() -> int:
    """Write the pages, or compare them with the code; 1 when one differs."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(f"docs/{name}")
        if not check:
            path.write_text(text, encoding="utf-8")
    if check and stale:
        print(f"not what the code says: {', '.join(stale)}; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
