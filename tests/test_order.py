"""Which test files the processes begin with: the slow ones, neighbours apart, and none twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import conftest


def item(name: str) -> SimpleNamespace:
    """A test of a file; with «!» a slow one."""
    slow = name.endswith("!")
    return SimpleNamespace(path=Path(name.rstrip("!")), get_closest_marker=lambda _: slow)


def order(config, *names: str) -> list[str]:
    items = [item(name) for name in names]
    conftest.pytest_collection_modifyitems(config, items)
    return [str(item.path) for item in items]


SHARED = SimpleNamespace(workerinput={})


def test_slow_files_come_first_and_neighbours_apart():
    assert order(SHARED, "a", "b!", "c!", "c", "d", "e!", "f") == [
        "b",
        "e",
        "c",
        "c",
        "a",
        "f",
        "d",
    ]


def test_alone_a_process_goes_as_it_finds_them():
    assert order(SimpleNamespace(), "b", "a!", "c") == ["b", "a", "c"]


@pytest.mark.parametrize("count", range(6))
def test_each_is_dealt_once(count):
    paths = [Path(str(number)) for number in range(count)]
    assert sorted(conftest.dealt(paths * 2)) == paths
