"""Of an answer only what stands is taken: exact quotes, known themes, words of the schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand import chat_answers
from connu.understand.chat_answers import (
    QuotedPlace,
    checked_statements,
    checked_themes,
    codes_schema,
    themes_schema,
)
from connu.understand.quote import Refusal

_TEXT = "La livraison fut très rapide, mais je ne recommande pas l’emballage. Price too high!"
_THEMES = ("delivery", "packaging", "price")
_GOOD = {
    "quote": "livraison fut tres rapide", "theme": "delivery", "polarity": "positive",
    "status": "met", "form": "praise", "addressee": "brand", "relation": "inside",
}  # fmt: skip


def _answer(*statements: dict) -> str:
    return json.dumps({"statements": list(statements)})


def test_what_stands_is_taken_with_its_place():
    later = _GOOD | {"quote": "price TOO high", "theme": "price", "polarity": "negative"}
    made = checked_statements(_answer(later, _GOOD, _GOOD), _TEXT, _THEMES)
    assert made is not None
    statements, refused = made
    assert [(_TEXT[one.start : one.end], one.theme) for one in statements] == [
        ("livraison fut très rapide", "delivery"),
        ("Price too high", "price"),
    ]
    assert statements[0].status == "met" and not refused


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quote": "livraison très rapide"}, Refusal.ABSENT),
        ({"quote": "je recommande l’emballage"}, Refusal.ABSENT),
        ({"quote": "recommande pas l’emballage"}, Refusal.NEGATED),
        ({"quote": "ivraison"}, Refusal.CUT),
        ({"quote": "…"}, Refusal.EMPTY),
        ({"theme": "Delivery"}, chat_answers.UNKNOWN_THEME),
        ({"theme": "admin"}, chat_answers.UNKNOWN_THEME),
        ({"polarity": "great"}, chat_answers.WRONG_WORD),
        ({"status": None}, chat_answers.WRONG_WORD),
        ({"quote": 3}, chat_answers.WRONG_WORD),
        ({"probability": 1}, chat_answers.WRONG_WORD),
    ],
)
def test_one_that_does_not_stand_is_refused_alone(change, why):
    other = _GOOD | {"quote": "price too high", "theme": "price"}
    made = checked_statements(_answer(_GOOD | change, other), _TEXT, _THEMES)
    assert made is not None
    assert [one.theme for one in made[0]] == ["price"]
    assert made[1] == {str(why): 1}


def test_a_missing_word_is_refused():
    made = checked_statements(
        _answer({k: v for k, v in _GOOD.items() if k != "status"}), _TEXT, _THEMES
    )
    assert made == ((), {chat_answers.WRONG_WORD: 1})


def test_two_codes_of_one_statement_are_none():
    other = _GOOD | {"status": "unmet", "polarity": "negative"}
    made = checked_statements(_answer(_GOOD, other), _TEXT, _THEMES)
    assert made == ((), {chat_answers.CONTRADICTION: 2})


def test_more_than_can_be_is_refused():
    made = checked_statements(_answer(*[_GOOD] * 30), _TEXT, _THEMES)
    assert made is not None and made[1] == {chat_answers.TOO_MANY: 10} and len(made[0]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        None, "", "no", "[]", "{}", "null", '{"statements": {}}', '{"statements": null}',
        '{"statements": [], "more": []}', '{"themes": []}', '{"statements": [' , "\ud800",
        '```json\n{"statements": []}\n```', "[" * 5_000, '{"statements": [' * 3_000,
    ],
)  # fmt: skip
def test_what_is_not_of_the_schema_is_no_answer(answer):
    assert checked_statements(answer, _TEXT, _THEMES) is None
    if answer != '{"themes": []}':
        assert checked_themes(answer, [_TEXT], _THEMES) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("price too high"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(_GOOD)), inner)
    ),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.sampled_from(list(_GOOD)), _JSON) | _JSON, max_size=4))
def test_nothing_that_is_answered_breaks_it(items):
    made = checked_statements(json.dumps({"statements": items}), _TEXT, _THEMES)
    assert made is not None and len(made[0]) + sum(made[1].values()) <= len(items)
    assert checked_themes(json.dumps({"themes": items}), [_TEXT], _THEMES) is not None


_TEXTS = ["the box was torn", "a torn box again", "I love the shop's music", "music too loud"]
_THEME = {
    "name": "music", "dimension": "interaction", "definition_fr": "La musique en magasin.",
    "definition_en": "Music in shops.",
    "quotes": [{"id": 2, "quote": "love the shop's music"}, {"id": 3, "quote": "Music too loud"}],
}  # fmt: skip


def _proposed(*themes: dict) -> str:
    return json.dumps({"themes": list(themes)})


def test_a_theme_with_quotes_of_two_texts_is_taken():
    made = checked_themes(_proposed(_THEME), _TEXTS, _THEMES)
    assert made is not None
    (theme,), refused = made
    assert (theme.name, theme.dimension) == ("music", "interaction") and not refused
    assert theme.definition == {"fr": "La musique en magasin.", "en": "Music in shops."}
    assert theme.quotes == (QuotedPlace(2, 2, 23), QuotedPlace(3, 0, 14))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quotes": _THEME["quotes"][:1]}, chat_answers.FEW_QUOTES),
        ({"quotes": [_THEME["quotes"][0]] * 3}, chat_answers.FEW_QUOTES),
        ({"quotes": []}, chat_answers.FEW_QUOTES),
        ({"name": "price"}, chat_answers.KNOWN_THEME),
        ({"name": "Music!"}, chat_answers.BAD_NAME),
        ({"name": "x" * 40}, chat_answers.BAD_NAME),
        ({"name": "../music"}, chat_answers.BAD_NAME),
        ({"definition_en": "<script>alert(1)</script>"}, chat_answers.BAD_NAME),
        ({"definition_en": "See https://evil.example"}, chat_answers.BAD_NAME),
        ({"definition_fr": " "}, chat_answers.BAD_NAME),
        ({"definition_fr": "a\nb"}, chat_answers.BAD_NAME),
        ({"definition_fr": "a" * 500}, chat_answers.BAD_NAME),
        ({"dimension": "admin"}, chat_answers.WRONG_WORD),
        ({"seeds": ["x"]}, chat_answers.WRONG_WORD),
    ],
)
def test_a_theme_that_does_not_stand_is_refused(change, why):
    made = checked_themes(_proposed(_THEME | change), _TEXTS, _THEMES)
    assert made is not None and made[0] == () and made[1][str(why)] == 1


def test_false_quotes_do_not_count():
    quotes = [{"id": 2, "quote": "hate the shop's music"}, {"id": 9, "quote": "music"}]
    made = checked_themes(
        _proposed(_THEME | {"quotes": [*_THEME["quotes"][:1], *quotes]}), _TEXTS, _THEMES
    )
    assert made is not None and made[0] == ()
    assert made[1] == {
        str(Refusal.ABSENT): 1, chat_answers.UNKNOWN_TEXT: 1, chat_answers.FEW_QUOTES: 1
    }  # fmt: skip


def test_a_theme_is_proposed_once():
    made = checked_themes(_proposed(_THEME, _THEME), _TEXTS, _THEMES)
    assert made is not None and len(made[0]) == 1 and made[1] == {chat_answers.KNOWN_THEME: 1}


def test_schemas_are_closed():
    def closed(schema: dict) -> bool:
        inner = [*schema.get("properties", {}).values(), schema.get("items")]
        own = schema["type"] != "object" or (
            schema["additionalProperties"] is False
            and schema["required"] == list(schema["properties"])
        )
        return own and all(closed(one) for one in inner if one)

    assert closed(codes_schema(_THEMES)) and closed(themes_schema())
    items = codes_schema(_THEMES)["properties"]["statements"]["items"]
    assert items["properties"]["theme"]["enum"] == list(_THEMES)
    assert set(items["properties"]) == set(_GOOD)
