"""An evaluation as Markdown: what hostile values are in it, and what is said where nothing is."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from connu.cli.evaluation_page import markdown_of
from connu.cli.markdown import bullets, table, text
from connu.measure.evaluation import Evaluation, EvaluationCurve, FigureGroup, Origin
from connu.measure.intervals import wilson
from connu.measure.reliability import Reliability

HOSTILE = (
    "a|b",
    "`code`",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "https://example.org www.example.org",
    "**bold** _em_ ~~gone~~",
    "line\nbreak\r\n| --- |\n# heading",
    "&lt;b&gt;",
    "\u202egnp\u202c\x07",
    "\\| \\",
    "@someone",
)


def evaluation(word: str) -> Evaluation:
    group = FigureGroup(word, 40, word)
    group.add("right", word, wilson(0.9, 40), base=0.5, baseline=word)
    bins = [Reliability(0.5, 1.0, 40, 0.9, wilson(0.9, 40))]
    origin = Origin("2026-11-28T22:00:00Z", word, word, word)
    curve = EvaluationCurve(word, word, bins)
    return Evaluation("twins", word, origin, {word: 40}, group.figures, [curve], [word])


def test_a_hostile_value_is_text_and_nothing_else():
    calm = markdown_of(evaluation("calm")).split("\n")
    for word in HOSTILE:
        page = markdown_of(evaluation(word))
        lines = page.split("\n")
        # No line more, no cell more, no mark, no tag, no link.
        assert [line[:2] for line in lines] == [line[:2] for line in calm], word
        assert [line.count("|") for line in lines] == [line.count("|") for line in calm], word
        for sign in ("<", ">", "`", "[", "]", "**", "~", "://", "www.", "\\", "\u202e", "\x07"):
            assert sign not in page, (word, sign)
        assert " @" not in page


@pytest.mark.parametrize("word", HOSTILE)
def test_a_reader_of_markdown_sees_the_value_and_no_mark(word):
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    told = parser.parse(markdown_of(evaluation(word)))
    kinds = {token.type for token in told}
    assert kinds == {
        "heading_open", "inline", "heading_close", "bullet_list_open", "list_item_open",
        "paragraph_open", "paragraph_close", "list_item_close", "bullet_list_close",
        *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td")
          for end in ("open", "close")),
    }  # fmt: skip
    inline = [child for token in told for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "text_special"}
    rows = [len(row) for row in _rows(told)]
    assert rows == [6] * 4
    shown = " ".join(
        word.replace("\u202e", " ").replace("\u202c", " ").replace("\x07", " ").split()
    )
    assert ["".join(c.content for c in cell.children or ()) for cell in _rows(told)[1]][:2] == [
        shown,
        shown,
    ]


def _rows(told: list[Token]) -> list[list[Token]]:
    """The cells of each row of all tables."""
    rows: list[list[Token]] = []
    cell = False
    for token in told:
        if token.type == "tr_open":
            rows.append([])
        cell = token.type in ("th_open", "td_open") or (cell and token.type == "inline")
        if token.type == "inline" and cell:
            rows[-1].append(token)
            cell = False
    return rows


def test_what_stands_in_a_cell_reads_as_it_was():
    import html

    for word in HOSTILE[:8]:
        assert html.unescape(text(word)) == word


def test_ordinary_values_are_left_alone():
    for word in ("98.5 %", "after_sales", "HR@20", "Photo/Objectifs", "−0.01 (few)", "l'été"):
        assert text(word) == word


def test_the_start_of_a_line_begins_nothing():
    assert bullets(["# a", "- b", "1. c", "+ d", "1.5 e", "--- f"]).split("\n") == [
        "- &#35; a", "- &#45; b", "- 1&#46; c", "- &#43; d", "- 1.5 e", "- &#45;-- f",
    ]  # fmt: skip


def test_a_table_of_nothing_has_its_head():
    assert table(("a", "b"), []) == "| a | b |\n| --- | --- |"


def test_where_nothing_may_be_shown_it_says_so():
    group = FigureGroup("all", 9, "people")
    group.add("right", "right", wilson(0.9, 9))
    origin = Origin("2026-11-28T22:00:00Z", "truth.csv", "service", None)
    found = Evaluation.made("identities", "", origin, {"people": 9}, group.figures)
    page = markdown_of(found)
    assert "Nothing that could be shown was judged on ten or more." in page
    assert "1 figure over fewer than 10 is not shown." in page
    assert "|" not in page and "Build: none was asked" in page
