"""What customers answer, read: yes, no, or the right value, written as the brand's facts are.

A value is normalised as the sources' are, by the sources' own functions, so that what a customer
says and what a source says of him are one value. Errors name what would be right, never what was
written.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.survey_questions import STATUS
from connu.govern.sensitive import declared_sensitive, is_sensitive
from connu.journal.confirmations import KNOWS_ME
from connu.kernel.attributes import AREAS, OCCUPATION_CLASSES, SEXES, band_names
from connu.kernel.errors import PurposeError, UsageError, did_you_mean
from connu.kernel.fields import is_identifier
from connu.kernel.settings import Settings
from connu.ledger.expectations import STATUSES
from connu.sources.countries import normalise_countries
from connu.sources.dates import date_order, normalise_birth_dates, normalise_birth_years
from connu.sources.knows_me import read_knows_me
from connu.sources.sexes import normalise_sexes
from connu.sources.text import Column, folded, trimmed

#: A customer's word is no longer than this.
_LONGEST = 200
_YES = ("yes", "y", "oui", "o", "true", "vrai", "right", "correct", "exact", "ok", "c est exact")
_NO = ("no", "n", "non", "false", "faux", "wrong", "incorrect", "inexact", "not right")
_NOTHING = ("do not know", "don t know", "dont know", "ne sait pas", "nsp", "je ne sais pas", "na")
#: Attributes of customers of which several values hold at once.
SEVERAL = ("affinity", "expectation")
_DAY = "as in: 1980-03-20"


def is_nothing(text: str | None) -> bool:
    """Whether a cell says nothing: empty, «?», «don't know», «ne sait pas».

    >>> is_nothing(" "), is_nothing("NSP"), is_nothing("no")
    (True, True, False)
    """
    return not (text or "").strip(" \t\r\n-–?.") or _word(text or "") in _NOTHING


def yes_or_no(text: str) -> bool | None:
    """Whether a cell says yes, or no; None: something else.

    >>> yes_or_no("Oui"), yes_or_no("no."), yes_or_no("1980")
    (True, False, None)
    """
    word = _word(text)
    return True if word in _YES else False if word in _NO else None


def check_attribute(attribute: str, settings: Settings) -> None:
    """That a customer may say something of the attribute.

    Raises:
        PurposeError: it is sensitive: connu neither tells nor asks it.
        UsageError: it names a person or a door of his: that is for the sources.
    """
    if is_sensitive(attribute, settings.brand.sector) or attribute in declared_sensitive(settings):
        raise PurposeError(
            f"«{attribute}» is sensitive, and connu keeps no answer about it",
            hint="correct it in the source",
            attribute=attribute,
        )
    if is_identifier(attribute):
        raise UsageError(
            f"«{attribute}» ties records together and is corrected in its source",
            hint="connu split parts two records that are not one person",
            attribute=attribute,
        )


def right_value(attribute: str, text: str, settings: Settings, themes: Collection[str] = ()) -> str:
    """The value a customer says is right, as facts write it.

    Args:
        attribute: of which.
        text: as he wrote it.
        settings: for the country of dates and the age bands.
        themes: of the codebook, for an expectation.

    Raises:
        UsageError: it cannot be one; the hint says what can.
    """
    one = pa.array([text], pa.string())
    read, hint = _READ.get(attribute, (trimmed, "some words"))
    if attribute == "birth_date":
        value = _date(one, settings)
    elif attribute == KNOWS_ME:
        number = read_knows_me(text)
        value = None if number is None else f"{number:g}"
    elif attribute == "age_band":
        value, hint = _band(text, settings), _among(band_names(settings.twins.age_bands))
    elif attribute == "expectation":
        value = _expectation(text, themes)
    else:
        value = read(one)[0].as_py()
    if value is None or len(value) > _LONGEST or not value.isprintable():
        raise UsageError(f"that is no value of «{attribute}»", hint=hint, attribute=attribute)
    return str(value)


def check_known(attribute: str, known: list[str]) -> None:
    """That the brand knows the attribute.

    Raises:
        UsageError: it does not; the nearest is named.
    """
    if attribute not in known:
        raise UsageError(
            f"the brand says nothing about an attribute «{attribute}»",
            hint=did_you_mean(attribute, known),
            attribute=attribute,
        )


# ---------------------------------------------------------------------- within
def _word(text: str) -> str:
    return folded(pa.array([text.replace("'", " ").replace("’", " ")]))[0].as_py() or ""


def _date(one: Column, settings: Settings) -> str | None:
    order = date_order(one, country=settings.brand.country)
    digits = normalise_birth_dates(one, order)[0].as_py()
    whole = digits is not None and len(digits) == 8
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if whole else None


def _band(text: str, settings: Settings) -> str | None:
    """A band, or the one of an age."""
    limits = settings.twins.age_bands
    names = band_names(limits)
    if text.strip().isdecimal() and 0 < int(text) < 130:
        return names[sum(int(text) >= limit for limit in limits)]
    return text.strip() if text.strip() in names else None


def _expectation(text: str, themes: Collection[str]) -> str | None:
    """A theme, and perhaps its status."""
    theme, colon, status = (word.strip() for word in text.partition(":"))
    if theme not in themes or (colon and status not in STATUSES):
        return None
    return f"{theme}{STATUS}{status}" if colon else theme


def _classes(column: Column) -> Column:
    """Classes of occupation as they are named."""
    return _kept(column, OCCUPATION_CLASSES)


def _areas(column: Column) -> Column:
    return _kept(column, AREAS)


def _kept(column: Column, among: tuple[str, ...]) -> Column:
    bare = pc.replace_substring(pc.utf8_lower(trimmed(column)), " ", "_")
    return pc.if_else(pc.is_in(bare, pa.array(among)), bare, pa.scalar(None, pa.string()))


def _among(words: tuple[str, ...]) -> str:
    return "one of: " + ", ".join(words)


_READ = {
    "sex": (normalise_sexes, _among(SEXES)),
    "birth_date": (trimmed, _DAY),
    "birth_year": (normalise_birth_years, "a year of four digits, as in: 1980"),
    "country": (normalise_countries, "a country, as in: FR"),
    "occupation_class": (_classes, _among(OCCUPATION_CLASSES)),
    "area": (_areas, _among(AREAS)),
    "expectation": (
        trimmed,
        f"a theme of the codebook and a status ({', '.join(STATUSES)}), as in: price: met",
    ),
    KNOWS_ME: (trimmed, "a number from 0 to 10, or yes, partly, no"),
}
