"""Made trails: a few events per subject, written as (day, product) or in full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from connu.know.categories import Categories
from connu.know.trails import DAY, ROLES, Trails

#: (day, product) or (day, product, role) or (day, product, role, value).
Event = tuple[float, str] | tuple[float, str, str] | tuple[float, str, str, float]


def made_trails(
    events: Sequence[Sequence[Event]],
    *,
    category_of: dict[str, str] | None = None,
    price_of: dict[str, float] | None = None,
    now: float | None = None,
    gap_minutes: float = 30,
) -> Trails:
    """Trails of customers c0, c1 …; a product's category is itself unless it is said.

    Args:
        events: per subject, in any order; the role is `view` where none is said.
        category_of: product → path. price_of: product → price.
        now: day the trails end; after the last event when absent.
        gap_minutes: a pause so long begins a session.
    """
    rows = [sorted((tuple(e) + ("view", np.nan)[len(e) - 2 :]) for e in one) for one in events]
    flat = [(place, *event) for place, one in enumerate(rows) for event in one]
    names = sorted({str(event[2]) for event in flat})
    paths = [(category_of or {}).get(name, name) for name in names]
    tree = Categories.of(paths)
    place = np.array([f[0] for f in flat], np.int64)
    time = np.array([round(float(f[1]) * DAY) for f in flat], np.int64)
    new = np.ones(len(flat), np.bool_)
    gap = round(gap_minutes * 60e6)
    new[1:] = (place[1:] != place[:-1]) | (time[1:] - time[:-1] >= gap)
    product = np.array([names.index(str(f[2])) for f in flat], np.int32)
    of_product = tree.nodes_of(paths)
    lengths = np.bincount(place, minlength=len(rows)) if len(flat) else np.zeros(len(rows), int)
    width = len(str(len(rows) - 1))
    return Trails(
        subjects=pa.table(
            {
                "subject_kind": ["customer"] * len(rows),
                "subject": [f"c{i:0{width}}" for i in range(len(rows))],
            }
        ),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        time=time,
        session=(np.cumsum(new) - 1).astype(np.int32),
        product=product,
        category=of_product[product] if len(product) else np.zeros(0, np.int32),
        role=np.array([ROLES.index(str(f[3])) for f in flat], np.int8),
        value=np.array([f[4] for f in flat], np.float32),
        products=pa.array(names, pa.string()),
        product_category=of_product,
        price=np.array([(price_of or {}).get(name, np.nan) for name in names], np.float32),
        categories=tree,
        now=round(now * DAY) if now is not None else int(time.max(initial=-1)) + 1,
    )
