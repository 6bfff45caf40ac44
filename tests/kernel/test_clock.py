"""One clock, which a test or a replay can set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connu.kernel.clock import now_utc
from connu.kernel.errors import SettingsError


def test_it_is_now_in_utc(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CONNU_NOW", raising=False)
    assert now_utc().tzinfo is UTC
    assert abs(now_utc() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("said", ["2026-03-01T12:00:00", "2026-03-01T14:00:00+02:00"])
def test_it_can_be_set(monkeypatch: pytest.MonkeyPatch, said: str):
    monkeypatch.setenv("CONNU_NOW", said)
    assert now_utc() == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_time_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONNU_NOW", "yesterday")
    with pytest.raises(SettingsError, match="CONNU_NOW"):
        now_utc()
