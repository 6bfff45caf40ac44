"""Telling intents, kind by kind: learn on the trails, write the rows, keep the model.

One function a kind, alike: it gives back a Part, which names the tables it made. Nothing is told of
a kind that its own model refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.intent_rows import (
    TELLING,
    Rows,
    column,
    evidence_texts,
    listed_texts,
    measured,
    same,
    spread,
    streamed,
)
from connu.app.intent_silences import Silence
from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.know.affinities import AffinityModel, learn_affinities
from connu.know.affinity_sentence import affinity_sentences
from connu.know.buying import learn_buying
from connu.know.moment_rhythms import learn_rhythms
from connu.know.moments import find_moments
from connu.know.staying import StayingModel, learn_staying
from connu.know.trails import Trails
from connu.ledger.intents import INTENT_RELIABILITY, MOMENTS, STAYING
from connu.twins.behaviour import refused_behaviour

#: Affinities of one subject that become facts, of the deepest level told.
_AFFINITY_FACTS = 3
#: Categories that become facts because he will buy in them: so likely at least within a month, of
#: the deepest level where any is, so many.
_LEAST_LIKELY, _BUY_FACTS, _MONTH = 0.05, 3, 30
#: What is less likely is not written down, the likeliest of each depth aside: of a large catalogue
#: most categories are most people's one in a million.
_LEAST_TOLD = 0.001


@dataclass(frozen=True)
class Part:
    """What one kind left behind.

    Attributes:
        kind: the word it is counted under.
        rows: told.
        told: the table of its rows of intents, shape TELLING at least; None without.
        facts: the table of its facts; None without.
        silences: what it does not say.
        reliability: how right it was, shape INTENT_RELIABILITY.
    """

    kind: str
    rows: int = 0
    told: str | None = None
    facts: str | None = None
    silences: list[Silence] = field(default_factory=list)
    reliability: pa.Table = field(default_factory=INTENT_RELIABILITY.empty_table)


def tell_parts(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Iterator[Part]:
    """Every kind in turn; `staying` and `moments` are made, what was told becomes tables of parts.

    Args:
        engine: where the tables are made.
        settings: the brand's.
        trails: of everybody.
        store: the folder of the models.
        progress: who watches.
    """
    watched = progress or Silent()
    with watched.stage("affinities"):
        yield tell_affinities(engine, settings, trails, store)
    with watched.stage("buying"):
        yield tell_buying(engine, settings, trails, store, progress=progress)
    with watched.stage("staying"):
        yield tell_staying(engine, settings, trails, store, progress=progress)
    with watched.stage("moments"):
        yield tell_moments(engine, settings, trails, store)


# ---------------------------------------------------------------------- affinities
def tell_affinities(engine: Engine, settings: Settings, trails: Trails, store: Path) -> Part:
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
        _count(engine, "intent_affinities"),
        "intent_affinities",
        _facts(engine, "intent_affinities", trails.now),
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


# ---------------------------------------------------------------------- buying
def tell_buying(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """Who buys what and how soon: rows, and as facts the likeliest of the deepest level."""
    reason = _nothing_to_learn(settings, trails)
    if reason is not None:
        silent = [Silence("buy", level, reason=reason) for level in ("category", "any")]
        return Part("buying", silences=silent)
    model = learn_buying(
        trails,
        horizons_days=settings.intents.horizons_days,
        seed=settings.intents.seed,
        progress=progress,
    )
    silences = [
        Silence("buy", level, horizon_days=days or None, reason=reason)
        for days, reason in sorted(model.silent.items())
        for level in ("category", "any")
    ]
    if not model.horizons:
        return Part("buying", silences=silences)
    paths = pa.array([*trails.categories.paths, ""], pa.string())
    depth = np.append(trails.categories.depth, -1)
    near = _near(settings.intents.horizons_days)

    def told(part: Trails) -> pa.Table:
        rows = model.tell(part, top=settings.intents.top)
        likely = pc.greater_equal(rows["probability"], _LEAST_TOLD)
        rows = rows.filter(pc.or_(likely, pc.equal(rows["rank"], 1)))
        node = rows["node"].to_numpy()
        tables = [
            _buy_rows(rows.filter(pa.array(mask)), level, paths, depth, near, len(part)).table(
                part.subjects
            )
            for level, mask in (("category", node >= 0), ("any", node < 0))
        ]
        return pa.concat_tables(tables)

    engine.put("intent_buying", streamed(trails, told, TELLING))
    return Part(
        "buying",
        _count(engine, "intent_buying"),
        "intent_buying",
        _facts(engine, "intent_buying", trails.now),
        silences,
    )


def _near(horizons_days: tuple[int, ...]) -> int:
    """The horizon of facts: the longest of a month at most, else the shortest."""
    return max((days for days in horizons_days if days <= _MONTH), default=min(horizons_days))


def _buy_rows(
    rows: pa.Table, level: str, paths: pa.Array, depth: np.ndarray, near: int, subjects: int
) -> Rows:
    place, node = rows["place"].to_numpy(), rows["node"].to_numpy()
    days, rank = rows["horizon_days"].to_numpy(), rows["rank"].to_numpy()
    worth = (days == near) & (rows["probability"].to_numpy() >= _LEAST_LIKELY) & (node >= 0)
    deepest = np.full(subjects, -1, np.int64)
    np.maximum.at(deepest, place[worth], depth[node[worth]])
    stated = worth & (depth[node] == deepest[place]) & (rank <= _BUY_FACTS)
    n = int(stated.sum())
    said = evidence_texts(
        {"level": same(level, n), "horizon_days": pa.array(np.full(n, near, np.int32))}
    )
    return Rows(
        place=column(rows, "place"),
        kind="buy",
        level=level,
        target=paths.take(column(rows, "node") if level == "category" else _last(rows, paths)),
        probability=column(rows, "probability"),
        rank=column(rows, "rank"),
        horizon_days=column(rows, "horizon_days"),
        stated=stated,
        attribute="intent",
        evidence=spread(said, stated),
    )


def _last(rows: pa.Table, paths: pa.Array) -> pa.Array:
    return pa.repeat(pa.scalar(len(paths) - 1), rows.num_rows)


# ---------------------------------------------------------------------- staying
def tell_staying(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """Who stays and what he is worth: `staying`, rows of intents, and a fact a customer."""
    model = learn_staying(
        trails,
        horizons_days=settings.intents.staying_days,
        seed=settings.intents.seed,
        progress=progress,
    )
    silences = [
        Silence("stay", "any", horizon_days=days or None, reason=reason)
        for days, reason in sorted(model.silences.items())
    ]
    engine.put("intent_staying", streamed(trails, lambda part: _staying(model, part), _STAYED))
    rows = _count(engine, "intent_staying")
    engine.run("staying", f"SELECT {', '.join(STAYING.names)} FROM intent_staying")
    figures = _staying_reliability(model)
    if not rows:
        return Part("staying", silences=silences, reliability=figures)
    model.save(store / "staying")
    engine.run("intent_stays", _STAYS_SQL)
    engine.run("intent_stay_facts", _stay_facts_sql(trails.now))
    engine.drop("intent_staying")
    return Part("staying", rows, "intent_stays", "intent_stay_facts", silences, figures)


#: What is told of staying, until it is parted: the chance that he buys again, and the evidence.
_STAYED = pa.schema([*STAYING, ("again", pa.float64()), ("because", pa.string())])
_SHORTEST = "horizon_days = (SELECT min(horizon_days) FROM intent_staying)"
_WHO = "SELECT subject_kind, subject, 'stay' AS kind, 'any' AS level, '' AS target"
_STAYS_SQL = (
    f"{_WHO}, horizon_days, again AS probability, CAST(1 AS INTEGER) AS rank FROM intent_staying"
    f" UNION ALL {_WHO}, CAST(0 AS INTEGER) AS horizon_days, active AS probability,"
    f" CAST(1 AS INTEGER) AS rank FROM intent_staying WHERE {_SHORTEST}"
)


def _stay_facts_sql(now: int) -> str:
    """A fact a customer: stays, at_risk or left; how surely he still is, or no longer is, one."""
    return (
        "SELECT subject_kind, subject, 'staying' AS attribute, CASE risk WHEN 'low' THEN 'stays'"
        " WHEN 'high' THEN 'left' ELSE 'at_risk' END AS value,"
        " CASE risk WHEN 'low' THEN active ELSE 1.0 - active END AS probability,"
        " 'intents' AS basis, 'intents' AS source, because AS evidence,"
        f" {_moment(now)} AS observed_at FROM intent_staying WHERE {_SHORTEST}"
    )


def _staying(model: StayingModel, part: Trails) -> pa.Table:
    """What is told of some subjects, shape _STAYED; what is no number is null."""
    rows = model.tell(part)
    place, reasons = column(rows, "place"), column(rows, "reasons")
    columns: dict[str, Any] = {
        "subject_kind": part.subjects["subject_kind"].take(place),
        "subject": part.subjects["subject"].take(place),
        "reasons": listed_texts(reasons),
        "because": evidence_texts(
            {
                "level": same("any", len(place)),
                "risk": column(rows, "risk"),
                "because": _none_for_empty(pc.binary_join(reasons, "; ")),
            }
        ),
    }
    for name in _STAYED.names:
        if name not in columns:
            values = column(rows, name)
            if pa.types.is_floating(values.type):
                values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
            columns[name] = values
    return pa.table({name: columns[name] for name in _STAYED.names}).cast(_STAYED)


def _staying_reliability(model: StayingModel) -> pa.Table:
    rows = model.reliability.to_pylist()
    silent = model.silences
    return measured(
        [(r["measure"], r["horizon_days"], r["figure"], r["base"], r["people"]) for r in rows],
        kind="stay",
        level="any",
        stated={r["horizon_days"]: not {0, r["horizon_days"]} & set(silent) for r in rows},
    )


# ---------------------------------------------------------------------- moments
def tell_moments(engine: Engine, settings: Settings, trails: Trails, store: Path) -> Part:
    """What just happened: `moments`, each of them a fact; counts, so that nothing is learnt."""
    rhythms = learn_rhythms(trails)
    (store / "rhythms.json").write_text(rhythms.to_json(), encoding="utf-8")
    minutes = settings.intents.session_minutes
    names = {
        "product": trails.products,
        "category": pa.array(trails.categories.paths, pa.string()),
    }

    def told(part: Trails) -> pa.Table:
        rows = find_moments(part, rhythms, session_minutes=minutes)
        place, level = column(rows, "place"), column(rows, "level")
        target = pa.nulls(len(place), pa.string())
        for word, known in names.items():
            of_level = pc.equal(level, word)
            at = pc.if_else(of_level, column(rows, "target"), pa.scalar(None, pa.int32()))
            target = pc.coalesce(target, known.take(at))
        evidence = column(rows, "evidence")
        columns = {
            "subject_kind": part.subjects["subject_kind"].take(place),
            "subject": part.subjects["subject"].take(place),
            "moment": column(rows, "moment"),
            "level": level,
            "target": target,
            "since": column(rows, "since").cast(pa.timestamp("us")),
            "times": column(rows, "times"),
            "evidence": evidence,
            "because": evidence_texts({"level": level, "target": target, "because": evidence}),
        }
        return pa.table(columns).cast(_MOMENTS)

    engine.put("intent_moments", streamed(trails, told, _MOMENTS))
    engine.run("moments", f"SELECT {', '.join(MOMENTS.names)} FROM intent_moments")
    engine.run(
        "intent_moment_facts",
        "SELECT subject_kind, subject, 'moment' AS attribute, moment AS value, 1.0 AS probability,"
        " 'intents' AS basis, 'intents' AS source, because AS evidence, since AS observed_at"
        " FROM intent_moments",
    )
    engine.drop("intent_moments")
    return Part("moments", _count(engine, "moments"), facts="intent_moment_facts")


_MOMENTS = pa.schema([*MOMENTS, ("because", pa.string())])


# ---------------------------------------------------------------------- within
def _nothing_to_learn(settings: Settings, trails: Trails) -> str | None:
    """Why there is nothing to learn of categories, in a word of REASONS; None where there is."""
    if not len(trails.categories):
        hidden = "category" in refused_behaviour(settings)
        return "sensitive" if hidden else "no_categories"
    return None if len(trails.time) else "no_events"


def _facts(engine: Engine, told: str, now: int) -> str:
    """The facts of a table of shape TELLING, as a table; its name."""
    name = f"{told}_facts"
    engine.run(
        name,
        "SELECT subject_kind, subject, attribute, target AS value, surely AS probability,"
        f" 'intents' AS basis, 'intents' AS source, evidence, {_moment(now)} AS observed_at"
        f" FROM {told} WHERE attribute IS NOT NULL",
    )
    return name


def _moment(now: int) -> str:
    """A moment (µs since 1970) as SQL: the last that the trails know."""
    at = np.datetime64(max(now - 1, 0), "us")
    return f"TIMESTAMP {literal(str(at).replace('T', ' '))}"


def _count(engine: Engine, table: str) -> int:
    return int(engine.collect(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())


def _none_for_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
