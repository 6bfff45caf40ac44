"""What was heard by the build in force, read again: for what is learnt, or forgotten, beside it."""

from __future__ import annotations

from pathlib import Path

from connu.app.hand_codes import hand_codes
from connu.app.hand_labels import HandLabels, hand_labels
from connu.app.heard import Heard, hear
from connu.app.reading import opened_for_rights
from connu.identify.writers import find_writers
from connu.journal.journal import Journal
from connu.kernel.clock import now_utc
from connu.kernel.errors import NotFoundError
from connu.kernel.settings import Settings
from connu.twins.learnable import make_refused
from connu.understand.codebook import Codebook


def heard_build(
    folder: Path, settings: Settings, journal: Journal, codebook: Codebook
) -> tuple[Heard, HandLabels]:
    """The verbatims of the build in force that may be listened to, and their codes by hand: as a
    build of the same sources hears them.

    Args:
        folder, settings, journal, codebook: the brand's; who refused in the journal is left out.

    Raises:
        BuildError: there is no build.
        NotFoundError: it has no verbatims.
    """
    with opened_for_rights(folder, settings) as reading:
        if not reading.build.has("verbatims"):
            raise NotFoundError("the build in force has no verbatims", hint="run: connu build")
        engine = reading.engine
        make_refused(engine, now=now_utc(), journal_consents=journal.consents())
        find_writers(engine)
        heard = hear(engine, settings)
        said = hand_codes(engine, journal.codes(), journal.digester(), codebook)
    return heard, hand_labels(heard, said.table, codebook)
