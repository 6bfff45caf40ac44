"""The model of affinities: what was learnt of everybody, and how anybody's shares are told by it.

The shares of a depth sum to one over its nodes and the nodes above at which a path ends; a parent's
share is the sum of its children's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.know.affinity_mass import event_masses, mass_keys, parents_of, repeat_room
from connu.know.affinity_telling import COUNTS, FIGURES, tell_slice
from connu.know.categories import Categories
from connu.know.trails import ROLES, Trails

#: Told only where the share exceeds the base rate by a quarter at least so surely.
SURE = 0.8
#: Subjects told in one go; bounds the buffers.
_SLICE = 20_000
#: What every node counts for among its siblings, in subjects: Jeffreys' half.
_UNSEEN = 0.5
_MOST_SHARES = 20_000_000
_FORMAT = 1


@dataclass(frozen=True)
class AffinityModel:
    """What was learnt of everybody; tells anybody's affinities.

    Attributes:
        half_life_days: after which an event says half as much.
        weight: (6,) by role, in views.
        strength: (levels,) views that the base rate counts for among siblings.
        stray: (levels,) share of anybody's sessions that follow the base rate alone.
        scale: (levels,) draws that a view is worth, at most one, when it is said how sure a share
            is.
        paths: (k,) of the categories. voices: float64 (k,): subjects of each node.
        people: subjects, each counting for the levels he was seen at, on whom was judged what
            weights of an earlier cut say; 0 where nobody came back. log_loss, base_log_loss: of
            where these went after the newest cut, the earlier weights' and the base rate's.
    """

    half_life_days: float
    weight: np.ndarray
    strength: np.ndarray
    stray: np.ndarray
    scale: np.ndarray
    paths: tuple[str, ...]
    voices: np.ndarray
    people: float
    log_loss: float
    base_log_loss: float

    def tell(self, trails: Trails, *, top: int = 10, sure: float = SURE) -> pa.Table:
        """The nodes that stand out for each subject, strongest first within a depth.

        Ranked by what a node adds to the divergence of his shares from everybody's,
        share × ln(share / base rate): strong and his own.

        Args:
            trails: one subject's or everybody's, over a tree that may have changed since.
            top: rows per subject and depth. sure: 0–1.

        Returns:
            place, node int32; depth int32; share, lift float64; rank int32 (from 1); surely
            float32 (0–1: that the share exceeds the base rate by a quarter); events, of_events (all
            of his in known categories), sessions, of_sessions int32; first, last int64 (µs).
            Sorted by place, depth, rank. The base rate is share / lift.

        Cost: one walk along the events, 0.3 µs each with the tail of every node that may stand out;
        68 bytes a row: `batches` where all together are too many.
        """
        return pa.concat_tables(self.batches(trails, top=top, sure=sure))

    def batches(self, trails: Trails, *, top: int = 10, sure: float = SURE) -> Iterator[pa.Table]:
        """What `tell` tells, in tables of 20,000 subjects; one at least, maybe empty.

        Raises:
            UsageError: less than one row is asked for.
        """
        if top < 1:
            raise UsageError("top is less than one row", hint="ask for one row or more", top=top)
        tree = trails.categories
        levels = tree.ancestors.shape[1]
        above = parents_of(tree.ancestors, tree.depth)
        prior, base = self.base_rates(tree)
        strength, stray, scale = (
            deepened(values, levels) for values in (self.strength, self.stray, self.scale)
        )
        keys, room = mass_keys(trails)
        seen, times = repeat_room(room)
        rows = min(_SLICE, max(len(trails), 1)) * levels * top
        rows = min(rows, max(len(trails.time), 1) * levels)
        counts = np.empty((rows, len(COUNTS)), np.int32)
        figures, since = np.empty((rows, len(FIGURES))), np.empty((rows, 2), np.int64)
        for first in range(0, max(len(trails), 1), _SLICE):
            told = tell_slice(
                first,
                min(first + _SLICE, len(trails)),
                trails.starts,
                trails.time,
                trails.session,
                keys,
                trails.category,
                trails.role,
                trails.now,
                np.log(2.0) / self.half_life_days,
                self.weight,
                tree.ancestors,
                tree.depth,
                above,
                prior,
                base,
                strength,
                stray,
                scale,
                sure,
                top,
                seen,
                times,
                counts,
                figures,
                since,
            )
            yield _table(counts[:told], figures[:told], since[:told], tree.depth)

    def shares(self, trails: Trails) -> np.ndarray:
        """float64 (n, k): every subject's share of every node, untouched ones too.

        For few subjects or few categories; `tell` holds no such matrix.

        Raises:
            UsageError: more than 20 million shares.
        """
        tree = trails.categories
        if len(trails) * len(tree) > _MOST_SHARES:
            raise UsageError(
                "so many subjects and categories have no place in memory",
                hint="take a slice of the subjects",
                subjects=len(trails),
                categories=len(tree),
            )
        prior, _ = self.base_rates(tree)
        levels = tree.ancestors.shape[1]
        strength, stray = (deepened(values, levels) for values in (self.strength, self.stray))
        keys, room = mass_keys(trails)
        rate = np.log(2.0) / self.half_life_days
        mass = event_masses(
            trails.starts,
            trails.time,
            trails.session,
            keys,
            trails.role,
            trails.now,
            rate,
            self.weight,
            *repeat_room(room),
        )
        known = trails.category >= 0
        own = np.zeros((len(trails), len(tree)))
        for level in range(tree.ancestors.shape[1]):
            at = np.where(known, tree.ancestors[trails.category, level], -1) if len(tree) else known
            here = known & (at >= 0)
            np.add.at(own, (trails.place[here], at[here]), mass[here])
        above = parents_of(tree.ancestors, tree.depth)
        whole = np.zeros((len(trails), len(tree) + 1))
        for node, wider in enumerate(above.tolist()):
            whole[:, wider] += own[:, node]
        share = np.ones((len(trails), len(tree) + 1))
        for node in np.argsort(tree.depth, kind="stable").tolist():
            s, lost = strength[tree.depth[node]], stray[tree.depth[node]]
            part = (own[:, node] + s * prior[node]) / (whole[:, above[node]] + s)
            part = (1.0 - lost) * part + lost * prior[node]
            share[:, node] = share[:, above[node]] * part
        return share[:, :-1]

    def base_rates(self, tree: Categories) -> tuple[np.ndarray, np.ndarray]:
        """float64 (k,) each: everybody's rate among a node's siblings, and among its depth.

        A node that the model has not seen counts for half a subject.
        """
        known = dict(zip(self.paths, self.voices, strict=True))
        voices = np.array([known.get(path, 0.0) for path in tree.paths]) + _UNSEEN
        above = parents_of(tree.ancestors, tree.depth)
        whole = np.bincount(above + 1, voices, minlength=len(tree) + 1)
        prior = voices / whole[above + 1]
        base = np.ones(len(tree))
        for level in range(tree.ancestors.shape[1]):
            at = tree.ancestors[:, level]
            base[at >= 0] *= prior[at[at >= 0]]
        return prior, base

    def to_json(self) -> str:
        """Everything learnt, as text."""
        shape: dict[str, Any] = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in vars(self).items()
        }
        shape["weight"] = dict(zip(ROLES, shape["weight"], strict=True))
        return json.dumps({"format": _FORMAT} | shape)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model whose `to_json` gave the text.

        Raises:
            UsageError: it is none.
        """
        try:
            shape = json.loads(text)
            if shape.pop("format") != _FORMAT:
                raise ValueError
            shape["weight"] = [shape["weight"][role] for role in ROLES]
            for name in ("weight", "strength", "stray", "scale", "voices"):
                shape[name] = np.array(shape[name], np.float64)
            shape["paths"] = tuple(shape["paths"])
            return cls(**shape)
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise UsageError(
                "the file holds no model of affinities that this version reads",
                hint="build the brand anew",
            ) from broken


def deepened(values: np.ndarray, levels: int) -> np.ndarray:
    """As many levels as asked: the deepest known stands for deeper ones."""
    return values[np.minimum(np.arange(levels), len(values) - 1)]


def _table(
    counts: np.ndarray, figures: np.ndarray, since: np.ndarray, depth: np.ndarray
) -> pa.Table:
    """Buffers as a table of its own; they may be filled again."""
    held = {name: counts[:, i].copy() for i, name in enumerate(COUNTS)}
    share, lift, surely = (figures[:, i].copy() for i in range(len(FIGURES)))
    columns = {
        "place": held["place"],
        "node": held["node"],
        "depth": depth[held["node"]].astype(np.int32),
        "share": share,
        "lift": lift,
        "rank": held["rank"],
        "surely": surely.astype(np.float32),
        "events": held["events"],
        "of_events": held["of_events"],
        "sessions": held["sessions"],
        "of_sessions": held["of_sessions"],
        "first": since[:, 0].copy(),
        "last": since[:, 1].copy(),
    }
    return pa.table({name: pa.array(values) for name, values in columns.items()})
