"""A survey drawn, answered and read: random, reproducible, discreet; all answers kept or none."""

from __future__ import annotations

import csv
from collections import Counter

import made_brand
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connu.app.brand import open as open_brand
from connu.app.survey import ASK
from connu.app.survey_questions import language_of, question
from connu.app.survey_statements import private_attributes, statements_of
from connu.journal.confirmations import KNOWS_ME
from connu.journal.journal import open_journal
from connu.kernel.errors import SourceError, UsageError
from connu.kernel.settings import settings_from
from connu.understand.codebook import default_codebook


@pytest.fixture
def asked(built, tmp_path):
    """The file of a draw of twenty."""
    return _drawn(built, tmp_path / "ask.csv", customers=20)


def _drawn(brand, path, **more):
    brand.draw_survey(path, **more)
    return path


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _answer(path, say, to=None):
    """The file with answers: `say` gives one for a row."""
    rows = [row | {"answer": say(row)} for row in _rows(path)]
    to = to or path.with_name("back.csv")
    made_brand.write_rows(to, list(rows[0]), [list(row.values()) for row in rows])
    return to


def _kept(brand):
    with open_journal(brand.folder, brand.settings) as journal:
        return journal.confirmations().to_pylist()


# ---------------------------------------------------------------------- drawing
def test_who_is_drawn_is_asked_what_is_told_of_him_and_whether_he_is_known(built, tmp_path):
    drawn = built.draw_survey(tmp_path / "ask.csv", customers=20)
    rows = _rows(tmp_path / "ask.csv")
    assert list(rows[0]) == ASK.names
    assert (drawn.customers, drawn.among, drawn.rows) == (20, 60, len(rows))
    assert {row["survey"] for row in rows} == {drawn.survey}
    assert len({row["customer_id"] for row in rows}) == 20
    assert Counter(row["attribute"] for row in rows)[KNOWS_ME] == 20
    assert max(Counter(row["customer_id"] for row in rows).values()) <= 7
    assert all(row["answer"] == "" for row in rows)
    facts = {
        (f["subject"], f["attribute"], f["value"]): f for f in built.table("facts").to_pylist()
    }
    identities = {
        (i["source"], i["record_id"]): i["customer_id"]
        for i in built.table("identities").to_pylist()
    }
    for row in rows:
        assert identities[row["source"], row["record_id"]] == row["customer_id"]
        if row["attribute"] != KNOWS_ME:
            fact = facts[row["customer_id"], row["attribute"], row["value"]]
            assert (fact["basis"], fact["probability"]) == (row["basis"], float(row["probability"]))
    assert "Êtes-vous né(e) en" in next(
        row["question"] for row in rows if row["attribute"] == "birth_year"
    )


def test_the_same_build_gives_the_same_and_another_seed_others(built, tmp_path):
    first = _drawn(built, tmp_path / "a.csv", customers=20).read_bytes()
    assert _drawn(built, tmp_path / "b.csv", customers=20).read_bytes() == first
    other = _rows(_drawn(built, tmp_path / "c.csv", customers=20, seed=1))
    assert {r["customer_id"] for r in other} != {
        r["customer_id"] for r in _rows(tmp_path / "a.csv")
    }
    assert other[0]["survey"] != _rows(tmp_path / "a.csv")[0]["survey"]


def test_everybody_is_as_likely_to_be_drawn(built, tmp_path):
    times = Counter()
    draws = 40
    for seed in range(draws):
        drawn = _drawn(built, tmp_path / "a.parquet", customers=15, seed=seed)
        times.update(set(pq.read_table(drawn)["customer_id"].to_pylist()))
    # Each is in a draw with chance 1/4: the squares of what is beyond follow chi-square, 59 d.f.
    expected, variance = draws * 0.25, draws * 0.25 * 0.75
    customers = built.table("customers")["customer_id"].to_pylist()
    chi = sum((times[one] - expected) ** 2 for one in customers) / variance
    assert 30 < chi < 98


def test_where_there_are_fewer_customers_all_are_asked(built, tmp_path):
    assert built.draw_survey(tmp_path / "a.csv").customers == 60


def test_who_withdrew_is_not_drawn_and_for_marketing_only_who_granted(built, tmp_path):
    built.consent("crm:C001", "service", granted=False)
    drawn = built.draw_survey(tmp_path / "a.csv")
    assert drawn.customers == drawn.among == 59
    assert "C001" not in {row["record_id"] for row in _rows(tmp_path / "a.csv")}
    granted = built.draw_survey(tmp_path / "b.csv", purpose="marketing")
    assert granted.customers == built.table("customers", "marketing").num_rows < 59


def test_the_file_holds_no_contact_data(asked):
    text = asked.read_text(encoding="utf-8")
    for person in made_brand.PEOPLE:
        assert person.email not in text.lower() and person.phone[1:] not in text
        assert person.street not in text
    assert not {row["attribute"] for row in _rows(asked)} & {"email", "phone", "last_name"}


def _fact(attribute, value, basis="declared", probability=0.9, evidence=None):
    return {
        "attribute": attribute,
        "value": value,
        "basis": basis,
        "probability": probability,
        "evidence": evidence,
    }


def test_the_surest_of_each_kind_is_asked_six_at_most():
    facts = [
        _fact("sex", "female"), _fact("birth_year", "1980"), _fact("age_band", "35-44", "twins"),
        _fact("city", "Lyon"), _fact("postcode", "69003"), _fact("email", "x@example.org"),
        _fact("area", "urban", "twins", 0.81), _fact("occupation_class", "worker", "twins", 0.95),
        _fact("profile.young", "yes", "twins", 0.99), _fact("affinity", "Photo", "intents", 0.7),
        _fact("affinity", "Audio", "intents", 0.9), _fact("intent", "Photo", "intents", 0.99),
        _fact("expectation", "price", "coded", 0.8, '{"status": "unmet"}'),
    ]  # fmt: skip
    asked = [(one.attribute, one.value) for one in statements_of(facts, set())]
    assert asked == [
        ("sex", "female"), ("birth_year", "1980"), ("city", "Lyon"),
        ("occupation_class", "worker"), ("affinity", "Audio"), ("expectation", "price: unmet"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "a\nb", "a\u202eb"])
def test_what_a_spreadsheet_would_run_or_twist_is_not_asked(value):
    facts = [_fact("city", value, probability=0.99), _fact("city", "Lyon", probability=0.8)]
    assert [one.value for one in statements_of(facts, set())] == ["Lyon"]


def test_what_is_sensitive_is_never_asked():
    names = ["sex", "religion", "vip", "affinity", "expectation"]
    said = {"brand": {"name": "x"}, "attributes": {"vip": {"sensitive": "marketing"}}}
    assert private_attributes(names, settings_from(said)) == {"religion", "vip"}
    said["brand"]["sector"] = "health"
    private = private_attributes(names, settings_from(said))
    assert private == {"religion", "vip", "affinity", "expectation"}
    assert statements_of([_fact("religion", "x", "twins")], private) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_statement_is_a_question_in_words(language):
    book = default_codebook()
    for attribute, value in (
        ("sex", "male"), ("birth_year", "1980"), ("birth_date", "1980-03-20"),
        ("age_band", "under 18"), ("age_band", "65 and over"), ("city", "Lyon"),
        ("postcode", "69003"), ("place", "Bretagne"), ("area", "rural"),
        ("occupation_class", "self_employed"), ("affinity", "Photo/Sacs"), ("shoe", "41"),
        *(("expectation", f"{theme}: unmet") for theme in book.names), (KNOWS_ME, None),
    ):  # fmt: skip
        asked = question(attribute, value, "Maison Claire", language, book)
        assert "{" not in asked and "_" not in asked.replace("knows_me", "")
        assert "?" in asked
    assert language_of("CH") == "fr" and language_of("US") == "en"


# ---------------------------------------------------------------------- reading answers
def test_answers_are_kept_as_they_were_given_and_twice_changes_nothing(built, asked):
    def say(row):
        if row["attribute"] == KNOWS_ME:
            return "7" if row["customer_id"] < "c8" else "8,5"
        if row["attribute"] == "city":
            return "Nantes" if row["value"] == "Paris" else "oui"
        return {"birth_year": "non"}.get(row["attribute"], "")

    back = _answer(asked, say)
    done = built.import_survey(back)
    rows = _rows(asked)
    answered = [row for row in rows if say(row)]
    assert (done.rows, done.answered, done.written) == (len(rows), len(answered), len(answered))
    assert done.customers_asked == done.customers_answered == 20
    kept = {(k["source"], k["record_id"], k["attribute"]): k for k in _kept(built)}
    assert len(kept) == len(answered)
    for row in answered:
        one = kept[row["source"], row["record_id"], row["attribute"]]
        assert (one["via"], one["by"], one["survey"]) == ("survey", "import", row["survey"])
        if row["attribute"] == KNOWS_ME:
            assert one["answer"] == "rated" and one["value"] is None
            assert one["correction"] in ("7", "8.5")
        elif row["attribute"] == "city":
            right = ("corrected", "Nantes") if row["value"] == "Paris" else ("confirmed", None)
            assert (one["answer"], one["correction"]) == right
            assert (one["value"], one["basis"]) == (row["value"], "declared")
            assert one["probability"] == float(row["probability"])
        else:
            assert (one["answer"], one["correction"]) == ("denied", None)
    again = built.import_survey(back)
    assert (again.written, again.same) == (0, len(answered))


def test_a_right_value_that_is_the_one_told_confirms_it(built, asked):
    back = _answer(asked, lambda row: row["value"] if row["attribute"] == "birth_year" else "")
    built.import_survey(back)
    assert {one["answer"] for one in _kept(built)} == {"confirmed"}


def test_a_first_zero_that_a_spreadsheet_took_away_is_given_back(tmp_path):
    folder = made_brand.make_brand(tmp_path / "brand")
    rows = [person.crm() for person in made_brand.PEOPLE]
    for row in rows:
        row[7], row[8] = "01000", ""
    made_brand.write_rows(folder / "data/crm.csv", made_brand.CRM, rows)
    brand = open_brand(folder)
    brand.build()
    asked = _drawn(brand, tmp_path / "ask.csv", customers=5)
    back = [
        row | {"value": row["value"].lstrip("0"), "answer": "oui", "probability": "0,98"}
        for row in _rows(asked)
        if row["attribute"] == "postcode"
    ]
    assert len(back) == 5
    made_brand.write_rows(asked, list(back[0]), [list(row.values()) for row in back])
    brand.import_survey(asked)
    kept = {(one["value"], one["answer"], one["probability"]) for one in _kept(brand)}
    assert kept == {("01000", "confirmed", 0.98)}


def test_parquet_with_numbers_and_headers_in_capitals_is_read_too(built, asked, tmp_path):
    rows = [
        row | {"probability": float(row["probability"] or 1), "answer": 6}
        for row in _rows(asked)
        if row["attribute"] == KNOWS_ME
    ]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table.rename_columns([n.upper() for n in ASK.names]), tmp_path / "back.parquet")
    assert built.import_survey(tmp_path / "back.parquet").written == 20


def test_a_wrong_row_is_told_by_number_and_column_and_nothing_is_kept(built, asked):
    secret = "quetzalcoatl"
    wrong = {2, 3, 7}
    back = _answer(asked, lambda row: "10" if row["attribute"] == KNOWS_ME else "oui")
    rows = _rows(back)
    for number in wrong:
        rows[number - 1] |= {"attribute": "birth_year", "value": "1980", "answer": secret}
    made_brand.write_rows(back, list(rows[0]), [list(row.values()) for row in rows])
    with pytest.raises(SourceError) as error:
        built.import_survey(back)
    said = str(error.value.as_dict())
    assert "row 2, column answer" in error.value.message and "birth_year" in error.value.message
    assert "2 more rows are wrong (3, 7)" in error.value.hint and "1980" in error.value.hint
    assert secret not in said
    assert _kept(built) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("survey", ""), ("source", " "), ("record_id", ""), ("attribute", ""), ("value", ""),
        ("attribute", "religion"), ("attribute", "email"), ("attribute", "mood"),
        ("basis", "guessed"),
        ("probability", "1.5"), ("probability", "sure"), ("answer", "x" * 201),
    ],
)  # fmt: skip
def test_every_cell_is_checked(built, asked, column, cell):
    row = next(row for row in _rows(asked) if row["attribute"] == "city")
    row |= {"answer": "oui"} | {column: cell}
    made_brand.write_rows(asked, list(row), [list(row.values())])
    with pytest.raises(SourceError) as error:
        built.import_survey(asked)
    assert f"row 1, column {column}" in error.value.message and error.value.hint
    assert _kept(built) == []


def test_knows_me_is_a_number_of_ten_or_words(built, asked):
    row = next(row for row in _rows(asked) if row["attribute"] == KNOWS_ME)
    for answer, number in (("10", "10"), ("en partie", "5"), ("Oui", "10"), ("pas du tout", "0")):
        made_brand.write_rows(asked, list(row), [list((row | {"answer": answer}).values())])
        built.import_survey(asked)
        assert [one["correction"] for one in _kept(built)] == [number]
    made_brand.write_rows(asked, list(row), [list((row | {"answer": "11"}).values())])
    with pytest.raises(SourceError):
        built.import_survey(asked)


def test_a_file_that_is_no_survey_is_refused(built, asked, tmp_path):
    made_brand.write_rows(tmp_path / "other.csv", ["survey", "source"], [["s", "crm"]])
    with pytest.raises(UsageError) as error:
        built.import_survey(tmp_path / "other.csv")
    assert "record_id" in error.value.message
    row = _rows(asked)[0] | {"source": "elsewhere", "answer": "oui"}
    made_brand.write_rows(asked, list(row), [list(row.values())])
    with pytest.raises(UsageError):
        built.import_survey(asked)


def test_who_was_forgotten_since_is_not_kept_again(built, asked):
    back = _answer(asked, lambda row: "7" if row["attribute"] == KNOWS_ME else "")
    gone = _rows(asked)[0]["customer_id"]
    built.forget(gone)
    done = built.import_survey(back)
    assert (done.written, done.gone) == (19, 1)
    built.import_survey(back)
    records = {(i["source"], i["record_id"]) for i in built.table("identities").to_pylist()}
    assert {(one["source"], one["record_id"]) for one in _kept(built)} <= records


# ---------------------------------------------------------------------- figures
def test_what_they_say_is_counted_but_for_who_withdrew(built, asked):
    back = _answer(asked, lambda row: "8" if row["attribute"] == KNOWS_ME else "oui")
    built.import_survey(back)
    (side,) = built.seen().sides
    assert side.people == 20 and side.statements[0].confirmed.value == 1.0
    assert side.knows_me.share.value == 1.0 and side.knows_me.gap is None
    built.consent(_rows(asked)[0]["customer_id"], "service", granted=False)
    assert built.seen().sides[0].people == 19


def test_every_figure_of_it_is_had_again_from_the_scorecard(built, asked):
    built.import_survey(_answer(asked, lambda row: "7" if row["attribute"] == KNOWS_ME else "oui"))
    seen = [claim for claim in built.scorecard().claims if claim.section == "seen"]
    assert len({claim.label for claim in seen}) == len(seen) > 4
    for name in ("seen.survey.confirmed", "seen.survey.knows_me.share"):
        (row,) = built.how(name).rows
        claim = next(claim for claim in seen if claim.name == name)
        assert row == pytest.approx({key: getattr(claim, key) for key in row})


def test_the_brand_s_own_estimate_is_held_against_it(built, asked):
    with (built.folder / "connu.toml").open("a") as file:
        file.write("\n[survey]\nown_estimate = 0.9\n")
    brand = open_brand(built.folder)
    brand.import_survey(_answer(asked, lambda row: "2" if row["attribute"] == KNOWS_ME else ""))
    (side,) = brand.seen().sides
    assert side.knows_me.gap.value == pytest.approx(0.9)
    assert side.statements == []


def test_forgetting_takes_his_answers_too(built, asked):
    built.import_survey(_answer(asked, lambda row: "8" if row["attribute"] == KNOWS_ME else "oui"))
    gone = _rows(asked)[0]
    his = sum(row["customer_id"] == gone["customer_id"] for row in _rows(asked))
    done = built.forget(gone["customer_id"])
    assert done.journal_rows == his and done.remains == ()
    assert gone["record_id"] not in {one["record_id"] for one in _kept(built)}
