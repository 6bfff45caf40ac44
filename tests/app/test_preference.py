"""Preference from a build and from files: what is known of them is found, and too few is silent."""

from __future__ import annotations

import csv
from datetime import timedelta

import heard_brand
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.app.brand import open as open_brand
from connu.app.listening import Ask, listening
from connu.app.outcomes import OUTCOMES, outcome_named, outcome_rows
from connu.app.preference import (
    _enough,
    choices_view,
    drivers_view,
    named_view,
    nps_view,
)
from connu.app.survey_files import answers_of_file, choices_of_file, kano_of_file
from connu.kernel.errors import SourceError, UsageError


@pytest.fixture(scope="module")
def brand(tmp_path_factory):
    return heard_brand.make_brand(tmp_path_factory.mktemp("preference") / "maison-claire")


@pytest.fixture
def written(tmp_path):
    def writing(header, *rows):
        path = tmp_path / "answers.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return writing


# ---------------------------------------------------------------------- drivers
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_delivery_goes_with_every_outcome(brand, outcome):
    found = drivers_view(brand, outcome).drivers
    first = found.weights.drivers[0]
    assert (first.name, first.sign, first.silence) == ("delivery", 1, None)
    assert first.share.value > 0.9 and found.outcome == outcome


def test_who_bought_after_speaking_and_for_how_much(brand):
    with listening(brand, Ask(), "service") as heard:
        rows, again = outcome_rows(heard, "return")
        spent_rows, spent = outcome_rows(heard, "spend")
    numbers = np.array([int(who[2:]) for who in rows["subject"].to_pylist()])
    # Of whom the quarter after speaking was not seen to its end, nothing is known.
    assert 0 < len(rows) < 286 and len(rows) == len(spent_rows)
    first = 0
    for n, time, told in zip(numbers.tolist(), rows["time"].to_pylist(), again, strict=True):
        if time == heard_brand.START + timedelta(days=n * 7 % 360):
            first += 1
            assert told == (n % 3 != 0)
    assert first > 150
    assert set(np.round(np.expm1(spent)).astype(int)) <= {0, 60}
    assert set(np.round(np.expm1(rows["bought"].to_numpy())).astype(int)) <= {0, 1, 2}


def test_without_events_nobody_returned_that_was_seen(tmp_path):
    bare = heard_brand.make_brand(tmp_path / "b", events=None, event_customers=None)
    found = drivers_view(bare, "return").drivers
    assert found.weights.silence is not None and found.weights.rows == 0


def test_ratings_are_measured_within_their_source(tmp_path):
    tables = heard_brand.tables()
    said = tables["statements"]
    odd = np.array(said["row"].to_pylist()) % 2 == 1
    rating = np.where(odd, said["rating"].to_numpy() * 20, said["rating"].to_numpy())
    sources = ["mails" if one else "reviews" for one in odd]
    names = said.column_names
    said = said.set_column(names.index("rating"), "rating", [rating])
    said = said.set_column(names.index("source"), "source", [sources])
    brand = heard_brand.make_brand(tmp_path / "b", statements=said)
    with listening(brand, Ask(), "service") as heard:
        rows, value = outcome_rows(heard, "rating")
    for source in ("mails", "reviews"):
        own = value[np.array(rows["source"].to_pylist()) == source]
        assert own.mean() == pytest.approx(0) and own.std() == pytest.approx(1)


def test_an_outcome_that_is_none_names_the_nearest():
    with pytest.raises(UsageError) as refused:
        outcome_named("retrun")
    assert refused.value.hint == "did you mean «return»?"


def test_too_few_customers_are_silence_and_no_error(brand):
    found = drivers_view(brand, "nps", Ask(segment="sex=female", since=heard_brand.START)).drivers
    assert found.weights.silence is None
    few = drivers_view(brand, "rating", Ask(segment="rare=yes"))
    assert few.heard.silence == "few" and few.drivers is None


# ---------------------------------------------------------------------- NPS
def test_nps_of_all_and_by_an_attribute_of_customers(brand):
    everybody, *by_city = nps_view(brand, "city").segments
    assert everybody.answers == 225 and everybody.segment is None
    assert [one.segment for one in by_city] == ["Lyon 3e", "Paris"]
    # Four verbatims are of nobody known.
    assert sum(one.answers for one in by_city) == 225 - 3


@pytest.mark.parametrize(
    ("by", "segments"), [("channel", {"shop", "web"}), ("language", {"fr", "en"}),
                         ("source", {"reviews"})]
)  # fmt: skip
def test_nps_by_what_was_said(brand, by, segments):
    assert {one.segment for one in nps_view(brand, by).segments[1:]} == segments


def test_nps_by_month_has_all_months(brand):
    assert len(nps_view(brand, "month").segments) == 13


def test_a_segment_of_few_is_not_shown_and_cannot_be_worked_out(brand):
    view = nps_view(brand, "rare")
    # Six customers said «yes»; shown alone, «no» would tell of them.
    assert [one.segment for one in view.segments] == [None] and view.hidden == 2


def test_an_attribute_nobody_has_is_refused(brand):
    with pytest.raises(UsageError) as refused:
        nps_view(brand, "citi")
    assert refused.value.hint == "did you mean «city»?"


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 60)), max_size=99))
def test_whoever_is_not_shown_is_nobody_or_enough(rows):
    import pyarrow as pa

    segments = pa.array([row[0] for row in rows], pa.string())
    customers = pa.array([f"{row[0]}{row[1]}" for row in rows], pa.string())
    found, _ = _enough(segments, customers)
    shown = {}
    for segment, who in zip(found.to_pylist(), customers.to_pylist(), strict=True):
        shown.setdefault(segment, set()).add(who)
    rest = shown.pop(None, set())
    assert all(len(whose) >= 10 for whose in shown.values())
    assert not shown or not rest or len(rest) >= 10


# ---------------------------------------------------------------------- who is named
def test_brands_named_in_verbatims(brand):
    view = named_view(brand, None)
    told = {one.name: one for one in view.verbatims.named}
    rivals = [n for n in range(heard_brand.CUSTOMERS) if n % 3 == 1]
    assert set(told) == {"Maison Claire", "Sézane", "Zara"}
    assert told["Zara"].texts == sum(n % 2 == 0 for n in rivals)
    assert told["Sézane"].texts == sum(n % 2 == 1 for n in rivals)
    assert told["Maison Claire"].texts == sum(n % 9 == 1 for n in rivals)
    assert told["Maison Claire"].first == 0 and view.verbatims.naming == len(rivals)


def test_who_comes_to_mind_first_in_answers(brand, written):
    path = written(("answer",), *[("maison claire, zara",)] * 15, *[("Sezane",)] * 10, ("",))
    told = named_view(brand, path).answers
    assert [(one.name, one.first, one.any) for one in told.named] == [
        ("Maison Claire", 15, 15), ("Sézane", 10, 10), ("Zara", 0, 15),
    ]  # fmt: skip
    assert named_view(brand, written(("answer",), ("zara",))).answers.silence == "too_few"


def test_a_competitor_that_is_a_word_counts_as_it_is_written(tmp_path):
    brand = heard_brand.make_brand(tmp_path / "b")
    settings = (brand.folder / "connu.toml").read_text(encoding="utf-8")
    settings = settings.replace('"Sézane", "Zara"', '"=Zara", "Sézane"')
    (brand.folder / "connu.toml").write_text(settings, encoding="utf-8")
    told = {o.name: o for o in named_view(open_brand(brand.folder), None).verbatims.named}
    assert told["Zara"].texts == 0 and told["Sézane"].texts > 0  # they write ZARA


def test_without_competitors_it_says_where_they_are_set(tmp_path, written):
    brand = heard_brand.make_brand(tmp_path / "b")
    settings = (brand.folder / "connu.toml").read_text(encoding="utf-8").partition("[understand]")
    (brand.folder / "connu.toml").write_text(settings[0], encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        named_view(open_brand(brand.folder), written(("answer",), ("x",)))
    assert "[understand]" in refused.value.hint


# ---------------------------------------------------------------------- choices
def test_verbatims_that_compare_are_choices_for_us_or_them(brand):
    found = choices_view(brand, None).chosen
    assert (found.reference, found.answers, found.silence) == ("Maison Claire", 80, None)
    ours = next(one for one in found.items if one.name == "Maison Claire")
    assert ours.best.value == pytest.approx(2 / 3, abs=0.02)
    for rival in ("Sézane", "Zara"):
        one = next(item for item in found.items if item.name == rival)
        assert one.loses.value == pytest.approx(2 / 3, abs=0.05)


def test_pairs_of_a_file(brand, written):
    rows = [("Maison Claire", "Zara", "left")] * 20 + [("Zara", "Maison Claire", "Zara")] * 10
    rows += [("Zara", "Maison Claire", "both")] * 4 + [("Zara", "Maison Claire", "?")]
    path = written(("Left", "right", " chosen"), *rows)
    found = choices_view(brand, path).chosen
    assert (found.reference, found.answers, found.ties, found.left_out) == (
        "Maison Claire", 34, 4, 1,
    )  # fmt: skip
    zara = next(one for one in found.items if one.name == "Zara")
    assert zara.loses.value == pytest.approx(22 / 34, abs=0.01)
    assert choices_view(None, path).chosen.reference is None
    with pytest.raises(UsageError):
        choices_view(None, path, reference="Zarra")


def test_sets_of_a_file_with_best_and_worst(written):
    rows = [("a|b|c", "a", "c", f"p{n}") for n in range(12)]
    rows += [("a | b | c", "b", "a", f"q{n}") for n in range(12)]
    rows += [("a|b|c", "c", "b", f"r{n}") for n in range(4)] + [("a|b|c", "d", "", "s")]
    choices, names = choices_of_file(written(("set", "best", "worst", "person"), *rows))
    assert names == ["a", "b", "c"] and len(choices) == 28 and choices.left_out == 1
    best, _ = choices_of_file(written(("set", "best"), ("a|b", "a")))
    assert best.best.tolist() == [0] and best.worst.tolist() == [-1]


# ---------------------------------------------------------------------- Kano
LONG = ("feature", "functional", "dysfunctional")


def test_kano_of_long_and_wide_files_is_the_same(written):
    rows = [("grip", 1, 5), ("turn", 3, 3)] * 15 + [("grip", "", 2)]
    long = kano_of_file(written(LONG, *rows))
    wide = kano_of_file(
        written(
            ("grip functional", "grip dysfunctional", "Functional: turn", "dysfunctional: turn"),
            *[(1, 5, 3, 3)] * 15,
            ("", 2, "", ""),
        )
    )
    assert [(one.name, one.first, one.answers) for one in long] == [
        ("grip", "performance", 15), ("turn", "indifferent", 15),
    ]  # fmt: skip
    assert [one.counts for one in long] == [one.counts for one in wide]
    assert long[0].left_out == 1


def test_kano_reads_answers_in_words(written):
    rows = [("grip", "J’aime", "Cela me déplaît"), ("grip", "I like it", "dislike")] * 10
    assert kano_of_file(written(LONG, *rows))[0].kano_class == "performance"


@pytest.mark.parametrize("reader", [kano_of_file, choices_of_file])
def test_other_columns_are_refused_with_those_that_are_meant(written, reader):
    with pytest.raises(UsageError) as refused:
        reader(written(("a", "b"), ("1", "2")))
    assert "columns are" in refused.value.hint
    assert "1" not in str(refused.value)


def test_a_column_of_answers_is_named_or_the_only_one(written):
    assert answers_of_file(written(("Shop",), ("zara",)), None).to_pylist() == ["zara"]
    path = written(("id", "shop"), ("1", "zara"))
    assert answers_of_file(path, "Shop").to_pylist() == ["zara"]
    with pytest.raises(UsageError, match="answer"):
        answers_of_file(path, None)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceError):
        kano_of_file(tmp_path / "none.csv")
