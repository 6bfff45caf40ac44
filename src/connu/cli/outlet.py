"""Where an evaluation goes: to the screen, or as JSON or Markdown; and into a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.evaluation import Evaluation

SUFFIXES = (".md", ".json")

AsMarkdown = Annotated[
    bool, typer.Option("--markdown", help="Print a Markdown document, for people.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write it too: as Markdown where FILE ends in .md, as JSON where in .json.",
        show_default=False,
    ),
]


class Evaluated(Protocol):
    """What every evaluation can say of itself."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON, the common frame under `evaluation`."""

    def as_evaluation(self) -> Evaluation:
        """In the common frame."""


class Outlet:
    """What was asked for, checked before anything is computed.

    Args:
        as_json, as_markdown: what is printed in place of the screen's tables.
        file: written too, or None.
        chart: drawn too, or None.

    Raises:
        UsageError: JSON and Markdown at once, a file of another kind, or no such folder.
    """

    def __init__(
        self, as_json: bool, as_markdown: bool, file: Path | None, chart: Path | None = None
    ) -> None:
        if as_json and as_markdown:
            raise UsageError(
                "an evaluation is printed as JSON or as Markdown, not as both",
                hint="give one of --json and --markdown; -o FILE writes the other",
            )
        if file is not None:
            _check(file)
        if chart is not None:
            from connu.cli.chart import check_chart

            check_chart(chart)
        self.as_json, self.as_markdown, self.file, self.chart = as_json, as_markdown, file, chart

    def deliver(
        self, evaluation: Evaluated, show: Callable[[Console], None], drawn: str = ""
    ) -> None:
        """Write and print an evaluation.

        Args:
            evaluation: what was found.
            show: prints it on the screen.
            drawn: what was drawn where a chart was asked: «The curves are drawn in».
        """
        if self.file is not None:
            self.file.write_text(self._text(evaluation, self.file.suffix), encoding="utf-8")
        if self.as_json:
            from connu.cli.screen import print_json

            print_json(evaluation.as_dict())
            return
        if self.as_markdown:
            typer.echo(self._text(evaluation, ".md"), nl=False)
            return
        from rich.markup import escape

        from connu.cli.screen import out

        show(out())
        if self.chart is not None:
            out().print(f"{drawn} {escape(str(self.chart))}.")
        if self.file is not None:
            out().print(f"The evaluation is written to {escape(str(self.file))}.")

    @staticmethod
    def _text(evaluation: Evaluated, suffix: str) -> str:
        if suffix.lower() == ".json":
            return json.dumps(evaluation.as_dict(), ensure_ascii=False, indent=2) + "\n"
        from connu.cli.evaluation_page import markdown_of

        return markdown_of(evaluation.as_evaluation())


def _check(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"connu cannot write an evaluation into files ending in «{path.suffix}»",
            hint=f"use {' or '.join(SUFFIXES)}",
            file=path,
        )
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(
            "the evaluation cannot be written there",
            hint="name a file in a folder that exists",
            file=path,
        )
