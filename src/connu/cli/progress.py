"""Progress drawn by Rich on standard error; nothing where nobody watches (no terminal)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connu.kernel.progress import Progress as ProgressProtocol
from connu.kernel.progress import Silent, Step

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class _DrawnStep:
    """One line on the screen."""

    def __init__(self, drawn: Progress, task: TaskID) -> None:
        self._drawn = drawn
        self._task = task

    def advance(self, done: int = 1) -> None:
        """Move the bar."""
        self._drawn.advance(self._task, done)

    def note(self, text: str) -> None:
        """Show a short text at the line's end."""
        self._drawn.update(self._task, note=text)


class RichProgress:
    """Stages as lines: the running ones with a bar, the finished ones with their time.

    A stage inside a stage is drawn indented and goes away when it is done.
    """

    def __init__(self, drawn: Progress) -> None:
        self._drawn = drawn
        self._depth = 0

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Draw a stage for as long as it runs."""
        inner = self._depth > 0
        task = self._drawn.add_task("  " * self._depth + name, total=total, note="")
        self._depth += 1
        try:
            yield _DrawnStep(self._drawn, task)
            # Reached only when the stage went well: a broken one is not ticked off.
            finished = total if total is not None else 1
            self._drawn.update(task, total=finished, completed=finished)
        finally:
            self._depth -= 1
            if inner:
                self._drawn.remove_task(task)


@contextmanager
def watched() -> Iterator[ProgressProtocol]:
    """A progress for a command: drawn on a terminal, silent elsewhere."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    from connu.cli.screen import err

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=24, table_column=Column(min_width=24)),
        TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
        # The notes give way when the terminal is narrow.
        TextColumn(
            "[dim]{task.fields[note]}",
            table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
        ),
    )
    with Progress(*columns, console=err(), expand=True) as drawn:
        yield RichProgress(drawn)
