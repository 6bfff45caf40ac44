"""Intervals of identities and match probabilities, labelled by lot, beside the whole truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.coverage_interval import Interval
from connu.app.brand import Brand
from connu.app.truth import read_truth
from connu.measure.calibration import calibrate
from connu.measure.few import K_LEAST
from connu.measure.identities import evaluate_identities

#: Shares labelled: of records one by one, of persons or customers with all their records. So few
#: that what is labelled is hardly part of what it is held against.
RECORDS, PERSONS = 0.3, 0.1


def identities(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on records labelled by lot; true of all of the brand's.

    What is drawn decides what may be claimed: of records drawn one by one, pairs are right or
    wrong as everywhere, but each has lost its others, so that no B-cubed figure holds; of persons
    with all their records, all do, but for what strangers among their customers cost; of customers
    with all their records, precision alone.
    """
    ours = brand.table("identities")
    truth = read_truth(brand.folder / "truth" / "identities.csv")
    whole = _agreements(ours, truth)
    rng = np.random.default_rng(seed)
    person = pc.dictionary_encode(truth["person"].combine_chunks()).indices.to_numpy()
    place = ours.join(truth, ["source", "record_id"], join_type="inner")
    customer = pc.dictionary_encode(place["customer_id"].combine_chunks()).indices.to_numpy()
    draws = {
        "records": (truth.filter(pa.array(rng.random(len(truth)) < RECORDS)), ("pairwise",)),
        "persons": (
            truth.filter(pa.array((rng.random(person.max() + 1) < PERSONS)[person])),
            ("pairwise", "bcubed"),
        ),
        "customers": (
            place.filter(
                pa.array((rng.random(customer.max() + 1) < PERSONS)[customer])
            ).drop_columns("customer_id"),
            ("pairwise precision", "bcubed precision"),
        ),
    }
    for drawn, (labelled, claimed) in draws.items():
        for name, share in _agreements(ours, labelled).items():
            if name.startswith(claimed):
                yield Interval(
                    f"{name}, {drawn} drawn", "", share.value, share.low, share.high,
                    len(labelled), whole[name].value, len(truth),
                )  # fmt: skip


def _agreements(ours: pa.Table, truth: pa.Table) -> dict[str, Any]:
    score = evaluate_identities(ours, truth)
    return {
        f"{view} {name}": getattr(getattr(score, view), name)
        for view in ("pairwise", "bcubed")
        for name in ("precision", "recall", "f1")
    }


def calibration(brand: Brand, seed: int) -> Iterator[Interval]:
    """Match probabilities in bins, on pairs of persons labelled by chance; true of all pairs."""
    links, undecided = brand.table("links"), brand.table("undecided")
    truth = read_truth(brand.folder / "truth" / "identities.csv")
    rng = np.random.default_rng(seed)
    whole = {b.low: b for b in calibrate(links, undecided, truth).bins}
    drawn = truth.filter(pa.array(rng.random(len(truth)) < RECORDS))
    for b in calibrate(links, undecided, drawn).bins:
        other = whole[b.low]
        if b.pairs < K_LEAST:
            continue
        yield Interval(
            "match probability", f"{b.low:g}", b.right.value, b.right.low, b.right.high, b.pairs,
            other.right.value, other.pairs,
        )  # fmt: skip
