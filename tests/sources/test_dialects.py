"""How CSV files are written: sniffed."""

import pytest

from connu.kernel.errors import SourceError
from connu.sources.dialects import distinct_names, left_open, sniff


def sniffed(tmp_path, content, **told):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return sniff(path, **told)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    rows = [["id", "nom", "note"], ["1", "Léa", '"a, b; c"'], ["2", "Zoé", "x"]]
    found = sniffed(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert found.delimiter == delimiter and found.columns == ("id", "nom", "note")


def test_decimal_commas_do_not_look_like_delimiters(tmp_path):
    found = sniffed(tmp_path, "id;prix;poids\n1;1,5;2,5\n2;2,5;3,5\n")
    assert found.delimiter == ";"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("latin-1", "cp1252"),  # which it is a part of
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_encodings(tmp_path, encoding, found):
    text = "id,prénom\n" + "".join(f"{i},Zoé\n" for i in range(50))
    dialect = sniffed(tmp_path, text.encode(encoding))
    assert dialect.encoding == found and dialect.columns == ("id", "prénom") and not dialect.lossy


def test_bytes_that_windows_does_not_know_make_it_latin_1(tmp_path):
    assert sniffed(tmp_path, "id,prénom\n1,\x81é\n".encode("latin-1")).encoding == "latin-1"


def test_mostly_utf8_stays_utf8(tmp_path):
    dialect = sniffed(tmp_path, "id,prénom,ville\né,è,à\n".encode() + b"1,\xe9,\n")
    assert dialect.encoding == "utf-8" and dialect.lossy


def test_the_settings_have_the_last_word(tmp_path):
    dialect = sniffed(tmp_path, "a;b,c\n1;2,3\n", delimiter=",", encoding="latin-1", header=False)
    assert dialect.columns == ("column_1", "column_2") and dialect.encoding == "latin-1"


@pytest.mark.parametrize("told", [{"encoding": "klingon"}, {"delimiter": ""}, {"delimiter": "::"}])
def test_impossible_settings(tmp_path, told):
    with pytest.raises(SourceError):
        sniffed(tmp_path, "a,b\n1,2\n", **told)


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("id,name", True),
        ("1,Anne", False),
        ("a@example.org,Anne", False),
        ("Anne,2001-01-01", False),
        ("name,name", False),
    ],
)
def test_headers(tmp_path, first, header):
    assert sniffed(tmp_path, f"{first}\n2,Zoe\n3,Lea\n").header is header


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n \n"])
def test_nothing(tmp_path, content):
    assert sniffed(tmp_path, content) is None


def test_names_are_distinct_whatever_the_case():
    assert distinct_names(["id", " ID ", "", "id", "x"]) == ("id", "ID_2", "column_3", "id_3", "x")


@pytest.mark.parametrize(
    ("record", "is_open"),
    [
        ('1,"a"', False),
        ('1,"a', True),
        ('5" pipe,"b"', False),
        ('"a""b",c', False),
        ('"a"",b', True),
        ('a",b,"c', True),
        ("", False),
    ],
)
def test_quotes_left_open(record, is_open):
    assert left_open(record, ",") is is_open


def test_what_excel_writes_above(tmp_path):
    dialect = sniffed(tmp_path, "sep=;\nid;a,b\n1;2,3\n")
    assert dialect.delimiter == ";" and dialect.columns == ("id", "a,b") and dialect.preamble == 1
    assert sniffed(tmp_path, "sep=;\n") is None
