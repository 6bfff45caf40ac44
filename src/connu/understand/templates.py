"""Templates: lines that stand in many texts of several writers are nobody's own words.

Canned replies, the labels of forms, footers of a mailing. What people say alike by themselves must
stay («très bonne application»), so a line has to be long, or one among others, to be taken for one.
"""

from __future__ import annotations

import numpy as np

from connu.understand.own_lines import OwnLines

#: A template stands in so many texts at least, and in this share of them.
FEWEST_TEXTS, SHARE = 5, 0.002
#: Words of a line that is the whole text, of one among others, and of a label with its colon.
_WORDS_ALONE, _WORDS_AMONG, _WORDS_LABEL = 12, 5, 1


def template_lines(lines: OwnLines, texts: int, writers: np.ndarray | None = None) -> np.ndarray:
    """Which lines are templates.

    Args:
        lines: of all texts of the corpus.
        texts: how many there are, of those with lines or without.
        writers: int64 (texts,), who wrote each, negative where nobody knows; None: nobody does. A
            text whose writer is unknown counts as a writer's own.

    Returns:
        bool (l,).

    Cost: 0.3 µs a line.
    """
    among = np.bincount(lines.text, minlength=texts)[lines.text] > 1
    asked = np.where(among, _WORDS_AMONG, _WORDS_ALONE)
    asked = np.where(lines.colon & among, _WORDS_LABEL, asked)
    rows = np.flatnonzero(lines.words >= asked)
    found = np.zeros(len(lines.text), bool)
    if len(rows) < FEWEST_TEXTS:
        return found
    _, line = np.unique(lines.hash[rows], return_inverse=True)
    text = lines.text[rows]
    pairs = np.unique(line * np.int64(texts) + text)
    in_texts = np.bincount(pairs // texts, minlength=line.max() + 1)
    by = pairs % texts if writers is None else _writer_of(writers, pairs % texts)
    several = np.unique(np.column_stack((pairs // texts, by)), axis=0) if len(pairs) else pairs
    by_writers = np.bincount(several[:, 0], minlength=line.max() + 1)
    often = (in_texts >= max(FEWEST_TEXTS, SHARE * texts)) & (by_writers > 1)
    found[rows] = often[line]
    return found


def _writer_of(writers: np.ndarray, text: np.ndarray) -> np.ndarray:
    """Writers of texts; an unknown one is told by the text, below zero."""
    known = writers[text]
    return np.where(known < 0, -1 - text, known)
