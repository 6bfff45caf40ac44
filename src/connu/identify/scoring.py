"""From levels to evidence in bits: each field's weight, the rarity of what agrees, and the odds.

A pair's odds of being one person are the prior odds times each field's Bayes factor, set against
both alternatives: strangers, and two people of one household.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.identify.compare import Comparison, Field
from connu.identify.pair_keys import pair_keys
from connu.identify.patterns import Patterns
from connu.identify.rarity import Rarity
from connu.identify.weights import Weights

#: How surely a shared value of an identifier alone is one person, before any data: a household
#: shares phones and cookies, hardly ever accounts or cards.
TRUST = {"email": 0.97, "phone": 0.9, "anonymous_id": 0.8}
TRUST_OTHERS = 0.99


@dataclass
class Scored:
    """Pairs whose evidence is above ABSENT_BITS; all others count as absent.

    Attributes:
        left, right: int32 [pairs], left < right, sorted.
        bits: float64 [pairs]: log2 odds.
        shares_identifier: bool [pairs]: whether they share one that is not generic.
    """

    left: np.ndarray
    right: np.ndarray
    bits: np.ndarray
    shares_identifier: np.ndarray

    @classmethod
    def none(cls) -> Scored:
        """No pair at all."""
        rids = np.zeros(0, np.int32)
        return cls(rids, rids, np.zeros(0), np.zeros(0, np.bool_))

    def keys(self, n: int) -> np.ndarray:
        """The pairs as keys, sorted: int64 [pairs]."""
        return pair_keys(self.left, self.right, n)

    def to_table(self) -> pa.Table:
        """The table `pairs`: left_rid, right_rid, bits, shares_identifier."""
        return pa.table(
            {
                "left_rid": self.left,
                "right_rid": self.right,
                "bits": self.bits,
                "shares_identifier": self.shares_identifier,
            }
        )


class Scoring:
    """Scores pairs under a model.

    Args:
        comparison: the records, compared.
        weights: what was learnt.
        rarity: how common values are.
    """

    def __init__(self, comparison: Comparison, weights: Weights, rarity: Rarity) -> None:
        self.comparison = comparison
        self.weights = weights
        self._surplus = {
            f.name: rarity.surplus(f.name, comparison.records.column(f.name).words)
            for f in weights.fields
            if f.exact
        }
        self._bits, self._household = {}, {}
        for f in weights.fields:
            self._bits[f.name], self._household[f.name] = trusted(weights, f)

    def score(
        self, left: np.ndarray, right: np.ndarray, levels: dict[str, np.ndarray]
    ) -> np.ndarray:
        """log2 odds that each pair is one person: float64 [pairs].

        Cost: linear; the weights are summed once a pattern, rarity is added pair by pair.
        """
        fields = self.weights.fields
        patterns = Patterns.of(fields, levels)
        same = np.full(len(patterns.count), np.log2(self.weights.prior))
        home = np.full(len(patterns.count), np.log2(self.weights.prior_household))
        for field in fields:
            level = patterns.levels[field.name]
            same += self._bits[field.name][level]
            home += self._household[field.name][level]
        same, home = same[patterns.of_pair], home[patterns.of_pair]
        for field in fields:
            if field.exact:
                rare = self.rare_bits(field, left, right, levels[field.name])
                same += rare
                home += rare
        return same - np.logaddexp2(home, 0.0)

    def rare_bits(
        self, field: Field, left: np.ndarray, right: np.ndarray, level: np.ndarray
    ) -> np.ndarray:
        """Bits added to the pairs that agree on a value, for its rarity: float64 [pairs].

        Two values may count as equal and be two (a phone held second, a year and its 1 January):
        what is shared is then no rarer than the commoner of the two, nor than an average value.
        """
        out = np.zeros(len(left))
        equal = np.flatnonzero(np.isin(level, field.exact))
        codes = self.comparison.records.column(field.name).codes
        one, other = codes[left[equal]], codes[right[equal]]
        surplus = np.append(self._surplus[field.name], 0.0)
        least = np.minimum(np.minimum(surplus[one], surplus[other]), 0.0)
        out[equal] = np.where(one == other, surplus[one], least)
        return out

    def bits_by_field(
        self, left: np.ndarray, right: np.ndarray, levels: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Each field's bits, NaN where unknown: field → float64 [pairs].

        The bits of all fields, of `prior` and of `household` add up to the score.
        """
        out = {}
        home = np.full(len(left), np.log2(self.weights.prior_household))
        for field in self.weights.fields:
            level = levels[field.name]
            bits = self._bits[field.name][level]
            home += self._household[field.name][level]
            if field.exact:
                rare = self.rare_bits(field, left, right, level)
                bits = bits + rare
                home = home + rare
            out[field.name] = np.where(level < 0, np.nan, bits)
        out["prior"] = np.full(len(left), np.log2(self.weights.prior))
        out["household"] = -np.logaddexp2(home, 0.0)
        return out


def trusted(weights: Weights, field: Field) -> tuple[np.ndarray, np.ndarray]:
    """Bits of each level for one person and for a household, 0 appended for unknown.

    Where nothing but an identifier is shared, data cannot tell what it proves: its equal values
    then prove what the identifier is trusted for, against strangers and against a household.
    """
    bits, home = weights.bits(field), weights.household_bits(field)
    if field.kind not in ("key", "email"):
        return bits, home
    trust = TRUST.get(field.name, TRUST_OTHERS)
    odds = np.log2(trust / (1 - trust))
    exact = list(field.exact)
    # Of an e-mail only the first block: among people who share a name the data do tell.
    alone = [e for e in exact if e < field.levels // field.blocks]
    bits[alone] = np.maximum(bits[alone], odds - np.log2(weights.prior))
    most = bits[exact] + np.log2(weights.prior / weights.prior_household) - odds
    home[exact] = np.minimum(home[exact], most)
    return bits, home


def probability(bits: np.ndarray) -> np.ndarray:
    """Match probability from log2 odds.

    >>> float(probability(np.array([0.0]))[0])
    0.5
    """
    return 1.0 / (1.0 + np.exp2(-np.clip(bits, -60, 60)))
