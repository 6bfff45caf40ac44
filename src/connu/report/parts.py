"""What a section of the page is made of: the card's figures, put together as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connu.measure.card import Point, Scorecard
from connu.measure.claims import Breakdown, Check, Claim
from connu.measure.words import Words

KINDS = ("identities", "twins", "intents", "expectations")
#: How many colours parts have; further parts share the last.
COLOURS = 6
UNKNOWN = "unknown"
#: Breakdowns of one shape: one row per attribute, the same parts in each.
_ALIKE = "known_by_"
#: Breakdowns whose parts make a whole: nobody is in two of them.
_WHOLE = frozenset(
    {
        "customers_by_sources",
        "events_by_tie",
        "expectations_by_dimension",
        "expectations_by_status",
        "links_by_kind",
        "records_by_link",
        "records_by_source",
        "staying_by_risk",
        "visitors_by_standing",
    }
)


class Section(NamedTuple):
    """One of identify, know, understand and seen.

    Attributes:
        name: which.
        claims: its figures.
        alike: its breakdowns that share their parts, drawn as one.
        wholes: its breakdowns whose parts make a whole.
        others: its other breakdowns.
    """

    name: str
    claims: list[Claim]
    alike: list[Breakdown]
    wholes: list[Breakdown]
    others: list[Breakdown]


class Query(NamedTuple):
    """How one figure is had.

    Attributes:
        name: as `connu scorecard --how` takes it. label: what it is.
        sql: its query. claim: the figure, where it is one.
    """

    name: str
    label: Words
    sql: str
    claim: Claim | None


_CURVE = Words("the curve", "la courbe")


def section(card: Scorecard, name: str) -> Section:
    """What a card tells in one section."""
    claims = [claim for claim in card.claims if claim.section == name]
    here = [one for one in card.breakdowns if one.section == name and one.cells]
    alike = [one for one in here if one.name.startswith(_ALIKE)]
    wholes = [one for one in here if one.name in _WHOLE]
    others = [one for one in here if one not in alike and one not in wholes]
    return Section(name, claims, alike, wholes, others)


def cell_words(breakdown: Breakdown, label: str, language: str) -> str:
    """A cell's label as it is read: in connu's words where they are connu's."""
    words = breakdown.words.get(label)
    return label if words is None else words.said(language)


def words_of(breakdowns: Sequence[Breakdown], label: str, language: str) -> str:
    """What the cells of this label are called in the first breakdown that says it."""
    saying = (one for one in breakdowns if label in one.words)
    return next((cell_words(one, label, language) for one in saying), label)


def labels_of(breakdowns: Sequence[Breakdown]) -> list[str]:
    """The labels of all cells, each once, in the order in which they come; what is unknown last."""
    labels = dict.fromkeys(cell.label for one in breakdowns for cell in one.cells)
    return sorted(labels, key=lambda label: label == UNKNOWN)


def checks_by_kind(card: Scorecard) -> list[tuple[str, list[Check]]]:
    """The checks of each kind, what was checked first; kinds that nobody knows come last."""
    found = []
    for kind in (*KINDS, "other"):
        here = [
            check
            for check in card.checks
            if check.kind == kind or (kind == "other" and check.kind not in KINDS)
        ]
        if here:
            found.append((kind, sorted(here, key=lambda one: not one.checked)))
    return found


def trends(card: Scorecard) -> list[tuple[str, list[Point]]]:
    """By claim, its points over at least two builds, the oldest first."""
    by_name: dict[str, list[Point]] = {}
    for point in sorted(card.trend, key=lambda one: one.at):
        if point.value is not None:
            by_name.setdefault(point.name, []).append(point)
    return [
        (name, points)
        for name, points in by_name.items()
        if len({point.build for point in points}) > 1
    ]


def queries(card: Scorecard) -> list[tuple[str, list[Query]]]:
    """Whatever carries a query, by the section that shows it."""
    told: dict[str, list[Query]] = {}

    def tell(section: str, name: str, label: Words, sql: str, claim: Claim | None = None) -> None:
        if sql:
            told.setdefault(section, []).append(Query(name, label, sql, claim))

    for one in card.claims:
        tell(one.section, one.name, one.label, one.how, one)
    for breakdown in card.breakdowns:
        tell(breakdown.section, breakdown.name, breakdown.label, breakdown.how)
    for theme in card.themes:
        words = Words(theme.called("en"), theme.called("fr"))
        tell("understand", f"theme.{theme.theme}", words, theme.how)
    for intent in card.intents:
        words = Words(intent.category, intent.category)
        tell("know", f"intents.now.{intent.category}", words, intent.how)
    for check in card.checks:
        for claim in check.claims:
            tell("rightly", claim.name, _joined(check.label, claim.label), claim.how, claim)
        tell("rightly", f"{check.name}.curve", _joined(check.label, _CURVE), check.curve_how)
    for step in card.steps:
        tell("steps", step.name, step.sentence, step.how)
    order = ("identify", "know", "understand", "rightly", "seen", "steps")
    return [(name, told[name]) for name in order if name in told]


def _joined(first: Words, second: Words) -> Words:
    return Words(f"{first.en}: {second.en}", f"{first.fr} : {second.fr}")


def shown(card: Scorecard) -> list[str]:
    """The sections that have something to say, in the order in which they are read."""
    told = {one.section for one in card.claims} | {one.section for one in card.breakdowns}
    there = {
        "look": not is_empty(card),
        "identify": "identify" in told,
        "know": "know" in told or bool(card.intents),
        "understand": "understand" in told or bool(card.themes),
        "rightly": "rightly" in told or bool(card.checks),
        "seen": "seen" in told,
        "steps": bool(card.steps),
        "trend": bool(trends(card)),
        "missing": bool(card.missing),
        "how": bool(queries(card)),
    }
    return [name for name, is_there in there.items() if is_there]


def is_empty(card: Scorecard) -> bool:
    """Whether the card tells nothing but what is missing."""
    return not (card.claims or card.breakdowns or card.checks or card.themes or card.intents)


def swatches(labels: Sequence[str]) -> dict[str, str]:
    """By label, the class of its colour: s1, s2 … as they come; what is unknown is s0, pale.

    Of expectations, those of met, unmet and wished.

    >>> swatches(["declared", "unknown"])
    {'declared': 's1', 'unknown': 's0'}
    """
    if {"met", "unmet"} & set(labels):
        return {label: label if label in ("met", "unmet") else "wished" for label in labels}
    told = [label for label in labels if label != UNKNOWN]
    found = {label: f"s{min(place, COLOURS)}" for place, label in enumerate(told, 1)}
    return {label: found.get(label, "s0") for label in labels}


def capital(text: str) -> str:
    """A text as a line begins: labels are written small."""
    return text[:1].upper() + text[1:]


def leaf(path: str) -> str:
    """The last two levels of a category's path.

    >>> leaf("Home/Linen/Covers"), leaf("Candles")
    ('Linen › Covers', 'Candles')
    """
    return " › ".join(level.strip() for level in path.split("/")[-2:])


def told_apart(labels: Sequence[str]) -> list[str]:
    """Labels without the words that all of them begin with.

    >>> told_apart(["customers by name", "customers by year of birth"])
    ['name', 'year of birth']
    """
    words = [label.split(" ") for label in labels]
    same = 0
    while len(words) > 1 and all(len(w) > same + 1 for w in words) and len(
        {w[same] for w in words}
    ) == 1:  # fmt: skip
        same += 1
    return [" ".join(w[same:]) for w in words]
