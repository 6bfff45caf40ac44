"""What each line of a text is: the customer's words, a quoted mail, a signature, a greeting.

Lines are folded before they are looked at. RE2 reads them as a column, pattern by pattern
(boilerplate.toml); a walk along each text's lines then decides, as what a line is depends on those
before: below «-- » all is signature, below «Le … a écrit :» all is somebody else's.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from connu.understand.folding import Folded

#: Why a code point is set aside; 0: it is the customer's.
OWN, TAG, QUOTED, SIGNATURE, GREETING = range(5)
REASONS = ("", "tag", "quoted", "signature", "greeting")
#: What a line is, a bit each.
_AUTOMATIC, _FROM, _WROTE, _BEGINS, _HEAD, _NOTICE, _SIGNING, _PS, _CONTACT = (
    1 << bit for bit in range(9)
)
_ANGLE = 62
#: A greeting or a closing, polite as it may be, is no longer.
_LONGEST_TAKEN = 180
#: Below «-- » and «Cordialement,» stands a signature of so many lines and code points at most.
_SIGNATURE_LINES, _SIGNATURE_ROOM, _SIGNATURE_LINE = 12, 800, 60


def set_lines_aside(texts: pa.Array, folded: Folded, gone: np.ndarray) -> np.ndarray:
    """Write into `gone` why code points are not the customer's own words.

    Args:
        texts: string (n,), as they came.
        folded: the same, their tags blanked.
        gone: uint8 (code points,): reasons so far; changed.

    Returns:
        bool (n,): texts that are automatic replies.
    """
    row, start, end = _lines(folded.codes, folded.starts)
    kind = np.zeros(len(row), np.uint16)
    lines = folded.strings(start, end)
    for bit, name in (
        (_AUTOMATIC, "automatic"), (_FROM, "quoted_from"), (_BEGINS, "begins"), (_HEAD, "head"),
    ):  # fmt: skip
        kind[_matched(lines, f'^[ "*]*(?:{_pattern(name)})')] |= bit
    wrote = _among(lines, _matched(lines, _pattern("wrote")), _pattern("dated"))
    kind[wrote] |= _WROTE
    hinted = _matched(lines, _pattern("notice_hint"))
    kind[_among(lines, hinted, f"^[ *]*(?:{_pattern('notices')})")] |= _NOTICE
    kind[_matched(lines, "^ *(?:p\\.? ?s|n\\.? ?b)\\b")] |= _PS
    greeting = _taken(lines, _greeting())
    hinted = _matched(lines, "envoye|sent |outlook|provenance")
    sent = _taken(lines, f"(?:^|[.!?,;:)] *|  +)(?P<taken>(?:{_pattern('sent_from')}) *)$", hinted)
    signing = _matched(lines, f"(?:{_pattern('signing')})[ ,.!:-]*$|(?:{_pattern('signing')}) *,")
    kind[_among(lines, signing, _signing())] |= _SIGNING
    kind[_matched(lines, f"^ *(?:{_pattern('contacts')})[^a-z0-9]*$")] |= _CONTACT
    closing = _taken(lines, _closing("(?:^|[.!?,;:)] *)"))
    _add_capital_closings(closing, lines, texts, row, end - folded.starts[row])
    automatic = np.zeros(len(folded), np.bool_)
    _walk(
        folded.codes, folded.starts, row, start, end, kind, greeting, sent, closing, gone, automatic
    )
    return automatic


def _matched(lines: pa.Array, pattern: str) -> np.ndarray:
    """int64: the lines that a pattern matches."""
    found = pc.match_substring_regex(lines, pattern)
    return np.flatnonzero(found.to_numpy(zero_copy_only=False))


def _among(lines: pa.Array, rows: np.ndarray, pattern: str) -> np.ndarray:
    """Those of some lines that a slower pattern matches."""
    return rows[_matched(lines.take(pa.array(rows)), pattern)] if len(rows) else rows


def _taken(lines: pa.Array, pattern: str, some: np.ndarray | None = None) -> np.ndarray:
    """int32: how many code points of each line, or of some, the group `taken` of a pattern takes.

    Patterns count no letters, which would cost RE2 its speed: what is too long is left here.
    """
    length = np.zeros(len(lines), np.int32)
    rows = _matched(lines, pattern) if some is None else _among(lines, some, pattern)
    if len(rows):
        found = pc.extract_regex(lines.take(pa.array(rows)), pattern).field("taken")
        length[rows] = pc.utf8_length(found).to_numpy(zero_copy_only=False)
    length[length > _LONGEST_TAKEN] = 0
    return length


@cache
def _words() -> dict[str, Any]:
    text = files("connu.understand").joinpath("boilerplate.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _pattern(name: str) -> str:
    """A list as one pattern; a blank stands for any run of blanks."""
    pattern = "|".join(filter(None, _words()[name].splitlines()))
    pattern = pattern.replace(" ?", " *")
    return re.sub(r" (?![*?+])(?![^\[\]]*\])", " +", pattern)


def _greeting() -> str:
    who = f"(?: +(?:{_pattern('greeted')})\\b)"
    free = f"(?:{_pattern('greetings')}){who}*(?: *[,.!:;]+ *|  *|$)"
    asked = f"(?:{_pattern('addressed')}){who}* *(?:[,:!] *|$)"
    return f'^(?P<taken>[ "*]*(?:(?:{free}|{asked}))+)'


def _closing(before: str) -> str:
    after = "[^a-z0-9]"  # marks, and emoji
    one = f"(?:{_pattern('closings')})"
    signed = f"(?:{_pattern('signing')}) *, *[a-z•'.-]+(?: +[a-z•'.-]+){{0,2}}"
    return f"{before}(?P<taken>(?:{one}{after}+)*(?:{one}|{signed}){after}*)$"


def _add_capital_closings(
    closing: np.ndarray, lines: pa.Array, texts: pa.Array, row: np.ndarray, end: np.ndarray
) -> None:
    """A closing that no mark parts from the sentence before, but its capital does."""
    length = _taken(lines, _closing("[a-z0-9] +"))
    for line in np.flatnonzero((closing == 0) & (length > 0)):
        place = int(end[line]) - int(length[line])
        if texts[int(row[line])].as_py()[place : place + 1].isupper():
            closing[line] = length[line]


def _signing() -> str:
    return f"(?:^|[.!?,;:)] *)(?:{_pattern('signing')})(?:[ ,.!:-]*| *,.{{0,40}})$"


@njit(cache=True, nogil=True)
def _lines(codes, starts):  # pragma: no cover
    """The lines of texts: row, start, end (the line's end left out); an empty text has one."""
    count = len(starts) - 1
    for i in range(len(codes)):
        count += codes[i] == 10
    row = np.empty(count, np.int64)
    start, end = np.empty(count, np.int64), np.empty(count, np.int64)
    n = 0
    for text in range(len(starts) - 1):
        begun = starts[text]
        for i in range(starts[text], starts[text + 1] + 1):
            if i == starts[text + 1] or codes[i] == 10:
                row[n], start[n], end[n] = text, begun, i
                n += 1
                begun = i + 1
    return row, start, end


@njit(cache=True, nogil=True)
def _first(codes, at, stop):  # pragma: no cover
    """The first code point that is no blank; 0 where there is none."""
    for i in range(at, stop):
        if codes[i] != 32 and codes[i] != 10:
            return codes[i]
    return 0


@njit(cache=True, nogil=True)
def _is_rule(codes, at, stop):  # pragma: no cover
    """Whether a line is «-- », which parts a signature from the text (RFC 3676)."""
    while stop > at and codes[stop - 1] == 32:
        stop -= 1
    return stop - at == 2 and codes[at] == 45 and codes[at + 1] == 45


@njit(cache=True, nogil=True)
def _put(gone, at, stop, reason):  # pragma: no cover
    for i in range(at, stop):
        if gone[i] == 0:
            gone[i] = reason


@njit(cache=True, nogil=True)
def _walk(
    codes, starts, row, start, end, kind, greeting, sent, closing, gone, automatic
):  # pragma: no cover
    """Line by line down each text; `begun` once something of the customer's stands before."""
    i, lines = 0, len(row)
    while i < lines:
        text = row[i]
        stop = starts[text + 1]
        last = i
        while last + 1 < lines and row[last + 1] == text:
            last += 1
        begun = False
        line = i
        while line <= last:
            at, until = start[line], end[line]
            short = last - line <= _SIGNATURE_LINES and stop - until <= _SIGNATURE_ROOM
            sign = _first(codes, at, until)
            if kind[line] & _AUTOMATIC and not begun and sign != _ANGLE:
                automatic[text] = True
            if sign == 0:
                line += 1
            elif kind[line] & _FROM:
                _put(gone, at, stop, QUOTED)
                break
            elif kind[line] & _WROTE:
                if line > i and kind[line - 1] & _BEGINS and not kind[line] & _BEGINS:
                    _put(gone, start[line - 1], at, QUOTED)
                below = line + 1
                while below < last and _first(codes, start[below], end[below]) == 0:
                    below += 1
                if below > last or _first(codes, start[below], end[below]) != _ANGLE:
                    _put(gone, at, stop, QUOTED)
                    break
                _put(gone, at, until, QUOTED)
                line += 1
            elif kind[line] & _HEAD and line < last and kind[line + 1] & _HEAD:
                # above the customer's words it is the head of his own mail
                if begun:
                    _put(gone, at, stop, QUOTED)
                    break
                while line <= last and kind[line] & _HEAD:
                    _put(gone, start[line], end[line], QUOTED)
                    line += 1
            elif sign == _ANGLE:
                _put(gone, at, until, QUOTED)
                line += 1
            elif begun and kind[line] & _CONTACT:
                _put(gone, at, until, SIGNATURE)
                line += 1
            elif (begun and short and _is_rule(codes, at, until)) or kind[line] & _NOTICE:
                _put(gone, at, stop, SIGNATURE)
                break
            else:
                _put(gone, until - sent[line], until, SIGNATURE)
                if not begun:
                    _put(gone, at, at + greeting[line], GREETING)
                _put(gone, until - closing[line], until, GREETING)
                for place in range(at, until):
                    begun = begun or (gone[place] == OWN and codes[place] != 32)
                signed = kind[line] & _SIGNING and short
                line += 1
                while signed and line <= last:
                    signed = not kind[line] & (_PS | _WROTE) and (
                        end[line] - start[line] <= _SIGNATURE_LINE
                    )
                    if signed:
                        _put(gone, start[line], end[line], SIGNATURE)
                        line += 1
        i = last + 1
