"""Reading trails: from the tables of a build to what every subject did, in order.

Read through the engine: events become integers by SQL, those of one subject are brought together,
and a slice of subjects at a time is cleaned and appended to the columns of the trails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.clock import now_utc
from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent, Step
from connu.kernel.settings import Settings
from connu.know import trails_sql as sql
from connu.know.aside import (
    OLDEST,
    bot_events,
    colleagues,
    machines,
    newest_moment,
    repeated,
)
from connu.know.categories import Categories
from connu.know.orders import told_twice
from connu.know.roles import UNKNOWN, meanings
from connu.know.staff import staff_condition, staff_subjects
from connu.know.trails import Trails
from connu.know.visits import LONGEST_PAUSE, new_sessions
from connu.twins.behaviour import refused_behaviour
from connu.twins.learnable import learnable

SUBJECTS = pa.schema([("subject_kind", pa.string()), ("subject", pa.string())])
#: Events held at a time as they are cleaned.
_AT_ONCE = 2_000_000
_COLUMNS = {
    "time": np.int64,
    "session": np.int32,
    "product": np.int32,
    "category": np.int32,
    "role": np.int8,
    "value": np.float32,
}


def read_trails(
    engine: Engine,
    settings: Settings,
    *,
    events: str = "events",
    now: datetime | int | None = None,
    progress: Progress | None = None,
) -> Trails:
    """What everybody did, in order, without machines, colleagues, repeats and wrong clocks.

    Reads `events` and, where they are there, `event_customers`, `visitors`, `products`,
    `twin_refused`, `identities`, `normal` and `identifiers`. A customer's events are those tied to
    him; a visitor's are the untied ones of his cookie. Untied events behind a shared device and
    events without any subject concern nobody. Who refused (`twins.learnable`) is not in the trails;
    nor, of a health brand, what was looked at (`twins.behaviour.refused_behaviour`). Subjects of
    whom nothing is left are not in the trails.

    Times are µs in UTC: a span of so many days is so many times 24 hours, whatever clocks are set
    to in summer. The order of rows means nothing.

    Args:
        engine: where the tables are.
        settings: the brand's.
        events: the table of events.
        now: the moment the trails end: what happened at it or later is set aside. A time without
            zone is UTC; a number is µs since 1970. Just after the newest trustworthy event
            (`aside.newest_moment`) when absent.
        progress: who watches.

    Returns:
        The trails. `aside` counts events by reason (`no_subject`, `shared_device`, `refused`,
        `no_time`, `absurd_time`, `future`, `repeated`, `told_twice`, `bots`, `staff`), and subjects
        (`bot_subjects`, `staff_subjects`); a reason that did not occur is not in it.

    Cost: some 2.5 µs of processor time an event, which the engine's threads share but for 0.6;
    linear but for the engine's sort. Memory: 25 bytes an event for the trails, beside what the
    engine may hold ([engine] memory_gb) and some 0.3 GB of what is being read: 1.4 GB for 20
    million events.
    """
    reading = _Reading(engine, settings, events)
    try:
        with (progress or Silent()).stage("read what everybody did") as step:
            return reading.read(_micros(now), step)
    finally:
        for name in reading.made:
            engine.drop(name)


class _Reading:
    """One read: the tables made on the way are noted, to be dropped in the end."""

    def __init__(self, engine: Engine, settings: Settings, events: str) -> None:
        self.engine, self.settings, self.events = engine, settings, events
        self.made: list[str] = []
        self.aside: dict[str, int] = {}
        self.has: frozenset[str] = frozenset()

    def read(self, now: int | None, step: Step) -> Trails:
        engine = self.engine
        there = engine.has(self.events)
        self.has = frozenset(engine.columns(self.events) if there else ())
        self.has -= refused_behaviour(self.settings)
        products, of_product, price, tree = self._code_words()
        make = partial(
            Trails,
            products=products,
            product_category=of_product,
            price=price,
            categories=tree,
            aside=self.aside,
        )
        if not there:
            return _none(make, now or 0)
        self._code_events()
        step.note("coded")
        self._count(sql.counts_sql(OLDEST))
        until = self._newest() if now is None else now
        return self._fill(make, tree, self._lengths(until), until)

    # ------------------------------------------------------------------ words and events as numbers
    def _code_words(self) -> tuple[pa.StringArray, np.ndarray, np.ndarray, Categories]:
        """Number products, categories and types."""
        engine, has = self.engine, self.has
        refused = refused_behaviour(self.settings)
        listed = engine.has("products") and "product" not in refused
        price = listed and "price" in engine.columns("products")
        whole = engine.collect(
            sql.products_sql(
                events=self.events if "product" in has else None,
                listed=listed,
                price=price,
                category="category" in has,
                listed_category=listed
                and "category" not in refused
                and "category" in engine.columns("products"),
            )
        )
        words = self._distinct("category")
        told, seen = (whole[column].to_pylist() for column in ("listed", "seen"))
        tree = Categories.of(sorted({*words, *filter(None, told), *filter(None, seen)}))
        node, other = tree.nodes_of(told), tree.nodes_of(seen)
        of_product = np.where(node >= 0, node, other)
        products = _array(whole["product"])
        self._put(
            sql.PRODUCTS,
            pa.table(
                {
                    "word": products,
                    "code": pa.array(np.arange(len(products)), pa.int32()),
                    "node": pa.array(of_product, pa.int32()),
                    "listed": pa.array(node >= 0),
                }
            ),
        )
        nodes = pa.array(tree.nodes_of(words), pa.int32())
        self._put(sql.WORDS, pa.table({"word": pa.array(words, pa.string()), "node": nodes}))
        amounts = whole["price"].cast(pa.float32()).to_numpy(zero_copy_only=False)
        return products, of_product.astype(np.int32), amounts.astype(np.float32), tree

    def _code_events(self) -> None:
        engine, has = self.engine, self.has
        types, sources = (self._distinct(column) for column in ("type", "source"))
        found = meanings(types, self.settings.intents.roles)
        roles = {
            name: pa.array([getattr(meaning, name) for meaning in found], pa.int8())
            for name in ("product", "category", "bare")
        }
        self._put(sql.TYPES, pa.table({"word": pa.array(types, pa.string()), **roles}))
        ties = engine.has("event_customers")
        refused = {k: learnable(engine, k, "subject") for k in ("customer", "visitor")}
        self._run(
            sql.PLACES,
            sql.places_sql(
                events=self.events,
                ties=ties,
                visitors=engine.has("visitors"),
                refused=refused,
                cookies="anonymous_id" in has,
            ),
        )
        self._run(
            sql.CODED,
            sql.coded_sql(
                self.events,
                has,
                ties=ties,
                unknown=(UNKNOWN.product, UNKNOWN.category, UNKNOWN.bare),
                sources=sources,
                staff=staff_condition(engine, self.settings, self.events),
            ),
        )

    def _distinct(self, column: str) -> list[str]:
        if column not in self.has:
            return []
        words = self.engine.collect(sql.distinct_sql(column, self.events))["word"]
        return list(words.to_pylist())

    def _newest(self) -> int:
        days = self.engine.collect(sql.days_sql(OLDEST))
        day, events, subjects, last = (
            days[c].to_numpy() for c in ("day", "events", "subjects", "last")
        )
        return newest_moment(day, events, subjects, last, _micros(now_utc()) or 0)

    def _lengths(self, now: int) -> np.ndarray:
        """How many events each place has before `now`."""
        people = self.engine.collect(f"SELECT count(*) AS n FROM {sql.PLACES} WHERE place >= 0")
        lengths = np.zeros(people["n"][0].as_py(), np.int64)
        for batch in self.engine.batches(sql.lengths_sql(OLDEST, now)):
            lengths[batch.column("place").to_numpy()] = batch.column("n").to_numpy()
            self._set_aside("future", int(batch.column("later").to_numpy().sum()))
        return lengths

    # ------------------------------------------------------------------ trails
    def _fill(
        self, make: Callable[..., Trails], tree: Categories, lengths: np.ndarray, now: int
    ) -> Trails:
        """Clean the events, some subjects at a time."""
        total, places = int(lengths.sum()), len(lengths)
        columns = {name: np.empty(total, kind) for name, kind in _COLUMNS.items()}
        kept = np.zeros(places, np.int64)
        limit, leaves = bot_events(lengths), tree.leaves
        staff = staff_subjects(self.engine, self.settings, places)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        first = at = sessions = 0
        while first < places:
            heed()
            last = int(np.searchsorted(ends, ends[first] + _AT_ONCE, side="right")) - 1
            last = min(max(last, first + 1), places)
            if ends[last] > ends[first]:
                part = self._part(first, last, now, int(ends[last] - ends[first]))
                part = self._cleaned(part, staff[first:last], limit, leaves)
                rows = slice(at, at + len(part["time"]))
                for name, column in columns.items():
                    if name != "session":
                        column[rows] = part[name]
                columns["session"][rows] = sessions + np.cumsum(part["new"]) - 1
                sessions += int(part["new"].sum())
                kept[first:last] = np.bincount(part["place"], minlength=last - first)
                at = rows.stop
            first = last
        people = self.engine.collect(
            f"SELECT subject_kind, subject FROM {sql.PLACES} WHERE place >= 0 ORDER BY place"
        ).cast(SUBJECTS)
        there = kept > 0
        return make(
            subjects=people.filter(pa.array(there)),
            starts=np.concatenate([[0], np.cumsum(kept[there])]).astype(np.int64),
            now=now,
            **{name: column[:at] for name, column in columns.items()},
        )

    def _part(self, first: int, last: int, now: int, total: int) -> dict[str, np.ndarray]:
        """The events of the places first … last - 1 before `now`; places counted from 0."""
        part: dict[str, np.ndarray] = {
            name: np.empty(total, kind)
            for name, kind in {
                "place": np.int32,
                **_COLUMNS,
                "session": np.int32,
                "mark": np.int32,
                "source": np.int16,
            }.items()
        }
        at = 0
        for batch in self.engine.batches(sql.between_sql(first, last, OLDEST, now)):
            rows = slice(at, at + batch.num_rows)
            for name, column in part.items():
                column[rows] = batch.column(name).to_numpy(zero_copy_only=False)
            at = rows.stop
        part["place"] -= np.int32(first)
        return part

    def _cleaned(
        self, part: dict[str, np.ndarray], staff: np.ndarray, limit: int, leaves: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Without repeats, machines and colleagues; `new` says where sessions begin."""
        again = repeated(
            part["place"],
            part["time"],
            part["session"],
            part["role"],
            part["product"],
            part["category"],
            part["mark"],
        )
        self._set_aside("repeated", int(again.sum()))
        part = {name: column[~again] for name, column in part.items()}
        again = told_twice(
            part["place"],
            part["time"],
            part["role"],
            part["product"],
            part["source"],
            part["value"],
        )
        self._set_aside("told_twice", int(again.sum()))
        part = {name: column[~again] for name, column in part.items()}
        lengths = np.bincount(part["place"], minlength=len(staff))
        starts = np.concatenate([[0], np.cumsum(lengths)])
        bots = machines(
            starts,
            part["time"],
            part["role"],
            part["product"],
            part["category"],
            part["mark"],
            limit,
        )
        found = colleagues(starts, part["time"], part["role"], part["category"], leaves)
        staff = (staff | found) & (lengths > 0)
        bots &= ~staff
        for reason, who in (("bot", bots), ("staff", staff)):
            self._set_aside(f"{reason}_subjects", int(who.sum()))
            self._set_aside(reason.replace("bot", "bots"), int(lengths[who].sum()))
        people = ~(bots | staff)[part["place"]]
        part = {name: column[people] for name, column in part.items()}
        pause = self.settings.intents.session_minutes * 60_000_000
        part["new"] = new_sessions(
            part["place"], part["time"], part["session"], pause, LONGEST_PAUSE
        )
        return part

    # ------------------------------------------------------------------ on the way
    def _count(self, query: str) -> None:
        for row in self.engine.collect(query).to_pylist():
            self._set_aside(row["reason"], row["n"])

    def _set_aside(self, reason: str, n: int) -> None:
        if n:
            self.aside[reason] = self.aside.get(reason, 0) + n

    def _run(self, name: str, query: str) -> None:
        self.made.append(name)
        self.engine.run(name, query)

    def _put(self, name: str, table: pa.Table) -> None:
        self.made.append(name)
        self.engine.put(name, table)


def _none(make: Callable[..., Trails], now: int) -> Trails:
    columns = {name: np.zeros(0, kind) for name, kind in _COLUMNS.items()}
    return make(subjects=SUBJECTS.empty_table(), starts=np.zeros(1, np.int64), now=now, **columns)


def _micros(moment: datetime | int | None) -> int | None:
    """µs since 1970, UTC."""
    if moment is None or isinstance(moment, int):
        return moment
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _array(column: pa.ChunkedArray) -> pa.StringArray:
    return pa.concat_arrays([pa.array([], pa.string()), *column.cast(pa.string()).chunks])
