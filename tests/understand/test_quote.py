"""Quotes are found exactly, with their place in the original, or refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.quote import Refusal, Span, find_quote, fold_with_places


def _said(text: str, quote: str) -> str | Refusal:
    found = find_quote(text, quote)
    return text[found.start : found.end] if isinstance(found, Span) else found


@pytest.mark.parametrize(
    ("text", "quote", "said"),
    [
        ("La LIVRAISON était rapide.", "la livraison etait rapide", "La LIVRAISON était rapide"),
        ("L’accueil fut parfait", "l'accueil", "L’accueil"),
        ("Il a dit « jamais vu » hier", '" jamais vu "', "« jamais vu »"),
        ("un cœur énorme", "coeur enorme", "cœur énorme"),
        ("une cafetie\u0300re fe\u0302le\u0301e", "fêlée", "fe\u0302le\u0301e"),
        ("très\u00a0bien\u202f!", "tres bien !", "très\u00a0bien\u202f!"),
        ("trop\n\n  cher", "trop cher", "trop\n\n  cher"),
        ("attente… interminable", "attente... interminable", "attente… interminable"),
        ("a soft\u00adware glitch", "software glitch", "soft\u00adware glitch"),
        ("the ﬁrst ﬂoor", "first floor", "ﬁrst ﬂoor"),
        ("Große Enttäuschung", "grosse enttauschung", "Große Enttäuschung"),
        ("I love it ❤️ a lot", "love it ❤ a lot", "love it ❤️ a lot"),
        ("mid–range 20−30", "mid-range 20-30", "mid–range 20−30"),
        ("I am not happy", "not happy", "not happy"),
        ("je ne recommande pas", "ne recommande pas", "ne recommande pas"),
        # the first place is negated, the second is not
        ("not good at first. Now good", "good", "good"),
        ("pas cher, pratique", "pratique", "pratique"),
    ],
)  # fmt: skip
def test_another_spelling_finds_the_original(text, quote, said):
    assert _said(text, quote) == said


def test_the_place_is_that_of_the_occurrence_that_stands():
    assert find_quote("not good at first. Now good", "good") == Span(23, 27)


@pytest.mark.parametrize(
    ("text", "quote", "why"),
    [
        # negations dropped within, before and after
        ("je ne suis pas content", "je suis content", Refusal.ABSENT),
        ("I do not recommend it", "I do recommend it", Refusal.ABSENT),
        ("I am not happy", "happy", Refusal.NEGATED),
        ("not very happy", "happy", Refusal.NEGATED),
        ("je ne recommande pas", "recommande", Refusal.NEGATED),
        ("je n’aime pas", "aime", Refusal.NEGATED),
        ("j'aime pas du tout", "j'aime", Refusal.NEGATED),
        ("I can’t log in", "I can", Refusal.NEGATED),
        ("I don't like it", "like it", Refusal.NEGATED),
        ("livré sans retard", "retard", Refusal.NEGATED),
        ("never again late", "late", Refusal.NEGATED),
        # words cut
        ("il est incapable", "capable", Refusal.CUT),
        ("unhappy", "happy", Refusal.CUT),
        ("it isn't bad", "it is", Refusal.CUT),
        ("un cœur", "un co", Refusal.CUT),
        ("attente… fin", "attente.", Refusal.CUT),
        # near, and not equal
        ("la livraison est lente", "la livraison est lent", Refusal.CUT),
        ("the parcel came late", "the parcel arrived late", Refusal.ABSENT),
        ("three weeks late", "two weeks late", Refusal.ABSENT),
        ("a ≠ b", "a = b", Refusal.ABSENT),
        ("b\u0336a\u0336d idea", "bad idea", Refusal.ABSENT),
        ("prix: 10²", "prix: 102", Refusal.ABSENT),
        # nothing said
        ("anything", "", Refusal.EMPTY),
        ("anything!", " ! ", Refusal.EMPTY),
        ("", "anything", Refusal.ABSENT),
    ],
)
def test_what_is_not_said_is_refused(text, quote, why):
    assert find_quote(text, quote) is why


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("éÉœ’«»…– \u00a0\u0301\u00adaAb'"),
    max_size=60,
)


@given(_TEXTS)
def test_folding_keeps_its_way_back(text):
    folded = fold_with_places(text)
    assert len(folded.text) == len(folded.start) == len(folded.end)
    assert list(folded.start) == sorted(folded.start)
    assert all(a < b <= len(text) for a, b in zip(folded.start, folded.end, strict=True))
    assert "  " not in folded.text


@given(_TEXTS, st.data())
def test_a_found_quote_folds_to_what_was_asked(text, data):
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    found = find_quote(text, text[low:high].upper())
    if isinstance(found, Span):
        assert 0 <= found.start < found.end <= len(text)
        said = fold_with_places(text[found.start : found.end]).text.strip()
        assert said == fold_with_places(text[low:high].upper()).text.strip()


@given(st.text("ab ", min_size=1, max_size=12), st.text("abc ", min_size=1, max_size=12))
def test_what_the_text_does_not_hold_is_never_found(text, quote):
    found = find_quote(text, quote)
    if isinstance(found, Span):
        assert " ".join(quote.split()) in " ".join(text.split())


def test_long_texts_take_no_time():
    assert find_quote("pas bon, " * 20_000, "bon") is Refusal.NEGATED
    assert find_quote("é" * 100_000 + " fin", "fin") == Span(100_001, 100_004)
