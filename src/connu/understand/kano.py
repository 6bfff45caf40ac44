"""Kano classes: whether a feature is taken for granted, wished for, or all the same to customers.

Two questions a feature: how would you feel if it were there, and if it were not? Each answer is one
of 1 I like it, 2 it must be so, 3 I do not mind, 4 I can live with it, 5 I dislike it. A class is
told only where its lead over the second is no accident; «undecided» is an answer, and often means
that customers of two kinds were asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from connu.understand.estimate import LEVEL, Estimate, wilson

#: The classes, as the evaluation table numbers them.
CLASSES = ("attractive", "performance", "must-be", "indifferent", "reverse", "questionable")
_A, _O, _M, _I, _R, _Q = range(6)
#: With the feature (rows: like … dislike), without it (columns: like … dislike).
EVALUATION = np.array(
    [
        [_Q, _A, _A, _A, _O],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _R, _R, _R, _Q],
    ]
)
#: Pairs of answers there must be before a class is told.
LEAST_ANSWERS = 20
#: Fong's critical value: 90 %, as published.
FONG_Z = 1.65

UNDECIDED = "undecided"
#: Why a feature is undecided.
SILENCES: dict[str, str] = {
    "too_few": "too few people answered both questions",
    "no_lead": "the lead of the first class over the second may be an accident",
}


class KanoFeature(msgspec.Struct, frozen=True):
    """How customers take a feature.

    Attributes:
        name: the feature's.
        kano_class: one of `CLASSES`, or `undecided`. `performance` is Kano's one-dimensional: the
            more, the better; `reverse`: better without; `questionable`: the questions were misread.
        first, second: the two most frequent classes (of equals: must-be before performance before
            attractive before indifferent).
        counts: class → answers.
        answers: how many told both. left_out: how many did not, or gave something else than 1-5.
        lead: by how many answers the first leads, and least_lead: what Fong's test asks for.
        p_value: of the lead, by the exact sign test on those two classes alone: stricter than
            Fong's test, which for two classes of half each errs one time in four.
        better: (A + O) / (A + O + M + I), 0-1: how much satisfaction it adds when it is there.
        worse: -(O + M) / (A + O + M + I), -1-0: how much it takes away when it is not.
        silence: why it is undecided (a word of `SILENCES`), or None.
    """

    name: str
    kano_class: str
    first: str
    second: str
    counts: dict[str, int]
    answers: int
    left_out: int
    lead: int
    least_lead: float
    p_value: float
    better: Estimate
    worse: Estimate
    silence: str | None


def kano(
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    names: Sequence[str],
    *,
    level: float = LEVEL,
) -> list[KanoFeature]:
    """Class features by paired answers.

    Args:
        functional: (n, features), 1-5: how a person would feel with it. Anything else: no answer.
        dysfunctional: the same without it.
        names: of the features.
        level: confidence of the intervals of better and worse (Wilson's).

    Returns:
        One a feature, in their order.

    Source: Kano, Seraku, Takahashi & Tsuji, Attractive quality and must-be quality (1984); Berger
        et al., Kano's methods for understanding customer-defined quality, Center for Quality of
        Management Journal 2:4 (1993) (table, better and worse); Fong, Using the self-stated
        importance questionnaire to interpret Kano questionnaire results, same journal 5:3 (1996).
    """
    present = np.asarray(functional, np.float64).reshape(-1, len(names))
    absent = np.asarray(dysfunctional, np.float64).reshape(-1, len(names))
    told = np.isin(present, (1, 2, 3, 4, 5)) & np.isin(absent, (1, 2, 3, 4, 5))
    row = np.where(told, present, 1).astype(np.int64) - 1
    column = np.where(told, absent, 1).astype(np.int64) - 1
    classes = np.where(told, EVALUATION[row, column], len(CLASSES))
    counts = np.stack([(classes == c).sum(axis=0) for c in range(len(CLASSES))], axis=1)
    return kano_of_counts(counts, names, asked=len(present), level=level)


def kano_of_counts(
    counts: ArrayLike, names: Sequence[str], *, asked: int | None = None, level: float = LEVEL
) -> list[KanoFeature]:
    """The same from how often each class was found.

    Args:
        counts: int (features, 6), in the order of `CLASSES`.
        names: of the features. asked: people in all, or None: those counted.
        level: see `kano`.
    """
    many = np.asarray(counts, np.int64).reshape(len(names), len(CLASSES))
    answers = many.sum(axis=1)
    # Of equals, the class that costs most when it is mistaken comes first.
    rank = np.array([_M, _O, _A, _I, _R, _Q])
    order = rank[np.argsort(-many[:, rank], axis=1, kind="stable")]
    row = np.arange(len(names))
    a, b = many[row, order[:, 0]], many[row, order[:, 1]]
    least = FONG_Z * np.sqrt((a + b) * (2 * answers - a - b) / (2 * np.maximum(answers, 1)))
    p = np.minimum(1.0, 2 * binom.sf(a - 1, a + b, 0.5))
    judged = many[:, [_A, _O, _M, _I]].sum(axis=1)
    better = wilson(many[:, _A] + many[:, _O], judged, level)
    worse = wilson(many[:, _O] + many[:, _M], judged, level)
    found = []
    for f, name in enumerate(names):
        silence = None
        if answers[f] < LEAST_ANSWERS:
            silence = "too_few"
        elif a[f] - b[f] < least[f] or a[f] == b[f]:
            silence = "no_lead"
        first, second = CLASSES[order[f, 0]], CLASSES[order[f, 1]]
        found.append(
            KanoFeature(
                name=name,
                kano_class=UNDECIDED if silence else first,
                first=first,
                second=second,
                counts=dict(zip(CLASSES, many[f].tolist(), strict=True)),
                answers=int(answers[f]),
                left_out=max(asked - int(answers[f]), 0) if asked is not None else 0,
                lead=int(a[f] - b[f]),
                least_lead=float(least[f]),
                p_value=float(p[f]),
                better=better[f],
                worse=Estimate(-worse[f].value, -worse[f].high, -worse[f].low),
                silence=silence,
            )
        )
    return found
