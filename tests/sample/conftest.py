"""One small sample brand for all tests of the sample; nobody writes into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connu.kernel.progress import Silent
from connu.sample.brand import BrandMade, make_brand
from connu.sample.chance import Chance
from connu.sample.world import World, make_world

PEOPLE, SEED = 2_000, 5


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> BrandMade:
    """A brand of 2,000 people."""
    path = tmp_path_factory.mktemp("brand")
    return make_brand(path, people=PEOPLE, seed=SEED, progress=Silent())


@pytest.fixture(scope="session")
def sample(made: BrandMade) -> Path:
    """The folder of that brand."""
    return made.folder


@pytest.fixture(scope="session")
def world() -> World:
    """The world of that brand."""
    return make_world(Chance(SEED), PEOPLE)
