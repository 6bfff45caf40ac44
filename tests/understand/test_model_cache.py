"""The cache holds whole entries, where the variable says."""

from __future__ import annotations

from pathlib import Path

import pytest

from connu.kernel.errors import ModelError
from connu.understand.model_cache import cache_folder, cached


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.setenv("CONNU_CACHE", str(tmp_path / "cache"))


def _write(folder: Path) -> None:
    (folder / "file").write_text("made")


def test_it_is_made_once():
    times = []

    def make(folder: Path) -> None:
        times.append(1)
        _write(folder)

    first, second = cached("kind", "abc", make), cached("kind", "abc", make)
    assert first == second == cache_folder() / "kind" / "abc"
    assert (first / "file").read_text() == "made" and len(times) == 1


def test_a_failure_leaves_nothing():
    def fail(folder: Path) -> None:
        _write(folder)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cached("kind", "abc", fail)
    assert list((cache_folder() / "kind").iterdir()) == []


def test_who_is_slower_takes_what_is_there():
    def race(folder: Path) -> None:
        cached("kind", "abc", _write)
        (folder / "file").write_text("late")

    assert (cached("kind", "abc", race) / "file").read_text() == "made"
    assert [path.name for path in (cache_folder() / "kind").iterdir()] == ["abc"]


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="cannot write the cache") as raised:
        cached("kind", "abc", _write)
    assert "CONNU_CACHE" in str(raised.value.hint)


@pytest.mark.parametrize(
    ("platform", "variables", "wanted"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, Path("/x/connu")),
        ("linux", {}, Path("/people/me/.cache/connu")),
        ("darwin", {}, Path("/people/me/Library/Caches/connu")),
        ("win32", {"LOCALAPPDATA": "/l"}, Path("/l/connu/Cache")),
    ],
)
def test_each_platform_has_its_place(platform, variables, wanted, monkeypatch):
    for name in ("CONNU_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/people/me"))
    assert cache_folder() == wanted
