"""What the tests of the ledger share: a small build, and an engine to read it with."""

from functools import partial

import pytest
from small_build import publish

from connu.engine.duckdb import DuckEngine


@pytest.fixture
def make_build(tmp_path):
    """Publish the small build in `tmp_path`."""
    return partial(publish, tmp_path)


@pytest.fixture(scope="session")
def whole_build(tmp_path_factory):
    """The small build without a consent, for tests that only read."""
    return publish(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """One engine for all: a reader names a build's tables anew."""
    engine = DuckEngine(tmp_path_factory.mktemp("scratch"), threads=1)
    yield engine
    engine.close()
