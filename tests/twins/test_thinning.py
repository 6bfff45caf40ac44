"""Known people's histories, cut to the lengths of visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse, stats

from connu.engine.duckdb import DuckEngine
from connu.engine.protocol import Engine
from connu.twins.thinning import thin, thinned_events_sql


def counts(rows: int = 3000, columns: int = 20, mean: float = 1.0) -> sparse.csr_matrix:
    rng = np.random.default_rng(1)
    return sparse.csr_matrix(rng.poisson(mean, (rows, columns)).astype(np.float32))


def keys_of(rows: int) -> np.ndarray:
    return np.arange(rows, dtype=np.uint64) * np.uint64(977)


def totals(matrix: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(matrix.sum(axis=1)).ravel()


# ---------------------------------------------------------------------- matrices
def test_histories_get_the_lengths_of_visits_and_no_event_is_made_up():
    known = counts()
    lengths = np.array([2, 4, 4, 8])
    cut = thin(known, lengths, keys_of(3000), seed=1)
    assert (known - cut).min() >= 0
    assert isinstance(cut, sparse.csr_matrix) and cut.dtype == known.dtype
    assert cut.shape == known.shape and (cut.data > 0).all()
    seen = totals(cut)[totals(known) >= 8]
    assert set(seen) == {2, 4, 8}
    assert abs((seen == 4).mean() - 0.5) < 0.03


def test_who_has_no_more_than_a_visit_keeps_all():
    known = counts(mean=0.1)
    cut = thin(known, np.array([100]), keys_of(3000))
    assert (cut != known).nnz == 0


def test_events_are_kept_without_replacement_evenly():
    """One history of 6 + 3 + 1 events cut to 4: the multivariate hypergeometric law."""
    known = sparse.csr_matrix(np.tile([6, 3, 0, 1], (20_000, 1)).astype(np.float32))
    cut = thin(known, np.array([4]), keys_of(20_000), seed=3).toarray()
    law = stats.multivariate_hypergeom([6, 3, 0, 1], 4)
    assert (cut.sum(axis=1) == 4).all()
    assert np.abs(cut.mean(axis=0) - law.mean()).max() < 0.03
    assert np.abs(np.cov(cut.T) - law.cov()).max() < 0.03


def test_the_order_of_rows_and_of_visitors_changes_nothing():
    known, keys, lengths = counts(), keys_of(3000), np.arange(1, 12)
    cut = thin(known, lengths, keys, seed=2)
    order = np.random.default_rng(5).permutation(3000)
    again = thin(known[order], lengths[::-1], keys[order], seed=2)
    assert (again != cut[order]).nnz == 0
    alone = thin(known[17], lengths, keys[[17]], seed=2)
    assert (alone != cut[17]).nnz == 0
    by_content = thin(known, lengths, seed=2)
    assert (thin(known[order], lengths, seed=2) != by_content[order]).nnz == 0


def test_another_seed_cuts_otherwise_and_the_given_counts_stay():
    known = counts()
    before = known.copy()
    one, other = (thin(known, np.array([5]), keys_of(3000), seed=s) for s in (1, 2))
    assert (one != other).nnz > 1000
    assert (known != before).nnz == 0


def test_new_products_in_the_catalogue_change_no_cut():
    known, keys = counts(), keys_of(3000)
    wider = sparse.hstack([known, sparse.csr_matrix((3000, 7), dtype=np.float32)]).tocsr()
    cut = thin(known, np.array([6]), keys, groups=[range(10), range(10, 20)])
    wide = thin(wider, np.array([6]), keys, groups=[range(10), range(10, 27)])
    assert (wide[:, :20] != cut).nnz == 0


def test_blocks_are_cut_at_one_ratio_and_measures_stay():
    products = counts(2000, 10, 2.0)
    levels = sparse.csr_matrix(products.toarray().reshape(2000, 5, 2).sum(axis=2))
    paid = sparse.csr_matrix(np.floor(products[:, :3].toarray() / 2))
    pace = sparse.csr_matrix(np.full((2000, 1), 0.37))
    known = sparse.hstack([products, levels, paid, pace]).tocsr()
    cut = thin(
        known, np.array([5]), keys_of(2000), groups=[range(10), range(10, 15), np.arange(15, 18)]
    )
    assert (cut[:, 18].toarray() == 0.37).all()
    assert (totals(cut[:, :10]) == 5).all() and (totals(cut[:, 10:15]) == 5).all()
    expected = totals(paid) * 5 / totals(products)
    assert np.abs(totals(cut[:, 15:18]) - expected).max() < 1
    assert abs((totals(cut[:, 15:18]) - expected).mean()) < 0.03


def test_an_event_is_kept_with_all_the_levels_that_count_it():
    """Six products in three categories under one; some events name only the category."""
    rng = np.random.default_rng(2)
    products, bare = rng.poisson(1.0, (1500, 6)), rng.poisson(0.7, (1500, 3))
    categories = products.reshape(1500, 3, 2).sum(axis=2) + bare
    hours = rng.multinomial(1, [0.25] * 4, 1500) * categories.sum(axis=1, keepdims=True)
    whole = np.hstack([products, categories, categories.sum(axis=1, keepdims=True), hours])
    known = sparse.csr_matrix(whole.astype(np.float32))
    parents = np.array([6, 6, 7, 7, 8, 8, 9, 9, 9, -1, -1, -1, -1, -1])
    groups = [range(6), range(6, 9), [9], range(10, 14)]
    cut = thin(known, np.array([4]), keys_of(1500), groups=groups, parents=parents).toarray()
    assert (cut <= whole).all()
    assert (cut[:, 9] == np.minimum(whole[:, 9], 4)).all()
    assert (cut[:, 6:9].sum(axis=1) == cut[:, 9]).all()
    assert (cut[:, 6:9] >= cut[:, :6].reshape(1500, 3, 2).sum(axis=2)).all()
    assert (cut[:, 10:].sum(axis=1) == cut[:, 9]).all()
    # A product is as likely to stay as an event without one.
    long = whole[:, 9] > 4
    share = whole[long, :6].sum(axis=1) / whole[long, 9]
    assert abs((cut[long, :6].sum(axis=1) / 4 - share).mean()) < 0.01


def test_a_product_counted_under_another_category_breaks_nothing():
    known = sparse.csr_matrix(np.tile([5.0, 5.0, 2.0, 0.0], (300, 1)))
    cut = thin(known, np.array([3]), keys_of(300), parents=np.array([2, 3, -1, -1])).toarray()
    assert (cut[:, :2].sum(axis=1) == 3).all()
    assert (cut[:, 2:] == cut[:, :2]).all()


def test_the_length_of_a_history_can_be_told():
    known = sparse.csr_matrix(np.full((400, 1), 10.0))
    cut = thin(known, np.array([5]), keys_of(400), events=np.full(400, 50))
    assert (totals(cut) == 1).all()


def test_without_visitors_nothing_is_cut():
    known = counts(50)
    for lengths in (np.array([], np.int64), np.array([0, 0])):
        assert (thin(known, lengths, keys_of(50)) != known).nnz == 0
    assert thin(known[:0], np.array([3])).shape == (0, 20)


@pytest.mark.parametrize("wrong", [0.5, -1.0, np.nan])
def test_weights_cannot_be_thinned(wrong: float):
    known = counts(10)
    known.data[3] = wrong
    with pytest.raises(ValueError, match="whole counts"):
        thin(known, np.array([3]))


@pytest.mark.parametrize("groups", [[range(5), range(4, 9)], [range(21)], [[3, 3]], [[-1, 3]]])
def test_groups_must_fit(groups: list):
    with pytest.raises(ValueError, match="group"):
        thin(counts(10), np.array([3]), groups=groups)


# ---------------------------------------------------------------------- events
def events_table(rows: list[tuple[int, str | None, int, str]]) -> pa.Table:
    """(row, cookie, second, product) as the table `events`."""
    n = len(rows)
    texts = {
        name: pa.array([None] * n, pa.string())
        for name in ("event_id", "category", "currency", "page", "account", "attributes")
    }
    return pa.table(
        {
            "source": pa.array(["web"] * n),
            "row": pa.array([r[0] for r in rows], pa.int64()),
            "time": pa.array([r[2] * 1_000_000 for r in rows], pa.timestamp("us")),
            "type": pa.array(["view"] * n),
            "session": pa.array(["s"] * n),
            "product": pa.array([r[3] for r in rows]),
            "value": pa.array([1.0] * n),
            "anonymous_id": pa.array([r[1] for r in rows], pa.string()),
            **texts,
        }
    )


def put_brand(engine: Engine, histories: dict[str, int], visits: dict[str, int]) -> None:
    """Customers with a cookie and as many events each, and visitors; rows are shuffled."""
    whose = [(c, f"k{c}") for c, n in histories.items() for _ in range(n)]
    whose += [("", v) for v, n in visits.items() for _ in range(n)]
    seconds = [i for n in (*histories.values(), *visits.values()) for i in range(n)]
    order = np.random.default_rng(len(whose)).permutation(len(whose))
    rows = [(int(r) + 1, whose[i][1], seconds[i], f"p{i}") for r, i in enumerate(order)]
    engine.put("events", events_table(rows))
    ties = [(r[0], whose[i][0]) for r, i in zip(rows, order, strict=True) if whose[i][0]]
    put_ties(engine, ties)
    engine.put(
        "visitors",
        pa.table(
            {
                "anonymous_id": pa.array([*(f"k{c}" for c in histories), *visits], pa.string()),
                "customer_id": pa.array([*histories, *(None for _ in visits)], pa.string()),
                "shared_device": pa.array([False] * (len(histories) + len(visits))),
            }
        ),
    )


def put_ties(engine: Engine, ties: list[tuple[int, str]]) -> None:
    engine.put(
        "event_customers",
        pa.table(
            {
                "source": pa.array(["web"] * len(ties), pa.string()),
                "row": pa.array([r for r, _ in ties], pa.int64()),
                "customer_id": pa.array([c for _, c in ties], pa.string()),
            }
        ),
    )
    # A row per customer and attribute, as connu.twins.known makes it.
    people = sorted({c for _, c in ties})
    twice = pa.array([*people, *people], pa.string())
    engine.put("known", pa.table({"customer_id": twice}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = DuckEngine(tmp_path / "workspace", memory_gb=0.3)
    yield opened
    opened.close()


def histories_of(engine: Engine, sql: str) -> dict[str, list[int]]:
    """Seconds of the thinned events, in order, by customer."""
    engine.view("thinned", sql)
    rows = engine.collect(
        "SELECT customer_id, epoch(t.time) AS second FROM thinned t "
        "JOIN event_customers c USING (source, row) ORDER BY 1, 2"
    ).to_pylist()
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(int(row["second"]))
    return found


def test_known_people_keep_a_run_as_long_as_a_visit(engine: Engine):
    put_brand(engine, {f"c{i}": 30 for i in range(300)} | {"short": 2}, {"v1": 3, "v2": 3, "v3": 9})
    found = histories_of(engine, thinned_events_sql(seed=1))
    assert engine.columns("thinned") == engine.columns("events")
    assert found.pop("short") in ([0, 1], [0], [1])
    assert len(found) == 300
    for seconds in found.values():
        assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    lengths = [len(seconds) for seconds in found.values()]
    assert set(lengths) == {3, 9}
    assert abs(lengths.count(3) / 300 - 2 / 3) < 0.1
    starts = [s[0] for s in found.values() if len(s) == 3]
    assert min(starts) < 3 and max(starts) > 24
    assert abs(np.mean(starts) - 13.5) < 2


def test_the_order_of_rows_changes_no_event(engine: Engine):
    put_brand(engine, {f"c{i}": 20 for i in range(40)}, {"v": 5})
    same_time = engine.collect("SELECT * REPLACE (make_timestamp(0) AS time) FROM events")
    ties = engine.collect("SELECT row, customer_id FROM event_customers").to_pylist()
    engine.put("events", same_time)
    sql = f"SELECT product FROM ({thinned_events_sql(seed=4)}) ORDER BY product"
    one = engine.collect(sql)
    assert one.num_rows == 200
    n = same_time.num_rows
    other_rows = np.random.default_rng(9).permutation(n) + 1
    place = same_time.schema.get_field_index("row")
    moved = dict(zip(same_time["row"].to_pylist(), other_rows.tolist(), strict=True))
    engine.put("events", same_time.set_column(place, "row", pa.array(other_rows)))
    put_ties(engine, [(moved[tie["row"]], tie["customer_id"]) for tie in ties])
    assert engine.collect(sql).equals(one)
    other_seed = f"SELECT product FROM ({thinned_events_sql(seed=5)}) ORDER BY product"
    assert not engine.collect(other_seed).equals(one)


def test_a_customer_s_cut_does_not_depend_on_the_others(engine: Engine):
    people = {f"c{i}": 25 for i in range(30)}
    put_brand(engine, people, {"v1": 4, "v2": 7})
    found = histories_of(engine, thinned_events_sql(seed=8))
    put_brand(engine, {c: people[c] for c in ("c3", "c7")}, {"v1": 4, "v2": 7})
    fewer = histories_of(engine, thinned_events_sql(seed=8))
    assert fewer == {c: found[c] for c in fewer} and len(fewer) == 2


def test_what_a_visitor_could_not_have_is_left_out(engine: Engine):
    """Purchases in the shop have no cookie, so no visit holds any."""
    put_brand(engine, {"web": 10, "shop": 10}, {"v": 4})
    engine.put(
        "events",
        engine.collect(
            """SELECT e.* REPLACE (CASE WHEN c.customer_id = 'shop' OR epoch(e.time) >= 6
                THEN NULL ELSE e.anonymous_id END AS anonymous_id)
            FROM events e LEFT JOIN event_customers c USING (source, row)
            WHERE c.customer_id IS NOT NULL OR e.anonymous_id = 'v'"""
        ),
    )
    engine.view("counted", "SELECT 4 AS events")
    for seed in range(6):
        sql = thinned_events_sql(seed=seed, lengths="SELECT events FROM counted")
        found = histories_of(engine, sql)
        assert max(found["web"]) < 6
        assert len(found["web"]) == len(found["shop"]) == 4


def test_without_visitors_no_event_is_lost(engine: Engine):
    put_brand(engine, {"c1": 7, "c2": 1}, {})
    found = histories_of(engine, thinned_events_sql(seed=1))
    assert {c: len(s) for c, s in found.items()} == {"c1": 7, "c2": 1}


def test_only_untied_events_of_unknown_cookies_are_visits(engine: Engine):
    put_brand(engine, {f"c{i}": 40 for i in range(20)}, {"v1": 2, "shared": 30})
    shared = engine.collect(
        "SELECT * REPLACE (anonymous_id = 'shared' AS shared_device) FROM visitors"
    )
    engine.put("visitors", shared)
    found = histories_of(engine, thinned_events_sql(seed=1))
    assert {len(seconds) for seconds in found.values()} == {2}


def test_the_query_can_be_said_to_spark():
    from connu.engine.spark import for_spark

    assert "strpos" not in for_spark(thinned_events_sql(seed=1)).lower()


def test_behaviour_is_read_from_the_thinned_events_as_from_all(engine: Engine):
    from connu.twins.behaviour import read_behaviour

    put_brand(engine, {f"c{i}": 20 for i in range(50)}, {"v": 6})
    customers = pa.array([f"c{i}" for i in range(50)])
    kinds = pa.array(["customer"] * 50)
    engine.put("subjects", pa.table({"subject_kind": kinds, "subject": customers}))
    whole = read_behaviour(engine, "subjects")
    engine.view("thinned", thinned_events_sql(seed=1))
    cut = read_behaviour(engine, "subjects", vocabulary=whole.vocabulary, events="thinned")
    assert set(whole.events.tolist()) == {20} and set(cut.events.tolist()) == {6}
    assert cut.subjects.equals(whole.subjects)
    seen = cut.matrix[:, whole.vocabulary.block("type").columns]
    assert (seen.toarray() == 6).all()
