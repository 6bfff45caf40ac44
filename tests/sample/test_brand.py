"""The sample brand as a whole: the same bytes again, settings that hold, truth for every record."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest

from connu.kernel.errors import UsageError
from connu.kernel.progress import Silent
from connu.kernel.settings import read_settings
from connu.sample import make_brand


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("brand")
    make_brand(path, people=600, seed=5, progress=Silent())
    return path


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_brand(tmp_path / "again", people=600, seed=5, progress=Silent())
    assert digests(folder) == digests(tmp_path / "again")
    make_brand(tmp_path / "other", people=600, seed=6, progress=Silent())
    theirs = digests(tmp_path / "other")
    same = [name for name, digest in digests(folder).items() if theirs[name] == digest]
    assert same == ["connu.toml", "truth/README.md", "truth/drivers.csv"]


def test_settings_hold_and_name_files_that_are_there(folder: Path) -> None:
    settings = read_settings(folder)
    assert settings.brand.name == "Maison Claire"
    assert set(settings.of_kind("people")) == {
        "crm",
        "accounts",
        "loyalty",
        "support",
        "social",
        "unsubscribes",
    }
    for source in settings.sources.values():
        if source.path is not None:
            assert list(folder.glob(source.path)), source.path


def test_truth_is_never_among_the_data(folder: Path) -> None:
    people = pa_csv.read_csv(folder / "truth" / "people.csv")["person"].to_pylist()
    for path in (folder / "data").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(person.encode() in content for person in people[:50]), path


def test_too_few_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least"):
        make_brand(tmp_path, people=3, progress=Silent())


def test_another_brand_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "connu.toml").write_text('[brand]\nname = "Mine"\n')
    with pytest.raises(UsageError, match="already a brand"):
        make_brand(tmp_path, people=100, progress=Silent())
    assert not (tmp_path / "data").exists()
