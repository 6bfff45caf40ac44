"""Tell the README's tour by walking it: run its commands, write what they print.

    python tools/tour.py            walks, and writes what was printed into README.md
    python tools/tour.py --check    walks, and fails where README.md tells another story

The tour is every line of README.md that begins with four spaces and `$ `: a shell command, run in
one empty folder after the other. What follows it, indented, is what it printed. Numbers are not
compared: times differ from machine to machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
_PROMPT = "    $ "
_WIDTH = "108"
#: Fixes build ids; durations stay true.
_NOW = "2026-11-21T20:00:00"


def walked(text: str) -> str:
    """The text with every command's output as it is now."""
    told = []
    with tempfile.TemporaryDirectory(prefix="connu-tour-") as folder:
        place = Path(folder)
        for command, line in _lines(text):
            if command is None:
                told.append(line)
                continue
            told.append(line)
            output, place = _run(command, place)
            told += [f"    {shown}".rstrip() for shown in output.strip("\n").splitlines()]
    return "\n".join(told) + "\n"


def _lines(text: str) -> Iterator[tuple[str | None, str]]:
    """Lines to keep, each with the command it holds; the old outputs are passed over."""
    printed = False
    for line in text.splitlines():
        if line.startswith(_PROMPT):
            printed = True
            yield line.removeprefix(_PROMPT), line
        elif printed and (line.startswith("    ") or not line.strip()):
            continue
        else:
            if printed:
                yield None, ""
            printed = False
            yield None, line


def _run(command: str, place: Path) -> tuple[str, Path]:
    """What a command prints, and the folder afterwards (`cd` is a command too).

    Raises:
        SystemExit: it fails: the tour would lead astray.
    """
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {
        "COLUMNS": _WIDTH,
        "CONNU_NOW": _NOW,
        "PATH": binaries + os.pathsep + os.environ["PATH"],
    }
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail\n{command}\nprintf '\\x1e%s' \"$PWD\""],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0 or "\x1e" not in done.stdout:
        sys.exit(f"tour: «{command}» failed with {done.returncode}:\n{done.stdout}")
    output, _, folder = done.stdout.rpartition("\x1e")
    return output, Path(folder)


def masked(text: str) -> str:
    """A text without its numbers and the widths that follow from them."""
    return re.sub(r"[ ─█]+", " ", re.sub(r"[\d.,]+", "0", text))


def main() -> int:
    """Walk; write or compare."""
    old = README.read_text(encoding="utf-8")
    new = walked(old)
    if "--check" not in sys.argv[1:]:
        README.write_text(new, encoding="utf-8")
        return 0
    if masked(old) != masked(new):
        print("README.md tells another tour than the program; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
