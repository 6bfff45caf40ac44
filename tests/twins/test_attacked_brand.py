"""Whole brands in bad shape are built: silence with the reason, never a made-up statement."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
import twin_brand

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.ledger.builds import Builds

pytestmark = pytest.mark.slow

TABLES = ("facts", "twins", "silences")


def lines(folder: Path, source: str) -> list[str]:
    return (folder / f"data/{source}.csv").read_text(encoding="utf-8").splitlines()


def rewrite(folder: Path, source: str, rows: list[str]) -> None:
    (folder / f"data/{source}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def drop_source(folder: Path, source: str) -> None:
    path = folder / "connu.toml"
    text = re.sub(
        rf"\[sources\.{source}\].*?(?=\n\[sources\.(?!{source})|\Z)",
        "",
        path.read_text(),
        flags=re.S,
    )
    path.write_text(text, encoding="utf-8")


def settle(folder: Path, text: str) -> None:
    path = folder / "connu.toml"
    path.write_text(path.read_text() + "\n" + text + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path) -> Path:
    return twin_brand.make_brand(tmp_path / "brand")


def built(folder: Path) -> Brand:
    brand = open_brand(folder)
    brand.build()
    return brand


def rows(brand: Brand, table: str) -> list[tuple]:
    return sorted(
        tuple(str(value) for value in row.values()) for row in brand.table(table).to_pylist()
    )


def check(brand: Brand) -> Counter:
    """Every visitor is told an attribute once or silent once; returns sex's reasons."""
    twins, silences = (brand.table(name).to_pylist() for name in ("twins", "silences"))
    facts = [f for f in brand.table("facts").to_pylist() if f["basis"] == "twins"]

    def key(row):
        return (row["subject_kind"], row["subject"], row["attribute"])

    said = Counter(key(row) for row in twins if row["stated"])
    assert said == Counter(key(fact) for fact in facts)
    every = said + Counter(key(row) for row in silences)
    assert set(every.values()) <= {1}
    lone = [v["anonymous_id"] for v in brand.table("visitors").to_pylist() if not v["customer_id"]]
    names = {attribute for _, _, attribute in every}
    for cookie in lone:
        assert {a for kind, s, a in every if (kind, s) == ("visitor", cookie)} == names
    return Counter(row["reason"] for row in silences if row["attribute"] == "sex")


def stated(brand: Brand) -> int:
    return sum(f["basis"] == "twins" for f in brand.table("facts").to_pylist())


def test_two_builds_in_two_places_say_the_same_whatever_the_order_of_rows(tmp_path, folder):
    other = twin_brand.make_brand(tmp_path / "elsewhere")
    for source in ("crm", "web", "products"):
        head, *rest = lines(other, source)
        random.Random(8).shuffle(rest)
        rewrite(other, source, [head, *rest])
    one, two = built(folder), built(other)
    assert stated(one) > 0
    for table in ("twins", "silences"):
        assert rows(one, table) == rows(two, table)
    told = [
        sorted(
            (f["subject"], f["value"], f["probability"], f["evidence"])
            for f in brand.table("facts").to_pylist()
            if f["basis"] == "twins"
        )
        for brand in (one, two)
    ]
    assert told[0] == told[1]


def test_the_same_files_make_the_same_tables(tmp_path, folder):
    one, two = built(folder), built(twin_brand.make_brand(tmp_path / "elsewhere"))
    for table in TABLES:
        assert one.table(table).equals(two.table(table)), table


def test_nobody_known(folder):
    rewrite(
        folder, "crm", [re.sub(r",(female|male),", ",,", line) for line in lines(folder, "crm")]
    )
    brand = built(folder)
    assert set(check(brand)) == {"too_few_known"} and stated(brand) == 0


def test_one_sex_alone(folder):
    rewrite(folder, "crm", [re.sub(r",male,", ",female,", line) for line in lines(folder, "crm")])
    brand = built(folder)
    assert set(check(brand)) == {"one_value"} and stated(brand) == 0


def test_no_customers(folder):
    rewrite(folder, "crm", lines(folder, "crm")[:1])
    brand = built(folder)
    assert check(brand) == {"too_few_known": twin_brand.KNOWN + twin_brand.VISITORS}


def test_no_people_source(folder):
    drop_source(folder, "crm")
    brand = built(folder)
    assert check(brand) == {"too_few_known": twin_brand.KNOWN + twin_brand.VISITORS}


def test_no_visitors(folder):
    rest = [line for line in lines(folder, "web") if not re.search(r",k02[4-9]", line)]
    rewrite(folder, "web", rest)
    brand = built(folder)
    check(brand)
    assert stated(brand) == 0
    assert brand.build(force=True).changed


def test_no_events_source_and_empty_ones(folder):
    rewrite(folder, "web", lines(folder, "web")[:1])
    brand = built(folder)
    assert stated(brand) == 0 and not brand.table("silences").num_rows
    drop_source(folder, "web")
    brand = built(folder)
    assert stated(brand) == 0 and not brand.table("silences").num_rows


def test_no_catalogue(folder):
    drop_source(folder, "shop")
    brand = built(folder)
    check(brand)
    assert stated(brand) > 0


def test_everybody_refused(folder):
    rewrite(folder, "crm", [line.replace(",oui", ",non") for line in lines(folder, "crm")])
    brand = built(folder)
    assert set(check(brand)) == {"too_few_known"} and stated(brand) == 0


def test_a_visitor_who_refuses_is_told_no_more_and_has_taught_nothing(folder):
    brand = built(folder)
    cookie = next(f["subject"] for f in brand.table("facts").to_pylist() if f["basis"] == "twins")
    brand.consent(cookie, "personalisation", granted=False)
    brand.build()
    for table in TABLES:
        assert cookie not in {row["subject"] for row in brand.table(table).to_pylist()}
    after = rows(brand, "twins")
    brand.build(retrain=True)
    assert rows(brand, "twins") == after


def test_a_machine_and_a_passer_by(folder):
    rest = lines(folder, "web")
    rest += [f"b{k},2026-05-0{k % 9 + 1}T10:00:00Z,view,machine,F{k % 20}" for k in range(200_000)]
    rest += ["q1,2026-05-01T10:00:00Z,view,stranger,Q1", "q2,2026-05-01T10:00:00Z,view,once,F1"]
    rewrite(folder, "web", rest)
    brand = built(folder)
    check(brand)
    reasons = {
        row["subject"]: row["reason"]
        for row in brand.table("silences").to_pylist()
        if row["attribute"] == "sex"
    }
    assert (reasons["machine"], reasons["stranger"]) == ("bot", "unknown_behaviour")
    assert stated(brand) > 0


def test_a_health_brand_tells_nothing_from_what_it_sells(folder):
    path = folder / "connu.toml"
    path.write_text(path.read_text().replace('name = "Damier"', 'name = "D"\nsector = "health"'))
    brand = built(folder)
    check(brand)
    assert stated(brand) == 0


def test_known_people_since_extend_the_index_and_a_new_precision_is_kept(folder):
    brand = built(folder)
    store = Builds(brand.folder).current().path / "twins/sex"
    first = (store / "learnt.npy").read_bytes()
    size = (store / "index.twins").stat().st_size
    crm = lines(folder, "crm")
    crm += [f"P{n},p{n}@example.org,{twin_brand.SEXES[n % 2]},k0{n},oui" for n in range(240, 250)]
    rewrite(folder, "crm", crm)
    settle(folder, "[attributes.sex]\nprecision = 0.8")
    brand = built(folder)
    store = Builds(brand.folder).current().path / "twins/sex"
    assert (store / "learnt.npy").read_bytes() == first
    assert (store / "index.twins").stat().st_size > size
    assert '"precision": 0.8' in (store / "model.json").read_text()
    check(brand)


def test_a_broken_store_is_learnt_anew(folder):
    brand = built(folder)
    before = rows(brand, "twins")
    store = Builds(brand.folder).current().path / "twins"
    for path in (store / "sex").glob("*.npy"):
        path.write_bytes(b"")
    brand.build(force=True)
    assert rows(brand, "twins") == before
