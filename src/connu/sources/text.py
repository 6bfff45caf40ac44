"""Columns of text: what every normaliser does before its own work.

Normalisers are pure functions from Arrow arrays to Arrow arrays, so that they run in a batch of
any engine. They work on the distinct values of a batch: names, dates and cities repeat, and what
is slow (a library called value by value) is paid once per value.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from connu.kernel.blanks import NULL_WORDS

Column: TypeAlias = pa.StringArray
Normaliser = Callable[[Column], Column]

_NULL_SET = pa.array(NULL_WORDS, pa.string())
_SPACES = " \t\r\n\v\f\u00a0\u202f\u2009\u200b\ufeff\x00"


def as_text(values: pa.Array) -> Column:
    """The values as a plain string array, whatever string flavour the engine gave."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_string(values.type):
        return values
    return values.cast(pa.string())


def nulls(count: int) -> Column:
    """`count` missing values."""
    return pa.nulls(count, pa.string())


def trimmed(values: Column) -> Column:
    """Without spaces around (no-break and zero-width ones included); nothing left is missing."""
    bare = pc.utf8_trim(values, _SPACES)
    return _missing_where(pc.equal(bare, ""), bare)


def known(values: Column) -> Column:
    """Trimmed, and missing where the value only says that there is none (`n/a`, `unknown`)."""
    bare = trimmed(values)
    return _missing_where(pc.is_in(pc.utf8_lower(bare), value_set=_NULL_SET), bare)


def folded(values: Column) -> Column:
    """Lower-case ASCII words of letters and digits, one space between; apostrophes joined.

    `L'Hôpital-Œuvré` becomes `lhopital oeuvre`. Accents go by Unicode decomposition; what is not
    Latin is transliterated (anyascii). Cost: about 0.3 µs a distinct ASCII value, 1 µs others.
    """
    lower = pc.utf8_lower(values)
    accented = pc.invert(pc.fill_null(pc.string_is_ascii(lower), True))
    if pc.any(accented).as_py():
        lower = pc.replace_with_mask(lower, accented, _ascii(lower.filter(accented)))
    odd = pc.match_substring_regex(lower, "[^a-z0-9]")
    odd = pc.fill_null(odd, False)
    if pc.any(odd).as_py():
        words = pc.replace_substring_regex(lower.filter(odd), "['`]", "")
        words = pc.utf8_trim(pc.replace_substring_regex(words, "[^a-z0-9]+", " "), " ")
        lower = pc.replace_with_mask(lower, odd, words)
    return _missing_where(pc.equal(lower, ""), lower)


def _ascii(values: Column) -> Column:
    values = pc.replace_substring_regex(values, "[\u2019\u2018\u00b4\u02bc\u2032]", "'")
    bare = pc.replace_substring_regex(
        pc.utf8_normalize(values, "NFKD"), "[\u0300-\u036f\u200b\ufeff]", ""
    )
    left = pc.invert(pc.string_is_ascii(bare))
    if pc.any(left).as_py():
        spelled = [anyascii(value).lower() for value in bare.filter(left).to_pylist()]
        bare = pc.replace_with_mask(bare, left, pa.array(spelled, pa.string()))
    return pc.utf8_lower(bare)


def over_distinct(values: Column, normalise: Normaliser) -> Column:
    """`normalise` applied once to each distinct value."""
    if values.null_count == len(values):
        return nulls(len(values))
    encoded = as_text(values).dictionary_encode()
    return normalise(encoded.dictionary).take(encoded.indices)


def over_distinct_by(
    values: Column, groups: pa.Array, normalise: Callable[[Column, Any], Column]
) -> Column:
    """`normalise(values, group)` for the rows of each group (a region, a date order)."""
    values = as_text(values)
    if values.null_count == len(values):
        return values
    keys = pc.unique(groups).to_pylist()
    if len(keys) == 1:
        return over_distinct(values, lambda some: normalise(some, keys[0]))
    result = nulls(len(values))
    for key in keys:
        rows = pc.is_null(groups) if key is None else pc.fill_null(pc.equal(groups, key), False)
        part = over_distinct(values.filter(rows), _under(normalise, key))
        result = pc.replace_with_mask(result, rows, part)
    return result


def _under(normalise: Callable[[Column, Any], Column], group: Any) -> Normaliser:
    return lambda values: normalise(values, group)


def one_by_one(values: Column, function: Callable[[str], str | None]) -> Column:
    """A Python function over values that are few: the odd ones a pattern could not read."""
    return pa.array(
        [None if value is None else function(value) for value in values.to_pylist()], pa.string()
    )


def replaced_where(values: Column, rows: pa.Array, normalise: Normaliser) -> Column:
    """`values` with `normalise` applied to the rows that the mask holds."""
    rows = pc.fill_null(rows, False)
    if not pc.any(rows).as_py():
        return values
    return pc.replace_with_mask(values, rows, normalise(values.filter(rows)))


def joined(*columns: Column) -> Column:
    """Words of several columns in order, a space between; missing where all are."""
    result = columns[0]
    for column in columns[1:]:
        both = pc.binary_join_element_wise(result, column, " ")
        result = pc.coalesce(both, result, column)
    return result


#: Stands between several values of one cell on their way to `identifiers`; no text holds it.
SEPARATOR = "\x1f"


def each(values: Column, normalise: Normaliser) -> Column:
    """`normalise` applied to each of the values that a cell holds between separators.

    Equal ones are kept once, in order; what is missing is left out.
    """
    several = pc.fill_null(pc.match_substring(values, SEPARATOR), False)
    if not pc.any(several).as_py():
        return normalise(values)
    result = normalise(pc.if_else(several, pa.scalar(None, pa.string()), values))
    lists = pc.split_pattern(values.filter(several), SEPARATOR)
    flat = normalise(lists.values).to_pylist()
    rows = []
    for start, end in pairwise(lists.offsets.to_pylist()):
        kept = SEPARATOR.join(value for value in flat[start:end] if value is not None)
        rows.append(SEPARATOR.join(dict.fromkeys(kept.split(SEPARATOR))) or None)
    return pc.replace_with_mask(result, several, pa.array(rows, pa.string()))


def words_of(values: Column) -> tuple[pa.Array, np.ndarray]:
    """The words of folded values, flat, and the offsets (n + 1) that cut them into rows."""
    lists = pc.split_pattern(pc.fill_null(values, ""), " ")
    return lists.values, lists.offsets.to_numpy()


def from_words(words: pa.Array, offsets: np.ndarray) -> Column:
    """Rows of words joined again; missing words are left out, a row without words is missing."""
    kept = pc.is_valid(words).to_numpy(zero_copy_only=False)
    kept &= pc.fill_null(pc.not_equal(words, ""), False).to_numpy(zero_copy_only=False)
    before = np.concatenate(([0], np.cumsum(kept)))
    lists = pa.ListArray.from_arrays(
        pa.array(before[offsets], pa.int32()), words.filter(pa.array(kept))
    )
    text = pc.binary_join(lists, " ")
    return _missing_where(pc.equal(text, ""), text)


def _missing_where(rows: pa.Array, values: Column) -> Column:
    return pc.if_else(pc.fill_null(rows, False), pa.scalar(None, pa.string()), values)
