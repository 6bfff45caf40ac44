"""A decision by hand is kept about records, as somebody named them."""

from __future__ import annotations

import made_brand
import pytest

from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError, UsageError


def test_a_split_holds_between_all_records_of_both_sides(built):
    email = made_brand.PEOPLE[2].email
    decision = built.split(email, "crm:C004", by="Anne")
    assert decision.left == ["crm:C002", "shop:user2"]
    assert decision.right == ["crm:C004"]
    with open_journal(built.folder, built.settings) as journal:
        assert len(journal.splits()) == 2
        assert {kept.by for kept in journal.decisions()} == {"Anne"}


def test_a_join_needs_one_pair(built):
    decision = built.join("crm:C002", made_brand.PEOPLE[4].email)
    assert (decision.left, decision.right) == (["crm:C002"], ["crm:C004"])
    assert len(decision.ids) == 1


def test_the_same_record_twice_is_refused(built):
    with pytest.raises(UsageError, match="same record"):
        built.split("crm:C000", made_brand.PEOPLE[0].email)


def test_an_unknown_record_is_refused_and_nothing_is_kept(built):
    with pytest.raises(NotFoundError):
        built.join("crm:C000", "crm:nobody")
    with open_journal(built.folder, built.settings) as journal:
        assert journal.decisions() == []
