"""Who lives with whom, from made-up streets."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest
from made_tables import engine_at, put_identities, put_records

from connu.identify.households import MOST_MEMBERS, MOST_NEIGHBOURS, find_households

STREET = {"address": "12 rue de la paix", "postcode": "75002"}


@pytest.fixture
def homes(tmp_path: Path):
    engine = engine_at(tmp_path)

    def found(people: dict[str, dict], seed: int = 0) -> set[frozenset[str]]:
        """Households of customers with one record each: normal values, and phones under `ids`."""
        names = list(people)
        random.Random(seed).shuffle(names)
        records = [
            {
                "source": "crm",
                "record_id": name,
                "n": {k: v for k, v in people[name].items() if k != "phones"},
                "ids": [("phone", phone) for phone in people[name].get("phones", [])],
            }
            for name in names
        ]
        rids = put_records(engine, records)
        put_identities(engine, {("crm", name): name for name in names})
        places = [(n, rids["crm", n]) for n in names if people[n].get("address")]
        engine.put(
            "golden_places",
            pa.table(
                {
                    "customer_id": pa.array([n for n, _ in places], pa.string()),
                    "rid": pa.array([r for _, r in places], pa.int32()),
                }
            ),
        )
        count = find_households(engine)
        rows = engine.collect("SELECT * FROM households").to_pylist()
        groups: dict[str, set[str]] = {}
        for row in rows:
            groups.setdefault(row["household_id"], set()).add(row["customer_id"])
        assert count == len(groups)
        assert sum(map(len, groups.values())) == len(rows)
        return {frozenset(members) for members in groups.values()}

    yield found
    engine.close()


def test_a_common_surname_at_one_address(homes):
    people = {
        "ada": {"family": "martin", **STREET},
        "bob": {"family": "martin durand", "address": "12 rue paix", "postcode": "75002"},
        "cleo": {"family": "petit", **STREET},
        "dan": {"family": "martin", "address": "13 rue de la paix", "postcode": "75002"},
        "eve": {"family": "martin", "address": "12 rue de la paix", "postcode": "69001"},
    }
    assert homes(people) == {frozenset({"ada", "bob"})}


def test_a_common_telephone_at_one_address(homes):
    people = {
        "ada": {"family": "martin", "phones": ["+331", "+336"], **STREET},
        "bob": {"family": "petit", "phones": ["+331"], **STREET},
        "cleo": {"family": "petit", **STREET},
        "dan": {"family": "roux", "phones": ["+331"], "address": "1 quai", "postcode": "75002"},
    }
    # Cleo is tied to Bob by name, Bob to Ada by telephone; Dan lives elsewhere.
    assert homes(people) == {frozenset({"ada", "bob", "cleo"})}


def test_a_particle_relates_nobody(homes):
    people = {
        "ada": {"family": "de bruyn", **STREET},
        "bob": {"family": "de wit", **STREET},
    }
    assert homes(people) == set()


def test_without_a_number_there_is_no_address(homes):
    place = {"address": "rue de la paix", "postcode": "75002"}
    people = {name: {"family": "martin", **place} for name in ("ada", "bob")}
    assert homes(people) == set()


def test_a_town_stands_in_for_a_postcode(homes):
    place = {"address": "3 quai bleu", "city": "nantes"}
    people = {name: {"family": "martin", **place} for name in ("ada", "bob")}
    assert homes(people) == {frozenset(people)}
    people = {name: {"family": "martin", "address": "3 quai bleu"} for name in ("ada", "bob")}
    assert homes(people) == set()


def test_a_hotel_is_no_household(homes):
    def guests(n):
        return {f"g{i:02d}": {"family": "martin", **STREET} for i in range(n)}

    assert homes(guests(MOST_MEMBERS)) == {frozenset(guests(MOST_MEMBERS))}
    assert homes(guests(MOST_MEMBERS + 1)) == set()


def test_in_a_tower_only_a_telephone_tells(homes):
    people = {f"n{i:02d}": {"family": f"name{i}", **STREET} for i in range(MOST_NEIGHBOURS)}
    people |= {"x1": {"family": "martin", **STREET}, "x2": {"family": "martin", **STREET}}
    assert homes(people) == set()
    people["x1"]["phones"] = people["x2"]["phones"] = ["+331"]
    assert homes(people) == {frozenset({"x1", "x2"})}


def test_nobody_lives_anywhere(homes):
    assert homes({}) == set()
    assert homes({"ada": {"family": "martin"}}) == set()


def test_the_order_of_rows_changes_nothing(homes, tmp_path: Path):
    rng = random.Random(5)
    people = {
        f"c{i:02d}": {
            "family": rng.choice(["martin", "petit", "roux"]),
            "address": f"{rng.randint(1, 9)} rue verte",
            "postcode": "75001",
            "phones": [f"+33{rng.randint(1, 9)}"],
        }
        for i in range(40)
    }
    first = homes(people)
    assert first and all(homes(people, seed) == first for seed in (1, 2))
