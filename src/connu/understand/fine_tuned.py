"""A taught model: a folder that says how likely each label is, without PyTorch.

The folder holds model.onnx, tokenizer.json and labels.json. No text that it was taught is in it,
but they have weight in it: it is of use only as long as its digest is that of the labelled texts
there are, so that a text that was deleted takes its weight along at the next build.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from connu.kernel.errors import ModelError
from connu.understand.bert_graph import Head, bert_graph
from connu.understand.onnx_encoder import MODEL, TOKENIZER, OnnxModel

LABELS = "labels.json"
#: Of the average with n-grams, the taught model's share: chosen on texts held out.
SHARE = 0.6


class FineTuned:
    """A taught model, opened.

    Args:
        folder: that `save_fine_tuned` wrote.
        threads: batches computed at once.

    Attributes:
        labels: their names, in the order of the columns.
        digest: of what it was taught, as `taught_digest` says it.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        try:
            said = json.loads((folder / LABELS).read_text(encoding="utf-8"))
            self.labels: tuple[str, ...] = tuple(said["labels"])
            self.digest: str = said["digest"]
            pieces = int(said["pieces"])
        except (OSError, ValueError, KeyError, TypeError):
            raise ModelError(
                f"the folder of a taught model lacks {LABELS}, or it is damaged",
                hint="teach the model again",
                file=folder,
            ) from None
        self._model = OnnxModel(folder, threads=threads, most=pieces)

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, labels), 0–1 each: a text may have several labels or none."""
        return self._model.rows(texts)


def beside_ngrams(taught: np.ndarray, ngrams: np.ndarray) -> np.ndarray:
    """The probabilities that hold: a taught model's and the n-grams', six parts to four.

    Args:
        taught, ngrams: float (n, labels), calibrated or nearly.
    """
    return (SHARE * taught + (1 - SHARE) * ngrams).astype(np.float32)


def taught_digest(
    texts: Sequence[str], truth: np.ndarray, labels: Sequence[str], how: str = ""
) -> str:
    """A digest of labelled texts, whatever their order.

    >>> a = taught_digest(["x", "y"], np.array([[True], [False]]), ["l"])
    >>> b = taught_digest(["y", "x"], np.array([[False], [True]]), ["l"])
    >>> a == b, a == taught_digest(["x"], np.array([[True]]), ["l"])
    (True, False)
    """
    whole = hashlib.sha256(json.dumps([list(labels), how]).encode())
    rows = np.packbits(np.asarray(truth, np.bool_), axis=1)
    one = sorted(
        hashlib.sha256(text.encode("utf-8", "replace") + b"\0" + rows[row].tobytes()).digest()
        for row, text in enumerate(texts)
    )
    for digest in one:
        whole.update(digest)
    return whole.hexdigest()


def save_fine_tuned(
    folder: Path,
    weights: Mapping[str, np.ndarray],
    head: Head,
    labels: Sequence[str],
    *,
    heads: int,
    pieces: int,
    tokenizer: Path,
    digest: str,
) -> None:
    """Write a taught model, whole, over one that may be there.

    Args:
        folder: its parent is made where there is none.
        weights, heads: as `bert_graph`.
        head: one row a label.
        labels: their names.
        pieces: word pieces of a text that it was taught on.
        tokenizer: the file that goes with it.
        digest: of what it was taught.

    Raises:
        MissingExtraError: the library onnx is not installed.
        ModelError: the folder cannot be written.
    """
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        (made / MODEL).write_bytes(bert_graph(weights, heads=heads, head=head))
        shutil.copyfile(tokenizer, made / TOKENIZER)
        said = {"labels": list(labels), "pieces": pieces, "digest": digest}
        (made / LABELS).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        if folder.exists():
            before = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            os.replace(folder, before)
            os.replace(made, folder)
            shutil.rmtree(before, ignore_errors=True)
        else:
            os.replace(made, folder)
    except OSError as error:
        raise ModelError(f"cannot write the model: {error.strerror}", file=folder) from None
    finally:
        if made is not None and made.exists():
            shutil.rmtree(made, ignore_errors=True)
