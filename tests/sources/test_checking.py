"""connu check: findings with place and remedy, never with a value."""

from taken_in import brand

from connu.sources.checking import check_sources

_FIELDS = {"id": "no", "email": "mail", "phone": "tel", "birth_date": "born", "city": "ville"}


def findings(tmp_path, *lines, fields=_FIELDS, name="crm.csv", **about):
    (tmp_path / "crm.csv").write_bytes("\n".join(lines).encode())
    made = brand({"crm": {"kind": "people", "path": name, "fields": fields, **about}})
    return check_sources(made, tmp_path)


_HEADER = "no,mail,tel,born,ville"


def test_good_files_have_no_finding(tmp_path):
    row = "1,a@example.org,06 12 34 56 78,1980-02-01,Paris"
    assert findings(tmp_path, _HEADER, row, "2,,,,") == []
    assert not (tmp_path / ".connu").exists()


def test_every_unknown_column_is_told(tmp_path):
    found = findings(tmp_path, "no,mail", "1,a", fields={"id": "n", "email": "mial"})
    assert [(f.severity, f.column) for f in found] == [("error", "n"), ("error", "mial")]
    assert found[1].hint == "did you mean «mail»?"


def test_a_missing_file(tmp_path):
    (found,) = findings(tmp_path, _HEADER, name="gone.csv")
    assert found.severity == "error" and found.file == "gone.csv" and found.hint


def test_a_sensitive_column(tmp_path):
    (found,) = findings(tmp_path, "no,religion", "1,x", fields={"id": "no"})
    assert found.severity == "error" and found.column == "religion"


def test_rows_and_values_are_counted_by_place(tmp_path):
    good = [f"{i},a{i}@example.org,06 12 34 56 78,1980-02-01,Paris" for i in range(1, 20)]
    found = findings(
        tmp_path,
        _HEADER,
        *good,
        "20,secret,secret,secret,Orl\u00c3\u00a9ans",
        ",see notes,,,",
        "1,,,,",
        "9",
    )
    by_column = {f.column: f for f in found}
    assert {f.severity for f in found} == {"warning"}
    assert by_column["mail"].row == 20 and "2 of 21 values" in by_column["mail"].message
    assert "1 of 20" in by_column["tel"].message and by_column["tel"].file == "crm.csv"
    assert "1 of 20" in by_column["born"].message
    assert "encoded" in by_column["ville"].message
    messages = " ".join(f.message for f in found if f.column in ("no", None))
    assert "1 row with no id, row 21" in messages and "an id that another row has" in messages
    assert "1 cells where the file has 5 columns: 1 row, row 23" in messages
    assert "secret" not in repr(found)


def test_a_wrong_column_is_an_error(tmp_path):
    rows = [f"{i},Paris,x,y,a@example.org" for i in range(20)]
    found = findings(tmp_path, _HEADER, *rows, fields={"id": "no", "email": "mail"})
    assert [(f.severity, f.column) for f in found] == [("error", "mail")]


def test_empty_columns_and_files(tmp_path):
    found = findings(tmp_path, _HEADER, "1,,,,", fields={"id": "no", "email": "mail"})
    assert [f.message for f in found] == ["the column is empty, mapped to email"]
    found = findings(tmp_path, _HEADER, fields={"id": "no"})
    assert [f.message for f in found] == ["the source holds no row"]


def test_events_need_time_and_type(tmp_path):
    (tmp_path / "web.csv").write_text("ts,event\n2024-01-01,view\nfoo,view\n2024-01-02,\n,x\n")
    fields = {"time": "ts", "type": "event"}
    found = check_sources(
        brand({"web": {"kind": "events", "path": "web.csv", "fields": fields}}), tmp_path
    )
    assert [(f.column, f.row) for f in found] == [("event", 3), ("ts", 4), ("ts", 2)]


def test_rows_of_several_files_are_told_with_their_file(tmp_path):
    for month, line in (("01", ""), ("02", ",x"), ("03", ",y")):
        (tmp_path / f"web-{month}.csv").write_text(f"ts,event\n2024-01-01,view\n{line}\n")
    fields = {"time": "ts", "type": "event"}
    (found,) = check_sources(
        brand({"web": {"kind": "events", "path": "web-*.csv", "fields": fields}}), tmp_path
    )
    assert found.message == "2 rows with no time, rows web-02.csv:2, web-03.csv:2"
    assert (found.file, found.row) == ("web-02.csv", 2)


def test_numbers_are_looked_at(tmp_path):
    (tmp_path / "p.csv").write_text('sku,prix\np1,"12,50"\np2,sur devis\n')
    fields = {"id": "sku", "price": "prix"}
    (found,) = check_sources(
        brand({"p": {"kind": "products", "path": "p.csv", "fields": fields}}), tmp_path
    )
    assert found.message == "1 of 2 values (50.0%) cannot be read as numbers, row 2"
    assert found.hint == "they are missing from products"
    assert found.severity == "warning" and found.column == "prix"
