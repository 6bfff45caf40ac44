"""Encoders: texts as vectors whose cosine says how alike they are, chosen by name.

| name | what it is |
|---|---|
| `ngrams` | none beside connu's own n-grams: nothing is installed, nothing leaves |
| `minilm` | all-MiniLM-L6-v2 from a package's weights, 8 bits, offline |
| `taught` | none: MiniLM taught the brand's labels says themes of texts, no vectors |
| a folder with model.onnx | any encoder that was exported to ONNX |
| any other folder, or `owner/name` | any model of sentence-transformers |
| `endpoint` | embeddings of a service with OpenAI's interface, at the address that is set |

Every encoder passes the same tests: rows in the order of the texts, of length 1, the same again,
the same in any company.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from connu.kernel.errors import SettingsError, did_you_mean
from connu.understand.answer_cache import VectorCache
from connu.understand.endpoint import Endpoint, EndpointEncoder
from connu.understand.minilm import NAME as MINILM
from connu.understand.minilm import open_minilm
from connu.understand.onnx_encoder import MODEL, OnnxEncoder
from connu.understand.sentence_encoder import SentenceEncoder

NGRAMS, TAUGHT, ENDPOINT = "ngrams", "taught", "endpoint"


@runtime_checkable
class Encoder(Protocol):
    """What makes vectors of texts.

    Attributes:
        name: which one, as tables and traces say it.
    """

    name: str

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, width), rows of length 1, or of 0 where there is nothing to say."""
        ...


def open_encoder(
    name: str,
    *,
    folder: Path,
    endpoint: Endpoint | None = None,
    threads: int = 2,
) -> Encoder | None:
    """The encoder that the settings ask for.

    Args:
        name: as in the table above; a folder may be relative to the brand's.
        folder: the brand's.
        endpoint: where embeddings are, for `endpoint`.
        threads: that compute.

    Returns:
        The encoder; None for `ngrams` and `taught`: no vectors stand beside the n-grams.

    Raises:
        SettingsError: there is no such encoder, or `endpoint` without an address.
        MissingExtraError: an extra is not installed; the hint names it.
        ModelError: its files are not what they should be.
    """
    if name in (NGRAMS, TAUGHT):
        return None
    if name == MINILM:
        return open_minilm(threads=threads)
    if name == ENDPOINT:
        if endpoint is None:
            raise SettingsError(
                "the encoder «endpoint» has no address",
                hint="set the url and the model of the endpoint",
                setting="encoder",
            )
        return EndpointEncoder(endpoint, VectorCache(vectors_path(folder)))
    place = folder / Path(name).expanduser()
    if place.is_dir():
        if (place / MODEL).is_file():
            return OnnxEncoder(place, threads=threads)
        return SentenceEncoder(str(place), threads=threads)
    if "/" not in name or name.startswith((".", "/", "~")):
        known = (NGRAMS, MINILM, TAUGHT, ENDPOINT)
        raise SettingsError(
            f"there is no encoder «{name}»",
            hint=f"{did_you_mean(name, known)}; or a folder, or owner/name of a model of "
            "sentence-transformers",
            setting="encoder",
        )
    return SentenceEncoder(name, threads=threads)


def vectors_path(folder: Path) -> Path:
    """Where a brand keeps what an endpoint said: it goes with the brand, and is pruned with it."""
    return folder / ".connu" / "cache" / "vectors.bin"
