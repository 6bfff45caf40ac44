"""A forgotten person is gone from everything connu holds, and stays gone."""

from __future__ import annotations

import made_brand
import pyarrow.parquet as pq
import pytest

from connu.kernel.errors import NotFoundError, UsageError
from connu.ledger.builds import Builds

SEVEN = made_brand.PEOPLE[6]


def held(folder) -> bytes:
    files = [path for path in (folder / ".connu").rglob("*") if path.is_file()]
    return b"\n".join(path.read_bytes() for path in files)


def test_forgotten_he_does_not_come_back(built):
    built.consent(SEVEN.email, "marketing", granted=False)
    built.join("crm:C006", "shop:user6")
    target = built.whom_to_forget(SEVEN.email)
    assert target.records == 2
    done = built.forget(target.customer_id)
    assert done.remains == ()
    assert done.tombstones > 0 and done.needles > 0
    assert {row.source for row in done.in_sources} >= {"crm", "shop"}
    assert SEVEN.email.encode() not in held(built.folder)
    for text in ("crm:C006", SEVEN.email, SEVEN.phone, target.customer_id):
        with pytest.raises(NotFoundError):
            built.show(text)
    report = built.build(force=True)
    assert report.made.customers == 59
    for text in ("crm:C006", SEVEN.email, SEVEN.phone):
        with pytest.raises(NotFoundError):
            built.show(text)
    assert built.status().decisions["forgotten"] == 1


def test_the_pairs_kept_for_the_next_build_go_with_him(built):
    def pairs():
        build = Builds(built.folder).current()
        records = set(pq.read_table(build.file("normal"))["rid"].to_pylist())
        table = pq.read_table(build.file("pairs"))
        return records, set(table["left_rid"].to_pylist() + table["right_rid"].to_pylist())

    before, held_before = pairs()
    built.forget(built.whom_to_forget(SEVEN.email).customer_id)
    after, held_after = pairs()
    assert after == set(range(len(before) - 2)) and held_after <= after
    assert len(held_after) == len(held_before) - 2
    assert built.build(force=True).made.customers == 59


def test_who_refused_everything_can_be_forgotten(built):
    built.consent("crm:C006", "service", granted=False)
    target = built.whom_to_forget("crm:C006")
    assert built.forget(target.customer_id).records == 2


def test_nobody_is_forgotten_for_another(built):
    rows = [person.crm() for person in made_brand.PEOPLE]
    rows[1][4] = rows[5][4] = "0145678901"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    with pytest.raises(UsageError, match="customers answer"):
        built.whom_to_forget("0145678901")
    with pytest.raises(NotFoundError):
        built.whom_to_forget("nobody@example.org")
