"""A progress nobody watches takes everything and says nothing."""

from __future__ import annotations

import pytest

from connu.kernel.progress import Progress, Silent


def test_silence_takes_every_call(capsys: pytest.CaptureFixture):
    progress: Progress = Silent()
    with progress.stage("read", total=3) as step:
        step.advance()
        step.advance(2)
        step.note("3 rows")
    assert capsys.readouterr() == ("", "")


def test_silence_hides_no_error():
    with pytest.raises(KeyError), Silent().stage("read"):
        raise KeyError("x")
