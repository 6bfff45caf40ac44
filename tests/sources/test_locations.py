"""Where files lie."""

import pytest
from taken_in import brand

from connu.kernel.errors import SourceError
from connu.sources.locations import files_of, format_of


def source(**about):
    fields = {"id": "id"}
    return brand({"crm": {"kind": "people", "fields": fields, **about}}).sources["crm"]


def test_a_path_and_a_glob(tmp_path):
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).touch()
    (tmp_path / "d.csv").mkdir()
    assert [p.name for p in files_of("crm", source(path="*.csv"), tmp_path)] == ["a.csv", "b.csv"]
    assert files_of("crm", source(path="c.txt"), tmp_path) == [tmp_path / "c.txt"]


def test_a_name_with_brackets_is_a_name(tmp_path):
    (tmp_path / "crm[1].csv").touch()
    assert files_of("crm", source(path="crm[1].csv"), tmp_path) == [tmp_path / "crm[1].csv"]


@pytest.mark.parametrize(
    ("path", "hint"), [("gone.csv", "relative to the brand"), ("folder", "folder/*.csv")]
)
def test_nothing_there(tmp_path, path, hint):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError) as caught:
        files_of("crm", source(path=path), tmp_path)
    assert hint in caught.value.hint and caught.value.fields["source"] == "crm"


def test_formats(tmp_path):
    assert format_of("crm", source(path="x"), tmp_path / "x.CSV") == "csv"
    assert format_of("crm", source(path="x", format="jsonl"), tmp_path / "x.csv") == "jsonl"
    with pytest.raises(SourceError, match="suffix"):
        format_of("crm", source(path="x"), tmp_path / "x.xlsx")
