"""How long work tells that it advances; the command line draws it, a library call stays silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Step(Protocol):
    """One stage under way."""

    def advance(self, done: int = 1) -> None:
        """Tell that `done` more units of the stage's total are finished."""
        ...

    def note(self, text: str) -> None:
        """Say one short thing about the stage: counts, never a customer's data."""
        ...


class Progress(Protocol):
    """Receives the stages of a long piece of work, in order."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Enter a stage of `total` units (None: unknown) and leave it when it is done."""
        ...


class _SilentStep:
    def advance(self, done: int = 1) -> None:
        """Nothing is drawn."""

    def note(self, text: str) -> None:
        """Nothing is drawn."""


class Silent:
    """A progress nobody watches."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Step]:
        yield _SilentStep()
