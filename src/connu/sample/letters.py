"""Spelling mistakes on many words at once: words as rows of letters, mistakes as index arithmetic.

A NumPy `U` array of k words of at most w letters is seen as a (k, w) matrix of code points, so
that dropping, doubling, swapping or replacing a letter costs one gather for all words.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Bools

Words = npt.NDArray[np.str_]

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "1234567890")
_BESIDE = {row[i]: row[i + 1] for row in _ROWS for i in range(len(row) - 1)}
#: How French ears write: the first that occurs in the word is replaced.
_SOUNDS = (
    ("ph", "f"),
    ("eau", "o"),
    ("ault", "aut"),
    ("aud", "ot"),
    ("ain", "in"),
    ("ck", "k"),
    ("ll", "l"),
    ("nn", "n"),
    ("th", "t"),
    ("y", "i"),
    ("qu", "k"),
    ("ss", "c"),
    ("z", "s"),
    ("ei", "ai"),
    ("h", ""),
    ("é", "er"),
    ("s", "z"),
)


def typos(words: pa.Array, mask: Bools, rng: np.random.Generator) -> pa.Array:
    """One letter lost, doubled, swapped with the next or mistyped, in the words under the mask.

    Words of fewer than four letters, and the first letter of all words, stay as they are.
    """
    return _on(words, mask, lambda chosen: _mistype(chosen, rng))


def mishearings(words: pa.Array, mask: Bools, rng: np.random.Generator) -> pa.Array:
    """The words under the mask written as they sound: «Philippeau» → «Filippeau»."""
    return _on(words, mask, lambda chosen: _mishear(chosen, rng))


def unaccented(words: pa.Array, mask: Bools) -> pa.Array:
    """The words under the mask without accents, as old systems keep them."""
    plain = words
    for accented, bare in zip(
        "àâäéèêëîïôöùûüçñãõáíóúÉÈÀÁÎÔÇÂÓÍÚÖÜ", "aaaeeeeiioouuucnaoaiouEEAAIOCAOIUOU", strict=True
    ):
        plain = pc.replace_substring(plain, accented, bare)
    return pc.if_else(pa.array(mask), pc.replace_substring(plain, "ß", "ss"), words)


def _on(words: pa.Array, mask: Bools, function) -> pa.Array:  # type: ignore[no-untyped-def]
    mask = mask & words.is_valid().to_numpy(zero_copy_only=False)
    if not mask.any():
        return words
    chosen = words.filter(pa.array(mask)).to_numpy(zero_copy_only=False).astype(np.str_)
    return pc.replace_with_mask(words, pa.array(mask), pa.array(function(chosen), pa.string()))


def _mistype(words: Words, rng: np.random.Generator) -> Words:
    width = words.dtype.itemsize // 4 + 1
    matrix = words.astype(f"U{width}").view(np.uint32).reshape(len(words), width).copy()
    length = np.char.str_len(words)
    at = 1 + (rng.random(len(words)) * np.maximum(length - 2, 1)).astype(np.int64)
    kind = rng.integers(0, 4, len(words))
    kind[length < 4] = 4  # left alone
    column = np.arange(width)[None, :]
    here = at[:, None]
    source = np.broadcast_to(column, matrix.shape).copy()
    source += (kind[:, None] == 0) & (column >= here)  # lost
    source -= (kind[:, None] == 1) & (column > here)  # doubled
    swap = kind[:, None] == 2
    source += swap & (column == here)
    source -= swap & (column == here + 1)
    made = np.take_along_axis(np.c_[matrix, np.zeros(len(matrix), np.uint32)], source, axis=1)
    wrong = np.flatnonzero(kind == 3)
    made[wrong, at[wrong]] = _beside(made[wrong, at[wrong]])
    return np.ascontiguousarray(made).view(f"U{width}").ravel()


def _beside(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for letter, neighbour in _BESIDE.items():
        table[ord(letter)] = ord(neighbour)
        table[ord(letter.upper())] = ord(neighbour.upper())
    return np.where(letters < 256, table[np.minimum(letters, 255)], letters)


def _mishear(words: Words, rng: np.random.Generator) -> Words:
    """The rules are tried from a random one on, so that not all mistakes are alike."""
    heard, done = words.copy(), np.zeros(len(words), dtype=np.bool_)
    start = rng.integers(0, len(_SOUNDS), len(words))
    for step in range(len(_SOUNDS)):
        for rule, (sound, written) in enumerate(_SOUNDS):
            at = np.flatnonzero(~done & ((start + step) % len(_SOUNDS) == rule))
            at = at[np.char.find(words[at], sound, 1) > 0] if len(at) else at
            if len(at):
                heard[at] = np.char.replace(words[at], sound, written, count=1)
                done[at] = True
    return heard
