"""A model is kept as long as all it was learnt from holds, and no longer."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from connu.twins.model_file import read_model
from connu.twins.store import MOST_GROWTH, folder_of, kept_vocabulary
from connu.twins.vocabulary import Vocabulary
from tests.twins.known_people import settings_of
from tests.twins.told_people import SEXES, Result, Shop, make_shop, tell

KNOWN = 120


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Result:
    return tell(tmp_path_factory.mktemp("first"), make_shop())


@pytest.fixture
def broken(first, tmp_path) -> Result:
    """The first result over a store of its own, to be broken."""
    return replace(first, store=Path(shutil.copytree(first.store, tmp_path / "copy")))


def learnt_once(one: Result, other: Result) -> bool:
    """Whether the two tell by the same learning: what was held out is the same to the bit."""
    return all(
        (one.store / f"sex/{name}").read_bytes() == (other.store / f"sex/{name}").read_bytes()
        for name in ("held_probability.npy", "held_rows.npy", "linear.npy", "learnt.npy")
    )


def thresholds(result: Result) -> dict:
    return json.loads((result.store / "sex/model.json").read_text())["thresholds"]


def indexed(result: Result) -> int:
    return len(read_model(result.store / "sex").index_)


def same(one: Result, other: Result) -> bool:
    return all(one.tables[name].equals(other.tables[name]) for name in one.tables)


def joined(people: int) -> Shop:
    """The shop once more people are known, whom nobody had seen."""
    shop = make_shop()
    for n in range(500, 500 + people):
        shop.say(shop.behave("customer", n), sex=SEXES[n % 2])
    return shop


def test_nothing_new_is_told_the_same_by_the_same_model(first, tmp_path):
    again = tell(tmp_path, make_shop(), previous=first, shuffled=3)
    assert same(first, again)
    assert learnt_once(first, again)
    third = tell(tmp_path, make_shop(), previous=again)
    assert same(first, third) and indexed(third) == KNOWN


def test_people_known_since_join_the_index_and_nothing_is_learnt_anew(first, tmp_path):
    more = tell(tmp_path, joined(20), previous=first)
    assert learnt_once(first, more)
    assert thresholds(more) == thresholds(first)
    assert (indexed(first), indexed(more)) == (KNOWN, KNOWN + 20)
    assert len(np.load(more.store / "sex/joined.npy")) == 20
    assert more.report.attributes["sex"].known == KNOWN + 20
    # Those who joined are twins of others from now on, and are asked no more.
    assert not {f"c{n:04}" for n in range(500, 520)} & set(more.stated("sex"))


@pytest.mark.slow
def test_growth_counts_from_those_learnt_from_however_small_its_steps(first, tmp_path):
    step = int(MOST_GROWTH * KNOWN / 2)
    once = tell(tmp_path, joined(step), previous=first)
    twice = tell(tmp_path, joined(2 * step), previous=once)
    assert learnt_once(first, once) and learnt_once(first, twice)
    assert indexed(twice) == KNOWN + 2 * step
    thrice = tell(tmp_path, joined(2 * step + 1), previous=twice)
    assert not learnt_once(first, thrice)
    assert len(np.load(thrice.store / "sex/learnt.npy")) == KNOWN + 2 * step + 1
    assert same(thrice, tell(tmp_path, joined(2 * step + 1)))


def test_somebody_gone_takes_the_model_with_him(first, tmp_path):
    shop = make_shop().without("customer", "c0000")
    after = tell(tmp_path, shop, previous=first)
    assert indexed(after) == KNOWN - 1
    assert not learnt_once(first, after)
    assert same(after, tell(tmp_path, shop))


@pytest.mark.slow
def test_somebody_who_joined_and_is_gone_takes_it_too(first, tmp_path):
    more = tell(tmp_path, joined(4), previous=first)
    after = tell(tmp_path, joined(3), previous=more)
    assert len(np.load(after.store / "sex/learnt.npy")) == KNOWN + 3
    assert len(np.load(after.store / "sex/joined.npy")) == 0


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(("customer", "c0003"), marks=pytest.mark.slow),
        pytest.param(("customer", "c0121"), marks=pytest.mark.slow),
        ("visitor", "v0004"),
    ],
)
def test_whoever_refuses_since_has_taught_nothing(first, tmp_path, who):
    # The known, the unknown customers and the visitors have all taught what goes together.
    shop = make_shop()
    shop.refused = [who]
    after = tell(tmp_path, shop, previous=first)
    assert same(after, tell(tmp_path, make_shop().without(*who)))


@pytest.mark.slow
def test_a_visitor_who_comes_no_more_or_is_known_by_now_voids_nothing(first, tmp_path):
    after = tell(tmp_path, make_shop().without("visitor", "v0004"), previous=first)
    assert learnt_once(first, after)


@pytest.mark.slow
def test_a_value_corrected_is_learnt_anew(first, tmp_path):
    shop = make_shop()
    shop.facts[0] |= {"value": "male"}
    after = tell(tmp_path, shop, previous=first)
    assert same(after, tell(tmp_path, shop))
    assert not learnt_once(first, after)


@pytest.mark.slow
def test_a_value_of_few_people_does_not_void_the_model(tmp_path):
    def shop(rare: int) -> Shop:
        made = joined(rare)
        for fact in made.facts:
            if fact["subject"] >= "c0500":
                fact["value"] = "other"
        for fact in made.facts:
            fact["attribute"] = "style"
        return made

    settings = settings_of(attributes={"style": {"extrapolate": True}})
    one = tell(tmp_path, shop(3), settings)
    two = tell(tmp_path, shop(3), settings, previous=one)
    files = [(r.store / "style/learnt.npy", r.store / "style/linear.npy") for r in (one, two)]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    grown = tell(tmp_path, shop(12), settings, previous=two)
    assert grown.report.attributes["style"].classes == ["female", "male", "other"]


def test_a_category_added_to_the_catalogue_does_not_void_the_model(first, tmp_path):
    shop = make_shop()
    shop.products |= {f"N{k}": f"Novelties/Novelties {k}" for k in range(5)}
    shop.products["F3"] = "Novelties/Sandals"
    shop.look("visitor", "v0001", "N1", 5)
    after = tell(tmp_path, shop, previous=first)
    assert learnt_once(first, after)
    assert after.stated("sex").keys() - {"v0001"} <= first.stated("sex").keys() | {"v0001"}


@pytest.mark.slow
def test_words_are_learnt_anew_when_too_much_is_said_in_new_ones(first, tmp_path):
    shop = make_shop()
    for n in range(KNOWN):
        shop.look("customer", f"c{n:04}", "FM"[n % 2] + "new", 2500)
        shop.look("visitor", f"v{n % 30:04}", "FM"[n % 2] + "new", 2500)
    after = tell(tmp_path, shop, previous=first)
    assert not learnt_once(first, after)
    assert "Fnew" in Vocabulary.load(after.store / "vocabulary").names.to_pylist()
    assert same(after, tell(tmp_path, shop))


def test_other_neighbours_are_honoured_by_learning_anew(first, tmp_path):
    settings = settings_of(twins={"neighbors": 20})
    after = tell(tmp_path, make_shop(), settings, previous=first)
    assert {json.loads(f["evidence"])["twins"] for f in after.rows("twin_facts")} == {20}
    # Calibrated on twenty, too: a probability is worth what it was measured by.
    assert same(after, tell(tmp_path, make_shop(), settings))


@pytest.mark.slow
def test_another_seed_learns_anew(first, tmp_path):
    settings = settings_of(twins={"seed": 9})
    after = tell(tmp_path, make_shop(), settings, previous=first)
    assert same(after, tell(tmp_path, make_shop(), settings))


def test_another_precision_finds_thresholds_anew_and_learns_nothing(first, tmp_path):
    settings = settings_of(attributes={"sex": {"precision": 0.99}})
    after = tell(tmp_path, make_shop(), settings, previous=first)
    assert learnt_once(first, after)
    assert thresholds(after)["precision"] == 0.99
    assert thresholds(after)["per_class"] != thresholds(first)["per_class"]
    assert same(after, tell(tmp_path, make_shop(), settings))


@pytest.mark.slow
def test_a_brand_that_may_use_other_columns_now_learns_anew(first, tmp_path):
    health = settings_of(brand={"name": "Pharmacie", "sector": "health"})
    assert kept_vocabulary(first.store, settings_of()) is not None
    assert kept_vocabulary(first.store, health) is None
    after = tell(tmp_path, make_shop(), health, previous=first)
    assert after.report.attributes["sex"].stated == 0
    back = tell(tmp_path, make_shop(), previous=after)
    assert same(back, first)


def test_a_model_that_never_saw_short_histories_is_learnt_anew_when_visits_come(first, tmp_path):
    shop = make_shop(visitors=120)
    after = tell(tmp_path, shop, previous=first)
    assert not learnt_once(first, after)
    assert after.report.attributes["sex"].shift.thinned
    # Once it is, it stays though visitors become few.
    few = tell(tmp_path, make_shop(), previous=after)
    assert learnt_once(after, few) and few.report.attributes["sex"].shift.thinned


def another_version(store: Path) -> None:
    path = store / "sex/model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 0}))


def cut(store: Path) -> None:
    path = store / "sex/linear.npy"
    path.write_bytes(path.read_bytes()[:-100])


def emptied(store: Path) -> None:
    for name in ("learnt.npy", "held_truth.npy", "index.twins"):
        (store / "sex" / name).write_bytes(b"")


def changed(store: Path) -> None:
    path = store / "sex/linear.npy"
    data = path.read_bytes()
    path.write_bytes(data[:-40] + bytes(40))


def of_another_attribute(store: Path) -> None:
    path = store / "sex/kept.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"attribute": "style"}))


def no_page(store: Path) -> None:
    (store / "sex/kept.json").write_text("[]")


def no_words(store: Path) -> None:
    (store / "vocabulary/features.parquet").write_bytes(b"PAR1 nothing")


def no_share(store: Path) -> None:
    (store / "vocabulary/known_share.npy").unlink()


def no_model(store: Path) -> None:
    shutil.rmtree(store / "sex")


_OTHER_HARMS = (emptied, of_another_attribute, no_page, no_share, no_model, shutil.rmtree)


@pytest.mark.parametrize(
    "harm",
    [
        another_version,
        cut,
        changed,
        no_words,
        *(pytest.param(harm, marks=pytest.mark.slow) for harm in _OTHER_HARMS),
    ],
    ids=lambda harm: harm.__name__,
)
def test_a_broken_store_is_learnt_anew(first, broken, tmp_path, harm):
    harm(broken.store)
    after = tell(tmp_path, make_shop(), previous=broken)
    assert same(first, after)
    assert learnt_once(first, after)


@pytest.mark.slow
def test_without_its_words_no_model_is_trusted_though_the_columns_are_as_many(broken, tmp_path):
    # One product for another: as many columns, of another meaning.
    (broken.store / "vocabulary/features.parquet").unlink()
    shop = make_shop()
    for _, _, event in shop.views:
        event["product"] = "A1" if event["product"] == "F1" else event["product"]
    shop.products["A1"] = "Shoes/Shoes 1"
    assert same(tell(tmp_path, shop, previous=broken), tell(tmp_path, shop))


def test_folders_of_attributes_never_meet():
    names = ["sex", "Sex", "vocabulary", "..", ".", "a/b", "a b", "âge", "x" * 300, "profile.one"]
    folders = [folder_of(name) for name in names]
    assert len({folder.lower() for folder in folders} | {"vocabulary"}) == len(names) + 1
    assert all(len(folder) <= 64 and "/" not in folder for folder in folders)
    assert not {".", "..", ""} & set(folders)
    assert folder_of("profile.one") == "profile.one"
