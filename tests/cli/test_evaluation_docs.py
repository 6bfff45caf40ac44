"""docs/evaluation.md says what the frame holds, and its example runs."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from connu.measure.evaluation import (
    UNITS,
    Evaluation,
    EvaluationCurve,
    EvaluationFigure,
    Origin,
)

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"


def keys() -> set[str]:
    """The words in backticks of the tables."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("shape", [Evaluation, EvaluationFigure, EvaluationCurve, Origin])
def test_every_key_of_the_frame_is_told(shape):
    assert set(shape.__struct_fields__) <= keys()


def test_every_unit_is_told():
    assert set(UNITS) <= keys()


def test_the_example_runs(sample, monkeypatch):
    monkeypatch.chdir(sample)
    ran = doctest.testfile(str(PAGE), module_relative=False)
    assert ran.failed == 0 and ran.attempted >= 6
