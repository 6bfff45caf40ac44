"""Codes of expectations held against a truth that brings its texts: no, few and all labels."""

from __future__ import annotations

import json
from pathlib import Path

import coded_brand
import pytest

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.kernel.errors import BuildError


@pytest.fixture
def bare(tmp_path: Path) -> Brand:
    """A brand with a codebook and nothing else: no source of verbatims was ever read."""
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "connu.toml").write_text('[brand]\nname = "Bare"\ncountry = "FR"\n', "utf-8")
    (folder / "codebook.toml").write_text(coded_brand.CODEBOOK, encoding="utf-8")
    return open_brand(folder)


def write(brand: Brand, *lines) -> Path:
    path = brand.folder / "truth.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return path


def with_texts(rounds: int = 12, *, split: bool = True) -> list[dict]:
    """Lines that bring their texts: themes alternate, the last third is the test."""
    said = {
        ("price", -1): ("much too expensive", "c'est trop cher"),
        ("price", 1): ("the price is great", "les prix sont excellents"),
        ("delivery", -1): ("the parcel was late", "livraison en retard, une catastrophe"),
        ("delivery", 1): ("delivery was fast and great", "le colis est arrivé très vite, super"),
    }
    lines = []
    for turn in range(rounds):
        for (theme, sign), texts in said.items():
            for text in texts:
                line = {"id": f"{len(lines)}", "text": f"{text} ({turn})"}
                line |= {"labels": [theme], "sent": {theme: sign}}
                if split:
                    line["split"] = "test" if turn >= rounds * 2 // 3 else "train"
                lines.append(line)
    return lines


def test_without_texts_a_build_is_needed(bare):
    with pytest.raises(BuildError):
        bare.evaluate_expectations(write(bare, {"id": "1", "themes": []}))


def test_texts_brought_along_need_no_build(bare):
    found = bare.evaluate_expectations(write(bare, *with_texts()))
    none, every = found.judged
    assert (none.labels, every.labels) == ("none", "all")
    assert none.score.themes.verbatims == every.score.themes.verbatims == 32
    assert every.learnt_from == 64
    assert every.score.themes.micro.f1.value >= 0.95
    assert none.score.themes.micro.f1.value >= 0.9
    assert none.score.polarity is not None and none.score.polarity.right.value > 0.9
    assert "judged on «test»" in found.by


@pytest.mark.slow
def test_without_a_split_each_is_judged_by_a_model_without_it(bare):
    found = bare.evaluate_expectations(write(bare, *with_texts(4, split=False)))
    none, every = found.judged
    assert none.score.themes.verbatims == every.score.themes.verbatims == 32
    assert every.learnt_from == 32 - 7
    assert "did not learn from it" in found.by


def test_labels_are_not_seen_before_they_are_judged(bare):
    # Labels of the test are turned round: who judges by folds of the training cannot know.
    lines = with_texts()
    other = {"price": "delivery", "delivery": "price"}
    for line in lines:
        if line["split"] == "test":
            line["labels"], line["sent"] = [other[line["labels"][0]]], {}
    for judged in bare.evaluate_expectations(write(bare, *lines)).judged:
        assert judged.score.themes.micro.f1.value <= 0.1


@pytest.mark.slow
def test_few_labels_are_repeated_by_seed(bare, monkeypatch):
    monkeypatch.setenv("CONNU_NOW", "2026-03-01T12:00:00Z")
    path = write(bare, *with_texts())
    found = bare.evaluate_expectations(path, few=4, seeds=3)
    (judged,) = found.judged
    assert judged.labels == "few" and judged.learnt_from == 8
    macro = judged.draws["macro_f1"]
    assert macro.draws == 3 and macro.low <= macro.mean <= macro.high
    assert judged.draws.keys() >= {"micro_f1", "theme_polarity_f1", "calibration_error"}
    again = bare.evaluate_expectations(path, few=4, seeds=3)
    assert again.as_dict() == found.as_dict()


def test_one_line_of_truth_is_judged_without_labels(bare):
    found = bare.evaluate_expectations(write(bare, with_texts(1, split=False)[0]))
    assert [one.labels for one in found.judged] == ["none"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "👍👍", "x" * 20_000, "\x00", "<script>1</script>"])
def test_odd_texts_are_judged_like_others(bare, text):
    lines = [*with_texts(2), {"id": "odd", "text": text, "labels": [], "split": "test"}]
    found = bare.evaluate_expectations(write(bare, *lines))
    assert found.judged[0].score.themes.verbatims == 8 + 1
