"""Taking a whole brand in."""

from pathlib import Path

import pytest
from taken_in import TakenIn, brand

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import SourceError
from connu.sources.load import load_sources

_REAL = Path(__file__).parents[3] / "shared" / "data" / "identity"
_TABLES = {"people", "normal", "identifiers", "events", "verbatims", "products", "consents"}


def small(tmp_path):
    (tmp_path / "crm.csv").write_text("id,mail\n1,a@example.org\n1,b@example.org\n2\n")
    fields = {"id": "id", "email": "mail"}
    return brand({"crm": {"kind": "people", "path": "crm.csv", "fields": fields}})


def test_only_the_tables_stay_in_the_workspace(tmp_path):
    TakenIn(tmp_path, small(tmp_path))
    left = {path.stem for path in (tmp_path / "workspace").glob("*.parquet")}
    assert left == {*_TABLES, "quarantine"}


def test_the_forgotten_are_taken_out_when_all_tables_are_made(tmp_path):
    seen = []

    def erased(engine):
        seen.append([engine.has(table) for table in (*_TABLES, "quarantine")])
        return {"people": 1}

    taken = TakenIn(tmp_path, small(tmp_path), erased=erased)
    assert seen == [[True] * 8] and taken.report.erased == {"people": 1}


def test_a_rerun_changes_nothing(tmp_path):
    made = small(tmp_path)
    first, second = TakenIn(tmp_path, made), TakenIn(tmp_path, made)
    for table in (*_TABLES, "quarantine"):
        assert first.rows(table) == second.rows(table)


def test_a_file_that_vanishes(tmp_path):
    made = small(tmp_path)
    (tmp_path / "crm.csv").unlink()
    engine = DuckEngine(tmp_path / "workspace")
    with pytest.raises(SourceError, match=r"there is no file «crm\.csv»"):
        load_sources(engine, made, tmp_path)


def test_progress_is_told(tmp_path):
    stages = []

    class Told:
        def stage(self, name, total=None):
            stages.append(name)
            from connu.kernel.progress import Silent

            return Silent().stage(name, total)

    TakenIn(tmp_path, small(tmp_path), progress=Told())
    assert stages[0] == "read sources" and len(stages) >= 3


@pytest.mark.skipif(not _REAL.is_dir(), reason="the shared data are not at hand")
def test_historical_people_keep_their_values():
    import tempfile

    fields = {
        "id": "unique_id", "full_name": "full_name", "first_name": "first_name",
        "last_name": "surname", "birth_date": "dob", "city": "birth_place",
        "postcode": "postcode_fake", "sex": "gender", "occupation": "occupation",
    }  # fmt: skip
    path = str(_REAL / "historical_50k.parquet")
    made = brand({"h": {"kind": "people", "path": path, "fields": fields}}, country="GB")
    with tempfile.TemporaryDirectory() as folder:
        taken = TakenIn(Path(folder), made)
        counted = taken.engine.collect(
            "SELECT count(*) AS n, count(p.first_name) - count(given) AS given_lost, "
            "count(p.birth_date) - count(n.birth_date) AS dates_lost, "
            "count(p.postcode) - count(n.postcode) AS postcodes_lost, "
            "count(p.sex) - count(n.sex) AS sexes_lost "
            "FROM people AS p JOIN normal AS n USING (source, record_id)"
        ).to_pylist()[0]
    assert counted["n"] == 50_578
    assert counted["postcodes_lost"] == 0
    assert -500 < counted["sexes_lost"] <= 0  # `mrs` and `sir` tell more
    assert counted["dates_lost"] < 200  # before the year 1000
    assert counted["given_lost"] < 1500  # `sir` and the like
