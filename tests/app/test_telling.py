"""The stage of the twins: what is told becomes facts, and who refused is left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest
import told_brand

from connu.app.brand import open as open_brand
from connu.kernel.errors import BuildError
from connu.ledger.builds import Builds
from connu.ledger.facts import FACTS
from connu.ledger.twins import SILENCES, TWIN_TABLES, TWINS
from connu.twins.telling import Told, TwinsReport


@dataclass
class Teller:
    """A stand-in for `connu.twins.telling`: it tells the sex of one visitor, and keeps a model."""

    calls: list[dict] = field(default_factory=list)
    facts: pa.Table = field(
        default_factory=lambda: pa.Table.from_pylist(
            [told_brand.fact("visitor", told_brand.WOMAN)], schema=FACTS
        )
    )

    def tell_twins(self, engine, settings, folder, *, store, previous, progress):
        refused = engine.collect("SELECT subject FROM twin_refused ORDER BY subject")
        self.calls.append({"previous": previous, "refused": refused["subject"].to_pylist()})
        store.mkdir(exist_ok=True)
        (store / "vectors.bin").write_bytes(b"\x00")
        engine.put("twin_facts", self.facts)
        values = told_brand.values(told_brand.WOMAN, 0.93, True)
        engine.put("twins", pa.Table.from_pylist(values, schema=TWINS))
        silences = [told_brand.silence(told_brand.SILENT, "sex", "not_sure")]
        engine.put("silences", pa.Table.from_pylist(silences, schema=SILENCES))
        truth = np.arange(40) % 2
        probability = np.full((40, 2), 0.1)
        probability[np.arange(40), truth] = 0.9
        told = Told(
            known=40,
            subjects=20,
            stated=1,
            classes=["female", "male"],
            truth=truth,
            probability=probability,
            code=np.where(np.arange(40) < 30, truth, -1),
            shift=None,
        )
        return TwinsReport({"sex": told}, {"place": "too_few_known"}, ["ask some visitors"])


@pytest.fixture
def teller(monkeypatch):
    made = Teller()
    monkeypatch.setattr("connu.twins.telling.tell_twins", made.tell_twins)
    return made


def test_what_is_told_becomes_facts_beside_the_others(brand, teller):
    made = brand.build().made
    assert made.twins == {
        "facts": 1,
        "attributes": {
            "sex": {"known": 40, "subjects": 20, "stated": 1, "right": 1.0, "shift": None}
        },
        "silent": {"place": "too_few_known"},
    }
    assert "ask some visitors" in made.remarks
    card = brand.scorecard()
    right = card.claim("twins.sex.right")
    (sex,) = (check for check in card.checks if check.name == "twins.sex")
    assert (right.value, right.people, len(sex.curve)) == (1.0, 30, 1)
    facts = brand.table("facts").to_pylist()
    assert [f["subject"] for f in facts if f["basis"] == "twins"] == [told_brand.WOMAN]
    assert len(facts) > 300
    assert brand.table("facts").schema.names == FACTS.names
    build = Builds(brand.folder).current()
    assert not build.has("twin_facts")
    assert (build.path / "twins/vectors.bin").is_file()
    assert brand.show(told_brand.WOMAN).visitor.told[0]["value"] == "female"
    assert brand.status().twins["attributes"]["sex"]["stated"] == 1


def test_the_visitor_told_most_surely_is_the_example_to_look_at(brand, teller):
    brand.build()
    assert (brand.example().visitor, brand.example().told) == (told_brand.WOMAN, True)
    brand.consent(told_brand.WOMAN, "service", granted=False)
    assert (brand.example().visitor, brand.example().told) == (None, False)


def test_where_nothing_is_stated_the_example_shows_why(brand, teller):
    teller.facts = FACTS.empty_table()
    brand.build()
    assert (brand.example().visitor, brand.example().told) == (told_brand.WOMAN, False)


def test_the_model_is_extended_but_not_when_learnt_anew(brand, teller):
    brand.build()
    first = Builds(brand.folder).current()
    brand.build(force=True)
    brand.build(retrain=True)
    assert [call["previous"] for call in teller.calls] == [None, first.path / "twins", None]


def test_somebody_forgotten_takes_the_model_with_him_and_the_next_build_makes_it(brand, teller):
    brand.build()
    customer_id = brand.show("crm:C001").customer.customer_id
    brand.forget(customer_id)
    forgotten = Builds(brand.folder).current()
    assert not (forgotten.path / "twins").exists()
    assert brand.show(told_brand.WOMAN).visitor.told
    assert brand.build().changed
    assert teller.calls[-1]["previous"] is None
    assert (Builds(brand.folder).current().path / "twins").is_dir()


def test_who_refused_in_the_journal_is_nobody_s_twin_from_the_next_build_on(brand, teller):
    brand.build()
    brand.consent("k0061", "personalisation", granted=False)
    assert brand.build().changed
    assert [call["refused"] for call in teller.calls] == [[], ["k0061"]]


def test_twins_that_are_not_enabled_leave_empty_tables_and_no_model(brand, teller):
    path = brand.folder / "connu.toml"
    path.write_text(path.read_text() + "\n[twins]\nenabled = false\n")
    quiet = open_brand(brand.folder)
    assert quiet.build().made.twins == {"facts": 0, "attributes": {}, "silent": {}}
    assert teller.calls == []
    build = Builds(quiet.folder).current()
    assert all(quiet.table(name).num_rows == 0 for name in TWIN_TABLES)
    assert not (build.path / "twins").exists()
    assert not [check for check in quiet.scorecard().checks if check.kind == "twins"]


def test_what_is_no_fact_is_not_published(brand, teller):
    odd = told_brand.fact("visitor", told_brand.WOMAN) | {"probability": 1.5}
    teller.facts = pa.Table.from_pylist([odd], schema=FACTS)
    with pytest.raises(BuildError, match="probability"):
        brand.build()
    assert Builds(brand.folder).list() == []
