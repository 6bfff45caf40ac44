"""Twins from files to facts, on a brand where the right answer is known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import twin_brand

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.ledger.builds import Builds

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Brand:
    brand = open_brand(twin_brand.make_brand(tmp_path_factory.mktemp("damier") / "brand"))
    brand.build()
    return brand


def write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def by_twins(brand: Brand) -> list[dict]:
    return [fact for fact in brand.table("facts").to_pylist() if fact["basis"] == "twins"]


def test_visitors_are_told_and_rightly(told):
    facts = by_twins(told)
    assert len(facts) >= twin_brand.VISITORS // 2
    assert all(fact["subject_kind"] == "visitor" for fact in facts)
    right = [fact["value"] == twin_brand.sex(fact["subject"]) for fact in facts]
    assert sum(right) / len(right) >= 0.9


def test_every_visitor_has_probabilities_that_add_up_and_a_statement_or_a_reason(told):
    rows = told.twins("sex").to_pylist()
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["subject"]] = sums.get(row["subject"], 0.0) + row["probability"]
    assert len(sums) == twin_brand.VISITORS
    assert all(total == pytest.approx(1.0, abs=1e-6) for total in sums.values())
    stated = {row["subject"] for row in rows if row["stated"]}
    silences = told.table("silences").to_pylist()
    silent = {row["subject"] for row in silences if row["attribute"] == "sex"}
    assert stated | silent == set(sums)
    assert not stated & silent
    assert stated == {fact["subject"] for fact in by_twins(told)}


def test_the_evidence_names_behaviours_and_nobody(told):
    for fact in by_twins(told):
        evidence = json.loads(fact["evidence"])
        assert 0 <= evidence["alike"] <= evidence["twins"]
        assert str(evidence["alike"]) in evidence["because"]
        assert not re.search(r"P\d{3}|k\d{4}|@|\bc[0-9a-f]{16}", fact["evidence"])
    page = told.show(by_twins(told)[0]["subject"]).visitor
    assert page.told and page.told[0]["behaviours"]


def test_the_scorecard_has_figures_measured_on_known_customers(told):
    card = told.scorecard()
    sex = next(check for check in card.checks if check.name == "twins.sex")
    figures = {claim.name.removeprefix("twins.sex."): claim for claim in sex.claims}
    assert sex.checked and sex.told == twin_brand.VISITORS and sex.people >= 100
    assert card.claim("visitors_told_share").value >= 0.5
    assert figures["right"].low <= figures["right"].value <= figures["right"].high
    assert figures["right"].value >= 0.9
    assert figures["auc"].value >= 0.95
    assert figures["ece"].value is not None


def test_the_model_s_files_name_nobody(told):
    folder = Builds(told.folder).current().path / "twins"
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert content
    ids = told.table("customers")["customer_id"].to_pylist()
    assert not [one for one in ids if one.encode() in content]
    assert b"@example.org" not in content and b"k0001" not in content


def test_it_is_judged_by_connu_s_folds_and_by_those_of_a_file(told, tmp_path):
    score = told.evaluate_twins("sex").score
    assert score.people == twin_brand.KNOWN
    assert score.auc.value >= 0.95
    rows = [f"{twin_brand.cookie(n)},{n // 2 % 3}" for n in range(120)]
    path = write(tmp_path / "folds.csv", "anonymous_id,fold", rows)
    found = told.evaluate_twins("sex", folds=path)
    assert (found.score.people, found.folds) == (120, "3 folds of the file")
    assert found.score.auc.value >= 0.95


def test_the_later_are_judged_by_the_earlier(told, tmp_path):
    rows = [f"{twin_brand.cookie(n)},{'later' if n % 3 == 0 else 'earlier'}" for n in range(240)]
    path = write(tmp_path / "split.csv", "anonymous_id,time_split", rows)
    later = told.evaluate_twins("sex", folds=path, column="time_split").score
    assert later.people == 80
    assert later.auc.value >= 0.95


def test_a_rebuild_tells_the_same_and_who_left_or_refused_is_gone(tmp_path):
    brand = open_brand(twin_brand.make_brand(tmp_path / "brand"))
    brand.build()
    first = by_twins(brand)
    before = brand.twins("sex")
    brand.build(force=True)
    assert brand.twins("sex").equals(before)
    assert by_twins(brand) == first
    refused = first[0]["subject"]
    brand.consent(refused, "personalisation", granted=False)
    gone = brand.show("crm:P000").customer.customer_id
    brand.forget(gone)
    assert not (Builds(brand.folder).current().path / "twins").exists()
    assert brand.build().made.twins["attributes"]["sex"]["known"] == twin_brand.KNOWN - 1
    subjects = set(brand.twins("sex")["subject"].to_pylist())
    assert refused not in subjects and len(subjects) == twin_brand.VISITORS - 1
