"""What stands beside the coder: another model's word on whole texts, averaged with the coder's own.

It is asked for some themes, those it was taught; of the others the coder's own word holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from connu.understand.fine_tuned import beside_ngrams


class Teller(Protocol):
    """What says how likely each of its labels is of a text."""

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, labels), 0–1 each."""
        ...


@dataclass(frozen=True)
class Beside:
    """A model beside the coder.

    Attributes:
        teller: the model.
        themes: int64 (labels,): which theme of the codebook each of its labels is.
        threshold: float64 (labels,): from which average on a theme is stated, found on texts that
            neither learnt from.
    """

    teller: Teller
    themes: np.ndarray
    threshold: np.ndarray

    def joined(
        self, texts: Sequence[str | None], own: np.ndarray, threshold: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What holds of texts, and from where on themes are stated.

        Args:
            texts: n of them.
            own: float64 (n, themes), of the coder. threshold: float64 (themes,), its own.

        Returns:
            The same two, where its themes are averaged; what was given stays as it is.
        """
        said = self.teller.probabilities([text or "" for text in texts])
        made, limit = own.copy(), threshold.copy()
        made[:, self.themes] = beside_ngrams(said, own[:, self.themes])
        limit[self.themes] = self.threshold
        return made, limit
