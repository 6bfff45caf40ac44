"""The taught model of a brand: where it is, and whether it still fits the labels there are.

It lies in `.connu/taught`. Beside the model is a page: thresholds of its average with the coder,
how it was taught, and what came of it. A model that no longer fits the labelled texts is deleted:
one of them may have been, and its weight goes along.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.kernel.errors import ModelError
from connu.kernel.settings import Settings
from connu.ledger.expectations import TAUGHT_FOLDER, TAUGHT_PAGE
from connu.ledger.files import fsync_tree, io_error
from connu.understand.beside import Beside
from connu.understand.encoder import TAUGHT
from connu.understand.fine_tuned import LABELS, FineTuned, taught_digest

_TEACH = "run: connu teach"


class TaughtPage(msgspec.Struct, frozen=True):
    """What stands beside a taught model.

    Attributes:
        how: the recipe, as the digest knows it.
        threshold: label → from which average on its theme is stated.
        at: when it was made, UTC.
        seconds: how long it took.
        figures: who codes → macro and micro F1 on texts held out.
    """

    how: str
    threshold: dict[str, float]
    at: str
    seconds: float
    figures: dict[str, dict[str, float]] = {}


def taught_folder(folder: Path) -> Path:
    """Where a brand's taught model is, or will be."""
    return folder / ".connu" / TAUGHT_FOLDER


def drop_taught(folder: Path) -> None:
    """Delete the taught model, if there is one."""
    shutil.rmtree(taught_folder(folder), ignore_errors=True)


def put_taught(made: Path, folder: Path) -> None:
    """Put a model that was made under `.connu` in its place, whole.

    Raises:
        BuildError: the disk refuses.
    """
    place = taught_folder(folder)
    try:
        fsync_tree(made)
        if place.exists():
            before = tempfile.mkdtemp(prefix="before-", dir=made.parent)
            os.replace(place, before)
        os.replace(made, place)
    except OSError as error:
        raise io_error("the taught model could not be put in its place", error) from error


def labelled_digest(
    heard: Heard, hand: HandLabels, names: tuple[str, ...], labels: list[str], how: str
) -> str:
    """The digest of the labelled texts, as a model that was taught these labels knows it.

    Args:
        heard, hand: the verbatims, and their codes.
        names: the codebook's themes.
        labels: those of them that were taught.
        how: the recipe.
    """
    at = [names.index(label) for label in labels]
    return taught_digest(labelled_texts(heard, hand), hand.labelled.themes[:, at], labels, how)


def labelled_texts(heard: Heard, hand: HandLabels) -> list[str]:
    """The texts that people coded, as they were heard, in the order of the labels."""
    texts: list[str] = heard.texts.take(pa.array(hand.labelled.row)).to_pylist()
    return texts


def stands_beside(
    folder: Path, settings: Settings, heard: Heard, hand: HandLabels, names: tuple[str, ...]
) -> tuple[Beside | None, list[str]]:
    """The brand's taught model for a build, and remarks; a model that does not fit is deleted.

    Args:
        folder, settings: the brand's.
        heard, hand: the verbatims, and their codes.
        names: the codebook's themes.

    Raises:
        MissingExtraError: it is to be used, and ONNX Runtime is not installed.
    """
    place, used = taught_folder(folder), settings.understand.encoder == TAUGHT
    if not place.is_dir():
        return None, [f"the encoder is «taught», but nothing is: {_TEACH}"] if used else []
    try:
        page = msgspec.json.decode((place / TAUGHT_PAGE).read_bytes(), type=TaughtPage)
        said: dict[str, Any] = json.loads((place / LABELS).read_text(encoding="utf-8"))
        labels, digest = list(said["labels"]), said["digest"]
        fits = (
            set(labels) <= set(names)
            and set(labels) == set(page.threshold)
            and digest == labelled_digest(heard, hand, names, labels, page.how)
        )
        if fits and not used:
            return None, []
        model = FineTuned(place, threads=settings.engine.threads) if fits else None
    except (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError, ModelError):
        drop_taught(folder)
        return None, [f"the taught model cannot be read and was deleted: {_TEACH}"]
    if model is None:
        drop_taught(folder)
        return None, [
            "the labelled texts are no longer those that the taught model learnt: it was deleted "
            f"and codes nothing: {_TEACH}"
        ]
    themes = np.array([names.index(label) for label in labels], np.int64)
    return Beside(model, themes, np.array([page.threshold[label] for label in labels])), []
