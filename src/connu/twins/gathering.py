"""Gathering: who is known by what, and what everybody did, read once for all attributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.settings import Settings
from connu.twins.behaviour import Behaviour, read_behaviour, refused_behaviour
from connu.twins.chance import subject_keys
from connu.twins.learnable import make_subjects
from connu.twins.thinning import thinned_events_sql
from connu.twins.vocabulary import Vocabulary

#: Visitors from whom on the length of visits is known.
_FEWEST_VISITORS = 100
_THINNED, _KNOWN = "twin_thinned_events", "twin_known_subjects"


@dataclass(frozen=True, eq=False)
class Gathered:
    """What twins are learnt from and told of.

    Attributes:
        behaviour: of every subject, known or not.
        visitor: bool (n,): a visitor; else a customer.
        keys: uint64 (n,): whose the rows are.
        short: the behaviour of known customers, cut to the lengths of visits, in the same rows
            (others' are empty); None without visitors.
    """

    behaviour: Behaviour
    visitor: np.ndarray
    keys: np.ndarray
    short: sparse.csr_matrix | None

    def labels(self, engine: Engine, attribute: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows (int64, ascending) of the customers known by an attribute, and their values (str).

        Only of whom something was seen that a person does.
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
        rows, values = rows[order], values[order]
        useful = (self.behaviour.events[rows] > 0) & ~self.behaviour.bots[rows]
        return rows[useful], values[useful].astype(str)


def gather(engine: Engine, settings: Settings, vocabulary: Vocabulary | None = None) -> Gathered:
    """Read behaviour of all subjects, and the known customers' as short as visits.

    Reads `known`, `events`, `event_customers`, `visitors`, `products`. Makes nothing that stays.
    """
    make_subjects(engine)
    without = refused_behaviour(settings)
    whole = read_behaviour(engine, "twin_subjects", vocabulary=vocabulary, without=without)
    visitor = pc.equal(whole.subjects["subject_kind"], "visitor").to_numpy(zero_copy_only=False)
    kinds = pc.binary_join_element_wise(
        whole.subjects["subject_kind"], whole.subjects["subject"], "\x1f"
    )
    short = None
    if ((whole.events > 0) & visitor).sum() >= _FEWEST_VISITORS:
        short = _short(engine, settings, whole)
    engine.drop("twin_subjects")
    return Gathered(whole, visitor, subject_keys(kinds), short)


def _short(engine: Engine, settings: Settings, whole: Behaviour) -> sparse.csr_matrix | None:
    """Known customers' behaviour from events cut to visits' lengths, in the rows of all."""
    engine.run(
        _KNOWN,
        "SELECT subject_kind, subject FROM twin_subjects WHERE known AND subject_kind = 'customer'",
    )
    engine.run(
        _THINNED,
        thinned_events_sql(
            seed=settings.twins.seed, known=f"SELECT subject AS customer_id FROM {_KNOWN}"
        ),
    )
    cut = read_behaviour(
        engine,
        _KNOWN,
        vocabulary=whole.vocabulary,
        events=_THINNED,
        without=refused_behaviour(settings),
    )
    engine.drop(_THINNED)
    engine.drop(_KNOWN)
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
