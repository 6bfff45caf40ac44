"""Categories: the tree of the catalogue, every level of every path as a node with a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Categories:
    """The nodes of the tree, sorted by path.

    Attributes:
        paths: (k,) the path of each node, levels split by `/`: `Photo`, `Photo/Lenses` …
        ancestors: int32 (k, levels): the node's ancestors from the top down, itself included at
            its own depth; -1 below.
        depth: int32 (k,): 0 at the top.
    """

    paths: tuple[str, ...]
    ancestors: np.ndarray
    depth: np.ndarray

    def __len__(self) -> int:
        return len(self.paths)

    @classmethod
    def of(cls, paths: Sequence[str]) -> Categories:
        """The tree that these paths, cleaned or not, span; empty levels are left out.

        >>> Categories.of(["Photo/Lenses", "Photo"]).paths
        ('Photo', 'Photo/Lenses')
        """
        every: set[tuple[str, ...]] = set()
        for path in paths:
            parts = split_path(path)
            every.update(parts[: level + 1] for level in range(len(parts)))
        nodes = sorted(every, key="/".join)
        number = {node: place for place, node in enumerate(nodes)}
        levels = max((len(node) for node in nodes), default=1)
        ancestors = np.full((len(nodes), levels), -1, np.int32)
        for place, node in enumerate(nodes):
            for level in range(len(node)):
                ancestors[place, level] = number[node[: level + 1]]
        depth = np.array([len(node) - 1 for node in nodes], np.int32)
        return cls(tuple("/".join(node) for node in nodes), ancestors, depth)

    def nodes_of(self, paths: Sequence[str | None]) -> np.ndarray:
        """int32: the node of each path, -1 where there is none."""
        number = {path: place for place, path in enumerate(self.paths)}
        return np.array(
            [-1 if path is None else number.get("/".join(split_path(path)), -1) for path in paths],
            np.int32,
        )

    @property
    def parents(self) -> np.ndarray:
        """int32 (k,): the node above each, -1 at the top."""
        above = self.ancestors[np.arange(len(self)), np.maximum(self.depth - 1, 0)]
        return np.where(self.depth > 0, above, -1).astype(np.int32)

    @property
    def leaves(self) -> np.ndarray:
        """bool (k,): nodes without children."""
        leaf = np.ones(len(self), np.bool_)
        parents = self.parents
        leaf[parents[parents >= 0]] = False
        return leaf


def split_path(path: str) -> tuple[str, ...]:
    """The levels of a path, trimmed; empty ones left out.

    >>> split_path(" Photo / Lenses/")
    ('Photo', 'Lenses')
    """
    return tuple(part for part in (level.strip() for level in path.split("/")) if part)
