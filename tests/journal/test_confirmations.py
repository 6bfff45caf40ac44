"""Confirmations in the journal: append-only, the last counts, gone with who was forgotten."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.journal import tables
from connu.journal.confirmations import ANSWERS, CONFIRMATIONS, KNOWS_ME, Confirmation
from connu.journal.journal import open_journal
from connu.kernel.errors import JournalError


@pytest.fixture
def journal(tmp_path):
    with open_journal(tmp_path) as journal:
        yield journal


def _said(answer="confirmed", correction=None, record="1", attribute="sex", value="male", **more):
    return Confirmation("crm", record, attribute, value, answer, correction, **more)


def _in_force(journal):
    return [
        (c["record_id"], c["attribute"], c["value"], c["answer"], c["correction"])
        for c in journal.confirmations().to_pylist()
    ]


def test_what_was_said_is_read_as_it_was_written(journal):
    assert journal.confirmations().schema == CONFIRMATIONS
    assert journal.confirmations().num_rows == 0
    one = _said("corrected", "female", via="survey", basis="twins", probability=0.83, survey="s1")
    assert journal.confirm([one], "import", at=datetime(2026, 5, 1, tzinfo=UTC)) == 1
    assert journal.confirmations().schema == CONFIRMATIONS
    assert journal.confirmations().to_pylist() == [
        {
            "id": 1,
            "source": "crm",
            "record_id": "1",
            "attribute": "sex",
            "value": "male",
            "basis": "twins",
            "probability": 0.83,
            "answer": "corrected",
            "correction": "female",
            "via": "survey",
            "survey": "s1",
            "by": "import",
            "at": datetime(2026, 5, 1),
        }
    ]


def test_the_last_of_one_record_attribute_and_value_counts(journal):
    journal.confirm([_said(), _said(record="2"), _said(value="female")], "eve")
    journal.confirm([_said("denied"), _said("rated", "7", attribute=KNOWS_ME, value=None)], "eve")
    journal.confirm([_said("rated", "8", attribute=KNOWS_ME, value=None)], "eve")
    assert _in_force(journal) == [
        ("2", "sex", "male", "confirmed", None),
        ("1", "sex", "female", "confirmed", None),
        ("1", "sex", "male", "denied", None),
        ("1", KNOWS_ME, None, "rated", "8"),
    ]
    assert journal.confirmations(in_force=False).num_rows == 6


def test_the_same_said_again_changes_nothing(journal):
    several = [_said(record=str(n)) for n in range(10)]
    assert journal.confirm(several, "eve") == 10
    assert journal.confirm([*several, *several], "eve") == 0
    assert journal.confirm([_said("denied"), _said("denied"), _said()], "eve") == 2
    assert journal.confirmations().num_rows == 10


def test_a_survey_read_again_does_not_outdo_what_was_said_since(journal):
    asked = _said(via="survey", survey="s1")
    assert journal.confirm([asked], "import") == 1
    assert journal.confirm([_said("corrected", "female")], "eve") == 1
    assert journal.confirm([asked], "import") == 0
    assert _in_force(journal) == [("1", "sex", "male", "corrected", "female")]
    assert journal.confirm([_said(via="survey", survey="s2")], "import") == 1
    assert journal.confirm([_said("corrected", "female")], "eve") == 1  # the last word again
    assert _in_force(journal) == [("1", "sex", "male", "corrected", "female")]


def test_all_of_it_is_kept_or_nothing(journal):
    with pytest.raises(JournalError):
        journal.confirm([_said(), _said(attribute=None)], "import")
    assert journal.confirmations().num_rows == 0


# ---------------------------------------------------------------------- forgetting
def test_forgetting_deletes_what_was_said_of_his_records_alone(journal):
    several = [_said(), _said("denied"), _said(record="2"), _said(attribute="city", value="Lyon")]
    journal.confirm([*several, Confirmation("web", "1", "sex", "male", "confirmed")], "eve")
    rows = journal.forget(records=[("crm", "1")], identifiers=[], hashes=[], by="eve")
    assert rows == 3
    left = journal.confirmations().to_pylist()
    assert [(c["source"], c["record_id"]) for c in left] == [("crm", "2"), ("web", "1")]


def test_nothing_of_what_he_said_is_left_in_the_files(tmp_path):
    secret = "quetzalcoatl-4711"
    with open_journal(tmp_path) as journal:
        journal.confirm(
            [_said("corrected", secret, record=f"{secret}-{n}") for n in range(300)], ""
        )
        assert any(secret.encode() in p.read_bytes() for p in (tmp_path / ".connu").iterdir())
        his = [("crm", f"{secret}-{n}") for n in range(300)]
        assert journal.forget(records=his, identifiers=[], hashes=[], by="eve") == 300
        for path in (tmp_path / ".connu").iterdir():
            assert secret.encode() not in path.read_bytes(), path.name


_word = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)
_row = st.builds(
    Confirmation, st.sampled_from("ab"), _word, _word, st.none() | _word, st.sampled_from(ANSWERS),
    st.none() | _word, survey=st.none() | st.sampled_from("st"),
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(_row, max_size=8))
def test_whatever_is_said_is_read_back_and_said_again_without_effect(tmp_path_factory, said):
    with open_journal(tmp_path_factory.mktemp("brand")) as journal:
        for one in said:
            journal.confirm([one], "eve")
        last = {(s.source, s.record_id, s.attribute, s.value): s for s in said}
        before = journal.confirmations().to_pylist()
        read = {(c["source"], c["record_id"], c["attribute"], c["value"]): c for c in before}
        assert {key: (c["answer"], c["correction"]) for key, c in read.items()} == {
            key: (s.answer, s.correction) for key, s in last.items()
        }
        journal.confirm(list(last.values()), "eve")
        assert journal.confirmations().to_pylist() == before


# ---------------------------------------------------------------------- an older journal
def _shape(store):
    found = sa.inspect(store._engine)
    name = tables.confirmations.name
    columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)]
    return columns, sorted((i["name"], *i["column_names"]) for i in found.get_indexes(name))


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_journal_is_brought_to_confirmations(tmp_path, version):
    (tmp_path / "new").mkdir()
    with open_journal(tmp_path / "new") as journal:
        fresh = _shape(journal._store)
    with open_journal(tmp_path) as journal:
        journal.join(("crm", "1"), ("web", "2"), "eve")
        older = [tables.confirmations] + [tables.codes, tables.answers] * (version == 1)
        with journal._store.writing() as connection:
            tables.metadata.drop_all(connection, older)
            connection.execute(tables.about.update().values(version=version))
    with open_journal(tmp_path) as journal:
        assert _shape(journal._store) == fresh
        assert len(journal.decisions()) == 1
        assert journal.confirm([_said()], "eve") == 1
        assert journal.confirmations()["id"].to_pylist() == [1]
        journal.check()
