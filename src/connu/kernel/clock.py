"""The one clock. Everything that stamps a time asks here, so that a test or a replay can set it."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now_utc() -> datetime:
    """The current time in UTC, or the ISO time held by the variable CONNU_NOW (tests, replays)."""
    fixed = os.environ.get("CONNU_NOW")
    if fixed:
        moment = datetime.fromisoformat(fixed)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)
