"""Learning a vocabulary: which features of what was read are worth a column.

What one subject alone did says nothing about another, so a feature needs two; the levels of a
category are kept even so, for through them a product seen once is understood. Every candidate has
a provisional column while it is counted; those that stay keep their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.twins.behaviour_sql import EVENTS, spread_sql
from connu.twins.coded import Tables
from connu.twins.coding import Ends, Levels, Words, tables_of
from connu.twins.context import context_value
from connu.twins.features import pair_name
from connu.twins.ratings import rating_means
from connu.twins.vocabulary import Vocabulary

#: Features of a block at most.
WIDEST = 1 << 18


@dataclass(frozen=True)
class Candidates:
    """Provisional columns: those of a vocabulary, then leaf × leaf, then top × top.

    Attributes:
        vocabulary: every feature but transitions.
        tables: from codes to provisional columns.
        leaf, top: the ends of transitions.
    """

    vocabulary: Vocabulary
    tables: Tables
    leaf: Ends
    top: Ends

    def __len__(self) -> int:
        return len(self.vocabulary) + len(self.leaf.names) ** 2 + len(self.top.names) ** 2

    def kept(self, seen: np.ndarray, subjects: int) -> tuple[Vocabulary, np.ndarray]:
        """The vocabulary that stays, and the provisional columns of its columns, ascending.

        Args:
            seen: (len(self),) subjects of each provisional column.
            subjects: that did anything.
        """
        given = self.vocabulary
        keep = np.zeros(len(self), bool)
        for block in given.blocks:
            had = seen[block.columns]
            if block.kind in ("items", "levels", "measures") or block.name == "type":
                keep[block.columns] = True
                continue
            chosen = _most(had, had >= 2)
            if len(chosen) == 1 and had[chosen[0]] == subjects:
                continue  # everybody's tells nobody apart
            keep[block.columns[chosen]] = True
        first = len(given)
        features = [given.names.take(pa.array(np.flatnonzero(keep[:first])))]
        blocks = [given.block_of.take(pa.array(np.flatnonzero(keep[:first])))]
        for name, ends in (("transitions", self.leaf), ("top transitions", self.top)):
            size = len(ends.names)
            had = seen[first : first + size**2]
            pairs = _most(had, had >= 2)
            keep[first + pairs] = True
            lefts, rights = (pairs // max(size, 1)).tolist(), (pairs % max(size, 1)).tolist()
            named = [
                pair_name(ends.names[a], ends.names[b]) for a, b in zip(lefts, rights, strict=True)
            ]
            features.append(pa.array(named, pa.string()))
            blocks.append(pa.array([name] * len(named), pa.string()))
            first += size**2
        columns = np.flatnonzero(keep)
        means = np.zeros(len(columns))
        before = columns < len(given)
        means[before] = given.means[columns[before]]
        vocabulary = Vocabulary(
            block_of=pa.concat_arrays(blocks),
            names=pa.concat_arrays(features),
            seen=seen[columns].astype(np.int64),
            means=means,
            catalogue=given.catalogue,
            rating_types=given.rating_types,
            bot_events=given.bot_events,
            without=given.without,
        )
        return vocabulary, columns


def candidates(
    engine: Engine,
    words: Words,
    brands: pa.StringArray,
    brand_of: np.ndarray,
    catalogue: pa.Table,
    *,
    rating_types: tuple[str, ...],
    bot_events: int,
    without: frozenset[str] = frozenset(),
) -> Candidates:
    """The features to count, out of the coded events of the engine.

    `brand_of`: int32, the brand of each product, -1 for none.

    Of products, pages and values more than `WIDEST` two subjects have, the most frequent stay.
    """
    features: list[tuple[str, pa.StringArray]] = []
    spread = _spread(engine, "product", len(words.products))
    n, low, high = spread
    features.append(("product", words.products.take(pa.array(_most(n, low < high)))))
    categories, pages = Levels.of_categories(words.categories), Levels.of_pages(words.pages)
    visits, low, high = _spread(engine, "category", len(words.categories))
    for level, names in enumerate(categories.names):
        n, _, _ = _gathered(categories.codes[:, level], len(names), visits, low, high)
        kept = _most(n, n >= 1)
        features.append((f"category {level + 1}", names.take(pa.array(kept))))
    n, a, b = _gathered(brand_of, len(brands), *spread)
    features.append(("brand", brands.take(pa.array(_most(n, a < b)))))
    for context, raw in words.contexts.items():
        values = _context_names(engine, context, raw)
        if context != "type" or len(values) > 1:
            features.append((context, values))
    spread = _spread(engine, "page", len(words.pages))
    for level, names in enumerate(pages.names):
        n, a, b = _gathered(pages.codes[:, level], len(names), *spread)
        features.append((f"page {level + 1}", names.take(pa.array(_most(n, a < b)))))
    features.append(("hour", pa.array([str(hour) for hour in range(24)])))
    features.append(("weekday", pa.array([str(day) for day in range(7)])))
    means = np.zeros(0)
    if rating_types:
        rated, means = rating_means(engine)
        features.append(("ratings", words.products.take(pa.array(rated))))
    vocabulary = Vocabulary.of(
        features,
        catalogue,
        rating_types=rating_types,
        bot_events=bot_events,
        without=without,
    )
    if len(means):
        vocabulary.means[len(vocabulary) - len(means) :] = means
    leaf = Ends(*categories.leaves()).kept(visits)
    # Of flat categories the widest level is the narrowest: told once.
    flat = len(categories.names) < 2
    top = Ends(*categories.tops()).kept(np.zeros_like(visits) if flat else visits)
    first = len(vocabulary)
    second = first + len(leaf.names) ** 2
    tables = tables_of(
        words,
        vocabulary,
        categories,
        pages,
        leaf,
        top,
        _squared(first, len(leaf.names)),
        _squared(second, len(top.names)),
    )
    return Candidates(vocabulary, tables, leaf, top)


def _squared(first: int, size: int) -> np.ndarray:
    return np.arange(first, first + size**2, dtype=np.int32).reshape(size, size)


def _most(weight: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The places allowed, ascending; of more than `WIDEST` the weightiest, ties by place."""
    places = np.flatnonzero(allowed)
    if len(places) > WIDEST:
        places = np.sort(places[np.lexsort((places, -weight[places]))[:WIDEST]])
    return places


def _spread(engine: Engine, column: str, words: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per word of a coded column: its events, its first and its last subject."""
    n = np.zeros(words, np.int64)
    low, high = np.full(words, np.iinfo(np.int64).max), np.full(words, -1, np.int64)
    # A catalogue names products though no event does.
    if words and column in engine.columns(EVENTS):
        found = engine.collect(spread_sql(column))
        codes = found["code"].to_numpy()
        for made, name in ((n, "n"), (low, "low"), (high, "high")):
            made[codes] = found[name].to_numpy()
    return n, low, high


def _gathered(
    node: np.ndarray, nodes: int, n: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`_spread` of the nodes that words belong to; `node`: (words,), -1 for none."""
    mine = node >= 0
    events = np.zeros(nodes, np.int64)
    first, last = np.full(nodes, np.iinfo(np.int64).max), np.full(nodes, -1, np.int64)
    np.add.at(events, node[mine], n[mine])
    np.minimum.at(first, node[mine], low[mine])
    np.maximum.at(last, node[mine], high[mine])
    return events, first, last


def _context_names(engine: Engine, context: str, raw: pa.StringArray) -> pa.StringArray:
    cleaned = [context_value(context, word) for word in raw.to_pylist()]
    names = sorted({value for value in cleaned if value is not None})
    known = {name: code for code, name in enumerate(names)}
    node = np.array([-1 if value is None else known[value] for value in cleaned], np.int64)
    n, low, high = _gathered(node, len(names), *_spread(engine, context, len(raw)))
    return pa.array(names, pa.string()).take(pa.array(_most(n, low < high)))
