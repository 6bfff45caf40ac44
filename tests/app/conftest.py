"""A small brand: its sources (`brand`), and the same already built (`built`)."""

from __future__ import annotations

import shutil
from pathlib import Path

import made_brand
import pytest

from connu.app.brand import Brand
from connu.app.brand import open as open_brand


@pytest.fixture(scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made_brand.make_brand(tmp_path_factory.mktemp("made") / "brand")
    open_brand(folder).build()
    return folder


@pytest.fixture
def brand(tmp_path: Path) -> Brand:
    """A brand with its sources, not built yet."""
    return open_brand(made_brand.make_brand(tmp_path / "brand"))


@pytest.fixture
def built(tmp_path: Path, _built_once: Path) -> Brand:
    """A brand with a build, the test's own."""
    return open_brand(shutil.copytree(_built_once, tmp_path / "brand"))
