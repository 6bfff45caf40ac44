"""What an analyst sees of expectations: counts that are known beforehand, and nobody too few."""

from __future__ import annotations

import shutil
from datetime import datetime

import heard_brand
import pyarrow as pa
import pytest

from connu.app.brand import open as open_brand
from connu.app.expectations_view import expectations_view, theme_view
from connu.app.listening import Ask, moment
from connu.journal.journal import open_journal
from connu.kernel.errors import BuildError, NotFoundError, PurposeError, UsageError
from connu.ledger.expectations import EXPECTATIONS, STATEMENTS


@pytest.fixture(scope="module")
def _made(tmp_path_factory):
    return heard_brand.make_brand(tmp_path_factory.mktemp("view") / "maison-claire").folder


@pytest.fixture(scope="module")
def view(_made):
    return expectations_view(open_brand(_made))


@pytest.fixture(scope="module")
def said():
    """Verbatims, statements and expectations of the brand, as made."""
    verbatims, statements, expectations = heard_brand.made()
    return verbatims, statements, [one for one in expectations if one["addressee"] == "brand"]


def counted(said, theme, test=lambda one: True):
    """Verbatims that say something of a theme."""
    return len({one["row"] for one in said[2] if one["theme"] == theme and test(one)})


# ---------------------------------------------------------------------- who was heard
def test_who_was_heard(view, said):
    heard = view.heard
    assert (heard.verbatims, heard.listened, heard.statements, heard.expectations) == (
        len(said[0]), len(said[0]), len(said[1]), len(said[2]),
    )  # fmt: skip
    assert (heard.customers, heard.of, heard.share, heard.unknown) == (240, 240, 1.0, 4)
    assert sum(heard.languages.values()) == heard.listened
    assert heard.aside == {"duplicate": 3, "template": 2} and heard.silence is None
    assert (heard.first, heard.last) == (datetime(2025, 1, 1), datetime(2025, 12, 25))


# ---------------------------------------------------------------------- themes
def test_themes_are_counted_by_verbatim(view, said):
    for one in view.counts.themes:
        theme = one.theme
        assert one.verbatims == counted(said, theme)
        assert one.met == counted(said, theme, lambda e: e["status"] == "met")
        assert one.unmet == counted(said, theme, lambda e: e["status"] == "unmet")
        assert one.wished == counted(said, theme, lambda e: e["form"] in ("wish", "should", "lack"))
        customers = {e["subject"] for e in said[2] if e["theme"] == theme and e["subject"]}
        assert one.customers == len(customers)
        assert one.share.low <= one.share.value <= one.share.high
    names = {one.theme for one in view.counts.themes}
    assert names == {"delivery", "price", "repair", "welcome"}


def test_unmet_themes_come_by_what_is_at_stake(view, said):
    assert view.counts.value_days == 365
    unmet = {e["subject"] for e in said[2] if (e["theme"], e["status"]) == ("price", "unmet")}
    worth = sum(100.0 if int(who[2:]) % 11 == 0 else 1.0 for who in unmet if who)
    price, *others = view.counts.themes
    assert (price.theme, price.value) == ("price", worth)
    assert [one.value for one in others] == sorted((one.value for one in others), reverse=True)


def test_without_staying_themes_come_by_how_often_they_are_unmet(tmp_path):
    view = expectations_view(heard_brand.make_brand(tmp_path / "b", staying=None))
    assert view.counts.value_days is None
    assert [one.theme for one in view.counts.themes][:2] == ["delivery", "repair"]
    assert all(one.value is None for one in view.counts.themes)


def test_a_tip_to_others_is_no_expectation_of_the_brand(said):
    tips = [one for one in heard_brand.made()[2] if one["addressee"] == "peers"]
    assert len(tips) == 1 and tips[0] not in said[2]


def test_dimension_and_status_narrow(_made):
    brand = open_brand(_made)
    view = expectations_view(brand, dimension="interaction")
    assert [one.theme for one in view.counts.themes] == ["delivery", "welcome"]
    assert {line.theme for line in view.trends.lines} <= {"delivery", "welcome"}
    assert view.asked == []
    # Drivers are weighed over all themes: those left out would lend theirs to the others.
    assert len(view.drivers[0].weights.drivers) == 3
    view = expectations_view(brand, status="met")
    assert [one.theme for one in view.counts.themes] == ["delivery", "price"]
    assert len(expectations_view(brand, limit=1).counts.themes) == 1


def test_only_the_surest_count_where_that_is_asked(_made, said):
    view = expectations_view(open_brand(_made), Ask(sure=0.85))
    price = next(one for one in view.counts.themes if one.theme == "price")
    assert price.verbatims == counted(said, "price", lambda e: e["probability"] >= 0.85)
    assert 0 < price.verbatims < counted(said, "price")


# ---------------------------------------------------------------------- time
def test_what_rises_is_told_and_what_is_level_is_not(view):
    moving = {(line.theme, line.what): line.trend.direction for line in view.trends.moving()}
    assert moving["repair", "spoken of"] == moving["repair", "unmet or asked for"] == "rising"
    assert ("price", "spoken of") not in moving
    assert view.trends.unit == "month" and len(view.trends.periods) == 12
    line = view.trends.of("repair")
    assert len(line.shares) == 12 and line.shares[-1] > line.shares[0]


def test_since_and_until_narrow_everything(_made, said):
    ask = Ask(since=moment("2025-06-01"), until=moment("2025-06-30", end=True))
    view = expectations_view(open_brand(_made), ask)
    rows = [
        one for one in said[0] if datetime(2025, 6, 1) <= one["time"] < datetime(2025, 7, 1)
    ]  # fmt: skip
    assert view.heard.verbatims == view.heard.listened == len(rows)
    assert view.trends.unit in ("day", "week")


def test_absurd_times_do_not_stretch_the_line(tmp_path, said):
    statements = [dict(one) for one in said[1]]
    statements[0]["time"], statements[1]["time"] = datetime(1900, 1, 1), datetime(2999, 1, 1)
    table = pa.Table.from_pylist(statements, schema=STATEMENTS)
    view = expectations_view(heard_brand.make_brand(tmp_path / "b", statements=table))
    assert len(view.trends.periods) == 12 and view.trends.timeless == 2


def test_nothing_that_has_a_date_is_no_trend(tmp_path, said):
    statements = pa.Table.from_pylist([o | {"time": None} for o in said[1]], schema=STATEMENTS)
    told = pa.Table.from_pylist([o | {"time": None} for o in said[2]], schema=EXPECTATIONS)
    brand = heard_brand.make_brand(tmp_path / "b", statements=statements, expectations=told)
    view = expectations_view(brand)
    assert view.trends.unit is None and view.trends.lines == [] and view.counts.themes


# ---------------------------------------------------------------------- drivers, wishes, answers
def test_what_goes_with_the_rating_is_told_with_its_controls(view):
    rating, by_nps = view.drivers
    assert (rating.outcome, by_nps.outcome) == ("rating", "nps")
    strongest = rating.weights.drivers[0]
    assert (strongest.name, strongest.sign, strongest.silence) == ("delivery", 1, None)
    assert {name.partition(":")[0] for name in rating.controls} == {
        "birth_year", "channel", "language", "sex", "time",
    }  # fmt: skip
    assert {one.name for one in rating.placed.placements} == {"delivery", "price", "repair"}
    assert view.nps.answers == by_nps.weights.rows


def test_what_people_ask_comes_with_quotes_of_different_people(view, said):
    first = view.asked[0]
    assert (first.theme, first.verbatims) == ("repair", counted(said, "repair"))
    assert first.forms == {"should": first.verbatims}
    assert len(first.quotes) == 2 and first.quotes[0].quote != first.quotes[1].quote
    assert first.quotes[0].probability == pytest.approx(0.9)


def test_answers_are_held_against_before_and_after(tmp_path, _made, said):
    folder = shutil.copytree(_made, tmp_path / "maison-claire")
    brand = open_brand(folder)
    with open_journal(folder, brand.settings) as journal:
        journal.answer("repair", "Spare parts", "anne")
    told = expectations_view(brand).answered[0]
    assert (told.theme, told.text, told.by) == ("repair", "Spare parts", "anne")
    # Everything was said before the answer, which is of today.
    assert told.verbatims_before == len(said[0]) and told.verbatims_after == 0
    assert told.before.value == counted(said, "repair") / len(said[0])
    assert told.change is None


def test_a_change_is_told_from_twenty_verbatims_on(_made):
    from connu.app.answered import answered
    from connu.app.listening import listening

    one = {"id": 1, "theme": "repair", "text": "", "by": "", "at": datetime(2025, 7, 1)}
    with listening(open_brand(_made), Ask(), "service") as heard:
        told = answered(heard, [one], ["repair"])[0]
        late = answered(heard, [one | {"at": datetime(2025, 12, 24)}], ["repair"])[0]
        assert answered(heard, [one], ["price"]) == []
    assert told.after.value > told.before.value and told.change.low > 0
    assert late.verbatims_after < 20 and late.change is None


# ---------------------------------------------------------------------- segments
def test_a_segment_is_its_customers_alone(_made, said):
    view = expectations_view(open_brand(_made), Ask(segment="age_band=25-34"))
    assert (view.heard.customers, view.heard.of, view.heard.unknown) == (120, 120, 0)
    rows = {one["row"] for one in said[1] if one["subject"] and int(one["subject"][2:]) % 2}
    assert view.heard.listened == len(rows) and view.heard.verbatims is None


@pytest.mark.parametrize("segment", ["rare=yes", "rare=no", "city=Nowhere"])
def test_few_customers_are_not_shown_nor_all_but_few(_made, segment):
    view = expectations_view(open_brand(_made), Ask(segment=segment))
    assert view.heard.silence == "few" and view.counts is None
    assert view.heard.listened == view.heard.customers == view.heard.of == 0
    page = theme_view(open_brand(_made), "delivery", Ask(segment=segment))
    assert page.heard.silence == "few" and page.page is None


def test_no_cell_of_a_segment_is_of_fewer_than_ten_customers(_made, said):
    ask = Ask(segment="city~Lyon")
    view = expectations_view(open_brand(_made), ask)

    def customers(theme, test=lambda one: True):
        return len(
            {
                one["subject"]
                for one in said[2]
                if one["theme"] == theme
                and one["subject"]
                and int(one["subject"][2:]) % 4 == 0
                and test(one)
            }
        )

    shown = {one.theme: one for one in view.counts.themes}
    for theme in ("delivery", "price", "repair"):
        assert (theme in shown) == (customers(theme) >= 10)
    for one in shown.values():
        for status, cell in (("met", one.met), ("unmet", one.unmet)):
            many = customers(one.theme, lambda e, status=status: e["status"] == status)
            assert (cell is None) == (0 < many < 10), (one.theme, status)
    assert customers("price") < 20 and "price" in shown
    assert None in (shown["price"].met, shown["price"].unmet)


def test_the_words_of_few_are_not_shown_within_a_segment(_made):
    told = theme_view(
        open_brand(_made), "price", Ask(segment="city~Lyon"), status="met"
    ).page  # fmt: skip
    assert told.hidden and told.shown == [] and told.customers == 0


# ---------------------------------------------------------------------- a theme
def test_a_theme_is_told_a_screen_at_a_time(_made, said):
    brand = open_brand(_made)
    many = sum(one["theme"] == "price" for one in said[2])
    seen = []
    for number in (1, 2, 3, 4, 5, 6):
        page = theme_view(brand, "price", page=number, limit=10).page
        assert page.verbatims == many and len(page.shown) <= 10
        seen += [(one.verbatim_id, one.start) for one in page.shown]
    assert len(seen) == len(set(seen)) == many
    times = [one.time for one in theme_view(brand, "price", limit=500).page.shown]
    assert times == sorted(times, reverse=True)


def test_a_quote_stands_in_its_sentence(_made, said):
    texts = {one["verbatim_id"]: one["text"] for one in said[0]}
    for one in theme_view(open_brand(_made), "delivery", limit=500).page.shown:
        assert texts[one.verbatim_id][one.start : one.end] == one.quote
        assert one.before + one.quote + one.after in texts[one.verbatim_id]


def test_a_theme_may_be_narrowed_to_a_status(_made):
    page = theme_view(open_brand(_made), "delivery", status="met", limit=500).page
    assert {one.status for one in page.shown} == {"met"} and page.verbatims == len(page.shown)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ({"dimension": "produkt"}, "did you mean «product»?"),
        ({"status": "umet"}, "did you mean «unmet»?"),
    ],
)
def test_a_word_that_is_none_names_the_nearest(_made, words, hint):
    with pytest.raises(UsageError) as refused:
        expectations_view(open_brand(_made), **words)
    assert refused.value.hint == hint


def test_a_theme_that_is_none_names_the_nearest(_made):
    with pytest.raises(UsageError) as refused:
        theme_view(open_brand(_made), "delivary")
    assert refused.value.hint == "did you mean «delivery»?"


# ---------------------------------------------------------------------- nothing to tell
def test_before_a_build_it_is_asked_for(tmp_path):
    (tmp_path / "connu.toml").write_text(heard_brand.SETTINGS, encoding="utf-8")
    with pytest.raises(BuildError):
        expectations_view(open_brand(tmp_path))


def test_a_build_of_an_earlier_connu_asks_for_a_new_one(tmp_path):
    brand = heard_brand.make_brand(tmp_path / "b", expectations=None)
    with pytest.raises(NotFoundError) as refused:
        expectations_view(brand)
    assert "connu build" in refused.value.hint


@pytest.mark.parametrize("gone", [None, "empty"])
def test_without_verbatims_it_says_what_to_bring(tmp_path, gone):
    table = None if gone is None else heard_brand.tables()["verbatims"].slice(0, 0)
    view = expectations_view(heard_brand.make_brand(tmp_path / "b", verbatims=table))
    assert view.heard.silence == "no_verbatims" and view.counts is None
    some = expectations_view(open_brand(tmp_path / "b"), Ask(segment="sex=female"))
    assert some.heard.silence == "no_verbatims"
    assert view.as_dict()["heard"]["share"] == 0.0


def test_verbatims_that_say_nothing_and_a_time_nobody_spoke_in(tmp_path, _made):
    nothing = {"statements": STATEMENTS, "expectations": EXPECTATIONS}
    empty = {name: schema.empty_table() for name, schema in nothing.items()}
    view = expectations_view(heard_brand.make_brand(tmp_path / "b", **empty))
    assert view.heard.silence == "nothing_said"
    view = expectations_view(open_brand(_made), Ask(since=datetime(2031, 1, 1)))
    assert view.heard.silence == "none_here"


def test_a_purpose_nobody_granted_is_read_of_nobody(_made):
    view = expectations_view(open_brand(_made), purpose="analytics")
    assert view.heard.silence is not None and view.heard.customers == 0
    with pytest.raises(PurposeError):
        expectations_view(open_brand(_made), purpose="anything")


def test_without_ratings_customers_or_codebook_the_rest_is_told(tmp_path, said):
    bare = [one | {"rating": None, "nps": None} for one in said[1]]
    table = pa.Table.from_pylist(bare, schema=STATEMENTS)
    brand = heard_brand.make_brand(tmp_path / "b", statements=table)
    (brand.folder / "codebook.toml").unlink()
    view = expectations_view(brand)
    assert view.drivers == [] and view.nps is None and view.counts.themes


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", ""])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(UsageError):
        moment(text)


def test_a_zone_is_heeded():
    assert moment("2026-03-01T02:00:00+02:00") == datetime(2026, 3, 1)


def test_who_asks_misses_it_without_saying_that_it_is_unmet(tmp_path, said):
    wished = [o | ({"status": "unknown"} if o["theme"] == "repair" else {}) for o in said[2]]
    table = pa.Table.from_pylist(wished, schema=EXPECTATIONS)
    view = expectations_view(heard_brand.make_brand(tmp_path / "b", expectations=table))
    repair = next(one for one in view.counts.themes if one.theme == "repair")
    assert (repair.met, repair.unmet, repair.wished) == (0, 0, 71) and repair.met_share is None
    who = {o["subject"] for o in said[2] if o["theme"] == "repair"}
    assert repair.value == sum(100.0 if int(one[2:]) % 11 == 0 else 1.0 for one in who)
    assert view.trends.of("repair", "unmet or asked for").trend.direction == "rising"
