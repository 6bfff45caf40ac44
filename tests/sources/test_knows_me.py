"""«Does this brand know you?»: numbers of ten, words in two languages, and nothing else."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.engine.duckdb import DuckEngine
from connu.sources.knows_me import knows_me_sql, read_knows_me

CELLS = {
    "0": 0.0, "10": 10.0, " 7 ": 7.0, "7.5": 7.5, "8,5": 8.5, "10.0": 10.0, "9/10": 9.0,
    "6 sur 10": 6.0, "6 out of 10": 6.0, "Oui": 10.0, "OUI !": 10.0, "Tout à fait": 10.0,
    "en partie": 5.0, "Somewhat": 5.0, "À moitié": 5.0, "non": 0.0, "Pas du tout.": 0.0,
    "not at all": 0.0, "11": None, "-1": None, "7/20": None, "10.5": None, "maybe": None,
    "": None, "   ": None, "seven": None, "1e1": None, "7 8": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = DuckEngine(tmp_path_factory.mktemp("engine"), threads=1)
    yield engine
    engine.close()


def _by_sql(engine, cells):
    engine.put("cells", pa.table({"n": list(range(len(cells))), "cell": pa.array(cells)}))
    found = engine.collect(f"SELECT {knows_me_sql('cell')} AS answer FROM cells ORDER BY n")
    return found["answer"].to_pylist()


def test_answers_are_read(engine):
    assert [read_knows_me(cell) for cell in CELLS] == list(CELLS.values())
    assert _by_sql(engine, list(CELLS)) == list(CELLS.values())
    assert _by_sql(engine, pa.array([None], pa.string())) == [None]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("0123456789.,/ouinesyrfàé '-10", max_size=8), min_size=1))
def test_one_cell_and_a_column_are_read_alike(engine, cells):
    assert _by_sql(engine, cells) == [read_knows_me(cell) for cell in cells]
