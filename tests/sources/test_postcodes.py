"""Postcodes of several countries."""

import pytest
from taken_in import texts

from connu.sources.postcodes import normalise_postcodes


@pytest.mark.parametrize(
    ("region", "written", "read"),
    [
        ("FR", "75008", "75008"),
        ("FR", "1000", "01000"),
        ("FR", "F-75008", "75008"),
        ("FR", "75008 CEDEX 08", "75008"),
        ("FR", "75008.0", "75008"),
        ("US", "12345-6789", "12345"),
        ("US", "2134", "02134"),
        ("GB", "sw1a 2aa", "SW1A2AA"),
        ("AU", "2119", "2119"),
        ("FR", "n/a", None),
        ("FR", None, None),
    ],
)
def test_postcodes(region, written, read):
    assert normalise_postcodes(texts(written), region).to_pylist() == [read]
