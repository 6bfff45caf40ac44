"""The truth about expectations is read strictly, in our shape and as public sets come."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import coded_brand
import numpy as np
import pytest

from connu.app.expectation_codings import truth_codings
from connu.app.expectation_truth import read_expectation_truth
from connu.kernel.errors import SourceError
from connu.measure.expectations import UNSAID
from connu.understand.codebook import codebook_from

BOOK = codebook_from(tomllib.loads(coded_brand.CODEBOOK))
TEXT = "Trop cher, et le colis est arrivé en retard"


def write(folder: Path, *lines) -> Path:
    path = folder / "truth.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def read(folder: Path, *lines):
    return read_expectation_truth(write(folder, *lines), BOOK)


def test_both_shapes_say_the_same(tmp_path):
    ours = read(tmp_path, {"id": "1", "themes": ["price"], "polarity": {"price": "negative"}})
    public = read(tmp_path, {"id": "1", "labels": ["price"], "sent": {"price": -1}, "src": "x"})
    assert ours.lines[0].codes == public.lines[0].codes
    assert (ours.passed_over, public.passed_over) == ([], ["src"])


def test_numbers_are_places_in_the_words_of_the_tables(tmp_path):
    file = read(
        tmp_path,
        {"id": "1", "themes": ["price"], "status": {"price": "unmet"}},
        {"id": "2", "labels": ["delivery", "price"], "sent": {"price": 0, "delivery": 1}},
        {"id": "3", "themes": []},
    )
    made = truth_codings(file.lines, BOOK)
    # Themes: delivery, price, welcome. Polarities: positive, negative, neutral.
    assert made.themes.tolist() == [[False, True, False], [True, True, False], [False] * 3]
    assert made.status[0].tolist() == [UNSAID, 1, UNSAID]
    assert made.polarity[1].tolist() == [0, 2, UNSAID]
    assert made.statements is None and made.located is None


def test_statements_are_themes_too_and_none_of_them_is_said(tmp_path):
    said = {"start": 0, "end": 9, "theme": "price", "status": "unmet", "addressee": "peers"}
    file = read(
        tmp_path,
        {"id": "1", "statements": [said]},
        {"id": "2", "statements": []},
        {"id": "3", "themes": ["price"]},
    )
    made = truth_codings(file.lines, BOOK)
    assert made.themes[:, 1].tolist() == [True, False, True]
    assert made.located is not None and made.located.tolist() == [True, True, False]
    assert made.statements is not None
    spans = made.statements.spans
    assert (spans.start.tolist(), spans.end.tolist(), spans.status.tolist()) == ([0], [9], [1])
    assert spans.brand.tolist() == [False]


def test_whoever_is_not_named_is_the_brand(tmp_path):
    file = read(tmp_path, {"id": "1", "statements": [{"start": 0, "end": 9, "theme": "price"}]})
    made = truth_codings(file.lines, BOOK)
    assert made.statements is not None
    assert made.statements.spans.brand.tolist() == [True]
    assert made.statements.addressee.tolist() == [UNSAID]


def test_a_quote_is_found_in_the_text(tmp_path):
    line = {"id": "1", "text": TEXT, "statements": [{"quote": "le colis", "theme": "delivery"}]}
    (one,) = read(tmp_path, line).lines
    (said,) = one.codes.statements
    assert TEXT[said.start : said.end] == "le colis"


def test_the_last_line_of_an_id_counts(tmp_path):
    file = read(tmp_path, {"id": "1", "themes": ["price"]}, {"id": 1, "themes": ["delivery"]})
    assert [one.codes.themes for one in file.lines] == [("delivery",)]
    assert file.repeated == 1


def test_splits_say_what_is_judged(tmp_path):
    lines = [
        {"id": str(n), "themes": [], "split": s} for n, s in enumerate(("train", "val", "test"))
    ]
    judged = read(tmp_path, *lines).judged
    assert judged is not None and judged.tolist() == [False, False, True]
    assert read(tmp_path, *lines[:2]).judged is None
    assert read(tmp_path, lines[2]).judged is None


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ("{", "no JSON", "one JSON object a line"),
        ({"themes": ["price"]}, "«id» is missing", "source:id"),
        ({"id": "1"}, "«themes» is missing", "name the themes"),
        ({"id": "1", "themes": ["prise"]}, "no theme «prise»", "price"),
        ({"id": "1", "labels": ["price"], "sent": {"price": 7}}, "a value that", "positive"),
        ({"id": "1", "labels": [], "themes": []}, "both «labels» and «themes»", "leave"),
        ({"id": "1", "themes": [], "text": 5}, "«text» is no text", "JSON string"),
        ({"id": "1", "themes": [], "split": 5}, "«split» is no word", "test"),
        ({"id": "1", "thems": ["price"]}, "no member «thems»", "themes"),
        (
            {"id": "1", "text": "cher", "statements": [{"start": 0, "end": 9, "theme": "price"}]},
            "beyond the text",
            "code points",
        ),
    ],
)
def test_a_wrong_line_is_told_by_number_with_its_remedy(tmp_path, line, what, remedy):
    with pytest.raises(SourceError) as caught:
        read(tmp_path, {"id": "0", "themes": ["price"]}, "", line, line)
    assert "truth.jsonl, line 3: " in caught.value.message
    assert what in caught.value.message
    assert remedy in (caught.value.hint or "") and "1 more line is wrong (4)" in caught.value.hint
    assert (caught.value.fields["line"], caught.value.fields["wrong_lines"]) == (3, 2)


def test_a_file_of_nothing_or_none(tmp_path):
    with pytest.raises(SourceError, match="holds no line"):
        read(tmp_path, "")
    with pytest.raises(SourceError, match="cannot be read"):
        read_expectation_truth(tmp_path / "absent.jsonl", BOOK)


def test_nothing_of_a_text_is_in_an_error(tmp_path):
    with pytest.raises(SourceError) as caught:
        read(tmp_path, {"id": "1", "text": "secret words", "themes": ["nowhere"]})
    assert "secret" not in f"{caught.value.message} {caught.value.hint} {caught.value.fields}"


def test_a_truth_without_themes_is_no_error(tmp_path):
    made = truth_codings(read(tmp_path, {"id": "1", "themes": []}).lines, BOOK)
    assert not made.themes.any() and np.all(made.polarity == UNSAID)
