"""The two public sets of coded feedback, and the statements coded for this project, as arrays."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.datasets import data_folder
from connu.understand.codebook import Codebook, codebook_from
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.evidence import Evidence, learn_evidence
from connu.understand.learning import UNSAID

#: File → the language that its texts are in.
LANGUAGE = {"feedback_en": "en", "app_reviews_fr": "fr"}
_TRUTH = Path(__file__).resolve().parents[1] / "tests" / "understand" / "truth"
_CODEBOOKS = Path(__file__).resolve().parent / "codebooks"


@dataclass(frozen=True)
class Coded:
    """A set of coded texts.

    Attributes:
        name: of the file.
        texts: as they came. ids: of them.
        labels: bool (n, themes), in the codebook's order.
        polarity: int8 (n, themes): 0 negative, 1 neutral, 2 positive, UNSAID.
        test: bool (n,): the fixed split that is judged.
        group: of each text, an industry or an app.
        codebook: described from the names of the labels alone.
        corpus: the texts, read.
    """

    name: str
    texts: list[str]
    ids: list[str]
    labels: np.ndarray
    polarity: np.ndarray
    test: np.ndarray
    group: np.ndarray
    codebook: Codebook
    corpus: Corpus

    def evidence(self, rows: np.ndarray | None = None) -> Evidence:
        """What is learnt without labels, of all texts or some."""
        if rows is None:
            return _evidence(self.name)
        return learn_evidence(self.codebook, self.part(rows))

    def part(self, rows: np.ndarray) -> Corpus:
        """Some of the texts, read."""
        return corpus_of(self.corpus.texts.take(pa.array(rows)), self.corpus.language[rows])


@cache
def coded(name: str) -> Coded:
    """A set of texts.

    Raises:
        FileNotFoundError: the data folder does not hold it.
    """
    rows = _lines(data_folder() / "understand" / f"{name}.jsonl")
    raw = tomllib.loads((_CODEBOOKS / f"{name}.toml").read_text(encoding="utf-8"))
    codebook = codebook_from(raw)
    at = {theme: number for number, theme in enumerate(codebook.names)}
    labels = np.zeros((len(rows), len(at)), np.bool_)
    polarity = np.full(labels.shape, UNSAID, np.int8)
    for number, row in enumerate(rows):
        for theme in row["labels"]:
            labels[number, at[theme]] = True
        for theme, sign in row.get("sent", {}).items():
            polarity[number, at[theme]] = sign + 1
    texts = [row["text"] for row in rows]
    spoken = pa.array([LANGUAGE[name]] * len(rows), pa.string())
    return Coded(
        name, texts, [row["id"] for row in rows], labels, polarity,
        np.array([row["split"] == "test" for row in rows]),
        np.array([row["group"] for row in rows]), codebook,
        corpus_of(pa.array(texts, pa.string()), spoken),
    )  # fmt: skip


@cache
def _evidence(name: str) -> Evidence:
    data = coded(name)
    return learn_evidence(data.codebook, data.corpus)


def statements(name: str, which: str = "") -> list[dict[str, Any]]:
    """The statements coded for this project: the truth, or one of its passes («.pass_a»)."""
    return _lines(_TRUTH / f"{name}{which}.jsonl")


def drawn(labels: np.ndarray, pool: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Texts drawn until every label has `most`, the rarest first; one may count for several."""
    rng = np.random.default_rng(seed)
    chosen: set[int] = set()
    for label in np.argsort(labels[pool].sum(0), kind="stable"):
        have = sum(bool(labels[row, label]) for row in chosen)
        for row in rng.permutation(pool[labels[pool, label]]).tolist():
            if have >= most:
                break
            if row not in chosen:
                chosen.add(row)
                have += 1
    return np.array(sorted(chosen))


def _lines(path: Path) -> list[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
