"""Themes are proposed where many say the same and no theme is told; noise proposes none."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from connu.understand.cluster_stability import STABLE, best_jaccard, clusters_of
from connu.understand.codebook import Codebook, Theme
from connu.understand.corpus import corpus_of
from connu.understand.induction import (
    FEWEST,
    LEARNT_ON,
    QUOTES,
    SaidStatements,
    induce_themes,
    representative_quotes,
)
from connu.understand.statement_places import places_of
from connu.understand.telling_words import LEAST_SAYING, log_odds, telling_words, words_said

BOOK = Codebook(
    (
        Theme("delivery", "interaction", seeds={"en": ("parcel",)}, examples={"en": ("a parcel",)}),
        Theme("price", "product", {"": "What it costs, the price."}),
    )
)
PLACES = ("north", "south", "main", "other", "new", "old")


def nonsense(draw, n, words=6):
    """Statements whose words are said by nobody else twice in the same company."""
    stock = ["".join(draw.choice("bdfglmnprstv") + draw.choice("aeiou") for _ in range(3))
             for _ in range(600)]  # fmt: skip
    return [" ".join(draw.choice(stock) for _ in range(words)) for _ in range(n)]


def said(groups, *, language=None):
    """Statements of (quotes, theme or None, status)."""
    quotes = [quote for some, _, _ in groups for quote in some]
    told = np.zeros((len(quotes), len(BOOK.themes)), np.float32)
    status = np.zeros(len(quotes), np.int8)
    at = 0
    for some, theme, sign in groups:
        if theme is not None:
            told[at : at + len(some), BOOK.names.index(theme)] = 0.9
        status[at : at + len(some)] = sign
        at += len(some)
    return SaidStatements(
        pa.array(quotes, pa.string()),
        pa.array(language or ["en"] * len(quotes), pa.string()),
        np.arange(len(quotes)),
        told,
        status,
    )


def planted(draw, n=50):
    shapes = ("the {} car park is full", "no space on the {} car park", "a larger {} car park")
    return [draw.choice(shapes).format(draw.choice(PLACES)) for _ in range(n)]


@pytest.fixture(scope="module")
def induced():
    draw = random.Random(1)
    parcels = [f"my parcel came to the {draw.choice(PLACES)} door" for _ in range(80)]
    return induce_themes(
        BOOK,
        said([(planted(draw), None, -1), (parcels, "delivery", 1), (nonsense(draw, 150), None, 0)]),
    )


def test_a_planted_theme_is_found_first_and_named_by_its_words(induced):
    first = induced.proposals[0]
    assert not first.covered
    assert {"car park", "car", "park"} & {word.word for word in first.words[:2]}
    assert first.name in {"car_park", "car", "park"}
    assert first.stability >= STABLE and first.stable
    assert 40 <= first.statements <= 55 and first.unmet >= 40 and first.met == 0
    assert 3 <= len(first.quotes) <= QUOTES
    assert len(set(first.quotes)) == len(first.quotes)
    assert sum("car park" in quote for quote in first.quotes) >= 3


def test_what_has_a_theme_is_proposed_as_a_part_of_it(induced):
    parts = [one for one in induced.proposals if one.covered]
    assert parts and all(one.nearest == "delivery" and one.within == 1.0 for one in parts)
    assert [one.covered for one in induced.proposals] == sorted(
        one.covered for one in induced.proposals
    )


def test_noise_proposes_nothing_stable():
    found = induce_themes(BOOK, said([(nonsense(random.Random(5), 300), None, 0)]))
    assert not [one for one in found.proposals if one.stable]
    assert found.unstable


def test_stability_is_high_for_what_lies_apart_and_low_for_noise():
    rng = np.random.default_rng(0)
    centres = np.eye(3, 20) * 6
    apart = np.concatenate([rng.normal(centre, 0.5, (60, 20)) for centre in centres])
    noise = rng.normal(0, 1, (180, 20))
    apart, noise = (
        (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32) for x in (apart, noise)
    )
    assert clusters_of(apart, 3).stability.min() > 0.95
    assert clusters_of(noise, 12).stability.mean() < 0.6


def test_jaccard_is_one_of_the_same_under_other_numbers():
    of = np.array([0, 0, 1, 2, 2])
    assert best_jaccard(of, (of + 1) % 3, 3).tolist() == [1.0, 1.0, 1.0]


def test_too_few_statements_say_so():
    found = induce_themes(BOOK, said([(planted(random.Random(0), 10), None, 0)]))
    assert found.proposals == () and found.too_few == FEWEST - 10 and found.read == 10
    assert induce_themes(BOOK, said([([], None, 0)])).too_few == FEWEST


@pytest.mark.parametrize("quote", ["", "👍", "!!!", "\x00\x1b[2J", "a" * 5_000])
def test_nothing_said_many_times_proposes_nothing_and_breaks_nothing(quote):
    found = induce_themes(BOOK, said([([quote] * 80, None, 0)]))
    assert all(one.words for one in found.proposals)


def test_the_same_statements_propose_the_same_whatever_the_number():
    draw = random.Random(4)
    statements = said([(planted(draw), None, -1), (nonsense(draw, 100), None, 0)])
    many = induce_themes(BOOK, statements, most=20)
    assert induce_themes(BOOK, statements, most=1).proposals == many.proposals[:1]


def test_a_proposal_that_was_taken_is_not_made_again(induced):
    draw = random.Random(1)
    statements = said([(planted(draw), None, -1), (nonsense(draw, 150), None, 0)])
    first = induce_themes(BOOK, statements).proposals[0]
    taken = Theme("cars", "interaction", seeds={"en": tuple(w.word for w in first.words)})
    book = Codebook((*BOOK.themes, taken))
    again = induce_themes(
        book,
        SaidStatements(
            statements.quotes, statements.language, statements.verbatim,
            np.pad(statements.told, ((0, 0), (0, 1))), statements.status,
        ),
    )  # fmt: skip
    assert first.words not in [one.words for one in again.proposals]


def test_a_name_is_neither_a_theme_nor_was_one():
    draw = random.Random(1)
    statements = said([(planted(draw), None, -1), (nonsense(draw, 150), None, 0)])
    name = induce_themes(BOOK, statements).proposals[0].name
    book = Codebook(BOOK.themes, migrations={name: "price"})
    assert name not in {one.name for one in induce_themes(book, statements).proposals}


def test_an_encoder_s_vectors_are_used_where_one_is_given():
    class ByLength:
        name = "by-length"

        def encode(self, texts):
            long = np.array([len(text) > 40 for text in texts])
            return np.stack([long, ~long], axis=1).astype(np.float32)

    draw = random.Random(2)
    long = [f"{quote} and this is a rather long story" for quote in planted(draw)]
    found = induce_themes(
        BOOK, said([(planted(draw), None, 0), (long, None, 0)]), encoder=ByLength()
    )
    story = [one for one in found.proposals if "story" in {w.word for w in one.words}]
    assert story and story[0].statements == 50


def test_personal_data_are_masked_in_quotes():
    draw = random.Random(1)
    quotes = [f"{one}, call 06 12 34 56 7{n % 10}" for n, one in enumerate(planted(draw, 80))]
    found = induce_themes(BOOK, said([(quotes, None, 0), (nonsense(draw, 100), None, 0)]))
    shown = [quote for one in found.proposals for quote in one.quotes]
    assert shown and not [quote for quote in shown if "06 12" in quote]


def test_a_word_of_one_person_is_never_shown():
    draw = random.Random(1)
    quotes = planted(draw, 40) + nonsense(draw, 60)
    verbatim = np.arange(100)
    quotes[:10] = ["the car park of zorglub zorglub"] * 10
    verbatim[:10] = 0
    corpus = corpus_of(pa.array(quotes), pa.array(["en"] * 100))
    group = np.arange(100) < 40
    told = telling_words(words_said(corpus, verbatim), group, most=50)
    assert "zorglub" not in " ".join(word.word for word in told)
    assert min(word.verbatims for word in told) >= LEAST_SAYING


def test_words_are_shown_as_they_are_written():
    quotes = ["Le crédit est refusé", "un crédit refusé", "mon crédit"] * 3 + ["la porte"] * 9
    corpus = corpus_of(pa.array(quotes), pa.array(["fr"] * 18))
    told = telling_words(words_said(corpus, np.arange(18)), np.arange(18) < 9)
    assert ("credit", "crédit", "fr") in [(w.word, w.shown, w.language) for w in told]


def test_log_odds_are_antisymmetric_and_grow_with_evidence():
    few, many = np.array([3.0, 30]), np.array([30.0, 300])
    assert np.allclose(log_odds(few, few[::-1]), -log_odds(few[::-1], few))
    assert log_odds(many, many[::-1])[1] > log_odds(few, few[::-1])[1] > 0


def test_quotes_are_diverse():
    quotes = pa.array(["the car park is full"] * 30 + ["the car park of the shop has no space"] * 5)
    corpus = corpus_of(quotes, pa.array(["en"] * 35))
    picked = representative_quotes(quotes, places_of(corpus, []).of, np.arange(35))
    assert sorted(picked) == sorted(set(quotes.to_pylist()))


@pytest.mark.slow
def test_a_hundred_thousand_statements_within_a_minute():
    import time

    draw = random.Random(0)
    quotes = planted(draw, 5_000) + nonsense(draw, 95_000)
    statements = said([(quotes, None, 0)])
    begun = time.process_time()
    found = induce_themes(BOOK, statements)
    assert time.process_time() - begun < 60
    assert found.read == LEARNT_ON and "car park" in {w.word for w in found.proposals[0].words}
