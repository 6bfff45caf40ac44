"""The README's tour can be walked: every command of it works, in its order."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMPT = "    $ "


def tour():
    spec = importlib.util.spec_from_file_location("tour", ROOT / "tools/tour.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_tour_can_be_walked():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = tour().walked(text)
    commands = [line for line in text.splitlines() if line.startswith(PROMPT)]
    assert len(commands) >= 10
    assert [line for line in told.splitlines() if line.startswith(PROMPT)] == commands
    assert "Traceback" not in told and "fault of its own" not in told


def test_numbers_do_not_count_and_words_do():
    masked = tour().masked
    assert masked("link   3.4 s   12 pairs  ██") == masked("link  21.9 s  1,402 pairs  █████")
    assert masked("3 links") != masked("3 pairs")


def test_a_command_that_fails_stops_the_tour():
    with pytest.raises(SystemExit, match="failed with 3"):
        tour().walked("text\n\n    $ exit 3\n\nmore\n")


def test_outputs_replace_the_old_ones():
    before = (
        "a\n\n    $ echo one\n    old\n    $ mkdir x && cd x\n    $ pwd | xargs basename\n\nb\n"
    )
    after = before.replace("    old\n", "    one\n").replace("basename\n", "basename\n    x\n")
    assert tour().walked(before) == after
