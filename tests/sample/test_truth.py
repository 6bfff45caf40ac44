"""The truth covers the data: a person for every record, a cookie for every visitor, true spans."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

CUT_OFF = datetime.fromisoformat("2026-07-01T00:00:00+00:00")


def read(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def json_rows(path: Path) -> list[dict[str, str]]:
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return [row for row in rows if isinstance(row, dict)]


def ids_in_data(folder: Path) -> dict[str, list[str]]:
    data = folder / "data"
    # Broken lines lack their last cell or have cells too many.
    crm = [
        row["no_client"]
        for row in read(data / "crm.csv", ";", "latin-1")
        if row.get("date_maj") and None not in row
    ]
    support = [
        row["case_id"] for row in read(data / "support.csv") if row.get("message") is not None
    ]
    return {
        "crm": crm,
        "accounts": [row.get("login", "") for row in json_rows(data / "accounts.jsonl")],
        "loyalty": pq.read_table(data / "loyalty.parquet")["card_no"].to_pylist(),
        "support": support,
        "social": [row["id"] for row in json_rows(data / "social.jsonl")],
        "unsubscribes": [row["ref"] for row in read(data / "desabonnements.csv", "\t")],
    }


def test_every_record_has_one_person_and_every_person_is_told(sample: Path) -> None:
    truth = read(sample / "truth" / "identities.csv")
    assert list(truth[0]) == ["source", "record_id", "person"]
    pairs = [(row["source"], row["record_id"]) for row in truth]
    assert len(set(pairs)) == len(pairs)
    data = {(source, i) for source, ids in ids_in_data(sample).items() for i in ids if i}
    assert data == set(pairs)
    people = {row["person"]: row for row in read(sample / "truth" / "people.csv")}
    told = {row["person"] for row in truth if not row["person"].startswith("T")}
    assert told <= set(people)
    assert {p for p in told if people[p]["known"] == "yes"} == told
    assert sum(row["known"] == "yes" for row in people.values()) == len(told) == 2_000


def test_some_rows_lack_their_id_or_are_broken(sample: Path) -> None:
    crm = read(sample / "data" / "crm.csv", ";", "latin-1")
    assert any(row["no_client"] == "" for row in crm)
    assert any(None in row for row in crm)  # too many cells
    assert any(row["date_maj"] is None for row in crm)  # too few
    lines = (sample / "data" / "accounts.jsonl").read_text().splitlines()
    assert len(json_rows(sample / "data" / "accounts.jsonl")) < len(lines)
    support = read(sample / "data" / "support.csv")
    assert any(row["case_id"] == "" for row in support)


def test_loyalty_cards_are_unique_per_person_and_the_customer_file_is_not(sample: Path) -> None:
    truth = read(sample / "truth" / "identities.csv")
    often = {
        source: Counter(row["person"] for row in truth if row["source"] == source)
        for source in ("crm", "loyalty")
    }
    assert max(often["loyalty"].values()) == 1
    assert 0.03 < sum(n > 1 for n in often["crm"].values()) / len(often["crm"]) < 0.08


def test_every_cookie_of_the_log_is_told(sample: Path) -> None:
    log = pq.read_table(sample / "data" / "web", columns=["cookie", "login", "email"])
    visitors = {row["anonymous_id"]: row for row in read(sample / "truth" / "visitors.csv")}
    events = Counter(log["cookie"].to_pylist())
    assert set(events) == set(visitors)
    met = {
        c
        for c, login, mail in zip(*(log[n].to_pylist() for n in log.column_names), strict=True)
        if (login and login != "anonymous") or mail
    }
    opened = {row.get("cookie") for row in json_rows(sample / "data" / "accounts.jsonl")}
    assert {c for c, row in visitors.items() if row["tied"] == "yes"} == (met | opened) & set(
        events
    )
    people = {row["person"]: row for row in read(sample / "truth" / "people.csv")}
    for row in visitors.values():
        if row["kind"] in ("kiosk", "robot", "staff"):
            assert row["person"] == row["sex"] == ""
        else:
            person = people[row["person"]]
            told = ("sex", "age_band", "area", "known", "occupation_class", "place")
            assert all(row[name] == person[name] for name in told)
    # The customers' share of a cookie's events is theirs; duplicates in the log add a few.
    assert sum(int(row["events"]) for row in visitors.values()) <= sum(events.values())


def test_about_half_of_the_events_are_on_tied_cookies(sample: Path) -> None:
    visitors = read(sample / "truth" / "visitors.csv")
    total = sum(int(row["events"]) for row in visitors)
    tied = sum(int(row["events"]) for row in visitors if row["tied"] == "yes")
    assert 0.4 < tied / total < 0.65
    strangers = [
        int(row["events"]) for row in visitors if row["known"] == "no" and row["kind"] == "person"
    ]
    customers = [int(row["events"]) for row in visitors if row["tied"] == "yes"]
    assert sum(strangers) / len(strangers) < sum(customers) / len(customers)


def test_intents_lie_after_the_data_and_events_before(sample: Path) -> None:
    intents = read(sample / "truth" / "intents.csv")
    bought = [datetime.fromisoformat(row["bought_at"]) for row in intents]
    assert min(bought) >= CUT_OFF and bought == sorted(bought)
    brewing = [datetime.fromisoformat(row["interested_at"]) < CUT_OFF for row in intents]
    assert 0.005 < sum(brewing) / len(brewing) < 0.3
    times = pq.read_table(sample / "data" / "web", columns=["ts"])["ts"].drop_null().to_pylist()
    late = [t for t in times if t >= CUT_OFF]
    # Wrong clocks are years ahead; a visit begun before midnight ends soon after.
    assert all(t.year >= 2030 or (t - CUT_OFF).total_seconds() < 86_400 for t in late)
    assert any(t.year >= 2030 for t in late) and len(late) < len(times) / 500


def test_staying_sums_what_intents_tell(sample: Path) -> None:
    staying = {row["person"]: row for row in read(sample / "truth" / "staying.csv")}
    later = Counter(row["person"] for row in read(sample / "truth" / "intents.csv"))
    assert len(staying) == 2_000
    for person, row in staying.items():
        assert int(row["purchases_year"]) == later.get(person, 0)
        assert int(row["purchases_quarter"]) <= int(row["purchases_year"])
        if row["active"] == "no":
            assert later.get(person, 0) == 0
    assert 0.4 < sum(row["active"] == "yes" for row in staying.values()) / 2_000 < 0.8


def test_a_purchase_is_in_the_log_or_in_the_tills_never_in_both(sample: Path) -> None:
    log = pq.read_table(sample / "data" / "web", columns=["event_id", "event"])
    online = {
        i
        for i, kind in zip(*(c.to_pylist() for c in log.columns), strict=True)
        if kind == "purchase"
    }
    with sqlite3.connect(sample / "data" / "shop.db") as shop:
        orders = shop.execute("SELECT count(*), count(DISTINCT order_no) FROM orders").fetchone()
        channels = {c for (c,) in shop.execute("SELECT DISTINCT channel FROM orders")}
        nobody = shop.execute(
            "SELECT count(*) FROM orders WHERE card_no IS NULL AND email IS NULL "
            "AND login IS NULL AND phone IS NULL"
        ).fetchone()[0]
    shop.close()
    assert orders[0] == orders[1] > 0 and "web" not in channels
    assert 0.1 < nobody / orders[0] < 0.5  # who pays cash at the till stays unknown
    before = sum(int(row["purchases_before"]) for row in read(sample / "truth" / "staying.csv"))
    assert abs(len(online) + orders[0] - before) < 0.03 * before


def test_every_span_is_in_its_text(sample: Path) -> None:
    data = sample / "data"
    texts = {
        "surveys": {r["ref"]: r["commentaire"] for r in read(data / "enquetes.csv", ";")},
        "reviews": {r["id"]: r["text"] for r in json_rows(data / "avis.jsonl")},
        "posts": {r["id"]: r["text"] for r in json_rows(data / "posts.jsonl")},
        "support_texts": {
            r["case_id"]: r["message"]
            for r in read(data / "support.csv")
            if r.get("message") is not None
        },
    }
    statements = read(sample / "truth" / "statements.csv")
    assert len(statements) > 1_000
    for row in statements:
        text = texts[row["source"]][row["verbatim_id"]]
        assert text[int(row["start"]) : int(row["end"])] == row["quote"] != ""
    told = Counter((row["source"], row["verbatim_id"]) for row in statements)
    for row in read(sample / "truth" / "verbatims.csv"):
        assert int(row["statements"]) == told.get((row["source"], row["verbatim_id"]), 0)
        assert row["verbatim_id"] in texts[row["source"]]


def test_statements_keep_to_the_words_of_the_design(sample: Path) -> None:
    allowed = {
        "dimension": {"brand", "product", "interaction", "society", ""},
        "polarity": {"negative", "neutral", "positive", ""},
        "status": {"met", "unmet", "unknown", ""},
        "form": {"wish", "should", "lack", "comparison", "regret", "complaint", "praise", "none"},
        "addressee": {"brand", "peers", "other", ""},
    }
    statements = read(sample / "truth" / "statements.csv")
    for name, words in allowed.items():
        assert {row[name] for row in statements} == words, name
    labels = json_rows(sample / "truth" / "expectations.jsonl")
    assert list(labels[0]) == ["id", "themes", "polarity", "status"]
    for row in labels:
        assert set(row["themes"]) == set(row["polarity"]) == set(row["status"])
