"""A build is whole or not there, and what has not changed is not built."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import made_brand
import pyarrow as pa
import pytest

from connu.app import build as build_module
from connu.app import stages
from connu.app.brand import Brand
from connu.app.brand import open as open_brand
from connu.kernel.errors import BuildError, ConnuError, SettingsError, SourceError
from connu.ledger.builds import Builds


def published(brand: Brand) -> list[str]:
    return sorted(path.name for path in (brand.folder / ".connu/builds").iterdir() if path.is_dir())


def drafts(brand: Brand) -> list[str]:
    return [name for name in published(brand) if name.startswith(".")]


def all_tables(brand: Brand) -> dict[str, pa.Table]:
    names = [name for name in stages.TABLES if name != "identity_changes"]
    with brand.reading() as reading:
        return {name: reading.reader.table(name) for name in names}


def test_builds_every_table_and_counts(brand):
    report = brand.build()
    assert report.changed
    assert report.made.records == 90
    assert report.made.customers == 60
    assert report.made.sources["web"] == {"rows": 240, "rejected": 0}
    assert report.stages[0]["name"] == "read sources"
    assert all(stage["seconds"] >= 0 for stage in report.stages)
    build = Builds(brand.folder).current()
    assert build.tables == sorted(stages.TABLES)
    assert (build.path / stages.MODEL_FILE).is_file()
    assert (build.path / stages.SERVING_FILE).is_file()
    assert build.trace["customers"] == 60
    assert drafts(brand) == []


def test_unchanged_input_builds_nothing(built):
    before = published(built)
    report = built.build()
    assert not report.changed
    assert published(built) == before == [report.build_id]


def test_touching_a_file_changes_nothing_but_writing_to_it_does(built):
    crm = built.folder / "data/crm.csv"
    os.utime(crm, (1, 1))
    assert not built.build().changed
    rows = [person.crm() for person in made_brand.PEOPLE[:-1]]
    made_brand.write_rows(crm, made_brand.CRM, rows)
    report = built.build()
    assert report.changed and report.made.records == 89


def test_changed_settings_are_built(built):
    text = (built.folder / "connu.toml").read_text()
    (built.folder / "connu.toml").write_text(text + "\n[identify]\nmerge_probability = 0.6\n")
    assert open_brand(built.folder).build().changed


def test_force_builds_the_same_again(built):
    before = all_tables(built)
    first = Builds(built.folder).current().id
    report = built.build(force=True)
    assert report.changed and report.build_id > first
    assert all(report.made.changes[what] == 0 for what in report.made.changes)
    after = all_tables(built)
    # What each build claims stands behind what those before it did: it claims the same again.
    claimed, earlier = after.pop("scorecards"), before.pop("scorecards")
    own = claimed.slice(earlier.num_rows).drop_columns(["build", "built"])
    assert own.equals(earlier.drop_columns(["build", "built"]))
    for name, table in after.items():
        assert table.equals(before[name]), f"{name} differs after a rebuild"


def test_row_order_and_source_order_change_nothing(built, tmp_path):
    other = made_brand.make_brand(tmp_path / "shuffled")
    chance = random.Random(5)
    for name, header, rows in (
        ("crm", made_brand.CRM, [person.crm() for person in made_brand.PEOPLE]),
        ("shop", made_brand.SHOP, [person.shop() for person in made_brand.PEOPLE[::2]]),
    ):
        chance.shuffle(rows)
        made_brand.write_rows(other / f"data/{name}.csv", header, rows)
    text = made_brand.SETTINGS
    head, *tables = text.split("[sources.")
    pairs = [tables[i] + "[sources." + tables[i + 1] for i in (4, 2, 0)]
    (other / "connu.toml").write_text(head + "".join("[sources." + pair for pair in pairs))
    shuffled = open_brand(other)
    shuffled.build()
    ours, theirs = all_tables(built), all_tables(shuffled)
    for name in ("identities", "customers", "links", "undecided", "households"):
        assert ours[name].equals(theirs[name]), f"{name} depends on the order of rows"


def test_the_model_is_kept_until_retrained(built):
    model = Builds(built.folder).current().path / stages.MODEL_FILE
    learnt = model.read_text()
    rows = [person.crm() for person in made_brand.PEOPLE[:40]]
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    kept = built.build()
    assert not kept.made.learnt
    assert (Builds(built.folder).current().path / stages.MODEL_FILE).read_text() == learnt
    again = built.build(retrain=True)
    assert again.made.learnt
    assert (Builds(built.folder).current().path / stages.MODEL_FILE).read_text() != learnt


def test_a_model_that_cannot_be_read_is_learnt_anew_and_said(built):
    (Builds(built.folder).current().path / stages.MODEL_FILE).write_text("{}")
    report = built.build(force=True)
    assert report.made.learnt
    assert any("learnt anew" in remark for remark in report.made.remarks)


def test_customer_ids_stay_when_records_come_and_go(built):
    before = dict(zip(*built.table("identities").select([1, 2]).to_pydict().values(), strict=True))
    rows = [person.crm() for person in made_brand.PEOPLE[:50]]
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    report = built.build()
    after = dict(zip(*built.table("identities").select([1, 2]).to_pydict().values(), strict=True))
    assert len(after) == len(before) - 10
    assert all(before[record] == customer for record, customer in after.items())
    assert report.made.changes["gone"] == 5


@pytest.mark.parametrize("stage", ["load_sources", "link", "golden_record", "write_serving"])
def test_a_fault_in_any_stage_leaves_the_last_build_in_force(built, monkeypatch, stage):
    before = published(built)

    def broken(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stages, stage, broken)
    with pytest.raises(OSError, match="No space left"):
        built.build(force=True)
    assert published(built) == before
    assert built.table("customers").num_rows == 60
    monkeypatch.undo()
    assert built.build(force=True).changed


def test_a_source_that_vanished_is_named_and_nothing_is_published(built):
    before = published(built)
    (built.folder / "data/shop.csv").unlink()
    with pytest.raises(SourceError) as raised:
        built.build()
    assert raised.value.fields["source"] == "shop"
    assert published(built) == before
    assert built.status().builds[0]["current"]


def test_a_database_that_went_away_is_named(built):
    text = (built.folder / "connu.toml").read_text()
    text = text.replace('path = "data/shop.csv"', 'url = "sqlite:///gone/shop.db"\ntable = "shop"')
    (built.folder / "connu.toml").write_text(text)
    before = published(built)
    with pytest.raises(SourceError) as raised:
        open_brand(built.folder).build()
    assert raised.value.fields["source"] == "shop"
    assert published(built) == before


def test_two_builds_at_once_are_refused(built):
    with Builds(built.folder).begin(), pytest.raises(BuildError, match="another build"):
        built.build(force=True)
    assert built.build(force=True).changed


def test_events_alone_make_visitors(brand):
    text = (brand.folder / "connu.toml").read_text()
    events = text[text.index("[sources.web]") :]
    (brand.folder / "connu.toml").write_text(text[: text.index("[sources.crm]")] + events)
    alone = open_brand(brand.folder)
    made = alone.build().made
    assert made is not None and (made.records, made.customers) == (0, 0)
    visitors = alone.table("visitors")
    assert visitors.num_rows > 0
    assert visitors["customer_id"].null_count == visitors.num_rows


def test_a_brand_without_sources_is_told(brand):
    text = (brand.folder / "connu.toml").read_text()
    (brand.folder / "connu.toml").write_text(text[: text.index("[sources.")])
    with pytest.raises(SettingsError, match="no source"):
        open_brand(brand.folder).build()


def test_a_broken_build_is_mended_by_the_next(built):
    (Builds(built.folder).current().path / "build.json").write_text("not json")
    with pytest.raises(BuildError):
        built.table("customers")
    assert built.build().changed
    assert built.table("customers").num_rows == 60


def test_decisions_by_hand_are_honoured_by_every_later_build(built):
    built.split("crm:C000", "shop:user0")
    assert built.build().changed
    apart = {row["record_id"]: row["customer_id"] for row in built.table("identities").to_pylist()}
    assert apart["C000"] != apart["user0"]
    built.build(retrain=True)
    apart = {row["record_id"]: row["customer_id"] for row in built.table("identities").to_pylist()}
    assert apart["C000"] != apart["user0"]
    built.join("crm:C000", "shop:user0")
    built.join("crm:C001", "crm:C003")
    assert built.build().changed
    ids = {row["record_id"]: row["customer_id"] for row in built.table("identities").to_pylist()}
    assert ids["C000"] == ids["user0"]
    assert ids["C001"] == ids["C003"]


_PROGRAM = "import sys; from connu.app.brand import open; open(sys.argv[1]).build(force=True)"


def started(folder: Path) -> subprocess.Popen[bytes]:
    """A build in a process of its own, past its imports."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    home = folder / ".connu/builds"
    while process.poll() is None and not any(p.name.endswith(".tmp") for p in home.iterdir()):
        time.sleep(0.005)
    return process


@pytest.mark.slow
def test_killed_at_any_moment_the_last_build_stays_in_force(built):
    chance = random.Random(11)
    whole = all_tables(built)
    for _ in range(8):
        process = started(built.folder)
        time.sleep(chance.uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        status = built.status()
        assert sum(build["current"] for build in status.builds) == 1
        assert status.remarks == []
        for name, table in all_tables(built).items():
            assert table.equals(whole[name]), f"{name} differs after a crash"
    assert built.build(force=True).changed
    assert drafts(built) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_cleans_up_at_once(built, number):
    before = published(built)
    process = subprocess.Popen(
        [sys.executable, "-c", "from connu.cli.main import run; run()", "build", "--force"],
        cwd=built.folder,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not drafts(built):
        time.sleep(0.005)
    time.sleep(0.2)
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"the last build stays in force" in told
    assert published(built) == before
    assert built.build(force=True).changed


@pytest.mark.slow
def test_a_full_disk_is_told_and_publishes_nothing(built, tmp_path):
    """On a disk of a few hundred kilobytes (a tmpfs), where this user may mount one."""
    place = tmp_path / "full"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    try:
        folder = made_brand.make_brand(place / "brand")
        with pytest.raises((ConnuError, OSError)) as raised:
            open_brand(folder).build()
        from connu.cli.failure import recognised

        told = recognised(raised.value)
        assert told is not None and told.hint and "disk" in told.hint
        assert list((folder / ".connu/builds").iterdir()) == []
        assert open_brand(folder).status().builds == []
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_in_force_is_none_without_or_with_a_broken_build(brand):
    assert build_module.in_force(Builds(brand.folder)) is None
