"""The pages that tests look at, each made once: to draw their charts takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import made_card
import pytest

from connu.report.page import report_html

CARDS = {
    "rich": made_card.rich_card,
    "hostile": made_card.hostile_card,
    "one": made_card.one_customer_card,
    "empty": made_card.empty_card,
}


@cache
def _made(card: str, language: str) -> str:
    return report_html(CARDS[card](), language=language)


@pytest.fixture(scope="session")
def page_of() -> Callable[[str, str], str]:
    """The page of a made card in a language."""
    return _made
