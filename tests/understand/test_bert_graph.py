"""The graph made from weights says what a BERT's equations say, in 8 bits nearly so."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_bert import HEADS, WIDTH, WORDS, tiny_mean, tiny_weights

from connu.kernel.errors import ModelError
from connu.understand.bert_graph import Head, bert_graph, layers_of
from connu.understand.token_batches import padded

pytest.importorskip("onnx", reason="the extra minilm is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="the extra minilm is not installed")

_WEIGHTS = tiny_weights()
_CHANCE = np.random.default_rng(1)
_TEXTS = [_CHANCE.integers(2, len(WORDS), size) for size in (2, 3, 3, 9, 20, 47)]


def _computed(texts: list[np.ndarray], head: Head | None = None, *, int8: bool) -> np.ndarray:
    graph = bert_graph(_WEIGHTS, heads=HEADS, head=head, int8=int8)
    session = onnxruntime.InferenceSession(graph)
    ids, mask = padded(texts)
    rows: np.ndarray = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return rows


def _said(texts: list[np.ndarray]) -> np.ndarray:
    return np.array([tiny_mean(_WEIGHTS, text) for text in texts])


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_in_float_it_is_what_the_equations_say():
    made = _computed(_TEXTS, int8=False)
    assert made.dtype == np.float32 and made.shape == (len(_TEXTS), WIDTH)
    np.testing.assert_allclose(made, _unit(_said(_TEXTS)), atol=2e-6)


def test_in_8_bits_it_is_nearly_so():
    made = _computed(_TEXTS, int8=True)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    cosine = (made * _unit(_said(_TEXTS))).sum(1)
    assert 0.99 < cosine.min() < 0.999999  # the matrices are in 8 bits indeed


@pytest.mark.parametrize("int8", [False, True])
def test_padding_and_company_change_nothing(int8):
    together = _computed(_TEXTS, int8=int8)
    alone = np.concatenate([_computed([text], int8=int8) for text in _TEXTS])
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_a_head_gives_probabilities_of_the_mean():
    chance = np.random.default_rng(2)
    weight = chance.standard_normal((3, WIDTH)).astype(np.float32)
    head = Head(weight, np.array([0.0, 1.0, -5.0], np.float32))
    made = _computed(_TEXTS, head, int8=False)
    wanted = 1 / (1 + np.exp(-(_said(_TEXTS) @ head.weight.T + head.bias)))
    np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_weights_of_something_else_are_refused():
    broken = {name: value for name, value in _WEIGHTS.items() if "layer.1.output" not in name}
    with pytest.raises(ModelError, match=r"layer\.1\.output"):
        bert_graph(broken, heads=HEADS)


def test_layers_are_counted():
    assert layers_of(_WEIGHTS) == 2
    assert layers_of({}) == 0
