"""The table people: raw values, one row per id, attributes, quarantine."""

import json
from datetime import datetime

from taken_in import TakenIn, brand

_CRM = """no;prenom;nom;mobile;fixe;maj;club
1;Jean; DUPONT ;06 12 34 56 78;01 45 67 89 01;2024-01-02;or
2;Liz;O'Neil;;;2024-03-02;
2;Lizzie;O'Neil;;;2024-01-02;argent
2;Lizz;O'Neil;;;2024-03-02;
;x;y;;;;
;;;;;;
"""
_FIELDS = {
    "id": "no",
    "first_name": "prenom",
    "last_name": "nom",
    "phone": ["mobile", "fixe"],
    "recorded_at": "maj",
}


def crm(**about):
    return {"kind": "people", "path": "crm.csv", "fields": _FIELDS, **about}


def test_raw_values_stay(tmp_path):
    (tmp_path / "crm.csv").write_text(_CRM)
    taken = TakenIn(tmp_path, brand({"crm": crm()}))
    assert taken.rows("people") == [
        {
            "source": "crm", "record_id": "1", "row": 1, "recorded_at": datetime(2024, 1, 2),
            "first_name": "Jean", "last_name": "DUPONT",
            "phone": "06 12 34 56 78 01 45 67 89 01", "attributes": '{"club":"or"}',
        },
        {
            "source": "crm", "record_id": "2", "row": 4, "recorded_at": datetime(2024, 3, 2),
            "first_name": "Lizz", "last_name": "O'Neil",
        },
    ]  # fmt: skip


def test_what_gives_way_goes_to_quarantine(tmp_path):
    (tmp_path / "crm.csv").write_text(_CRM)
    taken = TakenIn(tmp_path, brand({"crm": crm()}))
    found = taken.rows("quarantine")
    assert [(row["row"], row["column"]) for row in found] == [(2, "no"), (3, "no"), (5, "no")]
    assert json.loads(found[2]["content"])["prenom"] == "x"
    assert all("Liz" not in row["reason"] for row in found)
    assert taken.report.rows == {"crm": 2}
    assert sum(taken.report.quarantined["crm"].values()) == 3


def test_the_order_of_rows_and_sources_changes_nothing(tmp_path):
    lines = _CRM.splitlines()
    rows = {}
    for name, body in (("a", lines[1:3]), ("b", lines[2:0:-1])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "crm.csv").write_text("\n".join([lines[0], *body]))
        (folder / "web.csv").write_text("id,mail\n9,a@example.org\n")
        web = {"kind": "people", "path": "web.csv", "fields": {"id": "id", "email": "mail"}}
        sources = {"crm": crm(), "web": web} if name == "a" else {"web": web, "crm": crm()}
        taken = TakenIn(folder, brand(sources))
        rows[name] = [{k: v for k, v in row.items() if k != "row"} for row in taken.rows("people")]
        rows[name] += taken.rows("normal") + taken.rows("identifiers")
    assert rows["a"] == rows["b"]


def test_nobody(tmp_path):
    (tmp_path / "crm.csv").write_text(_CRM.splitlines()[0])
    taken = TakenIn(tmp_path, brand({"crm": crm()}))
    assert taken.report.rows == {"crm": 0}
    assert taken.rows("people") == taken.rows("normal") == taken.rows("identifiers") == []


def test_no_people_source_at_all(tmp_path):
    (tmp_path / "p.csv").write_text("id\n1\n")
    taken = TakenIn(
        tmp_path, brand({"p": {"kind": "products", "path": "p.csv", "fields": {"id": "id"}}})
    )
    assert taken.rows("people") == taken.rows("normal") == taken.rows("identifiers") == []


def test_words_for_no_id_are_none(tmp_path):
    (tmp_path / "crm.csv").write_text("id\nNULL\nnan\n7\n")
    made = brand({"crm": {"kind": "people", "path": "crm.csv", "fields": {"id": "id"}}})
    taken = TakenIn(tmp_path, made)
    assert taken.report.rows == {"crm": 1}
    assert taken.report.quarantined == {"crm": {"the row has no id": 2}}
