"""Encoders are chosen by name, and what is missing or misspelt is said."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from fake_endpoint import embedded, fake_endpoint
from tiny_bert import HEADS, tiny_weights, write_tokenizer

from connu.kernel.errors import MissingExtraError, ModelError, SettingsError
from connu.understand import encoder as encoders
from connu.understand.bert_graph import bert_graph
from connu.understand.encoder import Encoder, open_encoder
from connu.understand.endpoint import Endpoint
from connu.understand.sentence_encoder import SentenceEncoder

_TEXTS = [
    "the parcel came late",
    "",
    "price is too high",
    "🙂",
    "\ud800 odd",
    "le colis est en retard",
]


def test_ngrams_are_no_encoder(tmp_path):
    assert open_encoder("ngrams", folder=tmp_path) is None


def test_minilm_is_opened_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(encoders, "open_minilm", lambda *, threads: ("minilm", threads))
    assert open_encoder("minilm", folder=tmp_path, threads=1) == ("minilm", 1)


def _onnx(tmp_path) -> Encoder | None:
    for name in ("onnx", "onnxruntime", "tokenizers"):
        pytest.importorskip(name, reason="the extra minilm is not installed")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.onnx").write_bytes(bert_graph(tiny_weights(), heads=HEADS))
    write_tokenizer(tmp_path / "models" / "tokenizer.json")
    return open_encoder("models", folder=tmp_path)


class _Library:
    """What sentence-transformers would be."""

    def __init__(self, model: str, *, device: str, trust_remote_code: bool) -> None:
        assert device == "cpu" and not trust_remote_code
        if model.endswith("/missing"):
            raise OSError("no such model")
        self.seen: list[str] = []

    def encode(self, texts, *, batch_size, show_progress_bar, convert_to_numpy):
        assert not show_progress_bar and convert_to_numpy
        self.seen += texts
        return np.array([[len(text), 1.0, text.count("a")] for text in texts], np.float32)

    def get_sentence_embedding_dimension(self) -> int:
        return 3


@pytest.fixture
def library(monkeypatch):
    made = types.ModuleType("sentence_transformers")
    made.SentenceTransformer = _Library  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", made)


def test_a_name_with_an_owner_is_one_of_sentence_transformers(tmp_path, library):
    made = open_encoder("owner/model", folder=tmp_path)
    assert isinstance(made, SentenceEncoder) and made.name == "owner/model"
    (tmp_path / "own").mkdir()
    made = open_encoder("own", folder=tmp_path)
    assert isinstance(made, SentenceEncoder) and made.name == str(tmp_path / "own")
    with pytest.raises(ModelError, match="cannot be opened"):
        open_encoder("owner/missing", folder=tmp_path)


def test_each_distinct_text_is_computed_once(library):
    made = SentenceEncoder("owner/model")
    rows = made.encode(["aa", "b", "aa"])
    assert made._model.seen == ["aa", "b"]
    np.testing.assert_array_equal(rows[0], rows[2])


@pytest.mark.parametrize("kind", ["onnx", "sentence", "endpoint"])
def test_every_encoder_keeps_the_same_promises(kind, tmp_path, library):
    if kind == "endpoint":
        pytest.importorskip("openai", reason="the extra endpoint is not installed")
        with fake_endpoint(lambda path, body, before: (200, {}, embedded(body["input"]))) as fake:
            _promises(open_encoder("endpoint", folder=tmp_path, endpoint=Endpoint(fake.url, "m")))
        return
    _promises(_onnx(tmp_path) if kind == "onnx" else open_encoder("o/m", folder=tmp_path))


def _promises(made: Encoder | None) -> None:
    assert isinstance(made, Encoder) and made.name
    rows = made.encode(_TEXTS)
    assert rows.shape[0] == len(_TEXTS) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(made.encode(_TEXTS), rows)
    np.testing.assert_allclose(made.encode(_TEXTS[::-1])[::-1], rows, atol=1e-5)
    alone = np.concatenate([made.encode([text]) for text in _TEXTS])
    np.testing.assert_allclose(alone, rows, atol=1e-5)
    assert made.encode([]).shape == (0, rows.shape[1])


def test_an_endpoint_needs_an_address(tmp_path):
    with pytest.raises(SettingsError, match="no address"):
        open_encoder("endpoint", folder=tmp_path)


@pytest.mark.parametrize("name", ["minlm", "./nowhere", "/no/where", "~/nowhere", "ngram"])
def test_a_name_nobody_knows_is_told(name, tmp_path):
    with pytest.raises(SettingsError, match="no encoder") as raised:
        open_encoder(name, folder=tmp_path)
    if name == "minlm":
        assert "did you mean «minilm»?" in str(raised.value.hint)


def test_without_the_library_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError) as raised:
        open_encoder("owner/model", folder=tmp_path)
    assert "connu[sentence-transformers]" in str(raised.value.hint)
