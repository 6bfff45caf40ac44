"""Confirmations beside a build: what customers said, where the queries of figures find it."""

from __future__ import annotations

from connu.app.reading import OpenBuild
from connu.journal.journal import Journal
from connu.measure.seen import CONFIRMATIONS


def mount_confirmations(reading: OpenBuild, journal: Journal) -> None:
    """Put every row of the journal's confirmations beside an opened build's tables.

    Whose they are is decided where they are joined with `identities`, read for a purpose: who may
    not be read is not counted.

    Args:
        reading: the build; the table `journal_confirmations` is made there.
        journal: the brand's.
    """
    reading.engine.put(CONFIRMATIONS, journal.confirmations(in_force=False))
