"""Identifier columns, each read as its type: e-mail, phone, social handle, any other key."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.emails import normalise_emails
from connu.sources.handles import normalise_handles, normalise_keys
from connu.sources.phones import normalise_phones
from connu.sources.text import SEPARATOR, Column, over_distinct_by


@dataclass(frozen=True)
class KeyReader:
    """Reads identifier columns; pure.

    Attributes:
        others: by source, the regions whose phones it holds beside those of the row's own.
    """

    others: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, word: str, values: Column, source: Column, region: Column) -> Column:
        """The values of identifier type `word`, normalised; several stay apart by SEPARATOR."""
        if word == "email":
            return normalise_emails(values)
        if word == "phone":
            return self._phones(values, source, region)
        if word.startswith("social."):
            return normalise_handles(values)
        return normalise_keys(values)

    def first(self, word: str, values: Column, source: Column, region: Column) -> Column:
        """As `read`, the first value alone."""
        return first_value(self.read(word, values, source, region))

    def _phones(self, values: Column, source: Column, region: Column) -> Column:
        groups = pc.binary_join_element_wise(region, source, "|")

        def read(some: Column, group: str) -> Column:
            own, _, name = group.partition("|")
            return normalise_phones(some, own, self.others.get(name, ()))

        return over_distinct_by(values, groups, read)


def first_value(values: Column) -> Column:
    """What stands before the first SEPARATOR."""
    several = pc.fill_null(pc.match_substring(values, SEPARATOR), False)
    if not pc.any(several).as_py():
        return values
    parts = pc.split_pattern(pc.fill_null(values, ""), SEPARATOR, max_splits=1)
    return pc.if_else(pc.is_null(values), pa.scalar(None, pa.string()), pc.list_element(parts, 0))
