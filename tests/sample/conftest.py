"""One small sample brand for all tests of the sample; nobody writes into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connu.kernel.progress import Silent
from connu.sample.brand import make_brand
from connu.sample.chance import Chance
from connu.sample.world import World, make_world

PEOPLE, SEED = 2_000, 5


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a brand of 2,000 people."""
    path = tmp_path_factory.mktemp("brand")
    make_brand(path, people=PEOPLE, seed=SEED, progress=Silent())
    return path


@pytest.fixture(scope="session")
def world() -> World:
    """The world of that brand."""
    return make_world(Chance(SEED), PEOPLE)
