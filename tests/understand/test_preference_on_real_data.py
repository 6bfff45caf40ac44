"""What goes with real ratings: signs that anybody would expect, and the weight where it belongs.

The data lies beside the repository, or where the variable CONNU_DATA says; without it these tests
are skipped.
"""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.datasets import data_folder
from connu.understand.controls import control_columns
from connu.understand.relative_weights import relative_weights

_FOLDER = data_folder() / "understand"
_HERE = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="the real texts are not here: set CONNU_DATA to their folder"
)


def rows_of(name: str) -> list[dict]:
    with (_FOLDER / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def apart(rows: list[dict], *names: str) -> np.ndarray:
    """The groups that reviews come from, as controls."""
    return control_columns(pa.table({name: [row[name] for row in rows] for name in names}))[0]


@_HERE
def test_every_aspect_goes_with_general_satisfaction():
    """English reviews of brands: sentiment of eleven aspects on satisfaction in general."""
    general = "company-brand.general-satisfaction"
    rows = [row for row in rows_of("feedback_en.jsonl") if general in row["sent"]]
    aspects = sorted({aspect for row in rows for aspect in row["sent"]} - {general})
    sentiment = np.array([[row["sent"].get(aspect, 0) for aspect in aspects] for row in rows])
    satisfied = np.array([row["sent"][general] for row in rows])
    found = relative_weights(
        sentiment, satisfied, aspects, controls=apart(rows, "group", "src"), times=300
    )
    assert found.silence is None and len(found.drivers) == 11
    assert all(driver.sign == 1 and driver.silence is None for driver in found.drivers)
    assert {driver.name.split(".")[1] for driver in found.drivers[:2]} == {
        "attitude-of-staff",
        "app-website",
    }
    assert 0.35 < found.r2.value < 0.46 and 0.03 < found.controls_r2 < 0.12


@_HERE
def test_bugs_weigh_most_in_what_an_app_is_given():
    """French app reviews: what a review is about, on its stars, apart by app."""
    rows = rows_of("app_reviews_fr.jsonl")
    kinds = ["bug_report", "feature_request", "user_experience"]
    about = np.array([[kind in row["labels"] for kind in kinds] for row in rows])
    stars = np.array([row["score"] for row in rows])
    found = relative_weights(about, stars, kinds, controls=apart(rows, "group"), times=300)
    assert [(driver.name, driver.sign) for driver in found.drivers] == [
        ("bug_report", -1),
        ("feature_request", -1),
        ("user_experience", 1),
    ]
    assert found.drivers[0].share.low > 0.8
