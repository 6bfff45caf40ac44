"""`connu evaluate`: the result against labelled truth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened
from connu.cli.outlet import AsMarkdown, Outlet, Output

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Compare what connu found with the truth, where somebody knows it.",
)


@app.callback()
def evaluate() -> None:
    """Compare what connu found with the truth, where somebody knows it."""


@app.command()
def identities(
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="CSV or Parquet with source, record_id and who it truly is (person).",
        ),
    ],
    across: Annotated[
        bool,
        typer.Option("--across", help="Count only pairs of records of different sources."),
    ] = False,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    output: Output = None,
) -> None:
    """Pairwise and B-cubed precision, recall and F1 of the customers, against labelled truth.

    Pairwise asks of two records: rightly together, rightly apart? B-cubed asks
    of each record: how much of its customer is right, and how much of its
    person is there? The truth may cover a part of the records; only those
    count. Where it names their source, match probabilities are checked too: of
    the pairs told at 80 %, are four in five right?

    [dim]Examples:[/]
      connu evaluate identities truth/people.csv
      connu evaluate identities truth/people.csv -o identities.md
    """
    from connu.cli.identities import print_identities

    outlet = Outlet(as_json, as_markdown, output)
    evaluation = opened(brand).evaluate_identities(truth, across=across, purpose=purpose)
    outlet.deliver(evaluation, lambda console: print_identities(console, evaluation))


@app.command()
def twins(
    attribute: Annotated[
        str, typer.Option("--attribute", "-a", help="What twins tell: sex, age_band, place …")
    ] = "sex",
    folds: Annotated[
        Path | None,
        typer.Option(
            "--folds",
            metavar="FILE",
            help="CSV or Parquet with anonymous_id, customer_id or record_id, and a column of "
            "folds; connu's own folds when absent.",
        ),
    ] = None,
    column: Annotated[
        str,
        typer.Option(
            "--column",
            help="The file's column: a fold a value; with the values earlier and later, the later "
            "are judged by the earlier.",
        ),
    ] = "fold",
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help="Draw the curves too, as .svg or .html."),
    ] = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    output: Output = None,
) -> None:
    """Judge what statistical twins tell, on customers whose value is known.

    Each is judged by a model that never saw him: how well values are told apart
    (AUC), how right the surest 20, 50 and 100 % are, whether probabilities mean
    what they say (calibration error), how many could be told at 90 and 95 %
    accuracy, and whether the precision promised was kept.

    [dim]Examples:[/]
      connu evaluate twins --attribute sex
      connu evaluate twins -a sex --folds sex.csv --column time_split
      connu evaluate twins -a age_band --chart age_band.html -o age_band.md
    """
    from connu.cli.progress import watched
    from connu.cli.twins import print_evaluation

    outlet = Outlet(as_json, as_markdown, output, chart)
    place = opened(brand)
    with watched() as progress:
        evaluation = place.evaluate_twins(
            attribute, folds=folds, column=column, purpose=purpose, progress=progress
        )
    if chart is not None:
        from connu.cli.chart import write_chart

        write_chart(evaluation, chart)
    outlet.deliver(
        evaluation, lambda console: print_evaluation(console, evaluation), "The curves are drawn in"
    )


@app.command()
def intents(
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            metavar="DATE",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="The moment (UTC) up to which is learnt; what came after is judged. Otherwise "
            "the longest horizon, and of staying a quarter, before the last event.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        str,
        typer.Option("--only", help="Some of next, buy, affinity, stay, with commas between."),
    ] = "",
    level: Annotated[
        str | None,
        typer.Option("--level", help="Of what comes next: only product, or only category."),
    ] = None,
    staying_days: Annotated[
        int | None,
        typer.Option(
            "--staying-days", min=1, metavar="DAYS", help="The days that staying is judged on."
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth",
            metavar="FILE",
            help="CSV or Parquet with person, category and bought_at: also judge what the build "
            "in force tells. identities and visitors lie beside it and say who persons are.",
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help="Draw the curves too, as .svg or .html."),
    ] = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    output: Output = None,
) -> None:
    """Judge what is told of intents, on what people did afterwards.

    Everything is learnt on the events before a moment and judged on those after it:
    what comes next (hit rate and reciprocal rank over all prefixes of later
    sessions), who buys within each horizon (AUC, calibration, lift, coverage, beside
    the base rate and what was viewed last), what somebody is drawn to, and how
    customers stay and what they spend, beside BG/NBD.

    [dim]Examples:[/]
      connu evaluate intents
      connu evaluate intents --only next --level product --from 2014-04-07
      connu evaluate intents --only stay --staying-days 273
      connu evaluate intents --only buy --truth truth/intents.csv --chart intents.svg
      connu evaluate intents --markdown
    """
    from connu.cli.intents import print_intents
    from connu.cli.progress import watched

    outlet = Outlet(as_json, as_markdown, output, chart)
    place = opened(brand)
    with watched() as progress:
        evaluation = place.evaluate_intents(
            start=since,
            only=[word.strip() for word in only.split(",") if word.strip()],
            level=level,
            staying_days=staying_days,
            truth=truth,
            purpose=purpose,
            progress=progress,
        )
    if chart is not None:
        from connu.cli.intent_chart import write_intent_chart

        write_intent_chart(evaluation, chart)
    outlet.deliver(
        evaluation, lambda console: print_intents(console, evaluation), "The curves are drawn in"
    )


@app.command()
def expectations(
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="JSON Lines of coded verbatims, as connu code --import takes; lines that bring "
            "their text need no build.",
        ),
    ],
    few: Annotated[
        int | None,
        typer.Option(
            "--few",
            min=1,
            metavar="N",
            help="Learn from N texts a theme, drawn from the truth, and judge on the others.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="How often the few are drawn anew.")
    ] = 10,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help="Draw the figures too, as .svg or .html."),
    ] = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    output: Output = None,
) -> None:
    """Judge what connu says customers expect, on verbatims that somebody coded.

    Themes by verbatim (precision, recall, F1), polarity and status where the theme is
    right, whether probabilities mean what they say and, where the truth says in which
    stretch a thing is said, the expectation F1. Verbatims whose codes the build learnt
    from are left out. Where every line brings its text, connu learns on the file itself:
    from none of its labels, then from all that are not of the split «test».

    [dim]Examples:[/]
      connu evaluate expectations truth.jsonl
      connu evaluate expectations truth.jsonl --few 16 --seeds 10
      connu evaluate expectations truth.jsonl --chart expectations.svg -o expectations.md
    """
    from connu.cli.expectation_figures import print_expectation_figures
    from connu.cli.progress import watched

    outlet = Outlet(as_json, as_markdown, output, chart)
    place = opened(brand)
    with watched() as progress:
        evaluation = place.evaluate_expectations(
            truth, few=few, seeds=seeds, purpose=purpose, progress=progress
        )
    if chart is not None:
        from connu.cli.expectation_chart import write_expectation_chart

        write_expectation_chart(evaluation, chart)
    outlet.deliver(
        evaluation,
        lambda console: print_expectation_figures(console, evaluation),
        "The figures are drawn in",
    )
