"""Gathering: who is known by what, and what everybody did, read once for all attributes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.settings import Settings
from connu.twins.behaviour import Behaviour, read_behaviour, refused_behaviour
from connu.twins.chance import subject_keys
from connu.twins.learnable import REFUSED, make_subjects
from connu.twins.thinning import thinned_events_sql
from connu.twins.vocabulary import Vocabulary

#: Visitors from whom on the length of visits is known.
_FEWEST_VISITORS = 100
_THINNED, _KNOWN, _VISITS = "twin_thinned_events", "twin_known_subjects", "twin_visits"


@dataclass(frozen=True, eq=False)
class Gathered:
    """What twins are learnt from and told of.

    Attributes:
        behaviour: of every subject, known or not.
        visitor: bool (n,): a visitor; else a customer.
        keys: uint64 (n,): whose the rows are.
        short: the behaviour of known customers, cut to the lengths of visits, in the same rows
            (others' are empty); None without visitors.
        refused: uint64, ascending: keys of those who are neither learnt from nor told about.
    """

    behaviour: Behaviour
    visitor: np.ndarray
    keys: np.ndarray
    short: sparse.csr_matrix | None
    refused: np.ndarray

    @cached_property
    def behaved(self) -> np.ndarray:
        """bool (n,): something was seen of him that a person does."""
        return (self.behaviour.events > 0) & ~self.behaviour.bots

    def known(self, engine: Engine, attribute: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows (int64, ascending) of the customers known by an attribute, and their values (str).

        Whoever did nothing that teaches, too: `behaved` says who.
        """
        told = engine.collect(
            f"SELECT customer_id, value FROM known WHERE attribute = {literal(attribute)}"
            " ORDER BY customer_id"
        )
        customers = np.flatnonzero(~self.visitor)
        subjects = self.behaviour.subjects["subject"].take(pa.array(customers))
        place = pc.index_in(told["customer_id"].combine_chunks(), value_set=_whole(subjects))
        there = pc.is_valid(place).to_numpy(zero_copy_only=False)
        rows = customers[pc.drop_null(place).to_numpy()]
        values = np.array(told["value"].to_pylist(), dtype=object)[there]
        order = np.argsort(rows, kind="stable")
        return rows[order].astype(np.int64), values[order].astype(str)


def gather(engine: Engine, settings: Settings, vocabulary: Vocabulary | None = None) -> Gathered:
    """Read behaviour of all subjects, and the known customers' as short as visits.

    Reads `known`, `events`, `event_customers`, `visitors`, `products`, `twin_refused` where it is.
    Makes nothing that stays.

    Args:
        vocabulary: that of models which are kept; learnt when absent.
    """
    make_subjects(engine)
    without = refused_behaviour(settings)
    whole = read_behaviour(engine, "twin_subjects", vocabulary=vocabulary, without=without)
    visitor = pc.equal(whole.subjects["subject_kind"], "visitor").to_numpy(zero_copy_only=False)
    short = None
    visits = whole.events[visitor & (whole.events > 0) & ~whole.bots]
    if len(visits) >= _FEWEST_VISITORS:
        short = _short(engine, settings, whole, visits)
    engine.drop("twin_subjects")
    return Gathered(whole, visitor, _keys(whole.subjects), short, _refused(engine))


def _keys(subjects: pa.Table) -> np.ndarray:
    """Whose rows of subjects are: uint64 (n,)."""
    return subject_keys(
        pc.binary_join_element_wise(subjects["subject_kind"], subjects["subject"], "\x1f")
    )


def _refused(engine: Engine) -> np.ndarray:
    if not engine.has(REFUSED):
        return np.zeros(0, np.uint64)
    return np.sort(_keys(engine.collect(f"SELECT subject_kind, subject FROM {REFUSED}")))


def _short(
    engine: Engine, settings: Settings, whole: Behaviour, visits: np.ndarray
) -> sparse.csr_matrix | None:
    """Known customers' behaviour from events cut to visits' lengths, in the rows of all.

    The lengths are those of visitors of whom something is told: no machine's, nobody's who refused.
    """
    engine.put(_VISITS, pa.table({"events": pa.array(visits)}))
    engine.run(
        _KNOWN,
        "SELECT subject_kind, subject FROM twin_subjects WHERE known AND subject_kind = 'customer'",
    )
    engine.run(
        _THINNED,
        thinned_events_sql(
            seed=settings.twins.seed,
            known=f"SELECT subject AS customer_id FROM {_KNOWN}",
            lengths=f"SELECT events FROM {_VISITS}",
        ),
    )
    cut = read_behaviour(
        engine,
        _KNOWN,
        vocabulary=whole.vocabulary,
        events=_THINNED,
        without=refused_behaviour(settings),
    )
    for name in (_THINNED, _KNOWN, _VISITS):
        engine.drop(name)
    if not len(cut):
        return None
    customers = np.flatnonzero(
        pc.equal(whole.subjects["subject_kind"], "customer").to_numpy(zero_copy_only=False)
    )
    place = pc.index_in(
        _whole(cut.subjects["subject"]),
        value_set=_whole(whole.subjects["subject"].take(pa.array(customers))),
    ).to_numpy()
    n = len(whole)
    put = sparse.csr_matrix(
        (np.ones(len(cut), np.float32), (customers[place], np.arange(len(cut)))),
        shape=(n, len(cut)),
    )
    made = (put @ cut.matrix).tocsr()
    made.sort_indices()
    return made


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
