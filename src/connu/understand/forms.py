"""Forms: how an expectation is put, to whom, and from where, by the patterns of forms.toml.

Rules stand under whatever is learnt: measured across domains, a model learnt on forums found
.12–.24 of the wishes in hotel reviews, rules .49. Patterns are RE2: linear in the text, whatever
stands in it. A tip to other customers is a demand too («ask for a room at the back»), to peers.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.understand.lemmas import LANGUAGES

#: Explicit forms, as `Forms.form` numbers them; −1 is none of them.
EXPLICIT = ("wish", "should", "lack", "comparison", "regret")
ADDRESSEES = ("brand", "peers", "other")


@dataclass(frozen=True)
class Forms:
    """What is found in statements.

    Attributes:
        form: int8 (n,): into EXPLICIT, or −1.
        addressee: int8 (n,): into ADDRESSEES.
        outside: bool (n,): said from outside the commercial relation.
        past: bool (n,): it was so, and is no longer: praise of the past is a complaint.
    """

    form: np.ndarray
    addressee: np.ndarray
    outside: np.ndarray
    past: np.ndarray


def forms_of(folded: pa.Array, language: np.ndarray) -> Forms:
    """The forms of statements. About 10 µs a statement.

    Args:
        folded: string (n,): the statements, folded.
        language: int8 (n,): its number, −1 for any.
    """
    n = len(folded)
    form = np.full(n, -1, np.int8)
    addressee = np.zeros(n, np.int8)
    outside, past = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for number, spoken in enumerate(LANGUAGES):
        rows = np.flatnonzero((language == number) | (language < 0))
        if not len(rows):
            continue
        texts = folded if len(rows) == n else folded.take(pa.array(rows))
        found = np.full(len(rows), -1, np.int8)
        for word in _patterns()["order"]:
            fresh = found < 0
            here = _matches(texts, spoken, word) & fresh
            found[here] = EXPLICIT.index(word)
        form[rows] = np.where(form[rows] < 0, found, form[rows])
        for word in ("peers", "other"):
            here = _matches(texts, spoken, word)
            addressee[rows[here & (addressee[rows] == 0)]] = ADDRESSEES.index(word)
        outside[rows] |= _matches(texts, spoken, "outside")
        past[rows] |= _matches(texts, spoken, "past")
    return Forms(form, addressee, outside, past)


def _matches(texts: pa.Array, language: str, word: str) -> np.ndarray:
    """bool (n,): which statements hold a pattern, once what `not` names is taken out."""
    yes, no = _compiled(language, word)
    found = pc.match_substring_regex(texts, yes).to_numpy(zero_copy_only=False).astype(np.bool_)
    if no:
        at = np.flatnonzero(found)
        left = pc.replace_substring_regex(texts.take(pa.array(at)), no, " ~ ")
        still = pc.match_substring_regex(left, yes).to_numpy(zero_copy_only=False)
        found[at] = still.astype(np.bool_)
    return found


@cache
def _compiled(language: str, word: str) -> tuple[str, str]:
    patterns = _patterns()[language][word]
    yes, no = ("|".join(f"(?:{p})" for p in patterns[key]) for key in ("yes", "not"))
    return yes, no


@cache
def _patterns() -> dict:
    text = resources.files("connu.understand").joinpath("forms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
