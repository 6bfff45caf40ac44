"""Run-ons: clauses that say two things in one breath, parted where the second begins.

«great app very easy to use», «super appli des bugs par moment»: nothing stands between the two, so
`cutting` cannot see them. They are parted where a judgement has been made and another follows, of
another theme or in the opposite tone, before a word that may begin it; never after a word that
holds on to the next («is», «with», «not», «le»), nor within a seed or a word of tone.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit

from connu.understand.cutting import RUN_ON, Clauses
from connu.understand.tokens import Tokens, hash_of

#: How many words ahead are read for what follows.
_AHEAD = 24
#: Words that may begin something new.
_OPENS = """
    i it they we he she very really so always never everything only everyone lots plenty there
    would shame just hope please je j il elle ils elles on ca cela c tres vraiment toujours
    aucun aucune impossible seul seule dommage juste merci bravo ne n pas maintenant sinon
""".split()
#: Words that do where the next one judges.
_OPENS_JUDGED = """
    no for at great this these des quelques le la les l ce beaucoup plein pour trop
""".split()
#: Words that hold on to the next.
_HOLDS = """
    i it they we he she is are was were be been being s the a an my your their our its his her
    this these that of to with from in on at for by as how what which who where when why if than
    then very really so too such not no never and or but quite more most less always have has
    had having do does did can could will would should t m re ve ll d get got gets made make
    makes find found think about like just also extremely super absolutely highly totally pretty
    feel feels seems seem looks any some all without after before because until since every each
    other both only je j il elle ils elles nous vous c ce ca cela est sont etait etaient ete
    etre suis es sera serait le la les l un une des de du au aux en y mon ma mes votre vos notre
    nos leur leurs son sa ses cette cet ces qui que qu dont ou si et ni mais pour par avec sans
    sur dans tres trop vraiment plus moins assez bien tout toute tous toutes ne n pas jamais
    aucun aucune rien se me te fait font ai avez avons ont avait etes trouve reste semble comme
    aussi quand lorsque car parce depuis apres avant hyper ultra encore toujours meme autre
    autres non entre chez vers quel quelle peu beaucoup tellement parfois souvent peut peux
    plutot
""".split()


@cache
def _words() -> tuple[np.ndarray, np.ndarray]:
    """uint64, int8: hashes, ascending; bits: 1 opens, 2 holds on, 4 opens what judges."""
    known: dict[int, int] = {}
    for word in _OPENS:
        known[hash_of(word)] = known.get(hash_of(word), 0) | 1
    for word in _OPENS_JUDGED:
        known[hash_of(word)] = known.get(hash_of(word), 0) | 4
    for word in _HOLDS:
        known[hash_of(word)] = known.get(hash_of(word), 0) | 2
    hashes = np.array(sorted(known), np.uint64)
    return hashes, np.array([known[int(value)] for value in hashes], np.int8)


def part_run_ons(
    clauses: Clauses,
    tokens: Tokens,
    theme: np.ndarray,
    sign: np.ndarray,
    within: np.ndarray,
    general: np.ndarray,
) -> Clauses:
    """Clauses, those that run on parted. About 20 ns a token.

    Args:
        clauses, tokens: the texts.
        theme: int32 (tokens,): the theme a seed beginning there speaks for, −1 for none.
        sign: int8 (tokens,): 1 a word of contentment begins there, −1 of discontent, 0 neither.
        within: bool (tokens,): inside a seed or a word of tone, where nothing is parted.
        general: bool (themes,): which themes are general.
    """
    words, kinds = _words()
    at = _parted(
        clauses.first, clauses.last, tokens.hash, theme.astype(np.int32), sign.astype(np.int8),
        within, general, words, kinds,
    )  # fmt: skip
    if not len(at):
        return clauses
    of = np.searchsorted(clauses.first, at, side="right") - 1
    first = np.concatenate([clauses.first, at])
    text = np.concatenate([clauses.text, clauses.text[of]])
    start = np.concatenate([clauses.start, tokens.start[at]])
    join = np.concatenate([clauses.join, np.full(len(at), RUN_ON, np.int8)])
    order = np.argsort(first, kind="stable")
    first, text, start, join = first[order], text[order], start[order], join[order]
    # A clause ends where it did, or before the one that was parted from it.
    ends = np.searchsorted(clauses.first, first, side="right") - 1
    last, end = clauses.last[ends], clauses.end[ends]
    followed = np.flatnonzero(np.r_[join[1:] == RUN_ON, False]) if len(first) else ends
    last[followed] = first[followed + 1]
    end[followed] = tokens.end[last[followed] - 1]
    return Clauses(text, start, end, first, last, join)


@njit(cache=True, nogil=True)
def _kind(value: np.uint64, words: np.ndarray, kinds: np.ndarray) -> int:
    at = np.searchsorted(words, value)
    return kinds[at] if at < len(words) and words[at] == value else 0


@njit(cache=True, nogil=True)
def _parted(
    first: np.ndarray, last: np.ndarray, hashed: np.ndarray, theme: np.ndarray, sign: np.ndarray,
    within: np.ndarray, general: np.ndarray, words: np.ndarray, kinds: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """int64: the tokens before which clauses are parted."""
    out = np.empty(len(hashed), np.int64)
    n = 0
    for i in range(len(first)):
        begin = first[i]
        felt, spoken = 0, -1  # what the stretch up to here says
        for token in range(first[i], last[i]):
            if token > begin and felt != 0 and not within[token]:
                kind = _kind(hashed[token], words, kinds)
                opens = kind & 1 != 0
                if kind & 4 and token + 1 < last[i]:
                    opens |= sign[token + 1] != 0
                holds = _kind(hashed[token - 1], words, kinds) & 2 and sign[token - 1] == 0
                if (opens or sign[token] != 0) and not holds:
                    after, speaks = 0, -1
                    for ahead in range(token, min(last[i], token + _AHEAD)):
                        if after == 0:
                            after = sign[ahead]
                        t = theme[ahead]
                        if t >= 0 and (speaks < 0 or (general[speaks] and not general[t])):
                            speaks = t
                    another = spoken >= 0 and speaks >= 0 and speaks != spoken
                    if another and general[spoken] and token - begin < 3:
                        another = False
                    against = felt * after < 0 and token - begin >= 2 and opens
                    if after != 0 and (another or against):
                        out[n] = token
                        n += 1
                        begin, felt, spoken = token, 0, -1
            if felt == 0:
                felt = sign[token]
            t = theme[token]
            if t >= 0 and (spoken < 0 or (general[spoken] and not general[t])):
                spoken = t
    return out[:n].copy()
