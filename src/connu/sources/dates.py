"""Birth dates as `YYYYMMDD`, or `YYYY` where only the year is known.

03/04/2001 is read by what the rest of the column says (a 25 in first place settles it), else by
the country. A day or month that cannot be (`1862-81-01`) keeps its digits: the slip of a finger
leaves seven good ones, which the linker compares. Placeholders and Excel serials are missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.kernel.clock import now_utc
from connu.sources.text import Column, folded, known, one_by_one, over_distinct

Numbers: TypeAlias = np.ndarray

#: Dates that forms and databases write when nobody gave one.
PLACEHOLDERS = (
    *(10000101, 11110101, 11111111, 12121212, 17530101, 18991230, 18991231),
    *(19000101, 19000102, 19010101, 19700101),
)
_FIRST_YEAR = 1000
_MODERN_YEAR = 1800  # 12031980 is a day of 1980 and not of 1203
_YOUNGEST = 14  # a two-digit year is of this century only if the person is at least so old

_TIME = r"(?:[T ,].*)?$"
_YEAR_FIRST = rf"^-?(?P<a>\d{{4}})[-/. ](?P<b>\d{{1,2}})[-/. ](?P<c>\d{{1,2}}){_TIME}"
_YEAR_LAST = rf"^(?P<a>\d{{1,2}})[-/. ]+(?P<b>\d{{1,2}})[-/. ]+(?P<c>\d{{4}}|\d{{2}}){_TIME}"
_COMPACT = r"^(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})(?:T?\d{6}Z?|\.0)?$"
_YEAR_ONLY = r"^(?:\d{1,2}[-/.])?(?P<a>\d{4})(?:[-/.]\d{1,2}|\.0)?$"
_MONTHS = {
    "jan": 1, "janv": 1, "janvier": 1, "january": 1, "januar": 1,
    "feb": 2, "fev": 2, "fevr": 2, "fevrier": 2, "february": 2, "februar": 2,
    "mar": 3, "mars": 3, "march": 3, "marz": 3, "maerz": 3, "mrz": 3,
    "apr": 4, "avr": 4, "avril": 4, "april": 4,
    "may": 5, "mai": 5,
    "jun": 6, "juin": 6, "june": 6, "juni": 6,
    "jul": 7, "juil": 7, "juillet": 7, "july": 7, "juli": 7,
    "aug": 8, "aou": 8, "aout": 8, "august": 8,
    "sep": 9, "sept": 9, "septembre": 9, "september": 9,
    "oct": 10, "octobre": 10, "october": 10, "okt": 10, "oktober": 10,
    "nov": 11, "novembre": 11, "november": 11,
    "dec": 12, "decembre": 12, "december": 12, "dez": 12, "dezember": 12,
}  # fmt: skip


@dataclass(frozen=True)
class DateOrder:
    """How a column writes its dates.

    Attributes:
        day_first: 03/04/2001 is the third of April.
        year_first: 20010403 starts with the year (else 03042001 with the day).
    """

    day_first: bool = True
    year_first: bool = True


def normalise_birth_dates(values: Column, order: DateOrder) -> Column:
    """Birth dates as `YYYYMMDD` or `YYYY`; unreadable ones and placeholders are missing."""
    return over_distinct(values, lambda some: _normalise(some, order))


def normalise_birth_years(values: Column) -> Column:
    """Years of four digits between 1000 and this year; anything else is missing."""
    return over_distinct(values, lambda some: _years(known(some)))


def date_order(values: Column, *, country: str, day_first: bool | None = None) -> DateOrder:
    """How the distinct values of one column write dates.

    Args:
        values: the column, or a fair sample of it.
        country: alpha-2, decides when the values do not.
        day_first: the brand's own word on it, which decides over everything.
    """
    text = known(values)
    parts = pc.extract_regex(text, _YEAR_LAST).drop_null()
    first, second = (_numbers(parts.field(name)) for name in ("a", "b"))
    says_day = int(((first > 12) & (first <= 31) & (second <= 12)).sum())
    says_month = int(((second > 12) & (second <= 31) & (first <= 12)).sum())
    if day_first is None:
        day_first = says_day > says_month if says_day != says_month else country != "US"
    digits = text.filter(pc.fill_null(pc.match_substring_regex(text, r"^\d{8}$"), False))
    number = _numbers(digits)
    year, month = number // 10000, number // 100 % 100
    year_first = int(((year >= _MODERN_YEAR) & (month >= 1) & (month <= 12)).sum())
    tail, middle = number % 10000, number // 10000 % 100
    day_or_month = int(((tail >= _MODERN_YEAR) & (middle >= 1) & (middle <= 31)).sum())
    return DateOrder(day_first=day_first, year_first=year_first >= day_or_month)


def _normalise(values: Column, order: DateOrder) -> Column:
    text = known(values)
    result = _years(text)
    for pattern, read in (
        (_YEAR_FIRST, lambda a, b, c: (a, b, c)),
        (_YEAR_LAST, lambda a, b, c: _year_last(a, b, c, order)),
        (_COMPACT, lambda a, b, c: _compact(a, b, c, order)),
    ):
        rows = pc.and_(
            pc.is_null(result), pc.fill_null(pc.match_substring_regex(text, pattern), False)
        )
        if not pc.any(rows).as_py():
            continue
        parts = pc.extract_regex(text.filter(rows), pattern)
        year, month, day = read(*(_numbers(parts.field(name)) for name in "abc"))
        result = pc.replace_with_mask(result, rows, _written(year, month, day))
        # What matched is settled, even as missing: no later pattern may read it otherwise.
        text = pc.if_else(rows, pa.scalar(None, pa.string()), text)
    wordy = pc.and_(
        pc.is_null(result), pc.fill_null(pc.match_substring_regex(text, "[A-Za-zÀ-ÿ]{3}"), False)
    )
    if pc.any(wordy).as_py():
        read_words = one_by_one(folded(text.filter(wordy)), _in_words)
        result = pc.replace_with_mask(result, wordy, read_words)
    return result


def _year_last(a: Numbers, b: Numbers, c: Numbers, order: DateOrder) -> tuple[Numbers, ...]:
    """Day or month first by the column's order, unless the value itself settles it."""
    day, month = (a, b) if order.day_first else (b, a)
    turned = (month > 12) & (day <= 12) & (day > 0)
    day, month = np.where(turned, month, day), np.where(turned, day, month)
    return _full_year(c), month, day


def _compact(a: Numbers, b: Numbers, c: Numbers, order: DateOrder) -> tuple[Numbers, ...]:
    """YYYYMMDD, or DDMMYYYY / MMDDYYYY where the column or the value says so."""
    tail = b * 100 + c
    head_modern = _plausible(a) & (a >= _MODERN_YEAR)
    tail_modern = _plausible(tail) & (tail >= _MODERN_YEAR)
    year_first = np.where(head_modern, order.year_first | ~tail_modern, ~tail_modern)
    year, month, day = _year_last(a // 100, a % 100, tail, order)
    return (
        np.where(year_first, a, year),
        np.where(year_first, b, month),
        np.where(year_first, c, day),
    )


def _full_year(year: Numbers) -> Numbers:
    this_year = now_utc().year
    century = this_year // 100 * 100
    recent = century + year
    grown = np.where(recent <= this_year - _YOUNGEST, recent, recent - 100)
    return np.where(year < 100, grown, year)


def _plausible(year: Numbers) -> Numbers:
    return (year >= _FIRST_YEAR) & (year <= now_utc().year)


def _written(year: Numbers, month: Numbers, day: Numbers) -> Column:
    number = year * 10000 + month * 100 + day
    missing = ~_plausible(year) | np.isin(number, PLACEHOLDERS)
    future = number > int(now_utc().strftime("%Y%m%d"))
    possible = (month <= 12) & (day <= 31)
    missing |= future & possible
    only_year = ~missing & ((month == 0) | (day == 0))
    text = np.where(only_year, year, number).astype("U8")
    return pa.array(text, pa.string(), mask=missing)


def _years(text: Column) -> Column:
    parts = pc.extract_regex(text, _YEAR_ONLY)
    year = parts.field("a")
    year = pc.if_else(pc.is_valid(parts), year, pa.scalar(None, pa.string()))
    number = pc.cast(year, pa.int64())
    plausible = pc.and_(
        pc.greater_equal(number, _FIRST_YEAR), pc.less_equal(number, now_utc().year)
    )
    placeholder = pc.is_in(number, value_set=pa.array([1111, 1900, 1901]))
    kept = pc.and_(plausible, pc.invert(placeholder))
    return pc.if_else(pc.fill_null(kept, False), year, pa.scalar(None, pa.string()))


def _in_words(text: str) -> str | None:
    """`12 mars 1980`, `march 12 1980`, `1er aout 80`, from folded words."""
    numbers: list[int] = []
    month = None
    for word in text.split():
        word = re.sub(r"^(\d+)(?:st|nd|rd|th|er|e)$", r"\1", word)
        if word in _MONTHS:
            month = _MONTHS[word]
        elif word.isdigit() and len(word) <= 4 and len(numbers) < 2:
            numbers.append(int(word))
    if month is None or not numbers:
        return None
    if len(numbers) == 1:
        return str(numbers[0]) if _plausible(np.array(numbers[0])) else None
    day, year = numbers if numbers[0] <= 31 else reversed(numbers)
    year = int(_full_year(np.array(year)))
    return _written(np.array([year]), np.array([month]), np.array([day]))[0].as_py()


def _numbers(values: Column) -> Numbers:
    return pc.fill_null(pc.cast(values, pa.int64()), 0).to_numpy(zero_copy_only=False)
