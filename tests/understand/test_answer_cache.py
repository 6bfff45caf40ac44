"""Caches keep answers whole, survive a crash, and forget what is asked to be forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import ModelError
from connu.understand.answer_cache import AnswerCache, VectorCache, content_key

_KEYS = [content_key("text", str(n)) for n in range(5)]
_ROWS = np.arange(15, dtype=np.float32).reshape(5, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "vectors.bin"


def test_vectors_are_found_again(path):
    cache = VectorCache(path)
    assert cache.missing(_KEYS) == _KEYS and cache.rows([]).shape == (0, 0)
    cache.add(_KEYS[:2], _ROWS[:2])
    cache.add(_KEYS[2:4], _ROWS[2:4])
    cache.add([], _ROWS[:0])
    for one in (cache, VectorCache(path)):
        assert one.missing(_KEYS) == _KEYS[4:]
        np.testing.assert_array_equal(one.rows([_KEYS[3], _KEYS[0]]), _ROWS[[3, 0]])


@pytest.mark.parametrize("cut", [1, 20, 43, 44, 45])
def test_half_a_record_is_none(path, cut):
    VectorCache(path).add(_KEYS, _ROWS)
    path.write_bytes(path.read_bytes()[:-cut])
    cache = VectorCache(path)
    kept = 4 if cut <= 44 else 3
    assert cache.missing(_KEYS) == _KEYS[kept:]
    cache.add(_KEYS[kept:], _ROWS[kept:])
    np.testing.assert_array_equal(VectorCache(path).rows(_KEYS), _ROWS)


def test_an_empty_file_is_an_empty_cache(path):
    path.parent.mkdir()
    for data in (b"", b"\x01"):
        path.write_bytes(data)
        VectorCache(path).add(_KEYS, _ROWS)
        np.testing.assert_array_equal(VectorCache(path).rows(_KEYS), _ROWS)


def test_vectors_of_another_width_are_refused(path):
    cache = VectorCache(path)
    cache.add(_KEYS[:1], _ROWS[:1])
    with pytest.raises(ModelError, match="2 numbers, once of 3"):
        cache.add(_KEYS[1:2], _ROWS[1:2, :2])
    np.testing.assert_array_equal(cache.rows(_KEYS[:1]), _ROWS[:1])


def test_what_is_not_kept_is_gone(path):
    cache = VectorCache(path)
    cache.add(_KEYS, _ROWS)
    assert cache.keep([_KEYS[1], _KEYS[4], content_key("never seen")]) == 3
    for one in (cache, VectorCache(path)):
        assert one.missing(_KEYS) == [_KEYS[0], _KEYS[2], _KEYS[3]]
        np.testing.assert_array_equal(one.rows([_KEYS[4]]), _ROWS[4:])
    assert _KEYS[0] not in path.read_bytes()
    assert cache.keep([_KEYS[1], _KEYS[4]]) == 0
    assert cache.keep([]) == 2
    cache.add(_KEYS[:1], _ROWS[:1])
    np.testing.assert_array_equal(VectorCache(path).rows(_KEYS[:1]), _ROWS[:1])


def test_answers_are_kept_and_forgotten(tmp_path):
    cache = AnswerCache(tmp_path / "answers")
    assert cache.get(_KEYS[0]) is None and cache.keep([]) == 0
    cache.put(_KEYS[0], b"one")
    cache.put(_KEYS[1], b"two")
    cache.put(_KEYS[0], b"other")
    assert cache.get(_KEYS[0]) == b"other"
    assert cache.known(_KEYS[:3]) == {_KEYS[0]: True, _KEYS[1]: True, _KEYS[2]: False}
    assert cache.keep([_KEYS[1]]) == 1
    assert cache.get(_KEYS[0]) is None and cache.get(_KEYS[1]) == b"two"
    assert len(list((tmp_path / "answers").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be used"):
        AnswerCache(tmp_path / "file").put(_KEYS[0], b"x")
    with pytest.raises(ModelError, match="cannot be used"):
        VectorCache(tmp_path / "file" / "v.bin").add(_KEYS, _ROWS)
