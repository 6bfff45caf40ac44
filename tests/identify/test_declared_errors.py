"""Errors are learnt from the first customers, wherever the stretches are cut."""

from __future__ import annotations

import pyarrow as pa
import pytest

from connu.identify.attributes import Attribute
from connu.identify.choice import Stretch
from connu.identify.declared_errors import first_asked, learn_errors
from connu.identify.survivorship import DECLARED_ERROR
from connu.kernel.settings import settings_from

SETTINGS = settings_from({"brand": {"name": "Maison Claire"}})
CITY = Attribute("city", "shown", "key")
PHONE = Attribute("phone", "shown", "key", several=True)


def stretch(*customers: tuple[str, list[int]]) -> Stretch:
    """Customers with the keys of the towns (and telephones) their records state."""
    ids = [name for name, keys in customers for _ in keys]
    keys = [key for _, keys in customers for key in keys]
    rows = {
        "customer_id": pa.array(ids, pa.string()),
        "source": pa.array(["crm"] * len(ids)),
        "observed_at": pa.array([None] * len(ids), pa.timestamp("us")),
        "weight": pa.array([1.0] * len(ids)),
        "key city": pa.array(keys, pa.uint64()),
        "key phone": pa.array(keys, pa.uint64()),
    }
    return Stretch(pa.record_batch(rows), SETTINGS, {})


def test_half_of_the_pairs_that_differ_are_wrong():
    some = [stretch(("a", [1, 1]), ("b", [1, 2, 3])), stretch(("c", [7]))]
    errors = learn_errors(some, [CITY, PHONE])
    assert errors["city"] == pytest.approx((3 / 2 + 200 * DECLARED_ERROR) / (4 + 200))
    assert errors["phone"] == DECLARED_ERROR


def test_agreement_makes_sure_up_to_a_point():
    some = [stretch(*((f"c{n:05d}", [1] * 15) for n in range(2000)))]
    assert learn_errors(some, [CITY])["city"] == 0.002


@pytest.mark.parametrize("cuts", [(1, 1, 1, 1), (2, 2), (3, 1), (4,)])
def test_exactly_the_first_customers_are_asked(cuts):
    customers = [("a", [1, 2]), ("b", [1, 1]), ("c", [1, 2]), ("d", [1, 2])]
    stretches, first = [], 0
    for size in cuts:
        stretches.append(stretch(*customers[first : first + size]))
        first += size
    errors, again = first_asked(iter(stretches), [CITY], asked=2)
    assert errors["city"] == pytest.approx((1 / 2 + 200 * DECLARED_ERROR) / (2 + 200))
    assert [s.rows for s in again] == [s.rows for s in stretches]


def test_nobody_to_ask():
    errors, again = first_asked(iter([]), [CITY])
    assert errors == {"city": DECLARED_ERROR} and list(again) == []
