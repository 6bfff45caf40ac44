"""Numbers and dates as a reader of English or French writes them.

Thousands and units are set off by a narrow no-break space in French, so that no figure breaks over
two lines; the figure beside its interval is what every part of the page shows.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

#: Narrow no-break space.
NARROW = "\u202f"
NOTHING = "–"

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}


class Numbers:
    """The formats of one language.

    Args:
        language: en or fr.
        currency: ISO 4217 of money, or "".
    """

    def __init__(self, language: str, currency: str = "") -> None:
        self._french = language == "fr"
        self._months = _MONTHS["fr" if self._french else "en"].split()
        # Codes have three letters; whatever else stands there must not break the page.
        self._sign = _SIGNS.get(currency.upper(), currency[:8])

    @property
    def locale(self) -> dict[str, Any]:
        """The same formats for charts, as d3-format has them."""
        apart, point = (NARROW, ",") if self._french else (",", ".")
        return {
            "decimal": point,
            "thousands": apart,
            "grouping": [3],
            "currency": ["", ""],
            "percent": f"{NARROW}%",
            "minus": "\u2212",
        }

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with its thousands apart.

        >>> Numbers("en").number(1234.5, 1), Numbers("fr").number(1234567)
        ('1,234.5', '1\\u202f234\\u202f567')
        """
        if not math.isfinite(value):
            return NOTHING
        text = f"{value:,.{decimals}f}".replace("-", "\u2212")
        if text.strip("\u22120.,") == "":
            text = text.lstrip("\u2212")
        if self._french:
            text = text.replace(",", NARROW).replace(".", ",")
        return text

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share, never rounded to certainty, nor to nothing.

        >>> Numbers("fr").percent(0.8305), Numbers("en").percent(0.99999)
        ('83,0\\u202f%', '>99.9\\u202f%')
        """
        return f"{self._hundredth(share, decimals)}{NARROW}%"

    def _hundredth(self, share: float, decimals: int) -> str:
        least = 10.0**-decimals
        if share >= 1:
            return self.number(100 * share)
        if 100 * share > 100 - least:
            return f">{self.number(100 - least, decimals)}"
        if 0 < 100 * share < least:
            return f"<{self.number(least, decimals)}"
        return self.number(100 * share, decimals if share else 0)

    def money(self, value: float) -> str:
        """An amount in the brand's currency, to the unit; below ten, to the hundredth.

        >>> Numbers("en", "EUR").money(1234.4), Numbers("fr", "EUR").money(1234.4)
        ('€1,234', '1\\u202f234\\u202f€')
        """
        text = self.number(value, 2 if 0 < abs(value) < 10 else 0)
        if not self._sign:
            return text
        if self._french or len(self._sign) > 1:
            return f"{text}{NARROW}{self._sign}"
        return f"\u2212{self._sign}{text[1:]}" if text[0] == "\u2212" else f"{self._sign}{text}"

    def score(self, value: float) -> str:
        """A figure of its own scale: three digits that say something.

        >>> Numbers("en").score(7.333), Numbers("en").score(0.9114), Numbers("en").score(1234.5)
        ('7.33', '0.911', '1,234')
        """
        size = abs(value)
        return self.number(value, 3 if size < 1 else 2 if size < 10 else 1 if size < 100 else 0)

    def value(self, value: float | None, unit: str) -> str:
        """A figure by its unit (those of claims; any other is a count).

        >>> Numbers("en").value(0.123, "gap"), Numbers("fr").value(-0.04, "gap")
        ('+12.3\\u202fpoints', '\u22124,0\\u202fpoints')
        """
        if value is None:
            return NOTHING
        if unit == "share":
            return self.percent(value)
        if unit == "gap":
            return f"{self._signed(value)}{NARROW}points"
        if unit == "money":
            return self.money(value)
        if unit == "score":
            return self.score(value)
        whole = float(value).is_integer() and unit != "mean"
        return self.number(value, 0 if whole or abs(value) >= 100 else 2 if unit == "mean" else 1)

    def interval(self, low: float | None, high: float | None, unit: str) -> str:
        """Both bounds, the unit said once; "" where there is none.

        >>> Numbers("en").interval(0.791, 0.864, "share")
        '79.1–86.4\\u202f%'
        >>> Numbers("en").interval(-0.02, 0.1, "gap")
        '\u22122.0 to +10.0'
        """
        if low is None or high is None:
            return ""
        if unit == "share":
            return f"{self._hundredth(low, 1)}–{self._hundredth(high, 1)}{NARROW}%"
        if unit == "gap":
            to = "à" if self._french else "to"
            return f"{self._signed(low)} {to} {self._signed(high)}"
        return f"{self.value(low, unit)}–{self.value(high, unit)}"

    def _signed(self, gap: float) -> str:
        """Hundredths more or fewer."""
        text = self.number(100 * gap, 1)
        return text if gap <= 0 or not text.strip("0.,") else f"+{text}"

    def date(self, iso: str | None) -> str:
        """A day in words; what is no date stays as it is.

        >>> Numbers("fr").date("2026-11-01"), Numbers("en").date("2026-11-28T22:06:44Z")
        ('1er novembre 2026', '28 November 2026')
        """
        if not iso:
            return NOTHING
        try:
            at = datetime.fromisoformat(iso)
        except ValueError:
            return iso
        day = "1er" if self._french and at.day == 1 else str(at.day)
        return f"{day} {self._months[at.month - 1]} {at.year}"

    def moment(self, iso: str) -> str:
        """A day and a time, which is UTC.

        >>> Numbers("en").moment("2026-11-28T22:06:44Z")
        '28 November 2026, 22:06 UTC'
        """
        try:
            at = datetime.fromisoformat(iso)
        except ValueError:
            return iso
        between = " à " if self._french else ", "
        return f"{self.date(iso)}{between}{at:%H:%M}{NARROW if self._french else ' '}UTC"
