"""Any model of sentence-transformers, by its name or its folder.

A folder is read where it is; a name is looked for in the library's own cache and, unless
HF_HUB_OFFLINE is set, downloaded by it: then the model's name leaves the machine, never a text.
Code that a model brings along is not run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError
from connu.understand.onnx_encoder import unit_rows

_BATCH = 64


class SentenceEncoder:
    """An encoder of the library sentence-transformers.

    Args:
        model: a name («intfloat/multilingual-e5-small») or a folder.
        threads: of the processor.

    Raises:
        MissingExtraError: the library is not installed.
        ModelError: there is no such model, or it cannot be read.
    """

    def __init__(self, model: str, *, threads: int = 2) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise MissingExtraError(
                f"the encoder «{model}» needs the library sentence-transformers",
                hint="pip install 'connu[sentence-transformers]'",
                encoder=model,
            ) from None
        self.name = model
        self._threads = threads
        try:
            self._model = SentenceTransformer(model, device="cpu", trust_remote_code=False)
        except Exception as error:  # the library lets all kinds through
            raise ModelError(
                f"the encoder «{model}» cannot be opened: {type(error).__name__}",
                hint="is it the name or the folder of a model of sentence-transformers?",
                encoder=model,
            ) from None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, width), rows of length 1; each distinct text is computed once."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        cut = [text.encode("utf-8", "replace").decode("utf-8") for text in places]
        rows = np.asarray(
            self._model.encode(
                cut, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True
            ),
            np.float32,
        )
        if not len(cut):
            return np.zeros((0, int(self._model.get_sentence_embedding_dimension() or 0)), "f4")
        return unit_rows(rows[np.array([places[text] for text in texts], np.int64)])
