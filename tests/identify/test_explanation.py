"""Why two records are, or are not, one person: as the linker saw it, and discreet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from linked import Linked, link_records
from made_people import JUNK_EMAIL, Made, make_people
from made_tables import Key

from connu.identify.compare import UNKNOWN, Field
from connu.identify.explanation import explain, level_words
from connu.identify.model import LinkModel
from connu.kernel.errors import NotFoundError


@pytest.fixture(scope="module")
def made() -> Made:
    return make_people(400, seed=7)


@pytest.fixture(scope="module")
def linked(made: Made, tmp_path_factory: pytest.TempPathFactory):
    run = link_records(tmp_path_factory.mktemp("explained"), made.records)
    yield run
    run.engine.close()


def _every(linked: Linked, step: int) -> list[dict]:
    return sorted(
        linked.rows("links") + linked.rows("undecided"), key=lambda r: (r["left"], r["right"])
    )[::step]


def test_bits_are_those_of_the_linker(linked: Linked):
    rows = _every(linked, 9)
    assert len(rows) > 60
    for row in rows:
        told = explain(linked.engine, linked.report.model, row["left"], row["right"])
        bits = {e.field: e.bits for e in told.evidence if e.bits is not None}
        bits |= {k: getattr(told, k) for k in ("prior", "household", "calibration")}
        assert bits == pytest.approx(row["bits"], abs=0.011), (row["left"], row["right"])
        assert told.probability == pytest.approx(row["match_probability"], abs=1e-4)
        assert told.bits == pytest.approx(sum(bits.values()), abs=0.05)


def test_it_does_not_matter_who_is_named_first(linked: Linked):
    for row in _every(linked, 40):
        model = linked.report.model
        one = explain(linked.engine, model, row["left"], row["right"])
        assert explain(linked.engine, model, row["right"], row["left"]) == one


def test_a_model_that_was_kept_explains_the_same(linked: Linked):
    row = _every(linked, 40)[0]
    back = LinkModel.from_json(linked.report.model.to_json())
    assert explain(linked.engine, back, row["left"], row["right"]) == explain(
        linked.engine, linked.report.model, row["left"], row["right"]
    )


def test_the_strongest_evidence_comes_first(linked: Linked):
    row = _every(linked, 40)[1]
    told = explain(linked.engine, linked.report.model, row["left"], row["right"])
    strength = [abs(e.bits) if e.bits is not None else -1.0 for e in told.evidence]
    assert strength == sorted(strength, reverse=True)
    assert {e.field for e in told.evidence} == {f.name for f in linked.report.model.weights.fields}
    assert all(e.words for e in told.evidence)


def test_two_strangers_are_explained_too(linked: Linked, made: Made):
    keys = sorted(made.person)
    one = keys[0]
    other = next(k for k in keys if made.home[made.person[k]] != made.home[made.person[one]])
    told = explain(linked.engine, linked.report.model, one, other)
    assert told.probability < 0.01 and told.prior < 0


def test_a_generic_value_is_named_and_says_nothing(linked: Linked, made: Made):
    holders = sorted(
        (r["source"], r["record_id"]) for r in made.records if r["n"].get("email") == JUNK_EMAIL
    )
    told = explain(linked.engine, linked.report.model, holders[0], holders[1])
    assert "email" in told.generic
    email = next(e for e in told.evidence if e.field == "email")
    assert email.bits is None and email.words == "unknown on one side"


@pytest.mark.parametrize("unknown", [("crm", "nobody"), ("nowhere", "1"), ("crm'; --", '"')])
def test_an_unknown_record_is_not_found(linked: Linked, made: Made, unknown: Key):
    known = min(made.person)
    for pair in ((known, unknown), (unknown, known), (unknown, unknown)):
        with pytest.raises(NotFoundError) as caught:
            explain(linked.engine, linked.report.model, *pair)
        assert "source:id" in str(caught.value.hint)
        assert not any(text in str(caught.value) for text in known)


def test_no_value_of_theirs_is_told(linked: Linked, made: Made):
    held = {(r["source"], r["record_id"]): r for r in made.records}
    for row in _every(linked, 25):
        told = explain(linked.engine, linked.report.model, row["left"], row["right"])
        text = json.dumps(told.as_dict(), ensure_ascii=False)
        for key in (row["left"], row["right"]):
            values = {v for name, v in held[key]["n"].items() if name != "sex"}
            values |= {value for _, value in held[key]["ids"]}
            tokens = {t for value in values for t in value.split() if len(t) > 2}
            assert not [t for t in tokens if f'"{t}' in text or f" {t}" in text]


def test_every_level_has_words(linked: Linked):
    kinds = {f.kind: f for f in linked.report.model.weights.fields}
    kinds |= {kind: Field.of(kind, kind) for kind in ("postcode", "word")}
    assert set(kinds) == {"name", "place", "date", "postcode", "email", "key", "word", "equal"}
    for field in kinds.values():
        words = [level_words(field, level) for level in range(UNKNOWN, field.levels)]
        assert all(words) and words[0] == "unknown on one side"
        if field.kind not in ("name", "place"):
            assert len(set(words)) == len(words)


def test_the_chain_of_three_phones(tmp_path: Path, made: Made):
    """A landline held second by one and alone by others: every pair of holders shares it."""
    landline, mobile = "+33142000000", "+33611110000"
    holders = [
        ("crm", "x1", [mobile, landline]), ("shop", "x2", [landline]), ("web", "x3", [landline]),
    ]  # fmt: skip
    records = [
        {"source": source, "record_id": record,
         "n": {"given": "zoe", "family": "quatrebarbes", "phone": phones[0]},
         "ids": [("phone", phone) for phone in phones]}
        for source, record, phones in holders
    ]  # fmt: skip
    run = link_records(tmp_path, [*made.records, *records])
    keys = [(source, record) for source, record, _ in holders]
    bits = {frozenset((r["left"], r["right"])): r["bits"] for r in run.rows("links")}
    for one, other in ((0, 1), (0, 2), (1, 2)):
        told = explain(run.engine, run.report.model, keys[one], keys[other])
        phone = next(e for e in told.evidence if e.field == "phone")
        assert phone.words == "the same" and phone.bits is not None and phone.bits > 0
        linked_bits = bits[frozenset((keys[one], keys[other]))]
        assert phone.bits == pytest.approx(linked_bits["phone"], abs=0.02)
    run.engine.close()
