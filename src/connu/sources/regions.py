"""Whose way of writing phones, postcodes and addresses a row follows."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.postcodes import BRITISH
from connu.sources.text import Column, nulls


@dataclass(frozen=True)
class RegionReader:
    """Tells the region (alpha-2) of rows; pure.

    Attributes:
        brand: the brand's country.
        countries: by source, its own country.
    """

    brand: str
    countries: dict[str, str] = field(default_factory=dict)

    def read(self, source: Column, country: Column | None, postcode: Column | None) -> Column:
        """A row's own country; else British by its postcode; else the source's, the brand's.

        Args:
            source: the source's name per row.
            country: alpha-2 per row, or None when nobody maps it.
            postcode: as written, or None.
        """
        names = pa.array(list(self.countries), pa.string())
        usual = pa.array(list(self.countries.values()), pa.string())
        region = usual.take(pc.index_in(source, value_set=names))
        if postcode is not None:
            bare = pc.replace_substring_regex(pc.utf8_upper(postcode), r"\s+", "")
            british = pc.fill_null(pc.match_substring_regex(bare, BRITISH), False)
            region = pc.if_else(british, "GB", region)
        own = nulls(len(source)) if country is None else country
        return pc.coalesce(own, region, pa.scalar(self.brand))
