"""The options that several commands share, with one spelling and one help text each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from connu.app.brand import Brand

BrandFolder = Annotated[
    Path | None,
    typer.Option(
        "--brand",
        "-b",
        metavar="DIR",
        help="The brand's folder. Otherwise the current folder, or its nearest parent that holds "
        "a connu.toml.",
        show_default=False,
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

Purpose = Annotated[
    str,
    typer.Option(
        "--purpose",
        "-p",
        help="What the data is read for. Customers who did not grant it are left out, and counted.",
    ),
]


def opened(folder: Path | None) -> Brand:
    """The brand a command works on: as said by --brand, or found from the current folder upwards.

    Raises:
        SettingsError: no connu.toml there, or it is not valid.
    """
    from connu.app.brand import find_brand, open

    return open(folder if folder is not None else find_brand(Path.cwd()))
