"""One look: the three large figures, each with what was held against truth."""

from __future__ import annotations

from typing import NamedTuple

from connu.measure.card import Scorecard
from connu.measure.claims import Check, Claim

#: By part: its word, the claims to show (the first that has a value), the checks that judge it.
_PARTS = (
    (
        "identify",
        "identified",
        ("events_tied_share", "several_sources_share", "visitors_known_share"),
        ("identities",),
    ),
    (
        "know",
        "known",
        ("intent_customers_share", "worth_customers_share", "intent_visitors_share"),
        ("intents",),
    ),
    (
        "understand",
        "understood",
        ("expectation_customers_share", "heard_customers_share"),
        ("expectations",),
    ),
)


class Look(NamedTuple):
    """One large figure.

    Attributes:
        section: the section that tells more of it.
        word: identified, known or understood.
        claim: the figure, or None: the card has none.
        check: what was held against truth, or None: nothing was.
    """

    section: str
    word: str
    claim: Claim | None
    check: Check | None


def looks(card: Scorecard) -> list[Look]:
    """The three large figures of a card, in the order in which a customer becomes known."""
    return [
        Look(section, word, _figure(card, section, names), _judged(card, kinds))
        for section, word, names, kinds in _PARTS
    ]


def _figure(card: Scorecard, section: str, names: tuple[str, ...]) -> Claim | None:
    shares = [one for one in card.claims if one.section == section and one.unit == "share"]
    named = [one for name in names for one in shares if one.name == name]
    told = [one for one in (*named, *shares) if one.value is not None]
    return next(iter((*told, *named, *shares)), None)


def _judged(card: Scorecard, kinds: tuple[str, ...]) -> Check | None:
    """The check of the first kind that has one; what is stated goes before what is kept silent.

    Of several, a share with its interval, and the one that fewest people stand behind: who looks
    once should not think too well of it.
    """
    for kind in kinds:
        made = [
            check
            for check in card.checks
            if check.kind == kind
            and check.checked
            and check.claims
            and check.claims[0].value is not None
        ]
        if made:
            return min(made, key=_doubt)
    return None


def _doubt(check: Check) -> tuple[bool, bool, bool, int]:
    first = check.claims[0]
    return (
        check.published is False,
        first.unit != "share",
        first.low is None,
        check.people or 0,
    )
