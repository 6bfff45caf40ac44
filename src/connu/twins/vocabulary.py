"""The vocabulary: what every column of a behaviour means, for as long as a model lives.

Columns are only ever appended: a category that joins the catalogue gets a number after all others,
so that a model over the old columns stays valid. A feature is told by its block and its name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connu.kernel.errors import BuildError
from connu.twins.features import MEASURES, PAIR, feature_words, level_of
from connu.twins.paths import CATEGORY_LEVELS, category_levels

Kind = Literal["items", "levels", "context", "transitions", "ratings", "measures"]

CATALOGUE = pa.schema([("product", pa.string()), ("category", pa.string()), ("brand", pa.string())])
_FEATURES = pa.schema(
    [("block", pa.string()), ("name", pa.string()), ("seen", pa.int64()), ("mean", pa.float64())]
)
_VERSION = 1
#: From so many names on, a hash table of Arrow's is quicker than a dict's look-ups.
_MANY = 20_000


@dataclass(frozen=True)
class Block:
    """The columns of one kind of behaviour.

    Attributes:
        name: `product`, `category 2`, `hour` …
        kind: how its columns may be weighed.
        columns: int32, ascending; not a range once columns were appended.
    """

    name: str
    kind: Kind
    columns: np.ndarray


def kind_of(block: str) -> Kind:
    """The kind of a block, by its name.

    >>> kind_of("category 3"), kind_of("hour"), kind_of("top transitions")
    ('levels', 'context', 'transitions')
    """
    kinds: dict[str, Kind] = {
        "measures": "measures",
        "product": "items",
        "ratings": "ratings",
        "transitions": "transitions",
        "top transitions": "transitions",
    }
    return kinds.get(block, "levels" if block.startswith("category ") else "context")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What each of d columns means. The first columns are always the measures.

    Attributes:
        block_of: str (d,): the block of each column.
        names: str (d,): its name in the block: a product, a path, an hour.
        seen: int64 (d,): how many subjects had it where it was learnt.
        means: float64 (d,): what a rating is told from; zero elsewhere.
        catalogue: product, category, brand: where a product belongs, sorted by product.
        rating_types: event types whose value is a rating.
        bot_events: a subject of more events is no person's.
        without: columns of events and contexts that must not be read.
    """

    block_of: pa.StringArray
    names: pa.StringArray
    seen: np.ndarray
    means: np.ndarray
    catalogue: pa.Table
    rating_types: tuple[str, ...] = ()
    bot_events: int = 10_000
    without: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        features: Sequence[tuple[str, pa.StringArray]],
        catalogue: pa.Table | None = None,
        *,
        rating_types: tuple[str, ...] = (),
        bot_events: int = 10_000,
        without: frozenset[str] = frozenset(),
    ) -> Vocabulary:
        """The measures, then these blocks in order, each with its names."""
        all_features = [("measures", pa.array(list(MEASURES), pa.string())), *features]
        blocks = [pa.array([block], pa.string()).take(_zeros(len(n))) for block, n in all_features]
        names = pa.concat_arrays([names for _, names in all_features])
        return cls(
            block_of=pa.concat_arrays(blocks),
            names=names,
            seen=np.zeros(len(names), np.int64),
            means=np.zeros(len(names)),
            catalogue=CATALOGUE.empty_table() if catalogue is None else catalogue,
            rating_types=rating_types,
            bot_events=bot_events,
            without=without,
        )

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order in which they first occur."""
        coded = self.block_of.dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False)
        return tuple(
            Block(name, kind_of(name), np.flatnonzero(codes == code).astype(np.int32))
            for code, name in enumerate(coded.dictionary.to_pylist())
        )

    def block(self, name: str) -> Block:
        """A block by its name; without columns when it has none."""
        found = next((block for block in self.blocks if block.name == name), None)
        return found or Block(name, kind_of(name), np.zeros(0, np.int32))

    def kinds(self, *kinds: Kind) -> np.ndarray:
        """The columns of these kinds: int32, ascending."""
        chosen = [block.columns for block in self.blocks if block.kind in kinds]
        return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int32)

    def columns_of(self, block: str, names: pa.StringArray) -> np.ndarray:
        """The columns of names in a block: int32, -1 for a name it does not have.

        Cost: a dict's look-up a name; of many names, 50 ns each.
        """
        held = self.block(block).columns
        if not len(held) or not len(names):
            return np.full(len(names), -1, np.int32)
        if len(names) < _MANY:
            known = self._by_name(block)
            return np.array([known.get(name, -1) for name in names.to_pylist()], np.int32)
        place = pc.fill_null(pc.index_in(names, value_set=self.names.take(pa.array(held))), -1)
        place = place.to_numpy(zero_copy_only=False)
        return np.where(place < 0, -1, held[np.maximum(place, 0)]).astype(np.int32)

    def pairs(self, block: str) -> tuple[list[str], list[str], np.ndarray]:
        """The features of a block of transitions: from, to, column."""
        if block not in self._pairs:
            columns = self.block(block).columns
            split = [n.split(PAIR, 1) for n in self.names.take(pa.array(columns)).to_pylist()]
            self._pairs[block] = ([a for a, _ in split], [b for _, b in split], columns)
        return self._pairs[block]

    def belonging(self, product: str) -> tuple[str | None, str | None]:
        """The category and the brand of a product, as the catalogue says."""
        place = self._products.get(product)
        if place is None:
            return None, None
        return self.catalogue["category"][place].as_py(), self.catalogue["brand"][place].as_py()

    def describe(self, column: int) -> str:
        """A column in words, for evidence: `category shoes`, `from shoes to bags`."""
        block, name = self.block_of[column].as_py(), self.names[column].as_py()
        inside = self.belonging(name)[0] if block in ("product", "ratings") else None
        return feature_words(block, name, inside)

    @cached_property
    def parents(self) -> np.ndarray:
        """int32 (d,): the column one level wider (of a product: its category); -1: none."""
        found = np.full(len(self), -1, np.int32)
        for block in self.blocks:
            names = self.names.take(pa.array(block.columns))
            level = level_of(block.name)
            if level > 1:
                wider = pc.replace_substring_regex(names, "/[^/]*$", "")
                stem = block.name.rsplit(" ", 1)[0]
                found[block.columns] = self.columns_of(f"{stem} {level - 1}", wider)
            elif block.kind in ("items", "ratings"):
                found[block.columns] = self._categories_of(names)
        return found

    def extended(self, other: Vocabulary) -> Vocabulary:
        """These columns as they are, then the other's that are new; the other's catalogue.

        The measures and what a rating is told from stay, so a model over these columns means the
        same on either: give it `matrix[:, :len(old)]`.
        """
        known = set(zip(self.block_of.to_pylist(), self.names.to_pylist(), strict=True))
        theirs = zip(other.block_of.to_pylist(), other.names.to_pylist(), strict=True)
        new = np.array([place for place, f in enumerate(theirs) if f not in known], np.int64)
        return Vocabulary(
            block_of=pa.concat_arrays([self.block_of, other.block_of.take(pa.array(new))]),
            names=pa.concat_arrays([self.names, other.names.take(pa.array(new))]),
            seen=np.concatenate([self.seen, other.seen[new]]),
            means=np.concatenate([self.means, other.means[new]]),
            catalogue=_merged(other.catalogue, self.catalogue),
            rating_types=tuple(sorted({*self.rating_types, *other.rating_types})),
            bot_events=self.bot_events,
            without=self.without | other.without,
        )

    def with_catalogue(self, catalogue: pa.Table) -> Vocabulary:
        """The same columns over a newer catalogue: a new product speaks through its category.

        Products that the newer one does not have stay.
        """
        merged = _merged(catalogue, self.catalogue)
        return self if merged.equals(self.catalogue) else replace(self, catalogue=merged)

    def save(self, folder: Path) -> None:
        """Write `features.parquet` and `catalogue.parquet` into a folder, made when absent."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "version": _VERSION,
            "rating_types": self.rating_types,
            "bot_events": self.bot_events,
            "without": sorted(self.without),
        }
        columns = [self.block_of, self.names, self.seen, self.means]
        table = pa.table(dict(zip(_FEATURES.names, columns, strict=True)), schema=_FEATURES)
        table = table.replace_schema_metadata({"connu": json.dumps(told)})
        pq.write_table(table, folder / "features.parquet", compression="zstd")
        pq.write_table(self.catalogue, folder / "catalogue.parquet", compression="zstd")

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read what `save` wrote.

        Raises:
            BuildError: it is not there, or another version of connu wrote it.
        """
        try:
            table = pq.read_table(folder / "features.parquet").combine_chunks()
            catalogue = pq.read_table(folder / "catalogue.parquet").combine_chunks()
            told = json.loads((table.schema.metadata or {})[b"connu"])
            if told["version"] != _VERSION:
                raise KeyError("version")
        except (OSError, pa.ArrowException, KeyError, ValueError):
            raise BuildError(
                "the vocabulary of behaviours cannot be read",
                hint="build again: it is learnt anew",
                file=folder,
            ) from None
        return cls(
            block_of=_whole(table["block"]),
            names=_whole(table["name"]),
            seen=table["seen"].to_numpy().copy(),
            means=table["mean"].to_numpy().copy(),
            catalogue=catalogue,
            rating_types=tuple(told["rating_types"]),
            bot_events=int(told["bot_events"]),
            without=frozenset(told["without"]),
        )

    # ------------------------------------------------------------------ within
    @cached_property
    def _names(self) -> dict[str, dict[str, int]]:
        return {}

    @cached_property
    def _pairs(self) -> dict[str, tuple[list[str], list[str], np.ndarray]]:
        return {}

    @cached_property
    def _products(self) -> dict[str, int]:
        return {p: place for place, p in enumerate(self.catalogue["product"].to_pylist())}

    def _by_name(self, block: str) -> dict[str, int]:
        if block not in self._names:
            columns = self.block(block).columns
            names = self.names.take(pa.array(columns)).to_pylist()
            self._names[block] = dict(zip(names, columns.tolist(), strict=True))
        return self._names[block]

    def _categories_of(self, products: pa.StringArray) -> np.ndarray:
        """The narrowest known category of each product: int32, -1 for none."""
        place = pc.fill_null(pc.index_in(products, value_set=self.catalogue["product"]), -1)
        place = place.to_numpy(zero_copy_only=False)
        if not self.catalogue.num_rows:
            return np.full(len(products), -1, np.int32)
        coded = _whole(self.catalogue["category"]).dictionary_encode()
        code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        paths = [category_levels(text) for text in coded.dictionary.to_pylist()]
        best = np.full(len(paths) + 1, -1, np.int32)  # the last: no category
        for level in range(1, CATEGORY_LEVELS + 1):
            deep = [number for number, path in enumerate(paths) if len(path) >= level]
            named = pa.array([paths[number][level - 1] for number in deep], pa.string())
            found = self.columns_of(f"category {level}", named)
            best[np.array(deep, np.int64)] = np.where(found >= 0, found, best[deep])
        return best[np.where(place < 0, -1, code[np.maximum(place, 0)])]


def _merged(newer: pa.Table, older: pa.Table) -> pa.Table:
    """The newer catalogue, and what only the older has; sorted by product."""
    gone = pc.invert(pc.is_in(older["product"], value_set=newer["product"].combine_chunks()))
    both = pa.concat_tables([newer, older.filter(gone)])
    return both.sort_by("product").combine_chunks()


def _whole(column: pa.ChunkedArray) -> pa.StringArray:
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _zeros(count: int) -> pa.Array:
    return pa.array(np.zeros(count, np.int32))
