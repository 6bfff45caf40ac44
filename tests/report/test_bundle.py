"""Vega's JavaScript is packed the same each time, by a process of its own or without one."""

from __future__ import annotations

import base64
import gzip
import sys

import pytest

from connu.report import bundle
from connu.report.bundle import Bundling, bundled, digest_of


@pytest.fixture
def afresh(monkeypatch):
    """No bundle is kept from earlier tests, and none of this one is kept for later ones."""
    kept: list[bundle.Bundle] = []
    monkeypatch.setattr(bundle, "_kept", lambda: kept)
    return kept


def test_it_is_made_aside_as_it_is_made_here(afresh):
    aside = Bundling().result()
    assert aside == bundled() == afresh[0]
    script = gzip.decompress(base64.b64decode(aside.packed)).decode()
    assert digest_of(script) == aside.digest
    assert "window.vegaEmbed" in script.replace(" ", "")
    # It stands in the page as the content of a script element.
    assert "</script" not in script.lower() and "<!--" not in script
    assert len(aside.packed) < 600_000


@pytest.mark.parametrize("command", ["/nowhere/python", "/bin/false"])
def test_where_no_process_can_make_it_it_is_made_here(afresh, monkeypatch, command):
    made = bundle.Bundle("cGFja2Vk", "'sha256-x'")
    monkeypatch.setattr(sys, "executable", command)
    monkeypatch.setattr(bundle, "bundled", lambda: made)
    assert Bundling().result() == made


def test_a_process_that_is_not_wanted_any_more_ends(afresh):
    making = Bundling()
    process = making._process
    assert process is not None
    making.stop()
    assert process.poll() is not None and afresh == []
    making.stop()


def test_nothing_of_the_folder_one_is_in_is_run(afresh, tmp_path, monkeypatch):
    (tmp_path / "vl_convert.py").write_text("raise SystemExit('run')", encoding="utf-8")
    (tmp_path / "connu").mkdir()
    (tmp_path / "connu" / "__init__.py").write_text("raise SystemExit('run')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = Bundling()._told()
    assert told is not None and told.digest.startswith("'sha256-")
