"""Intents of a built brand on a time split: what is judged, what is refused, and against truth."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import buying_brand
import made_brand
import numpy as np
import pytest

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.app.session_trails import SESSION, nameless_sessions, session_trails
from connu.kernel.errors import SourceError, UsageError

#: The settings of a brand that is built to be evaluated: what its build would tell is not asked.
QUIET = "\n[intents]\nenabled = false\nhorizons_days = [30]\n"
CLICKS = """\
[brand]
name = "Clics"

[sources.log]
kind = "events"
path = "data/log.csv"

[sources.log.fields]
time = "at"
type = "what"
session = "visit"
product = "item"

[twins]
enabled = false
"""


def make_shop(folder: Path, *, purchases: bool = True) -> Brand:
    """People who look and buy, built, with the usual horizons."""
    buying_brand.make_brand(folder, purchases=purchases)
    path = folder / "connu.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("\n[intents]")[0] + QUIET, "utf-8")
    brand = open_brand(folder)
    brand.build()
    return brand


def make_clicks(folder: Path, sessions: int = 60) -> Path:
    """A log of sessions and nothing else: each goes round the same ten products."""
    (folder / "data").mkdir(parents=True)
    (folder / "connu.toml").write_text(CLICKS + QUIET, encoding="utf-8")
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    rows = []
    for n in range(sessions):
        at = begun + timedelta(hours=6 * n)
        for step in range(2 + n % 4):
            moment = (at + timedelta(seconds=30 * step)).strftime("%Y-%m-%dT%H:%M:%SZ")
            rows.append([moment, "view", f"{n}", f"i{(n + step) % 10}"])
        if n % 5 == 0:
            # The same again within the second: a step all the same.
            rows.append([moment, "view", f"{n}", f"i{(n + step) % 10}"])
    made_brand.write_rows(folder / "data/log.csv", ["at", "what", "visit", "item"], rows)
    return folder


@pytest.fixture(scope="module")
def _shop_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("evaluated") / "brand").folder


@pytest.fixture(scope="module")
def shop(_shop_once: Path) -> Brand:
    """A built brand of people who buy, for reading only."""
    return open_brand(_shop_once)


@pytest.fixture(scope="module")
def clicks(tmp_path_factory: pytest.TempPathFactory) -> Brand:
    """A built log of sessions, for reading only."""
    brand = open_brand(make_clicks(tmp_path_factory.mktemp("clicks") / "brand"))
    brand.build()
    return brand


def test_who_buys_is_judged_beside_plainer_ways(shop):
    found = shop.evaluate_intents(only=["buy"])
    assert found.cut == "2026-05-02T00:00:00Z" and found.now == "2026-06-01T00:00:00Z"
    assert found.events > found.after > 0 and found.subjects > 150
    assert found.next is None and found.affinities == [] and found.staying is None
    (each,) = [
        one.score
        for one in found.buying
        if (one.horizon_days, one.level, one.subjects, one.target) == (30, "category", "all", None)
    ]
    # Everybody has a shelf of his own: whoever knows it beats how often a shelf sells.
    assert each.auc.value > each.base.auc.value + 0.1
    assert each.gain is not None and each.bought > 20
    assert found.as_dict()["buying"][0]["score"]["auc"] is not None
    # What so few teach nothing of is said: whether he buys anything at all.
    assert set(found.skipped) <= {"buy, any within 30 days", "buy, category within 30 days"}


def test_what_somebody_is_drawn_to_is_where_he_turns(shop):
    (top, deep) = shop.evaluate_intents(only=["affinity"]).affinities
    for level in (top, deep):
        assert level.told > 50
        assert level.affinities.at(1).hit_rate.value > level.base.at(1).hit_rate.value + 0.2


def test_staying_is_judged_on_the_days_asked(shop):
    found = shop.evaluate_intents(only=["stay", "affinity"], staying_days=60)
    assert found.staying_cut == "2026-04-02T00:00:00Z"
    # So few customers teach no staying, and that is said.
    assert found.staying is None and "stay" in found.skipped
    later = shop.evaluate_intents(only=["stay", "affinity"], start=datetime(2026, 4, 12))
    assert later.staying_cut == "2026-04-12T00:00:00Z" == later.cut


def test_the_future_changes_nothing_that_is_told(shop, tmp_path):
    """The same brand, of which somebody wrote what came after the cut anew."""
    cut = datetime(2026, 5, 2, tzinfo=UTC)
    folder = tmp_path / "brand"
    shutil.copytree(shop.folder, folder, ignore=shutil.ignore_patterns(".connu"))
    header = ["event_id", "at", "what", "cookie", "sku", "paid"]
    rows = [
        row if row[1] < cut.strftime("%Y-%m-%dT%H:%M:%SZ") or row[2] != "purchase" else
        [row[0], row[1], "view", *row[3:5], ""]
        for row in buying_brand.events()
    ]  # fmt: skip
    made_brand.write_rows(folder / "data/web.csv", header, rows)
    other = open_brand(folder)
    other.build()
    before = {
        (one.horizon_days, one.level): one
        for one in shop.evaluate_intents(only=["buy"], start=cut).buying
        if one.subjects == "all" and one.target is None
    }
    after = {
        (one.horizon_days, one.level): one
        for one in other.evaluate_intents(only=["buy"], start=cut).buying
        if one.subjects == "all" and one.target is None
    }
    assert before.keys() == after.keys()
    for key, one in before.items():
        assert after[key].score.bought == 0 < one.score.bought
        told = [s.score.overconfidence + s.score.base_rate for s in (one, after[key])]
        assert told[0] == pytest.approx(told[1], abs=1e-12)


def test_a_brand_without_purchases_says_so(tmp_path):
    brand = make_shop(tmp_path / "brand", purchases=False)
    found = brand.evaluate_intents(only=["buy", "affinity", "stay"])
    assert found.skipped == {
        "buy": "nobody bought anything that was seen",
        "stay": "nobody bought anything that was seen",
    }
    assert found.buying == [] and found.affinities
    with pytest.raises(UsageError, match="nobody bought anything") as refused:
        brand.evaluate_intents(only=["buy", "stay"])
    assert "--from" in refused.value.hint


def test_refusals_name_what_is_wrong(shop):
    with pytest.raises(UsageError, match="no part «bye»") as refused:
        shop.evaluate_intents(only=["bye"])
    assert "buy" in refused.value.hint
    with pytest.raises(UsageError, match="level «products»") as refused:
        shop.evaluate_intents(only=["next"], level="products")
    assert "product" in refused.value.hint
    for start in (datetime(2020, 1, 1), datetime(2030, 1, 1)):
        with pytest.raises(UsageError, match="no events on both sides") as refused:
            shop.evaluate_intents(only=["buy"], start=start)
        assert "2025-10-0" in refused.value.hint and "2026-06-01" in refused.value.hint
    with pytest.raises(UsageError, match="the events end before") as refused:
        shop.evaluate_intents(only=["stay"], start=datetime(2026, 5, 2), staying_days=90)
    assert "--staying-days 30" in refused.value.hint
    with pytest.raises(UsageError, match="not older than 4000 days"):
        shop.evaluate_intents(only=["stay"], staying_days=4000)


def test_a_brand_without_events_has_nothing_to_judge(tmp_path):
    brand = open_brand(made_brand.make_brand(tmp_path / "brand"))
    path = tmp_path / "brand/connu.toml"
    text = path.read_text(encoding="utf-8")
    assert "[sources.web]" in text
    kept = [part for part in text.split("[sources.") if not part.startswith("web")]
    path.write_text("[sources.".join(kept), encoding="utf-8")
    brand = open_brand(tmp_path / "brand")
    brand.build()
    with pytest.raises(UsageError, match="no event of anybody") as refused:
        brand.evaluate_intents()
    assert "connu status" in refused.value.hint


def test_sessions_of_nobody_stand_for_visitors(clicks):
    with clicks.reading() as reading:
        assert nameless_sessions(reading.engine) == 60 * 2 + 15 * (1 + 2 + 3) + 12
        trails = session_trails(reading.engine, clicks.settings, reading.build)
        visitors = reading.engine.collect("SELECT count(*) AS n FROM visitors")
        assert visitors["n"][0].as_py() == 0
    names = trails.subjects["subject"].to_pylist()
    assert len(names) == 60 and all(name.startswith(SESSION) for name in names)
    # Every click logged is there, the same again within a second too.
    assert len(trails.time) == 60 * 2 + 15 * (1 + 2 + 3) + 12
    assert (np.diff(trails.starts) == np.bincount(trails.session)).all()


def truth_of(shop: Brand, folder: Path) -> Path:
    """Purchases after the end: everybody buys from his shelf within the week, visitors too."""
    folder.mkdir()
    known, many = buying_brand.KNOWN, buying_brand.KNOWN + buying_brand.VISITORS
    made_brand.write_rows(
        folder / "identities.csv",
        ["source", "record_id", "person"],
        [["crm", f"P{n:03}", f"person {n}"] for n in range(known)],
    )
    made_brand.write_rows(
        folder / "visitors.csv",
        ["anonymous_id", "person"],
        [[buying_brand.cookie(n), f"person {n}"] for n in range(known, many)],
    )
    bought = [
        [f"person {n}", buying_brand.shelf(n), f"2026-06-0{1 + n % 6}T12:00:00Z"]
        for n in range(many)
        if n % 3
    ]
    # Before the events' end, and of nobody: neither counts.
    bought += [["person 0", "Livres/Romans", "2026-05-01T00:00:00Z"]]
    bought += [["somebody else", "Livres/Romans", "2026-06-01T12:00:00Z"]]
    path = folder / "purchases.csv"
    made_brand.write_rows(path, ["person", "category", "bought_at"], bought)
    return path


@pytest.fixture(scope="module")
def telling(_shop_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Brand:
    """The same brand, of which a build told who buys on which shelf."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from connu.ledger.builds import Builds
    from connu.ledger.intents import INTENTS

    folder = shutil.copytree(_shop_once, tmp_path_factory.mktemp("telling") / "brand")
    brand = open_brand(folder)
    customers = {
        row["record_id"]: row["customer_id"] for row in brand.table("identities").to_pylist()
    }
    rows = []
    for n in range(buying_brand.KNOWN + buying_brand.VISITORS):
        known = n < buying_brand.KNOWN
        rows.append(
            {
                "subject_kind": "customer" if known else "visitor",
                "subject": customers[f"P{n:03}"] if known else buying_brand.cookie(n),
                "kind": "buy",
                "level": "category",
                "target": buying_brand.shelf(n),
                "horizon_days": 7,
                "probability": 0.6 if n % 3 else 0.4,
                "rank": 1,
            }
        )
    path = Builds(folder).current().file("intents")
    path.chmod(0o600)
    pq.write_table(pa.Table.from_pylist(rows, schema=INTENTS), path)
    return brand


def test_what_a_build_tells_is_held_against_truth(telling, tmp_path):
    found = telling.evaluate_intents(only=["affinity"], truth=truth_of(telling, tmp_path / "truth"))
    heads = [(one.horizon_days, one.level, one.subjects, one.target) for one in found.truth]
    assert heads[:3] == [
        (7, "category", "all", None),
        (7, "category", "customer", None),
        (7, "category", "visitor", None),
    ]
    whole, customers, visitors = (one.score for one in found.truth[:3])
    # Who buys was told as likelier, on his own shelf: nothing is out of order.
    assert whole.auc.value == customers.auc.value == visitors.auc.value == 1.0
    # 159 customers may be read for it: one refused, who would have bought (5 is no third).
    bought = sum(n % 3 > 0 for n in range(buying_brand.KNOWN))
    assert customers.bought == bought - 1
    assert visitors.bought == sum(n % 3 > 0 for n in range(160, 200))
    assert whole.rows == (159 + 40) * 4
    assert {head[3] for head in heads[3:]} == set(buying_brand.SHELVES)


def test_a_truth_that_cannot_be_used_says_why(telling, shop, tmp_path):
    path = truth_of(telling, tmp_path / "truth")
    with pytest.raises(UsageError, match="tells no intent to buy"):
        shop.evaluate_intents(only=["affinity"], truth=path)
    with pytest.raises(SourceError):
        telling.evaluate_intents(only=["affinity"], truth=tmp_path / "nothing.csv")
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(path, alone)
    with pytest.raises(UsageError, match="who the persons") as refused:
        telling.evaluate_intents(only=["affinity"], truth=alone / path.name)
    assert "identities.csv" in refused.value.hint

    def written(name: str, header: list[str], row: list[str]) -> Path:
        made_brand.write_rows(path.with_name(name), header, [row])
        return path.with_name(name)

    header = ["person", "category", "bought_at"]
    for name, columns, row, said in (
        ("a.csv", ["person", "category", "when"], ["person 1", "x", "2026-06-02"], "«bought_at»"),
        ("b.csv", header, ["person 1", "x", "2026-05-02T00:00:00Z"], "after the events' end"),
    ):
        with pytest.raises(UsageError, match=said):
            telling.evaluate_intents(only=["affinity"], truth=written(name, columns, row))
    with pytest.raises(SourceError, match="a time of the truth"):
        telling.evaluate_intents(
            only=["affinity"], truth=written("c.csv", header, ["person 1", "x", "soon"])
        )
    made_brand.write_rows(
        path.with_name("identities.csv"),
        ["source", "record_id", "person"],
        [["crm", "nobody", "person 1"]],
    )
    path.with_name("visitors.csv").unlink()
    with pytest.raises(UsageError, match="nobody of the truth"):
        telling.evaluate_intents(only=["affinity"], truth=path)


def test_a_wrong_truth_is_told_before_anything_is_learnt(shop, tmp_path, monkeypatch):
    def learnt(*_, **__):
        raise AssertionError("something was learnt")

    for name in ("read_trails", "evaluate_buying", "evaluate_affinities"):
        monkeypatch.setattr(f"connu.app.intent_evaluation.{name}", learnt)
    path = tmp_path / "truth.csv"
    with pytest.raises(SourceError, match="no file with the truth"):
        shop.evaluate_intents(only=["buy"], truth=path)
    path.write_text("person,category,when\nA,Photo,2026-07-01\n")
    with pytest.raises(UsageError, match="no column «bought_at»") as error:
        shop.evaluate_intents(only=["buy"], truth=path)
    assert error.value.fields["file"] == path and "it needs person" in error.value.hint
