"""Whatever stands in the files, a command ends with a code that the docs promise."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SETTINGS = """\
[brand]
name = "Hostile"

[sources.crm]
kind = "people"
path = "crm.csv"

[sources.crm.fields]
id = "no"
first_name = "prenom"
last_name = "nom"
email = "mail"
phone = "tel"
birth_date = "ne_le"
"""
HEADER = ["no", "prenom", "nom", "mail", "tel", "ne_le"]


def sound_rows() -> bytes:
    rows = [
        [f"C{i}", f"Anna{i % 7}", f"Petit{i % 5}", f"a{i}@example.org", f"06000000{i:02}", "1980"]
        for i in range(40)
    ]
    return "\n".join(",".join(row) for row in [HEADER, *rows]).encode()


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The content as a careless or an ill-meaning hand would leave it."""
    ways = (
        lambda: bytes(chance.randrange(256) for _ in range(chance.randrange(400))),
        lambda: bytes(b if chance.random() > 0.02 else chance.randrange(256) for b in content),
        lambda: content[: chance.randrange(len(content))],
        lambda: b"\xff\xfe" + content.decode().encode("utf-16-le"),
        lambda: content.replace(b",", chance.choice([b";", b"\t", b"|", b'"', b"\n", b"\0"])),
        lambda: b"",
        lambda: content.splitlines()[0],
        lambda: content.replace(b"Anna", b'"Anna' * chance.randrange(1, 40)),
        lambda: content.replace(b"\n", b"\r"),
        lambda: content.replace(b"mail", b"no"),
    )
    return chance.choice(ways)()


def codes(run, folder: Path) -> list[int]:
    ran = [run(command, "--brand", folder) for command in ("check", "build", "status")]
    for one in ran:
        assert "Traceback" not in one.err, one.err
    return [one.code for one in ran]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(15))
def test_spoiled_files_are_told_never_thrown(run, tmp_path, seed):
    (tmp_path / "connu.toml").write_text(SETTINGS)
    (tmp_path / "crm.csv").write_bytes(spoiled(sound_rows(), random.Random(seed)))
    checked, built, status = codes(run, tmp_path)
    assert checked in (0, 3) and built in (0, 3) and status == 0


@pytest.mark.slow
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=6, max_size=6),
        max_size=6,
    )
)
def test_any_cells_are_built(run, tmp_path, rows):
    (tmp_path / "connu.toml").write_text(SETTINGS)
    with (tmp_path / "crm.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    checked, built, status = codes(run, tmp_path)
    assert checked in (0, 3) and built in (0, 3) and status == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_spoiled_settings_are_told_never_thrown(run, tmp_path, seed):
    (tmp_path / "crm.csv").write_bytes(sound_rows())
    content = spoiled(SETTINGS.encode(), random.Random(seed))
    (tmp_path / "connu.toml").write_bytes(content)
    assert set(codes(run, tmp_path)) <= {0, 2, 3}
