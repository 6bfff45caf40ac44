from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from next_worlds import (
    PRODUCTS,
    SURE,
    asked,
    learnt,
    random_clicks,
    successor,
    trails_of,
    world,
)

from connu.know.next_model import NextModel, learn_next
from connu.know.running import SEQUEL_DAYS, Running
from connu.know.trails import DAY, REMOVE, Trails

CLICKS = Path(__file__).parents[3] / "shared" / "data" / "intents"
EVERY = np.arange(PRODUCTS)


def after(model, trails, *, ended=False):
    """A session per product: any other, then it."""
    known = len(model.products.index.sessions)
    running = asked([[(i + 4) % PRODUCTS, i] for i in EVERY], known, at=trails.now)
    return replace(running, ended=np.full(PRODUCTS, ended))


# ---------------------------------------------------------------- what the world does is found
def test_what_mostly_follows_is_found():
    trails, model = learnt()
    items, _ = model.next_products(after(model, trails), 5)
    assert (items[:, 0] == successor(EVERY)).mean() > 0.9
    assert items[0, 0] == successor(0)


def test_what_always_follows_is_told_with_a_high_probability():
    trails, model = learnt()
    _, chance = model.next_products(after(model, trails), 1)
    # The columns tell a certain successor from a usual one, as surely as few steps teach.
    assert chance[0, 0] > 0.7
    assert chance[0, 0] > np.median(chance[1:, 0])


def test_probabilities_are_those_of_the_world():
    trails, model = learnt()
    items, chance = model.next_products(after(model, trails), 20)
    true = SURE + (1 - SURE) / PRODUCTS
    found = items[1:, 0] == successor(EVERY[1:])
    told = chance[1:, 0][found]
    assert told.mean() == pytest.approx(true, abs=0.07)
    assert np.abs(told - true).mean() < 0.12
    assert (chance.sum(axis=1) <= 1).all()


def test_what_is_told_holds_in_visits_never_seen():
    trails, model = learnt()
    fresh = world(99, subjects=30)
    visits = np.flatnonzero(np.append(True, np.diff(fresh.session) > 0))
    # Today: what was learnt is as fresh as it was when it was learnt.
    lengths = np.diff(np.append(visits, len(fresh.time)))
    time = fresh.time - np.repeat(fresh.time[visits], lengths) + trails.now
    first = np.repeat(visits, lengths)
    end = np.flatnonzero(np.arange(len(first)) > first)
    begin = first[end]
    known = len(model.products.index.sessions)
    running = Running.of(begin, end, fresh.product, time, limit=known)
    items, chance = model.next_products(running, 20)
    right = items[:, 0] == fresh.product[end]
    assert right.mean() > 0.62
    assert chance[:, 0].mean() == pytest.approx(right.mean(), abs=0.1)


def test_a_visit_that_is_over_is_told_what_the_next_begins_with():
    trails, model = learnt()
    assert model.ended
    items, chance = model.next_products(after(model, trails, ended=True), 3)
    right = items[:, 0] == EVERY
    assert right.mean() > 0.9
    # Of some hundred sequels to learn from: far above any other, if too modest.
    assert chance[right, 0].mean() > 0.45


def test_categories_follow_their_products():
    trails, model = learnt()
    assert model.silent == {}
    nodes, chance = model.next_categories(after(model, trails), 3)
    group = model.products.index.group
    assert (nodes[:, 0] == group[successor(EVERY)]).mean() > 0.85
    assert (chance.sum(axis=1) <= 1).all()
    true = SURE + (1 - SURE) / 5
    # A few hundred steps teach categories here; they know about how often, not exactly.
    assert chance[:, 0].mean() == pytest.approx(true, abs=0.15)


def test_reliability_is_of_both_levels_and_better_than_what_is_popular():
    _, model = learnt()
    found = {(f.level, f.measure): f for f in model.reliability}
    for level in ("product", "category"):
        assert found[level, "hr1"].figure > found[level, "hr1"].base + 0.3
        assert all(f.stated for f in model.reliability)
    assert found["product", "hr1"].figure == pytest.approx(0.78, abs=0.13)
    assert found["product", "ece"].figure < 0.15


# ------------------------------------------------------------------------------------- telling
def test_everybody_who_was_there_lately_is_told():
    trails, model = learnt()
    told = model.tell(trails, top=4)
    last = trails.time[trails.starts[1:] - 1]
    lately = np.flatnonzero(last >= trails.now - SEQUEL_DAYS * DAY)
    assert 0 < len(lately) < len(trails)
    of_products = told.filter(pa.array(np.asarray(told["level"]) == "product"))
    place, rank = of_products["place"].to_numpy(), of_products["rank"].to_numpy()
    assert np.unique(place).tolist() == lately.tolist()
    assert set(rank.tolist()) == {1, 2, 3, 4}
    product = trails.product[trails.starts[1:] - 1]
    first = rank == 1
    begins = [f"p{product[i]:03}" for i in place[first]]
    assert np.mean(np.asarray(of_products["target"])[first] == begins) > 0.9


def test_the_order_of_the_subjects_changes_nothing():
    trails, model = learnt()
    half = trails.take(np.arange(len(trails)) % 2 == 1)
    whole, part = model.tell(trails), model.tell(half)
    odd = whole.filter(pa.array(whole["place"].to_numpy() % 2 == 1))
    for name in ("level", "target", "probability", "rank"):
        assert odd[name].equals(part[name]) or _by_place(odd, name) == _by_place(part, name)


def _by_place(told, name):
    order = [("level", "ascending"), ("place", "ascending"), ("rank", "ascending")]
    return told.sort_by(order)[name].to_pylist()


def test_nobody_there_is_told_nothing():
    trails, model = learnt()
    empty = trails.take(np.zeros(len(trails), np.bool_))
    assert model.tell(empty).num_rows == 0
    assert model.tell(trails.before(0)).num_rows == 0
    late = replace(trails, now=trails.now + 100 * DAY)
    assert model.tell(late).num_rows == 0


def test_what_was_kept_tells_the_same(tmp_path):
    trails, model = learnt()
    model.save(tmp_path / "next")
    opened = NextModel.open(tmp_path / "next")
    assert opened.tell(trails).equals(model.tell(trails))
    assert (opened.silent, opened.ended) == (model.silent, model.ended)


def test_a_running_visit_passes_over_products_nobody_knows():
    _, model = learnt()
    running = model.running(["p003", "new", "p000"])
    assert running.item.tolist() == [3, 0]
    assert np.diff(running.time).tolist() == [60_000_000]
    assert model.next_products(running, 1)[0][0, 0] == successor(0)
    assert len(model.running(["new"])) == len(model.running([])) == 0
    at = np.array([5, 6], np.int64)
    assert model.running(["p001", "p002"], at).time.tolist() == [5, 6]


# -------------------------------------------------------------------------- one result, any order
@pytest.mark.slow
def test_the_same_trails_teach_the_same():
    trails = world(4, subjects=40)
    one, other = learn_next(trails), learn_next(trails)
    assert one.products.ranker.to_json() == other.products.ranker.to_json()
    assert one.tell(trails).equals(other.tell(trails))


# ------------------------------------------------------------------------------------- silence
def test_clicks_at_random_are_not_told():
    model = learn_next(random_clicks(0))
    assert model.silent == {"product": "not_better", "category": "not_better"}
    assert model.tell(random_clicks(0)).num_rows == 0


def test_too_few_sessions_are_no_lesson():
    model = learn_next(world(0, subjects=5))
    assert model.silent == {"product": "no_sessions", "category": "no_sessions"}
    assert model.reliability == ()
    assert model.tell(world(0, subjects=5)).num_rows == 0
    with pytest.raises(ValueError, match="not told of products"):
        model.next_products(model.running(["p001"]), 3)
    with pytest.raises(ValueError, match="not told of categories"):
        model.next_categories(model.running(["p001"]), 3)


def test_without_categories_products_are_told_all_the_same(tmp_path):
    visits = [[(n * DAY, [0, 1, 2, 3])] for n in range(500)]
    model = learn_next(trails_of(visits, products=4, categories=False))
    assert model.silent == {"category": "no_categories"}
    items, chance = model.next_products(model.running(["p000", "p001"]), 1)
    assert items.tolist() == [[2]]
    assert chance[0, 0] > 0.8
    model.save(tmp_path)
    assert NextModel.open(tmp_path).silent == model.silent


def test_no_events_at_all():
    model = learn_next(trails_of([]))
    assert model.silent["product"] == "no_sessions"
    removed = world(0, subjects=5)
    removed = replace(removed, role=np.full_like(removed.role, REMOVE))
    assert learn_next(removed).silent["product"] == "no_sessions"


def test_one_product_that_everybody_looks_at_again():
    model = learn_next(trails_of([[(n * DAY, [0, 0])] for n in range(1_400)], products=1))
    assert model.silent["product"] == "not_better"  # the popular list says it too


def test_products_that_are_seen_but_once_are_no_error():
    visits = [[(n * DAY, [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3])] for n in range(500)]
    model = learn_next(trails_of(visits, products=2_000, categories=False))
    assert model.silent["product"] == "not_better"


def test_visits_of_one_event_teach_by_their_sequels():
    visits = [[((n + 3 * k) * DAY, [(n + k) % 12]) for k in range(12)] for n in range(120)]
    model = learn_next(trails_of(visits, products=12))
    assert len(model.products.index.sessions) == 0
    assert "product" in {f.level for f in model.reliability}


# ------------------------------------------------------------------------------------ real clicks
@pytest.mark.slow
@pytest.mark.skipif(not CLICKS.is_dir(), reason="the shared clicks are not at hand")
def test_real_clicks_are_told_better_than_any_published_neighbour():
    import pyarrow.parquet as pq

    train, test = (pq.read_table(CLICKS / f"clicks_{part}.parquet") for part in ("train", "test"))
    names = np.unique(train["product"].to_numpy())
    known = test.filter(pa.array(np.isin(test["product"].to_numpy(), names)))
    learnt_from, asked_of = _clicks(train, names), _clicks(known, names)
    model = learn_next(learnt_from)
    first = np.append(True, np.diff(asked_of.session) > 0)
    begin = np.flatnonzero(first)[np.cumsum(first) - 1]
    end = np.flatnonzero(~first)
    limit = len(model.products.index.sessions)
    running = Running.of(begin[end], end, asked_of.product, asked_of.time, limit=limit)
    items, chance = model.next_products(running, 20)
    hit = items == asked_of.product[end][:, None]
    place = np.where(hit.any(axis=1), hit.argmax(axis=1), 10**6)
    assert len(end) == 10_152
    hr20, mrr20 = (place < 20).mean(), np.where(place < 20, 1 / (place + 1), 0).mean()
    print(f"HR@1 {(place < 1).mean():.4f} HR@5 {(place < 5).mean():.4f} HR@20 {hr20:.4f} "
          f"MRR@20 {mrr20:.4f} told {chance[:, 0].mean():.4f}")  # fmt: skip
    assert hr20 >= 0.695
    assert mrr20 >= 0.375
    assert chance[:, 0].mean() == pytest.approx((place == 0).mean(), abs=0.05)


def _clicks(table: pa.Table, names: np.ndarray) -> Trails:
    """Every session a subject of its own."""
    session = table["session"].to_numpy()
    time = table["time"].to_numpy().astype("datetime64[us]").astype(np.int64)
    order = np.lexsort((np.arange(len(session)), time, session))
    product = np.searchsorted(names, table["product"].to_numpy()[order])
    cut = np.flatnonzero(np.diff(session[order])) + 1
    visits = [[(0, one.tolist())] for one in np.split(product, cut)]  # the times follow
    made = trails_of(visits, products=len(names), categories=False)
    return replace(
        made, time=time[order], products=pa.array([str(n) for n in names]), now=int(time.max()) + 1
    )
