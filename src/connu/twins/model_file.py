"""The model's files: arrays one by one, so that they are mapped, and one page of JSON. No pickle.

A file that was cut or written by another version is refused by name; the remedy is to build anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from connu.kernel.errors import BuildError, ConnuError
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

VERSION = 2
_ABOUT, _INDEX, _TREES = "model.json", "index.twins", "trees.txt"
_WEIGHTING = ("factor", "mean", "block", "scale", "counted", "signed")
_HELD = ("probability", "truth", "rows", "place", "distance", "fold")
_CSR = ("data", "indices", "indptr")
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

    Of the settings given, `blocks`, `parents`, `paths` and `lengths` are not kept: what was made of
    them is. Cost: that of writing the index, 4 bytes a dimension and person.

    Raises:
        ValueError: values that are no texts, numbers or truth values.
    """
    values = np.asarray(model.classes_.tolist())
    if values.dtype.kind not in "USbiuf" or (values != model.classes_).any():
        raise ValueError("only texts, numbers and truth values can be written as values")
    folder.mkdir(parents=True, exist_ok=True)
    # While files change there is no model: a reader finds the old one, none, or the new one.
    (folder / _ABOUT).unlink(missing_ok=True)
    arrays, about = _shape(model)
    if model._ready:
        model.index_.save(folder / _INDEX)
        about["index"] = _head(folder / _INDEX)
    if model._trees is not None:
        text = model._trees.text.encode("utf-8")
        _replace(folder / _TREES, lambda path: path.write_bytes(text))
        about["trees"] = hashlib.sha256(text).hexdigest()
    for name, array in arrays.items():
        _replace(folder / f"{name}.npy", partial(_save, array))
    about["arrays"] = {name: _mark(array) for name, array in arrays.items()}
    page = json.dumps(about, indent=1)
    _replace(folder / _ABOUT, lambda path: path.write_text(page, encoding="utf-8"))


def read_model(folder: Path) -> TwinsClassifier:
    """The model `write_model` wrote, its arrays mapped.

    Raises:
        BuildError: a file is missing, cut or another's, or is another version's.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["version"] != VERSION:
            raise _broken(folder, "another version of connu wrote it")
        return _read(folder, about)
    except BuildError:
        raise
    except _UNREADABLE as error:
        raise _broken(folder, "a file is missing, cut or another's") from error


#: What reading throws at files that are not what was written.
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    ConnuError,
)


def _shape(model: TwinsClassifier) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a model by name, and all else about it."""
    plan = model._plan
    arrays: dict[str, Any] = {"codes": model._codes, "rows": model._rows, "share": model._share}
    arrays |= {f"held_{name}": getattr(model.held_out_, name) for name in _HELD}
    arrays |= {"parents": plan.parents}
    arrays |= {f"columns_{i}": block.columns for i, block in enumerate(plan.blocks)}
    if plan.means is not None:
        arrays |= {"means": plan.means}
    if plan.levels is not None:
        arrays |= {f"levels_{part}": getattr(plan.levels, part) for part in _CSR}
    about: dict[str, Any] = {
        "version": VERSION,
        "classes": model.classes_.tolist(),
        "classes_type": model.classes_.dtype.str,
        "features": model.n_features_in_,
        "ready": model._ready,
        "settings": {name: _plain(getattr(model, name)) for name in _SETTINGS},
        "seed": model._seed,
        "blocks": [[block.name, block.kind] for block in plan.blocks],
        "rated": plan.means is not None,
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
            arrays |= {"odds_support": members.rates.support}
        about |= {
            "unit": model._directions.unit,
            "rates": None if members.rates is None else members.rates.blocks,
            "calibrator": model.calibrator_.to_dict(),
            "trees": None,
        }
    return {name: np.asarray(array) for name, array in arrays.items()}, about


def _read(folder: Path, about: dict[str, Any]) -> TwinsClassifier:
    def array(name: str) -> np.ndarray:
        found = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        if _mark(found) != about["arrays"][name]:
            raise ValueError(f"{name} is another model's")
        return found

    model = TwinsClassifier(**about["settings"])
    model.classes_ = np.array(about["classes"], dtype=np.dtype(about["classes_type"]))
    model.n_features_in_ = about["features"]
    model._ready, model._seed = about["ready"], about["seed"]
    levels = None
    if about["levels"] is not None:
        parts = tuple(array(f"levels_{part}") for part in _CSR)
        levels = sparse.csr_matrix(parts, shape=tuple(about["levels"]))
    blocks = tuple(
        Block(name, kind, array(f"columns_{i}")) for i, (name, kind) in enumerate(about["blocks"])
    )
    means = array("means") if about["rated"] else None
    model._plan = Plan(blocks, array("parents"), levels, means)
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
        rates = Rates(array("odds"), array("odds_support"), array("odds_block"), about["rates"])
    model._members = Members(linear, rates)
    model.calibrator_ = calibrator_from_dict(about["calibrator"])
    if about["trees"] is not None:
        text = (folder / _TREES).read_bytes()
        if hashlib.sha256(text).hexdigest() != about["trees"]:
            raise ValueError("the trees are another model's")
        model._trees = Boosting(text.decode("utf-8"), len(model.classes_))
    model.index_ = Neighbours.open(folder / _INDEX)
    if _head(folder / _INDEX) != about["index"]:
        raise ValueError("the index is another model's")
    return model


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside, then put in place: a file that is mapped, perhaps by this model, stays."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _save(array: np.ndarray, path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def _mark(array: np.ndarray) -> list[Any]:
    """What tells an array from another: all are small beside the index."""
    check = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return [array.dtype.str, list(array.shape), check]


def _head(index: Path) -> str:
    """The head of an index, which holds a check of its lists, though not of its vectors."""
    with index.open("rb") as file:
        return file.read(64).hex()


def _plain(setting: Any) -> Any:
    """A setting as JSON knows it; a generator is nothing one could write."""
    if isinstance(setting, np.generic):
        return setting.item()
    return setting if isinstance(setting, int | float) else None


def _broken(folder: Path, what: str) -> BuildError:
    return BuildError(
        f"the model of twins «{folder.name}» cannot be read: {what}",
        hint="run connu build: it is learnt anew",
    )
