"""Reading for a purpose: nothing of those who did not agree, exact columns, whole files."""

import json
import os
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.govern.consents import JOURNAL_CONSENTS
from connu.kernel.errors import BuildError, NotFoundError, PurposeError, UsageError
from connu.ledger.builds import Builds
from connu.ledger.facts import FACTS, check_facts
from connu.ledger.reading import EXPORTS, Reader

T1, T2, T3 = datetime(2026, 1, 1), datetime(2026, 2, 1), datetime(2026, 3, 1)


def _journal(*rows):
    """Rows of (record or identifier as a pair, purpose, granted, at)."""
    columns = {name: [] for name in JOURNAL_CONSENTS.names}
    for (first, second), purpose, granted, at in rows:
        record = first in ("crm", "web")
        columns["source"].append(first if record else None)
        columns["record_id"].append(second if record else None)
        columns["type"].append(None if record else first)
        columns["value"].append(None if record else second)
        columns["purpose"].append(purpose)
        columns["granted"].append(granted)
        columns["since"].append(at)
    return pa.table(columns, schema=JOURNAL_CONSENTS)


def _customers(reader):
    return set(reader.table("customers")["customer_id"].to_pylist())


EVERYBODY = {"c-ada", "c-bea", "c-bob", "c-cyd"}


def test_service_reads_everybody_and_marketing_nobody_unless_said(whole_build, engine):
    build = whole_build
    assert _customers(Reader(build, engine)) == EVERYBODY
    assert _customers(Reader(build, engine, "marketing")) == set()


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        ([("crm", "1", True, T1)], True),
        ([("crm", "1", True, None)], True),
        ([("crm", "1", True, T1), ("web", "7", False, T2)], False),
        ([("crm", "1", True, T2), ("web", "7", False, T1)], True),
        ([("crm", "1", True, T1), ("web", "7", False, T1)], False),
        ([("crm", "1", True, None), ("web", "7", False, None)], False),
        ([("crm", "1", False, None), ("web", "7", True, T1)], True),
        ([("crm", "1", True, None), ("web", "7", False, T1)], False),
        ([("crm", "1", True, datetime(2999, 1, 1)), ("web", "7", False, T1)], False),
        ([("crm", "1", True, datetime(2999, 1, 1))], True),
        ([("crm", "1", False, datetime(2999, 1, 1)), ("web", "7", True, T1)], False),
        ([("crm", "1", None, T2), ("web", "7", True, T1)], True),
    ],
)
def test_the_latest_consent_of_a_person_wins_and_a_refusal_wins_ties(
    make_build, engine, said, granted
):
    build = make_build([(s, r, "marketing", g, t) for s, r, g, t in said])
    reader = Reader(build, engine, "marketing", clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    assert _customers(reader) == ({"c-ada"} if granted else set())
    assert reader.may_read("c-ada") is granted
    assert reader.may_read("c-bea") is False


def test_the_journal_speaks_for_a_record_or_an_identifier(make_build, engine):
    build = make_build([("crm", "1", "marketing", True, T1)])
    grant = _journal((("crm", "2"), "marketing", True, T2))
    assert _customers(Reader(build, engine, "marketing", grant)) == {"c-ada", "c-bea"}
    refusal = _journal((("email", "ada.l@example.org"), "marketing", False, T2))
    assert _customers(Reader(build, engine, "marketing", refusal)) == set()
    other = _journal((("email", "ada.l@example.org"), "research", False, T2))
    assert _customers(Reader(build, engine, "marketing", other)) == {"c-ada"}


def test_nobody_grants_for_his_household_but_a_refusal_holds_for_all(whole_build, engine):
    shared = ("phone", "+33600000002")
    build = whole_build
    granted = Reader(build, engine, "marketing", _journal((shared, "marketing", True, T1)))
    assert _customers(granted) == set()
    refused = Reader(build, engine, "service", _journal((shared, "service", False, T1)))
    assert _customers(refused) == {"c-ada", "c-cyd"}


def test_a_cookie_of_a_customer_speaks_for_him_and_a_lone_one_for_itself(whole_build, engine):
    build = whole_build
    reader = Reader(
        build,
        engine,
        "analytics",
        _journal(
            (("anonymous_id", "ck-ada"), "analytics", True, T1),
            (("anonymous_id", "ck-lone"), "analytics", True, T1),
        ),
    )
    assert _customers(reader) == {"c-ada"}
    assert reader.table("visitors")["anonymous_id"].to_pylist() == ["ck-ada", "ck-lone"]
    assert reader.table("events")["row"].to_pylist() == [1, 2, 3, 6]
    facts = {(f["subject"], f["attribute"]) for f in reader.table("facts").to_pylist()}
    assert {("ck-lone", "device"), ("ck-ada", "device"), ("c-ada", "first_name")} <= facts
    refused = Reader(
        build,
        engine,
        "service",
        _journal((("anonymous_id", "ck-lone"), "service", False, T1)),
    )
    assert refused.table("visitors")["anonymous_id"].to_pylist() == ["ck-ada", "ck-other"]
    assert refused.table("events")["row"].to_pylist() == [1, 2, 4, 5, 6]


def test_who_refused_service_is_in_no_table(make_build, engine):
    build = make_build([("crm", "2", "service", False, T1), ("web", "7", "service", False, T1)])
    reader = Reader(build, engine)
    assert _customers(reader) == {"c-bob", "c-cyd"}
    left_out = {name: reader.left_out(name) for name in build.tables}
    assert left_out == {
        "people": 3,
        "normal": 3,
        "identifiers": 5,
        "identities": 3,
        "links": 1,
        "undecided": 1,
        "customers": 2,
        "facts": 4,
        "twins": 2,
        "silences": 1,
        "twin_reliability": 0,
        "intents": 6,
        "staying": 1,
        "moments": 0,
        "intent_reliability": 0,
        "intent_silences": 0,
        "statements": 1,
        "expectations": 1,
        "to_code": 1,
        "expectation_reliability": 0,
        "scorecards": 0,
        "visitors": 1,
        "households": 1,
        "consents": 2,
        "events": 4,  # the household's call may be Bea's; a visit is Ada's by its session
        "event_customers": 3,
        "products": 0,
        "quarantine": 1,
        "identity_changes": 1,
    }
    assert reader.table("quarantine")["row"].to_pylist() == [7, 9]


def test_a_quarantined_row_is_tied_by_an_identifier_too(make_build, engine):
    reader = Reader(make_build([("web", "9", "service", False, T1)]), engine)
    assert reader.table("quarantine")["row"].to_pylist() == [6, 9]


def test_for_a_purpose_granted_rows_tied_to_nobody_are_left_out(make_build, engine):
    build = make_build([("crm", "1", "research", True, T1)])
    reader = Reader(build, engine, "research")
    assert reader.table("quarantine").num_rows == 0
    assert reader.table("events")["row"].to_pylist() == [1, 2, 6]
    assert reader.table("links").num_rows == 1
    assert reader.table("undecided").num_rows == 0
    assert reader.table("products").num_rows == 1


def test_a_sensitive_attribute_is_read_for_its_own_purpose_only(make_build, engine):
    build = make_build([("crm", "1", "celebrations", True, T1)])
    sensitive = {"faith": "celebrations"}
    mine = Reader(build, engine, "celebrations", sensitive=sensitive)
    assert "faith" in mine.table("customers").column_names
    assert "faith" in mine.table("facts")["attribute"].to_pylist()
    assert "faith" in json.loads(mine.table("people")["attributes"][0].as_py())
    other = Reader(build, engine, sensitive=sensitive)
    assert "faith" not in other.table("customers").column_names
    assert "faith" not in other.table("facts")["attribute"].to_pylist()
    assert json.loads(other.table("people")["attributes"][0].as_py()) == {"shoe": "41"}


def test_an_unknown_purpose_is_named_with_the_nearest(make_build, engine):
    build = make_build([("crm", "1", "newsletter", True, T1)])
    with pytest.raises(PurposeError) as error:
        Reader(build, engine, "marketting")
    assert "marketing" in error.value.hint
    assert _customers(Reader(build, engine, "newsletter")) == {"c-ada"}
    with pytest.raises(PurposeError) as error:
        Reader(build, engine, "newsleter")
    assert "newsletter" in error.value.hint


def test_a_table_nobody_can_tie_to_persons_is_not_given_out(make_build, engine):
    reader = Reader(make_build(notes=pa.table({"text": ["x"]})), engine)
    with pytest.raises(PurposeError, match="notes"):
        reader.table("notes")
    with pytest.raises(NotFoundError):
        reader.table("custommers")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_exports_have_the_columns_of_the_design(whole_build, engine, tmp_path, suffix):
    reader = Reader(whole_build, engine)
    path = tmp_path / f"out{suffix}"
    for name, columns in EXPORTS.items():
        done = reader.export(name, path)
        table = reader.table(name)
        expected = list(columns or table.column_names)
        assert (done.rows, done.left_out) == (table.num_rows, 0)
        assert table.column_names == expected
        if suffix == ".csv":
            assert pc.read_csv(path).column_names == expected
        elif suffix == ".parquet":
            assert pq.read_table(path).to_pylist() == table.to_pylist()
        else:
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            assert [list(row) for row in rows] == [expected] * table.num_rows


def test_an_export_tells_how_many_were_left_out(make_build, engine, tmp_path):
    build = make_build([("crm", "1", "marketing", True, T1)])
    done = Reader(build, engine, "marketing").export("identities", tmp_path / "i.csv")
    assert (done.rows, done.left_out) == (2, 3)


def test_an_export_counts_customers_apart_from_their_rows(make_build, engine, tmp_path):
    reader = Reader(make_build([("crm", "2", "marketing", True, T1)]), engine, "marketing")
    customers = reader.export("customers", tmp_path / "c.csv")
    assert customers.customers_left_out == customers.left_out > 0
    identities = reader.export("identities", tmp_path / "i.csv")
    assert identities.customers_left_out == customers.left_out < identities.left_out


def test_an_export_that_fails_leaves_the_old_file(whole_build, engine, tmp_path, monkeypatch):
    reader = Reader(whole_build, engine)
    path = tmp_path / "out" / "i.csv"
    path.parent.mkdir()
    reader.export("identities", path)
    before = path.read_bytes()

    def half(sql, fresh):
        fresh.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(engine, "write", half)
    with pytest.raises(BuildError):
        reader.export("customers", path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["i.csv"]


def test_an_export_follows_a_link_and_takes_any_name(whole_build, engine, tmp_path):
    reader = Reader(whole_build, engine)
    target = tmp_path / 'it\'s "odd" 名.csv'
    target.write_bytes(b"old")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    reader.export("identities", link)
    assert link.is_symlink()
    assert target.read_text().startswith("source,record_id,customer_id\n")


@pytest.mark.parametrize(
    ("name", "path"),
    [("identity", "x.csv"), ("identities", "x.xlsx"), ("identities", "x"),
     ("identities", "no/such/x.csv"), ("identities", "")],
)  # fmt: skip
def test_what_cannot_be_exported_is_said_before_anything_is_written(
    whole_build, engine, tmp_path, name, path
):
    with pytest.raises(UsageError):
        Reader(whole_build, engine).export(name, tmp_path / path)


_people = st.sampled_from([("crm", "1"), ("crm", "2"), ("crm", "3"), ("web", "7"), ("web", "9")])
_holders = st.one_of(
    _people,
    st.sampled_from(
        [
            ("email", "ada@example.org"),
            ("phone", "+33600000002"),
            ("anonymous_id", "ck-ada"),
            ("anonymous_id", "ck-lone"),
        ]
    ),
)
_times = st.sampled_from([None, T1, T2, T3, datetime(2999, 1, 1)])


@settings(max_examples=10, deadline=None)
@given(
    said=st.lists(st.tuples(_holders, st.booleans(), _times), max_size=6),
    refusal=st.tuples(_holders, _times),
    purpose=st.sampled_from(["service", "marketing"]),
)
def test_withdrawing_a_consent_never_adds_a_row(whole_build, engine, said, refusal, purpose):
    consents = [(who, purpose, granted, at) for who, granted, at in said]
    rows = {}
    for key, held in {
        "before": consents,
        "refused": [*consents, (refusal[0], purpose, False, refusal[1])],
        "grants gone": [c for c in consents if not c[2]],
    }.items():
        reader = Reader(whole_build, engine, purpose, _journal(*held))
        rows[key] = {
            name: {tuple(map(str, row.values())) for row in reader.table(name).to_pylist()}
            for name in ("customers", "visitors", "events")
        }
    for name, before in rows["before"].items():
        assert rows["refused"][name] <= before
        assert rows["grants gone"][name] <= before


def test_facts_have_one_shape(whole_build, engine):
    build = whole_build
    build.mount(engine)
    assert check_facts(engine) == 7
    with pytest.raises(BuildError, match="not made of facts"):
        check_facts(engine, "customers")
    wrong = build.file("facts")
    table = pq.read_table(wrong)
    table = table.set_column(
        table.column_names.index("probability"), "probability", pa.array([1.5] * table.num_rows)
    )
    engine.put("wrong", table)
    with pytest.raises(BuildError, match="probability"):
        check_facts(engine, "wrong")
    assert FACTS.names == list(EXPORTS["facts"])


def test_a_reader_without_the_tables_it_needs_says_so(tmp_path, engine):
    builds = Builds(tmp_path)
    with builds.begin() as draft:
        pq.write_table(
            pa.table({"source": ["crm"], "record_id": ["1"], "customer_id": ["c"]}),
            draft.workspace / "identities.parquet",
        )
        build = draft.publish(["identities"], {})
    assert Reader(build, engine).table("identities").num_rows == 1
    with pytest.raises(BuildError, match="normal"):
        Reader(build, engine, "service", _journal((("email", "x"), "service", False, T1))).table(
            "identities"
        )


def test_where_nobody_refused_no_row_is_asked_whose_it_is(make_build, engine):
    reader = Reader(make_build(), engine)
    assert "withheld" not in reader.sql("events") and reader.left_out("customers") == 0


def test_where_one_refused_every_row_is_asked(make_build, engine):
    said = [("crm", "1", "service", False, T1)]
    reader = Reader(make_build(said), engine)
    assert "withheld" in reader.sql("events") and reader.left_out("customers") == 1
