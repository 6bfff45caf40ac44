"""The store: the models of a build, kept on disk without names, and kept from build to build.

A model stays as long as all it was learnt from still holds; people known since join its index.
What is known of whom is kept as hashes: enough to see that it still holds, not who it was. All
models of a store share its vocabulary; a store whose vocabulary no longer fits keeps none.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from connu.kernel.errors import BuildError
from connu.kernel.settings import Settings
from connu.twins.behaviour import refused_behaviour
from connu.twins.classifier import TwinsClassifier
from connu.twins.gathering import Gathered
from connu.twins.learner import unlearnt_model
from connu.twins.model_file import read_model, write_model
from connu.twins.profiles import setting_of
from connu.twins.vocabulary import Vocabulary

VOCABULARY = "vocabulary"
_SHARE, _KEPT = "known_share.npy", "kept.json"
_ARRAYS = ("learnt", "joined", "others")
#: People known since, as a share of those learnt from, from which on a model is learnt anew.
MOST_GROWTH = 0.25
#: More of the events than this unknown to the vocabulary, and were not: it is learnt anew.
MOST_UNKNOWN = 0.05
#: Settings of a model that void it when they change; a precision is found anew without learning.
_SETTINGS = ("n_neighbors", "n_components", "folds", "confidence", "max_people", "random_state")
#: What reading a file raises that was cut, changed, or written by another version.
_BROKEN = (BuildError, OSError, EOFError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class Origin:
    """What a model was learnt from.

    Attributes:
        learnt: uint64 (n,): a hash a person and his value.
        joined: uint64 (m,): the same of people who joined the index since.
        others: uint64 (o,): whose behaviour taught what goes together, without an answer.
        thinned: how sure it is was learnt on histories cut to the lengths of visits.
    """

    learnt: np.ndarray
    joined: np.ndarray
    others: np.ndarray
    thinned: bool


def origin_of(
    gathered: Gathered, rows: np.ndarray, values: np.ndarray, others: np.ndarray
) -> Origin:
    """What a model is learnt from now: `rows` and `values` of the known, `others` beside them."""
    return Origin(
        learnt=_hashes(gathered, rows, values),
        joined=np.zeros(0, np.uint64),
        others=gathered.keys[others],
        thinned=gathered.short is not None,
    )


def kept_vocabulary(previous: Path | None, settings: Settings) -> Vocabulary | None:
    """The vocabulary of the last build's models; None: there is none that still holds.

    Neither one that cannot be read, nor one of columns that the brand may (or may not) use now.
    """
    if previous is None:
        return None
    try:
        vocabulary = Vocabulary.load(previous / VOCABULARY)
        np.load(previous / VOCABULARY / _SHARE, allow_pickle=False).item()
    except _BROKEN:
        return None
    return vocabulary if vocabulary.without == refused_behaviour(settings) else None


def outgrown(previous: Path, gathered: Gathered) -> bool:
    """Whether too many of the events read now say what the vocabulary has no word for."""
    before = float(np.load(previous / VOCABULARY / _SHARE, allow_pickle=False).item())
    return bool(before - _known_share(gathered) > MOST_UNKNOWN)


def save_vocabulary(store: Path, gathered: Gathered, previous: Path | None = None) -> None:
    """Write the vocabulary of what was read, and how much of it is known to it.

    Args:
        previous: the store it is kept from: how much was known when it was learnt stays.
    """
    folder = store / VOCABULARY
    gathered.behaviour.vocabulary.save(folder)
    share = np.float64(_known_share(gathered))
    if previous is not None:
        share = np.load(previous / VOCABULARY / _SHARE, allow_pickle=False)
    np.save(folder / _SHARE, share, allow_pickle=False)


def save_model(store: Path, attribute: str, model: TwinsClassifier, origin: Origin) -> None:
    """Write a model, and what it was learnt from as hashes; what seals it comes last."""
    folder = store / folder_of(attribute)
    write_model(folder, model)
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(origin, name), allow_pickle=False)
    kept = {"attribute": attribute, "thinned": origin.thinned, "files": _digests(folder)}
    (folder / _KEPT).write_text(json.dumps(kept, indent=1), encoding="utf-8")


def kept_model(
    previous: Path | None,
    attribute: str,
    settings: Settings,
    gathered: Gathered,
    rows: np.ndarray,
    values: np.ndarray,
) -> tuple[TwinsClassifier, Origin] | None:
    """The last build's model, extended by the people known since; None: learn anew.

    Anew where somebody it was learnt from is known no longer or otherwise, or refused since;
    where a value is new; where a quarter more are known than it was learnt from; where visits
    have lengths now and had none; where other settings, another version or other hands made it.

    Args:
        rows, values: who is known now, of values that can be learnt.
    """
    if previous is None:
        return None
    folder = previous / folder_of(attribute)
    try:
        kept = json.loads((folder / _KEPT).read_text(encoding="utf-8"))
        if kept["attribute"] != attribute or kept["files"] != _digests(folder):
            return None
        model = read_model(folder)
        learnt, joined, others = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in _ARRAYS
        )
        origin = Origin(learnt, joined, others, bool(kept["thinned"]))
    except _BROKEN:
        return None
    wanted = unlearnt_model(gathered, settings, attribute)
    if any(getattr(model, name) != getattr(wanted, name) for name in _SETTINGS):
        return None
    if not model.fits(gathered.behaviour.matrix) or not np.isin(values, model.classes_).all():
        return None
    if np.isin(origin.others, gathered.refused).any():
        return None
    if gathered.short is not None and not origin.thinned:
        return None
    now, before = _hashes(gathered, rows, values), np.append(origin.learnt, origin.joined)
    new = ~np.isin(now, before)
    grown = len(origin.joined) + new.sum()
    if not np.isin(before, now).all() or grown > MOST_GROWTH * len(origin.learnt):
        return None
    if new.any():
        model.extend(gathered.behaviour.matrix[rows[new]], values[new])
    precision = setting_of(attribute, settings).precision
    if model.precision != precision:
        model.set_precision(precision)
    joined = np.append(origin.joined, now[new])
    return model, Origin(origin.learnt, joined, origin.others, origin.thinned)


def folder_of(attribute: str) -> str:
    """A folder's name for an attribute, whatever letters it has; no two share one.

    >>> folder_of("sex")
    'sex'
    """
    plain = attribute.replace("_", "").replace(".", "")
    # Some file systems take «Size» and «size» for one.
    safe = plain.isalnum() and attribute.isascii() and attribute == attribute.lower()
    if safe and len(attribute) <= 64 and attribute != VOCABULARY:
        return attribute
    return "x-" + hashlib.sha256(attribute.encode()).hexdigest()[:16]


def _known_share(gathered: Gathered) -> float:
    """The share of the events whose name the vocabulary knows, 1 without events."""
    behaviour, there = gathered.behaviour, gathered.behaved
    events = behaviour.events[there]
    known = (behaviour.known_share[there].astype(np.float64) * events).sum()
    return float(known / events.sum()) if len(events) else 1.0


def _hashes(gathered: Gathered, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """One number a person and his value: uint64 (n,). What he did since does not void a model."""
    words = {
        value: int.from_bytes(hashlib.sha256(value.encode()).digest()[:8], "big")
        for value in map(str, np.unique(values))
    }
    value = np.array([words[str(v)] for v in values], np.uint64)
    return gathered.keys[rows] ^ value


def _digests(folder: Path) -> dict[str, str]:
    """What each file of a model holds; about 1 s a gigabyte."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name != _KEPT:
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    return found
