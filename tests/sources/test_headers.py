"""What the names of columns say."""

import pytest

from connu.kernel.fields import is_field
from connu.sources.headers import _WORDS, header_guesses, header_words


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("people", "DateNaissance", "birth_date"),
        ("people", "E-Mail", "email"),
        ("people", "Nachname", "last_name"),
        ("people", "Twitter handle", "social.twitter"),
        ("people", "optin_marketing", "consent.marketing"),
        ("people", "consentement_statistiques", "consent.analytics"),
        ("events", "EventName", "type"),
        ("events", "loyalty_card", "loyalty_card"),
        ("verbatims", "Commentaire", "text"),
        ("products", "Libellé", "name"),
    ],
)
def test_clear_names(kind, name, field):
    guesses = header_guesses(kind, name)
    assert max(guesses, key=guesses.get) == field and guesses[field] >= 0.8


def test_a_part_of_a_name_says_less():
    guesses = header_guesses("people", "postcode_fake")
    assert 0.4 < guesses["postcode"] < 1.0
    assert header_guesses("people", "xyz") == {}


def test_the_table_knows_only_fields_in_folded_words():
    for kind, fields in _WORDS.items():
        for field, phrases in fields.items():
            assert is_field(kind, field)
            assert all(header_words(phrase) == phrase.removeprefix("~") for phrase in phrases)
