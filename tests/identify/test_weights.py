"""Weights learnt from pairs whose truth is known: made of known shares, field by field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from connu.identify.compare import Field
from connu.identify.names import ALIKE, CONFLICT, OPEN, SAME, SHAPE
from connu.identify.patterns import Patterns
from connu.identify.scoring import probability
from connu.identify.weights import Weights, beliefs, learn, shares

_RECORDS = 1_500
_PAIRS = _RECORDS * (_RECORDS - 1) // 2
_SAME, _HOME = 1_000, 600
_FIELDS = [
    Field.of("name", "name"),
    Field.of("birth_date", "date"),
    Field.of("phone", "key"),
    Field.of("sex", "equal"),
    Field.of("loyalty_card", "key"),
]


def _name(cells: dict[tuple[int, int, int], float]) -> np.ndarray:
    """Shares of a few combinations of shared bits, given and family name."""
    out = np.zeros(SHAPE)
    for cell, share in cells.items():
        out[cell] = share
    return out.ravel() / out.sum()


def _dates(equal: float, slip: float) -> np.ndarray:
    rest = np.array([10, 3, 1, 0.3, 0.2, 0.1, 0.02, 0, 0.01, 0, 0])
    rest = rest / rest.sum() * (1 - equal - slip)
    rest[7] += slip
    rest[10] += equal
    return rest


#: Shares of levels among pairs of one person, of one household, of strangers.
_TRUE: dict[str, tuple[np.ndarray, ...]] = {
    "name": (
        _name({(6, SAME, SAME): 0.8, (5, ALIKE, SAME): 0.1, (5, SAME, ALIKE): 0.06,
               (3, SAME, CONFLICT): 0.03, (3, OPEN, SAME): 0.01}),
        _name({(3, CONFLICT, SAME): 0.92, (2, CONFLICT, ALIKE): 0.05,
               (0, CONFLICT, CONFLICT): 0.03}),
        _name({(0, CONFLICT, CONFLICT): 0.97, (3, CONFLICT, SAME): 0.01,
               (2, SAME, CONFLICT): 0.0195, (6, SAME, SAME): 0.0005}),
    ),
    "birth_date": (_dates(0.85, 0.1), _dates(0.0002, 0.0008), _dates(0.0002, 0.0008)),
    "phone": (
        np.array([0.2, 0.01, 0.04, 0.75]),
        np.array([0.5, 0.001, 0.001, 0.498]),
        np.array([0.9985, 5e-4, 5e-4, 5e-4]),
    ),
    "sex": (np.array([0.01, 0.99]), np.array([0.5, 0.5]), np.array([0.5, 0.5])),
    "loyalty_card": (
        np.array([0.05, 0.02, 0.03, 0.9]),
        np.array([0.995, 0.003, 0.001, 0.001]),
        np.array([0.995, 0.003, 0.001, 0.001]),
    ),
}  # fmt: skip
_MISSING = {"name": 0.05, "birth_date": 0.3, "phone": 0.4, "sex": 0.2, "loyalty_card": 0.7}


def _levels(chance: np.random.Generator, kind: int, size: int) -> dict[str, np.ndarray]:
    out = {}
    for field in _FIELDS:
        level = chance.choice(field.levels, size, p=_TRUE[field.name][kind])
        out[field.name] = np.where(chance.random(size) < _MISSING[field.name], -1, level)
    return out


@dataclass
class _Base:
    """All pairs of a base: their levels, and whether they are of one person (0), household (1)."""

    kind: np.ndarray
    levels: dict[str, np.ndarray]

    @classmethod
    def of(cls, seed: int, same: int = _SAME, home: int = _HOME) -> _Base:
        chance = np.random.default_rng(seed)
        sizes = (same, home, _PAIRS - same - home)
        kinds = [_levels(chance, kind, size) for kind, size in enumerate(sizes)]
        return cls(
            np.repeat([0, 1, 2], sizes),
            {f.name: np.concatenate([k[f.name] for k in kinds]) for f in _FIELDS},
        )

    def learn(self) -> Weights:
        """Learn from candidates, which share something rare, and from a few others."""
        shared = np.unravel_index(np.maximum(self.levels["name"], 0), SHAPE)[0]
        candidates = (shared >= 2) | (self.levels["birth_date"] >= 7)
        for key in ("phone", "loyalty_card"):
            candidates |= self.levels[key] > 0
        others = np.flatnonzero(~candidates)[::5]
        return learn(
            _FIELDS,
            Patterns.of(_FIELDS, {name: x[candidates] for name, x in self.levels.items()}),
            {name: level[others] for name, level in self.levels.items()},
            _PAIRS,
            _RECORDS,
        )

    def odds(self, weights: Weights) -> np.ndarray:
        """log2 odds of one person against strangers and households."""
        same = np.log2(weights.prior) + sum(weights.bits(f)[self.levels[f.name]] for f in _FIELDS)
        home = sum(weights.household_bits(f)[self.levels[f.name]] for f in _FIELDS)
        return same - np.logaddexp2(np.log2(weights.prior_household) + home, 0.0)


@pytest.fixture(scope="module")
def base() -> _Base:
    return _Base.of(seed=1)


@pytest.fixture(scope="module")
def learnt(base: _Base) -> Weights:
    return base.learn()


def test_the_share_of_matches_is_found(learnt: Weights):
    assert learnt.prior * _PAIRS == pytest.approx(_SAME, rel=0.05)
    # Of households one sees those that share more than a common surname.
    assert 0.3 * _HOME < learnt.prior_household * _PAIRS < 1.2 * _HOME


@pytest.mark.parametrize("field", _FIELDS, ids=lambda f: f.name)
def test_what_one_persons_records_show_is_found(learnt: Weights, field: Field):
    assert learnt.same[field.name] == pytest.approx(_TRUE[field.name][0], abs=0.05)


@pytest.mark.parametrize("field", _FIELDS, ids=lambda f: f.name)
def test_what_strangers_show_is_found(learnt: Weights, field: Field):
    true, found = _TRUE[field.name][2], learnt.strangers[field.name]
    often = true > 2e-4
    assert found[often] == pytest.approx(true[often], rel=0.25)
    assert (found > 0).all() and found.sum() == pytest.approx(1)
    assert (found[~often] < 1e-3).all()


def test_what_households_share_is_found(learnt: Weights):
    assert learnt.household["phone"][3] > 0.4
    given = learnt.household["name"].reshape(SHAPE).sum((0, 2))
    assert given[CONFLICT] > 0.9
    # What a household does not share, its members hold like strangers.
    for name in ("birth_date", "sex", "loyalty_card"):
        assert learnt.household[name].tolist() == learnt.strangers[name].tolist()


def test_people_are_matched_and_households_are_not(base: _Base, learnt: Weights):
    odds = base.odds(learnt)
    assert (odds[base.kind == 0] > 0).mean() > 0.9
    assert (odds[base.kind == 1] > 0).mean() < 0.01
    assert (odds[base.kind == 2] > 0).sum() < 0.03 * _SAME
    # Two of one household with one phone, and nothing else known.
    cell = np.ravel_multi_index((3, CONFLICT, SAME), SHAPE)
    unknown = {f.name: np.array([-1]) for f in _FIELDS}
    pair = unknown | {"name": np.array([cell]), "phone": np.array([3])}
    assert _Base(np.array([1]), pair).odds(learnt)[0] < 0


def test_probabilities_mean_what_they_say(base: _Base, learnt: Weights):
    claimed = probability(base.odds(learnt))
    for low, high in ((0.02, 0.3), (0.3, 0.7), (0.7, 0.98), (0.98, 1.0)):
        within = (claimed > low) & (claimed <= high)
        true = (base.kind[within] == 0).mean() if within.any() else 0.0
        doubt = 3 * np.sqrt(0.25 / max(within.sum(), 1)) + 0.12
        assert abs(true - claimed[within].mean()) < doubt


@pytest.mark.parametrize(("same", "home"), [(400, 0), (400, 1500)])
def test_without_or_with_many_households(same: int, home: int):
    weights = _Base.of(4, same, home).learn()
    assert weights.prior * _PAIRS == pytest.approx(same, rel=0.15)


def test_learning_is_the_same_every_time(base: _Base, learnt: Weights):
    again = base.learn()
    assert again.prior == learnt.prior
    assert all(np.array_equal(again.same[f.name], learnt.same[f.name]) for f in _FIELDS)


def test_learning_from_nothing_gives_finite_weights():
    none = {f.name: np.zeros(0, np.int64) for f in _FIELDS}
    weights = learn(_FIELDS, Patterns.of(_FIELDS, none), none, 1.0, 1)
    for field in _FIELDS:
        assert np.isfinite(weights.bits(field)).all()
        assert np.isfinite(weights.household_bits(field)).all()


def test_true_pairs_among_random_ones_do_not_teach_what_strangers_show():
    """A customer of very many records: his pairs are no candidates, and yet no strangers."""
    base = _Base.of(5)
    chance = Patterns.of(_FIELDS, base.levels)
    one = {f.name: np.full(300, _TRUE[f.name][0].argmax()) for f in _FIELDS}
    random = {name: np.concatenate([x[::5], one[name]]) for name, x in base.levels.items()}
    weights = learn(_FIELDS, chance, random, _PAIRS, _RECORDS)
    assert weights.strangers["birth_date"][10] < 2 * _TRUE["birth_date"][2][10]


def test_beliefs_add_up():
    same, home, strange = beliefs(np.array([-900.0, 900.0, 0.0]), np.array([0.0, 5.0, 0.0]))
    assert (same + home + strange).tolist() == pytest.approx([1, 1, 1])
    assert same.tolist() == pytest.approx([0, 1, 1 / 3])


def test_shares_are_taken_within_blocks():
    out = shares(np.array([1.0, 3.0, 0.0, 0.0]), 2)
    assert out.reshape(2, 2).sum(1).tolist() == pytest.approx([1, 1])
    assert out[2:].tolist() == pytest.approx([0.25, 0.75])  # an empty block is as all together
    assert shares(np.array([2.0, 2.0]), 1).tolist() == [0.5, 0.5]
