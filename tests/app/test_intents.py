"""The stage of intents: tables, facts, remarks and models, of a brand whose wishes are known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import buying_brand
import numpy as np
import pytest

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.app.build import BuildReport
from connu.journal.journal import open_journal
from connu.kernel.errors import BuildError, NotFoundError, UsageError
from connu.ledger.builds import Builds
from connu.ledger.intents import ATTRIBUTES, INTENT_TABLES, KINDS
from connu.ledger.narrowing import Narrowing


@pytest.fixture(scope="module")
def _made(tmp_path_factory) -> tuple[Brand, BuildReport]:
    brand = open_brand(buying_brand.make_brand(tmp_path_factory.mktemp("buying") / "brand"))
    return brand, brand.build()


@pytest.fixture(scope="module")
def shop(_made) -> Brand:
    """A built brand, for reading only."""
    return _made[0]


@pytest.fixture
def own_shop(tmp_path: Path, shop) -> Brand:
    """The same, the test's own."""
    return open_brand(shutil.copytree(shop.folder, tmp_path / "brand"))


def stage(report: BuildReport) -> dict[str, int]:
    (found,) = (s for s in report.stages if s["name"] == "what he intends")
    return found["counts"]


def customers(shop: Brand) -> dict[int, str]:
    rows = shop.table("identities").to_pylist()
    return {int(row["record_id"][1:]): row["customer_id"] for row in rows}


def test_every_table_is_there_in_its_shape(shop):
    for name, schema in INTENT_TABLES.items():
        assert shop.table(name).schema.equals(schema), name
    intents = shop.table("intents")
    assert set(intents["kind"].to_pylist()) <= set(KINDS)
    chances = intents["probability"].to_numpy()
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (intents["rank"].to_numpy() >= 1).all()


def test_most_are_drawn_to_their_own_shelf(shop):
    rows = shop.table("intents").to_pylist()
    first = {
        row["subject"]: row["target"]
        for row in rows
        if row["kind"] == "affinity" and row["rank"] == 1 and "/" in row["target"]
    }
    numbers = {who: n for n, who in customers(shop).items()}
    numbers |= {
        buying_brand.cookie(n): n for n in range(buying_brand.KNOWN, buying_brand.KNOWN + 40)
    }
    right = [first[who] == buying_brand.shelf(n) for who, n in numbers.items() if who in first]
    assert len(right) > 100
    assert np.mean(right) > 0.95


def test_facts_are_few_have_their_reason_and_agree_with_the_tables(shop):
    facts = [f for f in shop.table("facts").to_pylist() if f["basis"] == "intents"]
    assert {f["attribute"] for f in facts} <= set(ATTRIBUTES)
    assert {f["source"] for f in facts} == {"intents"}
    for fact in facts:
        said = json.loads(fact["evidence"])
        assert said.get("because") or fact["attribute"] != "affinity"
    affinities = {(f["subject"], f["value"]) for f in facts if f["attribute"] == "affinity"}
    told = {(r["subject"], r["target"]) for r in shop.table("intents").to_pylist()}
    assert affinities and affinities <= told
    subjects = [subject for subject, _ in affinities]
    assert max(subjects.count(who) for who in set(subjects)) <= 3
    moments = shop.table("moments").to_pylist()
    assert len([f for f in facts if f["attribute"] == "moment"]) == len(moments) > 0


def test_chances_to_buy_grow_with_the_category_and_the_likeliest_have_reasons(shop):
    rows = [r for r in shop.table("intents").to_pylist() if r["kind"] == "buy"]
    chance = {(r["subject"], r["target"]): r["probability"] for r in rows}
    assert {r["horizon_days"] for r in rows} == {7}
    above = {
        (who, path): chance[who, path.split("/")[0]]
        for who, path in chance
        if "/" in path and (who, path.split("/")[0]) in chance
    }
    assert above and all(chance[key] <= above[key] for key in above)
    facts = [f for f in shop.table("facts").to_pylist() if f["attribute"] == "intent"]
    assert facts
    for fact in facts:
        assert fact["probability"] == chance[fact["subject"], fact["value"]] >= 0.05
        said = json.loads(fact["evidence"])
        assert said["horizon_days"] == 7 and said["because"]
    assert any("bought within 7 days" in fact["evidence"] for fact in facts)


def test_figures_stand_beside_the_base_rate_s_and_say_what_is_published(shop):
    silent = {
        (s["kind"], s["level"], s["horizon_days"])
        for s in shop.table("intent_silences").to_pylist()
        if s["target"] is None
    }
    figures = shop.table("intent_reliability").to_pylist()
    for row in figures:
        key = (row["kind"], row["level"], row["horizon_days"])
        assert row["stated"] == (key not in silent), row
    by_key = {(r["kind"], r["level"], r["measure"]): r for r in figures}
    bought = by_key["buy", "category", "log_loss"]
    assert bought["stated"] and bought["figure"] < bought["base"]
    assert {r["kind"] for r in figures} >= {"affinity", "buy", "next"}


def test_a_running_visit_is_told_what_comes_next_on_its_shelf(shop):
    seen = [buying_brand.sku(buying_brand.SHELVES[0], k) for k in (1, 2)]
    coming = shop.next_products(["unheard of", *seen], n=5)
    assert len(coming) == 5
    assert [c.probability for c in coming] == sorted((c.probability for c in coming), reverse=True)
    assert all(c.target.startswith("0-") for c in coming[:3])
    assert shop.next_products(["unheard of"]) == shop.next_products([]) == []


def test_where_nobody_visits_there_is_no_next_product(tmp_path):
    brand = open_brand(buying_brand.make_brand(tmp_path / "brand", settings="enabled = false\n"))
    brand.build()
    with pytest.raises(NotFoundError) as error:
        brand.next_products(["0-1"])
    assert "intent_silences" in error.value.hint


def test_who_refused_is_told_nothing(shop):
    refused = customers(shop)[buying_brand.REFUSED]
    for name in ("intents", "staying", "moments"):
        assert refused not in shop.table(name)["subject"].to_pylist()
    assert not shop.intents(f"crm:P{buying_brand.REFUSED:03}")


def test_the_stage_counts_what_it_did(_made):
    brand, report = _made
    counts = stage(report)
    assert counts["subjects"] == buying_brand.KNOWN - 1 + buying_brand.VISITORS
    assert counts["affinities"] > 100 and counts["moments"] > 0
    assert counts["aside"] == brand.status().intents["aside"]["refused"] > 0
    assert counts["facts"] == report.made.intents["facts"]


def test_a_page_says_what_somebody_is_after_and_why(shop):
    page = shop.show("crm:P000").customer.intents
    assert page.affinities[0]["category"] == "Photo/Objectifs"
    assert "events in Photo/Objectifs" in page.affinities[0]["because"]
    assert page.affinities[0]["probability"] > 0.8
    assert shop.intents("crm:P000") == page
    cookie = buying_brand.cookie(buying_brand.KNOWN)
    visitor = shop.show(cookie).visitor
    assert visitor.intents.affinities[0]["category"] == "Photo/Objectifs"
    assert visitor.told == []
    assert shop.intents(cookie) == visitor.intents
    with pytest.raises(NotFoundError):
        shop.intents("nobody at all")


def test_moments_name_the_product(shop):
    left = [m for m in shop.table("moments").to_pylist() if m["moment"] == "basket_left"]
    who = next(m["subject"] for m in left if m["subject_kind"] == "visitor")
    (moment, *_) = shop.show(who).visitor.intents.moments
    assert moment["happened"] == "left in the basket"
    assert moment["name"] == f"Article {moment['target']}"
    assert moment["because"]


def test_an_export_is_narrowed_and_misfits_are_named(shop, tmp_path):
    rows = shop.table("intents").to_pylist()
    first = [row for row in rows if row["kind"] == "affinity" and row["rank"] == 1]
    done = shop.export("intents", tmp_path / "a.csv", only=Narrowing("affinity", top=1))
    assert done.rows == len(first) > 0
    with pytest.raises(UsageError) as error:
        shop.export("audits", tmp_path / "c.csv", attribute="sex", only=Narrowing(kind="buy"))
    assert error.value.hint == "leave --kind out"


def test_a_cookie_that_withdraws_is_read_no_more(own_shop):
    cookie = buying_brand.cookie(buying_brand.KNOWN)
    assert own_shop.intents(cookie)
    with open_journal(own_shop.folder, own_shop.settings) as journal:
        journal.consent("service", False, "x", identifiers=[("anonymous_id", cookie)])
    with pytest.raises(NotFoundError):
        own_shop.intents(cookie)
    assert cookie not in own_shop.table("intents")["subject"].to_pylist()


def test_somebody_forgotten_takes_the_models_with_him(own_shop):
    build = Builds(own_shop.folder).current()
    assert (build.path / "intents" / "affinities.json").is_file()
    gone = customers(own_shop)[0]
    own_shop.forget(gone)
    build = Builds(own_shop.folder).current()
    assert not (build.path / "intents").exists()
    assert gone not in own_shop.table("intents")["subject"].to_pylist()
    with pytest.raises(NotFoundError):
        own_shop.next_products(["0-1"])


@pytest.mark.slow
def test_the_same_brand_gives_the_same_intents_and_a_build_makes_the_models_again(own_shop):
    before = {name: own_shop.table(name) for name in INTENT_TABLES}
    path = Builds(own_shop.folder).current().path / "intents"
    shutil.rmtree(path)
    own_shop.build(force=True)
    for name, table in before.items():
        assert own_shop.table(name).equals(table), name
    assert (Builds(own_shop.folder).current().path / "intents" / "next").is_dir()


def test_without_purchases_affinities_still_work_and_the_rest_says_why(tmp_path):
    brand = open_brand(buying_brand.make_brand(tmp_path / "brand", purchases=False))
    report = brand.build()
    counts = stage(report)
    assert counts["affinities"] > 100
    assert counts["staying"] == counts["buying"] == 0
    silences = brand.table("intent_silences").to_pylist()
    assert {s["reason"] for s in silences if s["kind"] == "stay"} == {"no_purchases"}
    assert any("nobody bought anything" in remark for remark in report.made.remarks)


def test_where_it_is_not_enabled_the_tables_are_empty(tmp_path):
    quiet = "enabled = false\n"
    brand = open_brand(buying_brand.make_brand(tmp_path / "brand", settings=quiet))
    counts = stage(brand.build())
    assert set(counts.values()) == {0}
    assert all(brand.table(name).num_rows == 0 for name in INTENT_TABLES)
    assert not (Builds(brand.folder).current().path / "intents").exists()
    assert not brand.show("crm:P000").customer.intents


def test_without_events_there_is_nothing_to_tell(tmp_path):
    folder = buying_brand.make_brand(tmp_path / "brand")
    path = folder / "connu.toml"
    text = path.read_text(encoding="utf-8")
    first, last = text.index("[sources.web]"), text.index("[sources.shop]")
    path.write_text(text[:first] + text[last:], encoding="utf-8")
    brand = open_brand(folder)
    assert stage(brand.build())["subjects"] == 0
    assert all(brand.table(name).num_rows == 0 for name in ("intents", "staying", "moments"))
    silences = brand.table("intent_silences").to_pylist()
    assert {silence["reason"] for silence in silences} == {"no_events"}


def test_events_of_nobody_are_said_to_be_so_in_one_sentence(tmp_path):
    folder = buying_brand.make_brand(tmp_path / "brand")
    path = folder / "connu.toml"
    text = path.read_text(encoding="utf-8")
    web = text.index("[sources.web]")
    nameless = text[web:].replace('anonymous_id = "cookie"\n', 'session = "cookie"\n')
    path.write_text(text[:web] + nameless, encoding="utf-8")
    report = open_brand(folder).build()
    assert stage(report)["subjects"] == 0
    (remark,) = (r for r in report.made.remarks if r.startswith("nothing is said"))
    assert "no event is of anybody" in remark


def test_visitors_who_buy_are_not_said_to_buy_nothing(tmp_path):
    folder = buying_brand.make_brand(tmp_path / "brand")
    (folder / "data/crm.csv").write_text("no;mail;cookie;perso\nP1;p@example.org;;oui\n")
    brand = open_brand(folder)
    brand.build()
    silences = brand.table("intent_silences").to_pylist()
    assert {s["reason"] for s in silences if s["kind"] == "stay"} == {"no_customers"}


@pytest.mark.parametrize("name", ["next.json", "products/near.npy", "products/ranker.json"])
def test_a_damaged_model_is_named_with_its_remedy(own_shop, name):
    model = Builds(own_shop.folder).current().path / "intents" / "next" / name
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    with pytest.raises(BuildError, match="damaged") as told:
        own_shop.next_products(["0-1"])
    assert told.value.hint == "run: connu build --force"


def test_of_a_health_brand_nothing_is_said_of_products_and_categories(tmp_path):
    folder = buying_brand.make_brand(tmp_path / "brand")
    path = folder / "connu.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[brand]\n", '[brand]\nsector = "health"\n'), encoding="utf-8")
    brand = open_brand(folder)
    brand.build()
    assert set(brand.table("intents")["level"].to_pylist()) <= {"any"}
    assert brand.table("moments").num_rows == 0
    silences = brand.table("intent_silences").to_pylist()
    assert ("affinity", "sensitive") in {(s["kind"], s["reason"]) for s in silences}
    told = {f["attribute"] for f in brand.table("facts").to_pylist() if f["basis"] == "intents"}
    assert told <= {"staying"}
