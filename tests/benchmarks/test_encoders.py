"""The benchmark of encoders leaves out what is not here, and says so; its figures are F1."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import encoders
from connu.kernel.errors import MissingExtraError


def test_without_the_data_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONNU_DATA", str(tmp_path))
    assert encoders.main([]) == 0
    assert capsys.readouterr().out.count("left out") == len(encoders.DATA)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Sixty texts of two labels, with a split."""
    chance = np.random.default_rng(0)
    words = {"price": "price cost expensive cheap", "late": "late slow delay waiting"}
    rows = []
    for n in range(120):
        labels = [label for label in words if chance.random() < 0.5]
        said = [chance.choice(words[label].split()) for label in labels]
        other = chance.choice("the a it was is my".split(), 4)
        rows.append({
            "id": str(n), "text": " ".join(chance.permutation([*said, *other])),
            "labels": labels, "split": "test" if n % 3 == 0 else "train",
        })  # fmt: skip
    (tmp_path / "understand").mkdir()
    for name in encoders.DATA:
        lines = "\n".join(map(json.dumps, rows))
        (tmp_path / "understand" / f"{name}.jsonl").write_text(lines)
    monkeypatch.setenv("CONNU_DATA", str(tmp_path))


def test_what_can_be_learnt_is(made, capsys):
    assert encoders.main(["--only", "ngrams"]) == 0
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[0].strip() for row in rows] == list(encoders.DATA)
    assert all(float(row[2]) > 0.9 and float(row[3]) > 0.9 for row in rows)


def test_without_an_extra_it_says_so(made, monkeypatch, capsys):
    def missing(**_: object) -> None:
        raise MissingExtraError("no weights", hint="install them")

    monkeypatch.setattr(encoders, "open_minilm", missing)
    assert encoders.main(["--only", "speed"]) == 0
    assert "no weights: left out (install them)" in capsys.readouterr().out


def test_scores_are_macro_and_micro_f1():
    truth = np.array([[1, 0], [1, 1], [0, 0], [1, 0]], bool)
    said = np.array([[1, 0], [1, 0], [1, 0], [0, 0]], bool)
    # first label: 2 right of 3 said and 3 there; second: 0 of 1
    assert encoders.scores(truth, said) == pytest.approx((2 / 3 / 2, 4 / 7))
