"""Names of people as the linker compares them: folded words, without civilities.

Case, accents, order (`DUPONT, Jean`), hyphens and apostrophes are made alike. An article or a
Gaelic prefix is joined to the word it belongs to (`Le Goff` = `Legoff`, `Mc Donald` = `McDonald`),
because nobody leaves it out; particles that people do leave out (`de`, `van`, `von`) stay words of
their own. Initials stay: the linker knows that `j` may be `jean`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.countries import FRENCH_SPEAKING
from connu.sources.text import (
    Column,
    folded,
    from_words,
    joined,
    known,
    nulls,
    over_distinct,
    over_distinct_by,
    replaced_where,
    words_of,
)

_FEMALE = ("mme", "mlle", "mle", "madame", "mademoiselle", "mrs", "ms", "miss", "frau", "fraulein")
_MALE = ("mr", "monsieur", "herr", "sir")
_TITLES = ("dr", "docteur", "prof", "professeur", "professor", "rev", "mx", "maitre")
#: Civilities that are no name: dropped wherever a name starts with them. `miss` is also a name.
CIVILITIES = frozenset((*_FEMALE, *_MALE, *_TITLES)) - {"miss", "mle"}

_JOINING = ("le", "la", "les", "du", "des", "mc", "mac")
_COUPLE = r"^(?:m|mr|mrs|mme|monsieur|madame|herr|frau|dr) (?:et|and|und|ou|or) "
_LEADING = pa.array(sorted(CIVILITIES), pa.string())


def given_names(first: Column, middle: Column | None = None) -> Column:
    """First and middle names as words: `Jean-Luc` → `jean luc`, `M. Jean` → `m jean`."""
    parts = [first] if middle is None else [first, middle]
    return joined(*(over_distinct(part, _given) for part in parts))


def family_names(last: Column) -> Column:
    """Last names as words: `d'Arc` → `darc`, `LE GOFF` → `legoff`, `Mme Dupont` → `dupont`."""
    return over_distinct(last, _family)


def full_names(full: Column, region: Column) -> Column:
    """Names written whole, first name first: `DUPONT, Jean` → `jean dupont`.

    `region` (alpha-2 per row) tells whether a leading `M.` is Monsieur or an initial.
    """
    french = pc.is_in(region, value_set=pa.array(FRENCH_SPEAKING, pa.string()))
    return over_distinct_by(full, french, _full)


def civility_sex(values: Column, *, alone: bool = True) -> Column:
    """'female' or 'male' where the value starts with a civility that tells it.

    Args:
        values: civilities; or names, which may start with one.
        alone: the column holds civilities alone, so that `M` and `Miss` are no name.
    """
    return over_distinct(values, lambda some: _civility_sex(some, alone))


def _given(values: Column) -> Column:
    return _without_civility(folded(known(values)))


def _family(values: Column) -> Column:
    return _whole(folded(known(values)), french=True)


def _full(values: Column, french: bool) -> Column:
    text = known(values)
    text = replaced_where(
        text,
        pc.match_substring(text, ","),
        lambda some: pc.replace_substring_regex(
            some, r"(?s)^([^,]*[^,\s][^,]*),([^,]*[^,\s][^,]*)$", r"\2 \1"
        ),
    )
    return _whole(folded(text), french)


def _whole(words: Column, french: bool) -> Column:
    """A last name or a whole name: no couple, no civility, articles joined, no suffix."""
    words = replaced_where(
        words,
        pc.match_substring_regex(words, _COUPLE),
        lambda some: pc.replace_substring_regex(some, _COUPLE, ""),
    )
    if french:
        words = replaced_where(
            words,
            pc.starts_with(words, "m "),
            lambda some: pc.replace_substring_regex(some, "^m ", ""),
        )
    return _without_suffix(_articles_joined(_without_civility(words)))


def _without_civility(words: Column) -> Column:
    """Drops the leading words that are civilities (`dr mme dupont`)."""
    if not _may_start_with(words, _LEADING):
        return words
    flat, offsets = words_of(words)
    civil = pc.is_in(flat, value_set=_LEADING).to_numpy(zero_copy_only=False)
    starts = np.zeros(len(civil), bool)
    first = offsets[:-1]
    starts[first] = civil[first]
    second = first + 1
    second = second[second < offsets[1:]]
    starts[second] |= civil[second] & starts[second - 1]
    kept = pc.if_else(pa.array(starts), pa.scalar(None, pa.string()), flat)
    return pc.if_else(pc.is_null(words), words, from_words(kept, offsets))


def _without_suffix(words: Column) -> Column:
    """Drops `jr`, `iii` … after a name."""
    return replaced_where(
        words,
        pc.match_substring_regex(words, r" (?:jr|sr|ii|iii|esq|phd)$"),
        lambda some: pc.replace_substring_regex(some, r"(?: (?:jr|sr|ii|iii|esq|phd))+$", ""),
    )


def _articles_joined(words: Column) -> Column:
    pattern = r"\b(" + "|".join(_JOINING) + r") ([a-z])"
    return replaced_where(
        words,
        pc.match_substring_regex(words, pattern),
        lambda some: pc.replace_substring_regex(some, pattern, r"\1\2"),
    )


def _may_start_with(words: Column, starts: pa.Array) -> bool:
    first = pc.list_element(pc.split_pattern(pc.fill_null(words, ""), " ", max_splits=1), 0)
    return bool(pc.any(pc.is_in(first, value_set=starts)).as_py())


def _civility_sex(values: Column, alone: bool) -> Column:
    words = folded(values)
    first = pc.list_element(pc.split_pattern(pc.fill_null(words, ""), " ", max_splits=1), 0)
    female = _FEMALE if alone else [word for word in _FEMALE if word in CIVILITIES]
    male = (*_MALE, "m") if alone else _MALE
    return pc.if_else(
        pc.is_in(first, value_set=pa.array(female, pa.string())),
        "female",
        pc.if_else(
            pc.is_in(first, value_set=pa.array(male, pa.string())), "male", nulls(len(values))
        ),
    )
