"""What a history of purchases says of its going on, as numbers a tree can split."""

from __future__ import annotations

import numpy as np

from connu.know.bg_nbd import BgNbd
from connu.know.purchases import Purchases
from connu.know.staying_looks import Looks

#: Days added to a gap before dividing by it: who bought twice in two days is not late on day ten.
_LEAST_GAP = 7.0
#: Half-lives, in days, of the decayed counts of transactions.
_HALF_LIVES = (14.0, 30.0, 91.0, 182.0)


def gaps_of(bought: Purchases) -> dict[str, np.ndarray]:
    """Days between transactions, each float64 (n,): mean, spread, last, longest; NaN where none."""
    n, starts = len(bought), bought.starts[:-1]
    day = bought.day.astype(np.float64)
    gap = np.diff(day, prepend=day[:1])
    gap[starts] = 0.0
    count = bought.frequency.astype(np.float64)
    count[count == 0] = np.nan
    mean = np.bincount(bought.place, gap, n) / count
    square = np.bincount(bought.place, gap * gap, n) / count
    some = count > 0
    last, longest = np.full(n, np.nan), np.full(n, np.nan)
    last[some] = gap[bought.starts[1:] - 1][some]
    if n:
        longest[some] = np.maximum.reduceat(gap, starts)[some]
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    spread[~(count > 1)] = np.nan
    return {"mean": mean, "spread": spread, "last": last, "longest": longest}


def features_of(bought: Purchases, looks: Looks, model: BgNbd) -> tuple[np.ndarray, list[str]]:
    """Features float32 (n, f), the same whatever the horizon, and their names.

    Ratios and shares rather than dates wherever there is a choice: what is learnt on a young
    base must hold when it is older.

    Cost: some passes over transactions and looks.
    """
    n, starts, ends = len(bought), bought.starts[:-1], bought.starts[1:] - 1
    x = bought.frequency
    recency, tenure = bought.recency.astype(np.float64), bought.tenure.astype(np.float64)
    since = tenure - recency
    gap = gaps_of(bought)
    worth = np.log1p(np.maximum(np.nan_to_num(bought.value), 0.0))
    usual = np.bincount(bought.place, worth, n) / (x + 1.0)
    lines = bought.lines.astype(np.float64)
    columns = {
        "active": model.active(x, recency, tenure),
        "repeats": np.log1p(x),
        "tenure": tenure,
        "since": since,
        "since_of_tenure": since / tenure,
        "since_of_mean": since / (gap["mean"] + _LEAST_GAP),
        "since_of_last": since / (gap["last"] + _LEAST_GAP),
        "since_of_longest": since / (gap["longest"] + _LEAST_GAP),
        "irregular": gap["spread"] / (gap["mean"] + 1.0),
        "gap": gap["mean"],
        "worth": usual,
        "last_worth": worth[ends],
        "first_worth": worth[starts],
        "trend": worth[ends] - usual,
        "lines": np.bincount(bought.place, lines, n) / (x + 1.0),
        "last_lines": lines[ends],
    }
    age = (bought.now - bought.day).astype(np.float64)
    for half_life in _HALF_LIVES:
        columns[f"recent_{half_life:.0f}"] = np.bincount(bought.place, 0.5 ** (age / half_life), n)
    columns.update(looks.numbers(bought.now))
    whole = np.stack([np.asarray(c, np.float32) for c in columns.values()], axis=1)
    return whole, list(columns)
