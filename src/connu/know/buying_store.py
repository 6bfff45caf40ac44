"""A buying model on disk: JSON, arrays one by one, LightGBM's own text; nothing that runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from connu.kernel.errors import UsageError
from connu.know.buying_cases import Cases
from connu.know.buying_figures import Figure
from connu.know.buying_fit import Fit
from connu.know.buying_forest import Forest
from connu.know.buying_gate import Verdict
from connu.know.buying_horizon import Horizon
from connu.know.intent_features import FEATURES, Around

_FORMAT = 2
_PAGE = "buying.json"
_LEVELS = ("category", "any")


def save(
    folder: Path,
    paths: tuple[str, ...],
    depth: np.ndarray,
    around: Around,
    horizons: tuple[Horizon, ...],
    verdicts: tuple[Verdict, ...],
    silences: dict[tuple[str, int], str],
    reliability: tuple[Figure, ...],
    lift: float,
) -> None:
    """Write a model into a folder, made when absent; the page of JSON comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _PAGE).unlink(missing_ok=True)
    np.save(folder / "depth.npy", depth)
    for name, array in around._asdict().items():
        np.save(folder / f"around_{name}.npy", array)
    for one, verdict in zip(horizons, verdicts, strict=True):
        np.save(folder / f"cold_{one.days}.npy", one.cold)
        np.save(folder / f"muted_{one.days}.npy", verdict.muted)
        for level, fit in zip(_LEVELS, (one.categories, one.shop), strict=True):
            trees = folder / f"trees_{one.days}_{level}.txt"
            trees.write_text(fit.forest.text, encoding="utf-8")
    page = {
        "format": _FORMAT,
        "features": list(FEATURES),
        "paths": list(paths),
        "horizons": [
            {
                "days": one.days,
                "curves": [one.categories.curves.tolist(), one.shop.curves.tolist()],
                "reasons": verdict.reasons,
                "cases": [
                    [case.least.tolist(), case.number.tolist(), case.share.tolist()]
                    for case in verdict.cases
                ],
            }
            for one, verdict in zip(horizons, verdicts, strict=True)
        ],
        "lift": lift,
        "reliability": [asdict(figure) for figure in reliability],
        "silences": [[level, days, why] for (level, days), why in silences.items()],
    }
    (folder / _PAGE).write_text(json.dumps(page), encoding="utf-8")


def opened(folder: Path) -> dict[str, Any]:
    """The parts that `save` wrote, by its arguments' names.

    Raises:
        UsageError: nothing there, or of another version.
    """
    path = folder / _PAGE
    if not path.is_file():
        raise UsageError("no model of buying is there", hint="learn it anew: connu build")
    page = json.loads(path.read_text(encoding="utf-8"))
    if page.get("format") != _FORMAT or page["features"] != list(FEATURES):
        raise UsageError(
            "the model of buying is of another version", hint="learn it anew: connu build"
        )
    horizons, verdicts = [], []
    for shape in page["horizons"]:
        days = shape["days"]
        fits = [
            Fit(
                Forest.asked((folder / f"trees_{days}_{level}.txt").read_text(encoding="utf-8")),
                np.array(curves),
            )
            for level, curves in zip(_LEVELS, shape["curves"], strict=True)
        ]
        horizons.append(Horizon(days, fits[0], fits[1], np.load(folder / f"cold_{days}.npy")))
        cases = tuple(
            Cases(np.array(least), np.array(number, np.int64), np.array(share))
            for least, number, share in shape["cases"]
        )
        verdicts.append(
            Verdict(
                (),
                shape["reasons"],
                np.load(folder / f"muted_{days}.npy"),
                (cases[0], cases[1]),
            )
        )
    return {
        "paths": tuple(page["paths"]),
        "depth": np.load(folder / "depth.npy"),
        "around": Around(*(np.load(folder / f"around_{name}.npy") for name in Around._fields)),
        "horizons": tuple(horizons),
        "verdicts": tuple(verdicts),
        "reliability": tuple(Figure(**figure) for figure in page["reliability"]),
        "lift": page["lift"],
        "silences": {(level, days): why for level, days, why in page["silences"]},
    }
