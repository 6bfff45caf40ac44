"""Cross-fitting: what twins say of known customers by models that never saw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.kernel.errors import UsageError
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.twins.classifier import TwinsClassifier
from connu.twins.correcting import stated_only
from connu.twins.gathering import Gathered, gather
from connu.twins.known import make_known
from connu.twins.learner import FEWEST_KNOWN, learn, learnt_values, most_others

#: The fold of whoever is not in a file of folds; no file can write it.
_LEFT_OUT = "\x00out"


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """What was said of n known customers unseen.

    Attributes:
        subjects: subject_kind, subject, sorted.
        classes: the values, sorted.
        truth: int64 (n,) codes into the classes.
        probability: float64 (n, k).
        fold: str (n,) the fold each was judged in.
        stated: int64 (n,) the code stated, −1: silence.
    """

    subjects: pa.Table
    classes: list[str]
    truth: np.ndarray
    probability: np.ndarray
    fold: np.ndarray
    stated: np.ndarray


def cross_fit(
    engine: Engine,
    settings: Settings,
    attribute: str,
    folds: pa.Table | None = None,
    *,
    progress: Progress | None = None,
) -> CrossFitted:
    """Learn on all folds but one and tell of that one, fold after fold.

    The held people's behaviour is read as visitors' is: it may teach what goes together, their
    answers are hidden. Their histories stay whole; so do those that are calibrated on.

    Args:
        engine: a build's tables; twin_refused where somebody refused.
        settings: the brand's.
        attribute: one that twins tell.
        folds: subject (a customer), fold; a fold of NULL is only learnt on; who is not in it is
            not used. connu deals five when absent, as a build does.
        progress: who watches.

    Raises:
        UsageError: nobody, or too few, are known by the attribute; nobody is left to learn from.
    """
    progress = progress or Silent()
    make_known(engine, settings)
    gathered = gather(engine, settings)
    rows, values = gathered.known(engine, attribute)
    rows, values = rows[gathered.behaved[rows]], values[gathered.behaved[rows]]
    fold = _folds(gathered, rows, folds)
    used = fold != _LEFT_OUT
    rows, values, fold = rows[used], values[used], fold[used]
    kept, reason = learnt_values(values)
    if reason:
        raise UsageError(
            f"«{attribute}» cannot be judged: {len(rows)} known customers with behaviour, "
            f"{len(np.unique(values))} values",
            hint=f"it takes {FEWEST_KNOWN} of two values: connu scorecard says who is known",
            attribute=attribute,
        )
    rows, values, fold = rows[kept], values[kept], fold[kept]
    classes, truth = np.unique(values, return_inverse=True)
    if folds is None:
        model = _learnt(gathered, settings, attribute, rows, values, rows[:0])
        held = model.held_out_
        order = np.argsort(held.rows)
        judged, probability = held.rows[order], held.probability[order]
        thresholds = stated_only(attribute, [str(v) for v in classes], model.thresholds_)
        stated = thresholds.state(probability)
        # Of connu's own folds each is judged by his own models.
        fold = np.array([f"own {number}" for number in held.fold[order].tolist()], dtype=object)
    else:
        judged, probability, stated = _by_folds(
            gathered, settings, attribute, rows, values, fold, progress
        )
        fold = fold[judged]
    return CrossFitted(
        subjects=gathered.behaviour.subjects.take(pa.array(rows[judged])),
        classes=[str(value) for value in classes],
        truth=truth[judged],
        probability=probability,
        fold=fold,
        stated=stated,
    )


def _by_folds(
    gathered: Gathered,
    settings: Settings,
    attribute: str,
    rows: np.ndarray,
    values: np.ndarray,
    fold: np.ndarray,
    progress: Progress,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    classes = np.unique(values)
    probability = np.zeros((len(rows), len(classes)))
    stated = np.full(len(rows), -1)
    words = sorted(set(fold.tolist()) - {""})
    with progress.stage(f"judge {attribute}", total=len(words)) as step:
        for word in words:
            held = fold == word
            if held.all():
                raise UsageError(
                    f"«{attribute}» cannot be judged: everybody is in the fold «{word}»",
                    hint="learn on one fold and judge another: give at least two",
                    attribute=attribute,
                )
            model = _learnt(gathered, settings, attribute, rows[~held], values[~held], rows[held])
            told = model.tell(gathered.behaviour.matrix[rows[held]])
            # A value nobody learnt from has no column, and no probability.
            place = np.searchsorted(classes, model.classes_)
            probability[np.ix_(np.flatnonzero(held), place)] = told.probability
            learnt = [str(value) for value in model.classes_]
            code = stated_only(attribute, learnt, model.thresholds_).state(told.probability)
            stated[held] = np.where(code >= 0, place[code], -1)
            step.advance(1)
    judged = np.flatnonzero(fold != "")
    return judged, probability[judged], stated[judged]


def _learnt(
    gathered: Gathered,
    settings: Settings,
    attribute: str,
    rows: np.ndarray,
    values: np.ndarray,
    held: np.ndarray,
) -> TwinsClassifier:
    others = most_others(gathered, rows, settings.twins.seed)
    others = np.union1d(others, held)
    return learn(gathered, settings, attribute, rows, values, others, short=False)


def _folds(gathered: Gathered, rows: np.ndarray, folds: pa.Table | None) -> np.ndarray:
    """The fold of each row as text: empty for those only learnt on, _LEFT_OUT for the others."""
    if folds is None:
        return np.full(len(rows), "own", dtype=object)
    subjects = gathered.behaviour.subjects["subject"].take(pa.array(rows)).combine_chunks()
    place = pc.index_in(subjects, value_set=folds["subject"].combine_chunks())
    there = pc.is_valid(place).to_numpy(zero_copy_only=False)
    words = np.array(["" if w is None else w for w in folds["fold"].to_pylist()], dtype=object)
    found = np.full(len(rows), _LEFT_OUT, dtype=object)
    found[there] = words[pc.drop_null(place).to_numpy()]
    return found
