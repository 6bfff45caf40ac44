"""Sessions in arrays as trails, so that what learns from a brand learns from them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.know.categories import Categories
from connu.know.session_arrays import Clicks
from connu.know.trails import VIEW, Trails


def item_categories(
    said: np.ndarray, code: np.ndarray, time: np.ndarray, items: int
) -> tuple[Categories, np.ndarray]:
    """The tree of what is said, and the latest node said of each item, or -1."""
    paths, path = np.unique(said, return_inverse=True)
    tree = Categories.of(paths.tolist())
    nodes = tree.nodes_of(paths.tolist())[path]
    order = np.lexsort((nodes, time))
    order = order[nodes[order] >= 0]
    node = np.full(items, -1, np.int32)
    node[code[order]] = nodes[order]  # the last one written stays
    return tree, node


def trails_of_sessions(
    clicks: Clicks, code: np.ndarray, items: np.ndarray, tree: Categories, node: np.ndarray
) -> Trails:
    """Every session a subject of its own, every click a view."""
    first = np.flatnonzero(np.append(True, clicks.session[1:] != clicks.session[:-1]))
    starts = np.append(first, len(code)).astype(np.int64)
    number = pc.cast(pa.array(np.arange(len(first))), pa.string())
    nothing = np.full(len(items), np.nan, np.float32)
    return Trails(
        subjects=pa.table(
            {
                "subject_kind": pa.repeat("session", len(first)),
                "subject": pc.utf8_lpad(number, width=10, padding="0"),
            }
        ),
        starts=starts,
        time=clicks.time,
        session=np.repeat(np.arange(len(first), dtype=np.int32), np.diff(starts)),
        product=code,
        category=node[code],
        role=np.full(len(code), VIEW, np.int8),
        value=np.full(len(code), np.nan, np.float32),
        products=pa.array([str(label) for label in items.tolist()], pa.string()),
        product_category=node,
        price=nothing,
        categories=tree,
        now=int(clicks.time.max()) + 1,
    )
