"""docs/expectations.md says what the code does: its examples run, its words and numbers hold."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import heard_brand
import pytest

from connu.app.listening import SILENCES
from connu.app.outcomes import MOST_VERBATIMS, OUTCOMES, WITHIN_DAYS
from connu.app.segment import LEAST_CUSTOMERS
from connu.cli.preference import app
from connu.ledger import expectations as ledger
from connu.understand import codebook

ROOT = Path(__file__).parents[2]
PATH = ROOT / "docs" / "expectations.md"
PAGE = PATH.read_text(encoding="utf-8")
FLOW = " ".join(PAGE.split())


def test_examples_of_python_run(tmp_path, monkeypatch):
    heard_brand.make_brand(tmp_path / "maison-claire")
    monkeypatch.chdir(tmp_path)
    ran = doctest.testfile(str(PATH), module_relative=False)
    assert ran.failed == 0 and ran.attempted >= 20


def test_the_codebook_on_the_page_is_one():
    text = PAGE.split("beside `connu.toml`:\n\n")[1].split("\n\n| word")[0]
    import textwrap
    import tomllib

    made = codebook.codebook_from(tomllib.loads(textwrap.dedent(text)))
    assert made.names == ("delivery",) and made.current("shipping") == "delivery"


@pytest.mark.parametrize(
    ("words", "row"),
    [
        (ledger.DIMENSIONS, "dimension"),
        (ledger.POLARITIES, "polarity"),
        (ledger.STATUSES, "status"),
        (ledger.FORMS, "form"),
        (ledger.ADDRESSEES, "addressee"),
        (ledger.RELATIONS, "relation"),
        (ledger.EXPECTATION_BASES, "basis"),
        (ledger.CODERS, "by"),
    ],
)
def test_every_word_of_an_expectation_is_told(words, row):
    assert f"| {row} | {', '.join(words)} |" in PAGE


def test_every_silence_and_every_word_of_the_codebook_is_explained():
    for word in SILENCES:
        assert f"| {word} |" in PAGE
    for word in (*codebook._WORDS, *codebook._TOP):
        assert re.search(rf"\| `\[?{word}(\.NAME)?\]?` \|", PAGE), word


def test_every_command_and_outcome_of_preference_is_told():
    for command in app.registered_commands:
        assert f"| `{command.callback.__name__}` |" in PAGE
    for outcome in OUTCOMES:
        assert f"`{outcome}`" in PAGE


def test_numbers_are_the_code_s():
    assert LEAST_CUSTOMERS == 10 and "fewer than ten customers" in FLOW
    assert f"older than {WITHIN_DAYS} days" in FLOW
    assert f"more than {MOST_VERBATIMS:,} verbatims" in FLOW


def test_source_files_it_names_exist():
    for name in re.findall(r"`(src/[\w/.]+)`", PAGE):
        assert (ROOT / name).exists(), name
