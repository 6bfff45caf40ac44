"""The benchmark of intents: its tables, its made events, and small runs of its parts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks import intent_next, intents
from benchmarks.intent_crowd import DAYS, EVENTS, TIES, write_crowd
from benchmarks.intent_report import TABLES, Report, rule
from benchmarks.next_baselines import popularity
from benchmarks.next_connu import NextConnu
from benchmarks.next_shops import BEGAN, DAY, PLANS, Shop, make_clicks, split_in_time
from benchmarks.next_speed import next_speed
from benchmarks.next_steps import NextScore, Steps, category_score, next_score
from benchmarks.value_baseline import Errors
from connu.measure.intents import intent_score

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A small shop, the only one there is; connu's own, tested below, is left out."""
    silent = SimpleNamespace(products=lambda: None, categories=lambda: None)
    monkeypatch.setattr(intent_next, "learnt", lambda report, steps: silent)
    plan = replace(PLANS["made_books"], sessions=800, products=300, categories=12)
    cut = BEGAN + (plan.days - plan.test_days) * DAY
    shop = Shop("small", *split_in_time(make_clicks(plan), cut))

    def absent() -> Shop:
        raise FileNotFoundError

    monkeypatch.setattr(intent_next, "SHOPS", {"small": lambda: shop, "absent": absent})
    return shop


@pytest.mark.parametrize("part", ["next", "categories"])
def test_a_row_has_a_cell_for_every_heading(
    part: str, small: Shop, capsys: pytest.CaptureFixture[str]
):
    report = Report()
    intents.PARTS[part](report)
    header = TABLES[part]
    assert report.rows[part]
    for line in report.rows[part]:
        assert line.count("|") == header.count("|") == rule(header).count("|")
    assert report.remarks[0].startswith("- small: connu tells no next ")
    assert report.remarks[1:] == ["- absent: skipped, the data folder does not hold it"]
    assert report.lines()[:2] == [header, rule(header)]
    assert json.dumps(report.figures)
    assert "small" in capsys.readouterr().out


def test_buying_is_told_beside_its_rivals_and_what_is_missed_is_said(
    capsys: pytest.CaptureFixture[str],
):
    y = np.arange(1000) % 10 == 0
    sure = np.where(y, 0.9, 0.01)
    score = intent_score(sure, y, base=np.full(1000, 0.1), last_viewed=np.arange(1000.0))
    report = Report()
    intents._told_buying(report, "truth", score)
    assert [line.split(" | ")[1] for line in report.rows["buying"]] == [
        "connu",
        "base rate",
        "last viewed",
    ]
    for line in report.rows["buying"]:
        assert line.count("|") == TABLES["buying"].count("|")
    assert "NOT reached" in report.remarks[0]
    exact = intent_score(y.astype(float), y, base=np.full(1000, 0.1))
    intents._told_buying(report, "truth", exact)
    assert report.remarks[1].endswith(": reached")
    capsys.readouterr()


def test_an_error_that_is_not_lower_is_told():
    ours, theirs = Errors(1.0, 2.0, 0.0), Errors(1.1, 1.9, 0.0)
    told = intents._below([ours, ours], [theirs, ours])
    assert told.endswith("purchases mae lower, purchases rmse NOT, value mae NOT, value rmse NOT")


def test_the_page_is_written_between_its_marks(
    small: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{intents.BEGIN}\nstale\n{intents.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("benchmarks.identities.PAGE", page)
    assert intents.main(["--only", "categories", "--write", "--json", str(tmp_path / "f")]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert "stale" not in text and "| small | stays |" in text
    told = json.loads((tmp_path / "f").read_text(encoding="utf-8"))
    assert {figure["method"] for figure in told} >= {"stays", "last-category Markov"}


def test_the_real_page_has_a_place_for_figures():
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert text.count(intents.BEGIN) == text.count(intents.END) == 1


def test_what_is_to_be_reached_is_told():
    score = NextScore(10, {1: 0.3, 5: 0.5, 20: 0.7}, {1: 0.3, 5: 0.35, 20: 0.37})
    assert intent_next.reached("yoochoose", score)[0].endswith(": NOT reached")
    fine = replace(score, mrr={20: 0.38})
    assert intent_next.reached("yoochoose", fine)[0].endswith(".375: reached")
    assert intent_next.reached("made_books", score) == []


@pytest.mark.slow
def test_connu_is_asked_on_the_same_steps_and_beats_the_most_clicked():
    plan = replace(PLANS["made_books"], sessions=1500, products=200, categories=8)
    steps = Steps.of(Shop("small", *split_in_time(make_clicks(plan), BEGAN + 50 * DAY)))
    connu = NextConnu.learn(steps)
    lists = connu.products()
    assert lists is not None and lists.shape == (len(steps), 20)
    plain = next_score(popularity(steps, np.arange(len(steps))), steps.target)
    assert next_score(lists, steps.target).hit[20] > 2 * plain.hit[20]
    told = connu.categories()
    assert told is not None
    assert category_score(*told, steps).hit1 > 0.6
    assert connu.candidates_per_second() > 0
    assert connu.one_by_one_ms()[0] > 0


def test_speed_is_measured_of_whatever_tells():
    plan = replace(PLANS["made_books"], sessions=400, products=100, categories=5)
    steps = Steps.of(Shop("small", *split_in_time(make_clicks(plan), BEGAN + 40 * DAY)))
    speed = next_speed(popularity, steps)
    assert speed.per_second > 0
    assert 0 < speed.median_ms <= speed.worst_ms


def test_made_events_are_shaped_as_a_build_publishes_them(tmp_path: Path):
    write_crowd(tmp_path, subjects=500, events=20_000)
    events = pq.read_table(tmp_path / "events.parquet")
    ties = pq.read_table(tmp_path / "event_customers.parquet")
    visitors = pq.read_table(tmp_path / "visitors.parquet")
    products = pq.read_table(tmp_path / "products.parquet")
    assert events.schema == EVENTS and ties.schema == TIES
    assert events.num_rows == 20_000
    assert pc.count_distinct(events["row"]).as_py() == 20_000
    assert len(visitors) == 500
    assert pc.all(pc.is_in(events["anonymous_id"], visitors["anonymous_id"])).as_py()
    assert pc.all(pc.is_in(events["product"].drop_null(), products["product_id"])).as_py()
    bought = pc.equal(events["type"], "purchase")
    assert pc.all(pc.equal(bought, pc.is_valid(events["value"]))).as_py()
    # Whoever is tied is the customer whose cookie it is.
    joined = ties.join(events.select(["source", "row", "anonymous_id"]), ["source", "row"])
    joined = joined.join(
        visitors.select(["anonymous_id", "customer_id"]).rename_columns(["anonymous_id", "owner"]),
        "anonymous_id",
    )
    assert len(joined) == len(ties) > 4_000
    assert pc.all(pc.equal(joined["customer_id"], joined["owner"])).as_py()
    span = pc.subtract(pc.max(events["time"]), pc.min(events["time"])).as_py()
    assert DAYS - 5 < span.days <= DAYS
    again = tmp_path / "again"
    write_crowd(again, subjects=500, events=20_000)
    assert pq.read_table(again / "events.parquet").equals(events)


def test_the_stage_alone_runs_over_made_events(tmp_path: Path):
    write_crowd(tmp_path, subjects=300, events=6_000)
    run = [sys.executable, "-m", "benchmarks.intent_speed", str(tmp_path)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    took = json.loads(done.stdout)
    assert 0 < sum(took["parts"].values()) <= took["seconds"]
    # Machines are set aside.
    assert 250 < took["counts"]["subjects"] <= 300
    assert took["counts"]["affinities"] > 0
