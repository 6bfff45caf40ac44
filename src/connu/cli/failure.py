"""How a failure is told: one paragraph on standard error (what, where, remedy) and an exit code.

A traceback may hold a customer's data in its values, so it is shown only to who asks for it with
CONNU_DEBUG=1. Exit codes: those of kernel.errors, 70 for a fault of connu's own, 130 when
interrupted.
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
import traceback
from typing import TYPE_CHECKING

import typer

from connu.kernel.errors import ConnuError, EngineError, SourceError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

#: The width of «connu: ».
_INDENT = 7
#: sysexits' EX_SOFTWARE: connu itself is at fault.
EXIT_UNEXPECTED = 70
#: 128 + SIGINT, as shells do.
EXIT_INTERRUPTED = 130


def tell(error: BaseException, *, as_json: bool = False) -> int:
    """Write the paragraph about an error to standard error.

    Args:
        error: what was raised.
        as_json: the command was asked for JSON, so its error is JSON too.

    Returns:
        The exit code.
    """
    if isinstance(error, typer.TyperException) and not error.format_message():
        return error.exit_code  # no command was given: the help has been shown
    known = recognised(error)
    if os.environ.get("CONNU_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
    if known is None:
        return _tell_unexpected(error, as_json)
    if as_json:
        sys.stderr.write(json.dumps(known.as_dict(), ensure_ascii=False) + "\n")
        return known.exit_code
    _paragraph(known.message, _where(known), known.hint)
    return known.exit_code


def recognised(error: BaseException) -> ConnuError | None:
    """The error as one of connu's own, or None when nobody foresaw it."""
    if isinstance(error, ConnuError):
        return error
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "connu"
        return UsageError(error.format_message(), hint=f"{command} --help says what there is")
    if isinstance(error, FileNotFoundError):
        return SourceError(
            "a file that was there is not there any more",
            hint="put it back, or correct its path in connu.toml; then run the command again",
            file=error.filename,
        )
    if isinstance(error, PermissionError):
        return SourceError(
            "a file may not be read or written by this user",
            hint="check the rights of the file and of its folder",
            file=error.filename,
        )
    if isinstance(error, OSError):
        return EngineError(
            f"the system refused to read or write: {error.strerror or type(error).__name__}",
            hint="check that the disk is not full and that the folder can be written",
            file=error.filename,
        )
    if isinstance(error, MemoryError):
        return EngineError(
            "there is not enough memory",
            hint="free memory, or lower [engine] memory_gb so that connu spills to disk earlier",
        )
    return None


def _tell_unexpected(error: BaseException, as_json: bool) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    kind = type(error).__name__
    hint = (
        "please report this line to connu's maintainers; CONNU_DEBUG=1 shows the whole traceback, "
        "which may hold customers' data: read it before you send it"
    )
    if as_json:
        shape = {"error": "Unexpected", "message": kind, "hint": hint, "where": place}
        sys.stderr.write(json.dumps(shape) + "\n")
    else:
        _paragraph(f"connu met a fault of its own ({kind})", f"at {place}", hint)
    return EXIT_UNEXPECTED


def _where(error: ConnuError) -> str:
    """The fields that name a place and are not already said by the message."""
    said = error.message
    parts = [f"{key} {value}" for key, value in error.fields.items() if str(value) not in said]
    return ", ".join(parts)


def _paragraph(what: str, where: str, remedy: str | None) -> None:
    from rich.markup import escape

    from connu.cli.screen import err

    console = err()
    place = f" ({where})" if where else ""
    head, *more = _lines(_sentence(what) + place, console)
    console.print(f"[bold red]connu:[/] {escape(head)}")
    for line in more + (_lines(_sentence(remedy), console) if remedy else []):
        console.print(" " * _INDENT + escape(line))


def _lines(text: str, console: Console) -> list[str]:
    """A text in lines that fit the console beside the indent; whole where nothing is wrapped."""
    width = len(text) if console.soft_wrap else console.width - _INDENT
    return textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)


def _sentence(text: str) -> str:
    """A text that ends like a sentence.

    >>> _sentence("no build"), _sentence("why?")
    ('no build.', 'why?')
    """
    text = text.strip()
    return text if text.endswith((".", "?", "!", "…")) else text + "."
