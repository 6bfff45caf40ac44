"""Help answers at once, every command says what it does, a slip of the hand is told how to mend."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import connu

COMMANDS = [
    ["demo"],
    ["init"],
    ["check"],
    ["build"],
    ["status"],
    ["show"],
    ["explain"],
    ["export"],
    ["join"],
    ["split"],
    ["consent", "grant"],
    ["consent", "withdraw"],
    ["forget"],
    ["scorecard"],
    ["evaluate", "identities"],
]
READS_CUSTOMERS = [["show"], ["explain"], ["export"], ["scorecard"], ["evaluate", "identities"]]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(run, command):
    ran = run(*command, "--help")
    assert ran.code == 0
    assert re.search(r"Examples?:", ran.out), "help without an example"
    assert f"connu {' '.join(command)}" in ran.out
    assert "[dim]" not in ran.out and "[bold]" not in ran.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_can_speak_json(run, command):
    assert "--json" in run(*command, "--help").out


@pytest.mark.parametrize("command", READS_CUSTOMERS, ids=" ".join)
def test_what_reads_customers_names_a_purpose(run, command):
    assert "--purpose" in run(*command, "--help").out


def test_the_list_of_commands_is_the_help_s(run):
    overview = run("--help").out
    for command in COMMANDS:
        assert re.search(rf"│ {command[0]} ", overview), f"{command[0]} is not listed"


def test_version_is_that_of_the_package(run):
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert connu.__version__ == declared
    assert run("--version").out == f"connu {declared}\n"


def test_public_names_are_exact():
    assert connu.__all__ == ["SessionTwins", "TwinsClassifier", "__version__", "open"]
    assert callable(connu.open)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bild"], "build"),
        (["build", "--forse"], "--force"),
        (["show"], "WHO"),
        (["demo", "x", "--people", "many"], "--people"),
        (["demo", "x", "--people", "-3"], "--people"),
        (["consent", "grnt", "a", "b"], "grant"),
    ],
)
def test_a_slip_is_told_with_the_word_that_was_meant(run, arguments, said):
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("connu: ")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_help_loads_nothing_heavy():
    heavy = ["duckdb", "numba", "numpy", "pyarrow", "scipy", "sqlalchemy", "msgspec"]
    program = (
        "import sys; from connu.cli.main import call; code = call(['build', '--help']); "
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
