"""The reliability of codes: how right the machine is on verbatims that people coded, by theme.

Each is judged by a coder that did not learn from it; all share the evidence, which knows no label.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from connu.app.expectation_rows import read_rows
from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.ledger.expectations import EXPECTATION_RELIABILITY
from connu.understand.coder import Coder
from connu.understand.theme_coder import ThemeCoder

#: Labelled verbatims below which nothing is said; beyond the latter one fold is judged, not all.
LEAST, ALL_FOLDS = 40, 3000
FOLDS, TIMES = 4, 200


def reliability_of(coder: Coder, heard: Heard, hand: HandLabels, seed: int = 0) -> pa.Table:
    """Precision, recall and F1 by theme and together, shape EXPECTATION_RELIABILITY.

    Args:
        coder: whose evidence is used.
        heard: the verbatims.
        hand: what people said.
        seed: of the folds and the bootstrap.
    """
    labels, rows = hand.labelled.themes, hand.labelled.row
    if len(rows) < LEAST:
        return EXPECTATION_RELIABILITY.empty_table()
    fold = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
    stated = np.zeros(labels.shape, np.bool_)
    judged = np.zeros(len(rows), np.bool_)
    plain = ThemeCoder(coder.themes.evidence)
    for number in range(FOLDS if len(rows) <= ALL_FOLDS else 1):
        learnt, told = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        known = read_rows(heard, rows[learnt])
        model = plain.learn(known, coder.cut(known), labels[learnt], seed)
        asked = read_rows(heard, rows[told])
        stated[told] = model.tell(asked, coder.cut(asked)).stated
        judged[told] = True
    return _figures(labels[judged], stated[judged], coder.themes.evidence.codebook.names, seed)


def _figures(labels: np.ndarray, stated: np.ndarray, names: tuple[str, ...], seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    n = len(labels)
    weights = rng.multinomial(n, np.full(n, 1 / n), TIMES).astype(np.float64)
    counts = [np.vstack([np.ones(n), weights]) @ x.astype(np.float64)
              for x in (labels & stated, stated, labels)]  # fmt: skip
    hit, told, true = counts
    rows: list[dict[str, Any]] = []

    def add(theme: str | None, measure: str, values: np.ndarray, of: int) -> None:
        drawn = values[1:][np.isfinite(values[1:])]  # a draw may tell a rare theme of nobody
        low, high = np.percentile(drawn, [2.5, 97.5]) if of and len(drawn) else (np.nan, np.nan)
        if np.isfinite(values[0]):
            rows.append(
                {
                    "theme": theme, "measure": measure, "figure": float(values[0]),
                    "low": float(low), "high": float(high), "verbatims": n, "labels": of,
                }
            )  # fmt: skip

    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = 2 * hit / (told + true)
        for k, name in enumerate(names):
            of = int(labels[:, k].sum())
            if not of:
                continue
            for measure, values in (
                ("precision", hit[:, k] / told[:, k]), ("recall", hit[:, k] / true[:, k]),
                ("f1", f1[:, k]),
            ):  # fmt: skip
                add(name, measure, values, of)
        seen = labels.any(0)
        add(None, "macro_f1", np.nan_to_num(f1[:, seen]).mean(1), int(labels.sum()))
        add(None, "micro_f1", 2 * hit.sum(1) / (told.sum(1) + true.sum(1)), int(labels.sum()))
    if not rows:
        return EXPECTATION_RELIABILITY.empty_table()
    return pa.Table.from_pylist(rows, schema=EXPECTATION_RELIABILITY)
