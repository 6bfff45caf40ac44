"""Whether match probabilities mean what they say: of the pairs told at .8, are four in five right?

A probability nobody checked is a score. Pairs the linker told, merged or in doubt, are held
against truth; the numbers here belong beside every use of a match probability.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from connu.kernel.errors import UsageError
from connu.measure.bounds import Bounds, calibration_bounds, finite, mean_bounds
from connu.measure.intervals import Share, mean_share
from connu.measure.truth import codes, places, read_truth, require

_SIDES = ("left", "right")


class Bin(msgspec.Struct, frozen=True):
    """Pairs told with probabilities from `low` to `high`.

    Attributes:
        low: lower bound, 0–1, within.
        high: upper bound, 0–1, within in the last bin only.
        pairs: how many.
        told: mean probability told.
        right: share that is right, with its interval; units are the persons whom pairs connect.
    """

    low: float
    high: float
    pairs: int
    told: float
    right: Share


class Calibration(msgspec.Struct, frozen=True):
    """How probabilities compare with truth.

    Attributes:
        pairs: pairs checked: of kind `match`, both records in the truth.
        unchecked: pairs of kind `match` with a record the truth does not know.
        right: share that is right.
        told: mean probability told.
        expected_error: mean gap between told and right over bins, weighted by pairs (ECE), 0–1.
        brier: mean squared error of the probability, 0–1.
        log_loss: mean surprise at the truth, in bits.
        bins: those that hold pairs, in order.
        people: different true persons among the pairs checked.
        bounds: 95 % intervals of right, expected_error, brier and log_loss, by name; units are the
            persons whom pairs connect, not the pairs. None where no pair is checked.
    """

    pairs: int
    unchecked: int
    right: float
    told: float
    expected_error: float
    brier: float
    log_loss: float
    bins: list[Bin]
    people: int = 0
    bounds: dict[str, Bounds] = {}


def calibrate(
    links: pa.Table, undecided: pa.Table, truth: pa.Table, *, bins: int = 10
) -> Calibration:
    """Hold match probabilities against labelled truth.

    Only pairs linked by probability are asked: a shared identifier or a hand claims no
    probability of its own. ECE depends on the bins, so Brier's score and the log loss stand
    beside it.

    Args:
        links: pairs merged (left_source, left_record_id, right_source, right_record_id, kind,
            match_probability).
        undecided: pairs in doubt, the same columns.
        truth: as for evaluate_identities, with its column source.
        bins: of equal width over 0–1; 1–1000.

    Raises:
        UsageError: a column is missing, or `bins` is out of range.

    Source: Naeini, Cooper & Hauskrecht (2015) for ECE; Brier (1950).
    """
    if not 1 <= bins <= 1000:
        raise UsageError("calibration needs between 1 and 1000 bins")
    told = [_matches(table) for table in (links, undecided)]
    pairs = pa.concat_tables(told)
    people = read_truth(truth)
    numbers = codes(people["label"])
    left, other = (_entity(pairs, side, people, numbers) for side in _SIDES)
    known = (left >= 0) & (other >= 0)
    right = (left == other)[known].astype(np.float64)
    probability = pairs["match_probability"].to_numpy()[known]
    n = len(right)
    if not n:
        return Calibration(0, len(known), 0.0, 0.0, 0.0, 0.0, 0.0, [])
    persons, whose = _connected(left[known], other[known])
    place = _place(probability, bins)
    rows = _bins(probability, right, place, whose, bins)
    gap = sum(b.pairs * abs(b.told - b.right.value) for b in rows) / n
    said = np.clip(np.where(right == 1, probability, 1 - probability), 1e-15, 1)
    surprise = -np.log2(said)
    return Calibration(
        pairs=n,
        unchecked=len(known) - n,
        right=float(right.mean()),
        told=float(probability.mean()),
        expected_error=gap,
        brier=float(np.mean((probability - right) ** 2)),
        log_loss=float(surprise.mean()),
        bins=rows,
        people=persons,
        bounds=finite(
            right=mean_bounds(right, groups=whose, least=0.0, most=1.0),
            expected_error=calibration_bounds(probability, right, place, groups=whose),
            brier=mean_bounds((probability - right) ** 2, groups=whose, least=0.0, most=1.0),
            log_loss=mean_bounds(surprise, groups=whose, least=0.0),
        ),
    )


def _connected(left: np.ndarray, other: np.ndarray) -> tuple[int, np.ndarray]:
    """How many persons the pairs are of, and of each pair the group of persons pairs connect."""
    persons, number = np.unique(np.concatenate([left, other]), return_inverse=True)
    first, second = number[: len(left)], number[len(left) :]
    size = len(persons)
    edges = coo_array((np.ones(len(left), np.int8), (first, second)), shape=(size, size))
    return size, connected_components(edges, directed=False)[1][first].astype(np.int64)


def _matches(pairs: pa.Table) -> pa.Table:
    columns = [f"{side}_{part}" for side in _SIDES for part in ("source", "record_id")]
    require(pairs, "the pairs", *columns, "kind", "match_probability")
    of_kind = pairs.filter(pc.equal(pairs["kind"], "match"))
    return pa.table(
        {
            **{name: of_kind[name].cast(pa.string()) for name in columns},
            "match_probability": of_kind["match_probability"].cast(pa.float64()),
        }
    ).drop_null()


def _entity(pairs: pa.Table, side: str, known: pa.Table, entity: np.ndarray) -> np.ndarray:
    """The true person of one side's records: a number, −1 where the truth does not know."""
    asked = pa.table({"source": pairs[f"{side}_source"], "record_id": pairs[f"{side}_record_id"]})
    place = places(asked, known, "truth")
    return np.append(entity, -1)[place]


def _place(probability: np.ndarray, bins: int) -> np.ndarray:
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def _bins(
    probability: np.ndarray, right: np.ndarray, place: np.ndarray, whose: np.ndarray, bins: int
) -> list[Bin]:
    count = np.bincount(place, minlength=bins)
    told = np.bincount(place, weights=probability, minlength=bins)
    return [
        Bin(
            low=b / bins,
            high=(b + 1) / bins,
            pairs=int(count[b]),
            told=float(told[b] / count[b]),
            right=mean_share(right[place == b], whose[place == b]),
        )
        for b in range(bins)
        if count[b]
    ]
