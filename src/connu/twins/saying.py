"""Saying: what a learnt model says of all those asked about, and why nothing is said of some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.twins.classifier import TwinsClassifier
from connu.twins.correcting import Correction
from connu.twins.gathering import Gathered
from connu.twins.shift import DomainCheck, ShiftReport
from connu.twins.vocabulary import Kind

#: Subjects told at a time.
_AT_ONCE = 50_000
#: Visitors compared with the known people.
_MOST_COMPARED = 20_000
#: What everybody does in some hour says nothing of a visitor: kinds of columns that do.
_TELLING: tuple[Kind, ...] = ("items", "levels", "ratings")


@dataclass(frozen=True, eq=False)
class Said:
    """What is said of m subjects of one attribute.

    Attributes:
        probability: float64 (m, k), calibrated.
        alike: float32 (m, k): heads among the twins by value, shares of them.
        nearness: float64 (m,): 1 at no distance, towards 0 far away.
        reasons: int32 (m, 3): columns that speak most for the likeliest value, −1 without.
        unlike: bool (m,): like nobody known.
        twins: how many each has.
    """

    probability: np.ndarray
    alike: np.ndarray
    nearness: np.ndarray
    reasons: np.ndarray
    unlike: np.ndarray
    twins: int


def compared(gathered: Gathered, model: TwinsClassifier, asked: np.ndarray) -> DomainCheck:
    """The domain check of visitors against the known people as they were judged."""
    seen = asked[gathered.visitor[asked] & gathered.behaved[asked]]
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


def say(gathered: Gathered, model: TwinsClassifier, asked: np.ndarray, check: DomainCheck) -> Said:
    """What the model says of those asked about (rows, one at least), part by part."""
    parts: list[tuple[np.ndarray, ...]] = []
    twins = 0
    for first in range(0, len(asked), _AT_ONCE):
        telling = model.tell(gathered.behaviour.matrix[asked[first : first + _AT_ONCE]])
        m, twins = telling.twins.shape
        nearness, unlike = np.zeros(m), np.zeros(m, np.bool_)
        if twins:
            distance = np.sqrt(np.maximum(telling.distance.astype(np.float64), 0.0))
            nearness = 1.0 / (1.0 + distance.mean(axis=1))
            unlike = check.unlike(telling.place, telling.distance)
        parts.append((telling.probability, telling.alike, nearness, telling.reasons, unlike))
    probability, alike, near, columns, unlike = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Said(probability, alike, near, columns, unlike, twins)


def reasons(
    gathered: Gathered,
    asked: np.ndarray,
    known: np.ndarray,
    said: Said,
    shift: ShiftReport | None,
    fix: Correction,
) -> np.ndarray:
    """Why nothing is said of each: str (m,), empty where something is; the first that holds.

    Args:
        asked: rows of the subjects (m,).
        known: rows of the people the model knows.
        shift: how like them the visitors are, None without visitors.
        fix: what is told, and from which probability on.
    """
    behaviour = gathered.behaviour
    shifted = gathered.visitor[asked] & bool(shift is not None and shift.silent)
    shared = _shared(gathered, known)[asked]
    rules = (
        ("bot", behaviour.bots[asked]),
        ("no_behaviour", behaviour.events[asked] == 0),
        ("unknown_behaviour", (behaviour.known_share[asked] == 0) | (shared == 0)),
        ("shifted", shifted),
        ("not_alike", said.unlike),
        ("not_promised", ~fix.promised),
        ("not_sure", fix.state() < 0),
    )
    return np.select([holds for _, holds in rules], [word for word, _ in rules], default="")


def _shared(gathered: Gathered, known: np.ndarray) -> np.ndarray:
    """Share of what each subject did that somebody known did too: float64 (n,), 1 of nothing.

    Of products and categories; of everything countable where behaviour has neither.
    """
    matrix, vocabulary = gathered.behaviour.matrix, gathered.behaviour.vocabulary
    columns = vocabulary.kinds(*_TELLING)
    if not len(columns):
        columns = vocabulary.kinds("context", "transitions")
    wanted = np.zeros(matrix.shape[1])
    wanted[columns] = 1.0
    done = np.bincount(matrix[known].indices, minlength=matrix.shape[1]) > 0
    there = matrix.copy()
    there.data = np.ones_like(there.data)
    total, shared = there @ wanted, there @ (wanted * done)
    return np.divide(shared, total, out=np.ones_like(total), where=total > 0)
