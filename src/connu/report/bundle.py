"""Vega's JavaScript, packed: what makes the charts interactive where a reader asks for it.

vl-convert holds it and bundles it without a network. That takes a core for over a second, so a
process of its own does it while the page is drawn. The page carries it asleep, compressed; no
script runs before a reader asks, and then only the very one whose digest the page's policy names.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from connu.report.drawing import VEGA_LITE

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


class Bundle(NamedTuple):
    """A script, packed.

    Attributes:
        packed: gzip, in base64. digest: of the script, as a Content-Security-Policy names it.
    """

    packed: str
    digest: str


def digest_of(text: str) -> str:
    """The source expression by which a Content-Security-Policy allows an inline text.

    >>> digest_of("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def bundled() -> Bundle:
    """The bundle, made here and now.

    The same libraries give the same bytes.
    """
    import vl_convert

    script = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE)
    packed = gzip.compress(script.encode(), 9, mtime=0)
    return Bundle(base64.b64encode(packed).decode(), digest_of(script))


class Bundling:
    """The bundle, being made aside: begin early, ask late."""

    def __init__(self) -> None:
        self._made = _kept()
        self._process: subprocess.Popen[str] | None = None
        if self._made:
            return
        # -P: nothing in the folder one happens to be in is imported.
        command = [sys.executable, "-P", "-m", "connu.report.bundle"]
        # Where no process can be had, `result` makes it here.
        with suppress(OSError):
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )

    def result(self) -> Bundle:
        """The bundle; waits for it."""
        if not self._made:
            self._made.append(self._told() or bundled())
        return self._made[0]

    def stop(self) -> None:
        """End the process, if it still runs: its bundle is not wanted any more."""
        if not self._made and self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _told(self) -> Bundle | None:
        if self._process is None:
            return None
        told, _ = self._process.communicate()
        words = told.split()
        if self._process.returncode != 0 or len(words) != 2:
            return None
        return Bundle(words[0], words[1])


@cache
def _kept() -> list[Bundle]:
    """One bundle for all pages of a process."""
    return []


if __name__ == "__main__":
    print(*bundled())
