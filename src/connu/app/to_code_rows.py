"""To code: the verbatims whose codes by hand would teach most, and why.

Uncertainty by theme, in turn, so that no theme fills the list: what is nearest to being stated or
not. Every tenth is drawn by lot, for what the machine is sure of must be checked too.

Source: Lewis & Gale, A Sequential Algorithm for Training Text Classifiers, SIGIR 1994.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.ledger.expectations import TO_CODE
from connu.understand.codebook import Codebook

MOST = 1000
_EVEN, _LOT = 0.45, 10


def to_code_rows(
    heard: Heard, probability: np.ndarray, codebook: Codebook, hand: HandLabels, seed: int = 0
) -> pa.Table:
    """What a person should code next, shape TO_CODE; each verbatim once.

    Args:
        heard: the verbatims.
        probability: float32 (n, themes), the machine's.
        codebook: its themes.
        hand: those coded already are left out.
        seed: of the lot.
    """
    open_ = heard.own.aside.is_null().to_numpy(zero_copy_only=False)
    open_ &= ~heard.own.cut
    open_[hand.labelled.row] = False
    rows = np.flatnonzero(open_)
    if not len(rows):
        return TO_CODE.empty_table()
    doubt = -np.abs(probability[rows] - _EVEN)
    order = np.argsort(-doubt, axis=0, kind="stable")[:MOST]
    lot = np.random.default_rng(seed).permutation(len(rows))[:MOST]
    chosen: dict[int, tuple[int, str]] = {}
    for turn in range(len(order)):
        for theme in range(probability.shape[1]):
            chosen.setdefault(int(order[turn, theme]), (theme, "the machine is in doubt"))
            if len(chosen) % _LOT == _LOT - 1:
                drawn = int(lot[len(chosen) // _LOT % len(lot)])
                best = int(probability[rows[drawn]].argmax())
                chosen.setdefault(drawn, (best, "drawn by lot"))
        if len(chosen) >= MOST:
            break
    picked = np.fromiter(chosen, np.int64)[:MOST]
    themes = np.array([chosen[int(i)][0] for i in picked])
    at = rows[picked]
    taken = heard.table.take(pa.array(at))
    columns = {
        **{
            name: taken[name]
            for name in ("source", "row", "verbatim_id", "subject_kind", "subject")
        },
        "rank": pa.array(np.arange(1, len(at) + 1), pa.int32()),
        "theme": pa.array(codebook.names).take(pa.array(themes)),
        "probability": pa.array(probability[at, themes].astype(np.float64)),
        "reason": pa.array([chosen[int(i)][1] for i in picked]),
    }
    return pa.table({name: columns[name] for name in TO_CODE.names})
