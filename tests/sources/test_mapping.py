"""Columns under connu's words."""

import pytest
from taken_in import TakenIn, brand

from connu.kernel.errors import PurposeError, SourceError
from connu.kernel.settings import settings_from

_HEADER = "no,prenom,mail,religion\n"


def test_an_unknown_column_names_the_nearest(tmp_path):
    (tmp_path / "crm.csv").write_text("no,prenom\n1,Anne\n")
    fields = {"id": "no", "first_name": "prénom"}
    with pytest.raises(SourceError) as caught:
        TakenIn(tmp_path, brand({"crm": {"kind": "people", "path": "crm.csv", "fields": fields}}))
    assert "«prénom»" in caught.value.message and caught.value.hint == "did you mean «prenom»?"
    assert caught.value.fields == {"source": "crm", "column": "prénom"}


def test_sensitive_columns_are_refused_unless_declared(tmp_path):
    (tmp_path / "crm.csv").write_text("no,religion\n1,x\n")
    raw = {
        "brand": {"name": "Test"},
        "sources": {"crm": {"kind": "people", "path": "crm.csv", "fields": {"id": "no"}}},
    }
    with pytest.raises(PurposeError, match="religion") as caught:
        TakenIn(tmp_path, settings_from(raw))
    assert caught.value.fields["source"] == "crm"
    raw["attributes"] = {"religion": {"sensitive": "research"}}
    taken = TakenIn(tmp_path, settings_from(raw))
    assert taken.column("people", "attributes") == ['{"religion":"x"}']


def test_odd_column_names_are_only_names(tmp_path):
    (tmp_path / "crm.csv").write_text("""no;a"b;c'd;{};x y\n1;2;3;4;5\n""")
    fields = {"id": "no", "last_name": 'a"b', "first_name": "c'd"}
    made = brand({"c-r.m": {"kind": "people", "path": "crm.csv", "fields": fields}})
    taken = TakenIn(tmp_path, made)
    assert taken.rows("people")[0] == {
        "source": "c-r.m", "record_id": "1", "row": 1, "first_name": "3", "last_name": "2",
        "attributes": '{"{}":"4","x y":"5"}',
    }  # fmt: skip
