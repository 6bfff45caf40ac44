"""Behaviour: what subjects did, as rows of counts that a model can be learnt on.

Read through the engine: events become integers by SQL, a slice of subjects at a time is counted,
and a million visitors are one sparse matrix. One visitor online is read by `online.behaviour_of`,
through the same counting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.govern.sensitive import refused
from connu.kernel.settings import Settings
from connu.twins import behaviour_sql as sql
from connu.twins.coded import NO_SESSION, NO_TIME, Events, Rows, Tables
from connu.twins.coding import Levels, Words, context_columns, known_tables
from connu.twins.context import context_value, keys_by_context
from connu.twins.counting import count_rows
from connu.twins.learning import Candidates, candidates
from connu.twins.ratings import rating_types
from connu.twins.squeezing import count_columns, squeezed
from connu.twins.vocabulary import CATALOGUE, Vocabulary

SUBJECTS = pa.schema([("subject_kind", pa.string()), ("subject", pa.string())])
#: Events held at a time as they are counted.
_AT_ONCE = 6_000_000
#: A subject is a machine from so many events on, or from so many times the usual number.
_BOT_EVENTS, _BOT_TIMES = 10_000, 1_000


@dataclass(frozen=True)
class Behaviour:
    """What n subjects did, in d features.

    Attributes:
        subjects: subject_kind, subject, sorted by both.
        matrix: float32 (n, d), CSR: whole counts, but for the measures and the ratings, which are
            told from the product's mean. A row without events, or a bot's, is empty.
        vocabulary: what the columns mean.
        events: int64 (n,) how many events each subject has.
        bots: bool (n,) more events than a person makes: nothing is to be said of them.
        known_share: float32 (n,) of the events that name a product or a category (where none does:
            a page, else a type), the share whose name the vocabulary knows; 0 without events.
    """

    subjects: pa.Table
    matrix: sparse.csr_matrix
    vocabulary: Vocabulary
    events: np.ndarray
    bots: np.ndarray
    known_share: np.ndarray

    def __len__(self) -> int:
        return len(self.events)

    def take(self, rows: np.ndarray) -> Behaviour:
        """These rows, by number or by mask."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Behaviour(
            subjects=self.subjects.take(pa.array(chosen)),
            matrix=self.matrix[chosen],
            vocabulary=self.vocabulary,
            events=self.events[chosen],
            bots=self.bots[chosen],
            known_share=self.known_share[chosen],
        )


def refused_behaviour(settings: Settings) -> frozenset[str]:
    """The columns of events that a brand may not tell anything from, to give as `without`.

    A health brand's products and categories say what its customers suffer from.
    """
    words = ("product", "category", "brand", "page", "type", "session")
    return frozenset(word for word in words if refused(word, settings, extrapolate=True))


def read_behaviour(
    engine: Engine,
    subjects: str,
    *,
    vocabulary: Vocabulary | None = None,
    events: str = "events",
    without: Collection[str] = (),
    threads: int = 2,
) -> Behaviour:
    """What the subjects of a table did.

    Reads `events` and, where they are there, `event_customers` and `products`. A customer's events
    are those tied to him; a visitor's are the untied ones of his cookie.

    Args:
        subjects: a table or view of the engine: subject_kind (`customer`, `visitor`), subject.
        vocabulary: the columns to fill; features it does not have are ignored. Without, one is
            learnt. Its catalogue is brought up to date either way: see `Behaviour.vocabulary`.
        events: the table of events to read: all, or the thinned ones of `thinning`.
        without: columns of events, or contexts, to leave out: see `refused_behaviour`.
        threads: that count at a time.

    Cost: some 1.7 µs of processor time an event: 34 s for a million visitors of 20 events, which
    two threads share. Memory: the matrix (0.9 GB there) and about 0.6 GB of what is being read.
    """
    reading = _Reading(engine, vocabulary, frozenset(without), threads)
    try:
        return reading.read(subjects, events)
    finally:
        for name in reading.made:
            engine.drop(name)


class _Reading:
    """One read: the tables made on the way are noted, to be dropped in the end."""

    def __init__(
        self, engine: Engine, vocabulary: Vocabulary | None, without: frozenset[str], threads: int
    ) -> None:
        self.engine, self.given, self.threads = engine, vocabulary, threads
        self.without = without | (vocabulary.without if vocabulary else frozenset())
        self.made: list[str] = []
        self.columns: list[str] = []
        self.brands = pa.array([], pa.string())
        self.brand_of = np.zeros(0, np.int32)
        self.catalogue = CATALOGUE.empty_table()
        self.rating_types: tuple[str, ...] = ()

    def read(self, subjects: str, events: str) -> Behaviour:
        engine = self.engine
        self._run(sql.PLACES, sql.places_sql(subjects))
        people = engine.collect(
            f"SELECT subject_kind, subject FROM {sql.PLACES} ORDER BY place"
        ).cast(SUBJECTS)
        words = None
        if people.num_rows and engine.has(events):
            self.made.append(sql.READ)
            engine.view(sql.READ, f"SELECT * FROM {quoted(events)}")
            words = self._code_events()
        lengths = np.zeros(people.num_rows, np.int64)
        if words is not None:
            for batch in engine.batches(f"SELECT place FROM {sql.EVENTS}"):
                count_columns(batch.column("place").to_numpy(), lengths)
        limit = self._bot_events(lengths)
        bots = lengths > limit
        if words is None:
            words = Words(*(pa.array([], pa.string()) for _ in range(3)))
        self._put(sql.BOTS, pa.table({"place": pa.array(np.flatnonzero(bots), pa.int32())}))
        if self.given is None:
            learnt = self._learn(words, limit)
            provisional, tables, width = learnt.vocabulary, learnt.tables, len(learnt)
        else:
            learnt = None
            provisional = self.given.with_catalogue(self.catalogue)
            tables, width = known_tables(words, provisional), len(provisional)
        counted = np.where(bots, 0, lengths)
        parts = list(self._count(words, provisional, tables, counted))
        seen = np.zeros(width, np.int32)
        for part in parts:
            count_columns(part.columns, seen)
        if learnt is None:
            final, kept = provisional, np.arange(width)
        else:
            final, kept = learnt.kept(seen, int((counted > 0).sum()))
        known = np.concatenate([part.known_share for part in parts] or [np.zeros(0, np.float32)])
        return Behaviour(
            subjects=people,
            matrix=squeezed(parts, seen, kept, self.threads),
            vocabulary=final,
            events=lengths,
            bots=bots,
            known_share=known,
        )

    # ------------------------------------------------------------------ events as integers
    def _code_events(self) -> Words | None:
        """Make `behaviour_events`: the words of events, numbered, and the events in numbers."""
        engine = self.engine
        there = set(engine.columns(sql.READ))
        useful = ("session", "product", "category", "page", "type", "attributes", "value")
        asked = [c for c in useful if c in there and c not in self.without]
        counts = engine.collect(sql.filled_sql(asked)).to_pylist()[0] if asked else {}
        filled = [column for column in asked if counts[column]]
        categories, products = self._code_products(filled)
        pages = self._words(sql.pages_sql()) if "page" in filled else _none()
        if "page" in filled:
            self._put_words("page", pages)
        keys: dict[str, tuple[str, ...]] = {"type": ()} if "type" in filled else {}
        if "attributes" in filled:
            names = engine.collect(sql.keys_sql())["key"].to_pylist()
            keys |= keys_by_context(names)
        keys = {context: found for context, found in keys.items() if context not in self.without}
        contexts = {}
        for context, columns in keys.items():
            contexts[context] = self._words(sql.words_sql(sql.context_sql(context, columns)))
            self._put_words(context, contexts[context])
        if {"value", "type", "product"} <= set(filled):
            given = self.given
            self.rating_types = rating_types(engine) if given is None else given.rating_types
        self._run(
            sql.EVENTS,
            sql.coded_sql(filled, keys, self.rating_types, ties=engine.has("event_customers")),
        )
        self.columns = engine.columns(sql.EVENTS)
        return Words(products, categories, pages, contexts)

    def _code_products(self, filled: list[str]) -> tuple[pa.StringArray, pa.StringArray]:
        """Number categories and products; a product's row says its category and its brand."""
        engine, listed = self.engine, self.engine.has("products")
        whole = self._remembered(
            engine.collect(
                sql.catalogue_sql(
                    listed=listed, products="product" in filled, category="category" in filled
                )
            )
        )
        if "product" in self.without:
            whole = CATALOGUE.empty_table()
        for column in {"category", "brand"} & self.without:
            place = whole.schema.get_field_index(column)
            whole = whole.set_column(place, column, pa.nulls(whole.num_rows, pa.string()))
        words = self._words(sql.words_sql("e.category")) if "category" in filled else _none()
        listed_categories = whole["category"].unique().drop_null()
        both = sorted({*words.to_pylist(), *listed_categories.to_pylist()})
        every = pa.array(both, pa.string())
        useful = Levels.of_categories(every).codes
        categories = every.filter(pa.array((useful >= 0).any(axis=1)))
        self._put_words("category", categories)
        self.brands = _sorted(whole["brand"].unique().drop_null())
        products = _array(whole["product"])
        numbered = pa.table(
            {
                "word": products,
                "code": pa.array(np.arange(len(products)), pa.int32()),
                "category": pc.index_in(_array(whole["category"]), value_set=categories),
            }
        )
        self._put(sql.words_table("product"), numbered)
        brand = pc.index_in(_array(whole["brand"]), value_set=self.brands)
        self.brand_of = brand.fill_null(-1).to_numpy()
        placed = pc.or_(pc.is_valid(whole["category"]), pc.is_valid(whole["brand"]))
        self.catalogue = whole.filter(placed).combine_chunks()
        return categories, products

    def _remembered(self, read: pa.Table) -> pa.Table:
        """The catalogue read; what it does not list is as the vocabulary's says, if that does."""
        category, brand = read["category"], read["brand"]
        if self.given is not None:
            held = self.given.catalogue
            place = pc.index_in(read["product"], value_set=held["product"].combine_chunks())
            before = held["category"].take(place)
            trusted = pc.or_(read["listed"], pc.is_null(before))
            category = pc.if_else(trusted, category, before)
            brand = pc.coalesce(brand, held["brand"].take(place))
        columns = dict(zip(CATALOGUE.names, (read["product"], category, brand), strict=True))
        return pa.table(columns).cast(CATALOGUE)

    # ------------------------------------------------------------------ vocabulary
    def _bot_events(self, lengths: np.ndarray) -> int:
        if self.given is not None:
            return self.given.bot_events
        active = lengths[lengths > 0]
        usual = float(np.median(active)) if len(active) else 0.0
        return max(_BOT_EVENTS, int(_BOT_TIMES * usual))

    def _learn(self, words: Words, limit: int) -> Candidates:
        return candidates(
            self.engine,
            words,
            self.brands,
            self.brand_of,
            self.catalogue,
            rating_types=self.rating_types,
            bot_events=limit,
            without=self.without,
        )

    # ------------------------------------------------------------------ counting
    def _count(
        self, words: Words, vocabulary: Vocabulary, tables: Tables, lengths: np.ndarray
    ) -> Iterator[Rows]:
        """The rows of all subjects, some of them at a time."""
        to_column = self._context_columns(words, vocabulary)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        first = 0
        while first < len(lengths):
            last = int(np.searchsorted(ends, ends[first] + _AT_ONCE, side="right")) - 1
            last = min(max(last, first + 1), len(lengths))
            yield count_rows(self._events(first, last, lengths, to_column), tables, self.threads)
            first = last

    def _context_columns(self, words: Words, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
        """Per context of the coded events, `type` first: from codes to columns; the last: none."""
        made = {"type": np.array([-1], np.int32)}
        for context, raw in words.contexts.items():
            cleaned = [context_value(context, word) for word in raw.to_pylist()]
            columns = context_columns(vocabulary, context, cleaned)
            made[context] = np.append(columns, np.int32(-1))
        if len(self.brands):
            columns = context_columns(vocabulary, "brand", self.brands)
            # Read by its product's code, so that no event need carry it.
            made["brand"] = np.append(np.append(columns, np.int32(-1))[self.brand_of], np.int32(-1))
        return made

    def _events(
        self, first: int, last: int, lengths: np.ndarray, to_column: dict[str, np.ndarray]
    ) -> Events:
        total = int(lengths[first:last].sum())
        codes = {
            name: np.full(total, -1, np.int32) for name in ("place", "product", "category", "page")
        }
        codes["time"] = np.full(total, NO_TIME, np.int64)
        codes["session"] = np.full(total, NO_SESSION, np.int64)
        codes["value"] = np.full(total, np.nan)
        contexts = np.full((total, len(to_column)), -1, np.int32)
        at = 0
        batches = (
            self.engine.batches(sql.between_sql(self.columns, first, last)) if total else iter(())
        )
        for batch in batches:
            place = batch.column("place").to_numpy()
            counted = lengths[place] > 0
            every = counted.all()
            rows = slice(at, at + int(counted.sum()))
            for name, made in codes.items():
                if name in self.columns:
                    read = batch.column(name).to_numpy(zero_copy_only=False)
                    made[rows] = read if every else read[counted]
            for number, (context, columns) in enumerate(to_column.items()):
                coded = "product" if context == "brand" else context
                if coded in self.columns:
                    read = batch.column(coded).to_numpy()
                    contexts[rows, number] = columns[read if every else read[counted]]
            at = rows.stop
        codes["place"] -= np.int32(first)
        return Events(**codes, contexts=contexts, subjects=last - first)

    # ------------------------------------------------------------------ tables on the way
    def _run(self, name: str, query: str) -> None:
        self.made.append(name)
        self.engine.run(name, query)

    def _put(self, name: str, table: pa.Table) -> None:
        self.made.append(name)
        self.engine.put(name, table)

    def _words(self, query: str) -> pa.StringArray:
        return _array(self.engine.collect(query)["word"])

    def _put_words(self, column: str, words: pa.StringArray) -> None:
        code = pa.array(np.arange(len(words)), pa.int32())
        self._put(sql.words_table(column), pa.table({"word": words, "code": code}))


def _none() -> pa.StringArray:
    return pa.array([], pa.string())


def _array(column: pa.ChunkedArray) -> pa.StringArray:
    return pa.concat_arrays(column.cast(pa.string()).chunks) if column.num_chunks else _none()


def _sorted(column: pa.ChunkedArray | pa.Array) -> pa.StringArray:
    return pa.array(sorted(column.to_pylist()), pa.string())
