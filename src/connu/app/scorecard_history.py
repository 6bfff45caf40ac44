"""What this build claims, beside what the builds before it did: the table `scorecards`."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from connu.app.card_base import base_card
from connu.app.confirmations import mount_confirmations
from connu.app.kept_card import card_key, keep_card
from connu.app.reading import Reading
from connu.engine.protocol import Engine
from connu.govern import purposes
from connu.govern.sensitive import declared_sensitive
from connu.journal.journal import Journal
from connu.kernel.settings import Settings
from connu.ledger.build import Build
from connu.ledger.reading import Reader
from connu.ledger.scorecards import SCORECARD_PURPOSE, SCORECARDS
from connu.measure.claims import Claim

#: Builds whose claims are kept.
MOST_BUILDS = 400


def keep_scorecard(
    engine: Engine,
    settings: Settings,
    folder: Path,
    journal: Journal,
    build: Build,
    previous: Build | None,
) -> int:
    """Count what the build claims, read as anybody would, and put it behind the earlier ones.

    Reads every table the scorecard counts, and `scorecards` of the build before; makes
    `scorecards`, and the file that keeps the scorecard whole. Cost: that of the scorecard.

    Args:
        engine: over the workspace of the build, its tables made.
        settings: the brand's.
        folder: where its codebook lies.
        journal: consents and confirmations.
        build: the build under way: its id, its workspace and its tables.
        previous: the build in force, or None.

    Returns:
        The claims of this build.
    """
    reader = Reader(
        build,
        engine,
        SCORECARD_PURPOSE,
        journal.consents(),
        known=purposes.of_brand(settings),
        sensitive=declared_sensitive(settings),
    )
    reading = Reading(build, engine, reader)
    mount_confirmations(reading, journal)
    card = base_card(folder, settings, reading, reading.sql)
    keep_card(engine.workspace, card_key(folder, settings, journal, SCORECARD_PURPOSE), card)
    claims = [*card.claims, *(claim for check in card.checks for claim in check.claims)]
    kept = [claim for claim in claims if claim.value is not None and not claim.hidden]
    engine.put("scorecards", pa.concat_tables([_earlier(engine, previous), _rows(build, kept)]))
    return len(kept)


def _earlier(engine: Engine, previous: Build | None) -> pa.Table:
    """The claims of the builds before, of the last so many."""
    if previous is None or not previous.has("scorecards"):
        return SCORECARDS.empty_table()
    engine.read_parquet("previous_scorecards", previous.file("scorecards"))
    told = engine.collect(
        "SELECT * FROM previous_scorecards WHERE build IN (SELECT build FROM previous_scorecards"
        f" GROUP BY build ORDER BY build DESC LIMIT {MOST_BUILDS - 1}) ORDER BY build, name"
    )
    return told.select(SCORECARDS.names).cast(SCORECARDS)


def _rows(build: Build, claims: list[Claim]) -> pa.Table:
    built = build.created.replace(tzinfo=None)
    rows = [
        {
            "build": build.id,
            "built": built,
            "name": claim.name,
            "unit": claim.unit,
            "value": None if claim.value is None else float(claim.value),
            "low": claim.low,
            "high": claim.high,
        }
        for claim in sorted(claims, key=lambda claim: claim.name)
    ]
    return pa.Table.from_pylist(rows, schema=SCORECARDS)
