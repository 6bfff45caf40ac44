"""Telling: what twins say of every visitor and of customers who never said, or why they are silent.

Attribute by attribute: learn from the known, tell of all others, and state only what keeps the
promised precision. Reliability comes from known people judged by models that did not see them, as
short as visits are; where visitors are unlike everybody known, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS
from connu.ledger.twins import SILENCES, TWINS
from connu.twins import store as stores
from connu.twins.classifier import TwinsClassifier
from connu.twins.correcting import Correction, correct
from connu.twins.evidence import evidence_texts
from connu.twins.gathering import Gathered, gather
from connu.twins.known import make_known
from connu.twins.learner import learn, learnt_values, most_others
from connu.twins.shift import DomainCheck, ShiftReport, shift_report
from connu.twins.vocabulary import Kind, Vocabulary

#: Subjects told at a time.
_AT_ONCE = 50_000
#: Visitors compared with the known people.
_MOST_COMPARED = 20_000
#: What everybody does in some hour says nothing of a visitor: kinds of columns that do.
_TELLING: tuple[Kind, ...] = ("items", "levels", "ratings")


@dataclass(frozen=True, eq=False)
class Told:
    """What was told of one attribute.

    Attributes:
        known: customers learnt from.
        subjects: of whom it was asked.
        stated: of how many something is stated.
        classes: the values.
        truth: int64 (n,) codes of the known people held out.
        probability: float64 (n, k), what was said of them unseen.
        code: int64 (n,), what would be stated of them, −1: silence.
        shift: how like the known the visitors are; None without visitors.
        remarks: what the user should know.
    """

    known: int
    subjects: int
    stated: int
    classes: list[str]
    truth: np.ndarray
    probability: np.ndarray
    code: np.ndarray
    shift: ShiftReport | None
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TwinsReport:
    """What was told: by attribute, or why nothing is."""

    attributes: dict[str, Told]
    silent: dict[str, str]
    remarks: list[str]


@dataclass(frozen=True, eq=False)
class _Said:
    """What is said of the subjects of one attribute, all parts together."""

    probability: np.ndarray
    alike: np.ndarray
    nearness: np.ndarray
    reasons: np.ndarray
    unlike: np.ndarray
    twins: int


def tell_twins(
    engine: Engine,
    settings: Settings,
    folder: Path,
    *,
    store: Path,
    previous: Path | None = None,
    progress: Progress | None = None,
) -> TwinsReport:
    """Tell every attribute that twins may tell.

    Reads facts, events, event_customers, visitors, products, twin_refused. Makes `twins`,
    `silences` and `twin_facts` (FACTS shape).

    Args:
        engine: over a draft's workspace.
        settings: the brand's.
        folder: the brand's, where audits are.
        store: a folder for the models, made.
        previous: the models of the last build: kept, and extended by people known since, as long
            as all they were learnt from still holds.
        progress: who watches.

    Cost: a model an attribute (some 20 s for 15,000 known), then 30 µs a subject and attribute.
    """
    progress = progress or Silent()
    counts = make_known(engine, settings)
    unlearnt = engine.collect("SELECT attribute, reason FROM unlearnt ORDER BY attribute")
    silent = dict(zip(*(unlearnt[c].to_pylist() for c in unlearnt.column_names), strict=True))
    before = stores.kept_vocabulary(previous)
    gathered = gather(engine, settings, before)
    store.mkdir(parents=True, exist_ok=True)
    gathered.behaviour.vocabulary.save(store / stores.VOCABULARY)
    told: dict[str, Told] = {}
    parts: dict[str, list[pa.Table]] = {"twins": [], "silences": [], "twin_facts": []}
    remarks: list[str] = []
    with progress.stage("statistical twins", total=len(counts)) as step:
        for attribute in counts:
            step.note(attribute)
            rows, values = gathered.labels(engine, attribute)
            kept, reason = learnt_values(values)
            asked = np.setdiff1d(np.arange(len(gathered.behaviour)), rows)
            if reason:
                silent[attribute] = reason
                parts["silences"].append(_silences(gathered, attribute, asked, reason))
            else:
                model = stores.kept_model(previous, attribute, settings, gathered, rows, values)
                if model is None:
                    others = most_others(gathered, rows, settings.twins.seed)
                    model = learn(
                        gathered, settings, attribute, rows[kept], values[kept], others, short=True
                    )
                stores.save_model(store, attribute, model, gathered, rows[kept], values[kept])
                one = _tell(engine, settings, folder, gathered, attribute, model, rows, asked)
                told[attribute], made = one
                for name, table in made.items():
                    parts[name].append(table)
                remarks += told[attribute].remarks
            step.advance(1)
    shapes = {"twins": TWINS, "silences": SILENCES, "twin_facts": FACTS}
    for name, schema in shapes.items():
        tables = parts.pop(name)
        engine.put(name, _stream(tables, schema))
    for name in ("known", "unlearnt"):
        engine.drop(name)
    return TwinsReport(told, silent, remarks)


def _stream(tables: list[pa.Table], schema: pa.Schema) -> pa.RecordBatchReader:
    def batches() -> Iterator[pa.RecordBatch]:
        for table in tables:
            yield from table.cast(schema).to_batches(max_chunksize=100_000)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _tell(
    engine: Engine,
    settings: Settings,
    folder: Path,
    gathered: Gathered,
    attribute: str,
    model: TwinsClassifier,
    rows: np.ndarray,
    asked: np.ndarray,
) -> tuple[Told, dict[str, pa.Table]]:
    """One attribute, learnt: what is told of those asked about, as tables."""
    behaviour, classes = gathered.behaviour, [str(value) for value in model.classes_]
    visitors = gathered.visitor[asked]
    check = _compared(gathered, model, asked)
    said = _said(gathered, model, asked, check)
    shift = None
    if visitors.any():
        shift = shift_report(check, said.unlike[visitors], thinned=gathered.short is not None)
    fix = correct(settings, folder, attribute, model, gathered, asked, said.probability)
    code = fix.state(said.probability)
    probability = fix.probability
    known = _seen_by(gathered, rows)
    reason = _reasons(gathered, asked, known, said.unlike, shift, fix, code)
    code = np.where(reason == "", code, -1)
    subjects = behaviour.subjects.take(pa.array(asked))
    held = model.held_out_
    told = Told(
        known=len(rows),
        subjects=len(asked),
        stated=int((code >= 0).sum()),
        classes=classes,
        truth=held.truth,
        probability=fix.held_out,
        code=fix.state_held_out(),
        shift=shift,
        remarks=_remarks(attribute, shift, fix),
    )
    tables = {
        "twins": _twins(subjects, attribute, classes, probability, code),
        "silences": _silences(gathered, attribute, asked[reason != ""], reason[reason != ""]),
        "twin_facts": _facts(gathered, attribute, classes, asked, code, probability, said, engine),
    }
    return told, tables


def _compared(gathered: Gathered, model: TwinsClassifier, asked: np.ndarray) -> DomainCheck:
    """The domain check of visitors against the known people as they were judged."""
    visitors = asked[gathered.visitor[asked]]
    seen = visitors[gathered.behaviour.events[visitors] > 0]
    if len(seen) > _MOST_COMPARED:
        order = np.argsort(gathered.keys[seen], kind="stable")[:_MOST_COMPARED]
        seen = np.sort(seen[order])
    held = model.held_out_
    places = (
        model.tell(gathered.behaviour.matrix[seen]).place
        if len(seen)
        else np.zeros((0, held.place.shape[1]), np.float32)
    )
    check = DomainCheck(seed=model.random_state)
    check.fit(
        held.place,
        places,
        known_distances=held.distance,
        visitor_keys=gathered.keys[seen],
    )
    return check


def _said(
    gathered: Gathered, model: TwinsClassifier, asked: np.ndarray, check: DomainCheck
) -> _Said:
    """What the model says of all those asked about, part by part."""
    parts: list[tuple[np.ndarray, ...]] = []
    twins = 0
    for first in range(0, max(len(asked), 1), _AT_ONCE):
        telling = model.tell(gathered.behaviour.matrix[asked[first : first + _AT_ONCE]])
        twins = telling.twins.shape[1]
        nearness = 1.0 / (1.0 + np.sqrt(telling.distance.astype(np.float64)).mean(axis=1))
        if not twins:
            nearness = np.zeros(len(telling.code))
        parts.append(
            (
                telling.probability,
                telling.alike,
                nearness,
                telling.reasons,
                check.unlike(telling.place, telling.distance)
                if twins
                else np.zeros(len(telling.code), np.bool_),
            )
        )
    probability, alike, nearness, reasons, unlike = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return _Said(probability, alike, nearness, reasons, unlike, twins)


def _seen_by(gathered: Gathered, rows: np.ndarray) -> np.ndarray:
    """Share of what each subject did that somebody known did too: float64 (n,), 1 of nothing.

    Of products and categories; of everything countable where behaviour has neither.
    """
    matrix, vocabulary = gathered.behaviour.matrix, gathered.behaviour.vocabulary
    columns = vocabulary.kinds(*_TELLING)
    if not len(columns):
        columns = vocabulary.kinds("context", "transitions")
    wanted = np.zeros(matrix.shape[1])
    wanted[columns] = 1.0
    known = np.bincount(matrix[rows].indices, minlength=matrix.shape[1]) > 0
    there = matrix.copy()
    there.data = np.ones_like(there.data)
    total, shared = there @ wanted, there @ (wanted * known)
    return np.divide(shared, total, out=np.ones_like(total), where=total > 0)


def _reasons(
    gathered: Gathered,
    asked: np.ndarray,
    known: np.ndarray,
    unlike: np.ndarray,
    shift: ShiftReport | None,
    fix: Correction,
    code: np.ndarray,
) -> np.ndarray:
    """Why nothing is said of each: str (m,), empty where something is; the first that holds."""
    behaviour, visitor = gathered.behaviour, gathered.visitor[asked]
    shifted = visitor & bool(shift is not None and shift.silent)
    unknown = (behaviour.known_share[asked] == 0) | (known[asked] == 0)
    rules = (
        ("bot", behaviour.bots[asked]),
        ("no_behaviour", behaviour.events[asked] == 0),
        ("unknown_behaviour", unknown),
        ("shifted", shifted),
        ("not_alike", unlike),
        ("not_promised", np.full(len(asked), fix.nothing_promised)),
        ("not_sure", code < 0),
    )
    return np.select([holds for _, holds in rules], [word for word, _ in rules], default="")


def _remarks(attribute: str, shift: ShiftReport | None, fix: Correction) -> list[str]:
    said = [f"{attribute}: {remark}" for remark in fix.remarks]
    if shift is not None and shift.verdict in ("shifted", "too_unlike"):
        said.append(f"{attribute}: visitors are {shift.sentence}")
    return said


def _twins(
    subjects: pa.Table,
    attribute: str,
    classes: list[str],
    probability: np.ndarray,
    code: np.ndarray,
) -> pa.Table:
    m, k = probability.shape
    each = pa.array(np.repeat(np.arange(m), k))
    return pa.table(
        {
            "subject_kind": subjects["subject_kind"].take(each),
            "subject": subjects["subject"].take(each),
            "attribute": _same(attribute, m * k),
            "value": pa.array(classes, pa.string()).take(pa.array(np.tile(np.arange(k), m))),
            "probability": pa.array(probability.ravel()),
            "stated": pa.array((code[:, None] == np.arange(k)).ravel()),
        }
    )


def _facts(
    gathered: Gathered,
    attribute: str,
    classes: list[str],
    asked: np.ndarray,
    code: np.ndarray,
    probability: np.ndarray,
    said: _Said,
    engine: Engine,
) -> pa.Table:
    stated = np.flatnonzero(code >= 0)
    subjects = gathered.behaviour.subjects.take(pa.array(asked[stated]))
    told, n = code[stated], len(stated)
    alike = np.rint(said.alike[stated, told] * said.twins).astype(np.int64)
    vocabulary: Vocabulary = gathered.behaviour.vocabulary
    used, place = np.unique(said.reasons[stated], return_inverse=True)
    names = [vocabulary.describe(int(column)) for column in used if column >= 0]
    behaviours = place.reshape(said.reasons[stated].shape).astype(np.int32)
    behaviours -= len(used) - len(names)  # none, −1, sorts first
    newest = engine.collect("SELECT CAST(max(time) AS TIMESTAMP) AS newest FROM events")
    return pa.table(
        {
            "subject_kind": subjects["subject_kind"],
            "subject": subjects["subject"],
            "attribute": _same(attribute, n),
            "value": pa.array(classes, pa.string()).take(pa.array(told)),
            "probability": pa.array(probability[stated, told]),
            "basis": _same("twins", n),
            "source": _same("twins", n),
            "evidence": evidence_texts(
                attribute,
                classes,
                told,
                alike,
                said.twins,
                said.nearness[stated],
                behaviours,
                names,
            ),
            "observed_at": pa.nulls(n, pa.timestamp("us"))
            if not n
            else pa.array(newest["newest"].to_pylist() * n, pa.timestamp("us")),
        }
    )


def _silences(
    gathered: Gathered, attribute: str, rows: np.ndarray, reason: str | np.ndarray
) -> pa.Table:
    subjects = gathered.behaviour.subjects.take(pa.array(rows))
    n = len(rows)
    words = _same(reason, n) if isinstance(reason, str) else pa.array(reason.tolist(), pa.string())
    return pa.table(
        {
            "subject_kind": subjects["subject_kind"],
            "subject": subjects["subject"],
            "attribute": _same(attribute, n),
            "reason": words,
        }
    )


def _same(word: str, n: int) -> pa.Array:
    return pa.array([word], pa.string()).take(pa.array(np.zeros(n, np.int64)))
