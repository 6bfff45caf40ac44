"""Pair features: what a stretch and a theme have to do with each other, in a dozen numbers.

The numbers mean the same for every theme, so that a few labels of some themes teach how far the
witnesses may be trusted for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.understand.evidence import Witness

#: The columns, in order. `few` and `few_lead` are of the model learnt on labels, 0 without.
COLUMNS = (
    "seeds", "all_seeds", "words", "latent", "heard", "heard_lead", "words_lead", "latent_lead",
    "themes_seen", "prior", "few", "few_lead",
)  # fmt: skip


@dataclass(frozen=True)
class Signals:
    """What the pair features are made of, by stretch and theme: float32 (n, themes) each.

    `prior` is by theme alone: float32 (themes,).
    """

    seeds: np.ndarray
    all_seeds: np.ndarray
    words: np.ndarray
    latent: np.ndarray
    heard: np.ndarray
    prior: np.ndarray
    few: np.ndarray

    def by_text(self, of: np.ndarray, n: int) -> Signals:
        """The signals of texts from those of their stretches: the strongest; of all seeds, the sum.

        Args:
            of: int64 (stretches,): the text of each, ascending.
            n: texts.
        """
        return Signals(
            _strongest(self.seeds, of, n, 0.0), _summed(self.all_seeds, of, n),
            _strongest(self.words, of, n, 0.0), _strongest(self.latent, of, n, -1.0),
            _strongest(self.heard, of, n, -2.0), self.prior,
            _strongest(self.few, of, n, -2.0),
        )  # fmt: skip

    def features(self) -> np.ndarray:
        """float32 (n, themes, len(COLUMNS))."""
        seen = (self.seeds > 0).sum(1, keepdims=True).astype(np.float32)
        return np.stack(
            [
                np.minimum(self.seeds, 3), np.minimum(self.all_seeds, 4), self.words, self.latent,
                self.heard, self.heard - _second(self.heard), _below(self.words),
                _below(self.latent), np.broadcast_to(seen, self.seeds.shape),
                np.broadcast_to(self.prior, self.seeds.shape), self.few,
                self.few - _second(self.few),
            ],
            axis=2,
        ).astype(np.float32)  # fmt: skip


def signals_of(witness: Witness, few: np.ndarray | None = None) -> Signals:
    """The signals of witnesses, and of a model learnt on labels."""
    none = np.zeros_like(witness.heard) if few is None else few.astype(np.float32)
    return Signals(
        witness.seeds,
        witness.all_seeds,
        witness.words,
        witness.latent,
        witness.heard,
        witness.prior,
        none,
    )


def _second(values: np.ndarray) -> np.ndarray:
    """The second highest of each row: what the highest leads by, and the others lack."""
    if values.shape[1] < 2:
        return np.zeros((len(values), 1), values.dtype)
    return np.partition(values, -2, axis=1)[:, -2:-1]


def _below(values: np.ndarray) -> np.ndarray:
    """How far each is below the row's highest."""
    return values - values.max(1, keepdims=True) if values.size else values


def _strongest(values: np.ndarray, of: np.ndarray, n: int, least: float) -> np.ndarray:
    made = np.full((n, values.shape[1]), least, np.float32)
    begins, texts = _runs(of)
    if len(begins):
        made[texts] = np.maximum.reduceat(values, begins, axis=0)
    return made


def _summed(values: np.ndarray, of: np.ndarray, n: int) -> np.ndarray:
    made = np.zeros((n, values.shape[1]), np.float32)
    begins, texts = _runs(of)
    if len(begins):
        made[texts] = np.add.reduceat(values, begins, axis=0)
    return made


def _runs(of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each text's stretches begin, and which text it is."""
    if not len(of):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    begins = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
    return begins, of[begins]
