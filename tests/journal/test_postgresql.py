"""The journal on PostgreSQL: the one CONNU_TEST_POSTGRESQL names, or one started for the test."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from connu.journal import tables
from connu.journal.codes import Code
from connu.journal.confirmations import Confirmation
from connu.journal.journal import open_journal
from connu.kernel.errors import JournalError
from connu.kernel.settings import settings_from

pytest.importorskip("psycopg")

A, B, C = ("crm", "1"), ("crm", "2"), ("web", "7")


@pytest.fixture(scope="module")
def server():
    """The URL of a PostgreSQL server, without a database's name."""
    given = os.environ.get("CONNU_TEST_POSTGRESQL")
    if given:
        yield given
        return
    initdb = shutil.which("initdb")
    if initdb is None or shutil.which("postgres") is None:
        pytest.skip("no PostgreSQL at hand (set CONNU_TEST_POSTGRESQL, or install the server)")
    who = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL refuses to run as root, and there is no account for it")
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="connu-pg-"))
    if who:
        os.chown(folder, who["user"], who["group"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder} | who
    data = folder / "data"
    made = [initdb, "-D", data, "-U", "connu", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(made, check=True, **quiet)
    running = subprocess.Popen(
        ["postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        **quiet,
    )
    try:
        ready = ["pg_isready", "-h", folder, "-t", "20", "-q"]
        for _ in range(200):
            if subprocess.run(ready, check=False).returncode == 0:
                break
        yield f"postgresql://connu@/postgres?host={folder}"
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server):
    """The URL of an empty schema of its own."""
    import psycopg

    schema = "connu_test"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
    joint = "&" if "?" in server else "?"
    return f"{server}{joint}options=-csearch_path%3D{schema}"


def _settings(url):
    return settings_from({"brand": {"name": "Maison Claire"}, "journal": {"url": url}})


def test_everything_is_kept_across_openings(tmp_path, url):
    with open_journal(tmp_path, _settings(url)) as journal:
        first = journal.join(A, B, "eve")
        journal.split(B, C, "eve")
        journal.undo(first, "max")
        journal.consent("marketing", True, "page", records=[A], identifiers=[("email", "x")])
        journal.bury([b"\x00\xffh" * 10 + b"zz"])
        key = journal.key()
    with open_journal(tmp_path, _settings(url)) as journal:
        assert [d.undone_by for d in journal.decisions()] == ["max", None]
        assert journal.splits() == [(B, C)]
        assert journal.consents().num_rows == 2
        assert journal.tombstones() == {b"\x00\xffh" * 10 + b"zz"}
        assert journal.key() == key
        journal.check()


def test_forgetting_leaves_nothing_to_be_read(tmp_path, url):
    with open_journal(tmp_path, _settings(url)) as journal:
        journal.join(A, B, "eve")
        journal.split(B, C, "eve")
        journal.consent("marketing", True, "page", records=[A, C])
        assert journal.forget(records=[A], identifiers=[], hashes=[b"h" * 32], by="eve") == 2
        assert [(d.left, d.right) for d in journal.decisions()] == [(B, C)]
        assert journal.consents()["record_id"].to_pylist() == ["7"]
        assert len(journal.forgettings()) == 1


def test_several_processes_make_the_journal_at_once(tmp_path, url):
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from connu.journal.journal import open_journal
        from connu.kernel.settings import settings_from
        settings = settings_from({"brand": {"name": "x"}, "journal": {"url": sys.argv[2]}})
        with open_journal(Path(sys.argv[1]), settings) as journal:
            for n in range(10):
                journal.join(("a", str(n)), ("b", str(n)), sys.argv[3])
    """)
    command = [sys.executable, "-c", code, str(tmp_path), url]
    writers = [subprocess.Popen([*command, str(w)]) for w in range(3)]
    assert [w.wait(60) for w in writers] == [0, 0, 0]
    with open_journal(tmp_path, _settings(url)) as journal:
        assert len(journal.decisions()) == 30


def test_a_database_that_is_not_there_is_an_error(tmp_path, server):
    gone = server.replace("/postgres?", "/nosuch?")
    with pytest.raises(JournalError) as error:
        open_journal(tmp_path, _settings(gone))
    assert "[journal] url" in error.value.hint


def test_codes_and_answers_are_kept_taken_back_and_forgotten(tmp_path, url):
    said = [Code("reviews", str(n), b"\x00\xff" * 16, "{}", "anne", "1") for n in range(6_000)]
    with open_journal(tmp_path, _settings(url)) as journal:
        assert journal.code(said, "import") == 6_000
        assert journal.code(said, "import") == 0
        journal.code([Code("reviews", "1", None, None, "anne")], "cli")
        first = journal.answer("price", "lower", "eve")
        journal.answer("price", "lower still", "eve")
        journal.undo_answer(first, "max")
    with open_journal(tmp_path, _settings(url)) as journal:
        assert journal.codes().num_rows == 5_999
        assert journal.codes()["text_digest"][0].as_py() == b"\x00\xff" * 16
        assert journal.answers()["text"].to_pylist() == ["lower still"]
        his = [("reviews", "1"), ("reviews", "2")]
        assert journal.forget(records=[], identifiers=[], verbatims=his, hashes=[], by="eve") == 3
        assert journal.codes().num_rows == 5_998


def test_a_journal_of_version_1_is_brought_up_to_date(tmp_path, url):
    with open_journal(tmp_path, _settings(url)) as journal:
        journal.join(A, B, "eve")
        with journal._store.writing() as connection:
            tables.metadata.drop_all(connection, [tables.codes, tables.answers])
            connection.execute(tables.about.update().values(version=1))
    for _ in range(2):
        with open_journal(tmp_path, _settings(url)) as journal:
            assert journal.joins() == [(A, B)]
            assert journal.code([Code(None, "1", None, "{}", "anne")], "cli") in (0, 1)
            assert journal.codes().num_rows == 1


def test_confirmations_are_kept_and_forgotten_and_come_with_a_migration(tmp_path, url):
    said = [
        Confirmation(
            "crm", str(n), "sex", "male", "corrected", "female", "survey", "twins", 0.8, "s"
        )
        for n in range(6_000)
    ]
    with (
        open_journal(tmp_path, _settings(url)) as journal,
        journal._store.writing() as connection,
    ):
        tables.metadata.drop_all(connection, [tables.confirmations])
        connection.execute(tables.about.update().values(version=2))
    with open_journal(tmp_path, _settings(url)) as journal:
        assert journal.confirm(said, "import") == 6_000
        assert journal.confirm(said, "import") == 0
        journal.confirm([Confirmation("crm", "1", "sex", "male", "denied")], "eve")
        assert journal.confirmations().num_rows == 6_000
        assert journal.confirmations(in_force=False)["probability"].to_pylist()[0] == 0.8
        assert journal.forget(records=[("crm", "1")], identifiers=[], hashes=[], by="eve") == 2
        assert journal.confirmations().num_rows == 5_999
        journal.check()
