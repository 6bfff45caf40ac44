"""MiniLM from the package's weights: those that are known, offline, the same every time."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from connu.kernel.errors import MissingExtraError, ModelError
from connu.understand import minilm
from connu.understand.bert_graph import bert_graph
from connu.understand.token_batches import Tokenizer, batches, padded

try:
    minilm.weights_folder()
    _ABSENT = False
except MissingExtraError:
    _ABSENT = True
needs_weights = pytest.mark.skipif(_ABSENT, reason="the weights of MiniLM are not installed")

_TEXTS = [
    "The delivery was late and nobody answered.",
    "My parcel arrived a week after the date you gave.",
    "Le prix a encore augmenté.",
    "Great app, so easy to use!",
    "",
    "🙂🙂",
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNU_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setattr(socket, "socket", _no_network)
        yield minilm.open_minilm()


def _no_network(*_: object, **__: object) -> None:
    raise AssertionError("it asked for the network")


@needs_weights
@pytest.mark.slow
def test_it_works_offline_and_says_what_is_alike(encoder):
    rows = encoder.encode(_TEXTS)
    assert encoder.name == "minilm" and rows.shape == (len(_TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    alike = rows @ rows.T
    assert alike[0, 1] > alike[0, 2] and alike[0, 1] > alike[0, 3]
    np.testing.assert_array_equal(minilm.open_minilm().encode(_TEXTS), rows)


@needs_weights
@pytest.mark.slow
def test_8_bits_are_near_enough(encoder):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(
        bert_graph(minilm.minilm_weights(), heads=minilm.HEADS, int8=False)
    )
    texts = [*_TEXTS, *(f"{text} {other}" for text in _TEXTS for other in _TEXTS)]
    numbers = Tokenizer(minilm.checked_file("tokenizer.json")).numbers(texts)
    wanted = np.empty((len(texts), 384), np.float32)
    for rows in batches(np.array([len(one) for one in numbers])):
        ids, mask = padded([numbers[row] for row in rows])
        wanted[rows] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    cosine = (encoder.encode(texts) * wanted).sum(1)
    assert cosine.mean() > 0.99 and cosine.min() > 0.96


@needs_weights
def test_other_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "weights_folder", lambda: tmp_path)
    monkeypatch.setenv("CONNU_CACHE", str(tmp_path / "cache"))
    (tmp_path / "model.safetensors").write_bytes(b"somebody else's")
    (tmp_path / "tokenizer.json").write_text("{}")
    for name in minilm.HASHES:
        with pytest.raises(ModelError, match="not the file that connu knows: refused") as raised:
            minilm.checked_file(name)
        assert minilm.VERSION in str(raised.value.hint)
    with pytest.raises(ModelError, match="refused"):
        minilm.open_minilm()
    assert not any((tmp_path / "cache").rglob("model.onnx"))


def test_a_file_that_is_gone_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="cannot read the weights"):
        minilm.checked_file("model.safetensors")


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as raised:
        minilm.weights_folder()
    assert "--no-deps" in str(raised.value.hint) and "connu[minilm]" in str(raised.value.hint)
