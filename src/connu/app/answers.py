"""«You said, we did»: what the brand did about a theme, kept in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connu.app.coding import this_coder
from connu.journal.journal import open_journal
from connu.kernel.errors import UsageError, did_you_mean
from connu.understand.codebook import read_codebook

if TYPE_CHECKING:
    from connu.app.brand import Brand


def keep_answer(brand: Brand, theme: str, text: str, *, by: str = "") -> dict[str, Any]:
    """Keep what was done about a theme.

    Args:
        brand: whose.
        theme: of the codebook.
        text: what was done, as those who spoke of the theme will read it.
        by: who answers; whoever is logged in when empty.

    Returns:
        The answer: id, theme, text, by, at.

    Raises:
        UsageError: the codebook has no such theme, or the answer says nothing.
    """
    _check(brand, theme)
    with open_journal(brand.folder, brand.settings) as journal:
        number = journal.answer(theme, text, by or this_coder())
        return next(one for one in journal.answers().to_pylist() if one["id"] == number)


def answers_of(brand: Brand, theme: str | None = None) -> list[dict[str, Any]]:
    """The answers in force, the latest first: id, theme, text, by, at.

    Args:
        brand: whose.
        theme: only those to it.

    Raises:
        UsageError: the codebook has no such theme, and nothing was ever answered to one.
    """
    with open_journal(brand.folder, brand.settings) as journal:
        told = journal.answers().to_pylist()[::-1]
    if theme is None:
        return told
    found = [one for one in told if one["theme"] == theme]
    if not found:
        _check(brand, theme)
    return found


def take_answer_back(brand: Brand, number: int, *, by: str = "") -> None:
    """Take an answer back.

    Raises:
        NotFoundError: there is no such answer.
    """
    with open_journal(brand.folder, brand.settings) as journal:
        journal.undo_answer(number, by or this_coder())


def _check(brand: Brand, theme: str) -> None:
    themes = read_codebook(brand.folder).names
    if theme not in themes:
        raise UsageError(
            f"the codebook has no theme «{theme}»", hint=did_you_mean(theme, themes), theme=theme
        )
