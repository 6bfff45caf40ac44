"""A taught model is used while it fits the labels, and deleted when it does not."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from tiny_bert import HEADS, WIDTH, tiny_weights, write_tokenizer

from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.app.taught import (
    TaughtPage,
    drop_taught,
    labelled_digest,
    put_taught,
    stands_beside,
    taught_folder,
)
from connu.kernel.sections import Brand, Understand
from connu.kernel.settings import Settings
from connu.ledger.expectations import TAUGHT_PAGE
from connu.understand.bert_graph import Head
from connu.understand.fine_tuned import save_fine_tuned
from connu.understand.learning import Labelled

NAMES = ("delivery", "price", "welcome")
LABELS = ["price", "delivery"]
HOW = "as always"
pytestmark = pytest.mark.skipif(
    not all(find_spec(name) for name in ("onnx", "onnxruntime", "tokenizers")),
    reason="the extra minilm is not installed",
)


def settings(encoder: str = "taught") -> Settings:
    return Settings(brand=Brand(name="Maison"), understand=Understand(encoder=encoder))


def spoken(texts: list[str]) -> Heard:
    """Verbatims of which only the texts are known."""
    table = pa.table({"text": pa.chunked_array([pa.array(texts)])})
    return Heard(table, pa.nulls(len(texts), pa.string()), None, np.zeros(len(texts)), 0)


def labelled(*rows: int) -> HandLabels:
    """Rows coded by turns as delivery, price and welcome."""
    at = np.array(rows, np.int64)
    themes = np.arange(3)[None, :] == (at % 3)[:, None]
    return HandLabels(Labelled(at, themes, np.zeros(themes.shape, np.int8)), {})


HEARD = spoken([f"the parcel {n}" for n in range(9)])


def put(folder: Path, heard: Heard = HEARD, hand: HandLabels | None = None) -> None:
    """A model of chance weights, taught what is said."""
    work = folder / ".connu" / "work"
    work.mkdir(parents=True, exist_ok=True)
    write_tokenizer(work / "tokenizer.json")
    weight = np.random.default_rng(0).standard_normal((2, WIDTH)).astype(np.float32)
    hand = labelled(0, 1, 2, 4) if hand is None else hand
    save_fine_tuned(
        work / "made", tiny_weights(), Head(weight, np.zeros(2, np.float32)), LABELS,
        heads=HEADS, pieces=16, tokenizer=work / "tokenizer.json",
        digest=labelled_digest(heard, hand, NAMES, LABELS, HOW),
    )  # fmt: skip
    page = TaughtPage(HOW, {"price": 0.3, "delivery": 0.6}, "2026-01-01T00:00:00Z", 1.0)
    (work / "made" / TAUGHT_PAGE).write_bytes(msgspec.json.encode(page))
    put_taught(work / "made", folder)


def test_a_model_that_fits_stands_beside(tmp_path):
    put(tmp_path)
    put(tmp_path)  # over one that is there
    beside, remarks = stands_beside(tmp_path, settings(), HEARD, labelled(4, 2, 1, 0), NAMES)
    assert beside is not None and remarks == []
    assert beside.themes.tolist() == [1, 0] and beside.threshold.tolist() == [0.3, 0.6]
    assert beside.teller.probabilities(["the parcel", ""]).shape == (2, 2)


def test_a_codebook_may_grow_and_change_its_order(tmp_path):
    put(tmp_path)
    hand = labelled(0, 1, 2, 4)
    names = ("new", "welcome", "price", "delivery")
    themes = np.zeros((4, 4), bool)
    themes[:, 1:] = hand.labelled.themes[:, [2, 1, 0]]
    later = HandLabels(Labelled(hand.labelled.row, themes, np.zeros((4, 4), np.int8)), {})
    beside, remarks = stands_beside(tmp_path, settings(), HEARD, later, names)
    assert beside is not None and beside.themes.tolist() == [2, 3] and remarks == []


def test_it_is_used_only_where_settings_say_so(tmp_path):
    put(tmp_path)
    kept = stands_beside(tmp_path, settings("ngrams"), HEARD, labelled(0, 1, 2, 4), NAMES)
    assert kept == (None, []) and taught_folder(tmp_path).is_dir()


@pytest.mark.parametrize("encoder", ["taught", "ngrams"])
@pytest.mark.parametrize(
    ("heard", "hand", "names"),
    [
        (HEARD, labelled(0, 1, 2), NAMES),
        (HEARD, labelled(0, 1, 2, 4, 5), NAMES),
        (spoken([f"the parcel {n or 'late'}" for n in range(9)]), labelled(0, 1, 2, 4), NAMES),
        (HEARD, labelled(0, 1, 2, 3), NAMES),
        (HEARD, labelled(), NAMES),
        (HEARD, labelled(0, 1, 2, 4), ("delivery", "cost", "welcome")),
    ],
    ids=["one fewer", "one more", "another text", "another label", "none", "theme renamed"],
)  # fmt: skip
def test_one_that_does_not_fit_is_deleted_and_that_is_said(tmp_path, encoder, heard, hand, names):
    put(tmp_path)
    beside, (remark,) = stands_beside(tmp_path, settings(encoder), heard, hand, names)
    assert beside is None and "run: connu teach" in remark and "no longer" in remark
    assert not taught_folder(tmp_path).exists()
    assert str(stands_beside(tmp_path, settings(), heard, hand, names)[1]).count("nothing is") == 1


@pytest.mark.parametrize("name", [TAUGHT_PAGE, "labels.json", "model.onnx"])
def test_a_damaged_one_is_deleted_and_that_is_said(tmp_path, name):
    put(tmp_path)
    (taught_folder(tmp_path) / name).unlink()
    beside, (remark,) = stands_beside(tmp_path, settings(), HEARD, labelled(0, 1, 2, 4), NAMES)
    assert beside is None and "cannot be read" in remark
    assert not taught_folder(tmp_path).exists()


def test_nothing_taught_is_no_fault_where_nobody_asks(tmp_path):
    assert stands_beside(tmp_path, settings("ngrams"), HEARD, labelled(0), NAMES) == (None, [])
    drop_taught(tmp_path)
