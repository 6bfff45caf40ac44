"""The stage of understanding, on a made brand that is small enough to read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from made_brand import PEOPLE
from speaking_brand import TEXTS, make_speaking, write_texts

from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.ledger.expectations import EXPECTATION_EXPORT

pytestmark = pytest.mark.slow

BY_ID = {key: text for key, text, _ in TEXTS}


@pytest.fixture(scope="module")
def _spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_speaking(tmp_path_factory.mktemp("speaking") / "brand")
    open_brand(folder).build()
    return folder


@pytest.fixture
def spoken(tmp_path: Path, _spoken: Path) -> Brand:
    """A built brand that speaks, the test's own."""
    return open_brand(shutil.copytree(_spoken, tmp_path / "brand"))


def told(brand: Brand, key: str) -> list[dict]:
    """What is told of one verbatim, all columns."""
    with brand.reading() as reading:
        rows = reading.rows(reading.sql("expectations") + " ORDER BY start, theme")
    return [row for row in rows if row["verbatim_id"] == key]


def by_theme(brand: Brand, key: str) -> dict[str, dict]:
    return {row["theme"]: row for row in told(brand, key)}


def test_a_late_parcel_is_an_unmet_expectation_of_delivery(spoken: Brand):
    (row,) = told(spoken, "late")
    assert (row["dimension"], row["theme"]) == ("interaction", "delivery")
    assert (row["polarity"], row["status"], row["form"]) == ("negative", "unmet", "complaint")
    assert (row["addressee"], row["basis"]) == ("brand", "implied")
    assert row["quote"] == "Mon colis est arrivé avec une semaine de retard"
    assert row["subject_kind"] == "customer"


def test_two_aspects_are_two_statements(spoken: Brand):
    rows = by_theme(spoken, "easy")
    assert rows["ease"]["quote"] == "Easy to use"
    assert rows["price"]["quote"] == "good prices"
    assert {row["status"] for row in rows.values()} == {"met"}


def test_a_wish_is_explicit_and_unknown(spoken: Brand):
    rows = told(spoken, "dark")
    wished = [row for row in rows if row["form"] in ("should", "wish")]
    assert [row["status"] for row in wished] == ["unknown"]
    assert wished[0]["basis"] == "explicit"
    assert "mode sombre" in wished[0]["quote"]


def test_tips_and_demands_on_others_are_not_addressed_to_the_brand(spoken: Brand):
    assert {row["addressee"] for row in told(spoken, "tip")} <= {"peers"}
    assert {row["addressee"] for row in told(spoken, "maker")} <= {"other"}
    assert told(spoken, "tip") or told(spoken, "maker")


def test_every_quote_is_its_text_letter_for_letter_or_masked(spoken: Brand):
    for name in ("expectations", "statements"):
        rows = spoken.table(name).to_pylist()
        assert rows
        for row in rows:
            words = BY_ID[row["verbatim_id"]][row["start"] : row["end"]]
            assert len(words) == len(row["quote"]) > 0
            differs = [(a, b) for a, b in zip(words, row["quote"], strict=True) if a != b]
            assert {b for _, b in differs} <= {"•"}


def test_an_expectation_names_its_statement(spoken: Brand):
    said = {
        (row["verbatim_id"], row["statement"]): (row["start"], row["end"])
        for row in spoken.table("statements").to_pylist()
    }
    with spoken.reading() as reading:
        rows = reading.rows(reading.sql("expectations"))
    assert len(rows) > 5
    for row in rows:
        assert said[row["verbatim_id"], row["statement"]] == (row["start"], row["end"])


def test_personal_data_is_masked_in_every_table(spoken: Brand):
    rows = spoken.table("statements").to_pylist() + spoken.table("expectations").to_pylist()
    quotes = " ".join(row["quote"] for row in rows)
    assert "06 12 34 56 78" not in quotes
    assert "Durand" not in quotes
    facts = spoken.table("facts").to_pylist()
    coded = [fact for fact in facts if fact["basis"] == "coded"]
    assert coded
    assert all("Durand" not in fact["evidence"] for fact in coded)


def test_what_is_not_words_is_set_aside_and_counted(spoken: Brand):
    understood = spoken.status().as_dict()
    assert not told(spoken, "emoji")
    assert not told(spoken, "again")  # the same customer said it before
    assert json.dumps(understood)


def test_an_injection_changes_nothing_but_its_own_code(tmp_path: Path, spoken: Brand):
    calm = tuple(text for text in TEXTS if text[0] != "inject")
    folder = make_speaking(tmp_path / "calm", texts=calm)
    quiet = open_brand(folder)
    quiet.build()
    for key in ("late", "easy", "dark"):
        mine = {(r["theme"], r["status"], r["quote"]) for r in told(spoken, key)}
        theirs = {(r["theme"], r["status"], r["quote"]) for r in told(quiet, key)}
        assert mine == theirs
    assert all(row["status"] != "met" for row in told(spoken, "inject"))


def test_facts_say_what_a_customer_expects_in_his_words(spoken: Brand):
    facts = [f for f in spoken.table("facts").to_pylist() if f["attribute"] == "expectation"]
    late = next(f for f in facts if f["value"] == "delivery" and "retard" in f["evidence"])
    evidence = json.loads(late["evidence"])
    assert late["basis"] == "coded"
    assert evidence["status"] == "unmet"
    assert evidence["quote"] == "Mon colis est arrivé avec une semaine de retard"
    assert BY_ID[evidence["verbatim"]][evidence["start"] : evidence["end"]] == evidence["quote"]


def test_a_health_brands_facts_hold_no_words(tmp_path: Path):
    folder = make_speaking(tmp_path / "brand")
    settings = folder / "connu.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('country = "FR"', 'country = "FR"\nsector = "health"'),
        "utf-8",
    )
    brand = open_brand(folder)
    brand.build()
    coded = [f for f in brand.table("facts").to_pylist() if f["basis"] == "coded"]
    assert coded
    assert all("quote" not in json.loads(fact["evidence"]) for fact in coded)


def test_who_refused_is_not_listened_to(tmp_path: Path):
    brand = open_brand(make_speaking(tmp_path / "brand"))
    brand.build()
    assert told(brand, "late")
    brand.consent(f"crm:C{PEOPLE[4].number:03}", "analytics", granted=False)
    brand.build()
    assert not told(brand, "late")
    assert told(brand, "easy")


def test_marketing_reads_only_those_who_granted_it(spoken: Brand):
    everybody = spoken.table("expectations").num_rows
    allowed = spoken.table("expectations", purpose="marketing").to_pylist()
    assert 0 < len(allowed) < everybody
    assert all(row["subject_kind"] == "customer" for row in allowed)


def test_forgetting_takes_his_words_along(spoken: Brand):
    (row,) = told(spoken, "late")
    spoken.forget(row["subject"])
    for name in ("expectations", "statements", "to_code"):
        assert row["subject"] not in spoken.table(name)["subject"].to_pylist()
    assert "late" not in spoken.table("verbatims")["verbatim_id"].to_pylist()


def test_a_code_by_hand_replaces_the_machines_and_outlives_a_rebuild(spoken: Brand):
    from connu.app.coding import import_labels

    labels = spoken.folder / "labels.jsonl"
    said = {"id": "irony", "themes": ["delivery"], "status": {"delivery": "unmet"}}
    labels.write_text(json.dumps(said) + "\n", "utf-8")
    import_labels(spoken, labels, coder="Anne")
    assert spoken.build().changed
    (row,) = told(spoken, "irony")
    assert (row["theme"], row["status"], row["by"]) == ("delivery", "unmet", "hand")
    assert row["polarity"] == "negative"
    assert row["quote"] in BY_ID["irony"]


def test_a_deleted_verbatim_is_gone_from_the_next_build(spoken: Brand):
    write_texts(spoken.folder, tuple(text for text in TEXTS if text[0] != "late"))
    assert spoken.build().changed
    assert not told(spoken, "late")


def test_the_export_has_its_fixed_columns(spoken: Brand, tmp_path: Path):
    path = tmp_path / "expectations.csv"
    spoken.export("expectations", path)
    assert path.read_text("utf-8").splitlines()[0].split(",") == list(EXPECTATION_EXPORT)


def test_a_build_repeats_itself(spoken: Brand):
    before = spoken.table("expectations")
    spoken.build(force=True)
    assert spoken.table("expectations").equals(before)


def test_a_brand_that_is_not_listened_to_has_empty_tables(tmp_path: Path):
    folder = make_speaking(tmp_path / "brand")
    with (folder / "connu.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[understand]\nenabled = false\n")
    brand = open_brand(folder)
    brand.build()
    assert brand.table("expectations").num_rows == 0
    assert brand.table("statements").num_rows == 0


def test_to_code_asks_for_what_nobody_coded(spoken: Brand):
    rows = spoken.table("to_code").to_pylist()
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    asked = {row["verbatim_id"] for row in rows}
    assert "emoji" not in asked
    assert asked <= set(BY_ID)


def test_what_an_endpoint_is_given_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import numpy as np

    from connu.app import encoders
    from connu.app.coding import import_labels

    given: list[str] = []

    class Service:
        name = "endpoint"

        def encode(self, texts):
            given.extend(texts)
            return np.zeros((len(texts), 3), np.float32)

    folder = make_speaking(tmp_path / "brand")
    with (folder / "connu.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[understand]\nencoder = "endpoint"\nendpoint_url = "http://127.0.0.1:9/v1"\n'
            'embedding_model = "made"\n'
        )
    monkeypatch.setattr(encoders, "open_encoder", lambda *_, **__: Service())
    family, given_name = PEOPLE[4].family, PEOPLE[4].given
    signed = ("late", f"Mon colis est en retard. Signé {given_name} {family}", 4)
    write_texts(folder, (*(text for text in TEXTS if text[0] != "late"), signed))
    labels = folder / "labels.jsonl"
    labels.write_text('{"id": "easy", "themes": ["ease", "price"]}\n', "utf-8")
    brand = open_brand(folder)
    import_labels(brand, labels, coder="Anne")
    brand.build()
    assert any("colis est en retard" in text for text in given)
    assert not any(family in text or "06 12" in text for text in given)
