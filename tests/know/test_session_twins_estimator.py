import doctest

import numpy as np
import pyarrow as pa
import pytest

import connu
from connu.kernel.errors import BuildError, ConnuError
from connu.know import session_twins_estimator
from connu.know.session_twins_estimator import SessionTwins

LINES = (["bread", "butter", "jam"], ["pen", "paper", "ink"], ["sun", "hat", "sea"])
PATHS = {item: path for line, path in zip(LINES, ("food", "desk", "trip"), strict=True)
         for item in line}  # fmt: skip
START = np.datetime64("2026-01-01", "us")


def clicks(visits=700, seed=0):
    """Visits of three along one line; one in seven looks at any of the line instead."""
    chance = np.random.default_rng(seed)
    items, sessions = [], np.repeat(np.arange(visits), 3)
    for visit in range(visits):
        line = LINES[visit % 3]
        items += [i if chance.random() < 0.86 else line[chance.integers(3)] for i in line]
    time = START + np.arange(3 * visits) * np.timedelta64(1, "m")
    return sessions, items, time


@pytest.fixture(scope="module")
def twins():
    session, item, time = clicks()
    return SessionTwins().fit(session, item, time, [PATHS[i] for i in item])


def test_what_comes_next_by_label(twins):
    labels, chance = twins.recommend(["bread", "butter"], n=3)
    assert labels[0] == "jam"
    assert len(labels) == len(chance) == 3
    assert chance[0] > 0.7 and (np.diff(chance) <= 0).all() and chance.sum() <= 1
    assert twins.recommend(["pen"], n=1)[0].tolist() == ["paper"]


def test_items_nobody_knows_are_passed_over(twins):
    one, other = twins.recommend(["bread", "???", "butter"]), twins.recommend(["bread", "butter"])
    assert one[0].tolist() == other[0].tolist()
    assert np.array_equal(one[1], other[1])


def test_who_saw_nothing_known_is_told_what_is_popular(twins):
    session, item, _ = clicks()
    latest = item[-len(item) // 10 :]
    for running in ([], ["???"], [7]):
        labels, share = twins.recommend(running, n=4)
        assert len(labels) == 4
        assert (np.diff(share) <= 0).all()
        assert share[0] == pytest.approx(latest.count(labels[0]) / len(latest), abs=1e-9)
    assert len(session) == len(item)


def test_many_at_once_are_told_as_one_by_one(twins):
    asked = [["bread"], [], ["pen", "paper"], ["???"], ["sun", "sun", "hat"]]
    for (labels, chance), running in zip(twins.recommend_many(asked, n=5), asked, strict=True):
        alone = twins.recommend(running, n=5)
        assert labels.tolist() == alone[0].tolist()
        assert np.array_equal(chance, alone[1])
    assert twins.recommend_many([], n=5) == []


def test_sessions_in_arrays_are_told_in_the_order_of_their_first_rows(twins):
    session = np.array(["z", "z", "a", "m", "a"])
    item = ["bread", "butter", "paper", "???", "pen"]
    time = START + np.array([0, 60, 90, 5, 30]) * np.timedelta64(1, "s")
    z, a, m = twins.recommend_many((session, item, time), n=2)
    assert z[0][0] == "jam"
    # By time, not by row: paper is on screen.
    assert a[0][0] == "ink"
    assert m[0].tolist() == twins.recommend([], n=2)[0].tolist()


def test_categories_of_what_comes_next(twins):
    assert twins.categories_.tolist() == ["desk", "food", "trip"]
    labels, chance = twins.next_categories(["pen"], n=2)
    assert labels[0] == "desk"
    assert chance[0] > 0.8
    assert twins.next_categories([], n=2)[0].tolist() == []


def test_without_categories_they_are_not_told():
    session, item, time = clicks()
    plain = SessionTwins().fit(session, item, time)
    assert plain.silent_ == {"category": "no_categories"}
    with pytest.raises(ConnuError, match="no categories"):
        plain.next_categories(["pen"])


def test_an_item_of_several_categories_is_of_the_latest_said():
    session, item, time = clicks()
    said = [PATHS[i] if n > 9 else "old/one" for n, i in enumerate(item)]
    said[50], said[51] = None, float("nan")
    model = SessionTwins().fit(session, item, time, said)
    assert set(model.categories_) == {"desk", "food", "trip", "old", "old/one"}
    assert model.next_categories(["pen"], n=1)[0].tolist() == ["desk"]


def test_score_counts_every_step(twins):
    session = [0, 0, 0, 1, 1, 2]
    item = ["bread", "butter", "jam", "pen", "new", "pen"]
    time = START + np.arange(6) * np.timedelta64(1, "m")
    told = twins.score(session, item, time)
    assert told["steps"] == 3  # what nobody knows is a step, and a miss
    assert told["HR@1"] == told["HR@20"] == told["MRR@20"] == pytest.approx(2 / 3)


def test_score_asks_the_popular_list_where_nothing_known_was_seen(twins):
    best = twins.recommend([], n=1)[0][0]
    time = START + np.arange(2) * np.timedelta64(1, "m")
    assert twins.score([0, 0], ["new", best], time)["HR@1"] == 1
    assert twins.score([0, 0], ["new", "newer"], time)["HR@20"] == 0


def test_score_agrees_with_recommend(twins):
    session, item, time = clicks(60, seed=5)
    places = []
    for n in range(0, len(item), 3):
        for k in (1, 2):
            # As in `score`, at the times of the clicks.
            asked = (session[n : n + k], item[n : n + k], time[n : n + k])
            labels = twins.recommend_many(asked, n=20)[0][0].tolist()
            target = item[n + k]
            places.append(labels.index(target) if target in labels else 99)
    told = twins.score(session, item, time)
    assert told["HR@1"] == pytest.approx(np.mean([p < 1 for p in places]))
    assert told["MRR@20"] == pytest.approx(np.mean([1 / (p + 1) if p < 20 else 0 for p in places]))


def test_what_was_kept_tells_the_same(twins, tmp_path):
    twins.save(tmp_path / "twins")
    opened = connu.SessionTwins.open(tmp_path / "twins")
    assert opened.items_.tolist() == twins.items_.tolist()
    for running in (["bread"], [], ["pen", "ink"]):
        one, other = opened.recommend(running), twins.recommend(running)
        assert one[0].tolist() == other[0].tolist()
        assert np.array_equal(one[1], other[1])
    assert opened.next_categories(["sun"])[0].tolist() == twins.next_categories(["sun"])[0].tolist()
    with pytest.raises(BuildError, match="no session twins"):
        SessionTwins.open(tmp_path)


def test_numbers_as_labels_arrow_columns_and_any_order_of_rows(tmp_path):
    session, item, time = clicks()
    number = {name: 100 * n for n, name in enumerate(sorted(PATHS))}
    mixed = np.random.default_rng(1).permutation(len(item))
    columns = pa.table(
        {
            "session": pa.array(session),
            "item": pa.array([number[i] for i in item]),
            "time": pa.array(time, pa.timestamp("us", "UTC")),
        }
    ).take(pa.array(mixed))
    model = SessionTwins().fit(columns["session"], columns["item"], columns["time"])
    plain = SessionTwins().fit(session, [number[i] for i in item], time.astype(np.int64))
    for running in ([number["bread"]], [np.int64(number["pen"]), number["paper"]]):
        one, other = model.recommend(running), plain.recommend(running)
        assert one[0].tolist() == other[0].tolist()
        assert np.array_equal(one[1], other[1])
    assert model.recommend([number["bread"], number["butter"]], n=1)[0].tolist() == [number["jam"]]
    model.save(tmp_path / "twins")
    assert SessionTwins.open(tmp_path / "twins").items_.dtype == np.int64


def test_what_is_wrong_is_said():
    session, item, time = clicks(10)
    fit = SessionTwins().fit
    for arrays, said in (
        ((session[:-1], item, time), "unequal length: session 29, item 30, time 30"),
        ((session, item, time, ["food"]), "unequal length"),
        (([], [], []), "no clicks"),
        ((session, [None, *item[1:]], time), "item holds neither"),
        ((session + 0.5, item, time), "session holds neither"),
        ((session, [item], time), "item is no column"),
        ((session, item, time.astype("datetime64[s]").astype(np.int64)), "looks like seconds"),
        ((session, item, time.astype(np.int64) / 1e6), "neither datetime64 nor µs"),
        ((session, item, np.append(time[:-1], np.datetime64("NaT"))), "times are missing"),
        ((session, item, time), "too few sessions"),
    ):
        with pytest.raises(ConnuError, match=said) as error:
            fit(*arrays)
        assert error.value.hint


def test_nothing_is_asked_before_it_is_learnt():
    for ask in (
        lambda: SessionTwins().recommend(["bread"]),
        lambda: SessionTwins().recommend_many([["bread"]]),
        lambda: SessionTwins().next_categories(["bread"]),
        lambda: SessionTwins().save("nowhere"),
        lambda: SessionTwins().items_,
    ):
        with pytest.raises(ConnuError, match="nothing was learnt"):
            ask()


def test_a_list_holds_one_at_least(twins):
    with pytest.raises(ConnuError, match="one item at least"):
        twins.recommend(["bread"], n=0)
    with pytest.raises(ConnuError, match="no session has two clicks"):
        twins.score([0], ["bread"], START.reshape(1))


def test_the_example_runs():
    assert connu.SessionTwins is SessionTwins
    result = doctest.testmod(session_twins_estimator, extraglobs={"np": np})
    assert result.attempted > 0
    assert result.failed == 0
