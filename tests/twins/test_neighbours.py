"""The nearest people are those found by comparing everyone with everyone, or nearly all of them."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from connu.kernel.errors import BuildError, ConnuError
from connu.twins import lists_file
from connu.twins.neighbours import EXACT_BELOW, Neighbours


def people(n: int, d: int, seed: int = 0) -> np.ndarray:
    """A crowd of uneven groups, its dimensions of falling weight, as behaviour's are."""
    random = np.random.default_rng(seed)
    groups = np.random.default_rng(99).normal(size=(60, d))
    chosen = np.minimum(random.exponential(15, n).astype(int), 59)
    spread = (1 + np.arange(d)) ** -0.8
    return ((groups[chosen] + random.normal(size=(n, d))) * spread).astype(np.float32)


def compared_one_by_one(vectors, queries, k):
    """Squared distances and rows, in float64, ties by row."""
    squared = np.zeros((len(queries), len(vectors)))
    for asked, known in zip(queries.T.astype(float), vectors.T.astype(float), strict=True):
        squared += (asked[:, None] - known) ** 2
    rows = np.argsort(squared, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(squared, rows, axis=1), rows


def recall(found, true):
    return np.mean([np.isin(f, t).mean() for f, t in zip(found, true, strict=True)])


@pytest.fixture(scope="module")
def crowd():
    return people(EXACT_BELOW + 5_000, 16)


@pytest.fixture(scope="module")
def listed(crowd):
    return Neighbours.build(crowd, seed=3)


@pytest.mark.parametrize("d", [2, 3, 7, 32, 128])
def test_few_people_are_compared_one_by_one(d):
    vectors, queries = people(900, d), people(40, d, seed=1)
    distances, rows = Neighbours.build(vectors).search(queries, 10)
    true_distances, true_rows = compared_one_by_one(vectors, queries, 10)
    assert np.array_equal(rows, true_rows)
    assert np.allclose(distances, true_distances, rtol=1e-5)
    assert distances.dtype == np.float32 and rows.dtype == np.int64


def test_many_people_are_found_nearly_all(crowd, listed):
    queries = people(150, 16, seed=1)
    distances, rows = listed.search(queries, 50)
    true_distances, true_rows = compared_one_by_one(crowd, queries, 50)
    assert recall(rows, true_rows) >= 0.95
    assert listed.recall(queries) == pytest.approx(recall(rows, true_rows), abs=1e-3)
    assert (np.diff(distances, axis=1) >= 0).all()
    same = rows == true_rows
    assert np.allclose(distances[same], true_distances[same], rtol=1e-4)


def test_visitors_unlike_the_known_find_their_nearest_too(crowd, listed):
    queries = (people(150, 16, seed=2) + crowd.mean(axis=0)) / 2  # short histories: less of all
    assert recall(listed.search(queries, 50)[1], compared_one_by_one(crowd, queries, 50)[1]) >= 0.95


@pytest.mark.parametrize("n", [500, EXACT_BELOW + 5_000])
def test_a_batch_answers_as_one_by_one(n, crowd):
    index = Neighbours.build(crowd[:n])
    queries = people(2_500, 16, seed=4)
    distances, rows = index.search(queries, 20)
    for i in [0, 1, 777, 1023, 1024, 2499]:
        alone = index.search(queries[i : i + 1], 20)
        assert np.array_equal(alone[0][0], distances[i])
        assert np.array_equal(alone[1][0], rows[i])
    backwards = index.search(queries[::-1], 20)
    assert np.array_equal(backwards[0][::-1], distances)
    assert np.array_equal(backwards[1][::-1], rows)


def test_the_same_people_and_seed_give_the_same_answer(crowd, listed):
    queries = people(200, 16, seed=5)
    again = Neighbours.build(crowd.copy(), seed=3)
    assert np.array_equal(again.search(queries, 30)[1], listed.search(queries, 30)[1])


def test_the_order_of_rows_does_not_change_who_is_found():
    vectors, queries = people(800, 6), people(50, 6, seed=8)
    order = np.random.default_rng(0).permutation(800)
    mixed = Neighbours.build(vectors[order]).search(queries, 25)
    sorted_ = Neighbours.build(vectors).search(queries, 25)
    assert np.array_equal(order[mixed[1]], sorted_[1])
    assert np.array_equal(mixed[0], sorted_[0])


def test_a_pickled_index_answers_the_same(listed):
    queries = people(5, 16, seed=9)
    again = pickle.loads(pickle.dumps(listed))
    assert np.array_equal(again.search(queries, 10)[1], listed.search(queries, 10)[1])


def test_a_search_leaves_what_it_was_given_alone():
    vectors = people(50, 4)
    before = vectors.copy()
    index = Neighbours.build(vectors)
    index.search(vectors, 3)
    assert vectors.flags.writeable and np.array_equal(vectors, before)
    vectors[:] = 0  # nor does what happens to it later touch the index
    assert index.search(before, 1)[1][:, 0].tolist() == list(range(50))


def test_people_exactly_alike_come_by_row(crowd):
    vectors = np.repeat(people(50, 4), 20, axis=0)
    distances, rows = Neighbours.build(vectors).search(vectors[[105]], 20)
    assert rows[0].tolist() == list(range(100, 120))
    assert not distances.any()
    many = np.concatenate([np.zeros((EXACT_BELOW, 16), np.float32), crowd[:3_000]])
    index = Neighbours.build(many)
    assert index.search(np.zeros((1, 16)), 50)[1][0].tolist() == list(range(50))


def test_everybody_alike():
    index = Neighbours.build(np.ones((EXACT_BELOW + 1, 3)))
    assert index.search(np.zeros((1, 3)), 4)[1].tolist() == [[0, 1, 2, 3]]


def test_more_are_asked_for_than_there_are():
    distances, rows = Neighbours.build(people(5, 3)).search(people(2, 3), 50)
    assert rows.shape == distances.shape == (2, 5)
    assert np.array_equal(np.sort(rows, axis=1), np.tile(np.arange(5), (2, 1)))


def test_more_are_asked_for_than_the_lists_probed_hold(crowd, listed):
    distances, rows = listed.search(crowd[:2], 20_000)
    assert rows.min() >= 0 and np.isfinite(distances).all()
    assert all(len(np.unique(r)) == 20_000 for r in rows)


def test_nobody_is_known():
    index = Neighbours.build(np.empty((0, 8), np.float32))
    distances, rows = index.search(people(3, 8), 50)
    assert rows.shape == distances.shape == (3, 0)
    assert len(index) == index.size == 0 and index.dimension == 8
    index.add(people(4, 8))
    assert index.search(people(3, 8), 2)[1].shape == (3, 2)


def test_nobody_asks():
    distances, rows = Neighbours.build(people(5, 3)).search(np.empty((0, 3)), 2)
    assert rows.shape == distances.shape == (0, 2)


@pytest.mark.parametrize("n", [700, EXACT_BELOW + 3_000])
def test_added_people_are_found(n, crowd):
    index = Neighbours.build(crowd[:n])
    index.add(crowd[n : n + 2_000])
    assert len(index) == n + 2_000
    queries = people(100, 16, seed=6)
    true = compared_one_by_one(crowd[: n + 2_000], queries, 50)[1]
    assert recall(index.search(queries, 50)[1], true) >= 0.95
    assert index.search(crowd[[n + 7]], 1)[1].tolist() == [[n + 7]]


@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("n", [0, 700, EXACT_BELOW + 3_000])
def test_a_saved_index_answers_the_same(tmp_path, n, mmap, crowd):
    index = Neighbours.build(crowd[:n])
    index.save(tmp_path / "twins.index")
    opened = Neighbours.open(tmp_path / "twins.index", mmap=mmap)
    assert (opened.size, opened.dimension) == (n, 16)
    queries = people(60, 16, seed=7)
    for mine, theirs in zip(index.search(queries, 20), opened.search(queries, 20), strict=True):
        assert np.array_equal(mine, theirs)
    opened.add(crowd[-50:])
    opened.save(tmp_path / "twins.index")  # over the file that is mapped
    index.add(crowd[-50:])
    again = Neighbours.open(tmp_path / "twins.index", mmap=mmap)
    assert np.array_equal(index.search(queries, 20)[1], again.search(queries, 20)[1])
    assert [path.name for path in tmp_path.iterdir()] == ["twins.index"]


def test_a_save_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    index = Neighbours.build(people(30, 4))
    index.save(tmp_path / "twins.index")
    before = (tmp_path / "twins.index").read_bytes()
    index.add(people(3, 4))

    def full(_):
        raise OSError(28, "disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        index.save(tmp_path / "twins.index")
    assert (tmp_path / "twins.index").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["twins.index"]


@pytest.mark.parametrize("mmap", [True, False])
def test_a_file_that_is_no_index_is_refused_with_the_remedy(tmp_path, mmap):
    path = tmp_path / "twins.index"
    Neighbours.build(people(300, 4)).save(path)
    whole = path.read_bytes()
    other = bytearray(whole)
    other[8] = lists_file.VERSION + 1
    altered = bytearray(whole)
    altered[70] ^= 1
    counted = bytearray(whole)
    counted[16] ^= 1
    cases = {
        "not an index": b"PAR1" * 40,
        "cannot be read|not an index": b"",
        "cut short|damaged": whole[:-1000],
        "format": bytes(other),
        "damaged": bytes(altered),
        "damaged|cut short": bytes(counted),
        "damaged ": whole + bytes(64),
    }
    for words, content in cases.items():
        path.write_bytes(content)
        with pytest.raises(BuildError, match=words.strip()) as error:
            Neighbours.open(path, mmap=mmap)
        assert "connu build" in error.value.hint
    with pytest.raises(BuildError, match="missing"):
        Neighbours.open(tmp_path / "none", mmap=mmap)


def test_what_is_no_number_is_refused():
    vectors = people(10, 3)
    index = Neighbours.build(vectors)
    for bad in (np.nan, np.inf, 1e300):
        broken = vectors.astype(float)
        broken[4, 1] = bad
        for act in (Neighbours.build, index.add, lambda q: index.search(q, 2)):
            with pytest.raises(ConnuError, match="row 4") as error:
                act(broken)
            assert error.value.hint
    assert index.size == 10


def test_a_wrong_shape_is_refused():
    index = Neighbours.build(people(10, 3))
    with pytest.raises(ConnuError, match="3 dimensions, these have 4"):
        index.search(people(2, 4), 1)
    with pytest.raises(ConnuError, match="3 dimensions, these have 4"):
        index.add(people(2, 4))
    with pytest.raises(ConnuError, match="shape"):
        index.search(people(2, 3)[0], 1)


def test_one_core_answers_as_two(crowd):
    """The same floats in a process that may use one core only."""
    code = (
        "import sys, os, zlib; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n"
        "import numpy as np; from connu.twins.neighbours import Neighbours\n"
        "v = np.random.default_rng(0).normal(size=(20_500, 8)).astype('f4')\n"
        "d, r = Neighbours.build(v).search(v[:3000], 10)\n"
        "print(zlib.crc32(d), zlib.crc32(r))"
    )
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system cannot hold a process to one core")
    two = code.replace("os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])", "pass")
    said = [
        subprocess.run([sys.executable, "-c", c], capture_output=True, check=True).stdout
        for c in (code, two)
    ]
    assert said[0] == said[1] and said[0].strip()


@pytest.mark.slow
@pytest.mark.parametrize("d", [16, 64])
def test_a_hundred_thousand_people_are_found_nearly_all(d):
    vectors = people(100_000, d)
    index = Neighbours.build(vectors)
    asked = people(500, d, seed=1)
    assert 0.95 <= index.recall(asked) < 1  # not by comparing everyone
    assert index.recall((asked + vectors.mean(axis=0)) / 2) >= 0.945
