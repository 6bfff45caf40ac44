"""Staying on made bases: never much worse than BG/NBD where that is the truth, better elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from know_trails import made_trails
from staying_bases import bg_nbd_base, regular_base

from connu.kernel.errors import UsageError
from connu.know.purchases import Purchases, histories_from
from connu.know.staying import TOLD, StayingModel, learn_staying
from connu.know.staying_forecast import plain_forecast
from connu.know.staying_judging import errors
from connu.know.trails import DAY


@pytest.fixture(scope="module")
def regular() -> tuple[Purchases, StayingModel]:
    """Subscribers who buy every month or so and leave at once, and what was learnt by day 400."""
    base = regular_base(2_500, 520, seed=1)
    return base, learn_staying(base.before(400), horizons_days=(91, 120))


def test_where_habits_are_regular_ours_is_much_better(
    regular: tuple[Purchases, StayingModel],
) -> None:
    base, model = regular
    known = base.before(400)
    told = model.tell(known)
    quarter = told.filter(pc.equal(told["horizon_days"], 91))
    count, value = base.within(400, 491, known.customers)
    plain = plain_forecast(known, 91)
    for name, came in (("purchases", count), ("value", value)):
        ours = errors(np.asarray(quarter[name]), came)
        theirs = errors(getattr(plain, name), came)
        assert ours["mae"] < 0.9 * theirs["mae"]
        assert ours["rmse"] < 0.96 * theirs["rmse"]
    again = np.asarray(quarter["again"])
    assert np.mean((again - (count > 0)) ** 2) < 0.8 * np.mean((plain.again - (count > 0)) ** 2)
    for name, came in (("purchases", count), ("value", value)):
        low, high = np.asarray(quarter[f"{name}_low"]), np.asarray(quarter[f"{name}_high"])
        assert 0.75 < np.mean((low <= came) & (came <= high)) < 0.95


def test_what_is_told_holds_together(regular: tuple[Purchases, StayingModel]) -> None:
    base, model = regular
    told = model.tell(base)
    assert told.schema == TOLD
    assert len(told) == 2 * len(base)
    assert told["place"].to_pylist()[:4] == [0, 0, 1, 1]
    columns = {name: np.asarray(told[name]) for name in TOLD.names[:-2]}
    for name, column in columns.items():
        assert np.isfinite(column).all() and (column >= 0).all(), name
    for name in ("purchases", "value"):
        assert (columns[f"{name}_low"] <= columns[name] + 1e-9).all()
        assert (columns[f"{name}_low"] <= columns[name]).all()
        assert (columns[name] <= columns[f"{name}_high"] + 1e-6).all()
    for limit in ("low", "high"):
        whole = columns[f"purchases_{limit}"]
        np.testing.assert_array_equal(whole, np.rint(whole))
    assert (columns["again"] <= columns["active"] + 1e-9).all()
    assert (columns["active"] <= 1).all()
    near, far = columns["again"][::2], columns["again"][1::2]
    assert (near <= far + 1e-9).all()
    assert set(told["risk"].to_pylist()) == {"low", "middle", "high"}
    assert pc.min(pc.list_value_length(told["reasons"])).as_py() >= 1


def test_where_bg_nbd_is_the_truth_ours_is_not_much_worse() -> None:
    base = bg_nbd_base(6_000, 600, seed=2)
    known = base.before(420)
    told = learn_staying(known, horizons_days=(91,)).tell(known)
    count, value = base.within(420, 511, known.customers)
    plain = plain_forecast(known, 91)
    for name, came in (("purchases", count), ("value", value)):
        ours = errors(np.asarray(told[name]), came)
        theirs = errors(getattr(plain, name), came)
        assert ours["rmse"] < 1.02 * theirs["rmse"]
        assert ours["mae"] < 1.02 * theirs["mae"]


def test_a_saved_model_tells_the_same(
    regular: tuple[Purchases, StayingModel], tmp_path: Path
) -> None:
    base, model = regular
    model.save(tmp_path)
    opened = StayingModel.open(tmp_path)
    assert opened.tell(base).equals(model.tell(base))
    assert opened.reliability.equals(model.reliability)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".txt"}
    with pytest.raises(UsageError, match="no staying model"):
        StayingModel.open(tmp_path / "nowhere")


def test_reliability_stands_beside_the_baseline(regular: tuple[Purchases, StayingModel]) -> None:
    figures = {
        (row["horizon_days"], row["measure"]): row for row in regular[1].reliability.to_pylist()
    }
    for horizon in (91, 120):
        error = figures[horizon, "purchases_rmse"]
        assert error["figure"] < error["base"]
        assert error["judged_days"] == min(horizon, 133)
        chance = figures[horizon, "again_log_loss"]["figure"]
        assert chance < 0.9 * figures[horizon, "again_bg_nbd_log_loss"]["figure"]
        assert 0.75 < figures[horizon, "purchases_coverage"]["figure"] < 0.95


def test_the_same_base_teaches_the_same() -> None:
    base = regular_base(600, 300, seed=4)
    some = np.random.default_rng(0).permutation(len(base.day))
    mixed = histories_from(
        base.place[some], base.day[some].astype(np.int64) * DAY, base.value[some]
    )
    ours = learn_staying(replace(base, now=mixed.now), horizons_days=(60,))
    again = learn_staying(mixed, horizons_days=(60,))
    assert ours.tell(base).equals(again.tell(replace(mixed, now=base.now)))


def test_nothing_is_learnt_of_too_little() -> None:
    none = made_trails([[(1.0, "a")], [(2.0, "b")]], now=100)
    model = learn_staying(none)
    assert model.silent == "no_purchases"
    assert model.tell(none).schema == TOLD
    assert len(model.tell(none)) == 0
    one = made_trails([[(1.0, "a", "purchase", 5.0), (9.0, "a", "purchase", 5.0)]], now=100)
    assert learn_staying(one).silent == "too_few"
    once = histories_from(np.arange(5_000), np.arange(5_000) % 300 * DAY, np.ones(5_000))
    assert learn_staying(once).silent == "too_few"
    young = histories_from(np.arange(900) % 300, np.arange(900) // 300 * DAY, np.ones(900))
    assert learn_staying(young).silent == "too_short"
    with pytest.raises(UsageError, match="horizons"):
        learn_staying(none, horizons_days=(0,))


@pytest.mark.parametrize("value", [0.0, np.nan, -3.0])
def test_purchases_that_cost_nothing_have_no_value(value: float) -> None:
    base = regular_base(400, 300, seed=5)
    free = replace(base, value=np.full(len(base.day), value))
    told = learn_staying(free, horizons_days=(30,)).tell(free)
    assert len(told) == len(free)
    assert np.isfinite(np.asarray(told["value"])).all()
    assert np.asarray(told["value_high"]).max() == 0.0


def test_a_told_moment_may_be_later_or_hold_one_customer(
    regular: tuple[Purchases, StayingModel],
) -> None:
    base, model = regular
    later = model.tell(base.before(base.now + 300))
    now = model.tell(base)
    assert np.asarray(later["again"]).mean() < np.asarray(now["again"]).mean()
    one = model.tell(base.take(np.array([7])))
    row = model.tell(base).filter(pc.equal(now["place"], 7))
    np.testing.assert_allclose(np.asarray(one["purchases"]), np.asarray(row["purchases"]))


def test_trails_are_told_by_the_place_of_their_customers() -> None:
    base = regular_base(250, 300, seed=6)
    events = [
        [(float(day), "a", "purchase", 9.0) for day in base.day[first:end]] + [(299.5, "b")]
        for first, end in zip(base.starts[:-1], base.starts[1:], strict=True)
    ]
    trails = made_trails([[(3.0, "a")], *events], now=300)
    model = learn_staying(trails, horizons_days=(30,))
    told = model.tell(trails)
    assert told["place"].to_pylist() == list(range(1, 251))
    # Everybody looked yesterday: said of those who are likely to stay.
    low = told.filter(pc.equal(told["risk"], "low"))
    assert all("last visit 1 day ago" in reasons for reasons in low["reasons"].to_pylist())
    assert len(model.tell(trails.before(2 * DAY))) == int((base.day[base.starts[:-1]] < 2).sum())
