"""Fine-tuning learns what can be learnt, and leaves a folder that needs no PyTorch."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from tiny_bert import HEADS, WIDTH, WORDS, tiny_mean, tiny_weights, write_tokenizer

from connu.kernel.errors import MissingExtraError, ModelError, UsageError
from connu.understand import fine_tuning
from connu.understand.bert_graph import Head
from connu.understand.fine_tuned import (
    FineTuned,
    beside_ngrams,
    save_fine_tuned,
    taught_digest,
)
from connu.understand.fine_tuning import Recipe, fine_tune
from connu.understand.token_batches import padded

_LABELS = ("delivery", "price")
needs_onnx = pytest.mark.skipif(
    not all(find_spec(name) for name in ("onnx", "onnxruntime", "tokenizers")),
    reason="the extra minilm is not installed",
)


def _save(folder, head: Head, digest: str = "d") -> None:
    write_tokenizer(folder.parent / "tokenizer.json")
    save_fine_tuned(
        folder, tiny_weights(), head, _LABELS,
        heads=HEADS, pieces=16, tokenizer=folder.parent / "tokenizer.json", digest=digest,
    )  # fmt: skip


def _head(bias: float = 0.0) -> Head:
    weight = np.random.default_rng(3).standard_normal((2, WIDTH)).astype(np.float32)
    return Head(weight, np.full(2, bias, np.float32))


@needs_onnx
def test_a_folder_says_its_probabilities(tmp_path):
    _save(tmp_path / "model", _head())
    model = FineTuned(tmp_path / "model")
    assert model.labels == _LABELS and model.digest == "d"
    made = model.probabilities(["the parcel came late", "", "prix"])
    assert made.shape == (3, 2) and made.dtype == np.float32
    numbers = np.array([2, *(WORDS.index(w) for w in "the parcel came late".split()), 3])
    wanted = tiny_mean(tiny_weights(), numbers) @ _head().weight.T
    np.testing.assert_allclose(made[0], 1 / (1 + np.exp(-wanted)), atol=0.05)  # 8 bits
    assert model.probabilities([]).shape == (0, 2)


@needs_onnx
def test_a_later_model_takes_the_place_of_the_first(tmp_path):
    _save(tmp_path / "model", _head())
    _save(tmp_path / "model", _head(20.0), "later")
    model = FineTuned(tmp_path / "model")
    assert model.digest == "later" and model.probabilities(["prix"]).min() > 0.99
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "tokenizer.json"]


@needs_onnx
def test_a_damaged_folder_is_told(tmp_path):
    _save(tmp_path / "model", _head())
    (tmp_path / "model" / "labels.json").write_text(json.dumps({"labels": ["x"]}))
    with pytest.raises(ModelError, match="damaged"):
        FineTuned(tmp_path / "model")
    with pytest.raises(ModelError, match="lacks"):
        FineTuned(tmp_path / "none")


def test_a_digest_changes_with_every_text_and_label():
    texts, truth = ["a", "b", "c"], np.eye(3, 2, dtype=bool)
    first = taught_digest(texts, truth, _LABELS)
    assert first == taught_digest(["c", "a", "b"], truth[[2, 0, 1]], _LABELS)
    others = [
        taught_digest(texts[:2], truth[:2], _LABELS),
        taught_digest(["a", "b", "d"], truth, _LABELS),
        taught_digest(texts, ~truth, _LABELS),
        taught_digest(texts, truth, ("delivery", "value")),
        taught_digest([*texts, "c"], truth[[0, 1, 2, 2]], _LABELS),
    ]
    assert first not in others and len(set(others)) == len(others)


def test_it_is_never_alone():
    made = beside_ngrams(np.array([[1.0, 0.5]]), np.array([[0.0, 0.5]]))
    np.testing.assert_allclose(made, [[0.6, 0.5]])


def test_few_texts_are_refused(tmp_path):
    with pytest.raises(UsageError, match="500"):
        fine_tune(["a"] * 499, np.zeros((499, 1), bool), ["x"], tmp_path / "m")


def test_equal_texts_are_in_one_fold():
    texts = [f"text {n % 301}" for n in range(903)]
    fold = fine_tuning._folds(texts, Recipe(folds=3))
    assert sorted(np.bincount(fold)) == [300, 300, 303]
    of: dict[str, set[int]] = {}
    for text, number in zip(texts, fold, strict=True):
        of.setdefault(text, set()).add(int(number))
    assert {len(one) for one in of.values()} == {1}


def test_every_text_is_seen_once_an_epoch():
    lengths = np.random.default_rng(0).integers(2, 90, 2_500)
    made = list(fine_tuning._shuffled(lengths, 32, np.random.default_rng(1)))
    assert sorted(np.concatenate(made).tolist()) == list(range(2_500))
    waste = sum(len(b) * lengths[b].max() - lengths[b].sum() for b in made) / lengths.sum()
    assert waste < 0.1
    assert made[0].tolist() != list(range(32))


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """MiniLM's place taken by the tiny one."""
    write_tokenizer(tmp_path / "tokenizer.json")
    monkeypatch.setattr(fine_tuning, "checked_file", lambda name: tmp_path / name)
    monkeypatch.setattr(fine_tuning, "minilm_weights", tiny_weights)
    monkeypatch.setattr(fine_tuning, "HEADS", HEADS)


def _texts(count: int, seed: int = 4) -> tuple[list[str], np.ndarray]:
    chance = np.random.default_rng(seed)
    texts = [" ".join(chance.choice(WORDS[4:], 5)) for _ in range(count)]
    truth = np.array([["parcel" in t or "colis" in t, "price" in t or "prix" in t] for t in texts])
    return texts, truth


@needs_onnx
def test_it_learns_and_what_is_held_out_shows_it(tmp_path, tiny):
    pytest.importorskip("torch", reason="the extra finetune is not installed")
    import torch

    texts, truth = _texts(800)
    told = []
    recipe = Recipe(rate=3e-3, head_rate=3e-3, epochs=15, pieces=16, threads=1, folds=2)
    threads, chance = torch.get_num_threads(), torch.get_rng_state()
    held_out = fine_tune(
        texts, truth, _LABELS, tmp_path / "m",
        recipe=recipe, progress=lambda done, steps: told.append((done, steps)),
    )  # fmt: skip
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), chance)
    assert told[-1][0] == told[-1][1] == len(told)
    assert ((held_out > 0.5) == truth).mean() > 0.95
    model = FineTuned(tmp_path / "m")
    assert model.labels == _LABELS
    later, wanted = _texts(300, seed=9)
    assert ((model.probabilities(later) > 0.5) == wanted).mean() > 0.9
    assert told == sorted(told)
    recipe = replace(recipe, threads=2)  # at once, the same
    again = fine_tune(texts, truth, _LABELS, tmp_path / "again", recipe=recipe)
    np.testing.assert_allclose(again, held_out, atol=1e-4)


def test_torch_and_the_graph_agree(tmp_path, tiny):
    torch = pytest.importorskip("torch", reason="the extra finetune is not installed")
    from connu.understand.bert_torch import Bert

    texts = [np.array([2, 4, 5, 3]), np.array([2, 9, 3]), np.array([2, 4, 7, 12, 13, 3])]
    pieces = np.unique(np.concatenate([*texts, np.array([0])]))
    bert = Bert(
        tiny_weights(), heads=HEADS, labels=2, pieces=pieces, places=8, dropout=0.5,
        chance=np.random.default_rng(0), shares=np.array([0.5, 0.0]),
    )  # fmt: skip
    weights, head = bert.learnt()
    assert head.bias[0] == 0 and -7 < head.bias[1] < -6
    for name, value in tiny_weights().items():
        np.testing.assert_allclose(weights[name], value, atol=1e-6, err_msg=name)
    ids, mask = padded(bert.numbers_of(texts))
    with torch.no_grad():
        made = bert.logits(torch.from_numpy(ids), torch.from_numpy(mask.astype(bool))).numpy()
    wanted = [tiny_mean(tiny_weights(), text) @ head.weight.T + head.bias for text in texts]
    np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_without_torch_the_error_names_the_extra(tmp_path, tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    texts, truth = _texts(500)
    with pytest.raises(MissingExtraError) as raised:
        fine_tune(texts, truth, _LABELS, tmp_path / "m")
    assert "connu[finetune]" in str(raised.value.hint)
    assert not (tmp_path / "m").exists()
