"""How common each value is: two records that share a rare value are more surely one person.

Part of the model: under one model a value keeps its rarity while records come and go, so that
adding a record changes no other pair's evidence. Values are kept as hashes, never as texts.

Source: Newcombe et al. (1959); term-frequency adjustment in Fellegi & Sunter (1969).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit

from connu.identify.encoding import Records
from connu.identify.strings import Words

NAME, PLACE = "name", "place"


@dataclass
class Rarity:
    """Counts of values among the records the model was learnt from.

    Attributes:
        size: number of those records.
        hashes: group → uint64 [values], sorted; values that stand once are left out.
        counts: group → int32 [values].
        collision: group → the chance that two random holders hold the same value.
    """

    size: int
    hashes: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    collision: dict[str, float]

    @classmethod
    def of(cls, records: Records) -> Rarity:
        """Count the values of these records."""
        groups = {NAME: records.names, PLACE: records.places, **records.values, **records.keys}
        hashes, counts, collision = {}, {}, {}
        for group, column in groups.items():
            often = column.counts > 1
            hashed = hash_words(*_parts(column.words))[often]
            order = np.argsort(hashed, kind="stable")
            hashes[group] = hashed[order]
            counts[group] = column.counts[often][order]
            share = column.counts / max(column.counts.sum(), 1)
            collision[group] = float((share**2).sum())
        return cls(records.size, hashes, counts, collision)

    def count(self, group: str, words: Words) -> np.ndarray:
        """How often each word stands, at least once: int32 [words]."""
        known = self.hashes.get(group)
        if known is None or len(known) == 0 or len(words) == 0:
            return np.ones(len(words), np.int32)
        hashed = hash_words(*_parts(words))
        at = np.minimum(np.searchsorted(known, hashed), len(known) - 1)
        return np.where(known[at] == hashed, self.counts[group][at], 1).astype(np.int32)

    def bits(self, group: str, words: Words) -> np.ndarray:
        """−log2 of the share of records that hold each word: float32 [words]."""
        share = np.minimum(self.count(group, words), self.size) / max(self.size, 1)
        return -np.log2(np.maximum(share, 1e-12)).astype(np.float32)

    def surplus(self, group: str, words: Words, holders: int) -> np.ndarray:
        """Bits by which agreeing on each word says more than agreeing on an average one."""
        share = self.count(group, words) / max(holders, 1)
        return np.log2(max(self.collision.get(group, 0.0), 1e-12) / share).astype(np.float64)

    def to_table(self) -> pa.Table:
        """The counts as an Arrow table: group, hash, count."""
        groups = sorted(self.hashes)
        return pa.table(
            {
                "group": np.repeat(groups, [len(self.hashes[g]) for g in groups])
                if groups
                else pa.array([], pa.string()),
                "hash": np.concatenate([self.hashes[g] for g in groups] or [np.zeros(0, "u8")]),
                "count": np.concatenate([self.counts[g] for g in groups] or [np.zeros(0, "i4")]),
            }
        )

    @classmethod
    def from_table(cls, table: pa.Table, size: int, collision: dict[str, float]) -> Rarity:
        """The inverse of to_table."""
        group = np.asarray(table["group"].to_pylist(), dtype=object)
        hashed, count = table["hash"].to_numpy(), table["count"].to_numpy()
        hashes, counts = {}, {}
        for name in collision:
            mine = group == name
            order = np.argsort(hashed[mine], kind="stable")
            hashes[name] = hashed[mine][order]
            counts[name] = count[mine][order].astype(np.int32)
        return cls(size, hashes, counts, collision)


def _parts(words: Words) -> tuple[np.ndarray, np.ndarray]:
    return words.data, words.offsets


@njit(cache=True, nogil=True)
def hash_words(data, offsets):
    """FNV-1a (64 bits, then mixed) of every word: uint64 [words]. Source: Fowler, Noll & Vo."""
    out = np.empty(offsets.size - 1, np.uint64)
    for w in range(out.size):
        h = np.uint64(0xCBF29CE484222325)
        for k in range(offsets[w], offsets[w + 1]):
            h = (h ^ np.uint64(data[k])) * np.uint64(0x100000001B3)
        h ^= h >> np.uint64(32)
        out[w] = h * np.uint64(0x9E3779B97F4A7C15)
    return out
