"""What goes to the screen: plain, whole, and quiet where nobody watches."""

from __future__ import annotations

import doctest
import io
from datetime import datetime

import pytest
from rich.console import Console

from connu.app import brand, chain, consenting, decision, finding, inputs, trace
from connu.cli import explain, export, failure, options, progress, screen, show
from connu.kernel.progress import Silent


@pytest.mark.parametrize(
    "module",
    [
        brand, chain, consenting, decision, explain, export, failure, finding, inputs, options,
        screen, show, trace,
    ],
    ids=lambda module: module.__name__,
)  # fmt: skip
def test_doctests_hold(module):
    assert doctest.testmod(module).failed == 0


def test_cells_are_text_not_markup():
    console = Console(file=io.StringIO(), width=80)
    console.print(screen.table(("a",), [["[bold]x[/] [red"], ["[/]"]]))
    shown = console.file.getvalue()
    assert "[bold]x[/] [red" in shown and "[/]" in shown


def test_json_is_readable_by_programs(capsys):
    import numpy as np

    screen.print_json({"at": datetime(2026, 1, 2), "n": np.int64(3), "é": None})
    assert capsys.readouterr().out == (
        '{\n  "at": "2026-01-02T00:00:00",\n  "n": 3,\n  "é": null\n}\n'
    )


def test_no_progress_where_nobody_watches(capsys):
    with progress.watched() as watched:
        assert isinstance(watched, Silent)
        with watched.stage("x", 2) as step:
            step.advance()
            step.note("y")
    told = capsys.readouterr()
    assert told.out == told.err == ""


def test_progress_on_a_terminal_shows_stages_and_hides_inner_ones():
    from rich.progress import Progress, TextColumn

    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=console) as drawn:
        watched = progress.RichProgress(drawn)
        with watched.stage("link") as step:
            with watched.stage("compare", 10) as inner:
                inner.advance(10)
            step.note("3 links")
        with pytest.raises(ValueError), watched.stage("broken"):
            raise ValueError
    assert [task.description for task in drawn.tasks] == ["link", "broken"]
    assert drawn.tasks[0].finished
    assert not drawn.tasks[1].finished
