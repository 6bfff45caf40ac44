"""Both languages are complete, and no text stands there for nothing."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from connu.measure.words import LANGUAGES
from connu.report import page
from connu.report.texts import TEXTS, Said, language_of

FOLDER = Path(page.__file__).parent
SOURCES = [*FOLDER.glob("templates/*.jinja"), *FOLDER.glob("*.py")]
#: Texts whose names are put together: sections, large figures, kinds of checks, words of tables.
BUILT = re.compile(
    r"(identify|know|understand|rightly|seen|steps|trend|missing|how)(_lede)?|look"
    r"|(identified|known|understood)(_means)?|(kind|dimension|status|unit)\..+"
)


def asked() -> set[str]:
    texts = " ".join(path.read_text(encoding="utf-8") for path in SOURCES)
    return set(re.findall(r"""\b_?t\(\s*["']([\w.]*\w)["']""", texts))


def test_every_text_that_is_asked_for_is_there_and_every_other_is_built():
    direct = asked()
    assert len(direct) > 40
    assert sorted(direct - set(TEXTS)) == []
    assert [name for name in TEXTS if name not in direct and not BUILT.fullmatch(name)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_says_the_same_in_both_languages(name):
    words = TEXTS[name]
    assert words.en.strip() == words.en and words.fr.strip() == words.fr
    assert words.en and words.fr
    holes = [
        {hole for _, hole, _, _ in Formatter().parse(text) if hole} for text in (words.en, words.fr)
    ]
    assert holes[0] == holes[1]


@pytest.mark.parametrize("name", TEXTS)
def test_french_sets_its_signs_off_by_a_narrow_space(name):
    assert not re.search(r"[^\s\u202f][:;?!](\s|$)| [:;?!]", TEXTS[name].fr)


def test_a_missing_text_is_an_error_and_a_word_of_the_brand_s_own_is_not():
    with pytest.raises(KeyError):
        Said("en")("no such text")
    assert [Said(language).named("unit", "<b>") for language in LANGUAGES] == ["<b>", "<b>"]
    # What stands in braces within a value is no hole of the text.
    assert Said("en")("title", brand="{0} {x}") == "How well {0} {x} knows its customers"


@pytest.mark.parametrize(
    "country, language", [("FR", "fr"), ("fr", "fr"), ("CH", "fr"), ("GB", "en"), ("DE", "en")]
)
def test_a_brand_is_told_in_the_language_of_its_country(country, language):
    assert language_of(country) == language
