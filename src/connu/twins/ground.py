"""The ground: what the columns of a matrix are, and what all members share about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from connu.twins.members import Ground
from connu.twins.paths import category_levels
from connu.twins.spreading import spread_of
from connu.twins.thinning import thin
from connu.twins.vocabulary import Block, Kind

#: Numbers filled more than this are measures: nobody looks at half of all products.
_DENSE = 0.5
#: Ratings come in so many heights at most (0.5 to 5 by halves, 0 to 10).
_MOST_RATINGS = 11
#: Levels of categories at most.
_DEEPEST = 64


@dataclass(frozen=True, eq=False)
class Plan:
    """How a given matrix becomes columns that members understand.

    Attributes:
        blocks: over the columns made.
        parents: int32 (d',): the wider column, −1 without.
        levels: (d, levels) 0/1, what each given column adds to the columns of category levels.
        means: float32 (d,): where the numbers given are ratings, each column's mean. Whether
            something was rated and how far from its mean are then columns of their own.
    """

    blocks: tuple[Block, ...]
    parents: np.ndarray
    levels: sparse.csr_matrix | None
    means: np.ndarray | None = None

    @property
    def named(self) -> np.ndarray:
        """bool (d',): columns that evidence may name: what somebody did, not how much."""
        named = np.zeros(len(self.parents), np.bool_)
        for block in self.blocks:
            named[block.columns] = block.kind not in ("measures", "ratings")
        return named

    def raw(self, X: Any) -> sparse.csr_matrix:
        """The matrix as given, float32, CSR, sorted, nothing stored that is zero."""
        return _tidied(X)

    def columns(self, X: Any) -> sparse.csr_matrix:
        """The columns of X, of the category levels, of ratings: float32 (n, d'), CSR."""
        rows = self.raw(X)
        parts = [rows]
        if self.means is not None:
            parts = [_there(rows)]
        if self.levels is not None:
            parts.append(parts[0] @ self.levels)
        if self.means is not None:
            above = rows.data - self.means[rows.indices]
            parts.append(sparse.csr_matrix((above, rows.indices, rows.indptr), shape=rows.shape))
        if len(parts) == 1:
            return rows
        whole = sparse.hstack(parts, format="csr")
        whole.sort_indices()
        return whole

    def cut(self, X: Any, lengths: np.ndarray, keys: np.ndarray, seed: int) -> sparse.csr_matrix:
        """The columns of X with no more events than visitors have: see `thinning.thin`.

        What counts no events (measures, ratings) stays; a category counts what is left in it.
        """
        d = X.shape[1]
        counting = [b.columns for b in self.blocks if b.kind not in ("measures", "ratings")]
        groups = [columns[columns < d] for columns in counting if (columns < d).any()]
        wider = np.where(self.parents[:d] < d, self.parents[:d], -1)
        tied = wider if (wider >= 0).any() else None
        rows = self.raw(X)
        if not groups:
            return self.columns(rows)
        if self.means is None:
            return self.columns(thin(rows, lengths, keys, seed, groups, parents=tied))
        # One rating is one event, whatever its height.
        left = _there(thin(_there(rows), lengths, keys, seed, groups, parents=tied))
        return self.columns(rows.multiply(left).tocsr())

    def measures(self, counts: sparse.csr_matrix) -> np.ndarray:
        """The dense columns: float32 (n, measures)."""
        wanted = [block.columns for block in self.blocks if block.kind == "measures"]
        if not wanted:
            return np.zeros((counts.shape[0], 0), np.float32)
        return counts[:, np.concatenate(wanted)].toarray()


def planned(
    X: Any,
    blocks: Sequence[Block] | None,
    parents: np.ndarray | None,
    paths: Sequence[str | None] | None,
) -> Plan:
    """The plan for a matrix, as `TwinsClassifier` was told or as its numbers look.

    Raises:
        ValueError: blocks, parents or paths do not fit the columns, or exclude each other.
    """
    d = X.shape[1]
    unsaid = blocks is None and parents is None
    if blocks is None:
        grouped = parents is not None or paths is not None
        blocks = [Block("all", _kind_of(X, grouped), np.arange(d, dtype=np.int32))]
    else:
        named = np.concatenate([np.zeros(0, np.int64), *(b.columns for b in blocks)])
        if len(named) and not (named.min() >= 0 and named.max() < d):
            raise ValueError(f"a block names a column beyond the {d} there are")
        if len(np.unique(named)) < len(named):
            raise ValueError("a column is named twice: a column belongs to one block")
    wider = np.full(d, -1, np.int32)
    if parents is not None:
        if paths is not None:
            raise ValueError("give parents or paths, not both")
        wider = np.asarray(parents, np.int32)
        if wider.shape != (d,) or (len(wider) and wider.max() >= d):
            raise ValueError(f"parents need a column or -1 for each of the {d} columns")
        up = wider
        for _ in range(_DEEPEST):
            up = np.where(up >= 0, wider[up], -1)
        if (up >= 0).any():
            raise ValueError("parents go in a circle: a column cannot be wider than itself")
        return Plan(tuple(blocks), wider, None)
    plan = Plan(tuple(blocks), wider, None)
    if paths is not None:
        if len(paths) != d:
            raise ValueError(f"{len(paths)} paths for {d} columns")
        plan = _with_levels(tuple(blocks), wider, paths)
    return _with_ratings(plan, X) if unsaid and _rated(X) else plan


def _tidied(X: Any) -> sparse.csr_matrix:
    """float32, CSR, sorted, every cell once and none that is zero; the given one is left alone."""
    rows = sparse.csr_matrix(X, dtype=np.float32)
    if not rows.has_canonical_format or (rows.data == 0).any():
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    return rows


def _kind_of(X: Any, grouped: bool) -> Kind:
    """What columns look like that nobody says anything about; sparse and dense alike.

    Args:
        grouped: whether somebody says at least what category they are of.
    """
    numbers = _tidied(X).data
    filled = len(numbers) / max(1, X.shape[0] * X.shape[1])
    if filled > _DENSE and not grouped:
        return "measures"
    return "ratings" if (numbers < 0).any() else "items"


def _rated(X: Any) -> bool:
    """Whether numbers are ratings: a few whole numbers, of which the least is not the usual one.

    Of counts the least is the usual one: most people look at most things once.
    """
    values, many = np.unique(_tidied(X).data, return_counts=True)
    few = 3 <= len(values) <= _MOST_RATINGS and (values > 0).all()
    return bool(few and (values * 2 == np.round(values * 2)).all() and many.argmax() > 0)


def _with_ratings(plan: Plan, X: Any) -> Plan:
    """How far from its column's mean a rating is, as columns behind all others."""
    rows, d = plan.raw(X), X.shape[1]
    if plan.blocks[0].kind != "items":
        return plan
    many = np.maximum(np.bincount(rows.indices, minlength=d), 1)
    means = np.bincount(rows.indices, weights=rows.data, minlength=d) / many
    first = len(plan.parents)
    above = Block("ratings", "ratings", np.arange(first, first + d, dtype=np.int32))
    parents = np.concatenate([plan.parents, np.full(d, -1, np.int32)])
    return Plan((*plan.blocks, above), parents, plan.levels, means.astype(np.float32))


def _there(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """1 wherever something is stored."""
    ones = np.ones(len(rows.data), np.float32)
    return sparse.csr_matrix((ones, rows.indices, rows.indptr), shape=rows.shape)


def _with_levels(
    blocks: tuple[Block, ...], parents: np.ndarray, paths: Sequence[str | None]
) -> Plan:
    """The levels of the paths as columns behind the given ones, the widest level first."""
    d = len(parents)
    chains = [category_levels(path) if path else [] for path in paths]
    names = sorted({(depth, name) for chain in chains for depth, name in enumerate(chain)})
    column = {name: d + place for place, name in enumerate(names)}
    wider = np.full(d + len(names), -1, np.int32)
    pairs = []
    for given, chain in enumerate(chains):
        for depth, name in enumerate(chain):
            at = column[depth, name]
            pairs.append((given, at - d))
            wider[at] = column[depth - 1, chain[depth - 1]] if depth else -1
        if chain:
            wider[given] = column[len(chain) - 1, chain[-1]]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    levels = sparse.csr_matrix(
        (np.ones(len(pairs), np.float32), (rows, columns)), shape=(d, len(names))
    )
    depths = sorted({depth for depth, _ in names})
    added = [
        Block(
            f"level {depth + 1}",
            "levels",
            np.array([column[n] for n in names if n[0] == depth], np.int32),
        )
        for depth in depths
    ]
    return Plan((*blocks, *added), wider, levels)


def make_ground(plan: Plan, counts: sparse.csr_matrix) -> Ground:
    """What members share; counts (n, d') of everybody, known or not."""
    items = [block.columns for block in plan.blocks if block.kind == "items"]
    spread = None
    if items:
        made = spread_of(counts, np.sort(np.concatenate(items)))
        spread = made if made.nnz else None
    return Ground(blocks=plan.blocks, parents=plan.parents, spread=spread)
