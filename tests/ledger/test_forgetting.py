"""Forgetting: he is gone from everything, nobody else is, and it is proved."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_build import publish, tables

from connu.engine.duckdb import DuckEngine
from connu.govern.erasure import Erased
from connu.journal.codes import Code
from connu.journal.journal import open_journal
from connu.kernel.errors import BuildError, JournalError, NotFoundError
from connu.ledger.builds import Builds
from connu.ledger.erasure import SourceRow, forget
from connu.ledger.search import Needles, search
from connu.ledger.serving import open_serving

BEA = ("crm", "2")


def _engine(workspace):
    return DuckEngine(workspace, threads=1)


@pytest.fixture(scope="module")
def made_brand(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    data = folder / "data"
    data.mkdir()
    people = tables()["people"].to_pylist()
    lines = ["id,mail,phone"] + [f"{p['record_id']},{p['email']},{p['phone']}" for p in people]
    (data / "crm.csv").write_text("\n".join(lines) + "\n")
    (folder / "connu.toml").write_text('[brand]\nname = "Maison Claire"\n')
    for _ in range(2):
        publish(folder, [(*BEA, "marketing", True, datetime(2026, 1, 1))])
    with open_journal(folder) as journal:
        journal.join(BEA, ("crm", "1"), "eve")
        journal.split(("crm", "1"), ("web", "9"), "eve")
        journal.consent("marketing", True, "page", records=[BEA, ("crm", "3")])
        journal.consent("service", True, "page", identifiers=[("email", "bea@example.org")])
        journal.consent("service", True, "page", identifiers=[("phone", "+33600000002")])
    return folder


@pytest.fixture
def brand(made_brand, tmp_path):
    """A folder with sources, two builds and a journal that all hold everybody."""
    return Path(shutil.copytree(made_brand, tmp_path / "brand"))


def _forget(folder, customer_id, **more):
    with open_journal(folder) as journal:
        return forget(folder, journal, customer_id, by="eve", open_engine=_engine, **more)


def _everything(build):
    return {name: pq.read_table(build.file(name)).to_pylist() for name in build.tables}


def test_he_is_in_no_table_and_everybody_else_is_untouched(brand):
    before = _everything(Builds(brand).current())
    done = _forget(brand, "c-bea")
    after = _everything(Builds(brand).current())
    assert done.rows == {
        "people": 1, "normal": 1, "identifiers": 2, "identities": 1, "undecided": 1, "customers": 1,
        "facts": 1, "twins": 2, "silences": 1, "households": 1, "consents": 1, "quarantine": 1,
        "intents": 6, "staying": 1, "statements": 1, "expectations": 1, "to_code": 1,
    }  # fmt: skip
    assert after.keys() == before.keys()
    for name, rows in after.items():
        said = json.dumps(rows, default=str)
        assert "c-bea" not in said
        assert "bea@example.org" not in said.lower()
        if name not in ("normal", "identifiers"):
            kept = [row for row in before[name] if row in rows]
            assert sorted(map(str, kept)) == sorted(map(str, rows))
            assert len(before[name]) - len(rows) == done.rows.get(name, 0)
    # The household's phone is Bob's too: his record, his call and his identifier stay.
    assert "+33600000002" in [k["value"] for k in after["identifiers"]]
    assert [e["row"] for e in after["events"]] == [1, 2, 3, 4, 5, 6]


def test_rids_stay_without_gaps_and_keep_their_keys(brand):
    _forget(brand, "c-bea")
    after = _everything(Builds(brand).current())
    assert [row["rid"] for row in after["normal"]] == [0, 1, 2, 3]
    record = {row["rid"]: (row["source"], row["record_id"]) for row in after["normal"]}
    held = {(record[k["rid"]], k["value"]) for k in after["identifiers"]}
    assert (("crm", "3"), "bob@example.org") in held
    assert (("web", "9"), "cyd@example.org") in held
    assert len(held) == 7


def test_events_visitors_and_texts_of_his_go_too(brand):
    done = _forget(brand, "c-ada")
    after = _everything(Builds(brand).current())
    assert done.rows["events"] == done.rows["event_customers"] == 3
    assert done.rows["facts"] == 3
    assert [v["anonymous_id"] for v in after["visitors"]] == ["ck-lone", "ck-other"]
    assert after["links"] == []
    assert after["identity_changes"] == [
        {"what": "new", "customer_id": "c-cyd", "other_customer_id": None, "records": 1}
    ]


def test_only_the_new_build_is_left_and_its_index_does_not_know_him(brand):
    done = _forget(brand, "c-bea")
    builds = Builds(brand)
    assert [b.id for b in builds.list()] == [done.build_id]
    assert done.builds == 2
    with open_serving(builds.current().path / "serving.sqlite") as serving:
        assert serving.find("bea@example.org") == serving.find("c-bea") == []
        assert serving.find("+33600000002") == ["c-bob"]
        assert serving.find("ada@example.org") == ["c-ada"]


def test_the_journal_forgets_him_and_keeps_his_tombstones(brand):
    done = _forget(brand, "c-bea")
    assert done.journal_rows == 3
    with open_journal(brand) as journal:
        assert [(d.left, d.right) for d in journal.decisions()] == [(("crm", "1"), ("web", "9"))]
        consents = journal.consents().to_pylist()
        assert [(c["record_id"], c["value"]) for c in consents] == [
            ("3", None),
            (None, "+33600000002"),
        ]
        assert len(journal.tombstones()) == done.tombstones == 2  # record and e-mail
        assert done.shared_identifiers == 1


def test_the_next_build_does_not_bring_him_back_nor_lose_others(brand, tmp_path):
    _forget(brand, "c-bea")
    engine = _engine(tmp_path / "next")
    for name, table in tables().items():
        engine.put(name, table)
    with open_journal(brand) as journal:
        counts = Erased(journal.key(), journal.tombstones())(engine)
    assert counts == {"people": 1, "normal": 1, "identifiers": 2, "quarantine": 1}
    left = engine.collect("SELECT record_id FROM people ORDER BY 1")["record_id"].to_pylist()
    assert left == ["1", "3", "7", "9"]
    engine.close()


def test_it_is_proved_and_the_sources_are_told_not_edited(brand):
    content = (brand / "data" / "crm.csv").read_bytes()
    done = _forget(brand, "c-bea")
    assert done.remains == ()
    assert done.unread == ()
    assert done.needles >= 3
    assert [(r.file.name, r.where) for r in done.source_files] == [("crm.csv", "line 3")]
    assert SourceRow("crm", "people", 6) in done.in_sources
    assert (brand / "data" / "crm.csv").read_bytes() == content
    with open_journal(brand) as journal:
        logged = journal.forgettings()
    assert [(f.by, f.records) for f in logged] == [("eve", 1)]


def test_what_is_left_behind_is_found_by_file_and_place(brand):
    left = brand / ".connu" / ".reading-1-x"
    left.mkdir()
    pq.write_table(pa.table({"who": ["bea@example.org"]}), left / "spill.parquet")
    with sqlite3.connect(left / "x.db") as connection:
        connection.execute("CREATE TABLE t (source TEXT, record_id TEXT)")
        connection.execute("INSERT INTO t VALUES ('crm', '2')")
    connection.close()
    (left / "raw.tmp").write_bytes(b"\x00\x01bea@example.org\x00")
    done = _forget(brand, "c-bea")
    assert [(r.file.name, r.where) for r in done.remains] == [
        ("raw.tmp", "bytes at 2"),
        ("spill.parquet", "column who, row 1"),
        ("x.db", "table t, source and record_id, row 1"),
    ]


def test_nobody_of_that_name(brand):
    before = Builds(brand).current().id
    with pytest.raises(NotFoundError):
        _forget(brand, "c-nobody")
    assert Builds(brand).current().id == before
    with open_journal(brand) as journal:
        assert journal.forgettings() == []


def test_a_running_build_comes_first(brand):
    with Builds(brand).begin(), pytest.raises(BuildError, match="running"):
        _forget(brand, "c-bea")


def test_a_journal_that_refuses_leaves_everything(brand, monkeypatch):
    before = Builds(brand).current().id
    with open_journal(brand) as journal:

        def refuse(**_):
            raise JournalError("no")

        monkeypatch.setattr(journal, "forget", refuse)
        with pytest.raises(JournalError):
            forget(brand, journal, "c-bea", by="eve", open_engine=_engine)
    assert Builds(brand).current().id == before
    assert len(Builds(brand).list()) == 2


_KILLED = """
import os, signal, sys
from pathlib import Path
import connu.ledger.builds as builds
import connu.ledger.erasure as erasure
from connu.engine.duckdb import DuckEngine
from connu.journal.journal import open_journal

def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)

def forget(at, folder):
    if at == "journal": erasure._rewrite = die
    if at == "tables": erasure.write_serving = die
    if at == "publish": builds.Draft.publish = die
    if at == "prune": builds.Builds.prune = die
    with open_journal(folder) as journal:
        erasure.forget(folder, journal, "c-bea", by="eve", open_engine=DuckEngine)

for at in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        forget(at, Path(sys.argv[1]) / at)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, at
"""


def test_killed_anywhere_it_can_be_run_again(made_brand, tmp_path):
    moments = ["journal", "tables", "publish", "prune"]
    for at in moments:
        shutil.copytree(made_brand, tmp_path / at)
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), *moments], check=True)
    for at in moments:
        brand = tmp_path / at
        with open_journal(brand) as journal:
            assert len(journal.tombstones()) == 2  # from here on no build brings him back
        if at == "prune":
            with pytest.raises(NotFoundError):
                _forget(brand, "c-bea")
        else:
            assert _forget(brand, "c-bea").remains == ()
        values = {"bea@example.org", "BEA@EXAMPLE.ORG", "c-bea"}
        gone = Needles(frozenset(values), frozenset({BEA}))
        assert search([brand / ".connu"], gone).remains == ()
        assert len(Builds(brand).list()) == 1


# ---------------------------------------------------------------------- what he said
def _said(*rows):
    """Verbatims: source, id, e-mail."""
    return pa.table(
        {
            "source": [row[0] for row in rows],
            "row": pa.array(range(1, len(rows) + 1), pa.int64()),
            "verbatim_id": [row[1] for row in rows],
            "text": ["trop cher"] * len(rows),
            "email": pa.array([row[2] for row in rows], pa.string()),
        }
    )


def test_the_codes_of_what_he_said_go_and_no_other_s(tmp_path):
    bea = "bea@example.org"
    said = [
        ("reviews", "1", bea),
        ("reviews", "2", None),
        ("mails", "1", None),
        ("mails", "3", bea),
    ]
    publish(tmp_path, verbatims=_said(*said))
    with open_journal(tmp_path) as journal:
        journal.code([Code(s, v, None, "{}", "anne") for s, v, _ in said], "cli")
        journal.code([Code("reviews", "1", None, None, "anne")], "cli")
    done = _forget(tmp_path, "c-bea")
    assert done.rows["verbatims"] == 2 and done.journal_rows == 3
    assert done.remains == ()
    assert {SourceRow("reviews", "verbatims", 1), SourceRow("mails", "verbatims", 4)} <= set(
        done.in_sources
    )
    with open_journal(tmp_path) as journal:
        left = [(c["source"], c["verbatim_id"]) for c in journal.codes().to_pylist()]
    assert left == [("reviews", "2"), ("mails", "1")]


def test_a_code_left_behind_is_found(tmp_path):
    publish(tmp_path, verbatims=_said(("reviews", "1", "bea@example.org"), ("mails", "1", None)))
    left = tmp_path / ".connu" / "old.db"
    with sqlite3.connect(left) as connection:
        connection.execute("CREATE TABLE codes (source TEXT, verbatim_id TEXT, codes TEXT)")
        connection.execute("INSERT INTO codes VALUES ('mails', '1', '{}'), ('reviews', '1', '{}')")
    connection.close()
    done = _forget(tmp_path, "c-bea")
    assert [(r.file.name, r.where) for r in done.remains] == [
        ("old.db", "table codes, source and verbatim_id, row 2")
    ]


# ---------------------------------------------------------------------- searching
def test_a_value_within_another_persons_value_is_not_his(tmp_path):
    needles = Needles(frozenset({"ada@example.org"}), frozenset())
    pq.write_table(pa.table({"m": ["bada@example.org"]}), tmp_path / "x.parquet")
    (tmp_path / "x.csv").write_text("m\nbada@example.org\nada@example.organ\n")
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (m TEXT)")
        connection.execute("INSERT INTO t VALUES ('bada@example.org')")
    connection.close()
    assert search([tmp_path], needles).remains == ()
    (tmp_path / "y.csv").write_text('m\nx\n"ada@example.org"\n')
    assert [r.where for r in search([tmp_path], needles).remains] == ["line 3"]


def test_texts_within_json_and_other_writings_are_found(tmp_path):
    needles = Needles(frozenset({"12 allée Été"}), frozenset())
    pq.write_table(
        pa.table({"a": ['{"x":["12 all\\u00e9e \\u00c9t\\u00e9"]}']}), tmp_path / "j.parquet"
    )
    pq.write_table(pa.table({"a": ["{'x': 12 allée Été, Bât. B"]}), tmp_path / "k.parquet")
    (tmp_path / "l.csv").write_bytes("a\n12 allée Été\n".encode("latin-1"))
    (tmp_path / "m.jsonl").write_text(json.dumps({"a": "12 allée Été"}) + "\n")
    found = {r.file.name: r.where for r in search([tmp_path], needles).remains}
    assert found == {"j.parquet": "column a, row 1", "l.csv": "line 2", "m.jsonl": "line 1"}


def test_a_mail_within_a_free_text_is_found(tmp_path):
    needles = Needles(frozenset({"ada@example.org"}), frozenset())
    for text, found in (
        ("Écrivez-moi : ada@example.org, merci", True),
        ("Mon adresse est ada@example.org.", True),
        ("Mon adresse est j.ada@example.org", False),
        ("Mon adresse est ada@example.org.uk", False),
    ):
        pq.write_table(pa.table({"text": [text, None]}), tmp_path / "v.parquet")
        assert [r.where for r in search([tmp_path], needles).remains] == [
            "column text, row 1"
        ] * found


def test_deleted_rows_of_a_database_are_found_in_its_free_pages(tmp_path):
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("CREATE TABLE t (m TEXT)")
    connection.execute("INSERT INTO t VALUES ('ada@example.org')")
    connection.execute("DELETE FROM t")
    connection.close()
    needles = Needles(frozenset({"ada@example.org"}), frozenset())
    assert [r.where[:8] for r in search([tmp_path], needles).remains] == ["bytes at"]


def test_many_rows_are_counted(tmp_path):
    needles = Needles(frozenset({"ada@example.org"}), frozenset())
    column = ["ada@example.org" if n % 2 else f"x{n}" for n in range(60)]
    pq.write_table(pa.table({"m": column}), tmp_path / "x.parquet")
    (tmp_path / "y.csv").write_text("\n".join(column))
    parquet, csv = (r.where for r in search([tmp_path], needles).remains)
    assert parquet.startswith("column m, rows 2, 4, 6,")
    assert parquet.endswith(" 40 and 10 more")
    assert csv.startswith("lines 2, 4, 6,")


def test_links_hidden_folders_and_broken_files_do_not_stop_a_search(tmp_path):
    needles = Needles(frozenset({"ada@example.org"}), frozenset({("crm", "1")}))
    hidden = tmp_path / ".venv"
    hidden.mkdir()
    (hidden / "x.csv").write_text("ada@example.org")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "half.parquet").write_bytes(b"PAR1 ada@example.org")
    (tmp_path / "half.db").write_bytes(b"SQLite format 3\x00 ada@example.org")
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    found = search([tmp_path], needles)
    assert [(r.file.name, r.where) for r in found.remains] == [
        ("half.db", "bytes at 17"),
        ("half.parquet", "bytes at 5"),
    ]
