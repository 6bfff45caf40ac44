"""A folder with model.onnx and tokenizer.json as an encoder, computed by ONNX Runtime.

Any sentence encoder that was exported to ONNX will do: what it gives a word piece is averaged over
the text (mean pooling); what it gives a text is taken as it is. Nothing is downloaded, and no code
of the model's is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError
from connu.understand.token_batches import MOST_TOKENS, Tokenizer, batches, padded

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
_EXTRA = "pip install 'connu[minilm]'"


class OnnxModel:
    """A model and its tokenizer: texts in, one row of numbers a text out.

    Args:
        folder: holds model.onnx and tokenizer.json.
        threads: batches computed at once.
        most: word pieces of a text that are read.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: a file is missing or cannot be read, or the model asks for other inputs.
    """

    def __init__(self, folder: Path, *, threads: int = 2, most: int = MOST_TOKENS) -> None:
        for name in (MODEL, TOKENIZER):
            if not (folder / name).is_file():
                raise ModelError(
                    f"the folder of an encoder lacks {name}",
                    hint=f"it must hold {MODEL} and {TOKENIZER}",
                    file=folder,
                )
        self._tokenizer = Tokenizer(folder / TOKENIZER, most)
        self._session = _session(folder / MODEL)
        self._threads = threads
        self._inputs = {one.name for one in self._session.get_inputs()}
        if unknown := self._inputs - {"input_ids", "attention_mask", "token_type_ids"}:
            raise ModelError(
                f"the model asks for inputs nobody knows: {', '.join(sorted(unknown))}",
                hint="export it with input_ids, attention_mask and, at most, token_type_ids",
                file=folder / MODEL,
            )

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, width): each distinct text computed once; an empty one is a text too."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        numbers = self._tokenizer.numbers(list(places))
        lengths = np.array([len(one) for one in numbers], np.int64)

        def computed(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return rows, self._computed([numbers[row] for row in rows])

        with ThreadPoolExecutor(self._threads) as pool:
            parts = list(pool.map(computed, batches(lengths)))
        if not parts:
            return np.zeros((0, self._computed([np.zeros(1, np.int64)]).shape[1]), np.float32)
        made = np.empty((len(places), parts[0][1].shape[1]), np.float32)
        for rows, values in parts:
            made[rows] = values
        if len(places) == len(texts):
            return made
        return made[np.array([places[text] for text in texts], np.int64)]

    def _computed(self, numbers: list[np.ndarray]) -> np.ndarray:
        ids, mask = padded(numbers, self._tokenizer.pad)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            made: np.ndarray = self._session.run(
                None, {name: value for name, value in given.items() if name in self._inputs}
            )[0]
        except Exception as error:  # the library's own errors have no common root but this
            raise ModelError(f"the model cannot be computed: {type(error).__name__}") from None
        if made.ndim == 3:
            weight = mask[:, :, None].astype(np.float32)
            made = (made * weight).sum(1) / np.maximum(weight.sum(1), 1)
        if made.ndim != 2 or len(made) != len(numbers):
            raise ModelError(
                "the model gives neither a row a text nor a row a word piece",
                hint="its first output must be (texts, width) or (texts, pieces, width)",
            )
        return made.astype(np.float32, copy=False)


class OnnxEncoder:
    """An encoder from a folder.

    Args:
        folder: holds model.onnx and tokenizer.json.
        name: the encoder's; the folder's when absent.
        threads, most: as of `OnnxModel`.

    Raises:
        MissingExtraError, ModelError: as `OnnxModel`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str | None = None,
        threads: int = 2,
        most: int = MOST_TOKENS,
    ) -> None:
        self.name = name or folder.name
        self._model = OnnxModel(folder, threads=threads, most=most)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, width), rows of length 1 (of 0 where a model gives zeros)."""
        return unit_rows(self._model.rows(texts))


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows at length 1; zeros stay zeros, what is no number becomes zero.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    rows = np.nan_to_num(rows.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise MissingExtraError("computing a model needs ONNX Runtime", hint=_EXTRA) from None
    options = onnxruntime.SessionOptions()
    # A batch is small: two batches at once are faster than two threads in one.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"the model cannot be read: {type(error).__name__}",
            hint="put the file back, or delete the folder if connu made it",
            file=path,
        ) from None
