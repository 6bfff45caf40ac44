"""What every evaluation promises: figures with intervals, nobody few, and readable as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import buying_brand
import cross_fitted
import msgspec
import pytest

from connu.app.brand import open as open_brand
from connu.cli.evaluation_page import markdown_of
from connu.measure.evaluation import UNITS, Evaluation

KINDS = ("identities", "twins", "intents", "expectations")
CODEBOOK = """\
[themes.delivery]
dimension = "interaction"
definition.en = "Delivery of parcels."
examples.en = ["the parcel was late"]
seeds.en = ["parcel", "delivery"]

[themes.price]
dimension = "product"
definition.en = "The price."
examples.en = ["too expensive"]
seeds.en = ["price*", "expensive"]
"""
TEXTS = (
    ("the parcel was late and that is awful", "delivery", "negative"),
    ("the price is great", "price", "positive"),
    ("much too expensive for what it is", "price", "negative"),
    ("a fast delivery, great", "delivery", "positive"),
)


def identities(folder: Path, sample: Path, patch: pytest.MonkeyPatch) -> Any:
    return open_brand(sample).evaluate_identities(sample / "truth/identities.csv")


def twins(folder: Path, sample: Path, patch: pytest.MonkeyPatch) -> Any:
    patch.setattr(cross_fitted.PLACE, cross_fitted.fitting([]))
    return open_brand(sample).evaluate_twins("sex")


def intents(folder: Path, sample: Path, patch: pytest.MonkeyPatch) -> Any:
    buying_brand.make_brand(folder / "brand")
    path = folder / "brand" / "connu.toml"
    kept = path.read_text(encoding="utf-8").partition("\n[intents]")[0]
    path.write_text(f"{kept}\n[intents]\nenabled = false\nhorizons_days = [7, 30]\n", "utf-8")
    brand = open_brand(folder / "brand")
    brand.build()
    return brand.evaluate_intents(only=["buy", "affinity"])


def expectations(folder: Path, sample: Path, patch: pytest.MonkeyPatch) -> Any:
    (folder / "connu.toml").write_text('[brand]\nname = "Desk"\ncountry = "FR"\n', "utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    lines = [
        {
            "id": f"{turn}-{place}", "text": f"{text} {turn}", "themes": [theme],
            "polarity": {theme: polarity}, "split": "test" if turn > 10 else "train",
            "statements": [
                {"start": 0, "end": len(text), "theme": theme, "polarity": polarity,
                 "status": "met" if polarity == "positive" else "unmet"}
            ],
        }
        for turn in range(20)
        for place, (text, theme, polarity) in enumerate(TEXTS)
    ]  # fmt: skip
    path = folder / "truth.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return open_brand(folder).evaluate_expectations(path)


MAKERS: dict[str, Callable[[Path, Path, pytest.MonkeyPatch], Any]] = {
    "identities": identities,
    "twins": twins,
    "intents": intents,
    "expectations": expectations,
}


@pytest.fixture(scope="module", params=KINDS)
def judged(
    request: pytest.FixtureRequest, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """One evaluation of each kind."""
    with pytest.MonkeyPatch.context() as patch:
        made = MAKERS[request.param](tmp_path_factory.mktemp(request.param), sample, patch)
    assert made.as_evaluation().what == request.param
    return made


@pytest.fixture(scope="module")
def found(judged: Any) -> Evaluation:
    """The same in the common frame."""
    evaluation: Evaluation = judged.as_evaluation()
    return evaluation


def test_it_says_what_when_of_which_build_and_on_how_many(found):
    origin = found.origin
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", origin.measured_utc)
    assert origin.purpose == "service"
    assert (origin.build is None) == (found.what == "expectations")
    # A file is named without its folder.
    assert origin.truth.endswith((".csv", ".jsonl")) or origin.truth.startswith("held out")
    assert "/" not in origin.truth
    assert found.judged and all(many >= 0 for many in found.judged.values())


def test_every_figure_lies_in_its_interval_and_its_unit(found):
    assert len(found.figures) >= 5
    for one in found.figures:
        least, most = UNITS[one.unit]
        assert least <= one.value <= most, one
        assert (one.low is None) == (one.high is None)
        if one.low is not None:
            assert least <= one.low <= one.value <= one.high <= most, one
        if one.base is not None:
            assert least <= one.base <= most and one.baseline, one
    keys = [(one.group, one.name) for one in found.figures]
    assert len(set(keys)) == len(keys)


def test_every_share_and_score_has_an_interval(found):
    plain = [one for one in found.figures if one.low is None]
    assert plain == []


def test_nobody_few_is_in_it(found):
    assert all(one.judged >= 10 and one.of for one in found.figures)
    for curve in found.curves:
        assert curve.of
        for b in curve.bins:
            assert b.people is None or b.people >= 10
            assert (b.people is None) == (b.right is None)


def test_it_has_a_curve(found):
    assert found.curves and any(b.right for curve in found.curves for b in curve.bins)


def test_it_comes_back_from_json_and_lies_in_the_detail(judged, found):
    whole = json.loads(json.dumps(judged.as_dict(), allow_nan=False))
    assert msgspec.convert(whole["evaluation"], Evaluation) == found
    # What was printed before there was a frame is where it was.
    fields = {
        "identities": {"records", "pairwise", "bcubed", "pairs", "calibration"},
        "twins": {"attribute", "precision", "promise", "score", "curve", "folds"},
        "intents": {"cut", "now", "next", "buying", "affinities", "staying", "truth", "skipped"},
        "expectations": {"judged", "lines", "by", "unknown", "learnt", "repeated"},
    }
    assert fields[found.what] <= set(whole)


def test_it_is_markdown_whose_rows_have_as_many_cells(found):
    page = markdown_of(found)
    assert page.startswith("# ") and page.endswith("\n") and "\n\n\n" not in page
    tables = [block.split("\n") for block in page.split("\n\n") if block.startswith("|")]
    assert len(tables) == 2
    for rows in tables:
        cells = [row.count("|") for row in rows]
        assert len(set(cells)) == 1 and len(rows) > 2
        assert re.fullmatch(r"\|( -{3}:? \|)+", rows[1])
    assert len(tables[0]) == 2 + len(found.figures)
    for word in (found.origin.measured_utc, "95 % interval", "## Remarks", "judged"):
        assert word in page
