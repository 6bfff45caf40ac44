"""How often what people declare is wrong, or no longer right, by the brand's own records.

Two records of one customer that state different values cannot both be right: where two of them
differ with frequency d, one of the two is wrong, and a value taken alone is wrong with about d/2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from connu.identify.attributes import Attribute
from connu.identify.choice import Stretch
from connu.identify.survivorship import DECLARED_ERROR, disagreement

#: How many pairs the error taken for granted is worth.
_PRIOR_PAIRS = 200
#: Nothing is surer than this, whatever the pairs say.
_LEAST_ERROR = 0.002
#: Customers asked: the first ones. Ids are hashes, so that they are like any others.
_ASKED = 20_000


def learn_errors(stretches: Iterable[Stretch], told: list[Attribute]) -> dict[str, float]:
    """By attribute, the probability that one sure record's value is wrong.

    ε = (differing pairs / 2 + 200·DECLARED_ERROR) / (pairs + 200), over pairs of sure records of
    one customer, and at least 0.002. Where people have several values, two that differ say
    nothing, and DECLARED_ERROR stands.
    """
    pairs = dict.fromkeys((a.name for a in told), 0)
    differ = dict(pairs)
    for stretch in stretches:
        for a in told:
            if a.several:
                continue
            some, odd = disagreement(stretch.records, stretch.stated(a.name), complete=a.complete)
            pairs[a.name] += some
            differ[a.name] += odd
    return {
        name: max(
            _LEAST_ERROR,
            (differ[name] / 2 + _PRIOR_PAIRS * DECLARED_ERROR) / (pairs[name] + _PRIOR_PAIRS),
        )
        for name in pairs
    }


def first_asked(
    stretches: Iterator[Stretch], told: list[Attribute], asked: int = _ASKED
) -> tuple[dict[str, float], Iterator[Stretch]]:
    """The errors told by the first customers, and all stretches again, those included.

    Exactly the first `asked` customers count, wherever the stretches are cut.
    """
    kept: list[Stretch] = []
    heads: list[Stretch] = []
    left = asked
    while left > 0 and (stretch := next(stretches, None)) is not None:
        kept.append(stretch)
        heads.append(stretch.head(left))
        left -= len(stretch.starts) - 1
    return learn_errors(heads, told), chain(kept, stretches)
