"""connu evaluate intents: what it prints, draws and hands over, and how it refuses."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import buying_brand
import made_brand
import pytest

from connu.app.brand import open as open_brand


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built brand of people who look and buy."""
    folder = tmp_path_factory.mktemp("evaluated") / "brand"
    buying_brand.make_brand(folder)
    path = folder / "connu.toml"
    kept = path.read_text(encoding="utf-8").partition("\n[intents]")[0]
    path.write_text(f"{kept}\n[intents]\nenabled = false\nhorizons_days = [7, 30]\n", "utf-8")
    open_brand(folder).build()
    return folder


@pytest.fixture
def shop(_once, monkeypatch) -> Path:
    """It, as current folder; for reading only."""
    monkeypatch.chdir(_once)
    return _once


def test_every_part_is_printed_and_drawn(run, shop, tmp_path):
    chart = tmp_path / "intents.svg"
    ran = run("evaluate", "intents", "--chart", chart)
    assert ran.code == 0, ran.err
    for word in (
        "learnt up to 2026-05-02 00:00:00", "HR@20", "MRR@20", "all prefixes", "AUC", "base rate",
        "last viewed", "PR AUC", "lift of 10 %", "ECE", "coverage at 95 %", "Photo/Objectifs",
        "drawn to", "Not judged: who stays", "Set aside", "95 % interval", "curves are drawn",
    ):  # fmt: skip
        assert word in ran.out, word
    root = ElementTree.fromstring(chart.read_text(encoding="utf-8"))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Told, and how often it was bought" in texts and "within 30 days" in texts
    assert "30 d each" in texts
    assert all("http" not in str(value) for node in root.iter() for value in node.attrib.values())


def test_json_has_the_figures(run, shop):
    shape = run("evaluate", "intents", "--only", "buy, affinity", "--json").json
    assert {
        "cut",
        "now",
        "next",
        "buying",
        "affinities",
        "staying",
        "truth",
        "skipped",
        "aside",
    } <= (set(shape))
    assert shape["next"] is None and shape["cut"] == "2026-05-02T00:00:00Z"
    heads = [(one["horizon_days"], one["level"], one["subjects"]) for one in shape["buying"]]
    assert (7, "category", "all") in heads and (30, "category", "all") in heads
    score = shape["buying"][0]["score"]
    assert {"auc", "pr_auc", "lift10", "ece", "brier", "log_loss", "base", "last_viewed"} <= set(
        score
    )
    assert 0 < score["auc"]["low"] <= score["auc"]["value"] <= score["auc"]["high"] <= 1


@pytest.mark.slow
def test_what_comes_next_by_itself(run, shop, tmp_path):
    chart = tmp_path / "next.html"
    words = ("--only", "next", "--from", "2026-04-01T12:00", "--chart", chart, "--json")
    shape = run("evaluate", "intents", *words).json
    assert shape["cut"] == "2026-04-01T12:00:00Z" and shape["buying"] == []
    products = shape["next"]["products"]
    assert products["steps"] > 100 and [one["length"] for one in products["lists"]] == [1, 5, 20]
    # Everybody has a shelf of his own: the next category is mostly the one he is on.
    shelf = shape["next"]["categories"]["lists"][0]
    assert shelf["hit_rate"]["value"] > 0.5
    assert "Mean reciprocal rank" in chart.read_text(encoding="utf-8")


def test_refusals_are_stable(run, shop, tmp_path):
    ran = run("evaluate", "intents", "--only", "bye")
    assert ran.code == 2 and "did you mean «buy»" in ran.err
    ran = run("evaluate", "intents", "--only", "buy", "--from", "2031-01-01")
    assert ran.code == 2 and "2026-06-01" in ran.err
    assert run("evaluate", "intents", "--from", "yesterday").code == 2
    ran = run("evaluate", "intents", "--only", "stay")
    assert ran.code == 2 and "--from" in ran.err
    assert run("evaluate", "intents", "--chart", tmp_path / "x.png").code == 2
    ran = run("evaluate", "intents", "--only", "affinity", "--chart", tmp_path / "x.svg")
    assert ran.code == 2 and "no curve" in ran.err
    ran = run("evaluate", "intents", "--only", "affinity", "--truth", tmp_path / "none.csv")
    assert ran.code == 3
    empty = tmp_path / "empty"
    shutil.copytree(shop, empty, ignore=shutil.ignore_patterns(".connu"))
    assert run("evaluate", "intents", "--brand", empty).code == 5


def test_the_scorecard_says_how_far_intents_may_be_believed(run, tmp_path):
    folder = tmp_path / "brand"
    made_brand.make_brand(folder)
    told(folder)
    ran = run("scorecard", "--brand", folder)
    assert ran.code == 0, ran.err
    for word in (
        "buys anything within 7 days", "the product looked at next", "(few)", "silent",
        "customers of whom an intent is told",
    ):  # fmt: skip
        assert word in ran.out, word
    shape = run("scorecard", "--brand", folder, "--json").json
    intents = [check["name"] for check in shape["checks"] if check["kind"] == "intents"]
    assert intents == ["intents.buy.any.7", "intents.next.product"]


def told(folder: Path) -> None:
    """Build a brand, and let its build have told intents, as far as tables go."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from connu.ledger.builds import Builds
    from connu.ledger.intents import INTENT_RELIABILITY, INTENTS
    from connu.ledger.scorecards import KEPT_CARD

    brand = open_brand(folder)
    brand.build()
    someone = brand.table("customers")["customer_id"][0].as_py()
    buy = {"kind": "buy", "level": "any", "horizon_days": 7}
    who = {"subject_kind": "customer", "subject": someone, "target": "", "rank": 1}
    tables = {
        "intents": pa.Table.from_pylist([buy | who | {"probability": 0.2}], schema=INTENTS),
        "intent_reliability": pa.Table.from_pylist(
            [
                buy | {"measure": "auc", "figure": 0.8, "base": 0.6, "people": 90, "stated": True},
                buy
                | {"measure": "reliability", "told": 0.12, "figure": 0.1, "low": 0.05,
                   "high": 0.2, "people": 90, "stated": True},
                {"kind": "next", "level": "product", "measure": "hit_rate", "figure": 0.1,
                 "stated": False},
            ],
            schema=INTENT_RELIABILITY,
        ),
    }  # fmt: skip
    build = Builds(folder).current()
    for name, table in tables.items():
        build.file(name).chmod(0o600)
        pq.write_table(table, build.file(name))
    # What the build kept was counted before.
    (build.path / KEPT_CARD).unlink()
