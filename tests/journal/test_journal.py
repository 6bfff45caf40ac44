"""The journal: append-only, safe between writers, and empty of whoever was forgotten."""

import os
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.govern.consents import JOURNAL_CONSENTS
from connu.journal import tables
from connu.journal.journal import open_journal
from connu.kernel.errors import (
    ConnuError,
    JournalError,
    MissingExtraError,
    NotFoundError,
    SettingsError,
    UsageError,
)
from connu.kernel.settings import settings_from

A, B, C = ("crm", "1"), ("crm", "2"), ("web", "7")


@pytest.fixture
def journal(tmp_path):
    with open_journal(tmp_path) as journal:
        yield journal


def _settings(url):
    return settings_from({"brand": {"name": "Maison Claire"}, "journal": {"url": url}})


def test_decisions_are_kept_in_order_across_openings(tmp_path):
    with open_journal(tmp_path) as journal:
        journal.join(A, B, "eve", at=datetime(2026, 1, 1, tzinfo=UTC))
        journal.split(B, C, "eve")
    with open_journal(tmp_path) as journal:
        kept = journal.decisions()
    assert [(d.kind, d.left, d.right, d.by) for d in kept] == [
        ("join", A, B, "eve"),
        ("split", B, C, "eve"),
    ]
    assert kept[0].at == datetime(2026, 1, 1, tzinfo=UTC)


def test_of_one_pair_the_last_decision_counts_whichever_way_it_is_named(journal):
    journal.join(A, B, "eve")
    journal.split(B, A, "eve")
    journal.join(C, A, "eve")
    assert journal.joins() == [(A, C)]
    assert journal.splits() == [(A, B)]


def test_a_decision_taken_back_stays_with_who_took_it_back(journal):
    first = journal.join(A, B, "eve")
    second = journal.split(A, B, "eve")
    journal.undo(second, "max")
    assert journal.joins() == [(A, B)]
    assert [(d.id, d.undone_by) for d in journal.decisions()] == [(first, None), (second, "max")]
    for gone in (second, 99):
        with pytest.raises(NotFoundError):
            journal.undo(gone, "max")


def test_a_record_is_not_joined_with_itself(journal):
    with pytest.raises(UsageError):
        journal.join(A, A, "eve")


def test_consents_come_back_as_the_engine_wants_them(journal):
    assert journal.consents().schema == JOURNAL_CONSENTS
    paris = timezone(timedelta(hours=2))
    at = datetime(2026, 5, 1, 1, 30, tzinfo=paris)
    assert journal.consent("marketing", True, "page", records=[A, C, A], at=at) == 2
    assert journal.consent("service", False, "eve", identifiers=[("email", "a@example.org")]) == 1
    table = journal.consents()
    assert table.schema == JOURNAL_CONSENTS
    assert table.to_pylist()[0] == {
        "source": "crm",
        "record_id": "1",
        "type": None,
        "value": None,
        "purpose": "marketing",
        "granted": True,
        "since": datetime(2026, 4, 30, 23, 30),
    }
    assert journal.consents("service")["value"].to_pylist() == ["a@example.org"]


def test_a_consent_of_nobody_is_refused(journal):
    with pytest.raises(UsageError):
        journal.consent("marketing", True, "eve")


def test_tombstones_are_a_set(journal):
    stones = [bytes([n]) * 32 for n in range(3)]
    assert journal.bury([stones[0], stones[1], stones[0]]) == 2
    assert journal.bury(stones) == 1
    assert journal.tombstones() == frozenset(stones)


# ---------------------------------------------------------------------- forgetting
def test_forgetting_deletes_what_names_him_and_logs_nothing_of_him(journal):
    named = journal.join(A, B, "eve")
    journal.undo(named, "eve")
    journal.split(B, C, "eve")
    journal.consent("marketing", True, "page", records=[A, B])
    journal.consent("marketing", False, "page", identifiers=[("email", "ada@example.org")])
    journal.consent("marketing", False, "page", identifiers=[("account", "ada@example.org")])
    rows = journal.forget(
        records=[A],
        identifiers=[("email", "ada@example.org")],
        hashes=[b"h" * 32],
        by="eve",
    )
    assert rows == 4
    assert [(d.left, d.right) for d in journal.decisions()] == [(B, C)]
    assert journal.consents().num_rows == 2
    assert journal.tombstones() == {b"h" * 32}
    logged = journal.forgettings()[0]
    assert (logged.by, logged.records, logged.identifiers, logged.journal_rows) == ("eve", 1, 1, 4)


def test_nothing_of_him_is_left_in_the_files(tmp_path):
    secret = "quetzalcoatl-4711"
    with open_journal(tmp_path) as journal, open_journal(tmp_path) as other:
        for n in range(300):
            journal.consent("marketing", True, "page", identifiers=[("email", f"{n}-{secret}")])
        journal.consent("marketing", True, "page", records=[("crm", secret)])
        other.join(("crm", secret), B, "eve")
        files = list((tmp_path / ".connu").iterdir())
        assert any(secret.encode() in path.read_bytes() for path in files)
        journal.forget(
            records=[("crm", secret)],
            identifiers=[("email", f"{n}-{secret}") for n in range(300)],
            hashes=[],
            by="eve",
        )
        for path in (tmp_path / ".connu").iterdir():
            assert secret.encode() not in path.read_bytes(), path.name


def test_forgetting_twice_does_no_harm(journal):
    journal.consent("marketing", True, "page", records=[A])
    for rows in (1, 0):
        assert journal.forget(records=[A], identifiers=[], hashes=[b"h" * 32], by="eve") == rows
    assert len(journal.forgettings()) == 2


# ---------------------------------------------------------------------- the key
def test_the_key_is_random_stays_the_same_and_is_its_owners_alone(tmp_path):
    with open_journal(tmp_path) as journal:
        key = journal.key()
        assert journal.key() == key
    assert len(key) == 32
    path = tmp_path / ".connu" / "journal.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / ".connu" / "journal.db").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    with open_journal(tmp_path / "other") as journal:
        assert journal.key() != key


def test_a_key_open_to_others_is_closed(tmp_path):
    with open_journal(tmp_path) as journal:
        journal.key()
        path = tmp_path / ".connu" / "journal.key"
        path.chmod(0o644)
        journal.key()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["lost", "other", "short", "link"])
def test_a_key_lost_or_changed_is_an_error_not_a_new_key(tmp_path, damage):
    with open_journal(tmp_path) as journal:
        key = journal.key()
        path = tmp_path / ".connu" / "journal.key"
        path.unlink()
        if damage == "other":
            path.write_bytes(b"x" * 32)
        if damage == "short":
            path.write_bytes(key[:31])
        if damage == "link":
            (tmp_path / "k").write_bytes(key)
            path.symlink_to(tmp_path / "k")
        with pytest.raises(JournalError):
            journal.key()
        assert damage != "lost" or not path.exists()


# ---------------------------------------------------------------------- many writers
def test_writers_of_several_processes_lose_nothing(tmp_path):
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from connu.journal.journal import open_journal
        with open_journal(Path(sys.argv[1])) as journal:
            journal.key()
            for n in range(25):
                journal.join(("a", f"{sys.argv[2]}-{n}"), ("b", str(n)), sys.argv[2])
    """)
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(w)]) for w in range(3)
    ]
    assert [w.wait(60) for w in writers] == [0, 0, 0]
    with open_journal(tmp_path) as journal:
        decisions = journal.decisions()
        journal.check()
    assert len(decisions) == 75
    for writer in "012":
        mine = [d.left[1] for d in decisions if d.by == writer]
        assert mine == [f"{writer}-{n}" for n in range(25)]


def test_a_writer_killed_loses_nothing_that_was_said_to_be_kept(tmp_path):
    code = textwrap.dedent("""
        import itertools, sys
        from pathlib import Path
        from connu.journal.journal import open_journal
        journal = open_journal(Path(sys.argv[1]))
        for n in itertools.count():
            journal.join(("a", str(n)), ("b", str(n)), "eve")
            print(n, flush=True)
    """)
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    said = [writer.stdout.readline() for _ in range(20)]
    writer.kill()
    said += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    with open_journal(tmp_path) as journal:
        kept = len(journal.decisions())
        journal.check()
    assert len(said) <= kept <= len(said) + 1


# ---------------------------------------------------------------------- what goes wrong
@pytest.mark.parametrize("damage", [b"this is no database at all" * 200, b"SQLite format 3\x00xx"])
def test_a_damaged_journal_is_an_error_with_a_remedy(tmp_path, damage):
    (tmp_path / ".connu").mkdir()
    (tmp_path / ".connu" / "journal.db").write_bytes(damage)
    with pytest.raises(JournalError) as error:
        open_journal(tmp_path)
    assert "backup" in error.value.hint


def test_damage_inside_is_found_by_the_check(tmp_path):
    with open_journal(tmp_path) as journal:
        for n in range(400):
            journal.consent("marketing", True, "p", records=[("crm", f"{n:0100d}")])
        journal._store.scrub()
    path = tmp_path / ".connu" / "journal.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = os.urandom(3000)
    path.write_bytes(content)
    with open_journal(tmp_path) as journal, pytest.raises(JournalError) as error:
        journal.check()
    assert "backup" in error.value.hint


def test_a_journal_of_a_later_connu_is_not_touched(tmp_path, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(tables, "MIGRATIONS", (*tables.MIGRATIONS, lambda c: None))
        open_journal(tmp_path).close()
    with pytest.raises(JournalError, match="later"):
        open_journal(tmp_path)


def test_an_older_journal_is_brought_up_to_date_and_keeps_its_rows(tmp_path, monkeypatch):
    with open_journal(tmp_path) as journal:
        journal.join(A, B, "eve")

    def remarks(connection):
        connection.exec_driver_sql("ALTER TABLE decisions ADD COLUMN remark VARCHAR")

    monkeypatch.setattr(tables, "MIGRATIONS", (*tables.MIGRATIONS, remarks))
    for _ in range(2):
        with open_journal(tmp_path) as journal:
            assert len(journal.decisions()) == 1
            with journal._store.reading() as connection:
                row = connection.exec_driver_sql("SELECT remark FROM decisions").one()
                assert row.remark is None


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    open_journal(tmp_path).close()

    def half(connection):
        connection.exec_driver_sql("ALTER TABLE decisions ADD COLUMN remark VARCHAR")
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(tables, "MIGRATIONS", (*tables.MIGRATIONS, half))
        with pytest.raises(RuntimeError):
            open_journal(tmp_path)
    with open_journal(tmp_path) as journal, journal._store.reading() as connection:
        columns = connection.exec_driver_sql("PRAGMA table_info(decisions)").all()
    assert "remark" not in [column.name for column in columns]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("sqlite://", SettingsError),
        ("sqlite:///:memory:", SettingsError),
        ("not a url", SettingsError),
        ("nosuch://x/y", SettingsError),
        ("sqlite:///no/where\x00/x.db", ConnuError),
        ("sqlite:////proc/nowhere/journal.db", JournalError),
    ],
)
def test_a_url_that_cannot_be_used_is_said(tmp_path, url, error):
    with pytest.raises(error):
        open_journal(tmp_path, _settings(url))


def test_a_database_that_does_not_answer_is_an_error_without_its_password(tmp_path):
    pytest.importorskip("psycopg")
    url = "postgresql://eve:hush-4711@127.0.0.1:9/none?connect_timeout=2"
    with pytest.raises((JournalError, MissingExtraError)) as error:
        open_journal(tmp_path, _settings(url))
    assert "hush" not in str(error.value.as_dict())


def test_a_relative_file_lies_in_the_brands_folder(tmp_path):
    open_journal(tmp_path, _settings("sqlite:///kept/here.db")).close()
    assert (tmp_path / "kept" / "here.db").is_file()


def test_text_that_is_no_text_is_refused(journal):
    with pytest.raises(JournalError, match="text"):
        journal.join(("crm", "\udce9"), B, "eve")


_word = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
_record = st.tuples(_word, _word)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(_record, _record), max_size=5), _record)
def test_whatever_is_written_is_read_back_and_can_be_forgotten(tmp_path_factory, pairs, gone):
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    with open_journal(tmp_path_factory.mktemp("brand")) as journal:
        for left, right in pairs:
            journal.join(left, right, "eve")
        assert [(d.left, d.right) for d in journal.decisions()] == pairs
        gone = pairs[0][0] if pairs else gone
        journal.forget(records=[gone], identifiers=[], hashes=[], by="eve")
        assert [(d.left, d.right) for d in journal.decisions()] == [
            pair for pair in pairs if gone not in pair
        ]


def test_consents_of_many_are_read_in_one_go(journal):
    people = [("crm", str(n)) for n in range(20_000)]
    assert journal.consent("marketing", True, "import", records=people) == 20_000
    table = journal.consents("marketing")
    assert table.num_rows == 20_000
    assert table["record_id"].to_pylist() == [r for _, r in people]
    assert isinstance(table, pa.Table)
