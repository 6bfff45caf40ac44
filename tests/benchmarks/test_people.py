"""Made people: repeatable, with the truth, and as untidy as files are."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from benchmarks.people import COLUMNS, SOURCES, make_people

RECORDS = 4000


@pytest.fixture(scope="module")
def people():
    return make_people(RECORDS, seed=3)


def test_there_are_as_many_records_as_asked(people):
    assert people.num_rows == RECORDS
    assert people.column_names == COLUMNS
    assert set(people["source"].to_pylist()) == set(SOURCES)
    assert pc.count_distinct(people["id"]).as_py() == RECORDS


def test_the_same_seed_makes_the_same_people(people):
    assert make_people(RECORDS, seed=3).equals(people)
    assert not make_people(RECORDS, seed=4).equals(people)


def test_people_leave_one_to_seven_records(people):
    counts = people.group_by("cluster").aggregate([("id", "count")])["id_count"]
    assert pc.min(counts).as_py() >= 1 and pc.max(counts).as_py() <= 7
    assert 2.0 < pc.mean(counts).as_py() < 3.0


def test_every_record_holds_something_to_know_it_by(people):
    known = [row["email"] or row["phone"] or row["last_name"] for row in people.to_pylist()]
    assert sum(value is None for value in known) <= RECORDS * 0.01


def test_there_is_junk_and_noise(people):
    assert 0 < people["email"].to_pylist().count("noemail@example.com") < 40
    by_person: dict[int, set[str]] = {}
    for row in people.to_pylist():
        if row["last_name"]:
            by_person.setdefault(row["cluster"], set()).add(row["last_name"].lower())
    assert sum(len(names) > 1 for names in by_person.values()) > 50


def test_households_share_an_address(people):
    homes: dict[tuple, set[int]] = {}
    for row in people.to_pylist():
        if row["street"] and row["city"]:
            homes.setdefault((row["street"], row["city"]), set()).add(row["cluster"])
    assert sum(len(persons) > 1 for persons in homes.values()) > 100
