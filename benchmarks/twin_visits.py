"""Visits cut short: what is promised of eight events, learnt from people with a hundred.

Half of the made film raters are known with all they did; of the others a visitor's worth is seen.
Calibrated on full histories, connu is too sure of visitors; calibrated on histories thinned to the
lengths of visits it should be as right as it says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.twin_crowd import ratings_crowd
from connu.measure.twins import TwinsScore, evaluate_twins
from connu.twins.classifier import TwinsClassifier
from connu.twins.thinning import thin

#: Median events of a visit.
MEDIAN_EVENTS = 8


def visits_cut_short(seed: int = 0) -> Iterator[tuple[str, TwinsScore, float]]:
    """Sex of visitors whose visits are short, told before and after thinning.

    Yields:
        "calibrated on full histories", then "calibrated on thinned histories"; the score, with
        what was stated at 90 %; seconds.
    """
    ratings, sex, _ = ratings_crowd(seed=seed)
    done = ratings.copy()
    done.data = np.ones_like(done.data)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sex))
    known, unknown = np.sort(order[::2]), np.sort(order[1::2])
    lengths = np.exp(rng.normal(np.log(MEDIAN_EVENTS), 0.8, len(unknown)))
    lengths = np.clip(np.rint(lengths), 1, 200).astype(np.int64)
    visits = thin(done[unknown], lengths, seed=seed)
    for name, seen in (("full", None), ("thinned", lengths)):
        begun = time.perf_counter()
        model = TwinsClassifier(lengths=seen).fit(done[known], sex[known])
        told = model.tell(visits)
        seconds = time.perf_counter() - begun
        truth = sex[unknown].astype(np.int64)
        score = evaluate_twins(told.probability, truth, ("man", "woman"), told.code)
        yield f"calibrated on {name} histories", score, seconds
