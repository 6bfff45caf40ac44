"""A shop's clicks as trails, for connu: every session a visitor of its own, every click a view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.next_steps import Clicks, Steps
from connu.know.categories import Categories
from connu.know.trails import VIEW, Trails


@dataclass(frozen=True)
class ShopTrails:
    """A coded shop as trails; products have the codes of `Steps`.

    Attributes:
        train: the sessions to learn from. test: those judged, in their order.
        node: int32 (c,): the node of each category of `Steps`.
    """

    train: Trails
    test: Trails
    node: np.ndarray

    @classmethod
    def of(cls, steps: Steps) -> ShopTrails:
        """From a coded shop."""
        tree = Categories.of(steps.categories.tolist())
        node = tree.nodes_of(steps.categories.tolist())
        told = np.append(node, -1)  # a category of -1 has the node -1
        known = _category_of_products(steps, told)
        return cls(
            _trails(steps.train, steps, tree, told, known),
            _trails(steps.test, steps, tree, told, known),
            node,
        )


def _category_of_products(steps: Steps, node: np.ndarray) -> np.ndarray:
    """(p,) as the catalogue has it: what clicks say of a product, the latest first."""
    category = np.full(len(steps.products), -1, np.int32)
    for clicks in (steps.test, steps.train):
        named = clicks.category >= 0
        category[clicks.product[named]] = node[clicks.category[named]]
    return category


def _trails(
    clicks: Clicks, steps: Steps, tree: Categories, node: np.ndarray, known: np.ndarray
) -> Trails:
    sessions, many = len(clicks), len(clicks.product)
    # Names whose order is that of the codes.
    names = [f"s{session:08}" for session in range(sessions)]
    products = [f"p{product:08}" for product in range(len(steps.products))]
    kinds = pa.array(["visitor"]).take(pa.array(np.zeros(sessions, np.int8)))
    return Trails(
        subjects=pa.table({"subject_kind": kinds, "subject": names}),
        starts=clicks.starts,
        time=clicks.time,
        session=np.repeat(np.arange(sessions, dtype=np.int32), np.diff(clicks.starts)),
        product=clicks.product,
        category=node[clicks.category].astype(np.int32),
        role=np.full(many, VIEW, np.int8),
        value=np.full(many, np.nan, np.float32),
        products=pa.array(products, pa.string()),
        product_category=known,
        price=np.full(len(products), np.nan, np.float32),
        categories=tree,
        now=int(clicks.time.max(initial=-1)) + 1,
    )
