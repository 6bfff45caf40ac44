"""What a source's values say about how it writes phones."""

from taken_in import TakenIn, brand


def test_foreign_codes_teach_to_read_local_numbers(tmp_path):
    lines = ["id,tel", "1,+447572246011", "2,07572 246012", "3,06 12 34 56 78"]
    (tmp_path / "crm.csv").write_text("\n".join(lines))
    fields = {"id": "id", "phone": "tel"}
    taken = TakenIn(
        tmp_path, brand({"crm": {"kind": "people", "path": "crm.csv", "fields": fields}})
    )
    assert taken.column("normal", "phone") == ["+447572246011", "+447572246012", "+33612345678"]


def test_without_such_codes_they_are_not_read_as_foreign(tmp_path):
    (tmp_path / "crm.csv").write_text("id,tel\n2,07572 246012\n")
    fields = {"id": "id", "phone": "tel"}
    taken = TakenIn(
        tmp_path, brand({"crm": {"kind": "people", "path": "crm.csv", "fields": fields}})
    )
    assert taken.column("normal", "phone") == ["+337572246012"]
