"""The tables of what is told: facts where something is stated, silences where not, all shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from connu.ledger.facts import FACTS
from connu.ledger.twins import SILENCES, TWINS
from connu.twins.evidence import evidence_texts
from connu.twins.saying import Said
from connu.twins.vocabulary import Vocabulary


def twins_table(
    subjects: pa.Table,
    attribute: str,
    classes: Sequence[str],
    probability: np.ndarray,
    code: np.ndarray,
) -> pa.Table:
    """Every subject × value, shape TWINS.

    Args:
        subjects: subject_kind, subject (m).
        probability: float64 (m, k).
        code: int64 (m,): the value stated, −1: silence.
    """
    m, k = probability.shape
    each = pa.array(np.repeat(np.arange(m), k))
    columns = [
        subjects["subject_kind"].take(each),
        subjects["subject"].take(each),
        _same(attribute, m * k),
        pa.array(classes, pa.string()).take(pa.array(np.tile(np.arange(k), m))),
        pa.array(probability.ravel()),
        pa.array((code[:, None] == np.arange(k)).ravel()),
    ]
    return pa.table(columns, schema=TWINS)


def facts_table(
    subjects: pa.Table,
    attribute: str,
    classes: Sequence[str],
    probability: np.ndarray,
    code: np.ndarray,
    said: Said,
    vocabulary: Vocabulary,
    observed_at: object,
) -> pa.Table:
    """What is stated, shape FACTS; the evidence is told in counts and behaviours.

    Args:
        subjects, probability, code: as for `twins_table`.
        said: of the same subjects.
        observed_at: the time of the newest event, or None.
    """
    stated = np.flatnonzero(code >= 0)
    told, n = code[stated], len(stated)
    alike = np.rint(said.alike[stated, told] * said.twins).astype(np.int64)
    used, place = np.unique(said.reasons[stated], return_inverse=True)
    names = [vocabulary.describe(int(column)) for column in used if column >= 0]
    behaviours = place.reshape(said.reasons[stated].shape).astype(np.int32)
    behaviours -= len(used) - len(names)  # none, −1, sorts first
    evidence = evidence_texts(
        attribute, classes, told, alike, said.twins, said.nearness[stated], behaviours, names
    )
    whose = subjects.take(pa.array(stated))
    columns = [
        whose["subject_kind"],
        whose["subject"],
        _same(attribute, n),
        pa.array(classes, pa.string()).take(pa.array(told)),
        pa.array(probability[stated, told]),
        _same("twins", n),
        _same("twins", n),
        evidence,
        pa.array([observed_at], FACTS.field("observed_at").type).take(_firsts(n)),
    ]
    return pa.table(columns, schema=FACTS)


def silences_table(subjects: pa.Table, attribute: str, reason: str | np.ndarray) -> pa.Table:
    """Why nothing is stated of subjects (m), shape SILENCES; `reason`: one, or str (m,)."""
    m = subjects.num_rows
    words = _same(reason, m) if isinstance(reason, str) else pa.array(reason.tolist(), pa.string())
    columns = [subjects["subject_kind"], subjects["subject"], _same(attribute, m), words]
    return pa.table(columns, schema=SILENCES)


def _same(word: str, n: int) -> pa.Array:
    return pa.array([word], pa.string()).take(_firsts(n))


def _firsts(n: int) -> pa.Array:
    return pa.array(np.zeros(n, np.int64))
