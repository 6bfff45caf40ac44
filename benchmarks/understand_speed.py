"""How fast texts are coded, beside the n-gram pipeline of scikit-learn on the same texts.

connu cuts, tells themes, tone, form and addressee, and where each stands; the pipeline tells themes
alone. connu's loops hold no lock, so that two threads code two parts; scikit-learn's do, so that it
is given two processes. Both are warm; what else the machine does shows in the figures, so that only
the ratio means much.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.understand_baselines import NGramTexts, OneVersusRest
from connu.understand.coder import Coder
from connu.understand.corpus import corpus_of

WORKERS, TIMES = 2, 3
#: Texts a worker is given at a time.
PART = 2_000
_shared: dict[str, Any] = {}


def connu_speed(coder: Coder, texts: list[str], language: int) -> float:
    """Texts per second on two threads, from strings to expectations."""

    def code(part: list[str]) -> None:
        column = pa.array(part, pa.string())
        coder.code(corpus_of(column, np.full(len(part), language, np.int8)))

    with ThreadPoolExecutor(WORKERS) as pool:
        return _timed(lambda parts: list(pool.map(code, parts)), texts)


def ngram_speed(ngrams: NGramTexts, model: OneVersusRest, texts: list[str]) -> float:
    """Texts per second in two processes, from strings to themes."""
    _shared["ngrams"], _shared["model"] = ngrams, model
    # Forked, so that models need not be sent.
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        return _timed(lambda parts: pool.map(_ngrams, parts, chunksize=1), texts)


def _ngrams(part: list[str]) -> int:
    return int(_shared["model"].of(_shared["ngrams"].rows(part)).sum())


def _timed(run: Callable[[list[list[str]]], object], texts: list[str]) -> float:
    """Texts per second, the best of several runs after one that warms up."""
    parts = [texts[at : at + PART] for at in range(0, len(texts), PART)]
    run(parts[:WORKERS])
    best = 0.0
    for _ in range(TIMES):
        begun = time.perf_counter()
        run(parts)
        best = max(best, len(texts) / (time.perf_counter() - begun))
    return best
