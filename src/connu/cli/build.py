"""`connu build`: from sources to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, opened

if TYPE_CHECKING:
    from pathlib import Path

    from connu.app.build import BuildReport
    from connu.app.example import Example


def build(
    brand: BrandFolder = None,
    force: Annotated[
        bool, typer.Option("--force", help="Build although nothing changed since the last build.")
    ] = False,
    retrain: Annotated[
        bool,
        typer.Option("--retrain", help="Learn the models anew instead of keeping the last."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the sources, make customers of their records, publish the result.

    The build in force stays until the new one is complete; a crash leaves it as
    it is. When no input changed, nothing is done.

    [dim]Examples:[/]
      connu build
      connu build --brand shops/paris --force
      connu build --retrain     # after the data changed its nature
    """
    from connu.cli.progress import watched

    place = opened(brand)
    with watched() as progress:
        report = place.build(force=force, retrain=retrain, progress=progress)
    if as_json:
        from connu.cli.screen import print_json

        print_json(report.as_dict())
    else:
        print_report(report)
        if report.changed:
            print_next(report, place.example(), brand)


def print_report(report: BuildReport) -> None:
    """The end of a build on the screen: what each stage counted, and where to look."""
    from rich.markup import escape

    from connu.cli.screen import duration, out, table
    from connu.cli.status import told_by_twins

    console = out()
    if report.made is None:
        console.print(
            f"Nothing changed since build {report.build_id}: it stays in force. "
            "[dim](--force builds anyway)[/]"
        )
        return
    made = report.made
    rows = [
        (stage["name"], duration(stage["seconds"]), _counts(stage["counts"]))
        for stage in report.stages
    ]
    console.print(table(("stage", "time", "counts"), rows, right=("time",)))
    console.print(
        f"[bold]{made.customers:,} customers[/] behind {made.records:,} records, "
        f"in {duration(report.seconds)}: build {report.build_id}."
    )
    if any(made.changes[what] for what in made.changes if what != "new"):
        told = ", ".join(f"{number:,} {what}" for what, number in made.changes.items() if number)
        console.print(f"Since the last build: {told}.")
    for line in told_by_twins(made.twins):
        console.print(escape(line))
    for remark in made.remarks:
        console.print(f"[yellow]![/] {escape(remark)}")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())


def print_next(report: BuildReport, example: Example | None, folder: Path | None) -> None:
    """Where to look, given what the build found; commands as they may be typed."""
    from rich.markup import escape

    from connu.cli.screen import out

    there = "" if folder is None else f" --brand {folder}"
    steps = [("connu scorecard", "how well the customers are known")]
    if example is not None:
        steps.append((f"connu show {example.customer_id}", "one customer: facts, records, links"))
    if example is not None and example.pair:
        steps.append((f"connu explain {' '.join(example.pair)}", "why these two are one person"))
    if example is not None and example.visitor is not None:
        what = "told by twins" if example.told else "and why twins are silent about him"
        steps.append((f"connu show {example.visitor}", f"a visitor nobody knows, {what}"))
    if report.made is not None and report.made.rejected:
        steps.append(("connu status", f"why {report.made.rejected:,} rows were rejected"))
    if report.made is not None and report.made.undecided:
        doubt = f"{report.made.undecided:,} pairs in doubt, to join or split by hand"
        steps.append(("connu export undecided -o undecided.csv", doubt))
    told = {} if report.made is None else report.made.intents
    if any(told.get(kind) for kind in ("affinities", "buying", "next")):
        after = f"what {told['subjects']:,} customers and visitors are after"
        steps.append(("connu export intents -o intents.csv", after))
    heard = {} if report.made is None else report.made.understood
    if heard.get("expectations"):
        said = f"what {heard['customers']:,} customers expect, in {heard['verbatims']:,} texts"
        steps.append(("connu expectations", said))
    steps.append(("connu export customers -o customers.csv", "for other programs"))
    console = out()
    console.print("[bold]Look further[/]")
    for command, reason in steps:
        console.print(f"  {escape(command + there)}  [dim]# {reason}[/]")
