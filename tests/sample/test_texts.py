"""Sayings cover every theme in both languages; texts carry their statements where they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.sample import voices
from connu.sample.chance import Chance
from connu.sample.sayings import FORMS, LANGUAGES, NONE, OTHERS, PEERS, PRAISE, sayings
from connu.sample.texts import Texts, compose

MANNERS = {
    "survey": voices.SURVEY,
    "review": voices.REVIEW,
    "post": voices.POST,
    "message": voices.MESSAGE,
}


def write(name: str, n: int = 400, content: float = 0.0, seed: int = 1) -> Texts:
    rng = Chance(seed).stream(name)
    return compose(
        MANNERS[name],
        rng.integers(0, 2, n),
        np.full(n, content),
        pa.array(["Zoé Dùpont, 06 11 22 33 44"] * n, pa.string()),
        rng,
    )


def test_every_theme_can_be_said_in_every_form_and_language() -> None:
    stock = sayings()
    assert len(stock.themes) == 26
    assert set(stock.dimension.tolist()) == {0, 1, 2, 3}
    for form in range(len(FORMS)):
        aside = form in (PEERS, OTHERS, NONE)
        count = stock.count[:, form, -1:] if aside else stock.count[:, form, :-1]
        assert count.min() > 0, FORMS[form]
    assert len(stock.body) > 3_000
    assert not any("{" in body for body in stock.body.to_pylist())
    assert len(LANGUAGES) == 2


@pytest.mark.parametrize("name", sorted(MANNERS))
def test_a_quote_is_where_it_is_said_to_be(name: str) -> None:
    texts = write(name)
    whole = texts.text.to_pylist()
    assert len(texts.of) > 300
    for of, start, end, quote in zip(
        texts.of.tolist(),
        texts.start.tolist(),
        texts.end.tolist(),
        texts.quote.to_pylist(),
        strict=True,
    ):
        assert whole[of][start:end] == quote
        assert quote == quote.strip() != ""


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(0, 12), name=st.sampled_from(sorted(MANNERS)))
def test_spans_hold_for_any_seed_and_size(seed: int, n: int, name: str) -> None:
    texts = write(name, n=n, seed=seed)
    assert len(texts.text) == n
    whole = texts.text.to_pylist()
    for of, start, end, quote in zip(
        texts.of, texts.start, texts.end, texts.quote.to_pylist(), strict=True
    ):
        assert whole[of][start:end] == quote


def test_statements_of_a_text_do_not_overlap() -> None:
    texts = write("message")
    same = texts.of[1:] == texts.of[:-1]
    assert np.all(texts.start[1:][same] >= texts.end[:-1][same])


def test_the_content_praise_and_the_discontent_complain() -> None:
    happy, unhappy = write("survey", 2_000, 2.0), write("survey", 2_000, -2.0)
    assert (happy.form == PRAISE).mean() > (unhappy.form == PRAISE).mean() + 0.3
    assert happy.score.mean() > 0 > unhappy.score.mean()


def test_some_texts_are_empty_canned_or_copied() -> None:
    texts = write("post", 4_000)
    whole = texts.text.to_pylist()
    assert 0 < whole.count("") < 60
    canned = {reply for lists in sayings().canned for reply in lists.to_pylist()}
    assert 20 < sum(text in canned for text in whole) < 200
    said = np.bincount(texts.of, minlength=len(whole))
    assert all(said[i] == 0 for i, text in enumerate(whole) if text in canned or not text)
    again = [i for i in range(1, len(whole)) if whole[i] == whole[i - 1] and said[i]]
    assert 10 < len(again) < 100


def test_a_manner_without_statements_of_some_kind_still_writes() -> None:
    manner = replace(voices.POST, statements=(1.0,), themes={"image": 0.0})
    rng = Chance(1).stream("x")
    texts = compose(
        manner, np.zeros(300, dtype=np.int64), np.zeros(300), pa.nulls(300, pa.string()), rng
    )
    assert sayings().themes.index("image") not in set(texts.theme.tolist())
    assert np.bincount(texts.of).max() == 1
