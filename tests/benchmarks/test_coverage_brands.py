"""What is taken out of a made brand is gone, and only that; what is held back comes back."""

from __future__ import annotations

import csv
import json
import sqlite3

import pyarrow.parquet as pq
import pytest

from benchmarks.coverage_hidden import hide_answers, without_strangers
from benchmarks.coverage_later import CUT, bring_back, hold_back
from connu.app.truth import read_truth
from connu.kernel.progress import Silent
from connu.sample import make_brand


@pytest.fixture
def brand(tmp_path):
    make_brand(tmp_path, people=200, seed=3, progress=Silent())
    return tmp_path


def clients(brand) -> list[dict[str, str]]:
    with (brand / "data" / "crm.csv").open(encoding="latin-1", newline="") as text:
        return list(csv.DictReader(text, delimiter=";"))


def clicks(brand) -> int:
    return sum(len(pq.read_table(file)) for file in (brand / "data" / "web").glob("*.parquet"))


def orders(brand) -> int:
    with sqlite3.connect(brand / "data" / "shop.db") as tills:
        return tills.execute("SELECT count(*) FROM orders").fetchone()[0]


def test_hidden_answers_are_gone_and_others_stay(brand):
    before = clients(brand)
    hidden = hide_answers(brand, seed=1)
    truth = read_truth(brand / "truth" / "identities.csv").to_pylist()
    whose = {row["record_id"]: row["person"] for row in truth if row["source"] == "crm"}
    gone = 0
    for old, new in zip(before, clients(brand), strict=True):
        out = whose.get(old["no_client"]) in hidden["sex"]
        assert new["civilite"] in ("" if out else old["civilite"], None)
        assert new["nom"] == old["nom"]
        gone += bool(out and old["civilite"])
    assert gone > 10
    assert json.loads((brand / "truth" / "hidden.json").read_text())["sex"] == sorted(hidden["sex"])


def test_strangers_leave_and_the_tied_stay(brand):
    truth = read_truth(brand / "truth" / "visitors.csv").to_pylist()
    tied = {row["anonymous_id"] for row in truth if row["tied"] == "yes"}
    without_strangers(brand)
    left = {
        cookie
        for file in (brand / "data" / "web").glob("*.parquet")
        for cookie in pq.read_table(file)["cookie"].to_pylist()
    }
    assert left == tied


def test_the_last_weeks_are_held_back_and_come_back(brand):
    whole = clicks(brand), orders(brand)
    hold_back(brand)
    assert 0 < clicks(brand) < whole[0] and 0 < orders(brand) < whole[1]
    for file in (brand / "data" / "web").glob("*.parquet"):
        assert max(pq.read_table(file)["ts"].to_pylist()) < CUT
    bring_back(brand)
    assert (clicks(brand), orders(brand)) == whole
