"""What customers expect of the brand, as an analyst looks at it: one page, or one theme.

Nothing here infers: it counts what the build coded, within who may be read, and says of each
figure how far it may be from the truth. Within a segment no cell of fewer than ten customers is
shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from connu.app.answered import Answered, answered
from connu.app.asked_for import AskedFor, asked_for
from connu.app.drivers import Drivers, drivers_of
from connu.app.listening import (
    EXPECTATIONS_HEARD,
    VERBATIMS_HEARD,
    Ask,
    Heard,
    Listening,
    listening,
)
from connu.app.theme_counts import ThemeCounts, theme_counts
from connu.app.theme_page import ThemePage, theme_page
from connu.app.theme_trends import ThemeTrends, theme_trends
from connu.journal.journal import open_journal
from connu.kernel.errors import UsageError, did_you_mean
from connu.ledger.expectations import DIMENSIONS, STATUSES
from connu.understand.nps import Nps, nps

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Themes, verbatims and asked themes shown where nobody says how many.
LIMIT = 20
_SORTED = {"met": "met", "unmet": "unmet", "unknown": "verbatims"}


class ExpectationsView(msgspec.Struct, frozen=True):
    """The page.

    Attributes:
        heard: who was heard; its `silence` says why there is nothing else.
        counts: themes with how often they are met, unmet and wished.
        trends: what rises and falls.
        drivers: what goes with rating and NPS; none where nobody gave any.
        asked: what people ask the brand to change.
        answered: answers, and how often the theme was unmet before and after.
        nps: everybody's who was heard, or None.
    """

    heard: Heard
    counts: ThemeCounts | None = None
    trends: ThemeTrends | None = None
    drivers: list[Drivers] = []
    asked: list[AskedFor] = []
    answered: list[Answered] = []
    nps: Nps | None = None

    def as_dict(self) -> dict[str, Any]:
        """The page as JSON."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        told["heard"]["share"] = self.heard.share
        return told


class ThemeView(msgspec.Struct, frozen=True):
    """One theme: who was heard, and a screen of what was said of it.

    Attributes:
        heard: who was; its `silence` says why there is nothing else.
        page: the screen, or None.
        answers: what the brand did about it: id, theme, text, by, at.
    """

    heard: Heard
    page: ThemePage | None = None
    answers: list[dict[str, Any]] = []

    def as_dict(self) -> dict[str, Any]:
        """The screen as JSON."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        told["heard"]["share"] = self.heard.share
        return told


def expectations_view(
    brand: Brand,
    ask: Ask | None = None,
    *,
    dimension: str | None = None,
    status: str | None = None,
    limit: int = LIMIT,
    purpose: str = "service",
) -> ExpectationsView:
    """What customers expect of the brand.

    Args:
        brand: whose.
        ask: which customers, which time; None: everybody, ever.
        dimension: only its themes.
        status: themes by how often they have it, and only those that do; None: by what is at stake.
        limit: themes and asked themes at most; drivers and trends are judged over all.
        purpose: words of those who did not grant it are not read.

    Raises:
        BuildError: there is no build.
        NotFoundError: it was made before connu listened.
        UsageError: no such dimension or status, or the segment cannot be read.
        PurposeError: nobody knows the purpose, or an attribute is not read for it.

    Cost: some seconds, and a few for each outcome; a minute for a million verbatims at most.
    """
    check_words(dimension, status)
    with open_journal(brand.folder, brand.settings) as journal:
        answers = journal.answers().to_pylist()
    with listening(brand, ask or Ask(), purpose) as heard:
        if heard.heard.silence is not None:
            return ExpectationsView(heard.heard)
        counts = _narrowed(theme_counts(heard), dimension, status, limit)
        shown = [one.theme for one in counts.themes]
        return ExpectationsView(
            heard.heard,
            counts,
            theme_trends(heard, shown),
            _drivers(heard),
            asked_for(heard, shown, limit),
            answered(heard, answers, shown),
            _nps(heard),
        )


def theme_view(
    brand: Brand,
    theme: str,
    ask: Ask | None = None,
    *,
    status: str | None = None,
    page: int = 1,
    limit: int = LIMIT,
    purpose: str = "service",
) -> ThemeView:
    """What was said of one theme, a screen at a time.

    Args:
        brand: whose.
        theme: of the codebook, or of the build.
        ask: which customers, which time.
        status: only met, unmet or unknown.
        page: from 1. limit: statements a screen.
        purpose: words of those who did not grant it are not read.

    Raises:
        UsageError: no such theme or status; the nearest is named. Otherwise as expectations_view.
    """
    check_words(None, status)
    with open_journal(brand.folder, brand.settings) as journal:
        answers = [one for one in journal.answers().to_pylist() if one["theme"] == theme]
    with listening(brand, ask or Ask(), purpose) as heard:
        _check_theme(heard, theme)
        if heard.heard.silence is not None:
            return ThemeView(heard.heard)
        told = theme_page(heard, theme, status=status, page=max(page, 1), limit=max(limit, 1))
        return ThemeView(heard.heard, told, answers)


def check_words(dimension: str | None, status: str | None) -> None:
    """See that there are such a dimension and status.

    Raises:
        UsageError: there are not; the nearest is named.
    """
    for word, known, what in ((dimension, DIMENSIONS, "dimension"), (status, STATUSES, "status")):
        if word is not None and word not in known:
            raise UsageError(f"there is no {what} «{word}»", hint=did_you_mean(word, known))


# ---------------------------------------------------------------------- within
def _check_theme(heard: Listening, theme: str) -> None:
    names = heard.codebook.names
    if theme in names:
        return
    told = heard.rows(f"SELECT DISTINCT theme FROM {EXPECTATIONS_HEARD}")
    known = {*names, *(row["theme"] for row in told)}
    if theme not in known:
        raise UsageError(
            f"the codebook has no theme «{theme}»", hint=did_you_mean(theme, known), theme=theme
        )


def _narrowed(
    counts: ThemeCounts, dimension: str | None, status: str | None, limit: int
) -> ThemeCounts:
    themes = [one for one in counts.themes if dimension in (None, one.dimension)]
    if status is not None:
        word = _SORTED[status]
        themes = [one for one in themes if getattr(one, word)]
        themes.sort(key=lambda one: (-getattr(one, word), one.theme))
    return msgspec.structs.replace(counts, themes=themes[:limit], more=max(len(themes) - limit, 0))


def _drivers(heard: Listening) -> list[Drivers]:
    told = heard.rows(
        f"SELECT count(rating) AS rating, count(nps) AS nps FROM {VERBATIMS_HEARD}"
    )[0]  # fmt: skip
    return [drivers_of(heard, outcome) for outcome in ("rating", "nps") if told[outcome]]


def _nps(heard: Listening) -> Nps | None:
    scores = heard.table(f"SELECT nps FROM {VERBATIMS_HEARD} WHERE nps IS NOT NULL")["nps"]
    return nps(scores.to_numpy())[0] if len(scores) else None
