"""Teaching by the brand's own labels, with the smallest of BERTs in MiniLM's place."""

from __future__ import annotations

import csv
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from coded_brand import CODEBOOK, SOURCE
from made_brand import PEOPLE, make_brand
from tiny_bert import HEADS, WIDTH, tiny_weights, write_tokenizer

from connu.app import teaching
from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.app.coding import import_labels
from connu.app.taught import taught_folder
from connu.app.teaching import _held_out, _Hundredths, teach, text_folds
from connu.kernel.errors import BuildError, UsageError
from connu.understand import fine_tuning
from connu.understand.bert_graph import Head
from connu.understand.fine_tuned import save_fine_tuned, taught_digest
from connu.understand.fine_tuning import Recipe

needs_onnx = pytest.mark.skipif(
    not all(find_spec(name) for name in ("onnx", "onnxruntime", "tokenizers")),
    reason="the extra minilm is not installed",
)
COUNT = 540
#: Two that are labelled often, one that is labelled rarely; the last texts are not labelled.
SAID = (
    ("delivery", "the parcel came late, box {}"),
    ("price", "the price of {} is too high"),
)
UNLABELLED = "the staff are kind"


# ---------------------------------------------------------------------- everyday
def test_equal_texts_are_held_out_together():
    texts = [f"text {n % 100}" for n in range(300)]
    fold = text_folds(texts, 3, seed=0)
    assert sorted(np.unique(fold)) == [0, 1, 2]
    assert all(len({fold[n], fold[n + 100], fold[n + 200]}) == 1 for n in range(100))


def test_thresholds_are_found_on_other_folds():
    truth = np.tile([[True], [False]], (60, 1))
    fold = np.arange(120) // 40
    told = np.where(truth, 0.7, 0.2)
    assert (_held_out(told, truth, fold) == truth).all()
    # a fold whose probabilities mean something else is judged by what the others mean
    told[fold == 0] = np.where(truth[fold == 0], 0.15, 0.05)
    assert not _held_out(told, truth, fold)[fold == 0].any()


def test_progress_is_told_in_hundredths():
    class Step:
        done = 0

        def advance(self, done=1):
            self.done += done

    step = Step()
    tell = _Hundredths(step)
    for n in range(1, 8):
        tell(n, 7)
    assert step.done == 100


# ---------------------------------------------------------------------- whole
def fake(texts, truth, labels, folder, *, recipe, progress):
    """A model that finds delivery everywhere, and whose word on held-out texts is right."""
    progress(1, 2)
    write_tokenizer(folder.parent / "tokenizer.json")
    bias = np.where(np.array(labels) == "delivery", 20.0, -20.0).astype(np.float32)
    save_fine_tuned(
        folder, tiny_weights(), Head(np.zeros((len(labels), WIDTH), np.float32), bias), labels,
        heads=HEADS, pieces=16, tokenizer=folder.parent / "tokenizer.json",
        digest=taught_digest(texts, truth, labels, repr(recipe)),
    )  # fmt: skip
    progress(2, 2)
    return np.where(truth, 0.9, 0.05).astype(np.float32)


def make(folder: Path) -> Brand:
    make_brand(folder)
    (folder / "codebook.toml").write_text("default = false\n" + CODEBOOK, encoding="utf-8")
    with (folder / "connu.toml").open("a", encoding="utf-8") as settings:
        settings.write(SOURCE.format(name="reviews"))
        settings.write('\n[understand]\nencoder = "taught"\n')
    with (folder / "data/reviews.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "at", "stars", "mail", "text"))
        for n in range(COUNT):
            mail = PEOPLE[6].email if n == 0 else ""
            writer.writerow((n, "2026-03-01T10:00:00Z", 2, mail, SAID[n % 2][1].format(n)))
        writer.writerow((COUNT, "2026-03-01T10:00:00Z", 2, "", UNLABELLED))
    return open_brand(folder)


def label(brand: Brand, rows: range) -> None:
    path = brand.folder / "labels.jsonl"
    lines = [
        {"id": str(n), "themes": [SAID[n % 2][0], *(["welcome"] if n % 50 == 0 else [])]}
        for n in rows
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    import_labels(brand, path, coder="Anne")
    path.unlink()


def told_of(brand: Brand) -> set[tuple[str, str]]:
    rows = brand.table("expectations").to_pylist()
    return {(row["verbatim_id"], row["theme"]) for row in rows}


@needs_onnx
@pytest.mark.slow
def test_a_brand_teaches_uses_outgrows_and_forgets(tmp_path, monkeypatch):
    monkeypatch.setattr(teaching, "fine_tune", fake)
    brand = make(tmp_path / "brand")
    report = brand.build()
    assert any("nothing is: run: connu teach" in one for one in report.made.remarks)
    label(brand, range(100))
    with pytest.raises(UsageError, match="500 verbatims coded by hand, and there are 100"):
        teach(brand)
    assert not taught_folder(brand.folder).exists()
    label(brand, range(100, 520))

    told = teach(brand, recipe=Recipe(folds=2, threads=1))
    assert (told.texts, told.themes, told.too_few) == (520, ("delivery", "price"), ("welcome",))
    assert told.used and told.better == (told.figures["ngrams"]["micro"] < 1)
    assert told.figures["taught"] == told.figures["together"] == {"macro": 1.0, "micro": 1.0}
    assert 0.5 < told.figures["ngrams"]["micro"] <= 1.0
    assert json.dumps(told.as_dict())
    assert sorted(path.name for path in taught_folder(brand.folder).iterdir()) == [
        "labels.json", "model.onnx", "taught.json", "tokenizer.json",
    ]  # fmt: skip

    report = brand.build()
    assert report.changed and not any("teach" in one for one in report.made.remarks)
    assert (str(COUNT), "delivery") in told_of(brand)  # nobody said so but the model
    assert {theme for verbatim, theme in told_of(brand) if verbatim == "1"} == {"price"}  # by hand
    assert not brand.build().changed

    # one more label: it no longer fits
    label(brand, range(520, 521))
    report = brand.build()
    assert any("no longer" in one for one in report.made.remarks)
    assert not taught_folder(brand.folder).exists()
    assert (str(COUNT), "delivery") not in told_of(brand)

    # what changes while it is taught is seen before it is kept
    def slow(*given, **more):
        label(brand, range(521, 522))
        return fake(*given, **more)

    monkeypatch.setattr(teaching, "fine_tune", slow)
    with pytest.raises(BuildError, match="changed while"):
        teach(brand)
    assert not taught_folder(brand.folder).exists()
    monkeypatch.setattr(teaching, "fine_tune", fake)
    teach(brand)
    assert taught_folder(brand.folder).is_dir()
    done = brand.forget(brand.whom_to_forget(PEOPLE[6].email).customer_id)
    assert done.remains == () and not taught_folder(brand.folder).exists()
    assert not list((brand.folder / ".connu").glob(".reading-*"))


@needs_onnx
@pytest.mark.slow
def test_what_pytorch_taught_is_used(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="the extra finetune is not installed")
    write_tokenizer(tmp_path / "tokenizer.json")
    monkeypatch.setattr(fine_tuning, "checked_file", lambda name: tmp_path / name)
    monkeypatch.setattr(fine_tuning, "minilm_weights", tiny_weights)
    monkeypatch.setattr(fine_tuning, "HEADS", HEADS)
    brand = make(tmp_path / "brand")
    brand.build()
    label(brand, range(520))
    recipe = Recipe(rate=3e-3, head_rate=3e-3, epochs=6, pieces=16, threads=1, folds=2)
    told = teach(brand, recipe=recipe)
    assert told.figures["taught"]["micro"] > 0.9 and told.figures["together"]["micro"] > 0.9
    report = brand.build()
    assert report.changed and not any("teach" in one for one in report.made.remarks)
    assert taught_folder(brand.folder).is_dir()
