"""What tests of several folders share: a browser that looks at pages, and the order of files."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import hypothesis
import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # A process of xdist is told that the screen is 80 wide; tests of the screen know no screen.
    os.environ.pop("COLUMNS", None)
    # Each process has a core: threads of a library that wait for each other would burn the other's.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Times decide no test: two processes share the cores, and the first example of a test compiles.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def looked_at() -> Iterator[Callable[..., chromium.Look]]:
    """`Chromium.looked_at` of one browser for all tests; skips without one, but in CI it fails."""
    lacking = chromium.missing()
    if lacking and chromium.must_look():
        pytest.fail(f"pages were not looked at: {lacking}")
    if lacking:
        pytest.skip(f"Browser: {lacking}")
    browser = chromium.Chromium()
    yield browser.looked_at
    browser.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, begin with the slow ones: the short ones fill the end.

    Files are dealt from both ends, since neighbours need the same loops, and two processes that
    need them at once would both compile them.
    """
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        first = [item.path for item in items if item.path in slow]
        rest = [item.path for item in items if item.path not in slow]
        rank = {path: place for place, path in enumerate([*dealt(first), *dealt(rest)])}
        items.sort(key=lambda item: rank[item.path])


def dealt(paths: list[Path]) -> Iterator[Path]:
    """Each path once: the first, the last, the second, the last but one …"""
    left = deque(dict.fromkeys(paths))
    while left:
        yield left.popleft()
        if left:
            yield left.pop()
