"""An evaluation as Markdown: what hostile values are in it, and what is said where nothing is."""

from __future__ import annotations

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
