"""The one clock. Everything that stamps a time asks here, so that a test or a replay can set it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from connu.kernel.errors import SettingsError


def now_utc() -> datetime:
    """The current time in UTC, or the ISO time held by the variable CONNU_NOW (tests, replays).

    Raises:
        SettingsError: the variable holds no time.
    """
    fixed = os.environ.get("CONNU_NOW")
    if fixed:
        try:
            moment = datetime.fromisoformat(fixed)
        except ValueError:
            raise SettingsError(
                "the variable CONNU_NOW holds no time",
                hint="write it as 2026-01-31T12:00:00, or unset it",
            ) from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)
