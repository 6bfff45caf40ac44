"""`connu survey`: ask customers drawn at random whether what the brand says of them is right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.survey import Drawn
    from connu.app.survey_answers import Answered

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode="rich",
    help="Ask random customers whether what is said of them is right, and read the figures.",
)

Chosen = Annotated[
    Literal["fr", "en"] | None,
    typer.Option("--language", help="Of the questions; by the brand's country when absent."),
]


@app.callback()
def survey(
    context: typer.Context,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask random customers whether what is said of them is right, and read the figures.

    Without a command: what they said so far. What 400 random answers are worth,
    and how to read the gap: docs/survey.md.

    [dim]Examples:[/]
      connu survey draw -o ask.csv
      connu survey import ask.csv
      connu survey
    """
    if context.invoked_subcommand is not None:
        return
    seen = opened(brand).seen(purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(seen.as_dict())
        return
    from connu.cli.screen import out
    from connu.cli.seen import print_seen

    print_seen(out(), seen)


@app.command()
def draw(
    to: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A .csv, .parquet or .jsonl.")
    ],
    customers: Annotated[
        int, typer.Option("--customers", "-n", min=1, help="How many customers are drawn.")
    ] = 400,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another one draws others.")] = 0,
    language: Chosen = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Draw customers at random, and write what each is asked.

    Everybody who may be read for the purpose is as likely to be drawn as anybody
    else. A row is a statement about him, with a question in words, and an empty
    column [bold]answer[/]: yes, no, or what is right; one row asks from 0 to 10
    whether the brand knows him. Sensitive attributes are never asked. The file
    holds no address: send the survey by joining it on customer_id, where you may.

    [dim]Examples:[/]
      connu survey draw -o ask.csv
      connu survey draw -o ask.parquet -n 1000 --language en --purpose marketing
    """
    drawn = opened(brand).draw_survey(
        to, customers=customers, seed=seed, language=language, purpose=purpose
    )
    if as_json:
        from connu.cli.screen import print_json

        print_json(drawn.as_dict())
        return
    from connu.cli.screen import out

    _print_drawn(out(), drawn)


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The file of connu survey draw, answers filled in."),
    ],
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Keep the answers of a survey in the journal, all of them or none.

    An answer is yes, no, or the right value; of whether the brand knows him, a
    number from 0 to 10. A row without an answer says nothing. The same file again
    changes nothing. What customers correct counts from the next build on.

    [dim]Example:[/]
      connu survey import ask.csv
    """
    done = opened(brand).import_survey(file)
    if as_json:
        from connu.cli.screen import print_json

        print_json(done.as_dict())
        return
    from connu.cli.screen import out

    _print_answered(out(), done)


def _print_drawn(console: Console, drawn: Drawn) -> None:
    from connu.cli.screen import plain

    console.print(
        f"{drawn.customers:,} of {drawn.among:,} customers are drawn: {drawn.rows:,} questions in "
        f"{plain(str(drawn.path))}, survey {drawn.survey}."
    )
    console.print("Fill in the column answer, then: connu survey import FILE")


def _print_answered(console: Console, done: Answered) -> None:
    share = done.customers_answered / max(done.customers_asked, 1)
    console.print(
        f"{done.customers_answered:,} of {done.customers_asked:,} customers answered "
        f"({share:.0%}): {done.written:,} answers are new, {done.same:,} were known already."
    )
    if done.gone:
        console.print(f"{done.gone:,} are of records that the build does not know: not kept.")
    if done.written:
        console.print("What they say: connu survey. What they correct: connu build")
