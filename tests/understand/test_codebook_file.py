"""Edits of a codebook, and of the file a person wrote: his comments stay, it says what is meant."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.kernel.errors import SettingsError, UsageError
from connu.understand.codebook import Theme, codebook_from, default_codebook, read_codebook
from connu.understand.codebook_edits import accepted, dropped, merged, renamed, split
from connu.understand.codebook_file import codebook_text, edited_text, theme_lines

FILE = """\
# Maison Claire

version = 7  # ours

# All that is brought to the door.
[themes.delivery]   # since 2024
dimension = "interaction"
# written by Anne
definition.fr = "La livraison."
seeds.fr = ["colis", "[themes.price]"]

# ── product ────
# What it costs.
[themes.price]
dimension = "product"
definition = \"\"\"
[themes.delivery]
The price.\"\"\"
examples = [
  "too expensive",  # [themes.price]
  "cheap",
]

[themes."click & collect"]
dimension = "interaction"
[themes."click & collect".seeds]
en = ["collect"]

[migrations]
# of 2023
parcels = "delivery"
"""


def read(text):
    return codebook_from(tomllib.loads(text))


def edit(text, how, *arguments):
    before = default_codebook() if text is None else read(text)
    edited = how(before, *arguments)
    return edited_text(text, before, edited), edited.codebook


def test_a_rename_changes_a_header_the_version_and_migrations_alone():
    made, book = edit(FILE, renamed, "delivery", "parcels at home")
    lines = set(made.splitlines())
    assert set(FILE.splitlines()) - lines == {
        "version = 7  # ours", "[themes.delivery]   # since 2024",
    }  # fmt: skip
    assert lines - set(FILE.splitlines()) == {
        "version = 8  # ours", '[themes."parcels at home"]  # since 2024',
        'delivery = "parcels at home"',
    }  # fmt: skip
    assert book.current("delivery") == book.current("parcels") == "parcels at home"
    assert [theme.name for theme in read(made).themes] == list(book.names)


def test_a_rename_of_a_theme_with_tables_of_its_own():
    made, _ = edit(FILE, renamed, "click & collect", "collect")
    assert "[themes.collect.seeds]" in made and read(made).theme("collect").seeds == {
        "en": ("collect",)
    }


def test_renamed_there_and_back_leaves_no_circle():
    once, _ = edit(FILE, renamed, "delivery", "door")
    twice, book = edit(once, renamed, "door", "delivery")
    assert book.current("door") == book.current("delivery") == "delivery"
    assert read(twice).themes == read(FILE).themes and book.version == 9


def test_a_merger_has_all_that_its_parts_said():
    made, book = edit(FILE, merged, ["delivery", "click & collect"], "delivery")
    theme = read(made).theme("delivery")
    assert theme.seeds == {"fr": ("colis", "[themes.price]"), "en": ("collect",)}
    assert theme.definition == {"fr": "La livraison."}
    assert book.current("click & collect") == "delivery" and len(book.themes) == 2
    assert "# written by Anne" in made and "# What it costs." in made and "# of 2023" in made


def test_a_merger_into_a_new_name_stands_where_its_first_part_stood():
    made, book = edit(FILE, merged, ["click & collect", "delivery"], "fetching")
    assert book.names == ("fetching", "price")
    assert book.current("delivery") == book.current("parcels") == "fetching"
    assert "All that is brought" not in made and "# ── product ────" in made


def test_a_drop_takes_a_theme_and_its_comments_out_and_keeps_the_rule_of_its_section():
    made, book = edit(FILE, dropped, "price")
    assert book.names == ("delivery", "click & collect") and book.current("price") is None
    assert "What it costs" not in made and "# ── product ────" in made
    assert 'price = ""' in made


def test_a_version_stands_below_the_comment_the_file_begins_with():
    made, _ = edit('# Ours.\n\n# Of it.\n[themes.a]\ndimension = "brand"\n', renamed, "a", "b")
    assert made.splitlines()[:5] == ["# Ours.", "", "version = 2", "", "# Of it."]


def test_a_split_replaces_a_theme_and_names_its_heir():
    parts = [Theme("speed", "interaction", seeds={"fr": ("vite",)}), Theme("door", "interaction")]
    made, book = edit(FILE, split, "delivery", parts, "speed")
    assert book.names == ("speed", "door", "price", "click & collect") == read(made).names
    assert book.current("delivery") == book.current("parcels") == "speed"
    assert read(made).theme("speed").seeds == {"fr": ("vite",)}


def test_a_part_may_keep_the_name():
    parts = [Theme("delivery", "interaction"), Theme("door", "interaction")]
    made, book = edit(FILE, split, "delivery", parts, "delivery")
    assert book.current("delivery") == "delivery" and not any(
        read(made).theme("delivery").seeds.values()
    )


@pytest.mark.parametrize("how", ["rename", "drop", "merge", "split", "accept"])
def test_without_a_file_a_small_one_is_written_over_the_default(how):
    default = default_codebook()
    wished = {
        "rename": (renamed, "returns", "refunds"),
        "drop": (dropped, "local"),
        "merge": (merged, ["waiting", "contact"], "reach"),
        "split": (split, "delivery",
                  [Theme("delivery", "interaction"), Theme("door", "interaction")], "delivery"),
        "accept": (accepted, Theme("car_park", "interaction", {"en": "The car park."})),
    }[how]  # fmt: skip
    made, book = edit(None, *wished)
    said = read(made)
    assert {theme.name for theme in said.themes} == set(book.names)
    assert said.version == default.version + 1 and "default = true" in made
    assert len(made.splitlines()) < 30
    back, _ = edit(made, accepted, Theme("more", "brand"))
    assert read(back).version == default.version + 2


def test_a_default_theme_that_was_renamed_gets_its_name_back():
    once, _ = edit(None, renamed, "returns", "refunds")
    twice, _ = edit(once, renamed, "refunds", "returns")
    assert set(read(twice).names) == set(default_codebook().names)
    assert read(twice).theme("returns") == default_codebook().theme("returns")


def test_an_empty_file_stays_on_the_default_when_a_theme_is_added():
    made, book = edit("version = 3\n", accepted, Theme("more", "brand"))
    assert "default = true" in made and len(book.themes) == len(default_codebook().themes) + 1


@pytest.mark.parametrize(
    "text",
    [
        '[themes]\nprice = {dimension = "product"}\nrange = {dimension = "product"}\n',
        'themes.price.dimension = "product"\nthemes.range.dimension = "product"\n',
    ],
)
def test_a_layout_that_cannot_be_edited_is_refused_with_a_remedy(text):
    with pytest.raises(SettingsError) as told:
        edit(text, renamed, "price", "cost")
    assert "[themes.NAME]" in told.value.hint


@pytest.mark.parametrize(
    ("how", "arguments", "says"),
    [
        (renamed, ("delivry", "x"), "delivery"),
        (renamed, ("delivery", "price"), "already"),
        (renamed, ("delivery", "[bold]"), "cannot be"),
        (renamed, ("price", "parcels"), "once"),
        (dropped, ("nothing",), "no theme"),
        (merged, (["price"], "price"), "two themes"),
        (merged, (["price", "delivery"], "click & collect "), "cannot be|already|two"),
        (split, ("price", [Theme("a", "product")], "a"), "two themes"),
        (split, ("price", [Theme("a", "product"), Theme("delivery", "product")], "a"), "already"),
        (accepted, (Theme("price", "product"),), "already"),
        (accepted, (Theme("parcels", "product"),), "once"),
    ],
)
def test_what_cannot_be_is_refused(how, arguments, says):
    if says.startswith("cannot be|"):
        assert how(read(FILE), *arguments).codebook  # a blank at the end is part of a name
        return
    with pytest.raises(UsageError) as told:
        how(read(FILE), *arguments)
    assert says in f"{told.value.message} {told.value.hint}"


def test_the_last_theme_stays():
    with pytest.raises(UsageError):
        dropped(read('[themes.a]\ndimension = "brand"\n'), "a")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[themes.a]\ndimension="product"\n\n[themes."b c"]\ndimension="prodct"\n', 4, "dimension"),
        ('[themes.a]\ndimension = "brand"\nversoin = 2\n', 1, "versoin"),
        ("# ours\nversoin = 2\n", 2, "version"),
        ('default = true\n[themes.a]\ndimension = "product"\nseed = ["x"]\n', 2, "seeds"),
    ],
)  # fmt: skip
def test_a_broken_file_names_line_and_remedy(tmp_path, text, line, says):
    (tmp_path / "codebook.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        read_codebook(tmp_path)
    assert told.value.fields["line"] == line and told.value.hint
    assert says in f"{told.value.message} {told.value.hint}"


def test_a_file_that_is_no_toml_names_line_and_remedy(tmp_path):
    (tmp_path / "codebook.toml").write_text("[themes.a]\ndimension = product\n", encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        read_codebook(tmp_path)
    assert "line 2" in told.value.message and told.value.hint


texts = st.text(st.characters(codec="utf-8"), max_size=30)


def test_a_label_survives_every_edit_of_its_theme():
    text = '[themes.a]\ndimension = "brand"\nlabel.fr = "le A"\n\n[themes.b]\ndimension = "brand"\n'
    once, _ = edit(text, renamed, "a", "c")
    assert read(once).theme("c").called("fr") == "le A"
    into, _ = edit(once, merged, ["b", "c"], "c")
    assert read(into).theme("c").label == {"fr": "le A"}
    parts = [read(once).theme("c"), Theme("d", "brand")]
    cut, _ = edit(once, split, "c", parts, "c")
    assert read(cut).theme("c").called("fr") == "le A" and read(cut).theme("d").label == {}


@given(definition=texts, seeds=st.lists(texts, max_size=3), note=texts)
def test_whatever_a_theme_says_is_read_as_it_was(definition, seeds, note):
    theme = Theme("a b", "brand", {"en": definition}, {}, {"fr": tuple(seeds)})
    said = read("\n".join(theme_lines(theme))).theme("a b")
    assert said.definition.get("en", "") == definition.strip()
    assert said.seeds.get("fr", ()) == tuple(s.strip() for s in seeds if s.strip())
    text = codebook_text([theme], {"a b": [" ".join(note.split())]})
    assert read(text).theme("a b") == said
