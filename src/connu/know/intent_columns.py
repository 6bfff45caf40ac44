"""The columns of what a trail says of a subject and a category, and what they are read with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: Days within which decayed counts halve.
HALF_LIVES_DAYS = (1.0, 7.0, 30.0, 90.0)
#: Days that "lately" reaches back: products and sessions are counted one by one there.
LATELY_DAYS = 30.0
#: Days written for "never", and the longest age told.
NEVER_DAYS = 2000.0
#: Nodes of one subject that are looked at, the most touched first; and how many join by spreading.
MOST_TOUCHED, MOST_SPREAD = 40, 8
#: Days a purchase goes on leading to others.
AFTER_DAYS = 90.0

#: Columns of the features, in order.
FEATURES = (
    # of the pair
    "touch_1", "touch_7", "touch_30", "touch_90",
    "view_7", "cart_7", "cart_30", "bought_90", "bought",
    "age_touch", "age_cart", "age_bought", "age_first",
    "sessions", "products", "most_views", "compared", "days",
    "price", "share", "order",
    # of what surrounds it
    "above_7", "above_30", "above_age_touch", "above_age_bought",
    "alike", "after",
    # of the subject
    "all_1", "all_7", "all_30", "all_90", "all_cart_7", "all_age", "all_age_cart",
    "all_age_bought", "all_bought", "all_bought_90", "all_sessions", "all_days", "tenure",
    "breadth", "usual_gap",
    # of the node
    "base", "ratio", "again", "interval", "due", "depth",
    # of the pair, lately
    "pages",
)  # fmt: skip
PLACE_OF = {name: place for place, name in enumerate(FEATURES)}


class Around(NamedTuple):
    """What is known of the nodes of a tree at one moment; k + 1 rows, the last is the whole shop.

    Attributes:
        lineage: int32 (k, levels): ancestors of each node from the top down, itself included.
        above: int32 (k + 1,): parent, the shop's number k at the top.
        facts: float32 (k + 1, 5): log odds of the base rate for a month, log of purchases per
            touch, share bought again, log of the usual days between, depth (-1: the shop).
        alike_start, alike_node, alike_weight: nodes touched by the same subjects, as CSR.
        after_start, after_node, after_weight: nodes bought after one was bought, as CSR.
    """

    lineage: np.ndarray
    above: np.ndarray
    facts: np.ndarray
    alike_start: np.ndarray
    alike_node: np.ndarray
    alike_weight: np.ndarray
    after_start: np.ndarray
    after_node: np.ndarray
    after_weight: np.ndarray


class Pairs(NamedTuple):
    """Candidate pairs of some subjects, by subject; the shop as a whole is each one's first.

    Attributes:
        place: int32 (n,): number of the subject in the trails.
        node: int32 (n,): k for the shop as a whole.
        features: float32 (n, len(FEATURES)).
    """

    place: np.ndarray
    node: np.ndarray
    features: np.ndarray
