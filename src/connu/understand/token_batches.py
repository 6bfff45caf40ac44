"""Token batches: texts as numbers of word pieces, and which of them are computed together.

Texts are sorted by length, so that hardly any place is spent on padding, and put together up to
some number of places: on a processor without room for more in its cache, small batches are the fast
ones (measured: 256 to 512 places are 1.5 times as fast as 4,096).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError

#: Word pieces of a text that are read, and code points before it is cut at all: what lies further
#: back is not looked at, so that 100,000 signs cost no more than 4,000.
MOST_TOKENS, _MOST_SIGNS = 128, 4_000
#: Places of a batch, padding included.
PLACES = 384


class Tokenizer:
    """A tokenizer.json, read: texts become numbers.

    Args:
        path: the file.
        most: word pieces of a text at most, its marks of beginning and end included.

    Raises:
        MissingExtraError: the library tokenizers is not installed.
        ModelError: the file is not a tokenizer's.
    """

    def __init__(self, path: Path, most: int = MOST_TOKENS) -> None:
        try:
            from tokenizers import Tokenizer as Library
        except ImportError:
            raise MissingExtraError(
                "a tokenizer needs its library", hint="pip install 'connu[minilm]'"
            ) from None
        try:
            self._library: Any = Library.from_file(str(path))
        except Exception:
            raise ModelError("the tokenizer cannot be read", file=path) from None
        padding = self._library.padding or {}
        #: The number that stands where nothing is.
        self.pad = int(padding.get("pad_id", 0))
        self._library.no_padding()
        self._library.enable_truncation(most)

    def numbers(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Per text, int64 (pieces,): at least the marks of beginning and end."""
        # A lone surrogate is no text; it is read as the sign for what cannot be read.
        cut = [
            text.strip()[:_MOST_SIGNS].encode("utf-8", "replace").decode("utf-8") for text in texts
        ]
        return [np.array(one.ids, np.int64) for one in self._library.encode_batch_fast(cut)]


def batches(lengths: np.ndarray, places: int = PLACES) -> Iterator[np.ndarray]:
    """Which rows go together: all of them once, by length.

    Args:
        lengths: int (n,), pieces of each text.
        places: rows × the longest of a batch at most; a single longer text is a batch.

    >>> [rows.tolist() for rows in batches(np.array([5, 1, 2, 2]), places=6)]
    [[1, 2, 3], [0]]
    """
    order = np.argsort(lengths, kind="stable")
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and lengths[order[end]] * (end + 1 - begin) <= places:
            end += 1
        yield order[begin:end]
        begin = end


def padded(numbers: Sequence[np.ndarray], pad: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Texts of a batch as a rectangle.

    Returns:
        Numbers, int64 (n, longest), and where there are any, int64 (n, longest) of 0 and 1.
    """
    longest = max((len(one) for one in numbers), default=0)
    ids = np.full((len(numbers), longest), pad, np.int64)
    mask = np.zeros((len(numbers), longest), np.int64)
    for row, one in enumerate(numbers):
        ids[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return ids, mask
