"""The scorecard as it was counted when the build was made, kept beside its tables.

Counting a million customers takes half a minute; who opens the scorecard should not wait for it
each time. What is kept is used only where counting anew would give the same: for the same purpose,
of everybody, with the same settings, codebook and code, and with nothing said in the journal since
that the scorecard counts: no consent, no answer. It is left behind when somebody is forgotten, as
it may quote him (`ledger.erasure`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from connu.app.inputs import code_digest
from connu.journal.journal import Journal
from connu.kernel.clock import now_utc
from connu.kernel.settings import Settings
from connu.ledger.build import Build
from connu.ledger.scorecards import KEPT_CARD
from connu.measure.card import Scorecard
from connu.understand.codebook import FILE_NAME as CODEBOOK


class Kept(msgspec.Struct, frozen=True):
    """A scorecard, and what it was counted from.

    Attributes:
        key: the digest of what it depends on.
        card: the scorecard.
    """

    key: str
    card: Scorecard


def card_key(folder: Path, settings: Settings, journal: Journal, purpose: str) -> str | None:
    """A digest of all that the scorecard of a build depends on beside its tables.

    Args:
        folder: the brand's.
        settings: its settings.
        journal: its journal: what was said of the purpose, and what customers answered.
        purpose: it is read for.

    Returns:
        The digest; None where it changes by the mere passing of time: a consent that begins later.
    """
    consents = journal.consents(purpose)
    now = now_utc().replace(tzinfo=None)
    if any(since is not None and since > now for since in consents["since"].to_pylist()):
        return None
    answers = journal.confirmations(in_force=False)
    codebook = folder / CODEBOOK
    whole = hashlib.blake2b(code_digest().encode(), digest_size=16)
    whole.update(purpose.encode())
    whole.update(msgspec.json.encode(settings, order="sorted"))
    whole.update(codebook.read_bytes() if codebook.is_file() else b"")
    for table in (consents, answers):
        whole.update(msgspec.json.encode(table.to_pylist()))
    return whole.hexdigest()


def keep_card(workspace: Path, key: str | None, card: Scorecard) -> None:
    """Write a scorecard beside the tables of a build under way."""
    if key is not None:
        (workspace / KEPT_CARD).write_bytes(msgspec.json.encode(Kept(key, card)))


def kept_card(build: Build, key: str | None) -> Scorecard | None:
    """The scorecard kept with a build, if it was counted from what the key says."""
    if key is None:
        return None
    try:
        kept = msgspec.json.decode((build.path / KEPT_CARD).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None  # another connu's, or none: it is counted anew
    return kept.card if kept.key == key else None
