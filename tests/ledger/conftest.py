"""What the tests of the ledger share: a small build, and an engine to read it with."""

from functools import partial

import pytest
from small_build import publish

from connu.engine.duckdb import DuckEngine


@pytest.fixture
def make_build(tmp_path):
    """Publish the small build in `tmp_path`."""
    return partial(publish, tmp_path)


@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path / "scratch", threads=1)
    yield engine
    engine.close()
