"""Every text is in one batch, near texts of its length; tokenizers cut and survive anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_bert import WORDS, write_tokenizer

from connu.kernel.errors import ModelError
from connu.understand.token_batches import Tokenizer, batches, padded


@given(st.lists(st.integers(1, 130), max_size=80), st.integers(1, 500))
def test_every_row_is_in_one_batch_of_bounded_size(lengths, places):
    lengths = np.array(lengths, np.int64)
    made = list(batches(lengths, places))
    rows = np.concatenate(made) if made else np.zeros(0, np.int64)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert list(lengths[rows]) == sorted(lengths)
    assert all(len(batch) == 1 or len(batch) * lengths[batch].max() <= places for batch in made)


def test_padding_stands_after_the_pieces():
    ids, mask = padded([np.array([5, 6, 7]), np.array([8])], 1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert padded([])[0].shape == (0, 0)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    pytest.importorskip("tokenizers", reason="the extra minilm is not installed")
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    write_tokenizer(path)
    return Tokenizer(path, 12)


def test_texts_become_numbers_cut_at_the_most(tokenizer):
    short, long = tokenizer.numbers(["The parcel!", "late " * 50_000])
    assert [WORDS[n] for n in short] == ["[CLS]", "the", "parcel", "!", "[SEP]"]
    assert len(long) == 12 and WORDS[long[-1]] == "[SEP]"


def test_odd_texts_are_texts(tokenizer):
    for text in ("", "   ", "🙂", "\ud800", "\x00\x01", "l" * 100_000, "\u202e" * 5):
        (numbers,) = tokenizer.numbers([text])
        assert 2 <= len(numbers) <= 12
    assert tokenizer.numbers([]) == []


def test_what_is_no_tokenizer_is_refused(tmp_path):
    pytest.importorskip("tokenizers", reason="the extra minilm is not installed")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be read"):
        Tokenizer(tmp_path / "tokenizer.json")
