"""Codes of expectations held against a truth by id: the build's own, and few labels of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import coded_brand
import made_brand
import pytest

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.app.coding import import_labels
from connu.kernel.errors import SourceError, UsageError

pytestmark = pytest.mark.slow

#: Of the made verbatims, what they speak of. The build's table tells price of 1 and delivery of 3.
TRUTH = (
    {"id": "reviews:1", "themes": ["price", "delivery"], "polarity": {"price": -1, "delivery": -1}},
    {"id": "reviews:3", "themes": ["delivery"], "status": {"delivery": "unmet"}},
    {"id": "reviews:4", "themes": []},
    {"id": "mails:1", "themes": ["price"]},
)


@pytest.fixture(scope="module")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_brand.make_built(tmp_path_factory.mktemp("judged") / "brand").folder


@pytest.fixture
def coded(tmp_path: Path, _built_once: Path) -> Brand:
    """A built brand with verbatims, the test's own."""
    return open_brand(shutil.copytree(_built_once, tmp_path / "brand"))


def write(brand: Brand, *lines) -> Path:
    path = brand.folder / "truth.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return path


def test_the_builds_codes_are_held_against_the_truth(coded):
    found = coded.evaluate_expectations(write(coded, *TRUTH))
    (judged,) = found.judged
    assert (judged.labels, judged.learnt_from, found.learnt, found.unknown) == ("build", 0, 0, 0)
    themes = judged.score.themes
    assert themes.verbatims == 4
    # Two told, both right; four true.
    assert (themes.micro.told, themes.micro.truth, themes.micro.right) == (2, 4, 2)
    assert themes.micro.f1.value == pytest.approx(2 * 2 / 6)
    assert themes.by_theme["price"].recall.value == 0.5
    # Of the two stretches about the price, the surer is negative.
    assert judged.score.polarity is not None and judged.score.polarity.right.value == 1.0
    assert judged.score.status is not None and judged.score.status.judged == 1
    assert found.by == "the codes of the build"
    json.dumps(found.as_dict())


def test_what_the_build_learnt_from_is_left_out_and_counted(coded):
    labels = coded.folder / "labels.jsonl"
    labels.write_text(json.dumps(TRUTH[0]) + "\n", encoding="utf-8")
    import_labels(coded, labels, coder="anne")
    found = coded.evaluate_expectations(write(coded, *TRUTH))
    assert (found.learnt, found.judged[0].learnt_from) == (1, 1)
    assert found.judged[0].score.themes.verbatims == 3


def test_where_it_learnt_from_all_others_judge(coded):
    labels = coded.folder / "labels.jsonl"
    labels.write_text("".join(json.dumps(line) + "\n" for line in TRUTH), encoding="utf-8")
    import_labels(coded, labels, coder="anne")
    found = coded.evaluate_expectations(labels)
    (judged,) = found.judged
    assert judged.labels == "all" and judged.score.themes.verbatims == 4
    assert "the build learnt from all of them" in found.by
    assert "did not learn from it" in found.by


def test_few_are_drawn_from_the_builds_verbatims(coded):
    found = coded.evaluate_expectations(write(coded, *TRUTH), few=1, seeds=2)
    (judged,) = found.judged
    assert judged.labels == "few" and judged.draws["macro_f1"].draws == 2
    with pytest.raises(UsageError, match="nothing is left to be judged"):
        coded.evaluate_expectations(write(coded, *TRUTH[:2]), few=9, seeds=1)


def test_ids_that_the_build_does_not_have_are_counted(coded):
    found = coded.evaluate_expectations(write(coded, *TRUTH, {"id": "gone", "themes": []}))
    assert (found.lines, found.unknown) == (5, 1)
    with pytest.raises(UsageError, match="no verbatim of the truth is in the build"):
        coded.evaluate_expectations(write(coded, {"id": "gone", "themes": []}))


def test_an_id_of_two_sources_is_an_error_with_its_line(coded):
    with pytest.raises(SourceError, match=r"line 2: the id is in several sources") as caught:
        coded.evaluate_expectations(write(coded, TRUTH[1], {"id": "1", "themes": []}))
    assert "source:id" in caught.value.hint


def test_stretches_are_held_against_the_text(coded):
    said = {"start": 0, "end": 900, "theme": "price"}
    with pytest.raises(SourceError, match="line 1: start and end are beyond the text"):
        coded.evaluate_expectations(write(coded, {"id": "reviews:1", "statements": [said]}))
    said = {"quote": "Trop cher", "theme": "price", "status": "unmet", "form": "complaint"}
    found = coded.evaluate_expectations(write(coded, {"id": "reviews:1", "statements": [said]}))
    score = found.judged[0].score.expectations
    # The made table has no quotes: nothing can be found exactly.
    assert score is not None and score.expectation.truth == 1 and score.expectation.right == 0


def test_a_build_that_does_not_listen_is_told(coded):
    coded_brand.tell(coded, without=("expectations",))
    with pytest.raises(UsageError, match="does not say what customers expect"):
        coded.evaluate_expectations(write(coded, *TRUTH))


def test_who_did_not_grant_the_purpose_is_not_judged(coded):
    writer = made_brand.PEOPLE[6].email  # of review 1
    coded.consent(writer, "service", granted=False)
    found = coded.evaluate_expectations(write(coded, *TRUTH), purpose="service")
    assert found.unknown == 1
    assert found.judged[0].score.themes.verbatims == 3
