"""Fellegi–Sunter weights learnt without labels, on counts of comparison patterns.

Three kinds of pairs, not two: the same person, two people of one household, and strangers.
Members of a household agree on name, address and phone together; taken for strangers they would
look like one person, taken for one person they would teach that first names differ.

For each field: m = P(level | same person), h = P(level | household), u = P(level | strangers).
What a household does not share (birth date, given name, keys) its members hold like strangers, so
h = u there. u comes from the candidates no other kind explains and, for levels they show often
enough, from random pairs beyond the candidates. A field's m is learnt only from pairs that the
*other* fields make sure, so that what is common to near misses does not count as agreement.

Sources: Fellegi & Sunter (1969); Winkler (1988) for EM without labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.identify.compare import Field
from connu.identify.names import CONFLICT, SHAPE
from connu.identify.patterns import Patterns
from connu.identify.usual import usual_shares

ROUNDS = 40
#: Rounds before the leave-one-out rule: m must first mean something.
_WARM_UP = 3
#: A pair teaches a field when the other fields put it above this.
SURE = 0.999
#: Below this many sure pairs a field learns from all pairs by their probability.
_FEWEST_SURE = 30
#: Random pairs needed before they alone decide a level's u.
_FEWEST_RANDOM = 20
#: Pseudo-pairs behind each field's first guess: they rule only where data are very few.
_GUESS_PAIRS = 4.0


@dataclass
class Weights:
    """What was learnt.

    Attributes:
        fields: the fields, in order.
        same, household, strangers: field → float64 [levels], shares within each block.
        prior, prior_household: share of such pairs among all pairs.
    """

    fields: list[Field]
    same: dict[str, np.ndarray]
    household: dict[str, np.ndarray]
    strangers: dict[str, np.ndarray]
    prior: float
    prior_household: float

    def bits(self, field: Field) -> np.ndarray:
        """log2(m / u) of each level; 0 appended, so that level -1 (unknown) reads 0."""
        return np.append(np.log2(self.same[field.name] / self.strangers[field.name]), 0.0)

    def household_bits(self, field: Field) -> np.ndarray:
        """log2(h / u) of each level; 0 appended for unknown."""
        return np.append(np.log2(self.household[field.name] / self.strangers[field.name]), 0.0)


def learn(
    fields: list[Field],
    patterns: Patterns,
    random: dict[str, np.ndarray],
    pairs: float,
    records: int,
) -> Weights:
    """Learn the weights.

    Args:
        fields: what was compared.
        patterns: the candidates' patterns.
        random: levels of random pairs that are no candidates, by field.
        pairs: how many pairs there are in all.
        records: how many records there are.

    Cost: ROUNDS × patterns × fields; under a second for a million records.
    """
    chance = Patterns.of(fields, random)
    seen = {f.name: chance.by_level(f) for f in fields}
    sampled = max(int(chance.count.sum()), 1)
    beyond = max(pairs - float(patterns.count.sum()), 0.0)
    usual = {f.name: _guess_strangers(f, pairs) for f in fields}
    u = {}
    for f in fields:
        # Candidates pass for strangers at first where they are few; in a small base, all pairs
        # are candidates and most may be true: they come in once they are told apart.
        met = patterns.by_level(f) * (beyond / pairs) + seen[f.name] * (beyond / sampled)
        u[f.name] = shares(met + usual[f.name], f.blocks, 0.0)
    guess = {f.name: shares(_guess_same(f), f.blocks) for f in fields}
    m = dict(guess)
    h = {f.name: shares(_guess_household(f, u[f.name]), f.blocks) for f in fields}
    prior, prior_household = max(records, 1) / 2 / pairs, max(records, 1) / 8 / pairs
    count = patterns.count
    for step in range(ROUNDS):
        bits_m, total_m = _evidence(fields, patterns, m, u, prior)
        bits_h, total_h = _evidence(fields, patterns, h, u, prior_household)
        same, home, strange = beliefs(total_m, total_h)
        if step >= _WARM_UP:
            # Some records are so many of one person that their pairs are no candidates.
            _, of_one = _evidence(fields, chance, m, u, prior)
            _, of_home = _evidence(fields, chance, h, u, prior_household)
            _, _, unlike = beliefs(of_one, of_home)
            seen = {f.name: chance.by_level(f, unlike) for f in fields}
        prior = min(max((same * count).sum(), min(1.0, pairs / 20)) / pairs, 0.5)
        prior_household = min(max((home * count).sum(), 1e-3) / pairs, 0.25)
        m, h, u = dict(m), dict(h), dict(u)
        for f in fields:
            known = patterns.levels[f.name] >= 0
            teacher = same
            if step >= _WARM_UP:
                others, _, _ = beliefs(total_m - bits_m[f.name], total_h - bits_h[f.name])
                others = np.where(others > SURE, others, 0.0)
                if (others * count)[known].sum() >= _FEWEST_SURE:
                    teacher = others
                unexplained = patterns.by_level(f, strange) + usual[f.name]
                u[f.name] = _strangers(f, seen[f.name], unexplained, beyond / sampled)
            taught = patterns.by_level(f, teacher) + 1e-2 + _GUESS_PAIRS * guess[f.name]
            m[f.name] = shares(taught, f.blocks)
            h[f.name] = u[f.name]
            if f.shared:
                h[f.name] = _household(f, patterns.by_level(f, home), u[f.name], seen[f.name])
    return Weights(list(fields), m, h, u, prior, prior_household)


def beliefs(same: np.ndarray, home: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities of the three kinds from natural log-odds against strangers."""
    top = np.maximum(np.maximum(same, home), 0.0)
    a, b, c = np.exp(same - top), np.exp(home - top), np.exp(-top)
    total = a + b + c
    return a / total, b / total, c / total


def shares(count: np.ndarray, blocks: int, pool: float = 5.0) -> np.ndarray:
    """Shares within each block; a thin block leans on all blocks together by `pool` pairs."""
    cells = count.reshape(blocks, -1).astype(np.float64)
    if blocks > 1 and pool:
        cells = cells + pool * cells.sum(0) / cells.sum()
    return (cells / cells.sum(1, keepdims=True)).ravel()


def _evidence(
    fields: list[Field],
    patterns: Patterns,
    upper: dict[str, np.ndarray],
    u: dict[str, np.ndarray],
    prior: float,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Natural log of each field's Bayes factor for each pattern, and their sum with the prior."""
    bits = {
        f.name: np.append(np.log(upper[f.name] / u[f.name]), 0.0)[patterns.levels[f.name]]
        for f in fields
    }
    return bits, np.sum([np.full(len(patterns.count), np.log(prior)), *bits.values()], axis=0)


def _strangers(field: Field, seen: np.ndarray, unexplained: np.ndarray, scale: float) -> np.ndarray:
    """u: what candidates leave unexplained, and random pairs where they are enough to count."""
    beyond = np.where(seen < _FEWEST_RANDOM, 0.0, seen * scale)
    return shares(unexplained + beyond, field.blocks, 0.0)


def _household(field: Field, met: np.ndarray, u: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """h of a shared field; of a name the household shares the family name, not the given one."""
    count = met + 1e-2 + _GUESS_PAIRS * u
    if field.kind == "name":
        cube = count.reshape(SHAPE)
        strangers = seen.reshape(SHAPE).sum((0, 2)) + 0.5
        strangers = strangers / strangers.sum()
        mine = cube.sum((0, 2)) / cube.sum()
        count = (cube * (strangers / mine)[None, :, None]).ravel()
    return shares(count, field.blocks)


def _guess_same(field: Field) -> np.ndarray:
    """A first idea of m: the higher the level the likelier."""
    if field.kind == "name":
        shared, given, family = np.unravel_index(np.arange(field.levels), SHAPE)
        return (
            (0.1 + shared)
            * np.array([0.03, 0.5, 1.0, 2.0])[given]
            * np.array([0.1, 0.5, 1.0, 2.0])[family]
        )
    one = np.linspace(0.05, 1, field.levels // field.blocks) ** 2 + 1e-3
    return np.tile(one, field.blocks)


def _guess_strangers(field: Field, pairs: float) -> np.ndarray:
    """Pseudo-pairs of strangers at each level: what is usual, and a trifle for what is not."""
    return _GUESS_PAIRS * usual_shares(field) + min(0.5, pairs / 10_000)


def _guess_household(field: Field, u: np.ndarray) -> np.ndarray:
    """A first idea of h: what is shared agrees, what is not is as among strangers."""
    if not field.shared or field.kind in ("email", "key"):
        return u
    if field.kind == "name":
        given = np.unravel_index(np.arange(field.levels), SHAPE)[1]
        return _guess_same(field) * np.where(given == CONFLICT, 30.0, 0.1)
    return _guess_same(field)
