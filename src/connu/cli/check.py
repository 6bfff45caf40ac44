"""`connu check`: what is wrong with the sources and the settings, before a build."""

from __future__ import annotations

import typer

from connu.cli.options import AsJson, BrandFolder, opened
from connu.kernel.errors import SourceError


def check(brand: BrandFolder = None, as_json: AsJson = False) -> None:
    """Say what is wrong with the sources and the settings: file, row, column, what was expected.

    Reads the sources and writes nothing. Ends with exit code 3 when something
    is wrong, 0 when there are at most warnings.

    [dim]Examples:[/]
      connu check
      connu check --json | jq '.findings[] | select(.severity == "error")'
    """
    place = opened(brand)
    findings = place.check()
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {
                "sources": list(place.settings.sources),
                "errors": errors,
                "findings": [_as_dict(finding) for finding in findings],
            }
        )
    else:
        _print(findings, len(place.settings.sources), errors)
    if errors:
        raise typer.Exit(SourceError.exit_code)


_FIELDS = ("severity", "source", "file", "row", "column", "message", "hint")


def _as_dict(finding: object) -> dict[str, object]:
    return {name: _plain(getattr(finding, name)) for name in _FIELDS}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def _print(findings: list, sources: int, errors: int) -> None:
    from rich.markup import escape

    from connu.cli.screen import out

    console = out()
    colours = {"error": "red", "warning": "yellow"}
    for finding in findings:
        colour = colours.get(finding.severity, "dim")
        where = [f"[sources.{finding.source}]"] if finding.source else []
        where += [str(finding.file)] if finding.file else []
        where += [f"row {finding.row}"] if finding.row is not None else []
        where += [f"column «{finding.column}»"] if finding.column else []
        head = f"[{colour}]{finding.severity}[/]"
        console.print(f"{head} {escape(', '.join(where))}: {escape(finding.message)}")
        if finding.hint:
            console.print(f"      [dim]{escape(finding.hint)}[/]")
    if errors:
        console.print(f"{errors} to put right in {sources} sources.")
    else:
        console.print(f"{sources} sources are in order. [dim]Next: connu build[/]")
