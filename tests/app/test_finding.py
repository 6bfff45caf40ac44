"""What somebody types finds whom the sources mean, however it is written."""

from __future__ import annotations

import made_brand
import pytest

from connu.app.finding import readings_of
from connu.kernel.errors import NotFoundError
from connu.kernel.settings import settings_from

ZERO = made_brand.PEOPLE[0]
SPACED = " ".join(ZERO.phone[i : i + 2] for i in range(0, 10, 2))
SETTINGS = settings_from({"brand": {"name": "x", "country": "FR"}})


def customer_of(brand, record_id: str) -> str:
    rows = brand.table("identities").to_pylist()
    return next(row["customer_id"] for row in rows if row["record_id"] == record_id)


@pytest.mark.parametrize(
    "text",
    [
        "crm:C000",
        "shop:user0",
        ZERO.email,
        f" {ZERO.email.upper()} ",
        ZERO.phone,
        SPACED,
        "+33" + ZERO.phone[1:],
        "0033 " + ZERO.phone[1:],
        "user0",
        "account:user0",
        "@claire_0",
        "claire_0",
        "social.twitter:Claire_0",
        "k0000",
    ],
)
def test_every_way_to_name_him_finds_him(built, text):
    found = built.show(text)
    assert found.customer is not None
    assert found.customer.customer_id == customer_of(built, "C000")


def test_a_customer_id_finds_him_too(built):
    customer_id = customer_of(built, "C000")
    assert built.show(customer_id).customer.customer_id == customer_id


@pytest.mark.parametrize(
    "text",
    ["nobody@example.org", "crm:C999", "nosource:C000", "", "  ", ":", "crm:", "'; DROP", "0600",
     "phone:user0", "account:claire_0"],
)  # fmt: skip
def test_who_is_not_there_is_not_found(built, text):
    with pytest.raises(NotFoundError) as raised:
        built.show(text)
    assert not text.strip(": ") or text not in raised.value.message


def test_several_hits_are_a_list_to_choose_from(built):
    rows = [person.crm() for person in made_brand.PEOPLE]
    for row in rows[10:14]:
        row[4] = "0145678901"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    found = built.show("01 45 67 89 01")
    assert found.customer is None
    assert len(found.hits) == len({hit.customer_id for hit in found.hits}) == 4
    assert all(hit.because == "phone" and hit.label for hit in found.hits)
    assert set(found.as_dict()) == {"customer", "hits", "visitor"}


def test_a_page_shows_what_is_known_with_its_reason(built):
    page = built.show("crm:C000").customer
    assert {record["source"] for record in page.records} == {"crm", "shop"}
    facts = {fact["attribute"]: fact for fact in page.facts}
    assert facts["birth_date"]["source"] == "crm"
    assert facts["birth_date"]["basis"] == "declared"
    assert all(0 < fact["probability"] <= 1 for fact in page.facts)
    assert {("email", ZERO.email), ("account", "user0")} <= {
        (key["type"], key["value"]) for key in page.identifiers
    }
    (link,) = page.links
    assert {link["left_source"], link["right_source"]} == {"crm", "shop"}
    assert link["match_probability"] > 0.9 and link["bits"]
    assert [visit["anonymous_id"] for visit in page.visitors] == ["k0000"]


def test_who_did_not_grant_is_not_found_for_that_purpose(built):
    assert ZERO.crm()[-1] == "non"
    with pytest.raises(NotFoundError):
        built.show("crm:C000", purpose="marketing")
    assert built.show("crm:C001", purpose="marketing").customer is not None


def test_a_text_is_read_as_every_type_it_may_be():
    assert ("phone", "+33612345678") in readings_of("06.12.34.56.78", SETTINGS)
    assert ("email", "a.b@example.org") in readings_of("A.B@Example.org", SETTINGS)
    assert readings_of("account:X-1", SETTINGS) == [("account", "X-1")]
    assert readings_of("n/a", SETTINGS) == []
