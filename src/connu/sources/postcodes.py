"""Postcodes: upper case, nothing between, the form of the country.

A leading zero that a spreadsheet ate comes back where the country's length is fixed; what follows
the town (`CEDEX 08`, the +4 of a ZIP) is left out.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.text import Column, known, over_distinct

#: A British postcode, spaces left out.
BRITISH = r"^(?:GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})$"
#: Countries whose postcodes are five digits.
FIVE_DIGITS = ("FR", "DE", "US", "ES", "IT", "MC", "RE", "GP", "MQ", "GF", "YT", "FI", "MX")


def normalise_postcodes(values: Column, region: str) -> Column:
    """Postcodes as one word: `sw1a 2aa` → `SW1A2AA`, in France `1000` → `01000`."""
    return over_distinct(values, lambda some: _normalise(some, region))


def _normalise(values: Column, region: str) -> Column:
    text = pc.utf8_upper(known(values))
    text = pc.replace_substring_regex(text, r"(?:\.0|\s*-?\s*CEDEX.*)$", "")
    if region in FIVE_DIGITS:
        text = pc.replace_substring_regex(
            text, r"^(?:[A-Z]{1,3}[- ])?(\d{5})(?:[- ]?\d{4})?$", r"\1"
        )
        text = pc.if_else(
            pc.match_substring_regex(text, r"^\d{4}$"),
            pc.binary_join_element_wise("0", text, ""),
            text,
        )
    text = pc.replace_substring_regex(text, "[^A-Z0-9]+", "")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
