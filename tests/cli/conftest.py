"""Running `connu` inside the test, and a small sample brand to run it on."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connu.cli.main import call


@dataclass(frozen=True)
class Ran:
    """One run of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command line; the exit code and both outputs."""

    def running(*arguments: object) -> Ran:
        capsys.readouterr()
        code = call([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return running


@pytest.fixture(scope="session")
def _sample_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "maison"
    assert call(["demo", str(folder), "--people", "100", "--json"]) == 0
    assert call(["build", "--brand", str(folder), "--json"]) == 0
    return folder


@pytest.fixture(scope="session")
def sample(_sample_once: Path) -> Path:
    """The folder of a small sample brand that is built; for reading only."""
    return _sample_once


@pytest.fixture
def own_sample(tmp_path: Path, _sample_once: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, the test's own, as current folder."""
    folder = shutil.copytree(_sample_once, tmp_path / "maison")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def linked(_sample_once: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two records of one customer of the sample, as source:id."""
    path = tmp_path_factory.mktemp("links") / "links.csv"
    assert call(["export", "links", "-o", str(path), "--brand", str(_sample_once)]) == 0
    with path.open(encoding="utf-8", newline="") as file:
        link = next(csv.DictReader(file))
    return (
        f"{link['left_source']}:{link['left_record_id']}",
        f"{link['right_source']}:{link['right_record_id']}",
    )
