"""Centres of the lists people are shared out over: k-means on a sample.

Deterministic: the sample and the first centres are drawn with a seed, ties go to the lower centre,
sums are made in the order of rows.

Source: Lloyd (1982), Least squares quantization in PCM.
"""

from __future__ import annotations

import numpy as np

from connu.twins.lists import Lists, in_chunks

ROUNDS = 10
SAMPLED = 64  # people per centre to learn from


def find_centres(vectors: np.ndarray, wanted: int, seed: int) -> np.ndarray:
    """Centres of people.

    Args:
        vectors: float32 (n, d), n ≥ 1.
        wanted: how many; fewer come back where fewer people differ.
        seed: of the sample and of the first centres.

    Returns:
        float32 (centres, d). Cost: ROUNDS × SAMPLED × wanted² distances.
    """
    random = np.random.default_rng(seed)
    if len(vectors) > SAMPLED * wanted:
        chosen = random.choice(len(vectors), SAMPLED * wanted, replace=False, shuffle=False)
        vectors = vectors[np.sort(chosen)]
    different = np.unique(vectors, axis=0)
    wanted = min(wanted, len(different))
    centres = different[random.choice(len(different), wanted, replace=False, shuffle=False)]
    if wanted == 1:
        return np.asarray(vectors.mean(axis=0, keepdims=True, dtype=np.float64), np.float32)
    for _ in range(ROUNDS):
        nearest = assign(centres, vectors)
        people = np.bincount(nearest, minlength=wanted)
        sums = np.stack(
            [np.bincount(nearest, weights=column, minlength=wanted) for column in vectors.T], axis=1
        )
        held = people > 0  # a centre nobody is nearest to stays where it is
        centres[held] = (sums[held] / people[held, None]).astype(np.float32)
    return centres


def assign(centres: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The nearest centre of each vector: int64 (n,)."""
    lists = Lists.one(centres)

    def nearest(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return lists.nearest(part, 1, np.zeros((len(part), 1), np.int64))

    return in_chunks(nearest, vectors, 1)[1][:, 0]
