"""What is next: was it among the first few that were named, and how far up?

A step is one moment of a session: what came next is held against a list made from what came before
(all prefixes). Two figures answer: the hit rate (HR: it is in the list) and the mean reciprocal
rank (MRR: 1 ÷ its place, 0 where it is not in the list), both at several lengths of the list.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from connu.kernel.errors import UsageError
from connu.measure.intervals import Share, mean_share
from connu.measure.risk_coverage import Coverage, RiskCoverage

#: Lengths of the lists judged.
LENGTHS = (1, 5, 20)


class ListScore(msgspec.Struct, frozen=True):
    """Lists of one length.

    Attributes:
        length: how many are named.
        hit_rate: share of steps whose next is among them.
        mrr: mean of 1 ÷ place, 0 where it is not among them.
    """

    length: int
    hit_rate: Share
    mrr: Share


class RankingScore(msgspec.Struct, frozen=True):
    """What lists of candidates are worth; intervals are 95 %, steps of one session together.

    Attributes:
        steps: judged.
        sessions: they are of.
        unknown: steps whose next was never seen before the cut: no model could name it.
        lists: by length, what is unknown counted as missed.
        known: by length, what is unknown left out.
        acc50: how often the first named is right in the surest half of the steps; None where the
            model does not say how sure it is, or there is no step.
        coverage95: the largest share of the surest steps whose first named is right 95 % of the
            time, or None likewise.
    """

    steps: int
    sessions: int
    unknown: int
    lists: list[ListScore]
    known: list[ListScore]
    acc50: Share | None = None
    coverage95: Coverage | None = None

    def at(self, length: int, *, known: bool = False) -> ListScore:
        """The figures of one length.

        Raises:
            KeyError: no such length was judged.
        """
        for score in self.known if known else self.lists:
            if score.length == length:
                return score
        raise KeyError(length)


def places_of(target: np.ndarray, ranked: np.ndarray) -> np.ndarray:
    """Where each target stands in its list: int32 (m,) from 1 on, 0 where it is not in it.

    Cost: one pass over the lists; 0.1 s for a million lists of 20.

    Args:
        target: int (m,) codes; a negative one is unknown, and in no list.
        ranked: int (m, n) codes, the likeliest first, padded with −1.

    Raises:
        UsageError: shapes that do not meet.
    """
    target, ranked = np.asarray(target), np.asarray(ranked)
    if target.ndim != 1 or ranked.ndim != 2 or len(target) != len(ranked):
        raise UsageError(
            f"lists of shape {ranked.shape} do not meet {target.shape} steps",
            hint="give a list for each step, padded with −1",
        )
    if not ranked.size:
        return np.zeros(len(target), np.int32)
    same = (ranked == target[:, None]) & (target >= 0)[:, None]
    return np.where(same.any(axis=1), same.argmax(axis=1) + 1, 0).astype(np.int32)


def next_score(
    target: np.ndarray,
    ranked: np.ndarray,
    *,
    sessions: np.ndarray | None = None,
    confidence: np.ndarray | None = None,
    lengths: Sequence[int] = LENGTHS,
) -> RankingScore:
    """Judge lists of candidates against what came next; see `place_score`.

    Args:
        target: int (m,) codes of what came next, −1 where it was never seen before the cut.
        ranked: int (m, n) codes, the likeliest first, padded with −1.
        sessions: int (m,): whose each step is, or None: each its own.
        confidence: (m,) how sure the model is of the first it names, or None.
        lengths: of the lists.
    """
    return place_score(
        places_of(target, ranked),
        unknown=np.asarray(target) < 0,
        sessions=sessions,
        confidence=confidence,
        lengths=lengths,
    )


def place_score(
    places: np.ndarray,
    *,
    unknown: np.ndarray | None = None,
    sessions: np.ndarray | None = None,
    confidence: np.ndarray | None = None,
    lengths: Sequence[int] = LENGTHS,
) -> RankingScore:
    """Judge the places of what came next, as `places_of` finds them, batch by batch.

    Args:
        places: int (m,) from 1 on, 0 where it was not named.
        unknown: bool (m,): never seen before the cut; None: nothing is.
        sessions: int (m,): whose each step is, or None: each its own.
        confidence: (m,) how sure the model is of the first it names, or None.
        lengths: of the lists.

    Source: Voorhees, TREC-8 (1999) for MRR; the protocol of all prefixes is that of Ludewig &
        Jannach, UMUAI 28 (2018).
    """
    places = np.asarray(places)
    missing = np.zeros(len(places), np.bool_) if unknown is None else np.asarray(unknown)
    groups = None
    if sessions is not None:
        groups = np.unique(np.asarray(sessions), return_inverse=True)[1].reshape(-1)
    surest = None
    if confidence is not None and len(places):
        surest = RiskCoverage(np.asarray(confidence, np.float64), places == 1)
    seen = ~missing
    return RankingScore(
        steps=len(places),
        sessions=len(places) if groups is None else int(groups.max(initial=-1)) + 1,
        unknown=int(missing.sum()),
        lists=[_list_score(places, groups, n) for n in lengths],
        known=[
            _list_score(places[seen], None if groups is None else groups[seen], n) for n in lengths
        ],
        acc50=None if surest is None else surest.accuracy_at(0.5),
        coverage95=None if surest is None else surest.coverage_at(0.95),
    )


def _list_score(places: np.ndarray, groups: np.ndarray | None, length: int) -> ListScore:
    hit = (places > 0) & (places <= length)
    reciprocal = np.where(hit, 1.0 / np.maximum(places, 1), 0.0)
    return ListScore(
        length, mean_share(hit.astype(np.float64), groups), mean_share(reciprocal, groups)
    )
