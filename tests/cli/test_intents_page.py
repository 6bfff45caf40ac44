"""docs/intents.md says what the code does: its examples run, its words and numbers hold."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import buying_brand
import pytest

from connu.app.brand import open as open_brand
from connu.kernel.sections import Intents
from connu.know import buying_gate, moment_scan, next_learning, running, session_twins
from connu.know.affinity_model import SURE
from connu.know.affinity_telling import MORE
from connu.know.intent_features import HALF_LIVES_DAYS
from connu.know.trails import ROLES
from connu.ledger.intents import KINDS, MOMENT_WORDS, REASONS

ROOT = Path(__file__).parents[2]
PATH = ROOT / "docs" / "intents.md"
PAGE = PATH.read_text(encoding="utf-8")
#: One line, so that a sentence may be looked for wherever it is broken.
FLOW = " ".join(PAGE.split())


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """The folder that holds a small built brand called maison-claire."""
    folder = tmp_path_factory.mktemp("page")
    open_brand(buying_brand.make_brand(folder / "maison-claire")).build()
    return folder


def test_examples_of_python_run(shop, monkeypatch):
    monkeypatch.chdir(shop)
    ran = doctest.testfile(str(PATH), module_relative=False)
    assert ran.failed == 0 and ran.attempted >= 15


def test_every_reason_for_silence_is_explained_in_the_program_s_words():
    rows = dict(re.findall(r"^\| (\w+) \| ([^|]+) \|", PAGE, re.M))
    for reason, words in REASONS.items():
        assert rows[reason].strip() == words


def test_every_kind_moment_role_and_setting_is_told():
    for kind in KINDS:
        assert f"| **{kind}** |" in PAGE
    for moment in MOMENT_WORDS:
        assert f"| {moment} |" in PAGE
    for role in ROLES:
        assert f"| {role} |" in PAGE
    settings = PAGE.partition("\n## Settings")[2]
    for setting in Intents.__struct_fields__:
        assert f"`{setting}`" in settings or f"[intents] {setting}`" in settings, setting


def test_source_files_it_names_exist():
    for folder, name in re.findall(r"`(?:src/connu/)?(\w+/)?([a-z_*]+\.(?:py|toml))`", PAGE):
        places = [f"src/connu/{folder}"] if folder else ["src/connu/know/", "src/connu/app/"]
        assert any(list(ROOT.glob(place + name)) for place in places), folder + name


@pytest.mark.parametrize(
    "words",
    [
        f"in the last {moment_scan.BASKET_DAYS} days",
        f"in {moment_scan.SEVERAL} visits or more of the last {moment_scan.WATCH_DAYS} days, "
        f"in the last {moment_scan.FRESH_DAYS} too",
        "fade in {}, {}, {} and {} days".format(*map(int, HALF_LIVES_DAYS)),
        f"{session_twins.DECAY}^(distinct items since)",
        f"of who came within {running.SEQUEL_DAYS} days",
        f"an ECE of at most {buying_gate._CALIBRATED:.2f}".replace("0.", "."),
        f"next from {next_learning._STEPS:,} steps",
        f"with a probability of {SURE:.0%}".replace("%", " %"),
    ],
)
def test_numbers_are_the_code_s(words):
    assert words in FLOW


def test_a_quarter_more_than_everybody():
    assert MORE == 1.25 and "exceeds everybody's by a quarter" in FLOW
