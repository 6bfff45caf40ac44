"""The part of the scorecard that a build and the journal decide: figures, checks, themes, intents,
what customers say, next steps. Labelled truth and the trend are put beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from connu.app.card_themes import card_themes
from connu.app.purchase_events import purchase_events
from connu.app.reading import Reading
from connu.app.step_circumstances import circumstances_of
from connu.app.theme_labels import theme_labels
from connu.kernel.settings import Settings
from connu.measure.card import Scorecard
from connu.measure.checks import theme_f1
from connu.measure.intents_now import intents_now
from connu.measure.next_steps import steps
from connu.measure.scorecard import counted
from connu.measure.seen import seen_by_customers

#: What says nothing of some customers: whatever is theirs is tied to them, and no visitor is.
_OF_EVERYBODY = frozenset(
    {
        "affinity_visitors_share",
        "buy_visitors_share",
        "events_tied_share",
        "intent_visitors_share",
        "next_visitors_share",
        "value_tied_share",
        "verbatims_tied_share",
        "visitor_facts",
        "visitors",
        "visitors_by_standing",
        "visitors_known_share",
        "visitors_told_share",
    }
)


def base_card(
    folder: Path,
    settings: Settings,
    reading: Reading,
    read: Callable[[str], str],
    segment: str | None = None,
) -> Scorecard:
    """Count it. Cost: dozens of queries; half a minute for a million customers on two cores.

    Args:
        folder: the brand's, where its codebook lies.
        settings: the brand's.
        reading: the build, opened for a purpose, the journal's confirmations beside it.
        read: the query of a table's rows, narrowed to the segment.
        segment: as typed, or None.
    """
    build, engine = reading.build, reading.engine
    purchase, currency = purchase_events(reading, settings, read)
    found = counted(engine, read=read, purchase=purchase, at=build.created.date().isoformat())
    seen = seen_by_customers(engine, read, own_estimate=settings.survey.own_estimate)
    labels = theme_labels(folder)
    told = circumstances_of(settings, purchase, found.checks, seen, labels)
    away = _OF_EVERYBODY if segment is not None else ()
    return Scorecard(
        brand=settings.brand.name,
        build=build.id,
        built=build.created.isoformat(),
        purpose=reading.reader.purpose,
        segment=segment,
        currency=currency,
        claims=[*(c for c in found.claims if c.name not in away), *seen.claims()],
        breakdowns=[b for b in found.breakdowns if b.name not in away],
        checks=found.checks,
        themes=card_themes(reading, settings, folder, segment, theme_f1(engine, read), labels),
        intents=intents_now(engine, read, purchase),
        steps=steps(engine, read, circumstances=told),
    )
