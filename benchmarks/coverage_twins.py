"""Intervals of what twins tell, beside what is true of customers whose answer was hidden by lot."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.coverage_hidden import hide_answers, without_strangers
from benchmarks.coverage_interval import Interval
from connu.app.brand import Brand
from connu.app.truth import read_truth
from connu.measure.ahead import share_ahead
from connu.measure.intervals import Share
from connu.measure.twin_reliability import twin_reliability
from connu.measure.twins import TwinsScore, evaluate_twins

#: Of whom something may be told, but nobody known was judged like it.
_NOBODY = ("bot", "no_behaviour")
#: Bins of the curves in the reliability tables.
_BINS = 15


def hide(brand: Brand, seed: int) -> None:
    """A third of the answers hidden by lot, and nobody unknown."""
    hide_answers(brand.folder, seed)
    without_strangers(brand.folder)


def twins(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on known customers held out; true of customers drawn like them, told by the build.

    Of a profile nobody knows whose parts are hidden by lot: it is left out.
    """
    told = brand.table("twin_reliability").to_pylist()
    subjects, persons = _persons(brand)
    people = read_truth(brand.folder / "truth" / "people.csv")
    place = pc.index_in(persons, value_set=people["person"].combine_chunks())
    hidden = json.loads((brand.folder / "truth" / "hidden.json").read_text(encoding="utf-8"))
    for attribute in sorted({row["attribute"] for row in told} & set(hidden)):
        drawn = pc.is_in(persons, value_set=pa.array(hidden[attribute]))
        values = pc.if_else(drawn, people[attribute].take(place), "")
        yield from _judged(brand, "customer", subjects, values, attribute, told)


def visitors(brand: Brand, seed: int) -> Iterator[Interval]:
    """The same figures, held against visitors nobody knows: people drawn otherwise.

    No interval is claimed of them: this tells how far what is claimed carries.
    """
    told = brand.table("twin_reliability").to_pylist()
    truth = read_truth(brand.folder / "truth" / "visitors.csv")
    for attribute in sorted({row["attribute"] for row in told}):
        values = truth[attribute]
        yield from _judged(brand, "visitor", truth["anonymous_id"], values, attribute, told)


def _persons(brand: Brand) -> tuple[pa.Array, pa.Array]:
    """Customers, and the person most of their records are of."""
    records = read_truth(brand.folder / "truth" / "identities.csv")
    joined = brand.table("identities").join(records, ["source", "record_id"], join_type="inner")
    count = joined.group_by(["customer_id", "person"]).aggregate([("record_id", "count")])
    count = count.sort_by([("record_id_count", "descending"), ("person", "ascending")])
    first = count.group_by("customer_id", use_threads=False).aggregate([("person", "first")])
    return first["customer_id"].combine_chunks(), first["person_first"].combine_chunks()


def _judged(
    brand: Brand, kind: str, names: Any, values: Any, attribute: str, told: list[dict[str, Any]]
) -> Iterator[Interval]:
    rows = brand.twins(attribute)
    asked = pc.count_distinct(rows["subject"]).as_py()
    mine = [row for row in told if row["attribute"] == attribute]
    known = {row["value"]: row["people"] for row in mine if row["measure"] == "recall"}
    score = _score(brand, rows, kind, names, values, attribute, known)
    if score is not None:
        judged = max(row["people"] for row in mine)
        yield from _beside(attribute, mine, score, asked / judged)


def _score(
    brand: Brand, rows: pa.Table, kind: str, names: Any, values: Any, attribute: str,
    known: dict[str, int],
) -> TwinsScore | None:  # fmt: skip
    """What was told of some subjects, judged; of those whose truth is known, and who behaved.

    Args:
        rows: of `twins`. known: how many known customers have each value.
    """
    silent = brand.table("silences").filter(
        (pc.field("attribute") == attribute) & pc.field("reason").isin(_NOBODY)
    )
    mine = (pc.field("subject_kind") == kind) & ~pc.field("subject").isin(
        silent["subject"].combine_chunks()
    )
    rows = rows.filter(mine)
    # Whoever has a value that is never told, for too few have it, is not judged on either side.
    true = pa.table({"subject": names, "truth": values})
    true = true.filter(pc.field("truth").isin(sorted(known)))
    rows = rows.join(true, "subject", join_type="inner").sort_by("subject")
    if not rows.num_rows:
        return None
    classes = sorted({*rows["value"].to_pylist(), *rows["truth"].to_pylist()})
    subject = pc.dictionary_encode(rows["subject"].combine_chunks())
    row, n = subject.indices.to_numpy(), len(subject.dictionary)
    words = pa.array(classes)
    code = pc.index_in(rows["value"], value_set=words).to_numpy()
    probability = np.zeros((n, len(classes)))
    probability[row, code] = rows["probability"].to_numpy()
    probability /= probability.sum(axis=1, keepdims=True)
    truth = np.zeros(n, np.int64)
    truth[row] = pc.index_in(rows["truth"], value_set=words).to_numpy()
    stated = np.full(n, -1)
    said = rows["stated"].to_numpy()
    stated[row[said]] = code[said]
    rates = np.array([known.get(name, 0) for name in classes], np.float64)
    return evaluate_twins(probability, truth, classes, stated, rates=rates)


def _beside(
    attribute: str, told: list[dict[str, Any]], score: TwinsScore, ahead: float
) -> Iterator[Interval]:
    """Published rows beside true ones.

    Args:
        ahead: how many are told of, for each one judged: of so many the intervals speak. The truth
            knows fewer of them, and whoever checks on fewer meets more chance.
    """
    true = {_key(row): row for row in twin_reliability(attribute, score).to_pylist()}
    for row in told:
        other = true.get(_key(row))
        if row["low"] is None or other is None:
            continue
        if row["measure"] in ("reliability", "stated") or other["figure"] is None:
            figure = row["measure"]
        else:
            figure = f"{row['measure']} {row['coverage']:g}"
        figure += "" if row["value"] is None else " of a value"
        share = Share(row["figure"], row["low"], row["high"])
        if "coverage_at" not in figure:
            fewer = row["people"] / other["people"] - 1 / ahead
            share = share_ahead(share, 1 / fewer if fewer > 0 else math.inf)
        yield Interval(
            figure,
            " ".join(word for word in (attribute, row["value"]) if word),
            share.value, share.low, share.high, row["people"], other["figure"], other["people"],
        )  # fmt: skip


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """The same figure in two tables: a bin by its probabilities, other figures by coverage."""
    if row["measure"] == "reliability":
        return row["attribute"], row["value"], "reliability", int(np.ceil(row["told"] * _BINS))
    if row["measure"] == "stated":
        return row["attribute"], row["value"], "stated"
    return row["attribute"], row["value"], row["measure"], row["coverage"]
