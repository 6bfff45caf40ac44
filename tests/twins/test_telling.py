"""Everybody is told something or is silent for a reason; nothing is made up, nobody is named."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from connu.kernel.attributes import BUILT_IN
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS
from connu.ledger.twins import REASONS, SILENCES, TWINS
from connu.twins.vocabulary import Vocabulary
from tests.twins.known_people import settings_of
from tests.twins.told_people import SEXES, Result, Shop, make_shop, tell

STYLE = {"style": {"extrapolate": True}}


def styled(shop: Shop, styles: str, known: int = 120) -> Shop:
    for n in range(known):
        shop.say(f"c{n:04}", style=styles[n % len(styles)])
    return shop


def odd_shop() -> Shop:
    """Known people, and everybody who may be met: strangers, machines, passers-by."""
    shop = styled(make_shop(), "cm")
    shop.visitors.add("ghost")
    for k in range(5):
        shop.look("visitor", "stranger", f"Q{k}", k)
        shop.look("visitor", "reader", None, k, page="/about")
    shop.look("visitor", "once", "F1", 3)
    shop.products["R1"] = "Shoes/Shoes 1"
    shop.look("visitor", "rare", "R1", 4)
    for k in range(10_050):
        shop.look("visitor", "crawler", f"F{k % 20}", k // 60)
    for k in range(10_050):
        shop.look("customer", "c9001", f"M{k % 20}", k // 60)
    shop.say("c9001", sex="male")
    return shop


@pytest.fixture(scope="module")
def met(tmp_path_factory) -> Result:
    return tell(tmp_path_factory.mktemp("met"), odd_shop(), settings_of(attributes=STYLE))


def everybody(shop: Shop) -> set[tuple[str, str]]:
    return {view[:2] for view in shop.views} | {("visitor", who) for who in shop.visitors}


def check(result: Result, shop: Shop) -> None:
    """What holds of every telling, whatever was told."""
    assert result.tables["twins"].schema == TWINS
    assert result.tables["silences"].schema == SILENCES
    assert result.tables["twin_facts"].schema == FACTS
    twins, silences, facts = (result.tables[name].to_pylist() for name in result.tables)
    asked = {*BUILT_IN, *(row["attribute"] for row in twins + silences)}
    known = {(f["subject"], f["attribute"]) for f in shop.facts}
    expected = {
        (kind, who, attribute)
        for kind, who in everybody(shop) - set(shop.refused)
        for attribute in asked
        if kind == "visitor" or (who, attribute) not in known
    }

    def key(row):
        return (row["subject_kind"], row["subject"], row["attribute"])

    stated = Counter(key(row) for row in twins if row["stated"])
    silent = Counter(key(row) for row in silences)
    assert set(stated) | set(silent) == expected
    assert set((stated + silent).values()) <= {1}
    sums: dict = {}
    for row in twins:
        sums[key(row)] = sums.get(key(row), 0.0) + row["probability"]
        assert 0.0 <= row["probability"] <= 1.0
    assert all(total == pytest.approx(1.0, abs=1e-9) for total in sums.values())
    assert set(stated) <= set(sums) <= expected
    said = {(*key(f), f["value"], f["probability"]) for f in facts}
    assert said == {(*key(r), r["value"], r["probability"]) for r in twins if r["stated"]}
    assert len(facts) == len(said)
    most: dict = {}
    for row in twins:
        most[key(row)] = max(most.get(key(row), 0.0), row["probability"])
    assert all(f["probability"] == most[key(f)] for f in facts)
    names = {who for _, who in everybody(shop)}
    for fact in facts:
        evidence = json.loads(fact["evidence"])
        assert not [name for name in names if name in fact["evidence"]]
        assert 0 <= evidence["alike"] <= evidence["twins"]
        assert 0.0 <= evidence["nearness"] <= 1.0
        assert fact["basis"] == fact["source"] == "twins"
    assert {row["reason"] for row in silences} <= set(REASONS)
    for name, told in result.report.attributes.items():
        assert told.stated == len([f for f in facts if f["attribute"] == name])
        assert told.subjects == len([1 for at in expected if at[2] == name])
    assert not set(result.report.attributes) & set(result.report.silent)


def test_whoever_is_met_is_told_once_or_silent_for_a_reason(met):
    check(met, odd_shop())
    assert set(met.report.attributes) == {"sex", "style"}


def test_those_told_are_told_rightly(met):
    shop = make_shop()
    plain = {who for kind, who in everybody(shop) if kind == "visitor"} | {"c0120", "c0125"}
    told = {who: value for who, value in met.stated("sex").items() if who in plain}
    assert len(told) >= 20
    right = [value == SEXES[int(who[1:]) % 2] for who, value in told.items()]
    assert sum(right) >= 0.9 * len(right)


def test_whoever_gives_no_ground_is_not_told(met):
    reasons = met.reasons("sex")
    assert reasons["ghost"] == "no_behaviour"
    assert reasons["stranger"] == reasons["reader"] == "unknown_behaviour"
    assert reasons["crawler"] == "bot"
    # A machine whose sex is known is neither told it nor asked.
    assert "c9001" not in reasons and "c9001" not in met.stated("sex")
    assert met.reasons("style")["c9001"] == "bot"


def test_a_product_seen_once_speaks_by_its_category(met):
    assert "rare" in met.stated("sex") or met.reasons("sex")["rare"] in ("not_sure", "not_alike")
    rows = met.rows("twins", subject="rare", attribute="sex")
    shares = {row["value"]: row["probability"] for row in rows}
    assert shares["female"] > shares["male"]


def test_machines_do_not_make_visitors_unlike(met):
    # Thirty, and the stranger, the reader, and those who looked once.
    assert met.report.attributes["sex"].shift.visitors == 34


def same(one: Result, other: Result) -> bool:
    return all(one.tables[name].equals(other.tables[name]) for name in one.tables)


def test_the_same_shop_is_told_the_same_in_any_order_and_folder(tmp_path, met):
    again = tell(tmp_path, odd_shop(), settings_of(attributes=STYLE), shuffled=7)
    assert same(met, again)


def nobody_known() -> tuple[Shop, Settings, str]:
    return make_shop(known=0), settings_of(), "too_few_known"


def one_value() -> tuple[Shop, Settings, str]:
    shop = make_shop()
    shop.facts = [fact | {"value": "female"} for fact in shop.facts]
    return shop, settings_of(), "one_value"


def three_people() -> tuple[Shop, Settings, str]:
    shop = make_shop(known=0, silent=120)
    for n in range(3):
        shop.say(f"c{n:04}", sex=SEXES[n % 2])
    return shop, settings_of(), "too_few_known"


def five_of_a_value() -> tuple[Shop, Settings, str]:
    shop = make_shop()
    shop.facts = [f | {"value": SEXES[f["subject"] >= "c0115"]} for f in shop.facts]
    return shop, settings_of(), "too_few_known"


def known_but_never_seen() -> tuple[Shop, Settings, str]:
    shop = make_shop()
    shop.views = [view for view in shop.views if view[0] == "visitor"]
    return shop, settings_of(), "too_few_known"


@pytest.mark.parametrize(
    "case", [nobody_known, one_value, three_people, five_of_a_value, known_but_never_seen]
)
def test_where_too_little_is_known_nothing_is_told(tmp_path, case):
    shop, settings, reason = case()
    result = tell(tmp_path, shop, settings)
    check(result, shop)
    assert result.report.attributes == {}
    assert result.report.silent["sex"] == reason
    assert set(result.reasons("sex").values()) == {reason}
    assert result.tables["twins"].num_rows == result.tables["twin_facts"].num_rows == 0


@pytest.mark.slow
def test_a_value_of_five_people_is_told_of_nobody_and_asked_of_none_of_them(tmp_path):
    shop = make_shop()
    for n in range(120):
        shop.say(f"c{n:04}", style="rare" if n >= 115 else "ab"[n % 2])
    result = tell(tmp_path, shop, settings_of(attributes=STYLE))
    check(result, shop)
    told = result.report.attributes["style"]
    assert (told.known, told.classes) == (115, ["a", "b"])


@pytest.mark.slow
def test_thirteen_values_of_few_people_each_are_not_told(tmp_path):
    shop = styled(make_shop(), "abcdefghijklm")
    result = tell(tmp_path, shop, settings_of(attributes=STYLE))
    check(result, shop)
    assert result.report.silent["style"] == "too_few_known"


def test_an_attribute_that_behaviour_does_not_show_is_told_of_nobody(tmp_path):
    shop, chance = make_shop(visitors=60), random.Random(5)
    for n in range(120):
        shop.say(f"c{n:04}", style="ab"[chance.random() < 0.5])
    result = tell(tmp_path, shop, settings_of(attributes=STYLE))
    check(result, shop)
    assert result.stated("style") == {}
    assert set(result.reasons("style").values()) <= {"not_promised", "not_sure", "not_alike"}


@pytest.mark.slow
def test_empty_houses(tmp_path):
    shops = {
        "nobody": Shop(),
        "no visitors": make_shop(visitors=0),
        "everybody known": make_shop(visitors=0, silent=0),
        "visitors alone": make_shop(known=0, silent=0),
        "no catalogue": make_shop(),
    }
    shops["no catalogue"].products = {}
    for name, shop in shops.items():
        result = tell(tmp_path, shop)
        check(result, shop)
        told = result.report.attributes.get("sex")
        expected = {"nobody": None, "visitors alone": None, "everybody known": 0}
        expected |= {"no visitors": 6, "no catalogue": 36}
        assert (told and told.subjects) == expected[name], name


def test_everybody_who_refused_is_neither_learnt_from_nor_told(tmp_path):
    shop = make_shop()
    shop.refused = sorted(everybody(shop))
    result = tell(tmp_path, shop)
    check(result, shop)
    assert all(table.num_rows == 0 for table in result.tables.values())


@pytest.mark.slow
def test_two_who_refused_are_as_if_they_had_never_been(tmp_path):
    shop = make_shop()
    shop.refused = [("customer", "c0000"), ("visitor", "v0001")]
    refused = tell(tmp_path, shop)
    check(refused, shop)
    never = make_shop().without("customer", "c0000").without("visitor", "v0001")
    assert same(refused, tell(tmp_path, never))


def test_a_health_brand_s_products_are_not_used_and_its_categories_not_told(tmp_path):
    brand = {"name": "Pharmacie", "sector": "health"}
    attributes = {"category": {"extrapolate": True}, "style": {"extrapolate": True}}
    shop = make_shop()
    for n in range(120):
        shop.say(f"c{n:04}", category=SEXES[n % 2], religion="ab"[n % 2])
    attributes["religion"] = {"extrapolate": True}
    result = tell(tmp_path, shop, settings_of(brand=brand, attributes=attributes))
    assert result.report.silent["category"] == result.report.silent["religion"] == "sensitive"
    assert not result.rows("twins", attribute="category")
    # Told from nothing but that somebody looked, and when: never from what.
    assert result.report.attributes["sex"].stated == 0
    vocabulary = Vocabulary.load(result.store / "vocabulary")
    assert vocabulary.without >= {"product", "category"}
    assert not [name for name in vocabulary.names.to_pylist() if "Shoes" in name or name == "F1"]
    assert vocabulary.catalogue["category"].null_count == vocabulary.catalogue.num_rows


def test_more_twins_than_people(tmp_path):
    result = tell(tmp_path, make_shop(), settings_of(twins={"neighbors": 500}))
    check(result, make_shop())
    assert json.loads(result.rows("twin_facts")[0]["evidence"])["twins"] == 120


def test_a_precision_nobody_can_promise_is_no_statement(tmp_path):
    settings = settings_of(attributes={"sex": {"precision": 0.999}})
    result = tell(tmp_path, make_shop(), settings)
    check(result, make_shop())
    assert set(result.reasons("sex").values()) == {"not_promised"}


def test_the_newest_event_dates_what_is_told(met):
    newest = max(event["time"] for _, _, event in odd_shop().views)
    assert {fact["observed_at"] for fact in met.rows("twin_facts")} == {newest}


def test_nothing_is_left_behind_but_the_three_tables(tmp_path):
    from connu.twins.telling import tell_twins
    from tests.twins.known_people import engine_at

    engine = engine_at(tmp_path / "work")
    make_shop().put(engine)
    before = {path.name for path in (tmp_path / "work").iterdir()}
    tell_twins(engine, settings_of(), tmp_path, store=tmp_path / "store")
    after = {path.name for path in (tmp_path / "work").iterdir()}
    assert {Path(name).stem for name in after - before} <= {"twins", "silences", "twin_facts"}
    assert all(not engine.has(name) for name in ("known", "unlearnt", "twin_subjects"))
    engine.close()
