"""Why two are, or are not, one person: evidence that adds up, the chain, and who overruled it."""

from __future__ import annotations

import json

import made_brand
import pytest

from connu.kernel.errors import BuildError, NotFoundError, UsageError
from connu.ledger.builds import Builds


def test_two_records_of_one_customer(built):
    reason = built.explain("crm:C000", "shop:user0")
    assert reason.same and len(reason.customers) == 1
    assert reason.explanation.probability > 0.9
    assert [link["kind"] for link in reason.chain] == ["identifier"]
    assert reason.remarks == []


def test_two_strangers(built):
    reason = built.explain("crm:C001", "crm:C002")
    assert not reason.same and len(reason.customers) == 2
    assert reason.explanation.probability < 0.1
    assert reason.chain == []


def test_the_evidence_adds_up(built):
    explained = built.explain("crm:C000", "shop:user0").explanation
    parts = explained.prior + explained.household + explained.calibration
    parts += sum(one.bits for one in explained.evidence if one.bits is not None)
    assert parts == pytest.approx(explained.bits, abs=0.2)


def test_a_hand_is_told(built):
    built.split("crm:C000", "shop:user0")
    built.build()
    reason = built.explain("crm:C000", "shop:user0")
    assert not reason.same
    assert "Split by hand" in reason.remarks[0]
    built.join("crm:C001", "crm:C002")
    built.build()
    reason = built.explain("crm:C001", "crm:C002")
    assert reason.same
    assert "Joined by hand" in reason.remarks[0]
    assert [link["kind"] for link in reason.chain] == ["hand"]


def test_customers_and_identifiers_stand_for_their_closest_records(built):
    one = made_brand.PEOPLE[0]
    reason = built.explain(one.email, "user0")
    assert {reason.left, reason.right} == {"crm:C000", "shop:user0"}


def test_json_is_plain(built):
    shape = built.explain("crm:C000", "shop:user0").as_dict()
    assert set(shape) == {
        "left", "right", "same", "customers", "verdict", "explanation", "remarks", "chain",
    }  # fmt: skip


def test_one_record_cannot_be_explained(built):
    with pytest.raises(UsageError):
        built.explain("crm:C001", "crm:C001")
    with pytest.raises(NotFoundError):
        built.explain("crm:C001", "crm:C999")


def test_a_model_that_is_gone_is_told(built):
    (Builds(built.folder).current().path / "model.json").unlink()
    with pytest.raises(BuildError, match="link model"):
        built.explain("crm:C000", "shop:user0")


def test_what_is_explained_is_what_was_linked(built):
    """The bits of a link, and those of the same two explained alone, are the same bits."""
    for link in built.table("links").slice(0, 6).to_pylist():
        left = f"{link['left_source']}:{link['left_record_id']}"
        right = f"{link['right_source']}:{link['right_record_id']}"
        explained = built.explain(left, right).explanation
        linked = json.loads(link["bits"])
        alone = {one.field: one.bits for one in explained.evidence if one.bits is not None}
        assert {f: linked[f] for f in alone if f in linked} == pytest.approx(alone, abs=0.02)
        assert explained.probability == pytest.approx(link["match_probability"], abs=0.01)
