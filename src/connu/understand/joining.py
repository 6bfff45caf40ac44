"""Joining: clauses put together to statements, each of one theme in one tone.

Clauses between which a sentence ends stay apart. Over a comma or «and» they are joined unless both
speak of different themes, or in opposite tones; over «with», «which» they part so only where both
judge; over «but» they are joined only where one of them says nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from connu.understand.cutting import HARD, HELD, RUN_ON, TURN, WITH, Clauses


@dataclass(frozen=True)
class Statements:
    """Statements of texts, end to end.

    Attributes:
        text, start, end, first, last: as of clauses.
        of: int64 (clauses,): the statement of each clause.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    last: np.ndarray
    of: np.ndarray

    def __len__(self) -> int:
        return len(self.text)


def join_clauses(clauses: Clauses, theme: np.ndarray, tone: np.ndarray) -> Statements:
    """Statements of clauses; one pass.

    Args:
        clauses: in order.
        theme: int32 (clauses,): what it speaks of, −1: of nothing known.
        tone: int8 (clauses,): 1 content, −1 discontent, 0 neither.
    """
    of = _joined(
        clauses.text, clauses.join, clauses.last - clauses.first,
        theme.astype(np.int32), tone.astype(np.int8),
    )  # fmt: skip
    begins = np.flatnonzero(np.r_[True, of[1:] != of[:-1]]) if len(of) else np.zeros(0, np.int64)
    ends = np.r_[begins[1:], len(of)] - 1 if len(of) else begins
    return Statements(
        clauses.text[begins], clauses.start[begins], clauses.end[ends],
        clauses.first[begins], clauses.last[ends], of,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _joined(
    text: np.ndarray, join: np.ndarray, words: np.ndarray, theme: np.ndarray, tone: np.ndarray
) -> np.ndarray:
    of = np.zeros(len(text), np.int64)
    statement = -1
    now_theme, now_tone = -1, 0
    for i in range(len(text)):
        apart = i == 0 or text[i] != text[i - 1] or join[i] == HARD or join[i] == RUN_ON
        if not apart and join[i] != HELD:
            empty = theme[i] < 0 and tone[i] == 0
            empty_before = now_theme < 0 and now_tone == 0
            other = theme[i] >= 0 and now_theme >= 0 and theme[i] != now_theme
            against = tone[i] * now_tone < 0
            if join[i] == TURN:
                apart = not (empty or empty_before) or (words[i] > 3 and not empty)
            elif join[i] == WITH:
                apart = (other or against) and tone[i] != 0 and now_tone != 0 and theme[i] >= 0
            else:
                apart = other or against
        if apart:
            statement += 1
            now_theme, now_tone = theme[i], tone[i]
        else:
            now_theme = theme[i] if now_theme < 0 else now_theme
            now_tone = tone[i] if now_tone == 0 else now_tone
        of[i] = statement
    return of
