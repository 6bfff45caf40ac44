"""Telling: what twins say of every visitor and of customers who never said, or why they are silent.

Attribute by attribute: learn from the known, tell of all others, and state only what keeps the
promised precision. Reliability comes from known people judged by models that did not see them, as
short as visits are; where visitors are unlike everybody known, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.attributes import BUILT_IN
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS
from connu.ledger.twins import SILENCES, TWINS
from connu.twins import store as stores
from connu.twins.classifier import TwinsClassifier
from connu.twins.correcting import correct, need_audits
from connu.twins.gathering import Gathered, gather
from connu.twins.known import make_known
from connu.twins.learner import learn, learnt_values, most_others
from connu.twins.saying import compared, reasons, say
from connu.twins.shift import ShiftReport, shift_report
from connu.twins.tables import facts_table, silences_table, twins_table

_SHAPES = {"twins": TWINS, "silences": SILENCES, "twin_facts": FACTS}
#: A table that is made when it is asked for: memory holds those of one attribute.
_Made = Callable[[], pa.Table]


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
        fold: int64 (n,), by whose models each known person was judged; None: by one.
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
    fold: np.ndarray | None = None


@dataclass(frozen=True)
class TwinsReport:
    """What was told: by attribute, or why nothing is."""

    attributes: dict[str, Told]
    silent: dict[str, str]
    remarks: list[str]


@dataclass(frozen=True, eq=False)
class _Asked:
    """One attribute, before it is told.

    Attributes:
        attribute: its name.
        known: int64: rows of the customers known by it.
        rows, values: those of them that can be learnt from, and what they are.
        spoken: every value somebody known has.
        reason: why nothing can be learnt, or None.
    """

    attribute: str
    known: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    spoken: list[str]
    reason: str | None


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
    `silences` and `twin_facts` (FACTS shape). Of an attribute that twins tell, everybody whose
    value is not known is told something or is silent for a reason, be it that nobody is known.

    Args:
        engine: over a draft's workspace.
        settings: the brand's.
        folder: the brand's, where audits are.
        store: a folder for the models, made.
        previous: the models of the last build: kept, and extended by people known since, as long
            as all they were learnt from still holds (`store`).
        progress: who watches.

    Raises:
        SourceError: audits are missing or cannot be read.
        UsageError: a share is given of a value nobody known has.

    Cost: a model an attribute (some 20 s for 15,000 known), then 30 µs a subject and attribute.
    """
    progress = progress or Silent()
    need_audits(settings, folder)
    counts = make_known(engine, settings)
    unlearnt = engine.collect("SELECT attribute, reason FROM unlearnt ORDER BY attribute")
    silent = dict(zip(*(unlearnt[c].to_pylist() for c in unlearnt.column_names), strict=True))
    names = _told_names(settings, counts, silent)
    gathered, asked, kept, previous = _gathered(engine, settings, names, previous)
    store.mkdir(parents=True, exist_ok=True)
    stores.save_vocabulary(store, gathered, previous)
    newest = engine.collect("SELECT CAST(max(time) AS TIMESTAMP) AS newest FROM events")
    parts: dict[str, list[_Made]] = {name: [] for name in _SHAPES}
    told: dict[str, Told] = {}
    with progress.stage("statistical twins", total=len(names)) as step:
        for one in asked:
            step.note(one.attribute)
            if one.reason:
                reason = silent.setdefault(one.attribute, one.reason)
                rest = _rest(gathered, one.known)
                subjects = gathered.behaviour.subjects.take(pa.array(rest))
                parts["silences"].append(partial(silences_table, subjects, one.attribute, reason))
            else:
                model, origin = kept.get(one.attribute) or _learnt(gathered, settings, one)
                stores.save_model(store, one.attribute, model, origin)
                told[one.attribute], made = _tell(
                    settings,
                    folder,
                    gathered,
                    one,
                    model,
                    newest["newest"][0].as_py(),
                    thinned=origin.thinned,
                )
                for name, table in made.items():
                    parts[name].append(table)
            step.advance(1)
    for name, schema in _SHAPES.items():
        engine.put(name, _stream(parts.pop(name), schema))
    for name in ("known", "unlearnt"):
        engine.drop(name)
    remarks = [remark for one_told in told.values() for remark in one_told.remarks]
    return TwinsReport(told, silent, remarks)


def _stream(parts: list[_Made], schema: pa.Schema) -> pa.RecordBatchReader:
    """The tables one after the other, each made when its turn comes."""

    def batches() -> Iterator[pa.RecordBatch]:
        for made in parts:
            yield from made().to_batches(max_chunksize=100_000)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _told_names(settings: Settings, known: dict[str, int], silent: dict[str, str]) -> list[str]:
    """The attributes that twins tell, known of somebody or of nobody yet."""
    said = settings.attributes
    wanted = {w for w in BUILT_IN if w not in said or said[w].extrapolate is not False}
    nobody = {name for name, reason in silent.items() if reason == "nobody"}
    return sorted({*known, *nobody, *(wanted - set(silent))})


def _gathered(
    engine: Engine, settings: Settings, names: Sequence[str], previous: Path | None
) -> tuple[Gathered, list[_Asked], dict[str, tuple[TwinsClassifier, stores.Origin]], Path | None]:
    """What is read, what is asked, and the models that are kept, over their vocabulary.

    Where none is kept, or the words no longer suffice, all is read anew with words of today.
    """
    vocabulary = stores.kept_vocabulary(previous, settings)
    if vocabulary is not None and previous is not None:
        gathered = gather(engine, settings, vocabulary)
        asked = [_asked(engine, gathered, name) for name in names]
        kept = {}
        if not stores.outgrown(previous, gathered):
            for one in asked:
                found = None
                if one.reason is None:
                    found = stores.kept_model(
                        previous, one.attribute, settings, gathered, one.rows, one.values
                    )
                if found is not None:
                    kept[one.attribute] = found
        if kept:
            return gathered, asked, kept, previous
    gathered = gather(engine, settings)
    return gathered, [_asked(engine, gathered, name) for name in names], {}, None


def _asked(engine: Engine, gathered: Gathered, attribute: str) -> _Asked:
    known, values = gathered.known(engine, attribute)
    spoken = sorted(set(values.tolist()))
    behaved = gathered.behaved[known]
    rows, values = known[behaved], values[behaved]
    learnt, reason = learnt_values(values)
    return _Asked(attribute, known, rows[learnt], values[learnt], spoken, reason)


def _rest(gathered: Gathered, known: np.ndarray) -> np.ndarray:
    """Rows of all whose value is not known: int64, ascending."""
    return np.setdiff1d(np.arange(len(gathered.behaviour)), known)


def _learnt(
    gathered: Gathered, settings: Settings, one: _Asked
) -> tuple[TwinsClassifier, stores.Origin]:
    others = most_others(gathered, one.known, settings.twins.seed)
    model = learn(gathered, settings, one.attribute, one.rows, one.values, others, short=True)
    return model, stores.origin_of(gathered, one.rows, one.values, others)


def _tell(
    settings: Settings,
    folder: Path,
    gathered: Gathered,
    one: _Asked,
    model: TwinsClassifier,
    newest: datetime | None,
    *,
    thinned: bool,
) -> tuple[Told, dict[str, _Made]]:
    """One attribute, learnt: what is told of those asked about, as tables."""
    attribute, classes = one.attribute, [str(value) for value in model.classes_]
    asked = _rest(gathered, one.known)
    if not len(asked):
        nobody = Told(
            len(one.rows), 0, 0, classes, *_held_out(model), shift=None, fold=model.held_out_.fold
        )
        return nobody, {}
    check = compared(gathered, model, asked)
    said = say(gathered, model, asked, check)
    shift = None
    counted = gathered.visitor[asked] & gathered.behaved[asked]
    if counted.any():
        shift = shift_report(check, said.unlike[counted], thinned=thinned)
    fix = correct(settings, folder, attribute, model, gathered, asked, said.probability, one.spoken)
    reason = reasons(gathered, asked, one.rows, said, shift, fix)
    code = np.where(reason == "", fix.state(), -1)
    told = Told(
        known=len(one.rows),
        subjects=len(asked),
        stated=int((code >= 0).sum()),
        classes=classes,
        truth=model.held_out_.truth,
        probability=fix.held_out,
        code=fix.state_held_out(),
        shift=shift,
        remarks=[f"{attribute}: {remark}" for remark in fix.remarks],
        fold=model.held_out_.fold,
    )
    subjects = gathered.behaviour.subjects.take(pa.array(asked))
    silent, vocabulary = reason != "", gathered.behaviour.vocabulary
    tables: dict[str, _Made] = {
        "twins": partial(twins_table, subjects, attribute, classes, fix.probability, code),
        "silences": partial(
            silences_table, subjects.filter(pa.array(silent)), attribute, reason[silent]
        ),
        "twin_facts": partial(
            facts_table,
            subjects,
            attribute,
            classes,
            fix.probability,
            code,
            said,
            vocabulary,
            newest,
        ),
    }
    return told, tables


def _held_out(model: TwinsClassifier) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = model.held_out_
    return held.truth, held.probability, model.thresholds_.state(held.probability)
