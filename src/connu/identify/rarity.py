"""How common each value is: two records that share a rare value are more surely one person.

Part of the model: under one model a value keeps its rarity while records come and go, so that
adding a record changes no other pair's evidence. Values are kept as hashes, never as texts.

Source: Newcombe et al. (1959); term-frequency adjustment in Fellegi & Sunter (1969).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from connu.identify.encoding import FIRST, Records
from connu.identify.strings import Words

#: Groups of tokens; every value column and identifier type is a group of its own.
NAME, GIVEN, FAMILY, PLACE = "name", "name as given", "name as family", "place"
_GIVEN, _FAMILY, _BOTH = 1, 2, 3


@dataclass
class Rarity:
    """Counts of values among the records the model was learnt from.

    Attributes:
        size: number of those records.
        hashes: group → uint64 [values], sorted; values that stand once are left out.
        counts: group → int32 [values].
        collision: group → the chance that two random holders hold the same value.
        holders: group → how many records hold a value.
    """

    size: int
    hashes: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    collision: dict[str, float]
    holders: dict[str, int]

    @classmethod
    def of(cls, records: Records) -> Rarity:
        """Count the values of these records."""
        names = records.names
        groups = {
            NAME: (names.words, names.counts),
            GIVEN: (names.words, names.counts_as(_GIVEN)),
            FAMILY: (names.words, names.counts_as(_FAMILY)),
            PLACE: (records.places.words, records.places.counts),
        }
        for name, column in (records.values | records.keys).items():
            groups[name] = (column.words, column.counts)
        hashes, counts, collision, holders = {}, {}, {}, {}
        for group, (words, count) in groups.items():
            often = count > 1
            hashed = hash_words(words.data, words.offsets)[often]
            order = np.argsort(hashed, kind="stable")
            hashes[group] = hashed[order]
            counts[group] = count[often][order].astype(np.int32)
            share = count / max(count.sum(), 1)
            collision[group] = float((share**2).sum())
            holders[group] = int(count.sum())
        return cls(records.size, hashes, counts, collision, holders)

    def count(self, group: str, words: Words) -> np.ndarray:
        """How often each word stands, at least once: int32 [words]."""
        known = self.hashes.get(group)
        if known is None or len(known) == 0 or len(words) == 0:
            return np.ones(len(words), np.int32)
        hashed = hash_words(words.data, words.offsets)
        at = np.minimum(np.searchsorted(known, hashed), len(known) - 1)
        return np.where(known[at] == hashed, self.counts[group][at], 1).astype(np.int32)

    def bits(self, group: str, words: Words) -> np.ndarray:
        """−log2 of the share of records that hold each word: float32 [words]."""
        share = np.minimum(self.count(group, words), self.size) / max(self.size, 1)
        return -np.log2(np.maximum(share, 1e-12)).astype(np.float32)

    def surplus(self, group: str, words: Words) -> np.ndarray:
        """Bits by which agreeing on each word says more than agreeing on an average one."""
        share = self.count(group, words) / max(self.holders.get(group, 0), 1)
        return np.log2(max(self.collision.get(group, 0.0), 1e-12) / share).astype(np.float64)

    def roles(self, records: Records) -> np.ndarray:
        """Roles of name tokens, told from usage where a record gives nothing but a full name.

        A token is then what it mostly is where first and last names stand apart; one never seen
        there goes by its place, the given name before the family name.

        Returns:
            uint8 [name tokens held]: 1 given, 2 family, 3 both.
        """
        names = records.names
        owner = np.repeat(np.arange(records.size), np.diff(names.start))
        declared = np.zeros(records.size, np.bool_)
        declared[owner[(names.roles & _BOTH) > 0]] = True
        given, family = (self.count(group, names.words) for group in (GIVEN, FAMILY))
        several = np.diff(names.start)[owner] > 1
        place = np.where((names.roles & FIRST) > 0, _GIVEN, np.where(several, _FAMILY, 0))
        usual = np.where(given > family, _GIVEN, np.where(family > 1, _FAMILY, 0))[names.codes]
        told = np.where(usual > 0, usual, place)
        return np.where(declared[owner], names.roles & _BOTH, told).astype(np.uint8)


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
