"""Why somebody is said to be about to buy, in plain words: what he did, and what others did."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.know.intent_features import LATELY_DAYS, NEVER_DAYS, PLACE_OF

#: Words for small numbers, as people write them.
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def reasons_of(
    features: np.ndarray, category: list[str], days: int, share: np.ndarray
) -> pa.StringArray:
    """A sentence for each pair, every part of it true.

    Args:
        features: float32 (n, f): of the pairs.
        category: (n,) paths, empty where any category is meant.
        days: the horizon.
        share: float64 (n,): of held pairs told a like probability, those that bought; NaN: nothing
            is said of it.

    Cost: about 5 µs a sentence; ask for those that are read.
    """
    names = (
        "pages", "days", "compared", "most_views", "age_touch", "age_cart", "age_bought",
        "bought", "due",
    )  # fmt: skip
    columns = {name: features[:, PLACE_OF[name]].astype(np.float64) for name in names}
    return pa.array(
        [
            _sentence(
                {n: float(c[i]) for n, c in columns.items()},
                category[i],
                days,
                float(share[i]),
            )
            for i in range(len(features))
        ],
        pa.string(),
    )


def _sentence(f: dict[str, float], category: str, days: int, share: float) -> str:
    parts = []
    pages = round(f["pages"])
    if pages:
        where = f" of {category}" if category else ""
        when = f" on {_count(f['days'], 'day')}" if f["days"] > 1 else ""
        parts.append(f"{_count(pages, 'page')}{where}{when}, the last {_ago(f['age_touch'])}")
    elif f["age_touch"] < NEVER_DAYS:
        parts.append(f"last looked at {_ago(f['age_touch'])}")
    if f["compared"] > 1:
        parts.append(f"compared {_count(f['compared'], 'product')}")
    if f["most_views"] > 2:
        parts.append(f"looked at one product {_word(f['most_views'])} times")
    if f["age_cart"] <= LATELY_DAYS:
        parts.append(f"something in the basket {_ago(f['age_cart'])}")
    if f["bought"] > 0:
        times = {1: "once", 2: "twice"}.get(round(f["bought"]), f"{_word(f['bought'])} times")
        parts.append(f"bought {times}, the last time {_ago(f['age_bought'])}")
    said = ", ".join(parts)
    if not np.isnan(share):
        within = "a day" if days == 1 else f"{days} days"
        others = f"of 100 told alike, {round(100 * share)} bought within {within}"
        said = f"{said}; {others}" if said else others
    return said


def _count(number: float, noun: str) -> str:
    return f"{_word(number)} {noun}{'' if round(number) == 1 else 's'}"


def _word(number: float) -> str:
    whole = round(number)
    return _NUMBERS[whole] if 0 <= whole < len(_NUMBERS) else str(whole)


def _ago(days: float) -> str:
    """How long ago, as one says it.

    >>> _ago(0.3), _ago(1.2), _ago(40.0)
    ('within a day', 'a day ago', '40 days ago')
    """
    if days < 1:
        return "within a day"
    return "a day ago" if days < 2 else f"{int(days)} days ago"
