"""The reliability of codes: how right the machine is on verbatims that people coded, by theme.

Each is judged by a coder that did not learn from it; all share the evidence, which knows no label.
What is set aside (duplicates, templates) is coded by nobody, and not judged. The intervals speak of
the verbatims that nobody coded by hand, were those coded drawn from all by lot: whoever codes in
the desk's order codes what the machine doubts, and finds it less right than it is on the whole.

Source: Nadeau & Bengio, Machine Learning 52 (2003), for what cross-validation hides: it varies
1 + k ÷ (k − 1) times as much as so many texts judged by one model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa

from connu.app.expectation_rows import read_rows
from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.ledger.expectations import EXPECTATION_RELIABILITY
from connu.measure.ahead import share_ahead
from connu.measure.intervals import Share, ratio_share
from connu.measure.mean_f1 import mean_f1
from connu.understand.coder import Coder
from connu.understand.theme_coder import ThemeCoder

#: Labelled verbatims below which nothing is said; beyond the latter one fold is judged, not all.
LEAST, ALL_FOLDS = 40, 3000
#: Of few, a quarter left out is missed: then there are more folds, which cost little.
FOLDS, FEW, FOLDS_OF_FEW = 4, 1000, 10
#: Labels of a theme from which on it counts in the mean of themes: the F1 of a theme with one or
#: two is most often too low, and the mean of many such with it.
OFTEN = 5


def reliability_of(coder: Coder, heard: Heard, hand: HandLabels, seed: int = 0) -> pa.Table:
    """Precision, recall and F1 by theme and together, shape EXPECTATION_RELIABILITY.

    Args:
        coder: whose evidence is used.
        heard: the verbatims.
        hand: what people said.
        seed: of the folds.
    """
    open_ = heard.own.aside.is_null().to_numpy(zero_copy_only=False)
    kept = open_[hand.labelled.row]
    labels, rows = hand.labelled.themes[kept], hand.labelled.row[kept]
    if len(rows) < LEAST:
        return EXPECTATION_RELIABILITY.empty_table()
    folds = FOLDS if len(rows) > FEW else FOLDS_OF_FEW
    fold = np.random.default_rng(seed).permutation(len(rows)) % folds
    stated = np.zeros(labels.shape, np.bool_)
    judged = np.zeros(len(rows), np.bool_)
    plain = ThemeCoder(coder.themes.evidence)
    for number in range(folds if len(rows) <= ALL_FOLDS else 1):
        learnt, told = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        known = read_rows(heard, rows[learnt])
        model = plain.learn(known, coder.cut(known), labels[learnt], seed)
        asked = read_rows(heard, rows[told])
        stated[told] = model.tell(asked, coder.cut(asked)).stated
        judged[told] = True
    rest = int(open_.sum()) - len(rows)
    ahead = rest / int(judged.sum()) if rest else math.inf
    judged_by = folds if judged.all() else 1
    names = coder.themes.evidence.codebook.names
    return _figures(labels[judged], stated[judged], names, ahead, judged_by)


def _figures(
    labels: np.ndarray, stated: np.ndarray, names: tuple[str, ...], ahead: float, folds: int = 1
) -> pa.Table:
    """The rows of verbatims judged.

    Args:
        labels, stated: bool (verbatims, themes).
        ahead: for how many verbatims, for each one judged, the intervals are to hold.
        folds: whose models judged, each by itself; 1: one model that learnt from none of them.
    """
    # Models of folds share most of what they learnt from, and the one that tells is another. By
    # theme that is little beside the chance of its few texts; in figures of all themes it is not.
    models = folds / (folds - 1) if folds > 1 else 0.0
    together = 1 / (models + 1 / ahead) if models + 1 / ahead else math.inf
    right = (labels & stated).astype(np.float64)
    told, true = stated.astype(np.float64), labels.astype(np.float64)
    rows: list[dict[str, Any]] = []

    def add(theme: str | None, measure: str, share: Share, of: int) -> None:
        wide = share_ahead(share, together if theme is None else ahead)
        rows.append(
            {
                "theme": theme, "measure": measure, "figure": wide.value, "low": wide.low,
                "high": wide.high, "verbatims": len(labels), "labels": of,
            }
        )  # fmt: skip

    named = np.flatnonzero(labels.any(0))
    for k in named:
        for measure, part, whole in (
            ("precision", right[:, k], told[:, k]), ("recall", right[:, k], true[:, k]),
            ("f1", 2 * right[:, k], told[:, k] + true[:, k]),
        ):  # fmt: skip
            if whole.any():
                add(names[k], measure, ratio_share(part, whole), int(true[:, k].sum()))
    if not len(named):
        return EXPECTATION_RELIABILITY.empty_table()
    often = np.flatnonzero(true.sum(0) >= OFTEN)
    if not len(often):
        often = named
    macro = mean_f1(right[:, often], told[:, often], true[:, often])
    add(None, "macro_f1", macro, int(true[:, often].sum()))
    micro = ratio_share(2 * right.sum(1), told.sum(1) + true.sum(1))
    add(None, "micro_f1", micro, int(true.sum()))
    return pa.Table.from_pylist(rows, schema=EXPECTATION_RELIABILITY)
