"""Buying as the stage tells it: rows within every horizon; the likeliest of a month as facts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.intent_parts import Part, count_of, facts_from
from connu.app.intent_rows import (
    TELLING,
    Rows,
    column,
    evidence_texts,
    measured,
    same,
    spread,
    streamed,
)
from connu.app.intent_silences import Silence
from connu.engine.protocol import Engine
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.buying import BuyingModel, learn_buying
from connu.know.trails import Trails
from connu.twins.behaviour import refused_behaviour

#: Categories that become facts because he will buy in them: so likely at least within a month, of
#: the deepest level where any is, so many.
_LEAST_LIKELY, _FACTS, _MONTH = 0.05, 3, 30


def tell_buying(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """Who buys what and how soon: rows, and as facts the likeliest of the deepest level."""
    model = learn_buying(
        trails,
        horizons_days=settings.intents.horizons_days,
        seed=settings.intents.seed,
        progress=progress,
    )
    silences = _silences(model, hidden="category" in refused_behaviour(settings))
    figures = _figures(model)
    if not model.horizons:
        return Part("buying", silences=silences, reliability=figures)
    model.save(store / "buying")
    paths = pa.array([*trails.categories.paths, ""], pa.string())
    depth = np.append(trails.categories.depth, -1)
    near = near_horizon([horizon.days for horizon in model.horizons])

    def told(part: Trails) -> pa.Table:
        rows = model.tell(part, top=settings.intents.top, reasoned=near)
        whole = pc.less(rows["node"], 0)
        stated = _stated(rows, depth, near, len(part))
        tables = [
            _rows(rows.filter(mask), level, paths, stated[np.asarray(mask)]).table(part.subjects)
            for level, mask in (("category", pc.invert(whole)), ("any", whole))
        ]
        return pa.concat_tables(tables)

    engine.put("intent_buying", streamed(trails, told, TELLING))
    return Part(
        "buying",
        count_of(engine, "intent_buying"),
        "intent_buying",
        facts_from(engine, "intent_buying", trails.now),
        silences,
        figures,
    )


def near_horizon(days: list[int]) -> int:
    """The horizon of facts: the longest of a month at most, else the shortest.

    >>> near_horizon([1, 7, 30, 90]), near_horizon([60, 90])
    (30, 60)
    """
    return max((day for day in days if day <= _MONTH), default=min(days))


def _stated(rows: pa.Table, depth: np.ndarray, near: int, subjects: int) -> np.ndarray:
    """bool: which rows become facts."""
    place, node = rows["place"].to_numpy(), rows["node"].to_numpy()
    worth = (rows["horizon_days"].to_numpy() == near) & (node >= 0)
    worth &= rows["probability"].to_numpy() >= _LEAST_LIKELY
    deepest = np.full(subjects, -1, np.int64)
    np.maximum.at(deepest, place[worth], depth[node[worth]])
    return worth & (depth[node] == deepest[place]) & (rows["rank"].to_numpy() <= _FACTS)


def _rows(rows: pa.Table, level: str, paths: pa.Array, stated: np.ndarray) -> Rows:
    node = column(rows, "node")
    chosen = rows.filter(pa.array(stated))
    said = evidence_texts(
        {
            "level": same(level, chosen.num_rows),
            "horizon_days": column(chosen, "horizon_days"),
            "because": column(chosen, "because"),
        }
    )
    return Rows(
        place=column(rows, "place"),
        kind="buy",
        level=level,
        target=paths.take(pc.if_else(pc.less(node, 0), len(paths) - 1, node)),
        probability=column(rows, "probability"),
        rank=column(rows, "rank"),
        horizon_days=column(rows, "horizon_days"),
        stated=stated,
        attribute="intent",
        evidence=spread(said, stated),
    )


def _silences(model: BuyingModel, *, hidden: bool) -> list[Silence]:
    """What the model refuses: whole levels within a horizon, and categories of their own."""
    whole = [
        Silence(
            "buy",
            level,
            horizon_days=days or None,
            reason="sensitive" if hidden and reason == "no_categories" else reason,
        )
        for (level, days), reason in sorted(model.silences.items())
    ]
    single = [
        Silence("buy", "category", model.paths[node], horizon.days)
        for horizon, verdict in zip(model.horizons, model.verdicts, strict=True)
        if ("category", horizon.days) not in model.silences
        for node in np.flatnonzero(verdict.muted[: len(model.paths)]).tolist()
    ]
    return whole + single


def _figures(model: BuyingModel) -> pa.Table:
    # Rows are people at several moments, by category: what counts is how many people they are.
    judged = {key: len(np.unique(rows.whose)) for key, rows in model.judged.items()}
    tables = [
        measured(
            [
                (
                    f.measure,
                    f.horizon_days,
                    f.figure,
                    f.base,
                    judged.get((f.level, f.horizon_days), f.people),
                )
                for f in model.reliability
                if f.level == level
            ],
            kind="buy",
            level=level,
            stated={f.horizon_days: f.stated for f in model.reliability if f.level == level},
            judged={days: rows for (one, days), rows in model.judged.items() if one == level},
        )
        for level in ("any", "category")
    ]
    return pa.concat_tables(tables)
