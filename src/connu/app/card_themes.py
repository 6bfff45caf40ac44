"""What customers expect, by theme, as the scorecard shows it: counts, drivers, quotes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connu.app.drivers import drivers_of
from connu.app.listening import (
    ASKING,
    CUSTOMER,
    EXPECTATIONS_HEARD,
    VERBATIMS_HEARD,
    Ask,
    Listening,
    listening_in,
)
from connu.app.outcomes import Outcome
from connu.app.reading import Reading
from connu.app.theme_counts import ThemeCount, theme_counts
from connu.engine.sql import literal
from connu.kernel.errors import NotFoundError
from connu.kernel.settings import Settings
from connu.measure.card import Theme
from connu.measure.few import K_LEAST
from connu.measure.intervals import Share
from connu.measure.words import Words
from connu.understand.estimate import Estimate

#: Quotes of a theme, and how long one should be to be understood (code points).
_QUOTES, _SHORT, _LONG = 2, 20, 160
#: Verbatims with a rating beyond which drivers are not weighed here: `connu preference drivers`
#: takes its time.
_MOST_RATED = 20_000


def card_themes(
    reading: Reading,
    settings: Settings,
    folder: Path,
    segment: str | None,
    f1: Mapping[str, Share],
    labels: Mapping[str, Words],
) -> list[Theme]:
    """The themes that somebody spoke of, those that miss most first.

    Of fewer than ten customers no number and no quote is given; a health brand's customers are not
    quoted at all. Cost: as `connu expectations` without trends.

    Args:
        reading: the build, opened for a purpose.
        settings: the brand's.
        folder: where its codebook lies.
        segment: as typed, or None.
        f1: by theme, how rightly it is coded, where that was measured.
        labels: by theme, what readers are shown.
    """
    try:
        with listening_in(reading, settings, folder, Ask(segment=segment)) as heard:
            if heard.heard.silence is not None:
                return []
            told = theme_counts(heard, least=K_LEAST).themes
            drivers = _drivers(heard)
            quotes = {} if settings.brand.sector == "health" else _quotes(heard, told)
    except NotFoundError:  # a build of an earlier connu
        return []
    return [
        Theme(
            theme=one.theme,
            dimension=one.dimension,
            verbatims=one.verbatims,
            customers=one.customers,
            met=_shown(one.met),
            unmet=_shown(one.unmet),
            wished=_shown(one.wished),
            # A share of two numbers, one of them hidden, would give it away.
            met_share=_triple(one.met_share)
            if None not in (_shown(one.met), _shown(one.unmet))
            else None,
            driver=drivers.get(one.theme),
            f1=None if one.theme not in f1 else _triple(f1[one.theme]),
            quotes=[quote for quote in quotes.get(one.theme, []) if _quotable(one, quote)],
            how=_how(one.theme),
            label=labels.get(one.theme),
        )
        for one in told
    ]


def _shown(number: int | None) -> int | None:
    return None if number is None or 0 < number < K_LEAST else number


def _quotable(one: ThemeCount, quote: Mapping[str, Any]) -> bool:
    """Whether enough say the like: the words of a cell of few are nobody else's."""
    cells = {"met": one.met, "unmet": one.unmet, "wished": one.wished}
    return quote["status"] not in cells or _shown(cells[quote["status"]]) is not None


def _triple(share: Estimate | Share | None) -> tuple[float, float, float] | None:
    return None if share is None else (share.value, share.low, share.high)


def _how(theme: str) -> str:
    """The count of a theme, as one reads and runs it; of a segment, over its rows."""
    asking = ", ".join(map(literal, ASKING))
    return (
        "SELECT count(*) AS verbatims, count(DISTINCT customer) AS customers, sum(met) AS met,"
        " sum(unmet) AS unmet, sum(wished) AS wished FROM (SELECT max(CASE WHEN status = 'met'"
        " THEN 1 ELSE 0 END) AS met, max(CASE WHEN status = 'unmet' THEN 1 ELSE 0 END) AS unmet,"
        f" max(CASE WHEN form IN ({asking}) THEN 1 ELSE 0 END) AS wished,"
        f" min({CUSTOMER}) AS customer FROM expectations WHERE addressee = 'brand'"
        f' AND theme = {literal(theme)} GROUP BY source, "row") AS v'
    )


def _drivers(heard: Listening) -> dict[str, tuple[float, float, float]]:
    """By theme, its part of what ratings (or else NPS) say; only those told surely."""
    told = heard.rows(
        f"SELECT count(rating) AS rating, count(nps) AS nps FROM {VERBATIMS_HEARD}"
    )[0]  # fmt: skip
    outcomes: tuple[Outcome, ...] = ("rating", "nps")
    for outcome in outcomes:
        if 0 < told[outcome] <= _MOST_RATED:
            weights = drivers_of(heard, outcome).weights
            told_surely = [one for one in weights.drivers if one.silence is None]
            return {
                one.name: (one.share.value, one.share.low, one.share.high) for one in told_surely
            }
    return {}


def _quotes(heard: Listening, themes: list[ThemeCount]) -> dict[str, list[dict[str, Any]]]:
    """By theme, its surest quotes, of different people, of different statuses first."""
    if not themes:
        return {}
    named = ", ".join(literal(one.theme) for one in themes)
    asking = ", ".join(map(literal, ASKING))
    rows = heard.rows(
        "SELECT theme, status, form, quote, probability FROM (SELECT *, row_number() OVER"
        " (PARTITION BY theme ORDER BY own, probability DESC, quote) AS place FROM"
        f" (SELECT theme, CASE WHEN form IN ({asking}) THEN 'wished' ELSE status END AS status,"
        " form, quote, probability, row_number() OVER (PARTITION BY theme,"
        f" CASE WHEN form IN ({asking}) THEN 'wished' ELSE status END"
        f" ORDER BY probability DESC, quote) AS own, row_number() OVER (PARTITION BY theme,"
        f" coalesce({CUSTOMER}, quote) ORDER BY probability DESC, quote) AS one"
        f" FROM {EXPECTATIONS_HEARD} WHERE theme IN ({named}) AND form <> 'none'"
        f" AND length(quote) BETWEEN {_SHORT} AND {_LONG}) AS q WHERE one = 1) AS r"
        f" WHERE place <= {_QUOTES} ORDER BY theme, place"
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.pop("theme"), []).append(row)
    return found
