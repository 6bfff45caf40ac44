"""The page of preference cannot lie: its examples run, and every silence is explained on it."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from connu.understand import (
    importance_performance,
    kano,
    paired_choices,
    relative_weights,
    reliability,
    trends,
)

PAGE = Path(__file__).parents[2] / "docs" / "preference.md"


def test_examples_on_the_page_run():
    ran = doctest.testfile(str(PAGE), module_relative=False)
    assert ran.failed == 0 and ran.attempted >= 40


def test_every_silence_is_explained():
    text = PAGE.read_text(encoding="utf-8").split("## Silences")[1]
    rows = re.findall(r"^\| ([\w, ]+) \|", text, re.M)
    explained = {word.strip() for row in rows for word in row.split(",")}
    told = {"too_few"}
    for module in (
        relative_weights,
        kano,
        paired_choices,
        importance_performance,
        reliability,
        trends,
    ):
        told |= set(module.SILENCES)
    assert told <= explained
    assert explained - told == {"word"}
