"""Tags in texts: set aside, the words between them kept, nothing ever run.

A tag becomes blanks, one that begins a line (br, p, li …) a line's end; what stands in a script or
a style is set aside with it. One pass over the code points, linear whatever is left open.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: A tag is no longer; a `<` without its `>` this near is a sign like any other.
LONGEST_TAG = 4000
#: Tags that end a line, and tags whose content is no text.
_LINES = "br p div li ul ol tr td th table h1 h2 h3 h4 h5 h6 blockquote hr section article".split()
_SILENT = "script style head title template noscript iframe svg object".split()


def _names(names: list[str]) -> np.ndarray:
    """uint8 (n, 12): names of tags, zeros behind."""
    table = np.zeros((len(names), 12), np.uint8)
    for row, name in enumerate(names):
        table[row, : len(name)] = np.frombuffer(name.encode(), np.uint8)
    return table


_LINE_NAMES, _SILENT_NAMES = _names(_LINES), _names(_SILENT)


def blank_tags(codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Write blanks over tags.

    Args:
        codes: uint32, folded code points; changed.
        starts: int64 (n + 1,): where each text begins.

    Returns:
        bool, as long as codes: what was a tag.
    """
    return _blanked(codes, starts, _LINE_NAMES, _SILENT_NAMES, LONGEST_TAG)


@njit(cache=True, nogil=True)
def _is_named(codes, at, stop, names):  # pragma: no cover
    """Which of the names stands at `at` as a whole word; −1: none."""
    for row in range(len(names)):
        length = 0
        while length < names.shape[1] and names[row, length]:
            length += 1
        if at + length > stop:
            continue
        same = 0
        while same < length and codes[at + same] == names[row, same]:
            same += 1
        if same < length:
            continue
        after = codes[at + length] if at + length < stop else 32
        if not (97 <= after <= 122 or 48 <= after <= 57):
            return row
    return -1


@njit(cache=True, nogil=True)
def _tag_end(codes, at, stop, longest):  # pragma: no cover
    """Behind the `>` of the tag that begins at `at`; `at` where there is no tag."""
    inside = at + 1
    if inside < stop and codes[inside] == 47:
        inside += 1
    if inside >= stop:
        return at
    first = codes[inside]
    if not (97 <= first <= 122 or (first == 33 and inside == at + 1)):
        return at
    if first != 33:
        # «<jean@exemple.fr>» and «<https://…>» are no tags: their name does not end as one
        behind = inside
        while behind < stop and (97 <= codes[behind] <= 122 or 48 <= codes[behind] <= 57):
            behind += 1
        if behind < stop and codes[behind] not in (32, 10, 47, 62):
            return at
    for i in range(inside + 1, min(stop, at + longest)):
        if codes[i] == 62:
            return i + 1
        if codes[i] == 60:
            return at
    return at


@njit(cache=True, nogil=True)
def _closed_at(codes, at, stop, name):  # pragma: no cover
    """Behind the closing tag of a silent one, or the end of the text."""
    for i in range(at, stop - 1):
        if codes[i] == 60 and codes[i + 1] == 47 and _is_named(codes, i + 2, stop, name) == 0:
            j = i
            while j < stop and codes[j] != 62:
                j += 1
            return min(j + 1, stop)
    return stop


@njit(cache=True, nogil=True)
def _blanked(codes, starts, lines, silent, longest):  # pragma: no cover
    gone = np.zeros(len(codes), np.bool_)
    for row in range(len(starts) - 1):
        at, stop = starts[row], starts[row + 1]
        while at < stop:
            if codes[at] != 60:
                at += 1
                continue
            end = _tag_end(codes, at, stop, longest)
            if end == at:
                at += 1
                continue
            name = at + 2 if codes[at + 1] == 47 else at + 1
            mark = 10 if _is_named(codes, name, stop, lines) >= 0 else 32
            if codes[at + 1] != 47:
                which = _is_named(codes, name, stop, silent)
                if which >= 0 and codes[end - 2] != 47:
                    end = _closed_at(codes, end, stop, silent[which : which + 1])
            gone[at:end] = True
            codes[at:end] = 32
            codes[end - 1] = mark
            at = end
    return gone
