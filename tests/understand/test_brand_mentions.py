"""Brands in verbatims: found by their words, at their places, the longest name first."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.brand_mentions import brand_mentions, named_shares
from connu.understand.brand_names import BrandNames

NAMES = BrandNames.of(
    {
        "Maison Claire": ["maison-claire.example"],
        "Sézane": [],
        "Apple": [],
        "Apple Music": [],
        "Orange": ["=Orange"],
    }
)


def found(*texts):
    column = pa.array(texts, pa.string())
    mentions = brand_mentions(column, NAMES)
    return [
        (row, NAMES.names[name], texts[row][start:end])
        for row, name, start, end in zip(
            mentions.row.tolist(),
            mentions.name.tolist(),
            mentions.start.tolist(),
            mentions.end.tolist(),
            strict=True,
        )
    ]


def test_names_are_found_however_they_are_written():
    assert found(
        "Mieux que SEZANE !", None, "", "chez maison claire, ou Maison-Claire.example"
    ) == [
        (0, "Sézane", "SEZANE"),
        (3, "Maison Claire", "maison claire"),
        (3, "Maison Claire", "Maison-Claire.example"),
    ]


def test_places_are_code_points():
    assert found("😀 l’été chez Sézane") == [(0, "Sézane", "Sézane")]


def test_a_name_within_a_word_or_across_texts_is_none():
    assert found("sezanes", "maison", "claire", "la maison est claire") == []


def test_of_names_that_overlap_the_longest_counts():
    assert found("Apple Music, pas Apple") == [
        (0, "Apple Music", "Apple Music"),
        (0, "Apple", "Apple"),
    ]


def test_a_word_is_a_brand_only_as_written():
    assert found("une orange, chez Orange") == [(0, "Orange", "Orange")]


def test_texts_are_counted_once_a_brand():
    texts = pa.array(["Sézane et Sézane", "sezane", "rien", None])
    shares = named_shares(brand_mentions(texts, NAMES), NAMES, len(texts))
    assert [(s.name, s.texts) for s in shares[:2]] == [("Sézane", 2), ("Apple", 0)]
    assert shares[0].share.value == pytest.approx(0.5)
    assert shares[0].share.low < 0.5 < shares[0].share.high


def test_pieces_of_an_array_are_the_whole():
    whole = pa.array(["chez Apple", "Sézane", "Apple"])
    pieces = pa.chunked_array([whole[:1], whole[1:]])
    one, two = brand_mentions(whole, NAMES), brand_mentions(pieces, NAMES)
    assert (one.row == two.row).all() and (one.start == two.start).all()


def test_no_text_and_no_name():
    assert len(brand_mentions(pa.array([], pa.string()), NAMES)) == 0
    none = BrandNames.of({})
    mentions = brand_mentions(pa.array(["Sézane"]), none)
    assert len(mentions) == 0 and named_shares(mentions, none, 1) == []


@given(
    st.lists(st.sampled_from(["Apple", "Music", "Sézane", "été", "😀", ",", "orange"]), max_size=12)
)
def test_mentions_never_overlap_and_are_in_order(words):
    text = " ".join(words)
    mentions = brand_mentions(pa.array([text]), NAMES)
    ends = [0, *mentions.end.tolist()]
    assert all(s >= e for s, e in zip(mentions.start.tolist(), ends, strict=False))
    assert text.count("Sézane") == (mentions.name == 1).sum()
