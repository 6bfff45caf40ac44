"""The house keeps its own rules: what exists is documented, small, and says what it is."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import msgspec
import pytest

import connu
from connu.app.stages import TABLES
from connu.kernel.fields import FIELDS
from connu.kernel.sections import NAMED_SECTIONS, SECTIONS
from tools import reference

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "tools")
    for path in (ROOT / folder).rglob("*.py")
)
OURS = sorted(module.name for module in pkgutil.walk_packages(connu.__path__, "connu."))
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "base"}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_reference_pages_are_what_the_code_says():
    stale = [name for name, make in reference.PAGES.items() if page(name) != make()]
    assert not stale, "run `make docs`"


def test_every_command_is_documented():
    from typer.main import get_command

    from connu.cli.main import app

    text = page("commands.md")
    words = [words for words, _ in reference.commands(get_command(app))]
    assert {"connu init", "connu build", "connu show", "connu evaluate identities"} <= set(words)
    assert [word for word in words if f"## `{word}`" not in text] == []


def test_every_setting_and_field_is_documented():
    text = page("settings.md")
    for shape in (*SECTIONS.values(), *NAMED_SECTIONS.values()):
        meanings = reference.attributes_of(shape)
        assert set(meanings) == set(shape.__struct_fields__), shape
        assert [word for word in shape.__struct_fields__ if f"| `{word}` |" not in text] == []
    assert [w for words in FIELDS.values() for w in words if f"`{w}`" not in text] == []


def test_every_setting_has_a_type_a_user_reads():
    for shape in (*SECTIONS.values(), *NAMED_SECTIONS.values()):
        kinds = reference.get_type_hints(shape)
        for field in msgspec.structs.fields(shape):
            assert reference.described(kinds[field.name]), field.name


def test_every_published_table_is_documented():
    text = page("tables.md")
    named = {*re.findall(r"^#+ `?(\w+)`?$", text, re.MULTILINE), *re.findall(r"`(\w+)`", text)}
    assert [table for table in TABLES if table not in named] == []


def test_every_link_of_the_pages_leads_somewhere():
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]
    broken = [
        (path.name, target)
        for path in pages
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_why_it_exists(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert path.stem not in VAGUE
    if text.strip() and "tests" not in path.parts:
        assert ast.get_docstring(ast.parse(text)), "no docstring"


@pytest.mark.parametrize("name", OURS)
def test_what_is_public_says_what_it_does(name: str):
    path = Path(importlib.import_module(name).__file__ or "")
    silent = [
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("name", OURS)
def test_examples_in_docstrings_run(name: str):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_the_public_names_are_exactly_these():
    assert connu.__all__ == ["SessionTwins", "TwinsClassifier", "__version__", "open"]
    own = {
        name
        for name, value in vars(connu).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == "connu"
    }
    assert own == {"open"}


def test_the_version_is_one():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert connu.__version__ == project["version"]


def test_every_requirement_is_pinned_and_no_pin_names_a_place():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)
    ] == []
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines}
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [
        re.split(r"[\[<>=!~ ]", need)[0].lower()
        for needs in (project["dependencies"], *project["optional-dependencies"].values())
        for need in needs
    ]
    assert [name for name in asked if re.sub(r"[-_.]+", "-", name) not in pinned] == []


def test_nothing_kept_names_a_machine_s_place():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    # Written apart so that this file does not find itself.
    places = re.compile("|".join(["/" + "work/", "/" + "root/", "/home/" + r"\w+/"]))
    named = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and places.search(path.read_bytes().decode("utf-8", "replace")):
            named.append(name)
    assert named == []
