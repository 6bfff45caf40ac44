"""Cutting: texts into clauses, the pieces that statements are put together from.

A clause ends at a full stop, a mark or a line (`HARD`), before a word that turns («mais»,
«however»: `TURN`), at a comma, colon or bracket (`SOFT`), at «et», «and» (`AND`), or before «with»,
«qui» (`WITH`). The word or sign in between belongs to neither. Marks alone, and what a comma parts
from an «if …» or «quand …», are held to the clause before (`HELD`). What comes of the soft ends is
decided later, when it is known what each clause speaks of (`joining`); so is where one runs on
(`run_ons`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit

from connu.understand.folding import Folded
from connu.understand.tokens import MARK, Tokens, class_table, hash_of

#: How a clause is parted from the one before it.
HARD, TURN, SOFT, AND, RUN_ON, WITH, HELD = range(7)
#: Words that turn: what follows may be of another tone.
_TURNS = (
    "mais", "cependant", "toutefois", "neanmoins", "pourtant", "sauf", "hormis", "excepte",
    "malgre", "alors", "but", "however", "although", "though", "except", "yet", "whereas",
    "while", "despite", "unfortunately", "malheureusement",
)  # fmt: skip
_ANDS = ("et", "and", "ainsi", "puis", "plus", "also", "aussi", "donc", "car", "because", "so")
#: Of those, the ones that stay with their clause: dropped they would take meaning along.
_KEPT = ("malheureusement", "unfortunately", "sauf", "except", "hormis", "malgre", "despite",
         "excepte")  # fmt: skip
#: Of those, the ones that do not part after all: «plus pratique» is no new clause.
_LONE = ("plus", "alors", "ainsi", "aussi", "also", "so", "yet", "donc", "while", "puis")
#: Words that may begin another theme, and stay with what they begin.
_BEGIN = ("which", "that", "who", "with", "without", "qui", "avec", "sans")
#: What begins with one of these says nothing without what follows it.
_LEANS = (
    "if", "when", "while", "as", "since", "after", "before", "once", "until", "for", "quand", "si",
    "lorsque", "comme", "depuis", "apres", "avant", "pour",
)  # fmt: skip
#: A dot after one of these ends no statement.
_SHORT = ("m", "mr", "mrs", "ms", "dr", "mme", "mlle", "st", "etc", "ex", "no", "vs", "www", "tel")


@dataclass(frozen=True)
class Clauses:
    """Clauses of texts, end to end.

    Attributes:
        text: int64 (clauses,): of which text.
        start, end: int64 (clauses,): places in the folded code points.
        first, last: int64 (clauses,): its tokens.
        join: int8 (clauses,): how it is parted from the one before; HARD where there is none.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    last: np.ndarray
    join: np.ndarray


def clauses_of(
    folded: Folded,
    tokens: Tokens,
    text: np.ndarray | None = None,
    start: np.ndarray | None = None,
    end: np.ndarray | None = None,
) -> Clauses:
    """The clauses of texts, or of stretches of them. About 5 ns a code point.

    Args:
        folded, tokens: the texts.
        text, start, end: int64 (n,): stretches to read, places in the folded code points, in
            order; all of every text when absent.
    """
    if text is None or start is None or end is None:
        text = np.arange(len(folded), dtype=np.int64)
        start, end = folded.starts[:-1], folded.starts[1:]
    words, kinds = _words()
    made = _clauses(
        folded.codes, text.astype(np.int64), start.astype(np.int64), end.astype(np.int64),
        tokens.start, tokens.end, tokens.hash, class_table(), words, kinds,
    )  # fmt: skip
    clauses = Clauses(*made)
    clauses.join[np.r_[True, clauses.text[1:] != clauses.text[:-1]][: len(clauses.text)]] = HARD
    clauses.join[_held(folded, tokens, clauses)] = HELD
    return clauses


def _held(folded: Folded, tokens: Tokens, clauses: Clauses) -> np.ndarray:
    """bool (clauses,): which are held to the clause before, of the same text."""
    code = folded.codes[tokens.start]
    kind = np.where(code < 65536, class_table()[np.minimum(code, 65535)], MARK)
    counted = np.r_[0, np.cumsum(kind != MARK)]
    only_marks = counted[clauses.last] == counted[clauses.first]
    leans = np.isin(tokens.hash[clauses.first], _leaning())
    after = np.r_[False, leans[:-1]][: len(leans)] & (clauses.join == SOFT)
    same = np.r_[False, clauses.text[1:] == clauses.text[:-1]][: len(leans)]
    return same & (only_marks | after)


@cache
def _leaning() -> np.ndarray:
    return np.array([hash_of(word) for word in _LEANS], np.uint64)


@cache
def _words() -> tuple[np.ndarray, np.ndarray]:
    """uint64, int8: the hashes of words that part, ascending, and what they do.

    0: nothing after a dot; 1, 2: turn, dropped or kept; 3, 5: and, dropped or kept; 4: none of it.
    """
    known: dict[int, int] = {hash_of(word): 0 for word in _SHORT}
    known |= {hash_of(word): 2 if word in _KEPT else 1 for word in _TURNS}
    known |= {hash_of(word): 3 for word in _ANDS}
    known |= {hash_of(word): 4 for word in _LONE}
    known |= {hash_of(word): 5 for word in _BEGIN}
    hashes = np.array(sorted(known), np.uint64)
    return hashes, np.array([known[int(value)] for value in hashes], np.int8)


@njit(cache=True, nogil=True)
def _does(value: np.uint64, words: np.ndarray, kinds: np.ndarray) -> int:
    at = np.searchsorted(words, value)
    return kinds[at] if at < len(words) and words[at] == value else -1


@njit(cache=True, nogil=True)
def _clauses(
    codes: np.ndarray, text: np.ndarray, start: np.ndarray, end: np.ndarray,
    token_start: np.ndarray, token_end: np.ndarray, hashed: np.ndarray,
    classes: np.ndarray, words: np.ndarray, kinds: np.ndarray,
) -> tuple:  # fmt: skip
    room = len(token_start) + 1
    out_text, out_start = np.empty(room, np.int64), np.empty(room, np.int64)
    out_end, out_first = np.empty(room, np.int64), np.empty(room, np.int64)
    out_last, out_join = np.empty(room, np.int64), np.empty(room, np.int8)
    n = 0
    for i in range(len(text)):
        token = np.searchsorted(token_start, start[i])
        stop = np.searchsorted(token_start, end[i])
        begin, join = token, HARD
        after = start[i]  # the end of the last token read
        while token <= stop:
            gap_end = end[i] if token == stop else token_start[token]
            # What stands between two tokens.
            gap = -1
            for at in range(after, gap_end):
                code = codes[at]
                kind = classes[code] if code < 65536 else 3
                if kind == 5:
                    gap = HARD
                elif kind == 4:
                    number = (
                        at > start[i] and at + 1 < end[i]
                        and classes[min(codes[at - 1], 65535)] == 2
                        and classes[min(codes[at + 1], 65535)] == 2
                    )  # fmt: skip
                    inside = (
                        at + 1 < end[i]
                        and classes[min(codes[at + 1], 65535)] == 1
                        and (at > start[i] and classes[min(codes[at - 1], 65535)] == 1)
                    )
                    short = token > begin and _does(hashed[token - 1], words, kinds) == 0
                    long_after = token < stop and token_end[token] - token_start[token] > 3
                    if not number and not short and (not inside or long_after):
                        gap = HARD
                elif kind == 6 and gap != HARD:
                    number = (
                        at > start[i] and at + 1 < end[i]
                        and classes[min(codes[at - 1], 65535)] == 2
                        and classes[min(codes[at + 1], 65535)] == 2
                    )  # fmt: skip
                    if code == 59:
                        gap = HARD
                    elif not number:
                        gap = SOFT
                elif gap == -1 and code in (40, 41, 91, 93, 45):
                    # Of hyphens those between spaces alone.
                    if code != 45 or (
                        at > start[i] and at + 1 < end[i]
                        and classes[min(codes[at - 1], 65535)] == 0
                        and classes[min(codes[at + 1], 65535)] == 0
                    ):  # fmt: skip
                        gap = SOFT
                elif gap == -1 and code == 38:
                    gap = AND
            if token > begin and token < stop:
                # A mark ends what it stands behind; the marks after it stay with it.
                code = codes[token_start[token - 1]]
                was_mark = code >= 65536 or classes[code] == 3
                code = codes[token_start[token]]
                is_mark = code >= 65536 or classes[code] == 3
                if was_mark and not is_mark:
                    gap = HARD
                elif is_mark and gap != HARD:
                    gap = -1
            does = -1
            if token < stop:
                does = _does(hashed[token], words, kinds)
                if does == 4:
                    does = -1
            parted = gap
            if does == 1 or does == 2:
                parted = TURN if gap != HARD else HARD
            elif does == 3 and gap == -1:
                parted = AND
            elif does == 5 and gap == -1:
                parted = WITH
            if token > begin and (token == stop or parted >= 0):
                out_text[n], out_join[n] = text[i], join
                out_start[n], out_end[n] = token_start[begin], token_end[token - 1]
                out_first[n], out_last[n] = begin, token
                n += 1
                join = parted if parted >= 0 else HARD
                begin = token
            if token < stop and token == begin and (does == 1 or does == 3) and token + 1 < stop:
                # The word in between is dropped; what it does is kept.
                if does == 1:
                    join = TURN if join != HARD or n == 0 or out_text[n - 1] != text[i] else join
                begin = token + 1
            if token < stop:
                after = token_end[token]
            token += 1
    return (
        out_text[:n].copy(), out_start[:n].copy(), out_end[:n].copy(), out_first[:n].copy(),
        out_last[:n].copy(), out_join[:n].copy(),
    )  # fmt: skip
