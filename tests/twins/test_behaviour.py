"""Behaviour is counted rightly, whoever reads it, in whatever order it comes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from made_tables import engine_at, put_events, table

from connu.kernel.settings import settings_from
from connu.twins import behaviour, counting, learning
from connu.twins.behaviour import read_behaviour, refused_behaviour
from connu.twins.features import MEASURES, pair_name
from connu.twins.online import behaviour_of

NOON = datetime(2025, 3, 1, 12)  # a Saturday
_TIES = pa.schema([("source", pa.string()), ("row", pa.int64()), ("customer_id", pa.string())])
_PRODUCTS = pa.schema(
    [(name, pa.string()) for name in ("source", "product_id", "category", "brand")]
)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def shop(tmp_path):
    """Tables of a small shop: events, their owners, products, and who is to be read."""
    engine = engine_at(tmp_path)

    def make(events, ties=None, products=None, subjects=None):
        put_events(engine, [{"type": "view", "time": NOON, **event} for event in events])
        ties = ties or {}
        rows = [{"source": "web", "row": row, "customer_id": who} for row, who in ties.items()]
        engine.put("event_customers", table(rows, _TIES))
        listed = [
            {"source": "cat", "product_id": p, **told} for p, told in (products or {}).items()
        ]
        engine.put("products", table(listed, _PRODUCTS))
        if subjects is None:
            owners = (
                ("customer", ties[row]) if row in ties else ("visitor", event.get("anonymous_id"))
                for row, event in enumerate(events, start=1)
            )
            subjects = {owner for owner in owners if owner[1]}
        people = [{"subject_kind": kind, "subject": name} for kind, name in sorted(subjects)]
        engine.put("told", table(people, behaviour.SUBJECTS))
        return engine

    yield make
    engine.close()


def counts(made, subject) -> dict[tuple[str, str], float]:
    """Block and name → number, of one subject, without the measures."""
    row = made.subjects["subject"].to_pylist().index(subject)
    line = made.matrix[[row]].tocoo()
    told = {}
    for column, value in zip(line.col.tolist(), line.data.tolist(), strict=True):
        key = (made.vocabulary.block_of[column].as_py(), made.vocabulary.names[column].as_py())
        told[key] = value
    return {key: value for key, value in told.items() if key[0] != "measures"}


def measures(made, subject) -> dict[str, float]:
    row = made.subjects["subject"].to_pylist().index(subject)
    line = made.matrix[[row]].toarray()[0, : len(MEASURES)]
    return dict(zip(MEASURES, line.tolist(), strict=True))


def by_subject(made) -> dict:
    return {
        name: (counts(made, name), measures(made, name))
        for name in made.subjects["subject"].to_pylist()
    }


def same(left, right) -> bool:
    return (
        left.subjects.equals(right.subjects)
        and (left.matrix != right.matrix).nnz == 0
        and np.array_equal(left.matrix.indices, right.matrix.indices)
        and np.array_equal(left.matrix.indptr, right.matrix.indptr)
        and left.known_share.tolist() == right.known_share.tolist()
        and left.events.tolist() == right.events.tolist()
        and left.bots.tolist() == right.bots.tolist()
    )


def look(who, minute, product=None, category=None, **more):
    return {
        "anonymous_id": who,
        "time": at(minute),
        "product": product,
        "category": category,
        **more,
    }


TWO = [
    look("ada", 0, "p1", "women/shoes"),
    look("ada", 5, "p2", "women/bags"),
    look("ada", 9, "p2", "women/bags"),
    look("bob", 61, "p1", "women/shoes"),
    look("bob", 64, "p2", "women/bags"),
    look("bob", 65, "p9", "men/belts"),
]


def test_what_two_visitors_did(shop):
    made = read_behaviour(shop(TWO), "told")
    assert made.subjects.to_pylist() == [
        {"subject_kind": "visitor", "subject": "ada"},
        {"subject_kind": "visitor", "subject": "bob"},
    ]
    bags = pair_name("women/shoes", "women/bags")
    assert counts(made, "ada") == {
        ("product", "p1"): 1,
        ("product", "p2"): 2,
        ("category 1", "women"): 3,
        ("category 2", "women/shoes"): 1,
        ("category 2", "women/bags"): 2,
        ("transitions", bags): 1,
        ("top transitions", pair_name("women", "women")): 2,
    }
    # p9 and each hour are one subject's alone: the levels stay all the same. Saturday is all's.
    assert counts(made, "bob") == {
        ("product", "p1"): 1,
        ("product", "p2"): 1,
        ("category 1", "women"): 2,
        ("category 1", "men"): 1,
        ("category 2", "women/shoes"): 1,
        ("category 2", "women/bags"): 1,
        ("category 2", "men/belts"): 1,
        ("transitions", bags): 1,
        ("top transitions", pair_name("women", "women")): 1,
    }
    assert made.events.tolist() == [3, 3]
    assert not made.bots.any()
    assert made.known_share.tolist() == [1.0, 1.0]
    assert made.vocabulary.seen[made.vocabulary.block("product").columns].tolist() == [2, 2]
    told = measures(made, "ada")
    assert told["events"] == pytest.approx(np.log(4))
    assert told["sessions"] == pytest.approx(np.log(2))
    assert told["days"] == pytest.approx(np.log1p(9 / 1440))
    assert told["pace"] == pytest.approx((np.log(301) + np.log(241)) / 2)
    assert told["stay"] == pytest.approx(np.log(541))
    assert told["products"] == pytest.approx(np.log(3))
    assert told["new products"] == pytest.approx(2 / 3)


def test_no_table_is_left_behind(shop):
    engine = shop(TWO)
    before = sorted(engine.workspace.iterdir())
    read_behaviour(engine, "told")
    assert sorted(engine.workspace.iterdir()) == before


def test_a_customer_has_what_is_tied_to_him_and_his_cookie_the_rest(shop):
    events = [
        look("c1", 0, "p1", "a"),
        look("c1", 1, "p2", "b"),
        look("c2", 2, "p2", "b"),
        look(None, 3, "p1", "a"),
        look(None, 4, "p1", "a"),
    ]
    subjects = [("customer", "c1"), ("visitor", "c1"), ("visitor", "c2"), ("visitor", "nobody")]
    made = read_behaviour(shop(events, ties={1: "c1", 4: "c1"}, subjects=subjects), "told")
    assert made.events.tolist() == [2, 1, 1, 0]
    assert counts(made, "c1")[("category 1", "a")] == 2  # the customer stands first
    assert made.matrix[1].toarray()[0, made.vocabulary.block("category 1").columns].tolist() == [
        0,
        1,
    ]
    assert made.matrix[3].nnz == 0
    assert made.known_share.tolist() == [1, 1, 1, 0]


def test_the_catalogue_says_where_a_product_belongs(shop):
    products = {
        "p1": {"category": "women/shoes", "brand": "Aa"},
        "p2": {"category": "women/bags", "brand": "Bb"},
    }
    events = [
        look("ada", 0, "p1"),
        look("bob", 0, "p1", "sale"),
        look("bob", 1, "p2", " / "),
        look("ada", 1, "p2"),
    ]
    made = read_behaviour(shop(events, products=products), "told")
    assert counts(made, "ada")[("category 2", "women/shoes")] == 1
    assert ("category 2", "women/shoes") not in counts(made, "bob")  # his event says: sale
    assert counts(made, "bob")[("category 1", "sale")] == 1
    assert counts(made, "bob")[("category 2", "women/bags")] == 1
    assert counts(made, "bob")[("brand", "Aa")] == 1
    parents = made.vocabulary.parents
    product = made.vocabulary.columns_of("product", pa.array(["p2"]))[0]
    assert made.vocabulary.names[parents[product]].as_py() == "women/bags"
    assert made.vocabulary.names[parents[parents[product]]].as_py() == "women"
    assert made.vocabulary.describe(product) == "product p2 (bags)"


def test_events_say_where_a_product_belongs_when_the_catalogue_does_not(shop):
    events = [look("ada", 0, "p1", "shoes"), look("bob", 0, "p1"), look("cle", 0, "p1", "shoes")]
    made = read_behaviour(shop(events), "told")
    assert counts(made, "bob")[("category 1", "shoes")] == 1


def test_an_order_that_is_not_known_makes_no_transition(shop):
    a, b, c = "x/a", "x/b", "x/c"
    events = []
    for who in ("ada", "bob"):
        events += [
            look(who, 0, None, a),
            look(who, 29, None, b),  # a > b
            look(who, 60, None, c),  # too late after b
            look(who, 61, None, a, session="s1"),  # c has no session: 1 minute is near
            look(who, 62, None, b, session="s2"),  # another session
            look(who, 500, None, c, session="s2"),  # b > c, however late
            look(who, 600, None, a),  # two at one time: which came first?
            look(who, 600, None, b),
            look(who, 601, None, c),
            look(who, 700, None, a),
            look(who, 701),  # says no category: the next follows a
            look(who, 702, None, a),
        ]
    found = counts(read_behaviour(shop(events), "told"), "ada")
    steps = {key[1]: value for key, value in found.items() if key[0] == "transitions"}
    assert steps == {
        pair_name(a, b): 1,
        pair_name(c, a): 1,
        pair_name(b, c): 1,
        pair_name(a, a): 1,
    }


def test_dates_alone_tell_no_order(shop):
    events = [look(who, 0, None, category) for who in ("ada", "bob") for category in "abc"]
    made = read_behaviour(shop(events), "told")
    assert not len(made.vocabulary.kinds("transitions"))


def test_context_is_read_from_columns_of_french_and_english_names(shop):
    events = [
        look("ada", 0, page="https://s.example/help/returns?who=ada@example.org#x"),
        look("bob", 0, page="/help/returns"),
        look("bob", 1, page="/help/other"),
        look("ada", 1, attributes='{"Appareil": "Mobile", "sante": "yes"}'),
        look("bob", 2, attributes='{"Appareil": "mobile ", "sante": "yes"}'),
        look("ada", 3, attributes='{"referrer": "https://Search.example/q?me"}', type="buy"),
        look("bob", 3, attributes='{"referrer": "search.example"}', type="buy"),
        look("cle", 0),
    ]
    made = read_behaviour(shop(events), "told")
    blocks = {block.name for block in made.vocabulary.blocks}
    assert blocks == {*("measures", "type", "device", "referrer", "page 1", "page 2")}
    told = counts(made, "ada")
    assert told[("device", "mobile")] == told[("referrer", "search.example")] == 1
    assert told[("page 2", "help/returns")] == told[("page 1", "help")] == 1
    assert not [name for name in made.vocabulary.names.to_pylist() if "ada" in name]


def test_what_is_refused_is_not_read(shop):
    health = settings_from({"brand": {"name": "P", "sector": "health"}})
    assert {"product", "category"} <= refused_behaviour(health)
    assert not refused_behaviour(settings_from({"brand": {"name": "P"}}))
    engine = shop(TWO, products={"p1": {"category": "ill"}})
    made = read_behaviour(engine, "told", without=refused_behaviour(health))
    assert {block.kind for block in made.vocabulary.blocks} <= {"measures", "context"}
    assert made.vocabulary.catalogue.num_rows == 0
    again = read_behaviour(engine, "told", vocabulary=made.vocabulary)
    assert same(made, again)
    assert same(made, behaviour_of(engine.collect("SELECT * FROM events"), made.vocabulary))


def test_only_what_was_learnt_is_read_later(shop, tmp_path):
    first = read_behaviour(shop(TWO), "told")
    later = [look("eve", 0, "x1"), look("eve", 1, "x2", "garden"), look("fay", 0, "p1", "garden")]
    later += [look("gus", 0, page="/p1")]
    made = read_behaviour(shop(later), "told", vocabulary=first.vocabulary)
    assert made.matrix.shape[1] == first.matrix.shape[1]
    assert counts(made, "eve") == {}
    assert dict(
        zip(made.subjects["subject"].to_pylist(), made.known_share.tolist(), strict=True)
    ) == {
        "eve": 0,
        "fay": 1,
        "gus": 0,
    }


def test_a_new_product_speaks_through_its_category(shop):
    first = read_behaviour(shop(TWO), "told")
    engine = shop([look("eve", 0, "new")], products={"new": {"category": "women/shoes"}})
    made = read_behaviour(engine, "told", vocabulary=first.vocabulary)
    assert counts(made, "eve")[("category 2", "women/shoes")] == 1
    assert made.known_share.tolist() == [1]
    assert same(made, behaviour_of(engine.collect("SELECT * FROM events"), made.vocabulary))


def test_another_table_of_events_is_read_with_the_same_owners(shop):
    engine = shop(TWO, ties={1: "c1", 2: "c1", 3: "c1"})
    first = read_behaviour(engine, "told")
    engine.view("fewer", "SELECT * REPLACE (NULL AS category) FROM events WHERE row IN (2, 6)")
    made = read_behaviour(engine, "told", vocabulary=first.vocabulary, events="fewer")
    assert made.events.tolist() == [1, 1]
    # Where a product belongs is remembered, though these events do not say so.
    assert counts(made, "c1")[("category 2", "women/bags")] == 1
    assert counts(made, "bob")[("category 2", "men/belts")] == 1


def test_a_machine_is_named_and_not_counted(shop):
    engine = shop([*TWO, look("bot", 0, "p7", "women/bots"), look("cle", 0, "p7", "women/shoes")])
    engine.run(
        "events",
        "SELECT * FROM events UNION ALL SELECT e.* REPLACE (row + 100 + i AS row, "
        "'p' || (i % 500) AS product) FROM events e, range(12000) t(i) WHERE anonymous_id = 'bot'",
    )
    made = read_behaviour(engine, "told")
    names = made.subjects["subject"].to_pylist()
    assert made.bots.tolist() == [name == "bot" for name in names]
    assert made.events[names.index("bot")] == 12_001
    assert made.matrix[names.index("bot")].nnz == 0
    assert made.known_share[names.index("bot")] == 0
    products = made.vocabulary.block("product").columns
    assert made.vocabulary.names.take(pa.array(products)).to_pylist() == ["p1", "p2"]
    assert not [n for n in made.vocabulary.names.to_pylist() if "bots" in n]
    online = behaviour_of(engine.collect("SELECT * FROM events"), made.vocabulary)
    assert same(made, online)


def test_a_count_is_capped(shop):
    events = [look("ada", minute, "p1", "a") for minute in range(2500)] + [
        look("bob", 0, "p1", "a")
    ]
    made = read_behaviour(shop(events), "told")
    assert counts(made, "ada")[("product", "p1")] == counting.MOST
    assert made.events.tolist() == [2500, 1]


@pytest.mark.parametrize("missing", ["events", "subjects", "products", "all"])
def test_nothing_there_is_an_empty_behaviour(tmp_path, missing):
    engine = engine_at(tmp_path)
    people = [{"subject_kind": "visitor", "subject": "ada"}] if missing != "subjects" else []
    engine.put("told", table(people, behaviour.SUBJECTS))
    if missing not in ("all",):
        put_events(engine, TWO if missing != "events" else [])
    made = read_behaviour(engine, "told")
    assert made.matrix.shape == (len(people), len(made.vocabulary))
    assert len(made.vocabulary) >= len(MEASURES)
    if missing in ("events", "all"):
        assert made.matrix.nnz == 0
        assert made.known_share.tolist() == [0]
    again = read_behaviour(engine, "told", vocabulary=made.vocabulary)
    assert same(made, again)
    engine.close()


def made_up(seed: int, subjects: int = 30, rated: bool = True):
    """Events of every kind, many at one time, some without anything."""
    chance = random.Random(seed)
    tastes = {f"v{i}": chance.uniform(-1, 1) for i in range(subjects)}
    events = []
    for who in tastes:
        for _ in range(chance.choice([0, 1, 2, 5, 20, 90])):
            product = f"p{int(chance.random() ** 2 * 40)}"
            attributes = chance.choice(
                [None, '{"device": "tv"}', '{"pays": "FR", "appareil": " TV", "n": 1}', '{"os": 7}']
            )
            event = look(who, chance.choice([0, 1, 7, 30, 200, 3000]) * chance.randint(0, 9))
            event |= {
                "product": chance.choice([product, product, None]),
                "category": chance.choice([None, f"c{len(product)}/{product}/x", "c1", "/"]),
                "page": chance.choice([None, "/", "/a/b?x=1", f"https://h/{product}/z#y"]),
                "session": chance.choice([None, "s1", "s2"]),
                "type": chance.choice(["view", "rate"]),
                "attributes": attributes,
            }
            if event["type"] == "rate" and event["product"] and rated:
                event["value"] = float(chance.choice([1, 2, 3, 4, 5, 5]))
            events.append(event)
    products = {
        f"p{i}": {"category": f"d{i % 3}/e{i % 7}", "brand": f"b{i % 4}"} for i in range(25)
    }
    return events, products


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(shop, seed):
    events, products = made_up(seed)
    first = read_behaviour(shop(events, products=products), "told")
    random.Random(seed).shuffle(events)
    shuffled = dict(sorted(products.items(), reverse=True))
    second = read_behaviour(shop(events, products=shuffled), "told")
    assert same(first, second)
    assert first.vocabulary.names.equals(second.vocabulary.names)
    assert first.vocabulary.block_of.equals(second.vocabulary.block_of)
    assert first.vocabulary.means.tolist() == second.vocabulary.means.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_batch_equals_one_by_one(shop, seed):
    events, products = made_up(seed)
    engine = shop(events, products=products)
    made = read_behaviour(engine, "told")
    assert {block.kind for block in made.vocabulary.blocks} == {
        *("items", "levels", "context", "transitions", "ratings", "measures")
    }
    assert same(made, read_behaviour(engine, "told", vocabulary=made.vocabulary))
    whole = engine.collect("SELECT * FROM events")
    assert same(made, behaviour_of(whole, made.vocabulary))
    cookies = whole["anonymous_id"].to_pylist()
    for row, name in enumerate(made.subjects["subject"].to_pylist()):
        alone = behaviour_of(whole.filter(pa.array([c == name for c in cookies])), made.vocabulary)
        assert same(alone, made.take(np.array([row])))


def test_the_cuts_change_nothing(shop, monkeypatch):
    events, products = made_up(7)
    engine = shop(events, products=products)
    whole = read_behaviour(engine, "told")
    monkeypatch.setattr(behaviour, "_AT_ONCE", 50)
    monkeypatch.setattr(counting, "_SLICE", 15)
    assert same(whole, read_behaviour(engine, "told"))


def test_a_block_keeps_the_features_that_most_have(shop, monkeypatch):
    monkeypatch.setattr(learning, "WIDEST", 2)
    events = [look(f"v{i}", 0, f"p{j}") for j in range(5) for i in range(2 + j)]
    made = read_behaviour(shop(events), "told")
    products = made.vocabulary.block("product").columns
    assert made.vocabulary.names.take(pa.array(products)).to_pylist() == ["p3", "p4"]
    assert made.known_share.tolist()[-1] == 1


def test_every_number_is_finite_and_counts_are_whole(shop):
    events, products = made_up(11, subjects=60)
    made = read_behaviour(shop(events, products=products), "told")
    assert np.isfinite(made.matrix.data).all()
    ratings, dense = made.vocabulary.kinds("ratings"), made.vocabulary.kinds("measures")
    others = np.setdiff1d(np.arange(len(made.vocabulary)), np.concatenate([ratings, dense]))
    numbers = made.matrix[:, others].data
    assert (numbers == np.round(numbers)).all()
    assert (numbers >= 1).all()
    assert made.matrix.dtype == np.float32


def test_a_rating_is_told_from_what_others_gave(shop):
    chance = random.Random(0)
    events = []
    for number in range(40):
        for product in ("p1", "p2", "p3"):
            value = 5.0 if number < 10 else float(chance.choice([2, 3, 4]))
            events.append(look(f"v{number:02}", 0, product, type="rate", value=value))
    events.append(look("v00", 9, "p1", type="rate", value=1.0))  # he changed his mind
    made = read_behaviour(shop(events), "told")
    given = [e["value"] for e in events if e["product"] == "p1"]
    told = counts(made, "v00")
    assert told[("ratings", "p1")] == pytest.approx(1 - np.mean(given), abs=1e-6)
    assert told[("ratings", "p2")] > 0
    column = made.vocabulary.columns_of("ratings", pa.array(["p2"]))[0]
    assert made.vocabulary.describe(column) == "product p2, his rating of it"


@pytest.mark.parametrize("what", ["price", "pieces"])
def test_prices_and_pieces_are_no_ratings(shop, what):
    chance = random.Random(1)
    events = []
    for number in range(200):
        product = chance.randrange(10)
        value = 10.0 + product if what == "price" else float(chance.choice([1, 1, 1, 1, 2, 3]))
        events.append(look(f"v{number}", 0, f"p{product}", type="buy", value=value))
    made = read_behaviour(shop(events), "told")
    assert not len(made.vocabulary.kinds("ratings"))
    assert made.vocabulary.rating_types == ()


def test_a_catalogue_of_which_no_event_names_a_product_is_no_error(shop):
    events = [look(who, 0, page="/about") for who in ("ada", "bob")]
    events.append(look("eve", 1, page="/jobs"))
    made = read_behaviour(shop(events, products={"p1": {"category": "shoes"}}), "told")
    assert made.events.tolist() == [1, 1, 1]
    assert ("page 1", "about") in counts(made, "bob")
