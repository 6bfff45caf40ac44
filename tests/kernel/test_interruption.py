"""A wish to stop outlives whoever swallows its KeyboardInterrupt."""

from __future__ import annotations

import contextlib

import pytest

from connu.app.trace import Trace
from connu.kernel import interruption


@pytest.fixture(autouse=True)
def _anew():
    interruption.forget()
    yield
    interruption.forget()


def test_a_swallowed_wish_is_heeded_at_the_next_stage() -> None:
    trace = Trace()
    with trace.stage("first"), contextlib.suppress(KeyboardInterrupt):
        interruption.ask(2, None)
    with pytest.raises(KeyboardInterrupt), trace.stage("second"):
        pytest.fail("a stage began after somebody asked to stop")


def test_nobody_asked() -> None:
    interruption.heed()
    with pytest.raises(KeyboardInterrupt):
        interruption.ask(15, None)
    interruption.forget()
    interruption.heed()
