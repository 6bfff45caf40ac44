"""`connu evaluate`: the result against labelled truth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.identities import IdentityScore
    from connu.measure.intervals import Share

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
) -> None:
    """Pairwise and B-cubed precision, recall and F1 of the customers, against labelled truth.

    Pairwise asks of two records: rightly together, rightly apart? B-cubed asks
    of each record: how much of its customer is right, and how much of its
    person is there? The truth may cover a part of the records; only those
    count.

    [dim]Example:[/]
      connu evaluate identities truth/people.csv
    """
    score = opened(brand).evaluate_identities(truth, across=across, purpose=purpose)
    if as_json:
        import msgspec

        from connu.cli.screen import print_json

        print_json(msgspec.to_builtins(score, str_keys=True))
        return
    from connu.cli.screen import out

    print_score(out(), score)


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
) -> None:
    """Judge what statistical twins tell, on customers whose value is known.

    Each is judged by a model that never saw him: how well values are told apart
    (AUC), how right the surest 20, 50 and 100 % are, whether probabilities mean
    what they say (calibration error), how many could be told at 90 and 95 %
    accuracy, and whether the precision promised was kept.

    [dim]Examples:[/]
      connu evaluate twins --attribute sex
      connu evaluate twins -a sex --folds sex.csv --column time_split
      connu evaluate twins -a age_band --chart age_band.html
    """
    from connu.cli.progress import watched

    if chart is not None:
        from connu.cli.chart import check_chart

        check_chart(chart)
    place = opened(brand)
    with watched() as progress:
        evaluation = place.evaluate_twins(
            attribute, folds=folds, column=column, purpose=purpose, progress=progress
        )
    if chart is not None:
        from connu.cli.chart import write_chart

        write_chart(evaluation, chart)
    if as_json:
        from connu.cli.screen import print_json

        print_json(evaluation.as_dict())
        return
    from rich.markup import escape

    from connu.cli.screen import out
    from connu.cli.twins import print_evaluation

    print_evaluation(out(), evaluation)
    if chart is not None:
        out().print(f"The curves are drawn in {escape(str(chart))}.")


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
    """
    from connu.cli.progress import watched

    if chart is not None:
        from connu.cli.chart import check_chart

        check_chart(chart)
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
    if as_json:
        from connu.cli.screen import print_json

        print_json(evaluation.as_dict())
        return
    from rich.markup import escape

    from connu.cli.intents import print_intents
    from connu.cli.screen import out

    print_intents(out(), evaluation)
    if chart is not None:
        out().print(f"The curves are drawn in {escape(str(chart))}.")


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
      connu evaluate expectations truth.jsonl --chart expectations.svg
    """
    from connu.cli.progress import watched

    if chart is not None:
        from connu.cli.chart import check_chart

        check_chart(chart)
    place = opened(brand)
    with watched() as progress:
        evaluation = place.evaluate_expectations(
            truth, few=few, seeds=seeds, purpose=purpose, progress=progress
        )
    if chart is not None:
        from connu.cli.expectation_chart import write_expectation_chart

        write_expectation_chart(evaluation, chart)
    if as_json:
        from connu.cli.screen import print_json

        print_json(evaluation.as_dict())
        return
    from rich.markup import escape

    from connu.cli.expectation_figures import print_expectation_figures
    from connu.cli.screen import out

    print_expectation_figures(out(), evaluation)
    if chart is not None:
        out().print(f"The figures are drawn in {escape(str(chart))}.")


def print_score(console: Console, score: IdentityScore) -> None:
    """The score on the screen."""
    from connu.cli.screen import table

    rows = [
        (name, _share(agreement.precision), _share(agreement.recall), _share(agreement.f1))
        for name, agreement in (("pairwise", score.pairwise), ("B-cubed", score.bcubed))
    ]
    headers = ("", "precision", "recall", "F1")
    console.print(table(headers, rows, right=headers[1:]))
    console.print(
        f"{score.records:,} records scored: {score.customers:,} customers found, "
        f"{score.entities:,} people in truth."
    )
    if score.only_in_truth:
        console.print(f"{score.only_in_truth:,} records of the truth are in no source.")
    if score.only_in_identities:
        console.print(f"{score.only_in_identities:,} records are not in the truth: not scored.")
    console.print("[dim]In brackets: the 95 % interval.[/]")


def _share(share: Share) -> str:
    return f"{share.value:.4f} [{share.low:.4f}–{share.high:.4f}]"
