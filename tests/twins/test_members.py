"""Members learn from the people given and from nobody else."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from connu.twins.ground import make_ground, planned
from connu.twins.members import Ground, Members
from connu.twins.vocabulary import Block
from connu.twins.weighting import Weighting
from tests.twins.made_people import shoppers

PEOPLE, CODES = shoppers(200)


def learnt(counts, codes, blocks=None) -> tuple[Members, Weighting, Ground]:
    plan = planned(counts, blocks, None, None)
    ground, weighting = make_ground(plan, counts), Weighting.fit(counts, plan.blocks)
    weights = weighting.transform(counts)
    return Members.fit(ground, weights, counts, codes, 2, 1.0), weighting, ground


def test_a_linear_model_and_rates_are_learnt():
    members, weighting, _ = learnt(PEOPLE, CODES)
    scores = members.linear.scores(weighting.transform(PEOPLE))
    features = members.features(PEOPLE)
    assert (scores.argmax(axis=1) == CODES).mean() > 0.75
    assert features.shape[0] == 200 and features.shape[1] >= 3 and features.dtype == np.float32
    assert ((features[:, 0] > 0) == CODES).mean() > 0.7


def test_measures_alone_have_no_rates():
    measures = sparse.csr_matrix(np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32))
    members, _, ground = learnt(measures, CODES)
    assert not ground.counted and members.rates is None
    assert members.features(measures).shape == (200, 0)


def test_a_ground_of_one_context_beside_measures_is_counted():
    blocks = [
        Block("hour", "context", np.arange(30, dtype=np.int32)),
        Block("pace", "measures", np.arange(30, 60, dtype=np.int32)),
    ]
    members, _, ground = learnt(PEOPLE, CODES, blocks)
    assert ground.counted and members.rates is not None and members.rates.blocks == 1


def test_answers_of_others_change_nothing_of_what_is_said():
    """People who are not learnt from may be anything: a fold is blind to those it holds out."""
    plan = planned(PEOPLE, None, None, None)
    ground, weighting = make_ground(plan, PEOPLE), Weighting.fit(PEOPLE, plan.blocks)
    weights, held = weighting.transform(PEOPLE), np.arange(200) % 5 == 0
    said = []
    for codes in (CODES, np.where(held, 1 - CODES, CODES)):
        members = Members.fit(ground, weights[~held], PEOPLE[~held], codes[~held], 2, 1.0)
        said.append((members.linear.scores(weights[held]), members.features(PEOPLE[held])))
    assert all(np.array_equal(one, other) for one, other in zip(*said, strict=True))
