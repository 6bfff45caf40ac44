"""A staying model on disk: one JSON file and LightGBM's own text; nothing that runs when opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.know.bg_nbd import BgNbd
from connu.know.gamma_gamma import GammaGamma
from connu.know.staying_forecast import Forecaster, Three
from connu.know.staying_intervals import Intervals
from connu.know.staying_judging import RELIABILITY, Settled
from connu.know.staying_trees import Trees
from connu.twins.calibration import calibrator_from_dict

_FORMAT = 1
_TREES = ("count", "money", "once")


def save(
    folder: Path,
    horizons: tuple[int, ...],
    forecaster: Forecaster | None,
    settled: dict[int, Settled],
    reliability: pa.Table,
    silences: dict[int, str],
) -> None:
    """Write `staying.json` and, where there are trees, a text file of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    shape: dict[str, Any] = {
        "format": _FORMAT,
        "horizons": list(horizons),
        "silences": {str(h): reason for h, reason in silences.items()},
        "reliability": reliability.to_pylist(),
        "settled": {str(h): _settled_shape(way) for h, way in settled.items()},
    }
    if forecaster is not None:
        trees = {name: getattr(forecaster, name) for name in _TREES}
        shape["forecaster"] = {
            "model": forecaster.model.to_dict(),
            "spend": forecaster.spend.to_dict(),
            "leaving": forecaster.leaving.to_dict(),
            "shifts": list(forecaster.shifts),
            "furthest": forecaster.furthest,
        }
        for name, one in trees.items():
            (folder / f"staying_{name}.txt").write_text(one.text, encoding="utf-8")
    (folder / "staying.json").write_text(json.dumps(shape), encoding="utf-8")


def opened(folder: Path) -> dict[str, Any]:
    """The parts that `save` wrote, by its arguments' names.

    Raises:
        UsageError: nothing there, or of another version.
    """
    path = folder / "staying.json"
    if not path.is_file():
        raise UsageError("no staying model is there", hint="learn it anew")
    shape = json.loads(path.read_text(encoding="utf-8"))
    if shape.get("format") != _FORMAT:
        raise UsageError("the staying model is of another version", hint="learn it anew")
    forecaster = None
    if "forecaster" in shape:
        of = shape["forecaster"]
        count, money, once = (
            Trees((folder / f"staying_{name}.txt").read_text(encoding="utf-8")) for name in _TREES
        )
        forecaster = Forecaster(
            BgNbd(**of["model"]),
            BgNbd(**of["leaving"]),
            GammaGamma(**of["spend"]),
            count,
            money,
            once,
            shifts=(of["shifts"][0], of["shifts"][1]),
            furthest=of["furthest"],
        )
    return {
        "horizons": tuple(shape["horizons"]),
        "forecaster": forecaster,
        "settled": {int(h): _settled_of(way) for h, way in shape["settled"].items()},
        "reliability": pa.Table.from_pylist(shape["reliability"], schema=RELIABILITY),
        "silences": {int(h): reason for h, reason in shape["silences"].items()},
    }


def _settled_shape(way: Settled) -> dict[str, Any]:
    return {
        "weights": list(way.weights),
        "levels": list(way.levels),
        "curve": None if way.curve is None else way.curve.to_dict(),
        "purchases": way.purchases.to_dict(),
        "value": way.value.to_dict(),
    }


def _settled_of(shape: dict[str, Any]) -> Settled:
    return Settled(
        _three(shape["weights"]),
        None if shape["curve"] is None else calibrator_from_dict(shape["curve"]),
        Intervals.from_dict(shape["purchases"]),
        Intervals.from_dict(shape["value"]),
        _three(shape["levels"]),
    )


def _three(numbers: list[float]) -> Three:
    count, money, once = numbers
    return count, money, once
