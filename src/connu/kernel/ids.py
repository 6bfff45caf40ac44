"""Ids of our own, derived from what they name, so that the same input gives the same ids anywhere.

An id is a letter and the first sixteen hexadecimal digits of a hash of its parts and an attempt
number. 64 bits make two of a million ids equal once in some forty million builds; whoever gives
out ids still checks, and takes the next attempt for the later of two equal ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

#: Keeps ("ab", "c") and ("a", "bc") apart; no file holds it in a cell.
_BETWEEN = "\x1f"
_DIGITS = 16


def hashed_id(letter: str, parts: Sequence[str], attempt: int = 0) -> str:
    """The id of `parts`: `letter` and 16 hexadecimal digits.

    >>> hashed_id("c", ["crm", "17"])
    'c7ffe070be170bc0a'
    >>> hashed_id("c", ["crm", "17"], attempt=1) == hashed_id("c", ["crm", "17"])
    False
    """
    text = _BETWEEN.join([str(attempt), *parts])
    # An id is a name and no secret: md5 is the hash that DuckDB and Spark share.
    return letter + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:_DIGITS]


def hashed_id_sql(letter: str, parts: Sequence[str], attempt: int = 0) -> str:
    """The SQL expression that gives `hashed_id` of the VARCHAR expressions `parts`.

    >>> hashed_id_sql("c", ["source", "record_id"])
    "'c' || substr(md5('0' || chr(31) || source || chr(31) || record_id), 1, 16)"
    """
    text = " || chr(31) || ".join([f"'{attempt}'", *parts])
    return f"'{letter}' || substr(md5({text}), 1, {_DIGITS})"
