"""The linker end to end, on made-up brands in an engine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from linked import Linked, agreement, brand, link_quickly, link_records, log2_odds, scored
from made_people import JUNK_EMAIL, JUNK_PHONE, Made, make_people
from made_tables import Key, engine_at, put_records
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from connu.engine.duckdb import DuckEngine

Link = Callable[..., Linked]


@pytest.fixture(scope="module")
def made() -> Made:
    return make_people(600, seed=2)


@pytest.fixture(scope="module")
def full(made: Made, tmp_path_factory: pytest.TempPathFactory):
    run = link_records(tmp_path_factory.mktemp("full"), made.records)
    yield run
    run.engine.close()


@pytest.fixture
def linked(tmp_path: Path):
    """Links records, each time in a workspace of its own."""
    runs: list[Linked] = []

    def run(records: list[dict[str, Any]], **options: Any) -> Linked:
        runs.append(link_records(tmp_path / str(len(runs)), records, **options))
        return runs[-1]

    yield run
    for done in runs:
        done.engine.close()


def _record(source: str, record: str, ids: tuple = (), **values: str | None) -> dict[str, Any]:
    held = [(kind, values[kind]) for kind in ("email", "phone") if values.get(kind)]
    return {"source": source, "record_id": record, "n": values, "ids": [*held, *ids]}


def _key(record: dict[str, Any]) -> Key:
    return record["source"], record["record_id"]


# ---------------------------------------------------------------- how well
def test_people_are_found(full: Linked, made: Made):
    score = scored(full, made.person)
    # Measured on this seed: .999, .976, .999, .984; on four others .977 to .996 and .975 to .986.
    assert score.pairwise.precision.value > 0.97
    assert score.pairwise.recall.value > 0.94
    assert score.bcubed.precision.value > 0.985
    assert score.bcubed.recall.value > 0.96


def test_members_of_a_household_are_several_customers(full: Linked, made: Made):
    homes = Counter(made.home[person] for person in made.person.values())
    together = sum(size * (size - 1) / 2 for size in homes.values()) - sum(
        n * (n - 1) / 2 for n in Counter(made.person.values()).values()
    )
    merged = 0
    for pair in full.pairs():
        one, other = (made.person[key] for key in pair)
        merged += one != other and made.home[one] == made.home[other]
    assert together > 1000
    assert merged / together < 0.005  # measured .0003


def test_clear_records_are_all_found(linked: Link):
    made = make_people(300, seed=3, noise=0)
    score = scored(linked(made.records), made.person)
    assert score.pairwise.precision.value == 1 and score.pairwise.recall.value > 0.99


def test_the_report_counts(full: Linked, made: Made):
    report = full.report
    assert report.records == len(made.records) == report.compared_again
    assert report.clusters == len(set(full.cluster.values())) == max(full.cluster.values()) + 1
    assert report.links == full.engine.collect("SELECT * FROM links").num_rows
    assert report.undecided == full.engine.collect("SELECT * FROM undecided").num_rows > 0
    assert report.candidates > report.links
    assert report.generic == {"email": 1, "phone": 1}  # JUNK_EMAIL and JUNK_PHONE
    assert report.learnt and not report.remarks


def test_junk_links_nobody(full: Linked, made: Made):
    for junk in (JUNK_EMAIL, JUNK_PHONE):
        holders = {_key(r) for r in made.records if junk in r["n"].values()}
        people = {made.person[key] for key in holders}
        assert len(people) > 20
        assert len({full.cluster[key] for key in holders}) > 0.9 * len(people)


# ---------------------------------------------------------------- the same again
def _shuffled(folder: Path, made: Made) -> DuckEngine:
    """The records in an engine whose tables have their rows in another order."""
    engine = engine_at(folder)
    put_records(engine, random.Random(9).sample(made.records, len(made.records)))
    for name in ("normal", "identifiers"):
        rows = engine.collect(f"SELECT * FROM {name}")
        engine.put(name, rows.take(np.random.default_rng(1).permutation(rows.num_rows)))
    return engine


@pytest.mark.parametrize("threads", [1, 2])
def test_the_order_of_rows_changes_nothing(full: Linked, made: Made, tmp_path: Path, threads: int):
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    engine = _shuffled(tmp_path, made)
    report = link_quickly(engine, brand())
    for name, order in (("clusters", "rid"), ("links", "ALL"), ("undecided", "ALL")):
        sql = f"SELECT * FROM {name} ORDER BY {order}"
        assert engine.collect(sql).equals(full.engine.collect(sql)), name
    assert report.model.to_json() == full.report.model.to_json()
    engine.close()


def test_a_rerun_changes_nothing(full: Linked, made: Made, linked: Link):
    model = full.report.model
    for again in (
        linked(made.records, model=model),
        linked(made.records, model=model, last=full),
    ):
        assert again.cluster == full.cluster
        assert not again.report.learnt and again.report.model.to_json() == model.to_json()
        for name in ("links", "undecided"):
            sql = f"SELECT * FROM {name} ORDER BY ALL"
            assert again.engine.collect(sql).equals(full.engine.collect(sql))
    assert again.report.compared_again == 0 and again.report.candidates == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_records_added_agree_with_the_full_run(made: Made, linked: Link, seed: int, full: Linked):
    chance = random.Random(seed)
    added = set(chance.sample(sorted(made.person), len(made.person) // 20))
    before = [r for r in made.records if _key(r) not in added]
    model = full.report.model
    first = linked(before, model=model)
    grown = linked(made.records, model=model, last=first)
    # A new record may make a value generic: those who hold it are compared again too.
    assert len(added) <= grown.report.compared_again <= len(added) + 5
    assert grown.report.candidates < full.report.candidates / 5
    assert agreement(grown, full) > 0.99  # measured .998 to 1
    # Only those whom evidence ties to a new record may find themselves in another customer.
    touched = _tied(grown, added)
    for group in first.groups() - grown.groups():
        assert group & touched


def _tied(run: Linked, to: set[Key]) -> set[Key]:
    """Records that a chain of pairs ties to some records."""
    ends = run.engine.collect("SELECT left_rid, right_rid FROM pairs")
    left, right = (ends[name].to_numpy() for name in ends.column_names)
    n = len(run.cluster)
    part = connected_components(coo_matrix((np.ones(len(left)), (left, right)), (n, n)))[1]
    rid = {key: number for number, key in enumerate(sorted(run.cluster))}
    parts = {part[rid[key]] for key in to}
    return {key for key in run.cluster if part[rid[key]] in parts}


def test_a_record_that_is_gone_or_changed(made: Made, linked: Link, full: Linked):
    model = full.report.model
    gone = {_key(r) for r in made.records[:20]}
    now = [r for r in made.records if _key(r) not in gone]
    now[0] = now[0] | {"n": now[0]["n"] | {"city": "elsewhere"}}
    after = linked(now, model=model, last=full)
    assert after.report.compared_again == 1
    assert agreement(after, linked(now, model=model)) > 0.99


def test_a_source_that_becomes_unique_is_compared_anew(made: Made, linked: Link, full: Linked):
    unique = linked(
        made.records, model=full.report.model, last=full, settings=brand(unique=["web"])
    )
    assert unique.report.compared_again == len(made.records)


def test_a_new_kind_of_field_is_learnt_anew(made: Made, linked: Link, full: Linked):
    records = [r | {"ids": [*r["ids"], ("social.x", r["record_id"])]} for r in made.records]
    again = linked(records, model=full.report.model, last=full)
    assert again.report.learnt and not full.report.model.knows(again.report.model.weights.fields)


# ---------------------------------------------------------------- by hand, and limits
def _some_pairs(full: Linked, made: Made, together: bool, size: int) -> list[tuple[Key, Key]]:
    """Pairs of keys that are one customer, or that are not; in a fixed order."""
    chance = random.Random(4)
    if together:
        pairs = sorted(tuple(sorted(pair)) for pair in full.pairs())
        return chance.sample(pairs, size)
    keys = sorted(made.person)
    pairs = [tuple(chance.sample(keys, 2)) for _ in range(size * 2)]
    return [pair for pair in pairs if not full.together(*pair)][:size]


def test_what_a_person_joined_is_one(full: Linked, made: Made, linked: Link):
    joins = _some_pairs(full, made, False, 8)
    joined = linked(made.records, model=full.report.model, joins=[*joins, *joins])
    assert all(joined.together(*pair) for pair in joins)
    by_hand = [row for row in joined.rows("links") if row["kind"] == "hand"]
    assert {frozenset((r["left"], r["right"])) for r in by_hand} == set(map(frozenset, joins))
    assert len(by_hand) == len(joins)  # however often it was said
    assert all(row["match_probability"] == 1 for row in by_hand)


def test_what_a_person_split_is_two(full: Linked, made: Made, linked: Link):
    splits = _some_pairs(full, made, True, 8)
    parted = linked(made.records, model=full.report.model, splits=splits)
    assert not any(parted.together(*pair) for pair in splits)
    named = set(map(frozenset, splits))
    for name in ("links", "undecided"):
        assert not named & {frozenset((r["left"], r["right"])) for r in parted.rows(name)}


def test_hands_are_obeyed_in_chains(full: Linked, made: Made, linked: Link):
    (a, b), (c, d) = _some_pairs(full, made, True, 2)
    run = linked(made.records, model=full.report.model, joins=[(b, c)], splits=[(a, d)])
    assert run.together(b, c) and not run.together(a, d)


def test_a_join_overrides_a_unique_source(full: Linked, made: Made, linked: Link):
    web = sorted(key for key in made.person if key[0] == "web")
    pair = next((a, b) for a in web for b in web[-5:] if not full.together(a, b))
    run = linked(
        made.records, model=full.report.model, joins=[pair], settings=brand(unique=["web"])
    )
    assert run.together(*pair)


def test_records_named_by_hand_that_are_gone(linked: Link):
    records = [_record("crm", "1", given="ada"), _record("crm", "2", given="bea")]
    gone = ("crm", "99")
    run = linked(records, joins=[(("crm", "1"), gone)], splits=[(gone, ("crm", "2"))])
    assert len(run.report.remarks) == 1 and "2 records" in run.report.remarks[0]
    assert not run.together(("crm", "1"), ("crm", "2"))


def test_a_unique_source_holds_a_person_once(full: Linked, made: Made, linked: Link):
    several = [s for s in ("crm", "web") for g in full.groups() if sum(k[0] == s for k in g) > 1]
    assert len(several) > 50
    for model in (None, full.report.model):
        run = linked(made.records, model=model, settings=brand(unique=["crm", "web"]))
        for group in run.groups():
            sources = Counter(source for source, _ in group)
            assert sources["crm"] <= 1 and sources["web"] <= 1
        assert any(sum(k[0] == "shop" for k in g) > 1 for g in run.groups())


def test_a_limit_refuses_what_links_at_once(linked: Link):
    """Two accounts that share a mailbox are two customers' until other evidence joins them."""
    crowd = make_people(200, seed=6, noise=0.5).records
    two = [
        _record("web", "x1", [("account", "A1")], email="shared@example.org"),
        _record("web", "x2", [("account", "A2")], email="shared@example.org"),
    ]
    strict = linked([*crowd, *two])
    loose = linked([*crowd, *two], settings=brand(limits={"account": 5}), model=strict.report.model)
    assert strict.report.refused > loose.report.refused


def test_the_surer_the_fewer(full: Linked, made: Made, linked: Link):
    run = [
        linked(made.records, model=full.report.model, settings=brand(merge_probability=p))
        for p in (0.5, 0.99, 0.9999)
    ]
    assert run[0].report.clusters < run[1].report.clusters < run[2].report.clusters
    assert scored(run[2], made.person).pairwise.precision.value > 0.99


# ---------------------------------------------------------------- links and doubts
def test_links_lie_within_a_customer_and_doubts_between(full: Linked):
    links, undecided = full.rows("links"), full.rows("undecided")
    assert all(full.together(row["left"], row["right"]) for row in links)
    assert not any(full.together(row["left"], row["right"]) for row in undecided)
    assert {row["kind"] for row in links} == {"identifier", "match"}
    assert all(row["match_probability"] >= 0.1 for row in undecided)
    for rows in (links, undecided):
        named = [frozenset((row["left"], row["right"])) for row in rows]
        assert len(set(named)) == len(named)


def test_the_bits_of_a_pair_add_up(full: Linked):
    seen = 0
    for row in full.rows("links") + full.rows("undecided"):
        assert {"prior", "household", "calibration"} < set(row["bits"])
        if 1e-6 < row["match_probability"] < 1 - 1e-6:
            rounding = 0.005 * len(row["bits"]) + 0.01
            total = sum(row["bits"].values())
            assert total == pytest.approx(log2_odds(row["match_probability"]), abs=rounding)
            seen += 1
    assert seen > 100


def test_a_link_by_identifier_shares_one(full: Linked, made: Made):
    ids = {_key(r): set(r["ids"]) - {("email", JUNK_EMAIL), ("phone", JUNK_PHONE)}
           for r in made.records}  # fmt: skip
    for row in full.rows("links"):
        assert (row["kind"] == "identifier") == bool(ids[row["left"]] & ids[row["right"]])


# ---------------------------------------------------------------- hardly anything
@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_records_with_nothing_but_an_id(linked: Link, size: int):
    run = linked([_record("crm", str(k)) for k in range(size)])
    assert sorted(run.cluster.values()) == list(range(size))
    assert run.report.links == run.report.undecided == 0
    assert run.engine.columns("links") == run.engine.columns("undecided")


def test_two_records(linked: Link):
    ada = {"given": "ada", "family": "king", "birth_date": "18151210", "email": "ada@example.org"}
    same = linked([_record("crm", "1", **ada), _record("web", "2", **ada)])
    assert same.together(("crm", "1"), ("web", "2"))
    bea = {"given": "bea", "family": "roy", "birth_date": "19800312", "email": "bea@example.org"}
    two = linked([_record("crm", "1", **ada), _record("web", "2", **bea)])
    assert not two.together(("crm", "1"), ("web", "2"))


def test_a_brand_of_seven_rows(linked: Link):
    marie = {"given": "marie", "family": "durand"}
    paul = {"given": "paul", "family": "martin", "birth_date": "19750601", "phone": "+33687654321"}
    rows = [
        _record("a", "1", **marie, email="marie.durand@example.org", phone="+33612345678"),
        _record("b", "2", **marie, email="marie.durand@example.org"),
        _record("c", "3", given="m", family="durand", phone="+33612345678"),
        _record("a", "4", **paul, email="paul.martin@example.org"),
        _record("b", "5", **paul),
        _record("c", "6", given="anne", family="petit", email="anne.petit@example.org"),
        _record("a", "7", given="luc", family="moreau", phone="+33611112222"),
    ]
    groups = {frozenset(record for _, record in group) for group in linked(rows).groups()}
    assert groups == {frozenset("123"), frozenset("45"), frozenset("6"), frozenset("7")}


@pytest.mark.parametrize("size", [10, 40, 60])
def test_one_customer_of_very_many_records(made: Made, linked: Link, size: int):
    values = {
        "given": "zenobie", "family": "quatrebarbes", "birth_date": "19710512",
        "email": "zenobie@example.org",
    }  # fmt: skip
    same = [_record("support", f"same{k:02}", **values) for k in range(size)]
    run = linked([*made.records, *same])
    assert len({run.cluster[_key(r)] for r in same}) == 1
    # And nobody else is the worse for it.
    score = scored(run, made.person)
    assert score.pairwise.precision.value > 0.95 and score.pairwise.recall.value > 0.9


def test_sixty_records_that_are_the_same_among_nobody_else(linked: Link):
    values = {"given": "ada", "family": "king", "email": "ada@example.org"}
    run = linked([_record("crm", str(k), **values) for k in range(60)])
    assert len(run.cluster) == 60  # no error; that all are one person, sixty alone cannot tell


def test_strange_texts_pass(made: Made, linked: Link):
    strange = [
        {"given": 'o\'brien "bobby"; drop table', "family": "l'hôpital"},
        {"given": "😀 👩‍👩‍👧", "family": "日本 太郎"},
        {"given": "x" * 20_000, "family": "y " * 3000, "address": "12 rue " + "z" * 10_000},
        {"given": "\\ \t \n", "address": "%s {0} $1", "city": "\x00\x01"},
        {"names": " ".join(f"name{k}" for k in range(500)), "birth_date": "1"},
        {"birth_date": "00000000", "postcode": "?", "email": "@", "phone": "+"},
    ]
    records = [
        _record(source, f"strange'{k}\"", [("account", f"'\"😀{k}"), ("social.x", "@" * 5000)], **v)
        for k, v in enumerate(strange)
        for source in ("crm", "web")
    ]
    run = linked([*made.records, *records])
    for k in range(len(strange)):
        one, other = ((source, f"strange'{k}\"") for source in ("crm", "web"))
        assert run.together(one, other), k
    assert all(run.together(row["left"], row["right"]) for row in run.rows("links"))


def test_columns_that_nobody_fills(linked: Link):
    emails = [f"p{k % 40}@example.org" for k in range(80)]
    run = linked(
        [_record("crm" if k < 40 else "web", f"{k}", email=e) for k, e in enumerate(emails)]
    )
    assert len(run.groups()) == 40
    nobody = linked([_record("crm", str(k), country="FR") for k in range(10)])
    assert len(nobody.groups()) == 10


# ---------------------------------------------------------------- told as it goes
def test_progress_is_told(made: Made, linked: Link, full: Linked):
    stages: list[tuple[str, int | None]] = []
    done: Counter[str] = Counter()

    class Watching:
        @contextmanager
        def stage(self, name: str, total: int | None = None):
            stages.append((name, total))

            class Step:
                def advance(self, n: int = 1) -> None:
                    done[name] += n

                def note(self, text: str) -> None:
                    assert text

            yield Step()

    linked(made.records, progress=Watching(), model=full.report.model)
    assert [name for name, _ in stages] == [
        "encode records", "find candidates", "keep weights", "compare pairs", "cluster",
        "explain links",
    ]  # fmt: skip
    total = dict(stages)["compare pairs"]
    assert total and done["compare pairs"] >= total
