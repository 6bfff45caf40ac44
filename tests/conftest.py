"""What tests of several folders share: a browser that looks at pages."""

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
