"""One customer's word on what is told of him, kept for the next build."""

from __future__ import annotations

import made_brand
import pytest

from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError, PurposeError, UsageError

ONE = made_brand.PEOPLE[1]


def _kept(brand):
    with open_journal(brand.folder, brand.settings) as journal:
        return [
            (k["attribute"], k["value"], k["answer"], k["correction"], k["via"], k["survey"])
            for k in journal.confirmations().to_pylist()
        ]


def test_a_value_corrects_what_is_told(built):
    kept = built.correct(ONE.email, "city", " Nantes ", by="anne")
    assert (kept.answer, kept.correction, kept.changed) == ("corrected", "Nantes", True)
    assert _kept(built) == [("city", ONE.city, "corrected", "Nantes", "service", None)]
    assert not built.correct(ONE.email, "city", "Nantes").changed


def test_a_value_that_is_told_already_confirms_it(built):
    assert built.correct("crm:C001", "birth_year", ONE.birth[:4]).answer == "confirmed"


def test_right_and_wrong_judge_what_is_told(built):
    assert built.correct("crm:C001", "city", right=True).answer == "confirmed"
    assert built.correct("crm:C001", "birth_date", right=False, via="page").answer == "denied"
    assert _kept(built) == [
        ("city", ONE.city, "confirmed", None, "service", None),
        ("birth_date", ONE.birth, "denied", None, "page", None),
    ]


def test_the_status_counts_what_the_journal_holds(built):
    assert "confirmations" not in built.status().decisions
    built.correct("crm:C001", "city", "Nantes")
    built.correct("crm:C001", "city", "Brest")
    assert built.status().decisions["confirmations"] == 1


def test_where_nothing_is_told_a_value_is_added(built):
    built.correct("crm:C001", "sex", "Madame")
    built.correct("crm:C001", "affinity", "Photo")
    assert _kept(built) == [
        ("sex", None, "corrected", "female", "service", None),
        ("affinity", None, "corrected", "Photo", "service", None),
    ]
    with pytest.raises(NotFoundError):
        built.correct("crm:C001", "occupation", right=False)


def test_values_are_written_as_the_brand_s_own(built):
    for attribute, written, right in (
        ("birth_date", "20/03/1980", "1980-03-20"),
        ("birth_date", "March 20 1980", "1980-03-20"),
        ("age_band", "43", "35-44"),
        ("age_band", "35-44", "35-44"),
        ("occupation_class", "Self employed", "self_employed"),
        ("country", "Suisse", "CH"),
        ("expectation", "price:met", "price: met"),
        ("knows_me", "9/10", "9"),
    ):
        assert built.correct("crm:C001", attribute, written).correction == right


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("sex", "maybe"), ("birth_date", "1980"), ("birth_year", "soon"), ("age_band", "old"),
        ("expectation", "nothing: met"), ("expectation", "price: hated"), ("knows_me", "11"),
        ("city", "x" * 300), ("city", "  "), ("city", "a\x00b"), ("area", "moon"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused_with_a_remedy_and_never_shown(built, attribute, value):
    with pytest.raises(UsageError) as error:
        built.correct("crm:C001", attribute, value)
    assert error.value.hint and (not value.strip() or value not in error.value.message)
    assert _kept(built) == []


def test_what_is_not_for_him_to_say_here_is_refused(built):
    with pytest.raises(PurposeError):
        built.correct("crm:C001", "religion", "x")
    for attribute in ("email", "social.twitter", "citty"):
        with pytest.raises(UsageError):
            built.correct("crm:C001", attribute, "x")
    with pytest.raises(UsageError):
        built.correct("crm:C001", "city")
    with pytest.raises(UsageError):
        built.correct("crm:C001", "knows_me", right=True)
    with pytest.raises(NotFoundError):
        built.correct("nobody@example.org", "city", "Lyon")


def test_who_refused_everything_may_still_correct(built):
    built.consent("crm:C001", "service", granted=False)
    assert built.correct("crm:C001", "city", "Nantes").changed


def test_nobody_speaks_for_another(built):
    rows = [person.crm() for person in made_brand.PEOPLE]
    rows[1][4] = rows[5][4] = "0145678901"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    with pytest.raises(UsageError) as error:
        built.correct("0145678901", "city", "Lyon")
    assert "2 customers" in error.value.message
