"""Reasons: in plain words, what in a customer's history speaks for his leaving, or his staying."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.know.purchases import Purchases
from connu.know.staying_features import gaps_of
from connu.know.staying_looks import Looks

#: Words for the risk of leaving, the least chance to be active of the first two, and the least
#: chance to buy again of the first.
RISKS = ("low", "middle", "high")
_LEAST_ACTIVE, _LEAST_AGAIN = (2 / 3, 1 / 3), 1 / 2
#: How often longer than usual a pause is worth a word; how much smaller an order.
_LATE, _SMALL = 1.5, 0.6
#: Days without a visit that are worth a word; of which a visit is.
_UNSEEN, _SEEN = 30, 14
#: Larger amounts are not written out.
_MOST_CENTS = 1e17
#: Sentences a customer.
_MOST = 3


def risk_of(active: np.ndarray, again: np.ndarray) -> pa.StringArray:
    """low, middle, high (n,): how much there is to fear that he is lost.

    Whoever has left without a word cannot be told from who pauses: high is the risk of who has
    probably left. Low is that of who probably has not, and also more likely than not buys again.

    Args:
        active: the chance that he is still a customer (n,).
        again: that he buys again within the longest horizon (n,).
    """
    code = (active < _LEAST_ACTIVE[0]).astype(np.int64) + (active < _LEAST_ACTIVE[1])
    code = np.where(again < _LEAST_AGAIN, np.maximum(code, 1), code)
    return pa.array(RISKS, pa.string()).take(pa.array(code))


def reasons_of(bought: Purchases, looks: Looks, risk: pa.StringArray) -> pa.ListArray:
    """Up to three sentences a customer (n,), all true, the strongest first.

    Who is likely to stay is told what speaks for it, the others what speaks against it. Strength
    is how many times over something exceeds what is usual.

    Cost: 2 s for a million customers.
    """
    n = len(bought)
    low = np.asarray(pc.equal(risk, "low")) if n else np.zeros(0, np.bool_)
    chosen, strength, words = [], [], []
    for where, how, text in _leaving(bought, looks, ~low) + _staying(bought, looks, low):
        chosen.append(where)
        strength.append(how)
        words.append(text)
    place = np.concatenate(chosen)
    order = np.lexsort((-np.concatenate(strength), place))
    place = place[order]
    first = np.searchsorted(place, np.arange(n))
    kept = np.arange(len(place)) - first[place] < _MOST
    texts = pa.concat_arrays(words).take(pa.array(order[kept]))
    lengths = np.bincount(place[kept], minlength=n)
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), texts)


_Signs = list[tuple[np.ndarray, np.ndarray, pa.StringArray]]


def _leaving(bought: Purchases, looks: Looks, asked: np.ndarray) -> _Signs:
    """Who of those asked about shows each sign of leaving, how strongly, and in what words."""
    x, gap = bought.frequency, gaps_of(bought)
    since = (bought.tenure - bought.recency).astype(np.float64)
    usual = np.maximum(np.where(x > 0, gap["mean"], np.inf), 1.0)
    signs: _Signs = []

    late = np.flatnonzero(asked & (since > _LATE * usual))
    words = _said(
        "last bought ", _days(since[late]), " ago, where he used to buy every ", _days(usual[late])
    )
    signs.append((late, since[late] / usual[late], words))

    # Not late by his own habit, or without one.
    rest = np.flatnonzero(asked & (x > 0) & ~(since > _LATE * usual))
    words = _said("last bought ", _days(since[rest]), " ago")
    signs.append((rest, np.full(len(rest), 0.5), words))

    once = np.flatnonzero(asked & (x == 0))
    words = _said("bought once only, ", _days(since[once]), " ago")
    signs.append((once, np.full(len(once), 1.0), words))

    # Where pauses grew before this one: the earlier ones, of two at least, are the measure.
    some = np.flatnonzero(asked & (x > 2))
    earlier = np.maximum((gap["mean"][some] * x[some] - gap["last"][some]) / (x[some] - 1), 1.0)
    grown = gap["last"][some] > 2.0 * earlier
    slow, earlier = some[grown], earlier[grown]
    words = _said(
        "the last pause between purchases was ",
        _days(gap["last"][slow]),
        ", the earlier ones ",
        _days(earlier),
    )
    signs.append((slow, gap["last"][slow] / earlier / 2.0, words))

    small, last, before = _smaller(bought, asked)
    words = _said("orders get smaller: ", _money(last), " after ", _money(before))
    signs.append((small, before / last / 2.0, words))

    # Somebody whose looks are seen at all: of the others, nobody knows.
    seen = looks.numbers(bought.now)["look_since"]
    unseen = np.flatnonzero(asked & (seen >= _UNSEEN))
    words = _said("no visit for ", _days(seen[unseen]))
    signs.append((unseen, seen[unseen] / (2.0 * _UNSEEN), words))
    return signs


def _staying(bought: Purchases, looks: Looks, asked: np.ndarray) -> _Signs:
    """Who of those asked about shows each sign of staying, how strongly, and in what words."""
    x, gap = bought.frequency, gaps_of(bought)
    since = (bought.tenure - bought.recency).astype(np.float64)
    usual = np.maximum(np.where(x > 0, gap["mean"], 1.0), 1.0)

    due = np.flatnonzero(asked & (x > 0) & (since <= _LATE * usual))
    words = _said("bought ", _days(since[due]), " ago, and buys every ", _days(usual[due]))
    signs: _Signs = [(due, np.full(len(due), 2.0), words)]

    rest = np.flatnonzero(asked & ~((x > 0) & (since <= _LATE * usual)))
    words = _said("last bought ", _days(since[rest]), " ago")
    signs.append((rest, np.full(len(rest), 1.0), words))

    seen = looks.numbers(bought.now)["look_since"]
    there = np.flatnonzero(asked & (seen <= _SEEN))
    signs.append(
        (
            there,
            _SEEN / np.maximum(seen[there], 1.0),
            _said("last visit ", _days(seen[there]), " ago"),
        )
    )
    return signs


def _smaller(bought: Purchases, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who spent much less last time than before, what, and the mean of two transactions or more."""
    ends = bought.starts[1:] - 1
    good = bought.value > 0
    earlier = good.copy()
    earlier[ends] = False
    count = np.bincount(bought.place[earlier], minlength=len(bought))
    total = np.bincount(bought.place[earlier], bought.value[earlier], minlength=len(bought))
    mean = total / np.maximum(count, 1)
    last = np.where(good[ends], bought.value[ends], np.inf)
    who = np.flatnonzero(asked & (count >= 2) & (last < _SMALL * mean))
    return who, last[who], mean[who]


def _days(number: np.ndarray) -> pa.StringArray:
    """«1 day», «214 days», rounded."""
    whole = np.maximum(np.rint(number), 1).astype(np.int64)
    ones = pa.array(whole == 1)
    return pc.binary_join_element_wise(
        pc.cast(pa.array(whole), pa.string()), pc.if_else(ones, "day", "days"), " "
    )


def _money(amount: np.ndarray) -> pa.StringArray:
    """Two decimals, as in «23.00»: the currency is the brand's own."""
    cents = np.rint(np.minimum(amount * 100, _MOST_CENTS)).astype(np.int64)
    rest = pc.utf8_lpad(pc.cast(pa.array(cents % 100), pa.string()), 2, "0")
    return pc.binary_join_element_wise(pc.cast(pa.array(cents // 100), pa.string()), rest, ".")


def _said(*parts: str | pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")
