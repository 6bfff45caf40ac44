"""Builds: whole or not there, one at a time, the last ones kept."""

import json
import os
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connu.kernel.errors import BuildError, NotFoundError
from connu.ledger.build import id_of, moment_of
from connu.ledger.builds import Builds


def _publish(builds, value="a", clock=None, extra=()):
    with builds.begin(*([clock] if clock else [])) as draft:
        table = pa.table({"customer_id": [value]})
        pq.write_table(table, draft.workspace / "customers.parquet")
        for name in extra:
            (draft.workspace / name).write_bytes(b"x")
        return draft.publish(["customers"], {"rows": {"customers": 1}})


def _value(build):
    return pq.read_table(build.file("customers")).column(0)[0].as_py()


def test_no_build_yet_says_what_to_run(tmp_path):
    with pytest.raises(BuildError) as error:
        Builds(tmp_path).current()
    assert "connu build" in error.value.hint


def test_a_published_build_is_in_force_and_holds_only_what_is_kept(tmp_path):
    build = _publish(Builds(tmp_path), extra=["atoms.parquet", "serving.sqlite", "model.json"])
    current = Builds(tmp_path).current()
    assert current.id == build.id
    assert current.tables == ["customers"]
    assert current.trace == {"rows": {"customers": 1}}
    assert sorted(os.listdir(current.path)) == [
        "build.json", "customers.parquet", "model.json", "serving.sqlite",
    ]  # fmt: skip
    assert sorted(os.listdir(tmp_path / ".connu" / "builds")) == [build.id]


def test_a_table_that_was_never_made_is_named_and_nothing_is_published(tmp_path):
    builds = Builds(tmp_path)
    first = _publish(builds)
    with pytest.raises(BuildError, match="links"), builds.begin() as draft:
        draft.publish(["links"], {})
    assert builds.current().id == first.id
    assert sorted(os.listdir(builds.root)) == [first.id]


def test_the_last_three_builds_are_kept(tmp_path):
    builds = Builds(tmp_path)
    made = [_publish(builds, str(i)).id for i in range(5)]
    assert [b.id for b in builds.list()] == made[2:]
    assert _value(builds.current()) == "4"


def test_ids_sort_by_time_even_when_the_clock_stands_still_or_goes_back(tmp_path):
    builds = Builds(tmp_path)
    moment = datetime(2026, 11, 21, 19, 45, 1, 999_000, UTC)
    ids = [_publish(builds, clock=lambda: moment).id for _ in range(3)]
    ids.append(_publish(builds, clock=lambda: moment.replace(year=2020)).id)
    assert ids == sorted(set(ids))
    assert ids[0] == "20261121T194501999Z"
    assert id_of(moment_of(ids[3])) == ids[3]


def test_a_second_build_at_once_is_refused_saying_since_when_and_who(tmp_path):
    builds = Builds(tmp_path)
    draft = builds.begin(lambda: datetime(2026, 11, 21, 19, 45, tzinfo=UTC))
    with pytest.raises(BuildError) as error:
        Builds(tmp_path).begin()
    assert "2026-11-21T19:45:00+00:00" in error.value.message
    assert f"process {os.getpid()}" in error.value.message
    draft.abandon()
    draft.abandon()
    _publish(builds)


def test_a_draft_left_by_an_error_is_gone_and_the_lock_is_free(tmp_path):
    builds = Builds(tmp_path)
    with pytest.raises(RuntimeError), builds.begin() as draft:
        (draft.workspace / "half.parquet").write_bytes(b"x")
        raise RuntimeError
    assert os.listdir(builds.root) == []
    _publish(builds)


def test_a_draft_cannot_be_published_twice(tmp_path):
    draft = Builds(tmp_path).begin()
    draft.publish([], {})
    with pytest.raises(BuildError, match="already"):
        draft.publish([], {})


def test_what_dead_builds_left_is_cleaned_at_the_next_begin(tmp_path):
    builds = Builds(tmp_path)
    kept = _publish(builds)
    stale = builds.root / ".20200101T000000000Z.tmp"
    (stale / "spill").mkdir(parents=True)
    (stale / "spill" / "x.tmp").write_bytes(b"x")
    (builds.root / ".20200101T000000000Z.gone").mkdir()
    never_in_force = builds.root / "29990101T000000000Z"
    never_in_force.mkdir()
    (builds.home / ".current.77.new").write_bytes(b"2")
    cleaned = builds.clean()
    assert {stale.name, never_in_force.name} <= set(cleaned)
    assert os.listdir(builds.root) == [kept.id]
    assert not (builds.home / ".current.77.new").exists()


def test_cleaning_waits_for_a_running_build(tmp_path):
    builds = Builds(tmp_path)
    with builds.begin() as draft:
        assert builds.clean() == []
        assert draft.workspace.is_dir()


def test_a_stale_folder_that_is_a_link_loses_the_link_not_its_target(tmp_path):
    builds = Builds(tmp_path)
    _publish(builds)
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "kept").write_bytes(b"x")
    (builds.root / ".20200101T000000000Z.tmp").symlink_to(treasure)
    builds.clean()
    assert (treasure / "kept").exists()
    assert not (builds.root / ".20200101T000000000Z.tmp").is_symlink()


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff\xfe", b"20261121T194501999Z\nx"])
def test_a_broken_current_says_what_to_do(tmp_path, content):
    builds = Builds(tmp_path)
    _publish(builds)
    builds.current_file.write_bytes(content)
    with pytest.raises(BuildError) as error:
        builds.current()
    assert "connu build" in error.value.hint
    _publish(builds, "b")
    assert _value(builds.current()) == "b"


def test_a_build_that_lost_a_table_is_not_read(tmp_path):
    builds = Builds(tmp_path)
    build = _publish(builds)
    build.file("customers").unlink()
    with pytest.raises(BuildError, match="lost"):
        builds.current()
    assert builds.list() == []


def test_a_build_of_a_later_format_is_not_read(tmp_path):
    builds = Builds(tmp_path)
    build = _publish(builds)
    about = json.loads((build.path / "build.json").read_text())
    (build.path / "build.json").write_text(json.dumps(about | {"format": 99}))
    with pytest.raises(BuildError, match="another version"):
        builds.current()


def test_an_unknown_table_is_named_with_the_nearest(tmp_path):
    with pytest.raises(NotFoundError) as error:
        _publish(Builds(tmp_path)).file("custommers")
    assert "customers" in error.value.hint


def test_an_unwritable_folder_is_a_build_error_with_a_remedy(tmp_path):
    (tmp_path / ".connu").write_bytes(b"a file in the way")
    with pytest.raises(BuildError):
        Builds(tmp_path).begin()


def test_a_full_disk_while_publishing_leaves_the_last_build(tmp_path, monkeypatch):
    builds = Builds(tmp_path)
    first = _publish(builds)

    def full(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("connu.ledger.builds.fsync_tree", full)
    with pytest.raises(BuildError) as error:
        _publish(builds, "b")
    assert "full" in error.value.hint
    assert builds.current().id == first.id
    assert os.listdir(builds.root) == [first.id]


def test_when_current_cannot_be_replaced_the_new_build_is_not_there(tmp_path, monkeypatch):
    builds = Builds(tmp_path)
    first = _publish(builds)
    import connu.ledger.builds as module

    write = module.write_atomically

    def full(path, content):
        if path.name == "current":
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(BuildError):
        _publish(builds, "b")
    assert builds.current().id == first.id
    assert os.listdir(builds.root) == [first.id]


_KILLED = """
import os, signal, sys
from pathlib import Path
import connu.ledger.builds as module
import connu.ledger.files as files

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def die_after(function):
    def run(*a, **k):
        function(*a, **k)
        die()
    return run

def die_on_current(path, content):
    if path.name == "current":
        die()
    files.write_atomically(path, content)

def build(at, folder):
    with module.Builds(folder).begin() as draft:
        (draft.workspace / "customers.parquet").write_bytes(
            (folder / "fresh.parquet").read_bytes())
        (draft.workspace / "atoms.parquet").write_bytes(b"x")
        if at == "writing": die()
        if at == "strip": module.Draft._strip = die
        if at == "fsync": module.fsync_tree = die
        if at == "before rename": module.Path.rename = die
        if at == "after rename": module.Path.rename = die_after(module.Path.rename)
        if at == "current": module.write_atomically = die_on_current
        if at == "prune": module.Builds.prune = die
        draft.publish(["customers"], {})

for at in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        build(at, Path(sys.argv[1]) / at)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, at
"""

IN_FORCE_AFTER = {
    "writing": "old",
    "strip": "old",
    "fsync": "old",
    "before rename": "old",
    "after rename": "old",
    "current": "old",
    "prune": "new",
}


def test_a_build_killed_at_any_moment_leaves_a_whole_one_in_force(tmp_path):
    for at in IN_FORCE_AFTER:
        (tmp_path / at).mkdir()
        _publish(Builds(tmp_path / at), "old")
        pq.write_table(pa.table({"customer_id": ["new"]}), tmp_path / at / "fresh.parquet")
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), *IN_FORCE_AFTER], check=True)
    for at, in_force in IN_FORCE_AFTER.items():
        builds = Builds(tmp_path / at)
        assert _value(builds.current()) == in_force, at
        _publish(builds, "next")  # the lock fell with the process, and the folder is cleaned
        assert _value(builds.current()) == "next"
        assert all(not name.startswith(".") for name in os.listdir(builds.root)), at
        assert len(builds.list()) == (2 if in_force == "old" else 3), at


def test_a_build_killed_at_random_leaves_a_whole_one_in_force(tmp_path):
    builds = Builds(tmp_path)
    _publish(builds, "old")
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        import connu.ledger.builds as module
        print("ready", flush=True)
        while True:
            with module.Builds(Path(sys.argv[1])).begin() as draft:
                for i in range(20):
                    (draft.workspace / f"t{i}.parquet").write_bytes(b"x" * 10_000)
                draft.publish([f"t{i}" for i in range(20)], {})
    """)
    for wait in (0.003, 0.031):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(wait)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        current = builds.current()
        assert all(current.file(t).stat().st_size for t in current.tables)
        builds.clean()
        assert all(not name.startswith(".") for name in os.listdir(builds.root))


def test_two_processes_never_build_at_once(tmp_path):
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from connu.kernel.errors import BuildError
        from connu.ledger.builds import Builds
        done = 0
        while done < 5:
            try:
                with Builds(Path(sys.argv[1]), last=100).begin() as draft:
                    alone = Path(sys.argv[1]) / "alone"
                    alone.touch(exist_ok=False)  # somebody else inside: this raises
                    (draft.workspace / "t.parquet").write_bytes(b"x" * 1_000_000)
                    alone.unlink()
                    draft.publish(["t"], {"by": sys.argv[2]})
                done += 1
            except BuildError:
                pass
    """)
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(i)]) for i in range(2)
    ]
    assert [w.wait(60) for w in writers] == [0, 0]
    builds = Builds(tmp_path, last=100)
    assert len(builds.list()) == 10
    assert len({b.id for b in builds.list()}) == 10
