"""Purposes: what a customer's data may be used for.

`service` – what a customer expects of any shop he deals with – is allowed unless he refused it.
Everything else is allowed only once he granted it: analytics, personalisation, marketing,
research, and whatever a brand names itself by mapping `consent.<purpose>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connu.kernel.errors import PurposeError, did_you_mean
from connu.kernel.settings import Settings

#: Allowed unless refused.
SERVICE = "service"
#: Known to every brand.
STANDARD = (SERVICE, "analytics", "personalisation", "marketing", "research")

_WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")


def granted_by_default(purpose: str) -> bool:
    """Whether a customer who said nothing may be read for the purpose.

    >>> granted_by_default("service"), granted_by_default("marketing")
    (True, False)
    """
    return purpose == SERVICE


def of_brand(settings: Settings) -> tuple[str, ...]:
    """The purposes a brand knows: the standard ones and those its sources map, sorted after."""
    mapped = {
        word.removeprefix("consent.")
        for source in settings.sources.values()
        for word in source.fields
        if word.startswith("consent.")
    }
    return STANDARD + tuple(sorted(mapped - set(STANDARD)))


def checked(purpose: str, known: Iterable[str] = STANDARD) -> str:
    """The purpose itself, if the brand knows it.

    Raises:
        PurposeError: nobody knows the word; the hint names the nearest one.
    """
    words = tuple(known)
    if purpose in words:
        return purpose
    raise PurposeError(
        f"there is no purpose «{purpose}»", hint=did_you_mean(purpose, words), purpose=purpose
    )


def named(purpose: str) -> str:
    """The purpose itself, if it is a word a brand may choose: lowercase, digits, underscores.

    Raises:
        PurposeError: it is not.
    """
    if not _WORD.fullmatch(purpose):
        raise PurposeError(
            "a purpose is named by lowercase letters, digits and underscores",
            hint="as in: consent.newsletter",
        )
    return purpose
