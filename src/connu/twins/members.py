"""The members that learn from behaviour itself: a linear model, and rates by feature.

They are learnt five times on four fifths of the known people, so that what they say of each of
them is said without having seen him, and once on all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from connu.twins.linear import Linear
from connu.twins.rates import Rates
from connu.twins.vocabulary import Block


@dataclass(frozen=True, eq=False)
class Ground:
    """What all members stand on, the same for every fold; nothing in it comes from answers.

    Attributes:
        blocks: which columns go together.
        parents: int32 (d,): the wider column, −1 without.
        spread: (d, d), or None: see `spreading`.
    """

    blocks: Sequence[Block]
    parents: np.ndarray
    spread: sparse.csr_matrix | None

    @property
    def counted(self) -> bool:
        """Whether there is anything but measures."""
        return any(block.kind != "measures" for block in self.blocks)


@dataclass(frozen=True, eq=False)
class Members:
    """A linear model and rates, learnt from the same people.

    Attributes:
        linear: over all columns.
        rates: None where everything is a measure.
    """

    linear: Linear
    rates: Rates | None

    @classmethod
    def fit(
        cls,
        ground: Ground,
        weights: sparse.csr_matrix,
        counts: sparse.csr_matrix,
        codes: np.ndarray,
        classes: int,
        penalty: float,
    ) -> Self:
        """Learn from weighted and counted behaviour (n, d) and codes (n,), every class there."""
        linear = Linear.fit(weights, codes, classes, penalty, ground.spread)
        rates = None
        if ground.counted:
            rates = Rates.fit(counts, codes, classes, ground.blocks, ground.parents)
        return cls(linear, rates)

    def features(self, counts: sparse.csr_matrix) -> np.ndarray:
        """What the rates say: float32 (n, f)."""
        if self.rates is None:
            return np.zeros((counts.shape[0], 0), np.float32)
        return self.rates.features(counts)
