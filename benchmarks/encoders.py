"""Encoders: how rightly texts are coded with each, and how fast, on the labelled texts.

    python -m benchmarks.encoders                        n-grams, and MiniLM beside them
    python -m benchmarks.encoders --only speed           one part (may be repeated)
    python -m benchmarks.encoders --only tuned           MiniLM taught the labels: needs PyTorch
    python -m benchmarks.encoders --only tuned --data app_reviews_fr

Everything is learnt on `train` and `val`, thresholds on parts of them held out; `test` is judged
once. Recipes were chosen by what was learnt on `train` said of `val`. Parts whose data or extra is
absent are left out, and say so.

- ngrams: words and pairs of words, pieces of 2 to 5 letters, a linear SVM a label (scikit-learn),
  its margins made probabilities by folds: the plain method, not connu's own n-grams.
- minilm: MiniLM as it comes, its vectors beside the n-grams' rows, the same linear SVM.
- tuned: MiniLM taught the labels (`fine_tuning`), as it runs without PyTorch, averaged with ngrams.
- speed: texts a second, of the wall clock and of processor time (a core that others use, too, is
  not counted as ours).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from benchmarks.datasets import data_folder
from connu.kernel.errors import MissingExtraError
from connu.understand.fine_tuned import FineTuned, beside_ngrams
from connu.understand.fine_tuning import Recipe, fine_tune
from connu.understand.label_thresholds import label_thresholds
from connu.understand.minilm import open_minilm

DATA = ("feedback_en", "app_reviews_fr")
PARTS = ("speed", "ngrams", "minilm")
#: Left out unless asked for: it takes a quarter of an hour a set, where the cores are free.
TUNED = "tuned"
_FOLDS, _COST = 5, 0.2


@dataclass(frozen=True)
class Labelled:
    """A labelled set.

    Attributes:
        name: the file's.
        labels: their names.
        learnt, judged: texts.
        learnt_truth, judged_truth: bool (texts, labels).
    """

    name: str
    labels: tuple[str, ...]
    learnt: list[str]
    judged: list[str]
    learnt_truth: np.ndarray
    judged_truth: np.ndarray


def read_labelled(name: str) -> Labelled:
    """A set of `understand`: what is not `test` is learnt.

    Raises:
        FileNotFoundError: the data is not here.
    """
    path = data_folder() / "understand" / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = tuple(sorted({label for row in rows for label in row["labels"]}))
    test = np.array([row["split"] == "test" for row in rows])
    truth = np.array([[label in row["labels"] for label in labels] for row in rows])
    texts = [row["text"] for row in rows]
    return Labelled(
        name,
        labels,
        [text for text, other in zip(texts, test, strict=True) if not other],
        [text for text, other in zip(texts, test, strict=True) if other],
        truth[~test],
        truth[test],
    )


def ngram_rows(data: Labelled) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """tf–idf rows of the texts that are learnt, and of those that are judged."""
    made = []
    for settings in (
        {"ngram_range": (1, 2), "min_df": 2, "token_pattern": r"(?u)\b\w+\b"},
        {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3, "max_features": 200_000},
    ):
        weigh = TfidfVectorizer(sublinear_tf=True, strip_accents="unicode", **settings)
        made.append((weigh.fit_transform(data.learnt), weigh.transform(data.judged)))
    learnt, judged = zip(*made, strict=True)
    return sparse.hstack(learnt).tocsr(), sparse.hstack(judged).tocsr()


def linear(
    learnt: sparse.csr_matrix, truth: np.ndarray, judged: sparse.csr_matrix
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the learnt texts by folds that did not hold them, and of the judged ones."""
    folds = list(KFold(_FOLDS, shuffle=True, random_state=0).split(learnt))
    known = np.zeros(truth.shape)
    asked = np.zeros((judged.shape[0], truth.shape[1]))
    for label in range(truth.shape[1]):
        of_it = truth[:, label]
        margin = np.zeros(len(of_it))
        for rows, held in folds:
            margin[held] = _svm(learnt[rows], of_it[rows]).decision_function(learnt[held])
        said = LogisticRegression(C=1e3).fit(margin[:, None], of_it)
        known[:, label] = said.predict_proba(margin[:, None])[:, 1]
        last = _svm(learnt, of_it).decision_function(judged)
        asked[:, label] = said.predict_proba(last[:, None])[:, 1]
    return known, asked


def _svm(rows: sparse.csr_matrix, truth: np.ndarray) -> LinearSVC:
    return LinearSVC(C=_COST, random_state=0).fit(rows, truth)


def scores(truth: np.ndarray, said: np.ndarray) -> tuple[float, float]:
    """Macro and micro F1."""
    return tuple(  # type: ignore[return-value]
        float(f1_score(truth, said, average=average, zero_division=0))
        for average in ("macro", "micro")
    )


def _show(data: Labelled, name: str, known: np.ndarray, truth: np.ndarray, p: np.ndarray) -> None:
    """Print the F1 of probabilities, by thresholds found on others."""
    macro, micro = scores(data.judged_truth, p > label_thresholds(known, truth))
    print(f"| {data.name} | {name} | {macro:.4f} | {micro:.4f} |", flush=True)


def show_accuracy(data: Labelled, parts: tuple[str, ...], recipe: Recipe) -> None:
    """Print the macro and micro F1 of each part."""
    learnt, judged = ngram_rows(data)
    known, said = linear(learnt, data.learnt_truth, judged)
    if "ngrams" in parts:
        _show(data, "ngrams", known, data.learnt_truth, said)
    if "minilm" in parts:
        encoder = open_minilm()
        both = [
            sparse.hstack([rows, sparse.csr_matrix(encoder.encode(texts))]).tocsr()
            for rows, texts in ((learnt, data.learnt), (judged, data.judged))
        ]
        beside = linear(both[0], data.learnt_truth, both[1])
        _show(data, "minilm + ngrams", beside[0], data.learnt_truth, beside[1])
    if TUNED in parts:
        begun, spent = time.perf_counter(), time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            held = fine_tune(
                data.learnt, data.learnt_truth, data.labels, Path(folder) / "model",
                recipe=recipe, progress=_told(),
            )  # fmt: skip
            taught = FineTuned(Path(folder) / "model").probabilities(data.judged)
        print(f"taught in {time.perf_counter() - begun:,.0f} s, "
              f"{time.process_time() - spent:,.0f} s of processor time")  # fmt: skip
        _show_tuned(data, held, taught, known, said)


def _show_tuned(
    data: Labelled, held: np.ndarray, taught: np.ndarray, known: np.ndarray, said: np.ndarray
) -> None:
    _show(data, "tuned alone", held, data.learnt_truth, taught)
    both = beside_ngrams(held, known), beside_ngrams(taught, said)
    _show(data, "tuned + ngrams", both[0], data.learnt_truth, both[1])


def _told() -> Callable[[int, int], None]:
    begun = time.perf_counter()

    def tell(done: int, steps: int) -> None:
        if done % 100 == 0:
            print(f"step {done} of {steps}, {time.perf_counter() - begun:,.0f} s", flush=True)

    return tell


def show_speed(texts: list[str], threads: int, count: int = 3_000) -> None:
    """Print how many texts a second MiniLM makes vectors of."""
    some = [texts[row] for row in np.random.default_rng(0).permutation(len(texts))[:count]]
    encoder = open_minilm(threads=threads)
    encoder.encode(some[:100])
    begun, spent = time.perf_counter(), time.process_time()
    encoder.encode(some)
    wall, core = time.perf_counter() - begun, time.process_time() - spent
    print(f"| minilm, {threads} threads | {len(some) / wall:,.0f} | {len(some) / core:,.0f} |")


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=[*PARTS, TUNED])
    parser.add_argument("--data", action="append", choices=DATA)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args(arguments)
    parts = tuple(asked.only or PARTS)
    sets = []
    for name in asked.data or DATA:
        try:
            sets.append(read_labelled(name))
        except FileNotFoundError:
            print(f"{name} is not here: left out (set CONNU_DATA to its folder)")
    try:
        if "speed" in parts and sets:
            print("| speed | texts/s | texts/s of processor time |\n|---|---|---|")
            show_speed([t for data in sets for t in data.judged + data.learnt], asked.threads)
        if set(parts) - {"speed"} and sets:
            print("| data | method | macro F1 | micro F1 |\n|---|---|---|---|", flush=True)
            for data in sets:
                show_accuracy(data, parts, Recipe(threads=asked.threads))
    except MissingExtraError as error:
        print(f"{error.message}: left out ({error.hint})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
