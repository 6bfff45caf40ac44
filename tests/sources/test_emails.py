"""E-mail addresses: one spelling per mailbox, and no more than the provider ignores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from taken_in import texts

from connu.sources.emails import normalise_emails
from connu.sources.text import SEPARATOR


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Jane.Doe@Example.ORG ", "jane.doe@example.org"),
        ("jane.doe+shop@gmail.com", "janedoe@gmail.com"),
        ("JaneDoe@googlemail.com", "janedoe@gmail.com"),
        ("jane.doe+shop@outlook.com", "jane.doe@outlook.com"),
        ("jane+shop@hotmail.co.uk", "jane@hotmail.co.uk"),
        ("jane+shop@pm.me", "jane@proton.me"),
        ("jane+shop@example.org", "jane+shop@example.org"),
        ("+only@gmail.com", "+only@gmail.com"),
        ("mailto:jane@example.org", "jane@example.org"),
        ("<jane@example.org>", "jane@example.org"),
        ("a@example.org; b@example.org", f"a@example.org{SEPARATOR}b@example.org"),
        ("Jane Doe <jane@example.org>", "jane@example.org"),
        ("élodie@example.org", "élodie@example.org"),
        ("jane@", None),
        ("jane@localhost", None),
        ("jane..doe@example.org", None),
        ("no mail", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_addresses(written, read):
    assert normalise_emails(texts(written)).to_pylist() == [read]


_LOCAL = st.from_regex(r"\A[a-z0-9][a-z0-9.+_-]{0,12}[a-z0-9]\Z")
_DOMAIN = st.sampled_from(["gmail.com", "outlook.com", "example.org", "icloud.com", "free.fr"])


@given(_LOCAL, _DOMAIN)
def test_normalised_stays_and_case_means_nothing(local, domain):
    once = normalise_emails(texts(f"{local}@{domain}"))
    assert normalise_emails(once).to_pylist() == once.to_pylist()
    shouted = normalise_emails(texts(f"{local}@{domain}".upper()))
    assert shouted.to_pylist() == once.to_pylist()
