"""A million visitors told, in a process of its own: seconds, and the latency of one.

    python -m benchmarks.twin_speed TOOL FOLDER

TOOL is connu, or tfidf-logistic (scikit-learn), which only predicts: it names no twins and leaves
nobody unspoken of. FOLDER holds a made crowd (`save`). What was taken is printed as one line of
JSON; peak memory is seen from outside (`measured`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.twin_crowd import Crowd
from connu.measure.twins import evaluate_twins
from connu.twins.classifier import TwinsClassifier

TOOLS = ("connu", "tfidf-logistic")
#: Shares of the visitors told one after another, to see how the time grows.
SIZES = (0.25, 0.5, 1.0)
#: Visitors told at once.
BATCH = 50_000
#: Visitors told one by one.
ONE_BY_ONE = 500


def save(crowd: Crowd, folder: Path) -> None:
    """Write a crowd's arrays, for `main` in another process."""
    for name in ("known", "visitors"):
        matrix = getattr(crowd, name)
        for part in ("data", "indices", "indptr"):
            np.save(folder / f"{name}_{part}.npy", getattr(matrix, part))
    np.save(folder / "known_sex.npy", crowd.known_sex)
    np.save(folder / "sex.npy", crowd.sex)
    (folder / "products.json").write_text(json.dumps(crowd.known.shape[1]), encoding="utf-8")


def _matrix(folder: Path, name: str) -> sparse.csr_matrix:
    parts = [np.load(folder / f"{name}_{part}.npy") for part in ("data", "indices", "indptr")]
    width = json.loads((folder / "products.json").read_text(encoding="utf-8"))
    return sparse.csr_matrix(tuple(parts), shape=(len(parts[2]) - 1, width))


Tell = Callable[[sparse.csr_matrix], tuple[np.ndarray, np.ndarray | None]]


def _connu(known: sparse.csr_matrix, sex: np.ndarray) -> Tell:
    model = TwinsClassifier().fit(known, sex)

    def tell(visitors: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray | None]:
        p, said = [], []
        # As a build does: the twins of one batch are written down before the next.
        for start in range(0, visitors.shape[0], BATCH):
            told = model.tell(visitors[start : start + BATCH])
            p.append(told.probability)
            said.append(told.code)
        return np.concatenate(p), np.concatenate(said)

    return tell


def _tfidf_logistic(known: sparse.csr_matrix, sex: np.ndarray) -> Tell:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    weigh = TfidfTransformer().fit(known)
    model = LogisticRegression(max_iter=1000).fit(weigh.transform(known), sex)

    def tell(visitors: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray | None]:
        return model.predict_proba(weigh.transform(visitors)), None

    return tell


def main() -> None:
    """Learn from the known, tell the visitors, print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    known, visitors = _matrix(asked.folder, "known"), _matrix(asked.folder, "visitors")
    known_sex, sex = (np.load(asked.folder / f"{name}.npy") for name in ("known_sex", "sex"))
    begun = time.perf_counter()
    learn = _connu if asked.tool == "connu" else _tfidf_logistic
    tell = learn(known, known_sex.astype(np.int64))
    took: dict[str, Any] = {"tool": asked.tool, "learn_seconds": time.perf_counter() - begun}
    tell(visitors[:1000])  # what is compiled or opened once
    took["told"] = []
    for share in SIZES:
        part = visitors[: int(share * visitors.shape[0])]
        begun = time.perf_counter()
        p, said = tell(part)
        took["told"].append([part.shape[0], time.perf_counter() - begun])
    score = evaluate_twins(p, sex.astype(np.int64), ("man", "woman"), said)
    took["score"] = score.as_dict()
    rows = np.random.default_rng(0).integers(0, visitors.shape[0], ONE_BY_ONE)
    took["one_ms"] = _latency(tell, visitors, rows)
    print(json.dumps(took))


def _latency(tell: Tell, visitors: sparse.csr_matrix, rows: np.ndarray) -> list[float]:
    """Median and 99th percentile of telling one visitor, in milliseconds."""
    seconds = []
    for row in rows:
        one = visitors[row]
        begun = time.perf_counter()
        tell(one)
        seconds.append(time.perf_counter() - begun)
    return [float(np.percentile(seconds, q)) * 1000 for q in (50, 99)]


if __name__ == "__main__":
    main()
