"""Polarity: whether a statement is content with its theme, discontent, or neither; and what of it.

Tone and form decide without labels: a wish is neutral, a lack negative, the rest goes by its words,
and where those say nothing by what the whole text says, and its rating. A model learnt on the
brand's own ratings hears what the lexicon does not know. Labels with polarities teach a model of
their own, on the statements of the theme and on the whole text, stacked on all of the former, and
on how many themes the text speaks of: beside others, a theme is rarely spoken of neutrally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from connu.understand.forms import EXPLICIT
from connu.understand.projection import projected
from connu.understand.spoken import Spoken

#: As numbers: negative, neutral, positive.
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
#: Texts with a high, and with a low rating, from which ratings teach; and at most of each.
LEAST_RATED, MOST_RATED = 100, 6000
#: Labelled polarities from which they teach.
LEAST_LABELLED = 150
_SEEDS, _FOLDS = 3, 4
_TREES: dict[str, Any] = {
    "n_estimators": 120, "num_leaves": 7, "learning_rate": 0.05, "min_child_samples": 25,
    "subsample": 0.7, "subsample_freq": 1, "colsample_bytree": 0.7, "verbose": -1, "n_jobs": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Polarity:
    """What was learnt of polarity; the default knows words and forms alone.

    Attributes:
        rated: float32 (features,) and a bias, learnt on ratings; or None.
        columns, bias: float32 (features of both, 3), (3,), learnt on labels; or None.
        trees: LightGBM boosters over all of it, their mean counts.
        neutral: what the probability of neutral is multiplied with, as F1 was best.
        themes: how many themes there are.
    """

    rated: tuple[np.ndarray, float] | None = None
    columns: np.ndarray | None = None
    bias: np.ndarray | None = None
    trees: tuple[Any, ...] = ()
    neutral: float = 1.0
    themes: int = 0

    def of(self, spoken: Spoken) -> np.ndarray:
        """float64 (n, 3): the probabilities of negative, neutral and positive."""
        if not len(spoken):
            return np.zeros((0, 3))
        if self.columns is None or self.bias is None:
            return self._by_rule(spoken)
        said = projected(_both(spoken, self.themes), self.columns) + self.bias
        told = self._described(spoken, said)
        probability = np.mean([tree.predict(told, num_threads=1) for tree in self.trees], axis=0)
        probability[:, NEUTRAL] *= self.neutral
        return probability / probability.sum(1, keepdims=True)

    def _by_rule(self, spoken: Spoken) -> np.ndarray:
        """Words, then ratings, then the whole text; a form that says it decides."""
        odds = self._leaning(spoken)
        form = spoken.forms
        lacking = form[:, EXPLICIT.index("lack")] + form[:, EXPLICIT.index("regret")] > 0
        odds = np.where(lacking, np.minimum(odds, 0) - 2.5, odds)
        wished = form[:, EXPLICIT.index("wish")] + form[:, EXPLICIT.index("should")] > 0
        positive = 1 / (1 + np.exp(-odds))
        neutral = np.where(wished & ~lacking, 0.8, np.exp(-np.abs(odds) * 1.5) * 0.6)
        return np.stack([(1 - positive) * (1 - neutral), neutral, positive * (1 - neutral)], axis=1)

    def _leaning(self, spoken: Spoken) -> np.ndarray:
        """Log-odds of content, by words; the whole text and its rating where those are silent."""
        own = spoken.tone[:, 0] - spoken.tone[:, 1]
        whole = spoken.whole_tone[:, 0] - spoken.whole_tone[:, 1]
        odds = 0.9 * own + np.where(own == 0, 0.35 * whole + 0.9 * spoken.rating, 0.0)
        return odds + 0.4 * spoken.rating + (0 if self.rated is None else 1.1 * self._heard(spoken))

    def _heard(self, spoken: Spoken) -> np.ndarray:
        assert self.rated is not None
        return projected(spoken.local, self.rated[0][:, None])[:, 0] + self.rated[1]

    def _described(self, spoken: Spoken, said: np.ndarray) -> np.ndarray:
        heard = np.zeros(len(spoken)) if self.rated is None else self._heard(spoken)
        return np.column_stack(
            [said, spoken.tone, _balance(spoken.tone), spoken.whole_tone, spoken.statements,
             spoken.seen, spoken.forms, spoken.together, _balance(spoken.together), spoken.sides,
             spoken.whole_sides, spoken.held, spoken.judging, spoken.past, spoken.asked,
             spoken.rating, heard]
        ).astype(np.float32)  # fmt: skip


def learn_ratings(rows: csr_matrix, rating: np.ndarray, seed: int = 0) -> Polarity:
    """What ratings teach of words, where there are enough high and low ones.

    Args:
        rows: float32 (n, features), n-grams of texts.
        rating: float32 (n,): −1 low, 1 high, 0 neither.
        seed: of what is drawn.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for side in (-1, 1):
        at = np.flatnonzero(rating == side)
        if len(at) < LEAST_RATED:
            return Polarity()
        chosen.append(rng.permutation(at)[:MOST_RATED])
    at = np.sort(np.concatenate(chosen))
    model = LogisticRegression(
        C=2.0, solver="liblinear", class_weight="balanced", random_state=seed
    ).fit(rows[at], rating[at] > 0)
    return Polarity((model.coef_[0].astype(np.float32), float(model.intercept_[0])))


def learn_polarity(
    known: Polarity, spoken: Spoken, polarity: np.ndarray, text: np.ndarray, seed: int = 0
) -> Polarity:
    """What labels teach on top.

    Args:
        known: what ratings taught.
        spoken: of labelled texts and themes.
        polarity: int64 (n,): NEGATIVE, NEUTRAL or POSITIVE.
        text: int64 (n,): of which text each is: a text is never on both sides of a fold.
        seed: of folds and trees.
    """
    texts = len(np.unique(text))
    if len(polarity) < LEAST_LABELLED or len(np.unique(polarity)) < 2 or texts < 2:
        return known
    from lightgbm import LGBMClassifier

    themes = int(spoken.theme.max()) + 1
    both = _both(spoken, themes)
    # Shuffled: labels that come in a pattern must not be parted by it.
    parted = GroupKFold(min(_FOLDS, texts), shuffle=True, random_state=seed)
    folds = list(parted.split(both, polarity, text))
    said = np.zeros((len(polarity), 3))
    for learnt, told in folds:
        columns, bias = _linear(both[learnt], polarity[learnt], seed)
        said[told] = both[told] @ columns + bias
    columns, bias = _linear(both, polarity, seed)
    described = known._described(spoken, said)
    out = np.zeros((len(polarity), 3))
    for learnt, told in folds:
        model = LGBMClassifier(random_state=seed, **_TREES)
        model.fit(*_with_all(described[learnt], polarity[learnt]))
        out[told] = model.predict_proba(described[told])
    trees = []
    for number in range(_SEEDS):
        model = LGBMClassifier(random_state=seed + number, **_TREES)
        trees.append(model.fit(*_with_all(described, polarity)).booster_)
    return Polarity(known.rated, columns, bias, tuple(trees), _neutral(out, polarity), themes)


def status_of(form: np.ndarray, polarity: np.ndarray) -> np.ndarray:
    """Met where content, unmet where discontent; wishes, and what judges nothing, are unknown.

    Args:
        form: int8 (n,), into EXPLICIT or −1. polarity: int64 (n,).

    Returns:
        int64 (n,): 0 met, 1 unmet, 2 unknown.
    """
    status = np.select([polarity == POSITIVE, polarity == NEGATIVE], [0, 1], 2)
    wished = (form == EXPLICIT.index("wish")) | (form == EXPLICIT.index("should"))
    return np.where(wished, 2, status)


def _both(spoken: Spoken, themes: int) -> csr_matrix:
    """Whole text, its statements of the theme, and which theme it is, side by side."""
    n = len(spoken)
    theme = csr_matrix(
        (np.full(n, 0.5, np.float32), (np.arange(n), np.minimum(spoken.theme, themes - 1))),
        shape=(n, themes),
    )
    return hstack([spoken.whole, normalize(spoken.local), theme]).tocsr().astype(np.float32)


def _balance(tone: np.ndarray) -> np.ndarray:
    """float32 (n,), −1–1: contentment over discontent, by how much of both there is."""
    balance: np.ndarray = (tone[:, 0] - tone[:, 1]) / (1 + tone.sum(1))
    return balance


def _linear(rows: csr_matrix, polarity: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """float32 (features, 3), (3,): one against the rest."""
    columns, bias = np.zeros((rows.shape[1], 3), np.float32), np.full(3, -1.0, np.float32)
    for which in range(3):
        of_it = polarity == which
        if of_it.any() and not of_it.all():
            model = LinearSVC(C=0.1, random_state=seed, tol=1e-3).fit(rows, of_it)
            columns[:, which], bias[which] = model.coef_[0], model.intercept_[0]
    return columns, bias


def _with_all(described: np.ndarray, polarity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows, and one of each polarity not among them: trees always give three columns."""
    absent = np.setdiff1d(np.arange(3), polarity)
    rows = np.concatenate([described, np.zeros((len(absent), described.shape[1]), np.float32)])
    return rows, np.concatenate([polarity, absent])


def _neutral(out: np.ndarray, polarity: np.ndarray) -> float:
    """The factor on neutral with the best macro F1, out of fold."""
    from sklearn.metrics import f1_score

    def score(factor: float) -> float:
        told = (out * [1, factor, 1]).argmax(1)
        return float(f1_score(polarity, told, average="macro", zero_division=0))

    return max((0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0), key=score)
