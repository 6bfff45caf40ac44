"""Phone numbers in E.164, the way phonenumbers (libphonenumber) writes them.

The common case is read by patterns that are derived from libphonenumber's own metadata, so that a
million numbers cost a second; what the patterns do not read goes to the library, once per distinct
value. A number that the customer's country cannot read may be written the way another country of
the same source writes it, so those are tried next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from connu.sources.text import SEPARATOR, Column, each, known, nulls, one_by_one, over_distinct

_NOISE = "[\\s().\\-/·\u00a0\u202f\u2009\u2010-\u2015\u200b]+"
_BETWEEN = re.compile(r"\s*(?:[;,|/\n]|\bou\b|\bor\b|\bet\b|\band\b)\s*")
_EXTENSION = re.compile(r"(?i)[\s,;]*\b(?:poste|p|ext(?:ension)?|x|durchwahl)\b[\s.:]*\d{1,6}\s*$")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_ZEROS = "^0+$"
_FEWEST_DIGITS = 6
_LONGEST = 60


@dataclass(frozen=True)
class _Plan:
    """Patterns of one region's plain numbers; each has one group, the national number."""

    prefix: str
    national: str
    international: str


@cache
def _plan(region: str) -> _Plan | None:
    """A region's patterns, or None where its prefix rules are too rich for a pattern."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return None
    number = metadata.general_desc.national_number_pattern
    if number is None or metadata.national_prefix_transform_rule is not None:
        return None
    trunk = metadata.national_prefix
    if metadata.international_prefix not in ("00", "011") or (trunk and not trunk.isdigit()):
        return None
    lead = f"(?:{trunk})?" if trunk else ""
    code = str(metadata.country_code)
    abroad = r"(?:\+|00)" if metadata.international_prefix == "00" else r"\+"
    return _Plan(
        prefix=f"+{code}",
        national=f"^{lead}(?P<n>{number})$",
        international=f"^{abroad}{code}{'' if trunk == code else lead}(?P<n>{number})$",
    )


def normalise_phones(values: Column, region: str, others: tuple[str, ...] = ()) -> Column:
    """Numbers in E.164; several in a cell are kept, SEPARATOR between; no number is missing.

    Args:
        values: as written.
        region: alpha-2 of the country whose way of writing is tried first.
        others: regions tried next, in this order.
    """
    return over_distinct(
        values, lambda some: each(some, lambda one: _normalise(one, region, others))
    )


def _normalise(values: Column, region: str, others: tuple[str, ...]) -> Column:
    text = known(values)
    digits = pc.replace_substring_regex(text, _NOISE, "")
    # A form filled with zeros says nothing, like n/a: too few such rows to be learnt as junk.
    zeros = pc.fill_null(pc.match_substring_regex(digits, _ZEROS), False)
    text, digits = (pc.if_else(zeros, pa.scalar(None, pa.string()), c) for c in (text, digits))
    long_enough = pc.greater_equal(pc.utf8_length(digits), _FEWEST_DIGITS)
    digits = pc.if_else(long_enough, digits, pa.scalar(None, pa.string()))
    abroad = pc.fill_null(pc.starts_with(digits, "00"), False)
    at_home = pc.if_else(abroad, pa.scalar(None, pa.string()), digits)
    result = nulls(len(text))
    for candidate in dict.fromkeys((region, *others)):
        plan = _plan(candidate)
        if plan is None:
            if candidate == region:
                break  # the library alone knows; the others come after it
            continue
        result = _filled(result, digits, plan.international, plan.prefix)
        result = _filled(result, at_home, plan.national, plan.prefix)
    odd = pc.and_(pc.is_valid(text), pc.is_null(result))
    if not pc.any(odd).as_py():
        return result
    read = one_by_one(text.filter(odd), lambda value: _read_odd(value, region, others))
    return pc.replace_with_mask(result, odd, read)


def _filled(result: Column, digits: Column, pattern: str, prefix: str) -> Column:
    """Fills what is still missing with the numbers that the pattern reads."""
    rows = pc.and_(pc.is_null(result), pc.match_substring_regex(digits, pattern))
    rows = pc.fill_null(rows, False)
    if not pc.any(rows).as_py():
        return result
    number = pc.extract_regex(digits.filter(rows), pattern).field("n")
    return pc.replace_with_mask(result, rows, pc.binary_join_element_wise(prefix, number, ""))


def _read_odd(text: str, region: str, others: tuple[str, ...]) -> str | None:
    """The numbers of a cell: the whole cell when it is a valid one, else what stands between."""
    text = _EXTENSION.sub("", text)
    whole, valid = _read_one(text, region, others)
    parts = _BETWEEN.split(text)
    if valid or len(parts) == 1:
        return whole
    found = [_read_one(part, region, others)[0] for part in parts]
    return SEPARATOR.join(dict.fromkeys(number for number in found if number)) or None


def _read_one(text: str, region: str, others: tuple[str, ...]) -> tuple[str | None, bool]:
    """The first region's reading that is a valid number, else any reading; and whether valid."""
    if sum(c.isdigit() for c in text) < _FEWEST_DIGITS or len(text) > _LONGEST:
        return None, False
    possible = None
    for candidate in (region, *others):
        try:
            number = phonenumbers.parse(text, candidate)
        except phonenumbers.NumberParseException:
            continue
        number.extension = None
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164), True
        possible = possible or number
    # Words are letters of a keypad only where the number that they spell is a real one.
    if possible is None or _WORDS.search(text):
        return None, False
    return phonenumbers.format_number(possible, PhoneNumberFormat.E164), False
