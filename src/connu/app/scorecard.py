"""The scorecard of a brand: every part counted, from one opened build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from connu.app.card_base import base_card
from connu.app.card_missing import missing_of
from connu.app.confirmations import mount_confirmations
from connu.app.kept_card import card_key, kept_card
from connu.app.reading import Reading, opened_build
from connu.app.segment_read import segment_read
from connu.app.truth_checks import identity_check, visitor_checks
from connu.journal.journal import Journal, open_journal
from connu.kernel.errors import UsageError, did_you_mean
from connu.kernel.settings import Settings
from connu.ledger.scorecards import SCORECARD_PURPOSE
from connu.measure.card import How, Point, Scorecard
from connu.measure.few import K_LEAST
from connu.measure.figures import as_read
from connu.measure.words import Words

_TREND_OF_SERVICE = Words(
    "The trend is of all customers, read for «service».",
    "La tendance est celle de tous les clients, lus pour «service».",
)
_CHECKED_WHOLE = Words(
    "How rightly was measured on everybody, not on the segment alone.",
    "La justesse a été mesurée sur tous, pas sur le seul segment.",
)


def scorecard_of(
    folder: Path,
    settings: Settings,
    *,
    purpose: str = "service",
    segment: str | None = None,
    truth: Sequence[Path] = (),
    anew: bool = False,
) -> Scorecard:
    """How well the customers are known, and how it is known that they are.

    Args:
        folder: the brand's folder.
        settings: its settings.
        purpose: who may not be read for it is not counted.
        segment: which customers, as typed; None: everybody.
        truth: labelled files: of records (source, record_id, person), of visitors (anonymous_id
            and a column an attribute); the last of a kind counts.
        anew: count everything, though the build kept what it counted.

    Raises:
        BuildError: there is no build.
        UsageError: the segment cannot be read, or is of too few; the truth meets no record.
        PurposeError: nobody knows the purpose, or an attribute is not read for it.

    Cost: what the build kept is read in a second (`app.kept_card`); counted anew, half a minute
    for a million customers (docs/benchmarks.md).
    """
    with (
        open_journal(folder, settings) as journal,
        opened_build(folder, settings, purpose) as reading,
    ):
        mount_confirmations(reading, journal)
        read = segment_read(reading, settings, segment)
        return _scorecard(
            folder, settings, journal, reading, read, purpose, segment, truth, anew=anew
        )


def hows_of(
    folder: Path,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    purpose: str = "service",
    segment: str | None = None,
    truth: Sequence[Path] = (),
) -> list[How]:
    """How figures of the scorecard come about: their queries, as written and as run, and what those
    give.

    Args:
        folder, settings, purpose, segment, truth: as of scorecard_of.
        names: of the figures; none: of all.

    Raises:
        UsageError: the scorecard has no such figure; the nearest is named.
    """
    with (
        open_journal(folder, settings) as journal,
        opened_build(folder, settings, purpose) as reading,
    ):
        mount_confirmations(reading, journal)
        read = segment_read(reading, settings, segment)
        card = _scorecard(folder, settings, journal, reading, read, purpose, segment, truth)
        hows = card.hows()
        for name in names:
            if name not in hows:
                near = did_you_mean(name, hows, "connu scorecard --names")
                raise UsageError(
                    f"the scorecard has no figure «{name}»",
                    hint=near if hows else "it is empty: connu build",
                )
        ran = {name: as_read(hows[name], reading.build.tables, read) for name in names or hows}
        return [
            How(name, hows[name], sql, *card.told(name, reading.engine.collect(sql).to_pylist()))
            for name, sql in ran.items()
        ]


# ---------------------------------------------------------------------- within
def _scorecard(
    folder: Path,
    settings: Settings,
    journal: Journal,
    reading: Reading,
    read: Callable[[str], str],
    purpose: str,
    segment: str | None,
    truth: Sequence[Path],
    *,
    anew: bool = False,
) -> Scorecard:
    build = reading.build
    at = build.created.date().isoformat()
    base = None
    if segment is None and not anew:
        base = kept_card(build, card_key(folder, settings, journal, purpose))
    if base is None:
        base = base_card(folder, settings, reading, read, segment)
    customers = next((int(c.value or 0) for c in base.claims if c.name == "customers"), 0)
    checks = [
        *([identity_check(reading, truth, customers, at)] if customers else []),
        *visitor_checks(reading, truth, at),
        *base.checks,
    ]
    left_out = reading.reader.left_out("customers") if build.has("customers") else 0
    remarks = []
    if segment is not None and any(check.checked for check in checks):
        remarks.append(_CHECKED_WHOLE)
    trend = [] if segment is not None else _trend(reading)
    if trend and purpose != SCORECARD_PURPOSE:
        remarks.append(_TREND_OF_SERVICE)
    # Truth that was given is not asked for.
    given = {f"check.{check.name}" for check in checks if check.checked}
    asked = any(claim.section == "seen" for claim in base.claims)
    return msgspec.structs.replace(
        base,
        left_out=None if 0 < left_out < K_LEAST else left_out,
        checks=checks,
        steps=[step for step in base.steps if step.name not in given],
        trend=trend,
        missing=missing_of(reading, settings, customers=customers, asked=asked),
        remarks=remarks,
    )


def _trend(reading: Reading) -> list[Point]:
    if not reading.build.has("scorecards"):
        return []
    rows = reading.rows("SELECT * FROM scorecards ORDER BY built, name")
    return [
        Point(
            build=row["build"],
            at=row["built"].isoformat(),
            name=row["name"],
            unit=row["unit"],
            value=row["value"],
            low=row["low"],
            high=row["high"],
        )
        for row in rows
    ]
