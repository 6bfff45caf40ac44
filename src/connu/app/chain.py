"""The chain of links between two records of one customer: the surest way from one to the other."""

from __future__ import annotations

import heapq
import math
from typing import Any

Key = tuple[str, str]
Link = dict[str, Any]

#: What a step costs beside its doubt, in nats: of two ways equally sure the shorter one is told.
_STEP = 1e-6


def chain_between(links: list[Link], left: Key, right: Key) -> list[Link]:
    """The links that lead from `left` to `right`, in order, each turned so that it reads onwards.

    Of all ways the one whose links are surest together (largest product of probabilities), equal
    ones by fewest links. Dijkstra over the links of one customer.

    Args:
        links: rows of the table `links`; those of the customer of both.
        left: where the chain starts (source, record_id).
        right: where it ends.

    Returns:
        The links, or an empty list when no chain of links connects the two.

    >>> ab = {"left_source": "s", "left_record_id": "a", "right_source": "s",
    ...       "right_record_id": "b", "match_probability": 0.9}
    >>> [turned["left_record_id"] for turned in chain_between([ab], ("s", "b"), ("s", "a"))]
    ['b']
    """
    beside: dict[Key, list[tuple[Key, Link]]] = {}
    for link in links:
        one, other = ends(link)
        beside.setdefault(one, []).append((other, link))
        beside.setdefault(other, []).append((one, turned(link)))
    cost = {left: 0.0}
    came: dict[Key, tuple[Key, Link]] = {}
    waiting = [(0.0, left)]
    while waiting:
        spent, here = heapq.heappop(waiting)
        if here == right:
            return _walked(came, left, right)
        if spent > cost[here]:
            continue
        for there, link in beside.get(here, ()):
            doubt = -math.log(max(link["match_probability"], 1e-12)) + _STEP
            if spent + doubt < cost.get(there, math.inf):
                cost[there] = spent + doubt
                came[there] = (here, link)
                heapq.heappush(waiting, (spent + doubt, there))
    return []


def ends(link: Link) -> tuple[Key, Key]:
    """The two records of a link."""
    return (
        (link["left_source"], link["left_record_id"]),
        (link["right_source"], link["right_record_id"]),
    )


def turned(link: Link) -> Link:
    """The link read from its right end."""
    (left_source, left_id), (right_source, right_id) = ends(link)
    return {
        **link,
        "left_source": right_source,
        "left_record_id": right_id,
        "right_source": left_source,
        "right_record_id": left_id,
    }


def _walked(came: dict[Key, tuple[Key, Link]], left: Key, right: Key) -> list[Link]:
    steps = []
    here = right
    while here != left:
        here, link = came[here]
        steps.append(link)
    return steps[::-1]
