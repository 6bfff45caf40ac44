"""`connu`: the commands, and what happens when one fails.

Modules of commands import only Typer at the top; whatever is heavy (DuckDB, numba, PyArrow) loads
when a command runs, so that help and a mistyped option answer at once.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from connu import __version__
from connu.cli import (
    answer,
    build,
    check,
    code,
    consent,
    correct,
    decide,
    demo,
    evaluate,
    expectations,
    explain,
    export,
    failure,
    forget,
    init,
    preference,
    report,
    scorecard,
    show,
    status,
    survey,
    teach,
    themes,
)
from connu.kernel import interruption

app = typer.Typer(
    name="connu",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

START = "Start"
LOOK = "Look at customers"
UNDERSTAND = "Understand"
CORRECT = "Correct and respect"
MEASURE = "Measure"


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"connu {__version__}")
        raise typer.Exit()


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """One customer behind all the sources, with reasons.

    A brand is a folder with a connu.toml. [bold]connu init[/] proposes one from your
    files, [bold]connu build[/] makes customers of them, [bold]connu show[/] and
    [bold]connu explain[/] say who and why, [bold]connu export[/] hands them to other
    programs. To see it work on a made-up brand first: [bold]connu demo maison-claire[/].
    """


app.command(rich_help_panel=START)(demo.demo)
app.command(rich_help_panel=START)(init.init)
app.command(rich_help_panel=START)(check.check)
app.command(rich_help_panel=START)(build.build)
app.command(rich_help_panel=START)(status.status)
app.command(rich_help_panel=LOOK)(show.show)
app.command(rich_help_panel=LOOK)(explain.explain)
app.command(rich_help_panel=LOOK)(export.export)
app.command(rich_help_panel=UNDERSTAND)(expectations.expectations)
app.add_typer(preference.app, name="preference", rich_help_panel=UNDERSTAND)
app.command(rich_help_panel=UNDERSTAND)(themes.themes)
app.command(rich_help_panel=UNDERSTAND)(code.code)
app.command(rich_help_panel=UNDERSTAND)(teach.teach)
app.command(rich_help_panel=UNDERSTAND)(answer.answer)
app.command(rich_help_panel=CORRECT)(decide.join)
app.command(rich_help_panel=CORRECT)(decide.split)
app.command(rich_help_panel=CORRECT)(correct.correct)
app.add_typer(consent.app, name="consent", rich_help_panel=CORRECT)
app.command(rich_help_panel=CORRECT)(forget.forget)
app.command(rich_help_panel=MEASURE)(scorecard.scorecard)
app.command(rich_help_panel=MEASURE)(report.report)
app.add_typer(survey.app, name="survey", rich_help_panel=MEASURE)
app.add_typer(evaluate.app, name="evaluate", rich_help_panel=MEASURE)


def run() -> None:
    """The entry point of the `connu` script: run a command, leave with its exit code."""
    # SIGTERM ends a build as Ctrl-C does: the draft is abandoned, the lock given back.
    interruption.forget()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interruption.ask)
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Run one command line.

    Args:
        arguments: what stands after `connu`.

    Returns:
        The exit code; an error has been told on standard error.
    """
    try:
        code = app(args=arguments, prog_name="connu", standalone_mode=False)
        sys.stdout.flush()
        # Typer turns Ctrl-C into this exit code before we see it.
        return _interrupted() if code == failure.EXIT_INTERRUPTED else code or 0
    except (BrokenPipeError, SystemExit):
        # Whoever read our output (head, less) left: no fault, and nothing more to say to him.
        # Typer turns it into SystemExit, which it raises for nothing else here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        return failure.tell(error, as_json="--json" in arguments)


def _interrupted() -> int:
    typer.echo("connu: interrupted; the last build stays in force.", err=True)
    return failure.EXIT_INTERRUPTED
