"""The status counts, and shows nobody."""

from __future__ import annotations

import json

import made_brand

from connu.app.brand import open as open_brand
from connu.app.status import place_of
from connu.kernel.settings import Source


def test_rejected_rows_are_counted_with_their_reason(brand):
    rows = [person.crm() for person in made_brand.PEOPLE]
    rows[3][0] = ""
    made_brand.write_rows(brand.folder / "data/crm.csv", made_brand.CRM, rows)
    brand.build()
    status = brand.status()
    assert {s["source"]: (s["rows"], s["rejected"]) for s in status.sources} == {
        "crm": (59, 1),
        "shop": (30, 0),
        "web": (240, 0),
    }
    (rejected,) = status.quarantine
    assert (rejected["source"], rejected["first_row"], rejected["rows"]) == ("crm", 4, 1)
    assert status.builds[0]["current"]
    assert made_brand.PEOPLE[3].email not in json.dumps(status.as_dict(), default=str)


def test_the_journal_is_counted(built):
    built.join("crm:C000", "crm:C001")
    built.split("crm:C002", "crm:C003")
    built.consent("crm:C004", "marketing", granted=True)
    assert built.status().decisions == {"joins": 1, "splits": 1, "consents": 2}


def test_a_broken_build_is_remarked(built):
    (built.folder / ".connu/current").write_text("nonsense")
    remarks = open_brand(built.folder).status().remarks
    assert len(remarks) == 1 and "connu build" in remarks[0]


def test_a_database_is_shown_without_its_password():
    source = Source(
        kind="people", url="postgresql://me:secret@server:5432/shop?password=x", table="people"
    )
    assert place_of(source) == "postgresql://server:5432/shop people"
