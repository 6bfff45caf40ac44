"""Customer ids stay: examples for each kind of change, and properties over random histories."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import Key, engine_at, put_clusters, put_identities, put_records

from connu.engine.duckdb import DuckEngine
from connu.identify.customer_ids import name_customers
from connu.kernel.ids import hashed_id


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    made = engine_at(tmp_path_factory.mktemp("naming"))
    yield made
    made.close()


Groups = list[list[str]]
Owners = dict[str, str]


def build(
    engine: DuckEngine, groups: Groups, previous: Owners | None = None, seed: int = 0
) -> tuple[Owners, list[tuple], dict[str, int]]:
    """Name the groups of records ("crm/1", …); rows and cluster numbers shuffled by `seed`."""
    shuffle = random.Random(seed)
    keys: list[Key] = [tuple(name.split("/")) for group in groups for name in group]
    shuffle.shuffle(keys)
    rids = put_records(engine, [{"source": s, "record_id": r} for s, r in keys])
    numbers = list(range(len(groups)))
    shuffle.shuffle(numbers)
    members = [
        (rids[tuple(name.split("/"))], number)
        for number, group in zip(numbers, groups, strict=True)
        for name in group
    ]
    shuffle.shuffle(members)
    put_clusters(engine, dict(members))
    if previous is not None:
        owners = [(tuple(name.split("/")), owner) for name, owner in previous.items()]
        shuffle.shuffle(owners)
        put_identities(engine, dict(owners), "previous_identities")
    counts = name_customers(engine, previous=previous is not None)
    rows = engine.collect("SELECT * FROM identities").to_pylist()
    changes = engine.collect("SELECT * FROM identity_changes").to_pylist()
    named = {f"{r['source']}/{r['record_id']}": r["customer_id"] for r in rows}
    assert len(named) == len(rows)
    return named, [tuple(c.values()) for c in changes], counts


def fresh(name: str, attempt: int = 0) -> str:
    return hashed_id("c", name.split("/"), attempt)


def test_a_first_build_names_each_customer_after_his_smallest_record(engine):
    named, changes, counts = build(engine, [["crm/2", "web/1"], ["crm/1"]])
    assert named == {
        "crm/1": fresh("crm/1"),
        "crm/2": fresh("crm/2"),
        "web/1": fresh("crm/2"),
    }
    assert sorted(changes) == sorted(
        [("new", fresh("crm/1"), None, 1), ("new", fresh("crm/2"), None, 2)]
    )
    assert counts == {
        "records": 3, "customers": 2, "kept": 0,
        "new": 2, "gone": 0, "merged": 0, "split": 0, "moved": 0,
    }  # fmt: skip


def test_a_customer_grows_and_keeps_his_id(engine):
    before = {"web/9": "old"}
    named, changes, counts = build(engine, [["crm/1", "crm/2", "web/9"]], before)
    assert set(named.values()) == {"old"}
    assert changes == []
    assert counts["kept"] == 1


def test_a_merge_keeps_the_id_of_most_records(engine):
    before = {"crm/1": "few", "crm/2": "many", "crm/3": "many"}
    named, changes, _ = build(engine, [["crm/1", "crm/2", "crm/3"]], before)
    assert set(named.values()) == {"many"}
    assert changes == [("merged", "few", "many", 1)]


def test_equal_shares_go_to_the_smallest_record(engine):
    before = {"crm/1": "z", "crm/2": "a"}
    named, changes, _ = build(engine, [["crm/2", "crm/1"]], before)
    assert set(named.values()) == {"z"}
    assert changes == [("merged", "a", "z", 1)]


def test_a_split_leaves_the_id_with_the_larger_part(engine):
    before = {"crm/1": "one", "crm/2": "one", "crm/3": "one"}
    named, changes, _ = build(engine, [["crm/1"], ["crm/2", "crm/3"]], before)
    assert named == {"crm/1": fresh("crm/1"), "crm/2": "one", "crm/3": "one"}
    assert changes == [("split", "one", fresh("crm/1"), 1)]


def test_an_id_in_force_is_never_given_again(engine):
    taken = fresh("crm/1")
    before = {"crm/1": taken, "crm/2": taken, "crm/3": taken}
    named, changes, _ = build(engine, [["crm/1"], ["crm/2", "crm/3"]], before)
    assert named["crm/1"] == fresh("crm/1", attempt=1)
    assert named["crm/2"] == named["crm/3"] == taken
    assert changes == [("split", taken, fresh("crm/1", attempt=1), 1)]


def test_an_id_that_ends_in_this_build_is_not_given_to_another(engine):
    before = {"crm/2": fresh("crm/1"), "crm/3": "big", "crm/4": "big"}
    named, changes, _ = build(engine, [["crm/1"], ["crm/2", "crm/3", "crm/4"]], before)
    assert named["crm/1"] == fresh("crm/1", attempt=1)
    assert ("merged", fresh("crm/1"), "big", 1) in changes


def test_a_record_that_changes_customers_moved(engine):
    before = {"crm/1": "a", "crm/2": "a", "crm/3": "b"}
    named, changes, _ = build(engine, [["crm/1"], ["crm/2", "crm/3"]], before)
    # Both pairs with «a» have one record: the smallest record decides, and b's cluster keeps b.
    assert named == {"crm/1": "a", "crm/2": "b", "crm/3": "b"}
    assert changes == [("moved", "a", "b", 1)]


def test_a_customer_whose_records_left_is_gone(engine):
    named, changes, _ = build(engine, [["crm/2"]], {"crm/1": "a", "crm/2": "b", "web/7": "a"})
    assert named == {"crm/2": "b"}
    assert changes == [("gone", "a", None, 2)]


def test_an_id_that_ends_in_two_places_has_one_heir(engine):
    before = {"a/1": "x", "a/2": "x", "a/3": "x", "b/1": "y", "b/2": "y", "b/3": "y", "b/4": "y"}
    before |= {"c/1": "z", "c/2": "z", "c/3": "z"}
    groups = [["a/1", "a/2", "b/1", "b/2", "b/3", "b/4"], ["a/3", "c/1", "c/2", "c/3"]]
    named, changes, _ = build(engine, groups, before)
    assert named["a/1"] == "y" and named["a/3"] == "z"
    assert sorted(changes) == [("merged", "x", "y", 2), ("moved", "x", "z", 1)]


def test_no_cluster_at_all(engine):
    named, changes, counts = build(engine, [], {"crm/1": "a"})
    assert named == {}
    assert changes == [("gone", "a", None, 1)]
    assert counts["customers"] == 0


# ------------------------------------------------------------------------- properties
RECORDS = [f"{source}/{n}" for source in ("crm", "web") for n in range(5)]


@st.composite
def clusterings(draw) -> Groups:
    """A clustering of some of ten records."""
    labels = {name: draw(st.integers(0, 5)) for name in RECORDS if draw(st.booleans())}
    return [[name for name in labels if labels[name] == label] for label in set(labels.values())]


def parts(named: Owners) -> set[frozenset[str]]:
    owners: dict[str, set[str]] = {}
    for name, owner in named.items():
        owners.setdefault(owner, set()).add(name)
    return {frozenset(members) for members in owners.values()}


def side_by_side(histories: list[tuple[Groups, Groups]], build_number: int) -> Groups:
    """One build of several brands' records: a build costs the same for ten as for one."""
    return [
        [f"{name}-{brand}" for name in group]
        for brand, history in enumerate(histories)
        for group in history[build_number]
    ]


@settings(max_examples=5, deadline=None)
@given(
    histories=st.lists(st.tuples(clusterings(), clusterings()), min_size=1, max_size=12),
    seed=st.integers(0, 99),
)
def test_ids_through_any_two_builds(engine, histories, seed):
    first, second = side_by_side(histories, 0), side_by_side(histories, 1)
    old, _, _ = build(engine, first)
    named, changes, counts = build(engine, second, old)

    # The ids draw exactly the clusters, in whatever order the rows come.
    assert parts(named) == {frozenset(group) for group in second}
    assert build(engine, second, old, seed)[:2] == (named, changes)

    # A rerun changes nothing.
    assert build(engine, second, named, seed)[:2] == (named, [])

    # An untouched customer keeps his id; an id goes on only where some of its records are.
    for group in {frozenset(g) for g in first} & {frozenset(g) for g in second}:
        name = min(group)
        assert named[name] == old[name]
    for customer in set(named.values()) & set(old.values()):
        assert any(named.get(r) == customer for r, o in old.items() if o == customer)

    # No other old id has more records in a customer than his own, unless it went to a larger part.
    common: dict[tuple[str, str], int] = {}
    for record in named.keys() & old.keys():
        pair = (named[record], old[record])
        common[pair] = common.get(pair, 0) + 1
    for (new, other), n in common.items():
        assert common.get((new, new), 0) >= n or common.get((other, other), 0) >= n

    # Every record that changed customers is told, once.
    told = sum(n for what, _, _, n in changes if what in ("merged", "split", "moved"))
    assert told == sum(named[r] != old[r] for r in named.keys() & old.keys())
    split = {other for what, _, other, _ in changes if what == "split"}
    assert counts["kept"] == len(set(named.values()) & set(old.values()))
    assert counts["customers"] == counts["kept"] + counts["new"] + len(split)
    assert counts["customers"] == len(set(named.values()))


def test_rows_come_in_the_order_of_keys(tmp_path: Path):
    engine = engine_at(tmp_path)
    groups = [[f"crm/{n:05d}", f"web/{n:05d}"] for n in range(500)]
    build(engine, groups)
    rows = engine.collect("SELECT source, record_id FROM identities").to_pylist()
    assert [tuple(r.values()) for r in rows] == sorted(tuple(r.values()) for r in rows)
    engine.close()
