"""What the values of a column look like."""

from taken_in import brand

from connu.engine.duckdb import DuckEngine
from connu.sources.profiles import profile_columns
from connu.sources.reading import open_source


def test_profiles(tmp_path):
    lines = ["id,mail,born,sex,empty", "1,a@example.org,1980-02-01,F,", "2,b@example.org,,M,",
             "3,a@example.org,1990-02-03,F,"]  # fmt: skip
    (tmp_path / "x.csv").write_text("\n".join(lines))
    source = brand({"x": {"kind": "people", "path": "x.csv", "fields": {"id": "id"}}}).sources["x"]
    engine = DuckEngine(tmp_path / "workspace")
    found = {p.name: p for p in profile_columns(engine, open_source(engine, "x", source, tmp_path))}
    assert found["id"].is_key and not found["mail"].is_key
    assert found["mail"].share("email") == 1.0 and not found["mail"].unique
    assert found["born"].share("date") == 1.0 and round(found["born"].filled, 2) == 0.67
    assert found["sex"].share("sex") == 1.0 and found["sex"].distinct == 2
    assert found["empty"].filled == 0.0 and found["empty"].share("email") == 0.0
