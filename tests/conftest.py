"""What tests of several folders share: a browser that looks at pages, and the order of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import chromium
import pytest


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
    """Where processes share the files, begin with the slow ones: the short ones fill the end."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
