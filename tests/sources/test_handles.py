"""Social handles and other keys."""

import pytest
from taken_in import texts

from connu.sources.handles import normalise_handles, normalise_keys


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@Jane_Doe", "jane_doe"),
        ("https://twitter.com/jane_doe?s=20", "jane_doe"),
        ("www.instagram.com/jane.doe/", "jane.doe"),
        ("https://fr.linkedin.com/in/jane-doe/", "jane-doe"),
        ("https://www.facebook.com/profile.php?id=1234", "1234"),
        ("facebook.com/Jane.Doe", "jane.doe"),
        ("jane.doe", "jane.doe"),
        ("@", None),
        ("none", None),
    ],
)
def test_handles(written, read):
    assert normalise_handles(texts(written)).to_pylist() == [read]


def test_keys_are_trimmed_and_no_more():
    values = texts(" A-12 ", "123.0", "007", "unknown", None)
    assert normalise_keys(values).to_pylist() == ["A-12", "123", "007", None, None]
