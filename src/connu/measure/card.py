"""The scorecard as it is given out: to the screen, to the page, to programs."""

from __future__ import annotations

from typing import Any

import msgspec

from connu.measure.claims import Breakdown, Check, Claim
from connu.measure.steps import Step
from connu.measure.words import Words


class Theme(msgspec.Struct, frozen=True):
    """What customers say of one theme.

    Attributes:
        theme, dimension: which, as tables write it. label: what a reader is shown.
        verbatims: that speak of it. customers: how many different ones.
        met, unmet, wished: verbatims that say so; None: of too few customers to be shown.
        met_share: of those that say met or unmet, 0–1, with low and high; None where there is none.
        driver: its part of what ratings say, 0–1, with low and high; None: not told, or not
            surely. No SQL gives it: `connu preference drivers` does.
        f1: how rightly it is coded, with low and high, or None: not checked.
        quotes: some of what was said, personal data masked, with status and (calibrated)
            probability.
        how: the SQL that counts verbatims, met, unmet and wished, over the tables of a build.
    """

    theme: str
    dimension: str
    verbatims: int
    customers: int
    met: int | None
    unmet: int | None
    wished: int | None
    met_share: tuple[float, float, float] | None = None
    driver: tuple[float, float, float] | None = None
    f1: tuple[float, float, float] | None = None
    quotes: list[dict[str, Any]] = []
    how: str = ""
    label: Words | None = None

    def called(self, language: str) -> str:
        """What a reader is shown: the label, or the name in words.

        >>> Theme("after_sales", "interaction", 0, 0, None, None, None).called("fr")
        'after sales'
        """
        return self.theme.replace("_", " ") if self.label is None else self.label.said(language)


class IntentNow(msgspec.Struct, frozen=True):
    """What is intended now, of one category.

    Attributes:
        category: which, as a path.
        horizon_days: within how many days.
        customers, visitors: of whom a probability is told; None: too few to be shown.
        purchases: expected buyers: the sum of the probabilities.
        value: expected value in the brand's currency, or None: no price was seen.
        how: the SQL that gives them, over the tables of a build.
    """

    category: str
    horizon_days: int
    customers: int | None
    visitors: int | None
    purchases: float
    value: float | None
    how: str = ""


class Point(msgspec.Struct, frozen=True):
    """A claim of an earlier build, or of this one.

    Attributes:
        build, at: which, and when it was made (ISO, UTC).
        name: the claim's. unit: likewise.
        value, low, high: as they were then.
    """

    build: str
    at: str
    name: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None


class Missing(msgspec.Struct, frozen=True):
    """What the brand did not bring, and what it would be good for.

    Attributes:
        name: `people`, `events`, `verbatims`, `products`, `customers` …
        label: what is missing. bring: what to do.
    """

    name: str
    label: Words
    bring: Words


class Scorecard(msgspec.Struct, frozen=True):
    """How well the brand knows its customers, and how it knows that it knows.

    Attributes:
        brand: its name. build, built: which build, and when it was made (ISO, UTC).
        purpose: what it was read for: those who may not be read for it are not counted.
        left_out: customers who may not be read for it; None: too few to be told.
        segment: as it was typed, or None: everybody.
        currency: of money, or "".
        claims, breakdowns: the figures, by section.
        checks: how rightly.
        themes: what customers expect, those that miss most first.
        intents: what is intended now.
        steps: what to do next, the greatest gain first.
        trend: claims over builds, the oldest first.
        missing: what the brand did not bring.
        remarks: what to know of the whole.
    """

    brand: str
    build: str
    built: str
    purpose: str
    left_out: int | None = 0
    segment: str | None = None
    currency: str = ""
    claims: list[Claim] = []
    breakdowns: list[Breakdown] = []
    checks: list[Check] = []
    themes: list[Theme] = []
    intents: list[IntentNow] = []
    steps: list[Step] = []
    trend: list[Point] = []
    missing: list[Missing] = []
    remarks: list[Words] = []

    def claim(self, name: str) -> Claim | None:
        """A claim by its name, those of checks too; None: there is none."""
        of_checks = [claim for check in self.checks for claim in check.claims]
        return next((c for c in (*self.claims, *of_checks) if c.name == name), None)

    def hows(self) -> dict[str, str]:
        """By name, the SQL of everything that is told: claims, curves, breakdowns, themes,
        intents and steps."""
        told = {claim.name: claim.how for claim in self.claims}
        told |= {claim.name: claim.how for check in self.checks for claim in check.claims}
        told |= {f"{c.name}.curve": c.curve_how for c in self.checks if c.curve_how}
        told |= {breakdown.name: breakdown.how for breakdown in self.breakdowns}
        told |= {f"theme.{theme.theme}": theme.how for theme in self.themes}
        told |= {f"intents.now.{one.category}": one.how for one in self.intents}
        return told | {step.name: step.how for step in self.steps}

    def told(self, name: str, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
        """The rows that a figure's query gives, without what the scorecard hides; and whether
        anything is hidden.

        A figure of few is a figure of few by whichever door one comes.

        Args:
            name: of the figure.
            rows: what its query gives.
        """
        hidden: set[str] = set()
        claim = self.claim(name)
        if claim is not None and claim.hidden:
            return [], True
        for breakdown in self.breakdowns:
            if breakdown.name == name:
                few = {cell.label for cell in breakdown.cells if cell.hidden}
                return [_without_count(row, few) for row in rows], bool(few)
        for theme in self.themes:
            if name == f"theme.{theme.theme}":
                hidden = {word for word in _CELLS if getattr(theme, word) is None}
        for one in self.intents:
            if name == f"intents.now.{one.category}":
                hidden = {word for word in _WHO if getattr(one, word) is None}
        left = [{k: None if k in hidden else v for k, v in row.items()} for row in rows]
        return left, bool(hidden)

    def as_dict(self) -> dict[str, Any]:
        """The scorecard as JSON."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told


class How(msgspec.Struct, frozen=True):
    """How one figure comes about.

    Attributes:
        name: of the figure.
        sql: its query over the tables of a build, as one reads it.
        ran: the same as it was run: each table read for the purpose, and of the segment.
        rows: what that gives, without what is of too few people.
        few: something was left out for that.
    """

    name: str
    sql: str
    ran: str
    rows: list[dict[str, Any]]
    few: bool = False


#: Cells of a theme, and of an intent, that may be hidden.
_CELLS, _WHO = ("met", "unmet", "wished"), ("customers", "visitors")


def _without_count(row: dict[str, Any], few: set[str]) -> dict[str, Any]:
    """A row of (part, how many), the number left out where the part is of few."""
    part, count = row
    return row | {count: None} if str(row[part]) in few else row
