"""The tables normal and identifiers."""

import pytest
from taken_in import TakenIn, brand

_HEADER = (
    "no,first,last,name,civ,sex,born,year,mail,mobile,fixe,street,zip,city,country,job,tw,card"
)
_FIELDS = {
    "id": "no", "first_name": "first", "last_name": "last", "full_name": "name",
    "civility": "civ", "sex": "sex", "birth_date": "born", "birth_year": "year", "email": "mail",
    "phone": ["mobile", "fixe"], "address": "street", "postcode": "zip", "city": "city",
    "country": "country", "occupation": "job", "social.twitter": "tw", "loyalty_card": "card",
}  # fmt: skip


def taken_in(tmp_path, *lines, **about):
    (tmp_path / "crm.csv").write_text("\n".join([_HEADER, *lines]))
    source = {"kind": "people", "path": "crm.csv", "fields": _FIELDS}
    return TakenIn(tmp_path, brand({"crm": source}, **about))


def test_a_whole_row(tmp_path):
    taken = taken_in(
        tmp_path,
        "7,Jean-Luc,LE GOFF,M. Jean-Luc Le Goff,M.,,01/02/1980,,J.L+x@gmail.com,06 12 34 56 78,"
        "01 45 67 89 01,12 av. Foch,F-75008,Paris 8e,France,Ingénieur,@JLG,C-1",
    )
    assert taken.rows("normal") == [
        {
            "rid": 0, "source": "crm", "record_id": "7", "given": "jean luc", "family": "legoff",
            "names": "jean luc legoff", "sex": "male", "birth_date": "19800201",
            "email": "jl@gmail.com", "phone": "+33612345678", "address": "12 avenue foch",
            "postcode": "75008", "city": "paris", "country": "FR", "occupation": "ingenieur",
        }
    ]  # fmt: skip
    assert [(row["type"], row["value"]) for row in taken.rows("identifiers")] == [
        ("email", "jl@gmail.com"),
        ("loyalty_card", "C-1"),
        ("phone", "+33145678901"),
        ("phone", "+33612345678"),
        ("social.twitter", "jlg"),
    ]


def test_rids_follow_source_and_record_id(tmp_path):
    taken = taken_in(tmp_path, *(f"{i}{',' * 17}" for i in (3, 10, 1)))
    assert taken.column("normal", "record_id") == ["1", "10", "3"]
    assert taken.column("normal", "rid") == [0, 1, 2]
    schema = taken.engine.collect("SELECT * FROM normal LIMIT 0").schema
    assert str(schema.field("rid").type) == "int32" and len(schema) == 15


@pytest.mark.parametrize(
    ("civ", "sex", "expected"),
    [("Mme", "", "female"), ("", "H", "male"), ("Mme", "M", "male"), ("", "", None)],
)
def test_declared_sex_comes_first(tmp_path, civ, sex, expected):
    taken = taken_in(tmp_path, f"1,,,,{civ},{sex}{',' * 12}")
    assert taken.column("normal", "sex") == [expected]


def test_a_birth_year_fills_in(tmp_path):
    taken = taken_in(tmp_path, f"1,,,,,,,1980{',' * 10}", f"2,,,,,,1990-01-02,1980{',' * 10}")
    assert taken.column("normal", "birth_date") == ["1980", "19900102"]


def test_the_country_of_the_row_reads_it(tmp_path):
    taken = taken_in(
        tmp_path,
        "1,,,,,,,,,07572 246011,,12 St James St,,,UK,,,",
        "2,,,,,,,,,07572 246011,,,SW1A 2AA,,,,,",
        "3,,,,,,,,,06 12 34 56 78,,12 St James St,75001,,,,,",
    )
    phones = taken.column("normal", "phone")
    assert phones == ["+447572246011", "+447572246011", "+33612345678"]
    addresses = taken.column("normal", "address")
    assert addresses == ["12 saint james street", None, "12 saint james saint"]


def test_values_that_say_nothing(tmp_path):
    taken = taken_in(
        tmp_path, "1,n/a,NULL,-,,,1900-01-01,,none,unknown,,-,?,inconnu,,non renseigné,@,x"
    )
    assert taken.rows("normal") == [{"rid": 0, "source": "crm", "record_id": "1"}]
    assert taken.rows("identifiers") == []


def test_two_sources_write_dates_in_two_ways(tmp_path):
    (tmp_path / "us.csv").write_text("id,born\n1,03/04/1990\n2,12/25/1980\n")
    (tmp_path / "fr.csv").write_text("id,born\n1,03/04/1990\n")
    fields = {"id": "id", "birth_date": "born"}
    made = brand(
        {
            "fr": {"kind": "people", "path": "fr.csv", "fields": fields},
            "us": {"kind": "people", "path": "us.csv", "fields": fields},
        }
    )
    taken = TakenIn(tmp_path, made)
    assert taken.column("normal", "birth_date") == ["19900403", "19900304", "19801225"]
