"""Words judge; negators turn them, boosters strengthen them, in French and in English."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.corpus import corpus_of
from connu.understand.tone import Tone, signs_of, tone_of

FR, EN = 0, 1


def _tone(text: str, language: int) -> Tone:
    corpus = corpus_of(pa.array([text]), np.array([language], np.int8))
    spoken = corpus.language[corpus.clauses.text]
    return tone_of(corpus.folded, corpus.tokens, corpus.clauses, spoken)


def _leaning(text: str, language: int) -> int:
    felt = _tone(text, language).felt.sum(0)
    return int(np.sign(felt[0] - felt[1]))


@pytest.mark.parametrize(
    ("text", "language", "leaning"),
    [
        ("Accueil chaleureux et personnel aimable", FR, 1),
        ("La chambre était sale et bruyante", FR, -1),
        ("Je ne suis pas déçu", FR, 1),
        ("Ce n'est pas pratique", FR, -1),
        ("aucun problème", FR, 1),
        ("l'application ne fonctionne plus", FR, -1),
        ("Nuuuul", FR, -1),
        ("colis jamais reçu", FR, -1),
        ("le train est arrivé à l'heure", FR, 1),
        ("😡", FR, -1),
        ("j'habite à Lyon", FR, 0),
        ("The staff were friendly and helpful", EN, 1),
        ("not helpful at all", EN, -1),
        ("never had any problems", EN, 1),
        ("My parcel never arrived", EN, -1),
        ("not disappointed", EN, 1),
        ("the driver was rude", EN, -1),
        ("saves me time", EN, 1),
        ("👍", EN, 1),
        ("I live in Leeds", EN, 0),
        ("", EN, 0),
    ],
)
def test_words_lean_one_way(text, language, leaning):
    assert _leaning(text, language) == leaning


def test_a_booster_strengthens_and_a_negator_turns():
    plain, boosted = _tone("utile", FR).felt, _tone("vraiment utile", FR).felt
    turned = _tone("vraiment pas utile", FR).felt
    assert boosted[0, 0] > plain[0, 0] > 0
    assert turned[0, 1] > turned[0, 0]


def test_a_word_of_the_other_language_says_nothing():
    assert _leaning("shocking", EN) == -1
    assert _leaning("shocking", FR) == 0
    assert _leaning("shocking", -1) == -1


def test_faint_words_do_not_judge():
    tone = _tone("merci", FR)
    assert tone.felt[0, 0] > 0
    assert tone.judging[0] == 0


def test_signs_stand_at_the_first_word_and_faint_ones_nowhere():
    corpus = corpus_of(pa.array(["not good thanks, second to none"]), np.array([EN], np.int8))
    spoken = corpus.language[corpus.clauses.text]
    sign, within = signs_of(corpus.folded, corpus.tokens, corpus.clauses, spoken)
    # «not good» is a term of its own
    assert sign.tolist() == [-1, 0, 0, 1, 0, 0]
    assert within.tolist() == [False, True, False, False, True, True]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), st.integers(-1, 1))
def test_whatever_the_text_tone_is_finite_and_not_negative(text, language):
    tone = _tone(text, language)
    assert np.isfinite(tone.felt).all()
    assert (tone.felt >= 0).all()
    assert (tone.judging >= 0).all()


def test_no_word_of_the_lexicon_leans_both_ways_or_stands_twice():
    read = resources.files("connu.understand").joinpath("tone.toml").read_text(encoding="utf-8")
    for language, words in tomllib.loads(read).items():
        listed = [
            term for side in ("positive", "negative") for terms in words[side].values()
            for term in terms
        ]  # fmt: skip
        twice = {term for term in listed if listed.count(term) > 1}
        assert not twice, (language, twice)
