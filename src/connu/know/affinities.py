"""Affinities: which categories a subject is drawn to, more than everybody is.

A share of interest is a posterior mean: what the subject did, weighed by role, age and repetition,
against the base rate among a node's siblings. Who has shown little stays near everybody's; and only
a share that surely exceeds everybody's is told, so that a best-seller is not a taste and thin
evidence is silence. Roles' weights, the half-life and the base rate's strength are learnt from what
subjects did after a cut in the past, never set by hand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from connu.know.affinity_cases import Cases, gather_cases
from connu.know.affinity_mass import mass_keys, repeat_room
from connu.know.affinity_model import AffinityModel, deepened
from connu.know.affinity_telling import gather_base
from connu.know.affinity_weighing import (
    FALLBACK_STRAY,
    FALLBACK_STRENGTH,
    FALLBACK_WEIGHT,
    HALF_LIVES,
    Weighing,
    weigh,
)
from connu.know.trails import DAY, Trails

__all__ = ["AffinityModel", "learn_affinities"]

#: Days of what came after the cut, at most; and at least so many parts of the trails lie before.
_AFTER_DAYS, _PARTS = 30.0, 4
#: Subjects that weights are learnt on: a dozen numbers need no more.
_PEOPLE = 10_000
#: Subjects among whom these are looked for, and whose base rates stood at the cut.
_CROWD = 200_000


def learn_affinities(trails: Trails, *, seed: int = 0) -> AffinityModel:
    """Learn weights at a cut in the past, judge them at a later one, and take today's base rates.

    The newest cut leaves the last 30 days after it, or a quarter of trails shorter than four
    months; the earlier one lies as long before it. Where nobody was seen on both sides, the
    constants of `affinity_weighing` hold.

    Args:
        seed: of the subjects that weights are learnt on, where there are more than 10,000.

    Returns:
        A model that knows no subject.

    Cost: one walk along all events, 0.1 µs each, and six along 200,000 subjects'; 4 s beside.
    """
    tree = trails.categories
    levels = tree.ancestors.shape[1] if len(tree) else 1
    model = AffinityModel(
        float(HALF_LIVES[0]),
        FALLBACK_WEIGHT,
        np.full(levels, FALLBACK_STRENGTH),
        np.full(levels, FALLBACK_STRAY),
        np.ones(levels),
        tree.paths,
        np.zeros(len(tree)),
        0.0,
        0.0,
        0.0,
    )
    if not len(tree) or not len(trails.time):
        return model
    some = trails
    if len(trails) > _CROWD:
        chosen = np.random.default_rng(seed).choice(len(trails), _CROWD, replace=False)
        some = trails.take(np.sort(chosen))
    after = round(min(_AFTER_DAYS * DAY, (trails.now - int(trails.time.min())) / _PARTS))
    # what is learnt at one cut is judged at the next, of which it saw nothing, then learnt anew
    earlier, _, _ = _weighed(some.before(trails.now - after), after, model, seed)
    learnt, cases, prior = _weighed(some, after, model, seed)
    del some
    log_loss, base_log_loss, people = earlier.log_losses(cases, tree.depth, prior)
    model = replace(
        model,
        half_life_days=learnt.half_life_days,
        weight=learnt.weight,
        strength=deepened(learnt.strength, levels),
        stray=deepened(learnt.stray, levels),
        scale=deepened(learnt.scale, levels),
        people=people,
        log_loss=log_loss,
        base_log_loss=base_log_loss,
    )
    return replace(model, voices=_voices(trails, model))


def _weighed(
    trails: Trails, after: int, model: AffinityModel, seed: int
) -> tuple[Weighing, Cases, np.ndarray]:
    """What is learnt at the cut `after` µs before the trails end; its cases, its base rates."""
    cut = trails.now - after
    prior, _ = replace(model, voices=_voices(trails.before(cut), model)).base_rates(
        trails.categories
    )
    cases = gather_cases(trails, cut, HALF_LIVES, people=_PEOPLE, seed=seed)
    with threadpool_limits(1, "blas"):
        return weigh(cases, trails.categories.depth, prior), cases, prior


def _voices(trails: Trails, model: AffinityModel) -> np.ndarray:
    """float64 (k,): how many subjects stand for each node now, old ones less."""
    keys, room = mass_keys(trails)
    return gather_base(
        trails.starts,
        trails.time,
        trails.session,
        keys,
        trails.category,
        trails.role,
        trails.now,
        np.log(2.0) / model.half_life_days,
        model.weight,
        trails.categories.ancestors,
        trails.categories.depth,
        float(model.strength[0]),
        *repeat_room(room),
    )
