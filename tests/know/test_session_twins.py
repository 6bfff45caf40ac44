from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from next_worlds import asked, made_sessions, random_sessions

from connu.know import next_items
from connu.know.next_items import Index
from connu.know.postings import Postings
from connu.know.running import Running, steps_of
from connu.know.session_features import FEATURES
from connu.know.session_twins import CLOSE, DECAY, POSTINGS, REST_DAYS, STEPS, TWINS
from connu.know.trails import DAY

ITEMS = 12
NOTHING = np.zeros(0, np.int32)


def index_of(sessions, *, items=ITEMS, near=None, popular=(), group=None):
    """Without vectors, so that what is counted stands alone."""
    return Index(
        sessions,
        Postings.of(sessions, items),
        np.zeros((items, 1), np.float32),
        np.full((items, 1), -1, np.int32) if near is None else near,
        np.array(popular, np.int32),
        np.full(items, -1, np.int32) if group is None else group,
    )


def told(index, running, most=ITEMS):
    """Per session: item → column → value."""
    candidates, columns = index.describe(running, most)
    assert np.isfinite(columns).all()
    assert (columns[candidates < 0] == 0).all()
    return [
        {
            int(item): dict(zip(FEATURES, row.tolist(), strict=True))
            for item, row in zip(one, table, strict=True)
            if item >= 0
        }
        for one, table in zip(candidates, columns, strict=True)
    ]


def slow(sessions, run, limit, now, own=-1):
    """The counted columns, written once more without haste."""
    every = [
        sessions.item[sessions.starts[s] : sessions.starts[s + 1]].tolist()
        for s in range(len(sessions))
    ]
    distinct = list(dict.fromkeys(reversed(run)))
    count, shared, first_shared = defaultdict(lambda: defaultdict(float)), {}, {}
    for late, item in enumerate(distinct):
        count[item]["touched"] = 1
        weight = DECAY**late
        held = [(s, p) for s in range(limit) for p, i in enumerate(every[s]) if i == item]
        rarity = np.log(1 + limit / (1 + len(held)))
        for s, p in held:
            if s == own:
                continue
            shared[s] = shared.get(s, 0) + weight * rarity
            first_shared.setdefault(s, late)
            if late >= CLOSE:
                continue
            for x, other in enumerate(every[s]):
                if x == p or abs(x - p) > STEPS:
                    continue
                way = "after" if x > p else "before"
                count[other][f"{way}_any"] += weight / abs(x - p)
                if late == 0:
                    count[other][way] += 1 / abs(x - p)
                if late == 0 and x == p + 1:
                    count[other]["next"] += 1
                    if p > 0 and len(run) > 1 and every[s][p - 1] == run[-2]:
                        count[other]["after_both"] += 1
                if late == 1 and x == p + 1:
                    count[other]["second"] += 1
    for s, weight in shared.items():
        rest = max(now - sessions.ends[s], 0) / DAY
        for other in every[s]:
            given = weight / (1 + first_shared[s]) * np.exp(-rest / REST_DAYS)
            count[other]["twins"] += given
            count[other]["sessions_twin"] += 1
            count[other]["nearest_twin"] = max(count[other]["nearest_twin"], weight)
    top = max([c["twins"] for i, c in count.items() if i != run[-1]] + [1e-9])
    read = sum(every[s].count(run[-1]) for s in range(limit))
    return {
        item: {
            "twins": c["twins"] / top,
            "after_last": c["after"] / (read + 5),
            "next_after_last": c["next"],
            "next_share": c["next"] / (read + 3),
            "before_last": c["before"] / (read + 5),
            "after_any": c["after_any"],
            "before_any": c["before_any"],
            "sessions_twin": c["sessions_twin"],
            "nearest_twin": c["nearest_twin"],
            "next_after_second": c["second"],
            "after_both": c["after_both"],
            "seen": np.log1p(sum(every[s].count(item) for s in range(limit))),
            "seen_tenth": np.log1p(
                sum(every[s].count(item) for s in range(limit * 9 // 10, limit))
            ),
            "times": run.count(item),
            "steps_ago": run[::-1].index(item) if item in run else 99,
            "on_screen": float(item == run[-1]),
            "length": len(run),
            "last_seen": np.log1p(read),
            "distinct_share": len(distinct) / len(run),
        }
        for item, c in count.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_columns_are_what_a_slow_count_gives(seed):
    chance = np.random.default_rng(seed)
    sessions = random_sessions(seed)
    runs = [chance.integers(0, ITEMS, chance.integers(1, 9)).tolist() for _ in range(8)]
    limit, own = int(chance.integers(1, len(sessions) + 1)), int(chance.integers(-1, 3))
    running = asked(runs, limit, own=own, at=40 * DAY)
    for run, found in zip(runs, told(index_of(sessions), running), strict=True):
        expected = slow(sessions, run, limit, 40 * DAY, own)
        assert set(found) == set(expected)
        for item, columns in expected.items():
            for name, value in columns.items():
                assert found[item][name] == pytest.approx(value, rel=2e-4, abs=1e-5), name


def test_only_the_latest_postings_of_an_item_are_read():
    older = [[0, 1]] * 50
    sessions = made_sessions(older + [[0, 2]] * POSTINGS, ends=range(1, POSTINGS + 51))
    found = told(index_of(sessions), asked([[0]], len(sessions)))[0]
    assert set(found) == {0, 2}
    assert found[2]["next_after_last"] == POSTINGS


def test_what_is_not_known_yet_changes_nothing():
    sessions, limit = random_sessions(5, count=40), 25
    items = [sessions.item[a:b].tolist() for a, b in zip(*edges(sessions), strict=True)]
    chance = np.random.default_rng(9)
    later = [chance.integers(0, ITEMS, len(one)).tolist() for one in items[limit:]]
    changed = made_sessions(items[:limit] + later)
    assert not np.array_equal(changed.item, sessions.item)
    running = asked([[3], [1, 4], [7, 7, 2]], limit)
    one, other = (index_of(s, popular=(0, 1)).describe(running, 8) for s in (sessions, changed))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def edges(sessions):
    return sessions.starts[:-1], sessions.starts[1:]


def test_a_session_is_not_its_own_twin():
    index = index_of(made_sessions([[0, 1]]))
    assert set(told(index, asked([[0]], 1))[0]) == {0, 1}
    assert set(told(index, asked([[0]], 1, own=0))[0]) == {0}


def test_before_anything_is_known_only_what_stands_by_itself_is_told():
    near = np.full((ITEMS, 2), -1, np.int32)
    near[3, 0] = 8
    index = index_of(random_sessions(0), near=near, popular=(5,))
    assert set(told(index, asked([[3]], 0))[0]) == {3, 8, 5}
    empty = index_of(made_sessions([]), near=near, popular=(5,))
    assert set(told(empty, asked([[3]], 0))[0]) == {3, 8, 5}


def test_an_item_without_sessions_has_no_age():
    found = told(index_of(made_sessions([[0, 1]]), popular=(1,)), asked([[9]], 1))[0]
    assert set(found) == {9, 1}
    assert found[9]["age_days"] == found[9]["rest_days"] == -1
    assert found[9]["seen"] == 0


def test_ties_stand_by_item():
    for order in ([[0, 2], [0, 1]], [[0, 1], [0, 2]]):
        sessions = made_sessions(order, ends=[DAY, DAY])
        candidates, _ = index_of(sessions).describe(asked([[0]], 2), 3)
        assert candidates.tolist() == [[0, 1, 2]]
        # A place short, the later number goes.
        candidates, _ = index_of(sessions).describe(asked([[0]], 2), 2)
        assert candidates.tolist() == [[0, 1]]


def test_the_place_is_that_of_the_quick_score():
    sessions = made_sessions([[0, 1], [0, 1], [0, 2]], ends=[DAY] * 3)
    candidates, columns = index_of(sessions).describe(asked([[0]], 3), 3)
    assert candidates.tolist() == [[0, 1, 2]]
    assert columns[0, :, FEATURES.index("place")].tolist() == [0, 1, 2]


def test_an_older_twin_weighs_less_and_one_from_the_future_no_more():
    sessions = made_sessions([[0, 1], [0, 2]], ends=[DAY, 22 * DAY])
    found = told(index_of(sessions), asked([[0]], 2, at=22 * DAY))[0]
    assert found[1]["twins"] == pytest.approx(np.exp(-21 / REST_DAYS), rel=1e-4)
    # Whoever asks with an older clock gets numbers all the same.
    found = told(index_of(sessions), asked([[0]], 2, at=-100_000 * DAY))[0]
    assert found[1]["twins"] == found[2]["twins"] == 1


def test_past_visits_and_categories_are_counted():
    group = np.array([0, 0, 1] + [-1] * 9, np.int32)
    index = index_of(made_sessions([[5, 6]]), group=group)
    past = np.array([2, 1, 2, 0], np.int32)
    one = asked([[0, 1]], 1)
    running = Running.of(
        one.starts[:-1], one.starts[1:], one.item, one.time, limit=1, ended=True,
        past=(np.array([1]), np.array([4]), past),
    )  # fmt: skip
    found = told(index, running)[0]
    assert set(found) == {0, 1, 2}
    assert [found[i]["past_times"] for i in (0, 1, 2)] == [1, 1, 1]
    assert found[1]["past_steps"] == pytest.approx(np.log(3))
    assert found[0]["past_group_share"] == pytest.approx(2 / 3)
    assert found[0]["group_share"] == 1
    assert found[0]["same_group"] == 1 and found[2]["same_group"] == 0
    assert all(columns["ended"] == 1 for columns in found.values())


def test_pauses_are_those_before_the_event_on_screen():
    times = np.array([0, 10_000_000, 40_000_000], np.int64)
    items = np.array([0, 1, 2], np.int32)
    running = Running.of(np.zeros(1, np.int64), np.array([3]), items, times, limit=0)
    found = told(index_of(made_sessions([])), running)[0][2]
    assert found["pause"] == pytest.approx(np.log1p(30))
    assert found["pause_before"] == pytest.approx(np.log1p(10))
    short = told(index_of(made_sessions([])), asked([[4]], 0))[0][4]
    assert short["pause"] == short["pause_before"] == -1


def test_all_at_once_in_parts_and_threads_and_one_by_one_are_the_same(monkeypatch):
    sessions = random_sessions(7, count=60)
    steps = steps_of(sessions, np.arange(60), np.full(60, -1))
    index = index_of(sessions, popular=(1, 2))
    whole = index.describe(steps, 10)
    single = [index.describe(steps.part(i, i + 1), 10) for i in range(len(steps))]
    monkeypatch.setattr(next_items, "_AT_ONCE", 7)
    parts = index.describe(steps, 10)
    for k in (0, 1):
        assert np.array_equal(whole[k], np.concatenate([one[k] for one in single]))
        assert np.array_equal(whole[k], parts[k])


def test_many_may_ask_at_once():
    sessions = random_sessions(8, count=60)
    steps = steps_of(sessions, np.arange(60), np.full(60, -1))
    index = index_of(sessions)
    expected = index.describe(steps, 10)[1]
    with ThreadPoolExecutor(8) as pool:
        for _, columns in pool.map(lambda _: index.describe(steps, 10), range(40)):
            assert np.array_equal(columns, expected)


def test_the_room_to_work_in_is_left_empty():
    sessions = random_sessions(2, count=50)
    index = index_of(sessions, popular=(0, 3))
    index.describe(steps_of(sessions, np.arange(50), np.full(50, -1)), 6)
    assert len(index._room) == 1
    counts, slot, _, shared = index._room[0]
    assert not counts.any() and not slot.any() and not shared[:, 0].any()


def test_a_session_without_events_is_refused():
    running = asked([[], [1]], 0)
    with pytest.raises(ValueError, match="one event at least"):
        index_of(made_sessions([])).describe(running, 3)
    none = Running.of(NOTHING.astype(int), NOTHING.astype(int), NOTHING, NOTHING, limit=0)
    assert index_of(made_sessions([])).describe(none, 3)[0].shape == (0, 3)


def test_one_item_alone_and_sessions_all_alike():
    index = index_of(made_sessions([[0, 0]] * 20), items=1)
    found = told(index, asked([[0, 0]], 20))[0]
    assert found[0]["again_share"] == pytest.approx(20 / 43)
    index = index_of(made_sessions([[0, 1]] * 400), items=2)
    found = told(index, asked([[0]], 400, at=400 * DAY))[0]
    assert found[1]["twins"] == 1
    assert found[1]["sessions_twin"] == TWINS  # the latest
