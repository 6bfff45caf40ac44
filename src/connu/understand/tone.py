"""Tone: whether a clause is content or not, by the words of tone.toml.

Negators before a word turn it, boosters strengthen it; of a French «ne … pas» the second half
counts. What is learnt from the brand's own ratings and labels comes on top (`polarity`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numba import njit

from connu.understand.cutting import Clauses
from connu.understand.folding import Folded
from connu.understand.lemmas import LANGUAGES
from connu.understand.terms import Terms, compile_terms, find_terms, language_bits
from connu.understand.tokens import Tokens

#: What terms speak for.
GOOD, BAD, NEGATES, BOOSTS = range(4)
#: How many words back a negator or a booster is heard.
_REACH = 3
_TURNED, _STRONGER = np.float32(0.7), np.float32(1.35)


@cache
def tone_terms() -> Terms:
    """The words of tone, compiled. `NEGATES` and `BOOSTS` are found apart (`_shifters`)."""
    listed = []
    for language, words in _words().items():
        bits = language_bits(language)
        for sign, key in ((GOOD, "positive"), (BAD, "negative")):
            for weight, terms in words[key].items():
                listed += [(term, sign, float(weight), bits) for term in terms]
    return compile_terms(listed)


@cache
def _shifters() -> Terms:
    listed = []
    for language, words in _words().items():
        bits = language_bits(language)
        listed += [(term, NEGATES, 1.0, bits) for term in words["negators"]]
        listed += [(term, BOOSTS, 1.0, bits) for term in words["boosters"]]
    return compile_terms(listed)


def _words() -> dict:
    text = resources.files("connu.understand").joinpath("tone.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    return {language: words[language] for language in LANGUAGES}


@dataclass(frozen=True)
class Tone:
    """The tone of clauses.

    Attributes:
        felt: float32 (clauses, 2): contentment, discontent, both ≥ 0.
        judging: int32 (clauses,): words that judge; faint ones and negators do not.
        content: int32 (clauses,): words of four letters and more, of judgement or not.
    """

    felt: np.ndarray
    judging: np.ndarray
    content: np.ndarray


def tone_of(folded: Folded, tokens: Tokens, clauses: Clauses, language: np.ndarray) -> Tone:
    """How content and how discontent each clause is. About 60 ns a token.

    Args:
        folded, tokens, clauses: the texts.
        language: int8 (clauses,): its number, −1 for any.
    """
    hits = find_terms(tone_terms(), folded, tokens, clauses, language)
    shifts = find_terms(_shifters(), folded, tokens, clauses, language)
    kinds = np.full(len(tokens.hash), -1, np.int8)
    kinds[shifts.token] = _shifters().of[shifts.term]
    terms = tone_terms()
    felt = _weighed(
        len(clauses.text), hits.clause, hits.token, hits.words, terms.of[hits.term],
        terms.weight[hits.term], clauses.first, kinds,
    )  # fmt: skip
    n = len(clauses.text)
    judges = terms.weight[hits.term] > 1
    judging = np.bincount(hits.clause[judges], hits.words[judges], minlength=n).astype(np.int32)
    return Tone(
        felt, judging, _content(tokens.start, tokens.end, clauses.first, clauses.last, kinds)
    )


def signs_of(
    folded: Folded, tokens: Tokens, clauses: Clauses, language: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where words judge: int8 (tokens,), 1 contentment and −1 discontent, 0 elsewhere, at the first
    token of each; and bool (tokens,): the further tokens of one. Faint words are left out.

    Args:
        as of tone_of.
    """
    hits = find_terms(tone_terms(), folded, tokens, clauses, language)
    shifts = find_terms(_shifters(), folded, tokens, clauses, language)
    kinds = np.full(len(tokens.hash), -1, np.int8)
    kinds[shifts.token] = _shifters().of[shifts.term]
    terms = tone_terms()
    return _signs(
        len(tokens.hash), hits.clause, hits.token, hits.words, terms.of[hits.term],
        terms.weight[hits.term], clauses.first, kinds,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _signs(
    n: int, clause: np.ndarray, token: np.ndarray, words: np.ndarray, sign: np.ndarray,
    weight: np.ndarray, first: np.ndarray, kinds: np.ndarray,
) -> tuple:  # fmt: skip
    made, within = np.zeros(n, np.int8), np.zeros(n, np.bool_)
    for h in range(len(clause)):
        at = token[h]
        for further in range(at + 1, at + words[h]):
            within[further] = True
        if weight[h] <= 1:
            continue
        turned = False
        for back in range(1, _REACH + 1):
            if at - back < first[clause[h]]:
                break
            if kinds[at - back] == 2:
                turned = not turned
        made[at] = 1 if (sign[h] == 0) != turned else -1
    return made, within


@njit(cache=True, nogil=True)
def _content(
    start: np.ndarray, end: np.ndarray, first: np.ndarray, last: np.ndarray, kinds: np.ndarray
) -> np.ndarray:
    counted = np.zeros(len(first), np.int32)
    for i in range(len(first)):
        for token in range(first[i], last[i]):
            if end[token] - start[token] >= 4 and kinds[token] < 2:
                counted[i] += 1
    return counted


@njit(cache=True, nogil=True)
def _weighed(
    n: int, clause: np.ndarray, token: np.ndarray, words: np.ndarray, sign: np.ndarray,
    weight: np.ndarray, first: np.ndarray, kinds: np.ndarray,
) -> np.ndarray:  # fmt: skip
    tone = np.zeros((n, 2), np.float32)
    for h in range(len(clause)):
        i, at = clause[h], token[h]
        value = weight[h]
        turned = False
        for back in range(1, _REACH + 1):
            if at - back < first[i]:
                break
            kind = kinds[at - back]
            if kind == 2:
                turned = not turned
            elif kind == 3 and back <= 2:
                value *= _STRONGER
        own = kinds[at] == 2 and words[h] == 1
        if own:
            value *= np.float32(0.5)  # a negator alone says little; what it turns says it
        if turned and not own:
            tone[i, 1 - sign[h]] += value * _TURNED
        else:
            tone[i, sign[h]] += value
    return tone
