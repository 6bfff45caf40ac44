"""Lines as numbers, templates and repeats."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.folding import fold
from connu.understand.own_lines import SKETCH, OwnLines, own_lines
from connu.understand.repeats import find_repeats
from connu.understand.templates import template_lines

LONG = "la livraison a pris trois semaines et le colis était ouvert à son arrivée chez la voisine"


def lines_of(texts: list[str]) -> OwnLines:
    folded = fold(pa.array(texts, pa.string()))
    return own_lines(folded, np.zeros(len(folded.codes), np.uint8))


def repeats(texts: list[str], writers: list[int] | None = None) -> list[int]:
    lines = lines_of(texts)
    who = None if writers is None else np.array(writers)
    return find_repeats(lines, np.ones(len(lines.text), bool), len(texts), who).tolist()


def test_lines_are_told_by_their_words():
    lines = lines_of(["Un deux !\n\n  trois : \n😍", "", "UN, deux"])
    assert lines.text.tolist() == [0, 0, 2]
    assert (lines.start.tolist(), lines.end.tolist()) == ([0, 13, 0], [7, 18, 8])
    assert lines.words.tolist() == [2, 1, 2] and lines.colon.tolist() == [False, True, False]
    assert lines.hash[0] == lines.hash[2] != lines.hash[1]
    assert lines_of(["deux un"]).hash[0] != lines.hash[0]


def test_negations_are_counted():
    assert lines_of(["je ne suis pas content", "don't", "content"]).negations.tolist() == [2, 1, 0]


def test_sketches_agree_as_often_as_words_are_shared():
    rng = np.random.default_rng(3)
    words = np.array([f"mot{n}" for n in range(3000)])
    one = [rng.choice(words, 30, replace=False) for _ in range(300)]
    for changed in (0, 3, 10, 30):
        other = [np.r_[text[changed:], rng.choice(words, changed)] for text in one]
        a, b = (lines_of([" ".join(text) for text in texts]).sketch for texts in (one, other))
        shared = np.mean(
            [len({*x} & {*y}) / len({*x} | {*y}) for x, y in zip(one, other, strict=True)]
        )
        assert (a == b).mean() == pytest.approx(shared, abs=0.02)
    assert a.shape == (300, SKETCH)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (LONG, True),
        (LONG.upper() + " !!!", True),
        (LONG.replace("trois", "deux"), True),
        (LONG.replace("a pris", "n'a pas pris"), False),
        ("le conseiller a pris le temps de tout expliquer et le prix était juste, bravo", False),
        ("trop cher", False),
    ],
)
def test_the_same_words_again_are_found(second: str, found: bool):
    assert repeats(["autre", LONG, second]) == [-1, -1, 1 if found else -1]


def test_what_is_near_counts_for_two_writers_only_where_it_is_long():
    near = LONG.replace("trois", "deux")
    assert repeats([LONG, near], [1, 1]) == [-1, 0]
    assert repeats([LONG, near], [1, 2]) == [-1, -1]
    longer = f"{LONG} alors que je l'attendais depuis lundi"
    assert repeats([longer, longer.replace("trois", "deux")], [1, 2]) == [-1, 0]


def test_repeats_of_repeats_point_to_the_first():
    near = LONG.replace("trois", "deux")
    assert repeats([LONG, near, LONG, near, near]) == [-1, 0, 0, 0, 0]


def test_lines_that_do_not_count_make_no_repeat():
    texts = [f"{LONG}\nun", f"{LONG}\ndeux"]
    lines = lines_of(texts)
    kept = lines.words < 5
    assert find_repeats(lines, kept, 2).tolist() == [-1, -1]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from([LONG, LONG.replace("trois", "dix"), "court", ""]), max_size=9))
def test_a_repeat_comes_after_what_it_repeats(texts: list[str]):
    for row, of in enumerate(repeats(texts)):
        assert of < row
        if of >= 0:
            assert repeats(texts)[of] == -1


def templates(texts: list[str], writers: list[int] | None = None) -> list[str]:
    lines = lines_of(texts)
    who = None if writers is None else np.array(writers)
    found = template_lines(lines, len(texts), who)
    return [
        texts[t][a:b] for t, a, b in zip(lines.text[found], lines.start[found], lines.end[found],
                                         strict=True)
    ]  # fmt: skip


def test_a_line_of_many_texts_is_a_template():
    footer = "merci de ne pas répondre à ce message"
    texts = [f"souci {n}\n{footer}" for n in range(5)]
    assert templates(texts) == [footer] * 5
    assert templates(texts[:4]) == []


def test_a_label_is_one_by_its_colon():
    assert templates([f"Objet :\nretour {n}" for n in range(5)]) == ["Objet"] * 5
    assert templates([f"Super\nretour {n}" for n in range(5)]) == []


def test_what_one_writer_repeats_is_no_template():
    texts = [f"souci {n}\nmerci de ne pas répondre à ce message" for n in range(6)]
    assert templates(texts, [1] * 6) == []
    assert len(templates(texts, [1, 1, 1, 1, 1, 2])) == 6
    assert len(templates(texts, [-1] * 6)) == 6


def test_what_many_say_by_themselves_is_no_template():
    assert templates(["très bonne application, je recommande vivement"] * 50) == []


def test_a_template_is_in_two_texts_of_a_thousand():
    texts = [f"souci {n}\nun" for n in range(4000)]
    footer = "merci de ne pas répondre à ce message"
    assert len(templates(texts + [f"a{n}\n{footer}" for n in range(9)])) == 9
    assert len(templates(texts + [f"a{n}\n{footer}" for n in range(8)])) == 0
