"""Coding: the words that events hold, as numbers, and those numbers as columns.

A `Words` lists every word that some events hold, once; its order numbers them. The tables that lead
from a number to a column are made for those words only, so that they are as small for a visitor's
twenty events as they need be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.twins.coded import Tables
from connu.twins.features import pair_name
from connu.twins.paths import CATEGORY_LEVELS, PAGE_LEVELS, category_levels, page_levels
from connu.twins.vocabulary import Vocabulary

#: Categories between which transitions are told, at most; the most visited ones.
PAIRED = 4096


@dataclass(frozen=True)
class Words:
    """Every word once, in any fixed order.

    Attributes:
        products: product ids.
        categories: category paths as written; only such as have a level.
        pages: pages without their query.
        contexts: context → its raw values; `type` first.
    """

    products: pa.StringArray
    categories: pa.StringArray
    pages: pa.StringArray
    contexts: dict[str, pa.StringArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Levels:
    """Paths cut into levels.

    Attributes:
        names: per level, the distinct names, sorted.
        codes: int32 (paths, levels): a place in `names[level]`, or -1.
    """

    names: list[pa.StringArray]
    codes: np.ndarray

    @classmethod
    def of_categories(cls, paths: pa.StringArray) -> Levels:
        """Of category paths."""
        return cls._of([category_levels(path) for path in paths.to_pylist()], CATEGORY_LEVELS)

    @classmethod
    def of_pages(cls, pages: pa.StringArray) -> Levels:
        """Of pages."""
        return cls._of([page_levels(page) for page in pages.to_pylist()], PAGE_LEVELS)

    @classmethod
    def _of(cls, paths: list[list[str]], limit: int) -> Levels:
        depth = min(max(map(len, paths), default=0), limit)
        codes = np.full((len(paths), depth), -1, np.int32)
        names = []
        for level in range(depth):
            rows = [row for row, path in enumerate(paths) if len(path) > level]
            here = [paths[row][level] for row in rows]
            known = {name: code for code, name in enumerate(sorted(set(here)))}
            names.append(pa.array(list(known), pa.string()))
            codes[rows, level] = [known[name] for name in here]
        return cls(names, codes)

    def columns(self, vocabulary: Vocabulary, stem: str) -> np.ndarray:
        """int32 (paths, levels): the column of each level, -1 where there is none."""
        made = np.full(self.codes.shape, -1, np.int32)
        for level, names in enumerate(self.names):
            columns = vocabulary.columns_of(f"{stem} {level + 1}", names)
            codes = self.codes[:, level]
            made[:, level] = np.where(codes < 0, -1, columns[codes])
        return made

    def leaves(self) -> tuple[np.ndarray, list[str]]:
        """The narrowest level of each path: int32 places in the sorted names, and those."""
        ends: list[str] = [""] * len(self.codes)
        for level, names in enumerate(self.names):
            texts = names.to_pylist()
            for row in np.flatnonzero(self.codes[:, level] >= 0).tolist():
                ends[row] = texts[self.codes[row, level]]
        known = {name: code for code, name in enumerate(sorted(set(ends)))}
        return np.array([known[name] for name in ends], np.int32), list(known)

    def tops(self) -> tuple[np.ndarray, list[str]]:
        """The widest level of each path, as `leaves`."""
        if not self.names:
            return np.zeros(0, np.int32), []
        return self.codes[:, 0].copy(), self.names[0].to_pylist()


@dataclass(frozen=True)
class Ends:
    """The ends that transitions may have: a place for each category word, and their names."""

    place: np.ndarray
    names: list[str]

    def kept(self, weight: np.ndarray) -> Ends:
        """The `PAIRED` most visited ends; `weight`: (categories,) visits, of those with none gone.

        Ties go by name.
        """
        visits = np.zeros(len(self.names), np.int64)
        np.add.at(visits, self.place, weight)
        chosen = np.lexsort((np.arange(len(visits)), -visits))[:PAIRED]
        chosen = np.sort(chosen[visits[chosen] > 0])
        return self._only(chosen)

    def paired(self, vocabulary: Vocabulary, block: str) -> tuple[Ends, np.ndarray]:
        """The ends that a vocabulary has transitions between, and the columns of each two."""
        lefts, rights, columns = vocabulary.pairs(block)
        if len(self.names) ** 2 <= len(columns):
            names = pa.array([pair_name(a, b) for a in self.names for b in self.names], pa.string())
            size = len(self.names)
            return self, vocabulary.columns_of(block, names).reshape(size, size)
        ends = set(lefts) | set(rights)
        mine = self._only(np.array([p for p, n in enumerate(self.names) if n in ends], np.int64))
        known = {name: code for code, name in enumerate(mine.names)}
        table = np.full((len(known), len(known)), -1, np.int32)
        for left, right, column in zip(lefts, rights, columns.tolist(), strict=True):
            x, y = known.get(left, -1), known.get(right, -1)
            if x >= 0 and y >= 0:
                table[x, y] = column
        return mine, table

    def _only(self, chosen: np.ndarray) -> Ends:
        renumbered = np.full(len(self.names), -1, np.int32)
        renumbered[chosen] = np.arange(len(chosen), dtype=np.int32)
        place = renumbered[self.place] if len(self.place) else self.place
        return Ends(place, [self.names[place] for place in chosen.tolist()])


def tables_of(
    words: Words,
    vocabulary: Vocabulary,
    categories: Levels,
    pages: Levels,
    leaf: Ends,
    top: Ends,
    leaf_pairs: np.ndarray,
    top_pairs: np.ndarray,
) -> Tables:
    """The tables that counting needs, for the columns of a vocabulary."""
    rating = vocabulary.columns_of("ratings", words.products)
    mean = np.where(rating < 0, 0.0, vocabulary.means[np.maximum(rating, 0)])
    hours, days = (pa.array([str(i) for i in range(n)], pa.string()) for n in (24, 7))
    return Tables(
        product=vocabulary.columns_of("product", words.products),
        rating=rating,
        mean=mean,
        category=categories.columns(vocabulary, "category"),
        page=pages.columns(vocabulary, "page"),
        leaf=leaf.place,
        top=top.place,
        leaf_pairs=leaf_pairs,
        top_pairs=top_pairs,
        hour=vocabulary.columns_of("hour", hours),
        weekday=vocabulary.columns_of("weekday", days),
    )


def known_tables(words: Words, vocabulary: Vocabulary) -> Tables:
    """The tables for a vocabulary as it is; what it does not have is left out."""
    categories, pages = Levels.of_categories(words.categories), Levels.of_pages(words.pages)
    leaf, leaf_pairs = Ends(*categories.leaves()).paired(vocabulary, "transitions")
    top, top_pairs = Ends(*categories.tops()).paired(vocabulary, "top transitions")
    return tables_of(words, vocabulary, categories, pages, leaf, top, leaf_pairs, top_pairs)


def context_columns(
    vocabulary: Vocabulary, context: str, values: list[str | None] | pa.StringArray
) -> np.ndarray:
    """int32 columns of cleaned values of a context; -1 for what the vocabulary does not have."""
    names = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return vocabulary.columns_of(context, pc.fill_null(names, ""))
