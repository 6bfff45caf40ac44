"""Codes and answers in the journal: append-only, the last counts, gone with who was forgotten."""

import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.journal import tables
from connu.journal.answers import ANSWERS
from connu.journal.codes import CODES, Code
from connu.journal.journal import open_journal
from connu.kernel.errors import JournalError, NotFoundError, UsageError

PRICE, NONE = '{"themes":["price"]}', '{"themes":[]}'


@pytest.fixture
def journal(tmp_path):
    with open_journal(tmp_path) as journal:
        yield journal


def _code(verbatim="1", codes=PRICE, coder="anne", source="reviews", digest=b"d" * 32):
    return Code(source, verbatim, digest, codes, coder, "3")


def test_codes_are_read_as_they_were_written(journal):
    assert journal.codes().schema == CODES and journal.codes().num_rows == 0
    assert journal.code([_code()], "cli", at=datetime(2026, 5, 1, tzinfo=UTC)) == 1
    assert journal.codes().schema == CODES
    assert journal.codes().to_pylist() == [
        {
            "id": 1,
            "source": "reviews",
            "verbatim_id": "1",
            "text_digest": b"d" * 32,
            "codes": PRICE,
            "coder": "anne",
            "codebook_version": "3",
            "by": "cli",
            "at": datetime(2026, 5, 1),
        }
    ]


def test_the_last_of_one_coder_on_one_verbatim_counts(journal):
    journal.code([_code(), _code(coder="max"), _code("2"), _code(source="mails")], "cli")
    journal.code([_code(codes=NONE)], "cli")
    said = {(c["coder"], c["source"], c["verbatim_id"]): c["codes"]
            for c in journal.codes().to_pylist()}  # fmt: skip
    assert said == {
        ("anne", "reviews", "1"): NONE,
        ("max", "reviews", "1"): PRICE,
        ("anne", "reviews", "2"): PRICE,
        ("anne", "mails", "1"): PRICE,
    }


def test_the_same_said_again_changes_nothing(journal):
    several = [_code(str(n)) for n in range(10)] + [_code("x", source=None, digest=None)]
    assert journal.code(several, "import") == 11
    assert journal.code(several, "import") == 0
    assert journal.code([_code("3"), _code("3", codes=NONE)], "import") == 1
    assert journal.code([_code("4", digest=b"e" * 32)], "import") == 1
    assert journal.codes().num_rows == 11


def test_of_one_call_the_last_counts_and_is_written_alone(journal):
    assert journal.code([_code(codes=NONE), _code()], "import") == 1
    assert journal.codes()["codes"].to_pylist() == [PRICE]


def test_codes_taken_back_are_no_longer_in_force(journal):
    assert journal.code([_code(codes=None)], "cli") == 0
    journal.code([_code(), _code("2")], "cli")
    assert journal.code([_code(codes=None)], "cli") == 1
    assert journal.code([_code(codes=None)], "cli") == 0
    assert journal.codes()["verbatim_id"].to_pylist() == ["2"]
    assert journal.code([_code()], "cli") == 1
    assert journal.codes()["verbatim_id"].to_pylist() == ["2", "1"]


def test_a_text_s_digest_needs_the_journal_s_key(tmp_path):
    digests = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with open_journal(tmp_path / name) as journal:
            digest = journal.digester()
            assert digest("trop cher") == journal.digester()("trop cher") != digest("trop chèr")
            digests.append(digest("trop cher"))
    assert digests[0] != digests[1]
    (tmp_path / "one" / ".connu" / "journal.key").unlink()
    with open_journal(tmp_path / "one") as journal, pytest.raises(JournalError):
        journal.digester()


def test_all_of_it_is_kept_or_nothing(journal):
    with pytest.raises(JournalError):
        journal.code([_code("1"), _code(None)], "import")
    assert journal.codes().num_rows == 0


def test_ten_thousand_are_kept_at_once(journal):
    many = [_code(str(n)) for n in range(10_000)]
    assert journal.code(many, "import") == 10_000
    assert journal.code(many, "import") == 0
    assert journal.codes()["verbatim_id"].to_pylist() == [code.verbatim_id for code in many]


def test_a_coder_killed_loses_nothing_that_was_said_to_be_kept(tmp_path):
    program = textwrap.dedent("""
        import itertools, sys
        from pathlib import Path
        from connu.journal.codes import Code
        from connu.journal.journal import open_journal
        journal = open_journal(Path(sys.argv[1]))
        for n in itertools.count():
            journal.code([Code("reviews", str(n), None, "{}", "anne")], "cli")
            print(n, flush=True)
    """)
    coder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    said = [coder.stdout.readline() for _ in range(20)]
    coder.kill()
    said += coder.stdout.read().splitlines()
    coder.wait()
    coder.stdout.close()
    with open_journal(tmp_path) as journal:
        kept = journal.codes().num_rows
        journal.check()
    assert len(said) <= kept <= len(said) + 1


# ---------------------------------------------------------------------- forgetting
def test_forgetting_deletes_every_code_of_what_he_said(journal):
    journal.code([_code("1"), _code("2"), _code("1", coder="max"), _code("1", source="m")], "cli")
    journal.code([_code("1", codes=NONE), _code("1", source=None), _code("9", source=None)], "cli")
    rows = journal.forget(
        records=[], identifiers=[], verbatims=[("reviews", "1")], hashes=[], by="eve"
    )
    assert rows == 4  # one coder's two rows, the other's one, and one whose source nobody knows
    left = [(c["source"], c["verbatim_id"]) for c in journal.codes().to_pylist()]
    assert left == [("reviews", "2"), ("m", "1"), (None, "9")]
    assert journal.forgettings()[0].journal_rows == 4


def test_nothing_of_his_codes_is_left_in_the_files(tmp_path):
    secret = "quetzalcoatl-4711"
    with open_journal(tmp_path) as journal:
        journal.code([_code(f"{secret}-{n}") for n in range(300)], "import")
        files = list((tmp_path / ".connu").iterdir())
        assert any(secret.encode() in path.read_bytes() for path in files)
        his = [("reviews", f"{secret}-{n}") for n in range(300)]
        journal.forget(records=[], identifiers=[], verbatims=his, hashes=[], by="eve")
        for path in (tmp_path / ".connu").iterdir():
            assert secret.encode() not in path.read_bytes(), path.name


_word = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), _word, _word), max_size=8), _word)
def test_whatever_is_coded_is_read_back_and_can_be_forgotten(tmp_path_factory, said, gone):
    with open_journal(tmp_path_factory.mktemp("brand")) as journal:
        for source, verbatim, codes in said:
            journal.code([_code(verbatim, codes, source=source)], "cli")
        last = {(source, verbatim): codes for source, verbatim, codes in said}
        read = journal.codes().to_pylist()
        assert {(c["source"], c["verbatim_id"]): c["codes"] for c in read} == last
        gone = said[0][1] if said else gone
        journal.forget(records=[], identifiers=[], verbatims=[("a", gone)], hashes=[], by="eve")
        left = journal.codes().to_pylist()
        assert {(c["source"], c["verbatim_id"]) for c in left} == set(last) - {("a", gone)}


# ---------------------------------------------------------------------- answers
def test_answers_stay_until_they_are_taken_back(journal):
    assert journal.answers().schema == ANSWERS and journal.answers().num_rows == 0
    at = datetime(2026, 5, 1, tzinfo=UTC)
    first = journal.answer("delivery", " parcels leave the same day ", "anne", at=at)
    second = journal.answer("delivery", "in paper, not plastic", "anne")
    assert journal.answers().to_pylist()[0] == {
        "id": first,
        "theme": "delivery",
        "text": "parcels leave the same day",
        "by": "anne",
        "at": datetime(2026, 5, 1),
    }
    journal.undo_answer(first, "max")
    assert journal.answers()["id"].to_pylist() == [second]
    for gone in (first, 99):
        with pytest.raises(NotFoundError):
            journal.undo_answer(gone, "max")
    with pytest.raises(UsageError):
        journal.answer("delivery", "  ", "anne")


# ---------------------------------------------------------------------- an older journal
def _shape(store):
    found = sa.inspect(store._engine)
    return {
        table.name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table.name)],
            sorted((i["name"], *i["column_names"]) for i in found.get_indexes(table.name)),
        )
        for table in (tables.codes, tables.answers)
    }


def test_a_journal_of_version_1_is_brought_to_codes_and_answers(tmp_path):
    (tmp_path / "new").mkdir()
    with open_journal(tmp_path / "new") as journal:
        fresh = _shape(journal._store)
    with open_journal(tmp_path) as journal:
        journal.join(("crm", "1"), ("web", "2"), "eve")
        with journal._store.writing() as connection:
            tables.metadata.drop_all(connection, [tables.codes, tables.answers])
            connection.execute(tables.about.update().values(version=1))
    with open_journal(tmp_path) as journal:
        assert _shape(journal._store) == fresh
        assert len(journal.decisions()) == 1
        assert journal.code([_code()], "cli") == 1
        assert journal.codes()["id"].to_pylist() == [1]
        journal.answer("price", "lower", "eve")
        journal.check()
