"""Intervals of the codes of expectations, beside what is true of verbatims nobody coded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.coverage_interval import Interval
from connu.app.brand import Brand
from connu.app.coding import import_labels
from connu.app.label_reliability import OFTEN
from connu.app.truth import read_truth

#: Share of the verbatims coded by hand.
CODED = 0.5


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
    true: dict[tuple[str | None, str], tuple[float, int]] = {
        (None, "micro_f1"): (themes.micro.f1.value, themes.verbatims)
    }
    for name, found in themes.by_theme.items():
        of = {"precision": found.told, "recall": found.truth, "f1": found.told + found.truth}
        for measure, many in of.items():
            if many:
                true[name, measure] = (getattr(found, measure).value, many)
    told = brand.table("expectation_reliability").to_pylist()
    # The mean of the same themes as is published: others may be named where nobody coded.
    often = [row["theme"] for row in told if row["measure"] == "f1" and row["labels"] >= OFTEN]
    same = [true[name, "f1"][0] for name in often if name is not None and (name, "f1") in true]
    if same:
        true[None, "macro_f1"] = (float(np.mean(same)), themes.verbatims)
    for row in told:
        other = true.get((row["theme"], row["measure"]))
        if other is None or row["low"] is None:
            continue
        yield Interval(
            row["measure"] + ("" if row["theme"] is None else " of a theme"),
            row["theme"] or "all",
            row["figure"], row["low"], row["high"], row["labels"], *other,
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
