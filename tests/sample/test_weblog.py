"""The web log goes wrong as real ones do: late, twice, from the future, without a time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from connu.sample import weblog
from connu.sample.catalogue import categories
from connu.sample.chance import Chance
from connu.sample.clicks import CART, PURCHASE, VIEW, Clicks, make_clicks
from connu.sample.devices import STAFF, cookie_text
from connu.sample.moments import CUT_OFF
from connu.sample.visits import NOBODY, Visits, make_visits
from connu.sample.world import World


@pytest.fixture(scope="module")
def log(sample: Path) -> pa.Table:
    return pq.read_table(sample / "data" / "web")


@pytest.fixture(scope="module")
def visits(world: World) -> Visits:
    return make_visits(
        Chance(5), world.people, world.tastes, world.needs, world.devices, world.logins, 20.0
    )


@pytest.fixture(scope="module")
def clicks(world: World, visits: Visits) -> Clicks:
    return make_clicks(Chance(5), visits, world.needs, world.tastes, world.catalogue)


def test_one_file_a_month_all_alike(sample: Path) -> None:
    files = sorted((sample / "data" / "web").iterdir())
    assert [f.stem for f in files] == [
        str(m) for m in np.arange("2025-01", "2026-07", dtype="datetime64[M]")
    ]
    assert len({str(pq.read_schema(f)) for f in files}) == 1


def test_some_rows_come_twice_some_late_some_without_time(log: pa.Table) -> None:
    count = Counter(log["event_id"].to_pylist())
    assert abs(sum(n > 1 for n in count.values()) / len(count) - weblog.TWICE_SHARE) < 0.003
    assert max(count.values()) == 2
    assert 0 < log["ts"].null_count < 20 * weblog.NO_TIME_SHARE * len(log)
    times = log["ts"].drop_null().to_numpy().astype("datetime64[ms]")
    backwards = np.diff(times).astype(int) < -60_000
    assert 0.005 < backwards.mean() < 0.1


def test_purchases_say_who_and_how_much(log: pa.Table) -> None:
    bought = log.filter(pc.equal(log["event"], "purchase"))
    named = pc.or_(pc.is_valid(bought["login"]), pc.is_valid(bought["email"]))
    assert len(bought) > 200 and pc.all(named).as_py()
    assert pc.min(bought["value"]).as_py() > 0
    assert set(bought["currency"].to_pylist()) == {"EUR"}
    assert log.filter(pc.equal(log["event"], "view"))["value"].null_count > 0


def test_categories_and_products_are_the_catalogues(log: pa.Table, world: World) -> None:
    assert set(log["category"].drop_null().to_pylist()) <= set(categories().path)
    assert set(log["sku"].drop_null().to_pylist()) <= set(world.catalogue.sku.to_pylist())


def test_cookies_are_distinct_and_say_nothing() -> None:
    cookies = cookie_text(1, np.arange(50_000)).to_pylist()
    assert len(set(cookies)) == 50_000 and all(len(c) == 16 for c in cookies[:100])
    assert cookies[:3] != cookie_text(2, np.arange(3)).to_pylist()


def test_visits_lie_in_the_data_and_logins_after_the_account_opened(
    world: World, visits: Visits
) -> None:
    assert visits.day.min() >= 0 and visits.day.max() < CUT_OFF
    signed = (visits.account >= 0) & (visits.slot != STAFF)
    assert np.all(world.logins.created[visits.account[signed]] <= visits.day[signed])
    assert np.array_equal(world.logins.who[visits.account[signed]], visits.who[signed])
    assert np.all(visits.account[visits.slot == STAFF] >= len(world.logins.who))


def test_every_purchase_on_the_web_is_one_click(
    world: World, visits: Visits, clicks: Clicks
) -> None:
    needs = world.needs
    bought = clicks.type == PURCHASE
    need = visits.need[clicks.visit[bought]]
    assert len(np.unique(need)) == len(need)
    expected = needs.bought & (needs.channel == 0) & (needs.ends < CUT_OFF) & (needs.started >= 0)
    assert abs(len(need) - expected.sum()) <= 0.01 * expected.sum() + 3
    assert np.array_equal(clicks.product[bought], needs.product[need])
    assert np.array_equal(clicks.category[bought], needs.category[need])


def test_clicks_agree_with_the_catalogue(world: World, clicks: Clicks) -> None:
    seen = clicks.type >= VIEW
    assert np.all((clicks.product >= 0) == seen)
    assert np.array_equal(world.catalogue.category[clicks.product[seen]], clicks.category[seen])
    assert np.all(clicks.pieces[clicks.type >= CART] >= 1)


def test_robots_and_staff_are_few_and_busy(visits: Visits, clicks: Clicks) -> None:
    who = visits.who[clicks.visit]
    assert 0.005 < (who == NOBODY).mean() < 0.15
    cookie = visits.cookie[clicks.visit]
    of_nobody, of_people = (
        np.unique(cookie[who == NOBODY], return_counts=True)[1],
        np.unique(cookie[who != NOBODY], return_counts=True)[1],
    )
    assert np.median(of_nobody) > 20 * np.median(of_people)


def test_interest_comes_before_the_purchase(visits: Visits, clicks: Clicks, world: World) -> None:
    """What is thought over for a week or more shows in visits at least half a day before."""
    needs = world.needs
    bought = np.flatnonzero(
        needs.bought & (needs.channel == 0) & (needs.ends < CUT_OFF) & (needs.ends > 60)
    )
    bought = bought[categories().days[needs.category[bought]] >= 7]
    looked = np.zeros(len(needs), dtype=np.bool_)
    need = visits.need[clicks.visit]
    early = (need >= 0) & (clicks.type < CART)
    early[early] &= clicks.day[early] < needs.ends[need[early]] - 0.5
    looked[need[early]] = True
    assert len(bought) > 50 and looked[bought].mean() > 0.4
