"""Affinities as the stage tells them: rows of every depth, and a few of the deepest as facts."""

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
from connu.know.affinities import AffinityModel, learn_affinities
from connu.know.affinity_sentence import affinity_sentences
from connu.know.trails import Trails
from connu.twins.behaviour import refused_behaviour

#: Affinities of one subject that become facts, of the deepest level told.
_AFFINITY_FACTS = 3


def tell_affinities(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """What everybody is drawn to: rows, and as facts the first three of the deepest level told."""
    reason = _nothing_to_learn(settings, trails)
    if reason is not None:
        return Part("affinities", silences=[Silence("affinity", "category", reason=reason)])
    model = learn_affinities(trails, seed=settings.intents.seed)
    (store / "affinities.json").write_text(model.to_json(), encoding="utf-8")
    stated = model.people == 0 or model.log_loss < model.base_log_loss
    figures = measured(
        [("log_loss", None, model.log_loss, model.base_log_loss, round(model.people))]
        if model.people
        else [],
        kind="affinity",
        level="category",
        stated={None: stated},
    )
    if not stated:
        silent = [Silence("affinity", "category")]
        return Part("affinities", silences=silent, reliability=figures)
    paths = pa.array(trails.categories.paths, pa.string())

    def told(part: Trails) -> pa.Table:
        return _affinity_rows(model, part, paths, settings.intents.top).table(part.subjects)

    engine.put("intent_affinities", streamed(trails, told, TELLING))
    return Part(
        "affinities",
        count_of(engine, "intent_affinities"),
        "intent_affinities",
        facts_from(engine, "intent_affinities", trails.now),
        reliability=figures,
    )


def _affinity_rows(model: AffinityModel, part: Trails, paths: pa.Array, top: int) -> Rows:
    rows = model.tell(part, top=top)
    place, depth = rows["place"].to_numpy(), rows["depth"].to_numpy()
    deepest = np.full(len(part), -1, np.int64)
    np.maximum.at(deepest, place, depth)
    stated = (depth == deepest[place]) & (rows["rank"].to_numpy() <= _AFFINITY_FACTS)
    chosen = rows.filter(pa.array(stated))
    said = evidence_texts(
        {
            "level": same("category", chosen.num_rows),
            "share": pc.round(column(chosen, "share"), 4),
            "lift": pc.round(column(chosen, "lift"), 2),
            "because": affinity_sentences(chosen, part.categories),
        }
    )
    return Rows(
        place=column(rows, "place"),
        kind="affinity",
        level="category",
        target=paths.take(column(rows, "node")),
        probability=column(rows, "share"),
        rank=column(rows, "rank"),
        stated=stated,
        attribute="affinity",
        surely=column(rows, "surely").cast(pa.float64()),
        evidence=spread(said, stated),
    )


def _nothing_to_learn(settings: Settings, trails: Trails) -> str | None:
    """Why there is nothing to learn of categories, in a word of REASONS; None where there is."""
    if not len(trails.categories):
        hidden = "category" in refused_behaviour(settings)
        return "sensitive" if hidden else "no_categories"
    return None if len(trails.time) else "no_events"
