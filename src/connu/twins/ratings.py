"""Ratings: whether a value of events is somebody's opinion of a product, or its price.

A price is the product's: within one product it hardly varies. A rating is the person's: it varies
within a product, on a scale of few steps, and its lowest step is not the usual one, as it is of a
number of pieces bought.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.twins.behaviour_sql import means_sql, rated_sql, values_sql

#: Steps of a scale at most; 0 to 10 has 11.
_STEPS = 11
#: What an approximate count may say of so many.
_ABOUT = 16
#: The share of the values' variance that lies within products, and values that tell it, at least.
_WITHIN, _TELLING = 0.5, 30
#: The share of values on the lowest step, at most.
_LOWEST = 0.5


def rating_types(engine: Engine) -> tuple[str, ...]:
    """The event types whose value is a rating, sorted; none in a shop whose values are prices.

    Cost: a scan of the values; a second one of the types that have few distinct ones.
    """
    found = engine.collect(values_sql()).to_pylist()
    few = [row["type"] for row in found if 2 <= row["n"] <= _ABOUT]
    return tuple(t for t in few if is_rating(engine.collect(rated_sql(t))))


def is_rating(given: pa.Table) -> bool:
    """Whether values are ratings; `given`: product, value, n: how often it was given that value."""
    _, product = np.unique(
        given["product"].combine_chunks().dictionary_encode().indices.to_numpy()
        if given.num_rows
        else np.zeros(0, np.int64),
        return_inverse=True,
    )
    value = given["value"].to_numpy()
    times = given["n"].to_numpy()
    steps = np.unique(value)
    if not 2 <= len(steps) <= _STEPS:
        return False
    total = times.sum()
    telling = total - len(np.unique(product))
    if telling < _TELLING or times[value == steps[0]].sum() > _LOWEST * total:
        return False
    count = np.bincount(product, times)
    mean = np.bincount(product, times * value) / count
    within = (times * (value - mean[product]) ** 2).sum() / telling
    whole = (times * (value - np.average(value, weights=times)) ** 2).sum() / (total - 1)
    return bool(within >= _WITHIN * whole)


def rating_means(engine: Engine) -> tuple[np.ndarray, np.ndarray]:
    """The products rated at least twice: their codes, and the means of what they were given.

    Each mean is a sum over the few steps in their order: it does not depend on the events' order.
    """
    given = engine.collect(means_sql())
    code, value, times = (given[name].to_numpy() for name in ("code", "value", "n"))
    codes, place = np.unique(code, return_inverse=True)
    count = np.bincount(place, times, minlength=len(codes))
    mean = np.bincount(place, times * value, minlength=len(codes)) / np.maximum(count, 1)
    return codes[count >= 2].astype(np.int64), mean[count >= 2]
