"""The model's files: arrays one by one, so that they are mapped, and one page of JSON. No pickle.

A file that was cut or written by another version is refused by name; the remedy is to build anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from connu.kernel.errors import BuildError
from connu.twins.boosting import Boosting
from connu.twins.calibration import calibrator_from_dict
from connu.twins.classifier import HeldOut, TwinsClassifier
from connu.twins.ground import Plan
from connu.twins.linear import Linear
from connu.twins.members import Members
from connu.twins.neighbours import Neighbours
from connu.twins.precision import Thresholds
from connu.twins.rates import Rates
from connu.twins.representation import Directions
from connu.twins.stacking import Stacking
from connu.twins.vocabulary import Block
from connu.twins.weighting import Weighting

VERSION = 1
_ABOUT, _INDEX, _TREES = "model.json", "index.twins", "trees.txt"
_WEIGHTING = ("factor", "block", "scale", "counted", "signed")
_HELD = ("probability", "truth", "rows", "place", "distance")
_SETTINGS = (
    "n_neighbors",
    "n_components",
    "folds",
    "precision",
    "confidence",
    "max_people",
    "random_state",
)


def write_model(folder: Path, model: TwinsClassifier) -> None:
    """Write a fitted model into a folder, made when absent. The page of JSON comes last.

    Values must be texts. Cost: that of writing the index, 4 bytes a dimension and person.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = model._plan
    arrays: dict[str, Any] = {"codes": model._codes, "rows": model._rows, "share": model._share}
    arrays |= {f"held_{name}": getattr(model.held_out_, name) for name in _HELD}
    arrays |= {"parents": plan.parents}
    arrays |= {f"columns_{i}": block.columns for i, block in enumerate(plan.blocks)}
    if plan.levels is not None:
        arrays |= {f"levels_{part}": getattr(plan.levels, part) for part in _CSR}
    about: dict[str, Any] = {
        "version": VERSION,
        "classes": [str(value) for value in model.classes_],
        "features": model.n_features_in_,
        "ready": model._ready,
        "settings": {name: getattr(model, name) for name in _SETTINGS},
        "blocks": [[block.name, block.kind] for block in plan.blocks],
        "levels": None if plan.levels is None else list(plan.levels.shape),
        "thresholds": model.thresholds_.as_dict(),
    }
    if model._ready:
        members = model._members
        arrays |= {f"weighting_{name}": getattr(model._weighting, name) for name in _WEIGHTING}
        arrays |= {"axes": model._directions.axes, "scale": model._scale}
        arrays |= {"stack_weights": model.stacking_.weights, "stack_bias": model.stacking_.bias}
        arrays |= {"linear": members.linear.weights, "intercept": members.linear.intercept}
        if members.rates is not None:
            arrays |= {"odds": members.rates.odds, "odds_block": members.rates.block}
        about |= {
            "unit": model._directions.unit,
            "rates": None if members.rates is None else members.rates.blocks,
            "calibrator": model.calibrator_.to_dict(),
            "trees": model._trees is not None,
        }
        model.index_.save(folder / _INDEX)
        if model._trees is not None:
            (folder / _TREES).write_text(model._trees.text, encoding="utf-8")
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / _ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")


def read_model(folder: Path) -> TwinsClassifier:
    """The model `write_model` wrote, its arrays mapped.

    Raises:
        BuildError: a file is missing or cut, or is another version's.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["version"] != VERSION:
            raise _broken(folder, "another version of connu wrote it")
        return _read(folder, about)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(folder, "a file is missing or cut") from error


def _read(folder: Path, about: dict[str, Any]) -> TwinsClassifier:
    def array(name: str) -> np.ndarray:
        return np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)

    model = TwinsClassifier(**about["settings"])
    model.classes_ = np.array(about["classes"])
    model.n_features_in_ = about["features"]
    model._ready = about["ready"]
    levels = None
    if about["levels"] is not None:
        parts = tuple(array(f"levels_{part}") for part in _CSR)
        levels = sparse.csr_matrix(parts, shape=tuple(about["levels"]))
    blocks = tuple(
        Block(name, kind, array(f"columns_{i}")) for i, (name, kind) in enumerate(about["blocks"])
    )
    model._plan = Plan(blocks, array("parents"), levels)
    model._codes, model._rows, model._share = array("codes"), array("rows"), array("share")
    model.held_out_ = HeldOut(**{name: array(f"held_{name}") for name in _HELD})
    model.thresholds_ = Thresholds.from_dict(about["thresholds"])
    model._trees = None
    if not model._ready:
        model.index_ = Neighbours.build(np.zeros((0, 1), np.float32))
        return model
    model._weighting = Weighting(**{name: array(f"weighting_{name}") for name in _WEIGHTING})
    model._directions = Directions(array("axes"), about["unit"])
    model._scale = array("scale")
    model.stacking_ = Stacking(array("stack_weights"), array("stack_bias"))
    linear = Linear(array("linear"), array("intercept"))
    rates = None
    if about["rates"] is not None:
        rates = Rates(array("odds"), array("odds_block"), about["rates"])
    model._members = Members(linear, rates)
    model.calibrator_ = calibrator_from_dict(about["calibrator"])
    if about["trees"]:
        text = (folder / _TREES).read_text(encoding="utf-8")
        model._trees = Boosting(text, len(model.classes_))
    model.index_ = Neighbours.open(folder / _INDEX)
    return model


_CSR = ("data", "indices", "indptr")


def _broken(folder: Path, what: str) -> BuildError:
    return BuildError(
        f"the model of twins «{folder.name}» cannot be read: {what}",
        hint="run connu build: it is learnt anew",
    )
