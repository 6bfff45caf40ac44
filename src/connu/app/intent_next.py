"""What comes next as the stage tells it: products and categories; the surest category a fact."""

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
from connu.know.next_model import LEVELS, NextModel, learn_next
from connu.know.trails import Trails
from connu.twins.behaviour import refused_behaviour

#: The likeliest category becomes a fact where it is likelier than not.
_LEAST_LIKELY = 0.5
_BECAUSE = "visits like his last one mostly went on there"
#: The folder of the model within that of the models.
FOLDER = "next"


def tell_next(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """What everybody who was there lately sees or buys next; the model is kept for running ones."""
    refused = refused_behaviour(settings)
    model = learn_next(trails, seed=settings.intents.seed, progress=progress)
    silences = [
        Silence("next", level, reason="sensitive" if level in refused else reason)
        for level, reason in sorted(model.silent.items())
    ]
    figures = _figures(model)
    if set(LEVELS) <= set(model.silent):
        return Part("next", silences=silences, reliability=figures)
    model.save(store / FOLDER)

    def told(part: Trails) -> pa.Table:
        rows = model.tell(part, top=settings.intents.top)
        tables = [TELLING.empty_table()]
        for level in LEVELS:
            of_level = rows.filter(pc.equal(rows["level"], level))
            tables.append(_rows(of_level, level).table(part.subjects))
        return pa.concat_tables(tables)

    engine.put("intent_next", streamed(trails, told, TELLING))
    return Part(
        "next",
        count_of(engine, "intent_next"),
        "intent_next",
        facts_from(engine, "intent_next", trails.now),
        silences,
        figures,
    )


def _rows(rows: pa.Table, level: str) -> Rows:
    chance, rank = rows["probability"].to_numpy(), rows["rank"].to_numpy()
    stated = (rank == 1) & (chance >= _LEAST_LIKELY) & (level == "category")
    n = int(stated.sum())
    said = evidence_texts({"level": same(level, n), "because": same(_BECAUSE, n)})
    return Rows(
        place=column(rows, "place"),
        kind="next",
        level=level,
        target=column(rows, "target"),
        probability=column(rows, "probability"),
        rank=column(rows, "rank"),
        stated=np.asarray(stated),
        attribute="next_category",
        evidence=spread(said, stated),
    )


def _figures(model: NextModel) -> pa.Table:
    tables = [
        measured(
            [
                (f.measure, None, f.figure, f.base, f.people)
                for f in model.reliability
                if f.level == level
            ],
            kind="next",
            level=level,
            stated={None: level not in model.silent},
            judged={None: model.judged[level]} if level in model.judged else {},
        )
        for level in LEVELS
    ]
    return pa.concat_tables(tables)
