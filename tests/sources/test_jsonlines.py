"""JSON Lines: members of members as columns, bad lines set aside."""

from taken_in import TakenIn, brand

from connu.sources.csvfiles import Rejected
from connu.sources.jsonlines import jsonl_batches, jsonl_columns


def test_members_become_columns(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_text(
        '{"id": 1, "user": {"mail": "a@example.org", "tags": ["x"]}, "n": 2.0}\n'
        "\n"
        "not json\n"
        '["a list"]\n'
        '{"id": "2", "ID": true, "user": null, "é": 1.5}\n',
        encoding="utf-8",
    )
    members = jsonl_columns([path])
    assert list(members.values()) == ["id", "user.mail", "user.tags", "n", "ID_2", "user", "é"]
    rejected = Rejected()
    ((columns, rows),) = jsonl_batches(path, list(members), rejected)
    assert rows == [1, 4] and rejected.rows == [2, 3]
    assert [column.to_pylist() for column in columns] == [
        ["1", "2"], ["a@example.org", None], ['["x"]', None], ["2", None], [None, "true"],
        [None, None], [None, "1.5"],
    ]  # fmt: skip


def test_as_a_source(tmp_path):
    (tmp_path / "people.jsonl").write_text(
        '{"id": 1, "contact": {"mail": "A@example.org"}}\n{"contact": {}}\nx\n'
    )
    fields = {"id": "id", "email": "contact.mail"}
    made = brand({"web": {"kind": "people", "path": "people.jsonl", "fields": fields}})
    taken = TakenIn(tmp_path, made)
    assert taken.column("normal", "email") == ["a@example.org"]
    assert taken.report.quarantined == {"web": {"the line is not a JSON object": 1}}
