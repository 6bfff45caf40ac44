"""First named: which brand comes to mind first when people are asked, in their own words.

«Which shops of this kind do you know?» is answered with typing errors: a name counts when it is
written nearly so. In a sentence the like of it may be a word («like» is one letter from «Nike»), so
there short names must be exact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from connu.understand.brand_names import BrandNames
from connu.understand.estimate import LEVEL, Estimate, wilson
from connu.understand.folding import fold

#: Answers there must be before shares are told.
LEAST_ANSWERS = 20
#: Answers alike before one that names no brand of the list is shown: what one person wrote is his.
LEAST_ALIKE = 5
#: Edits that a name of so many letters may have: as an item of a list, and within a sentence.
_ALONE = ((4, 0), (8, 1), (999, 2))
_WITHIN = ((5, 0), (9, 1), (999, 2))
#: Unique stretches compared with all names at once.
_AT_ONCE = 50_000

_SEPARATOR = re.compile(
    r"[,;/|+•·\n\t]|\s-\s|(?:^|(?<=\s))\d{1,2}\s*[.):]|\b(?:et|puis|ou|and|then|or)\b"
)
_WORD = re.compile(r"[^\W_]+")


class Named(msgspec.Struct, frozen=True):
    """How often a brand was named.

    Attributes:
        name: the brand's.
        first, any: in how many answers it is the first named; named at all.
        first_share, any_share: of all answers, 0-1, with Wilson's interval.
    """

    name: str
    first: int
    any: int
    first_share: Estimate
    any_share: Estimate


class FirstNamed(msgspec.Struct, frozen=True):
    """Which brands come to mind.

    Attributes:
        named: those first named most come first.
        answers: how many were given. blank: how many were not.
        unlisted: how many answers name no brand of the list.
        unlisted_words: what at least five of those say alike, with how often: names to add.
        silence: `too_few`: fewer than 20 answers; or None.
    """

    named: list[Named]
    answers: int
    blank: int
    unlisted: int
    unlisted_words: list[tuple[str, int]]
    silence: str | None = None


def first_named(
    answers: pa.Array | Sequence[str | None], names: BrandNames, *, level: float = LEVEL
) -> FirstNamed:
    """Read brands from free answers.

    Args:
        answers: (n,) one person each, null or blank for none.
        names: the brand and its competitors; aliases to be met as written are met anyhow here.
        level: confidence.

    Source: D. Aaker, Managing Brand Equity (1991) (top of mind); optimal string alignment for
        typing errors, two letters swapped included (Damerau 1964).

    Cost: 20 µs for each distinct answer and 30 names.
    """
    given = answers if isinstance(answers, pa.Array) else pa.array(answers, pa.string())
    folded = fold(given)
    plain = folded.strings(folded.starts[:-1], folded.starts[1:]).dictionary_encode()
    distinct = [text.strip() for text in plain.dictionary.to_pylist()]
    times = np.bincount(plain.indices.to_numpy(zero_copy_only=False), minlength=len(distinct))
    said = [_WORD.search(text) is not None for text in distinct]
    found = _named_in(distinct, names)
    first, some = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    unlisted: Counter[str] = Counter()
    for text, many, spoken, those in zip(distinct, times.tolist(), said, found, strict=True):
        if those:
            first[those[0]] += many
            for name in set(those):
                some[name] += many
        elif spoken:
            unlisted[" ".join(_WORD.findall(text))] += many
    total = int(times[said].sum()) if distinct else 0
    shares = wilson(first, np.full(len(names), total), level)
    all_shares = wilson(some, np.full(len(names), total), level)
    rows = [
        Named(*each)
        for each in zip(names.names, first.tolist(), some.tolist(), shares, all_shares, strict=True)
    ]
    alike = [(words, many) for words, many in unlisted.items() if many >= LEAST_ALIKE]
    return FirstNamed(
        named=sorted(rows, key=lambda one: (-one.first, -one.any, one.name)),
        answers=total,
        blank=len(given) - total,
        unlisted=sum(unlisted.values()),
        unlisted_words=sorted(alike, key=lambda pair: (-pair[1], pair[0])),
        silence="too_few" if total < LEAST_ANSWERS else None,
    )


def _named_in(texts: list[str], names: BrandNames) -> list[list[int]]:
    """The names in each folded text, in order, each once; what stands for two names for neither."""
    longest = max((len(alias.hashes) for alias in names.aliases), default=0) + 1
    stretches: list[list[tuple[int, int, str, bool]]] = []
    number: dict[str, int] = {}
    for text in texts:
        words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
        alone = _segments(text)
        here = []
        for i in range(len(words)):
            joined = ""
            for j in range(i, min(i + longest, len(words))):
                joined += words[j][2]
                number.setdefault(joined, len(number))
                here.append((i, j + 1, joined, (words[i][0], words[j][1]) in alone))
        stretches.append(here)
    edits = _edits(list(number), names)
    return [_read(here, number, edits, names) for here in stretches]


def _segments(text: str) -> set[tuple[int, int]]:
    """Items of a list: where their first word begins and their last one ends."""
    found, begin = set(), 0
    ends = [(m.start(), m.end()) for m in _SEPARATOR.finditer(text)]
    for stop, after in [*ends, (len(text), len(text))]:
        words = list(_WORD.finditer(text, begin, stop))
        if words:
            found.add((words[0].start(), words[-1].end()))
        begin = after
    found.update((m[0].start(), m[-1].end()) for m in [list(_WORD.finditer(text))] if m)
    return found


def _edits(stretches: list[str], names: BrandNames) -> list[list[tuple[int, int]]]:
    """Of each stretch: the names it is within reach of, with the edits between, nearest first."""
    aliases = [alias.joined for alias in names.aliases]
    most = _ALONE[-1][1]
    found: list[list[tuple[int, int]]] = []
    for begin in range(0, len(stretches), _AT_ONCE):
        part = stretches[begin : begin + _AT_ONCE]
        near = process.cdist(
            part, aliases, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8, workers=1
        )
        rows: list[list[tuple[int, int]]] = [[] for _ in part]
        for row, column in zip(*np.nonzero(near <= most), strict=True):
            rows[row].append((int(near[row, column]), int(column)))
        found += [sorted(row) for row in rows]
    return found


def _read(
    here: list[tuple[int, int, str, bool]],
    number: dict[str, int],
    edits: list[list[tuple[int, int]]],
    names: BrandNames,
) -> list[int]:
    """Names along a text: at each word the stretch that fits most letters with fewest edits."""
    best: dict[int, tuple[int, int, int | None]] = {}
    for begin, end, joined, alone in here:
        fits = [
            (far, names.aliases[column].name)
            for far, column in edits[number[joined]]
            if far <= _allowed(len(names.aliases[column].joined), alone)
            and (far == 0 or _begins_alike(names.aliases[column].joined, joined, alone))
        ]
        if not fits:
            continue
        nearest = {name for far, name in fits if far == fits[0][0]}
        score = len(joined) - 3 * fits[0][0]
        if begin not in best or score > best[begin][0]:
            best[begin] = (score, end, nearest.pop() if len(nearest) == 1 else None)
    found: list[int] = []
    free = 0
    for begin in sorted(best):
        _, end, name = best[begin]
        if begin >= free:
            free = end
            if name is not None and name not in found:
                found.append(name)
    return found


def _begins_alike(name: str, joined: str, alone: bool) -> bool:
    """A typing error seldom is in the first letter; a short name with another one is a word."""
    return name[0] == joined[0] or (alone and len(name) >= 6)


def _allowed(letters: int, alone: bool) -> int:
    return next(edits for below, edits in (_ALONE if alone else _WITHIN) if letters < below)
