"""The learner: one attribute's classifier, from what was gathered, in a build and in a trial."""

from __future__ import annotations

import numpy as np

from connu.kernel.settings import Settings
from connu.twins.chance import drawn
from connu.twins.classifier import TwinsClassifier
from connu.twins.gathering import Gathered
from connu.twins.profiles import setting_of

#: Fewer known people than this say nothing of others; a value fewer than that have is not told.
FEWEST_KNOWN, FEWEST_OF_VALUE = 50, 10
#: Subjects nobody knows whose behaviour teaches what goes together.
_MOST_OTHERS = 100_000


def learnt_values(values: np.ndarray) -> tuple[np.ndarray, str | None]:
    """Whose values can be learnt: bool (n,), and why none can: a word of `ledger.twins.REASONS`."""
    distinct, code, people = np.unique(values, return_inverse=True, return_counts=True)
    kept = people[code] >= FEWEST_OF_VALUE if len(values) else np.zeros(0, np.bool_)
    if len(values) < FEWEST_KNOWN or kept.sum() < FEWEST_KNOWN:
        return kept, "too_few_known"
    if len(distinct) < 2:
        return kept, "one_value"
    if len(np.unique(values[kept])) < 2:
        return kept, "too_few_known"
    return kept, None


def most_others(gathered: Gathered, known: np.ndarray, seed: int) -> np.ndarray:
    """Rows of subjects not known, at most so many, drawn by whose they are: int64, ascending."""
    rest = gathered.behaved.copy()
    rest[known] = False
    rows = np.flatnonzero(rest)
    if len(rows) > _MOST_OTHERS:
        chosen = np.argsort(drawn(gathered.keys[rows], seed, 7), kind="stable")[:_MOST_OTHERS]
        rows = np.sort(rows[chosen])
    return rows


def unlearnt_model(gathered: Gathered, settings: Settings, attribute: str) -> TwinsClassifier:
    """The classifier that an attribute is learnt by, before it is."""
    vocabulary = gathered.behaviour.vocabulary
    return TwinsClassifier(
        blocks=vocabulary.blocks,
        parents=vocabulary.parents,
        n_neighbors=settings.twins.neighbors,
        precision=setting_of(attribute, settings).precision,
        random_state=settings.twins.seed,
    )


def learn(
    gathered: Gathered,
    settings: Settings,
    attribute: str,
    rows: np.ndarray,
    values: np.ndarray,
    others: np.ndarray,
    *,
    short: bool,
) -> TwinsClassifier:
    """A classifier learnt from known people.

    Args:
        rows, values: who is known, and their values.
        others: rows of subjects whose value nobody knows.
        short: calibrate on histories cut to the lengths of visits, where there are visits.
    """
    matrix = gathered.behaviour.matrix
    model = unlearnt_model(gathered, settings, attribute)
    cut = gathered.short if short else None
    return model.fit(
        matrix[rows],
        values,
        unlabelled=matrix[others] if len(others) else None,
        thinned=None if cut is None else cut[rows],
        keys=gathered.keys[rows],
    )
