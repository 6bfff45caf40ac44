"""Identifier columns read by their type."""

from taken_in import texts

from connu.sources.keys import KeyReader, first_value
from connu.sources.text import SEPARATOR

_SOURCE, _REGION = texts("crm", "web"), texts("FR", "FR")


def test_each_type_by_its_own_reader():
    reader = KeyReader({"web": ("GB",)})

    def read(word, *values):
        return reader.read(word, texts(*values), _SOURCE, _REGION).to_pylist()

    assert read("email", "A@Example.org", None) == ["a@example.org", None]
    assert read("social.twitter", "@A", "b") == ["a", "b"]
    assert read("account", " A ", "b") == ["A", "b"]
    assert read("phone", "0612345678", "07572246011") == ["+33612345678", "+447572246011"]


def test_the_first_of_several():
    assert first_value(texts(f"a{SEPARATOR}b", "c", None)).to_pylist() == ["a", "c", None]
