"""What of each text is the customer's own words, and which texts are set aside whole.

Not his own are quoted mails, signatures, notices, greetings and closings, tags, automatic replies,
templates that stand in many texts, and what repeats a text before. What is left are stretches of
the text as it came; nothing is rewritten, so positions hold. Whatever stands in a text, scripts,
control characters or 100,000 letters, costs time in proportion to its length and no more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from connu.understand.boilerplate_lines import GREETING, OWN, REASONS, TAG, set_lines_aside
from connu.understand.folding import fold
from connu.understand.markup import blank_tags
from connu.understand.own_lines import OwnLines, own_lines
from connu.understand.parts import one_array, parts
from connu.understand.repeats import find_repeats
from connu.understand.templates import template_lines
from connu.understand.tokens import DIGIT, LETTER, class_of, class_table

Stretches: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]

__all__ = ["ASIDE", "LONGEST", "OwnWords", "own_words"]

#: Code points of a text that are read.
LONGEST = 20_000
#: Why a text is set aside whole.
ASIDE = (
    "empty", "binary", "no_words", "automatic_reply", "template", "quoted", "signature", "greeting",
    "duplicate",
)  # fmt: skip
#: Of a binary text this share, and so many code points, are control characters or unreadable.
_BINARY_SHARE, _BINARY_COUNT = 0.1, 4
_CONTROL = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x{fffd}]"
#: A text of closings alone is the customer's where it thanks: «Merci !», «Thank you so much».
_THANKS = r"(?i:merci|thank)"


@dataclass(frozen=True)
class OwnWords:
    """Stretches of the customers' own words in texts, in order, and what was set aside.

    Attributes:
        text: int64 (k,): the row of the text of each stretch, ascending.
        start, end: int64 (k,): code points of the text; none begins or ends with a blank.
        aside: string (n,): why a text is set aside whole (`ASIDE`), null where it is not. Such a
            text has no stretches.
        repeats: int64 (n,): of a duplicate the row that it repeats; −1 of others.
        cut: bool (n,): longer than `LONGEST`, and read no further.
        parted: texts of which a part was set aside, by reason (tag, quoted, signature, greeting,
            template).
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    aside: pa.Array
    repeats: np.ndarray
    cut: np.ndarray
    parted: dict[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """Texts set aside whole, by reason, and those cut, for the trace."""
        told = Counter(self.aside.drop_null().to_pylist())
        return dict(sorted(told.items())) | {"cut": int(self.cut.sum())}


def own_words(texts: pa.Array, *, writers: pa.Array | None = None) -> OwnWords:
    """Find the customers' own words.

    Templates and duplicates are found within `texts`, so all texts of a corpus are given at once.
    Equal texts of one writer are always duplicates; where writers are unknown from eight words on,
    of two from twelve. Nearly equal ones, four words in five shared and as much denied, are from
    twelve words on where one wrote both or nobody knows, of two writers from twenty.

    Args:
        texts: string (n,); null counts as empty.
        writers: any type (n,): who wrote each; null: not known.

    Cost: 8 µs a text of 110 characters; 150 bytes of memory each besides the parts being read.

    >>> found = own_words(pa.array(["Bonjour, trop cher.\\n-- \\nJean", "👍", "trop cher"]))
    >>> list(zip(found.text.tolist(), found.start.tolist(), found.end.tolist()))
    [(0, 9, 19), (2, 0, 9)]
    >>> found.aside.to_pylist()
    [None, 'no_words', None]
    """
    texts = pc.fill_null(one_array(texts), "")
    cut = pc.greater(pc.utf8_length(texts), LONGEST).to_numpy(zero_copy_only=False)
    if cut.any():
        shorter = pc.utf8_slice_codeunits(texts.filter(pa.array(cut)), 0, LONGEST)
        texts = pc.replace_with_mask(texts, pa.array(cut), shorter)
    aside = np.zeros(len(texts), np.int8)
    stretches: list[Stretches] = []
    lines: list[OwnLines] = []
    parted: Counter[str] = Counter()
    for row, part in parts(texts):
        of_part, lines_of_part = _part(part, row, aside, parted)
        stretches.append(of_part)
        lines.append(lines_of_part)
    if not stretches:
        nothing = np.zeros(0, np.int64)
        return OwnWords(nothing, nothing, nothing, _named(aside), nothing, cut, {})
    text, start, end = (np.concatenate(arrays) for arrays in zip(*stretches, strict=True))
    every = OwnLines.joined(lines)
    # What is set aside already is no template, and repeats nothing.
    counted = aside[every.text] == 0
    who = _writers(writers)
    template = template_lines(every, len(texts), who) & counted
    parted["template"] = len(np.unique(every.text[template]))
    text, start, end = _without(texts, (text, start, end), every, template)
    had = aside == 0
    had[text] = False
    aside[had] = _code("template")
    repeats = find_repeats(every, counted & ~template, len(texts), who)
    aside[repeats >= 0] = _code("duplicate")
    kept = aside[text] == 0
    return OwnWords(
        text[kept], start[kept], end[kept], _named(aside), repeats, cut,
        {name: count for name, count in sorted(parted.items()) if count},
    )  # fmt: skip


def _part(
    part: pa.Array, row: int, aside: np.ndarray, parted: Counter[str]
) -> tuple[Stretches, OwnLines]:
    """Stretches and lines of some texts, from `row` on; why they are set aside goes to `aside`."""
    folded = fold(part)
    gone = np.where(blank_tags(folded.codes, folded.starts), np.uint8(TAG), np.uint8(OWN))
    automatic = set_lines_aside(part, folded, gone)
    why, worded, most = _summed(folded.codes, folded.starts, gone, class_table())
    nothing = np.flatnonzero(worded & (why == 0) & (most == GREETING))
    if len(nothing):
        thanks = pc.match_substring_regex(part.take(pa.array(nothing)), _THANKS)
        for text in nothing[thanks.to_numpy(zero_copy_only=False)]:
            gone[folded.starts[text] : folded.starts[text + 1]] = OWN
            why[text] = 1
    own = aside[row : row + len(part)]
    blank = ~pc.match_substring_regex(part, r"[^\s\x00]").to_numpy(zero_copy_only=False)
    codes = np.array([_code(name if name in ASIDE else "no_words") for name in REASONS], np.int8)
    own[why == 0] = codes[most[why == 0]]
    own[~worded] = _code("no_words")
    own[blank] = _code("empty")
    own[automatic] = _code("automatic_reply")
    own[_binary(part)] = _code("binary")
    for reason in range(1, len(REASONS)):
        edges = np.flatnonzero(gone == reason)
        touched = np.unique(np.searchsorted(folded.starts, edges, "right")) if len(edges) else edges
        parted[REASONS[reason]] += len(touched)
    text, start, end = _stretches(folded.codes, folded.starts, gone, class_table())
    begins = folded.starts[text]
    return (text + row, start - begins, end - begins), own_lines(folded, gone, row)


def _code(name: str) -> int:
    return ASIDE.index(name) + 1


def _named(aside: np.ndarray) -> pa.Array:
    codes = pa.array(aside.astype(np.int8) - 1, pa.int8(), mask=aside == 0)
    return pa.array(ASIDE, pa.string()).take(codes)


def _binary(part: pa.Array) -> np.ndarray:
    """bool: texts of control characters and of what could not be decoded."""
    found = pc.match_substring_regex(part, _CONTROL).to_numpy(zero_copy_only=False).copy()
    rows = np.flatnonzero(found)
    some = part.take(pa.array(rows))
    count = pc.count_substring_regex(some, _CONTROL).to_numpy(zero_copy_only=False)
    length = pc.utf8_length(some).to_numpy(zero_copy_only=False)
    found[rows] = (count >= _BINARY_COUNT) & (count >= _BINARY_SHARE * length)
    return found


def _writers(writers: pa.Array | None) -> np.ndarray | None:
    if writers is None:
        return None
    encoded = writers.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _without(texts: pa.Array, stretches: Stretches, lines: OwnLines, gone: np.ndarray) -> Stretches:
    """Stretches without some lines; the texts that hold these are cut anew."""
    text, start, end = stretches
    rows = np.unique(lines.text[gone])
    if not len(rows):
        return stretches
    folded = fold(texts.take(pa.array(rows)))
    here = np.isin(text, rows)
    begins = folded.starts[np.searchsorted(rows, text[here])]
    left = np.full(len(folded.codes), TAG, np.uint8)
    _fill(left, begins + start[here], begins + end[here], OWN)
    begins = folded.starts[np.searchsorted(rows, lines.text[gone])]
    _fill(left, begins + lines.start[gone], begins + lines.end[gone], TAG)
    again, first, last = _stretches(folded.codes, folded.starts, left, class_table())
    begins = folded.starts[again]
    merged = (
        np.r_[text[~here], rows[again]],
        np.r_[start[~here], first - begins],
        np.r_[end[~here], last - begins],
    )
    order = np.lexsort((merged[1], merged[0]))
    return merged[0][order], merged[1][order], merged[2][order]


@njit(cache=True, nogil=True)
def _fill(gone, start, end, reason):  # pragma: no cover
    for i in range(len(start)):
        gone[start[i] : end[i]] = reason


@njit(cache=True, nogil=True)
def _summed(codes, starts, gone, classes):  # pragma: no cover
    """Per text: own words (1: some), whether there is any word, and the reason that took most."""
    texts = len(starts) - 1
    own, worded = np.zeros(texts, np.int64), np.zeros(texts, np.bool_)
    most = np.zeros(texts, np.int64)
    taken = np.zeros(5, np.int64)
    for row in range(texts):
        taken[:] = 0
        for i in range(starts[row], starts[row + 1]):
            kind = class_of(codes[i], classes)
            if kind in (LETTER, DIGIT):
                worded[row] = True
                taken[gone[i]] += 1
        own[row] = taken[0] > 0
        most[row] = 1 + np.argmax(taken[1:])
    return own, worded, most


@njit(cache=True, nogil=True)
def _stretches(codes, starts, gone, classes):  # pragma: no cover
    """Runs of what is not set aside, without blanks around, a word in each."""
    text, start, end = [], [], []
    for row in range(len(starts) - 1):
        i = starts[row]
        while i < starts[row + 1]:
            if gone[i]:
                i += 1
                continue
            first, last, worded = -1, i, False
            while i < starts[row + 1] and gone[i] == 0:
                if codes[i] != 32 and codes[i] != 10:
                    first = i if first < 0 else first
                    last = i + 1
                    kind = class_of(codes[i], classes)
                    worded = worded or kind in (LETTER, DIGIT)
                i += 1
            if worded:
                text.append(row)
                start.append(first)
                end.append(last)
    return np.array(text, np.int64), np.array(start, np.int64), np.array(end, np.int64)
