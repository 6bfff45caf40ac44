"""The store: the models of a build, kept on disk without names, and kept from build to build.

A model stays as long as all it was learnt from still holds; people known since join its index.
What is known of whom is kept as hashes: enough to see that it still holds, not who it was.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from connu.kernel.errors import BuildError
from connu.kernel.settings import Settings
from connu.twins.classifier import TwinsClassifier
from connu.twins.gathering import Gathered
from connu.twins.model_file import read_model, write_model
from connu.twins.profiles import setting_of
from connu.twins.vocabulary import Vocabulary

VOCABULARY = "vocabulary"
_LEARNT = "learnt.npy"
#: People known since, as a share of those learnt from, from which on a model is learnt anew.
MOST_GROWTH = 0.25


def kept_vocabulary(previous: Path | None) -> Vocabulary | None:
    """The vocabulary of the last build's models, None without or where it cannot be read."""
    if previous is None:
        return None
    try:
        return Vocabulary.load(previous / VOCABULARY)
    except (BuildError, OSError):
        return None


def save_model(
    store: Path,
    attribute: str,
    model: TwinsClassifier,
    gathered: Gathered,
    rows: np.ndarray,
    values: np.ndarray,
) -> None:
    """Write a model, and what it was learnt from as hashes."""
    folder = store / folder_of(attribute)
    write_model(folder, model)
    np.save(folder / _LEARNT, _hashes(gathered, rows, values), allow_pickle=False)


def kept_model(
    previous: Path | None,
    attribute: str,
    settings: Settings,
    gathered: Gathered,
    rows: np.ndarray,
    values: np.ndarray,
) -> TwinsClassifier | None:
    """The last build's model, extended by the people known since; None: learn anew.

    Anew where somebody it was learnt from is known no longer or otherwise, where a value is new,
    where a quarter more are known, and where it is not a model of this version.
    """
    if previous is None or not (previous / folder_of(attribute) / _LEARNT).exists():
        return None
    folder = previous / folder_of(attribute)
    try:
        model = read_model(folder)
        before = np.load(folder / _LEARNT, allow_pickle=False)
    except (BuildError, OSError, ValueError, KeyError):
        return None
    if model.random_state != settings.twins.seed or not model.fits(gathered.behaviour.matrix):
        return None
    fresh = np.isin(values, model.classes_)
    rows, values = rows[fresh], values[fresh]
    now = _hashes(gathered, rows, values)
    new = ~np.isin(now, before)
    if not fresh.all() or not np.isin(before, now).all() or new.sum() > MOST_GROWTH * len(before):
        return None
    model.n_neighbors = settings.twins.neighbors
    if new.any():
        model.extend(gathered.behaviour.matrix[rows[new]], values[new])
    precision = setting_of(attribute, settings).precision
    return model if model.precision == precision else model.set_precision(precision)


def folder_of(attribute: str) -> str:
    """A folder's name for an attribute, whatever letters it has.

    >>> folder_of("sex")
    'sex'
    """
    if attribute.replace("_", "").replace(".", "").isalnum() and attribute.isascii():
        return attribute
    return "x" + hashlib.sha256(attribute.encode()).hexdigest()[:16]


def _hashes(gathered: Gathered, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """One number a person and his value: uint64 (n,). What he did since does not void a model."""
    words = {
        value: int.from_bytes(hashlib.sha256(value.encode()).digest()[:8], "big")
        for value in map(str, np.unique(values))
    }
    value = np.array([words[str(v)] for v in values], np.uint64)
    return gathered.keys[rows] ^ value
