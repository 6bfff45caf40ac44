"""The codebook connu brings is whole in both languages; a brand's own is checked word by word."""

from __future__ import annotations

import pytest

from connu.kernel.errors import SettingsError
from connu.understand.codebook import (
    LANGUAGES,
    Codebook,
    codebook_from,
    default_codebook,
    read_codebook,
)
from connu.understand.terms import parse_term

_OWN = {"themes": {"beds": {"dimension": "product", "seeds": ["bed*", "lit"]}}}


def test_the_default_says_everything_of_each_theme_in_both_languages():
    book = default_codebook()
    assert 20 <= len(book.themes) <= 40
    assert {theme.dimension for theme in book.themes} == {
        "brand", "product", "interaction", "society",
    }  # fmt: skip
    assert [theme.name for theme in book.themes if theme.general] == ["overall"]
    for theme in book.themes:
        for language in LANGUAGES:
            assert theme.definition[language], theme.name
            assert len(theme.examples[language]) >= 2, theme.name
            assert len(theme.seeds[language]) >= 10, theme.name


@pytest.mark.parametrize("theme", default_codebook().themes, ids=lambda theme: theme.name)
def test_every_default_seed_can_be_found_and_stands_once(theme):
    for language in LANGUAGES:
        seeds = theme.seeds[language]
        assert len(set(seeds)) == len(seeds), [s for s in seeds if seeds.count(s) > 1]
        for seed in seeds:
            words = parse_term(seed)
            assert words, seed
            assert words[0][1] != 2, f"«{seed}» begins with any word"
            # a beginning of two letters would stand for half the dictionary
            assert all(how != 1 or size >= 3 for _, how, size in words[:1]), seed


def test_own_themes_stand_alone_unless_the_default_is_asked_for():
    assert codebook_from(_OWN).names == ("beds",)
    over = codebook_from({"default": True, **_OWN})
    assert over.names == (*default_codebook().names, "beds")
    assert codebook_from({}).names == default_codebook().names


def test_a_default_theme_keeps_what_is_not_said_anew():
    changed = codebook_from({"default": True, "themes": {"price": {"seeds": {"fr": ["tarif*"]}}}})
    assert changed.theme("price").seeds == {"fr": ("tarif*",)}
    assert changed.theme("price").definition == default_codebook().theme("price").definition
    dropped = codebook_from({"default": True, "themes": {"local": {"drop": True}}})
    assert "local" not in dropped.names
    assert len(dropped.names) == len(default_codebook().names) - 1


def test_a_text_for_all_languages_is_a_text_for_all():
    theme = codebook_from(_OWN).theme("beds")
    assert theme.seeds == {"": ("bed*", "lit")}
    said = {"themes": {"beds": {"dimension": "product", "definition": "Beds and linen."}}}
    assert codebook_from(said).theme("beds").definition == {"": "Beds and linen."}


@pytest.mark.parametrize(
    ("raw", "says", "hint"),
    [
        ({"theme": {}}, "«theme» is not known", "themes"),
        ({"themes": []}, "must hold tables", None),
        ({"themes": {"beds": 3}}, "must be a table", None),
        ({"themes": {"beds": {}}}, "needs a dimension", None),
        ({"themes": {"beds": {"dimension": "products"}}}, "needs a dimension", None),
        ({"themes": {"beds": {"dimension": ["product"]}}}, "needs a dimension", None),
        ({"themes": {"beds": {"dimension": "product", "seed": ["a"]}}}, "«seed»", "seeds"),
        ({"themes": {"beds": {"dimension": "product", "seeds": [1]}}}, "seeds must be", None),
        ({"themes": {"beds": {"dimension": "product", "seeds": {"de": []}}}}, "seeds.de", None),
        ({"themes": {"beds": {"dimension": "product", "general": "yes"}}}, "general must", None),
        ({"themes": {"!": {"dimension": "product"}}}, "cannot be a name", "letters"),
        ({"default": "no"}, "default must", None),
        ({"version": True}, "version must", None),
        ({"version": "2"}, "version must", None),
        ({"migrations": {"a": 1}}, "[migrations]", None),
        ({"default": False}, "names no theme", "dimension"),
        ({"themes": {"beds": {"drop": True}}, "default": False}, "names no theme", None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(raw, says, hint):
    with pytest.raises(SettingsError) as caught:
        codebook_from(raw)
    assert says in str(caught.value)
    if hint:
        assert hint in (caught.value.hint or "")


def test_a_file_that_is_absent_is_the_default_and_a_broken_one_is_named(tmp_path):
    assert read_codebook(tmp_path) is default_codebook()
    path = tmp_path / "codebook.toml"
    for content, says in (
        (b"[themes", "not valid TOML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x00", "not valid TOML"),
        (b"[themes.beds]\ndimension = 'x'\n", "needs a dimension"),
    ):
        path.write_bytes(content)
        with pytest.raises(SettingsError, match=says):
            read_codebook(tmp_path)
    path.write_text("\ufeff[themes.beds]\ndimension = 'product'\n", encoding="utf-8")
    assert read_codebook(tmp_path).names == ("beds",)


def test_codes_migrate_through_versions_and_circles_end():
    book = codebook_from({**_OWN, "migrations": {"sleep": "bedding", "bedding": "beds", "x": ""}})
    assert book.current("sleep") == "beds"
    assert book.current("beds") == "beds"
    assert book.current("x") is None
    assert book.current("unheard") is None
    assert Codebook((), migrations={"a": "b", "b": "a"}).current("a") in {"a", "b"}


def test_a_reader_is_shown_a_theme_in_his_language():
    themes = {theme.name: theme for theme in default_codebook().themes}
    assert len({theme.called("fr") for theme in themes.values()}) == len(themes)
    assert themes["after_sales"].called("en") == "after sales"
    book = codebook_from(
        {
            "default": True,
            "themes": {
                "price": {"dimension": "product", "label": "tarifs"},
                "own_one": {"dimension": "brand"},
            },
        }
    )
    told = {theme.name: (theme.called("en"), theme.called("fr")) for theme in book.themes}
    assert told["price"] == ("tarifs", "tarifs")
    assert told["delivery"] == ("delivery", "livraison")
    assert told["own_one"] == ("own one", "own one")
    # What readers are shown changes no code.
    assert book.theme("price").seeds == themes["price"].seeds


def test_an_unknown_theme_names_the_nearest():
    with pytest.raises(SettingsError) as caught:
        default_codebook().theme("deliveri")
    assert "delivery" in (caught.value.hint or "")


def test_the_digest_changes_with_what_is_said_and_not_with_the_version():
    one = codebook_from(_OWN)
    assert one.digest() == codebook_from({**_OWN, "version": 3}).digest()
    other = {"themes": {"beds": {"dimension": "product", "seeds": ["bed*"]}}}
    assert one.digest() != codebook_from(other).digest()
