"""Intervals of a made brand beside what is true of it: one function a kind.

A kind says what it needs built, and yields every interval that connu would publish together with
the true value of the same figure on the people it is claimed for. A new kind is a function and an
entry of KINDS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.brand import Brand
from connu.app.coding import import_labels
from connu.app.truth import read_truth
from connu.measure.calibration import calibrate
from connu.measure.identities import evaluate_identities
from connu.measure.twin_reliability import twin_reliability
from connu.measure.twins import TwinsScore, evaluate_twins

#: Of whom a person may be told something, but nobody known was judged like it.
_NOBODY = ("bot", "no_behaviour")
#: Share of the verbatims coded by hand; of persons, records and pairs whose truth is labelled.
CODED, LABELLED = 0.5, 0.3
#: Bins of the curves in the reliability tables.
_BINS = 15


class Interval(NamedTuple):
    """An interval as published, and the truth.

    Attributes:
        figure: what it is of, alike in all brands: the coverage is counted by it.
        of: which one of them: an attribute and value, a theme, a horizon.
        value, low, high: as published.
        people: it was measured on.
        true: the same figure on those it is claimed for.
        beyond: how many these are.
    """

    figure: str
    of: str
    value: float
    low: float
    high: float
    people: int
    true: float
    beyond: int


@dataclass(frozen=True)
class Kind:
    """One kind of interval.

    Attributes:
        needs: stages that a build must have beside identification: twins, intents, understand.
        judge: the intervals of a built brand, and the truth.
        prepare: done to the brand before it is built, or None.
    """

    needs: tuple[str, ...]
    judge: Callable[[Brand, int], Iterator[Interval]]
    prepare: Callable[[Brand, int], None] | None = None


# ---------------------------------------------------------------------- twins
def twins(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on known customers held out, as short as visits; true of visitors nobody knows."""
    told = brand.table("twin_reliability").to_pylist()
    truth = read_truth(brand.folder / "truth" / "visitors.csv")
    subjects = truth["anonymous_id"]
    for attribute in sorted({row["attribute"] for row in told}):
        score = _score(brand, "visitor", subjects, truth[attribute], attribute)
        if score is not None:
            yield from _beside("", attribute, told, score)


def customers(brand: Brand, seed: int) -> Iterator[Interval]:
    """The same figures, held against customers who never said; their histories are whole."""
    told = brand.table("twin_reliability").to_pylist()
    subjects, persons = _persons(brand)
    people = read_truth(brand.folder / "truth" / "people.csv")
    place = pc.index_in(persons, value_set=people["person"].combine_chunks())
    for attribute in sorted({row["attribute"] for row in told}):
        score = _score(brand, "customer", subjects, people[attribute].take(place), attribute)
        if score is not None:
            yield from _beside("", attribute, told, score)


def _persons(brand: Brand) -> tuple[pa.Array, pa.Array]:
    """Customers, and the person most of their records are of."""
    records = read_truth(brand.folder / "truth" / "identities.csv")
    joined = brand.table("identities").join(records, ["source", "record_id"], join_type="inner")
    count = joined.group_by(["customer_id", "person"]).aggregate([("record_id", "count")])
    count = count.sort_by([("record_id_count", "descending"), ("person", "ascending")])
    first = count.group_by("customer_id", use_threads=False).aggregate([("person", "first")])
    return first["customer_id"].combine_chunks(), first["person_first"].combine_chunks()


def _score(brand: Brand, kind: str, names: Any, values: Any, attribute: str) -> TwinsScore | None:
    """What was told of some subjects, judged; of those whose truth is known, and who behaved."""
    rows = brand.twins(attribute)
    silent = brand.table("silences").filter(
        (pc.field("attribute") == attribute) & pc.field("reason").isin(_NOBODY)
    )
    mine = (pc.field("subject_kind") == kind) & ~pc.field("subject").isin(
        silent["subject"].combine_chunks()
    )
    rows = rows.filter(mine)
    known = pa.table({"subject": names, "truth": values}).filter(pc.field("truth") != "")
    rows = rows.join(known, "subject", join_type="inner").sort_by("subject")
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
    return evaluate_twins(probability, truth, classes, stated)


def _beside(
    prefix: str, attribute: str, told: list[dict[str, Any]], score: TwinsScore
) -> Iterator[Interval]:
    true = {_key(row): row for row in twin_reliability(attribute, score).to_pylist()}
    for row in told:
        other = true.get(_key(row))
        if row["attribute"] != attribute or row["low"] is None or other is None:
            continue
        if row["measure"] in ("reliability", "stated") or other["figure"] is None:
            figure = f"{prefix}{row['measure']}"
        else:
            figure = f"{prefix}{row['measure']} {row['coverage']:g}"
        figure += "" if row["value"] is None else " of a value"
        yield Interval(
            figure,
            " ".join(word for word in (attribute, row["value"]) if word),
            row["figure"], row["low"], row["high"], row["people"],
            other["figure"], other["people"],
        )  # fmt: skip


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """The same figure in two tables: a bin by its probabilities, other figures by coverage."""
    if row["measure"] == "reliability":
        return row["attribute"], row["value"], "reliability", int(np.ceil(row["told"] * _BINS))
    if row["measure"] == "stated":
        return row["attribute"], row["value"], "stated"
    return row["attribute"], row["value"], row["measure"], row["coverage"]


# -------------------------------------------------------------------- intents
def intents(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on a time held out; true of the time after the data end."""
    found = brand.evaluate_intents(only=["buy"], truth=brand.folder / "truth" / "intents.csv")
    after = {(s.level, s.target, s.horizon_days, s.subjects): s for s in found.truth}
    for one in found.buying:
        other = after.get((one.level, one.target, one.horizon_days, one.subjects))
        if other is None:
            continue
        of = f"{one.level} {one.horizon_days} {one.subjects} {one.target or ''}".strip()
        single = " of a category" if one.target else f" {one.level}"
        mine, theirs = one.score, other.score
        for name in ("auc", "pr_auc"):
            a, b = getattr(mine, name), getattr(theirs, name)
            if a is not None and b is not None:
                yield Interval(
                    name + single, of, a.value, a.low, a.high, mine.bought, b.value, theirs.bought
                )
        a, b = mine.lift10, theirs.lift10
        if a is not None and b is not None:
            yield Interval(
                "lift10" + single, of, a.value, a.low, a.high, mine.bought, b.value, theirs.bought
            )


# --------------------------------------------------------------- expectations
def code_some(brand: Brand, seed: int) -> None:
    """A random half of the verbatims is coded by hand before the build, as the truth has it."""
    chosen = np.random.default_rng(seed).random(len(lines := _lines(brand))) < CODED
    for name, mine in (("coded", chosen), ("uncoded", ~chosen)):
        file = brand.folder / f"{name}.jsonl"
        file.write_text("".join(lines[i] + "\n" for i in np.flatnonzero(mine)), encoding="utf-8")
    import_labels(brand, brand.folder / "coded.jsonl", coder="truth")


def _lines(brand: Brand) -> list[str]:
    """Every verbatim and its themes, those without any too."""
    truth = brand.folder / "truth"
    said = [json.loads(line) for line in (truth / "expectations.jsonl").read_text().splitlines()]
    by_id = {one["id"]: one for one in said}
    every = read_truth(truth / "verbatims.csv")
    return [
        json.dumps(by_id.get(name, {"themes": []}) | {"id": f"{source}:{name}"}, ensure_ascii=False)
        for source, name in zip(
            every["source"].to_pylist(), every["verbatim_id"].to_pylist(), strict=True
        )
    ]


def expectations(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on verbatims coded by hand, each left out in turn; true of those not coded."""
    (judged,) = brand.evaluate_expectations(_open(brand)).judged
    themes = judged.score.themes
    true = {(None, "macro_f1"): themes.macro, (None, "micro_f1"): themes.micro.f1}
    for name, found in themes.by_theme.items():
        for measure in ("precision", "recall", "f1"):
            true[name, measure] = getattr(found, measure)
    for row in brand.table("expectation_reliability").to_pylist():
        other = true.get((row["theme"], row["measure"]))
        if other is None or row["low"] is None:
            continue
        yield Interval(
            row["measure"] + ("" if row["theme"] is None else " of a theme"),
            row["theme"] or "all",
            row["figure"], row["low"], row["high"], row["verbatims"],
            other.value, themes.verbatims,
        )  # fmt: skip


def _open(brand: Brand) -> Path:
    """The lines not coded, of verbatims that are listened to and not set aside."""
    rows = brand.table("to_code")
    listened = {
        f"{source}:{name}"
        for source, name in zip(
            rows["source"].to_pylist(), rows["verbatim_id"].to_pylist(), strict=True
        )
    }
    lines = (brand.folder / "uncoded.jsonl").read_text(encoding="utf-8").splitlines()
    file = brand.folder / "open.jsonl"
    kept = [line for line in lines if json.loads(line)["id"] in listened]
    file.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
    return file


# ----------------------------------------------------------------- identities
def identities(brand: Brand, seed: int) -> Iterator[Interval]:
    """Measured on records labelled by chance; true of all. By what was drawn: records, persons."""
    ours = brand.table("identities")
    truth = read_truth(brand.folder / "truth" / "identities.csv")
    whole = _agreements(ours, truth)
    rng = np.random.default_rng(seed)
    person = pc.dictionary_encode(truth["person"].combine_chunks()).indices.to_numpy()
    place = ours.join(truth, ["source", "record_id"], join_type="inner")
    customer = pc.dictionary_encode(place["customer_id"].combine_chunks()).indices.to_numpy()
    draws = {
        "records": truth.filter(pa.array(rng.random(len(truth)) < LABELLED)),
        "persons": truth.filter(pa.array((rng.random(person.max() + 1) < LABELLED)[person])),
        "customers": place.filter(
            pa.array((rng.random(customer.max() + 1) < LABELLED)[customer])
        ).drop_columns("customer_id"),
    }
    for drawn, labelled in draws.items():
        for name, share in _agreements(ours, labelled).items():
            yield Interval(
                f"{name}, {drawn} drawn", "", share.value, share.low, share.high, len(labelled),
                whole[name].value, len(truth),
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
    drawn = truth.filter(pa.array(rng.random(len(truth)) < 0.5))
    for b in calibrate(links, undecided, drawn).bins:
        other = whole[b.low]
        yield Interval(
            "match probability", f"{b.low:g}", b.right.value, b.right.low, b.right.high, b.pairs,
            other.right.value, other.pairs,
        )  # fmt: skip


KINDS: dict[str, Kind] = {
    "twins": Kind(("twins",), twins),
    "customers": Kind(("twins",), customers),
    "intents": Kind(("intents",), intents),
    "expectations": Kind(("understand",), expectations, code_some),
    "identities": Kind((), identities),
    "calibration": Kind((), calibration),
}
#: The stages that can be left out.
STAGES = ("twins", "intents", "understand")


def settings_without(folder: Path, needed: set[str]) -> None:
    """Switch the stages off in connu.toml that no kind asked for needs."""
    file = folder / "connu.toml"
    text = file.read_text(encoding="utf-8")
    for stage in STAGES:
        if stage in needed:
            continue
        head = f"[{stage}]\n"
        if head in text:
            text = text.replace(head, head + "enabled = false\n", 1)
        else:
            text += f"\n{head}enabled = false\n"
    file.write_text(text, encoding="utf-8")
