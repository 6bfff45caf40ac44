"""Typed keys that are not e-mails or phones: social handles, account numbers, cookies."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.text import Column, each, known, over_distinct

_ADDRESS = (
    r"^(?:https?://)?(?:www\.|m\.|mobile\.|[a-z]{2}\.|[a-z]{2}-[a-z]{2}\.)?"
    r"(?:[a-z0-9-]+\.)+[a-z]{2,10}/(?:#!/)?(?:in/|user/|users/|profile/|profiles/|channel/|c/|u/)?"
)


def normalise_handles(values: Column) -> Column:
    """Handles in lower case: `@Jane_Doe`, `https://twitter.com/jane_doe?s=20` → `jane_doe`."""
    return over_distinct(values, lambda some: each(some, _handle))


def normalise_keys(values: Column) -> Column:
    """Ids as written, trimmed; a whole number that a spreadsheet made `123.0` is `123` again."""
    return over_distinct(values, lambda some: each(some, _key))


def _handle(values: Column) -> Column:
    text = pc.utf8_lower(known(values))
    text = pc.replace_substring_regex(text, r"^(?:https?://)?[^/]*/profile\.php\?id=", "")
    text = pc.replace_substring_regex(text, _ADDRESS, "")
    text = pc.replace_substring_regex(text, r"[/?#].*$", "")
    text = pc.replace_substring_regex(text, r"^@+|\s+", "")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _key(values: Column) -> Column:
    text = known(values)
    return pc.replace_substring_regex(text, r"^(\d+)\.0+$", r"\1")
