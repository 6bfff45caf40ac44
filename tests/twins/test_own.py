"""A brand's own attributes: words as they are, numbers in quarters, identifiers refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from connu.engine.duckdb import DuckEngine
from connu.twins.own import MOST_VALUES, own_values
from tests.twins.known_people import engine_at, fact, put_facts


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    yield engine
    engine.close()


def learnt(engine: DuckEngine, values: list[str]) -> tuple[list[str], str | None]:
    """The values of customers in order, and why there are none."""
    put_facts(engine, [fact(f"c{i:05d}", "it", value) for i, value in enumerate(values)])
    engine.view("statements", "SELECT subject AS customer_id, * FROM facts")
    rows, refused = own_values(engine, "statements", "it")
    assert len(rows) == (refused is None)
    if refused:
        return [], refused[0]
    told = engine.collect(f"SELECT * FROM ({rows[0]}) AS own ORDER BY customer_id")
    return told["value"].to_pylist(), None


def test_few_words_are_kept_as_most_write_them(engine: DuckEngine):
    values = ["Périurbain", "périurbain", "Périurbain", "periurbain", "Ville", "n/a", "VILLE"]
    told, refused = learnt(engine, values)
    assert told == ["Périurbain"] * 4 + ["VILLE"] * 2
    assert refused is None


def test_few_numbers_are_words(engine: DuckEngine):
    values = [str(i % MOST_VALUES) for i in range(300)]
    assert learnt(engine, values) == (values, None)


def test_many_numbers_are_cut_in_quarters(engine: DuckEngine):
    values = [str(i % 200) for i in range(2_000)]
    told, _ = learnt(engine, values)
    assert Counter(told) == {"≤ 49": 500, "49–99": 500, "99–149": 500, "> 149": 500}
    assert told[49] == "≤ 49" and told[50] == "49–99"


def test_numbers_as_people_write_them(engine: DuckEngine):
    values = [f"1 {i:03d},5" for i in range(100)] + ["1 000,5"] * 100
    told, _ = learnt(engine, values)
    # Half of them are the least: two quartiles fall together.
    assert Counter(told) == {"≤ 1000.5": 101, "1000.5–1049.5": 49, "> 1049.5": 50}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([f"K{i}" for i in range(100)], "identifiers"),
        ([str(10_000 + i) for i in range(100)], "identifiers"),
        ([f"word {i}" for i in range(12)], "identifiers"),
        ([f"town {i % 40}" for i in range(400)], "too_many_values"),
        ([f"2020-01-{i % 31:02d}" for i in range(400)], "too_many_values"),
        (["-", "unknown", "n/a"], "nobody"),
        ([], "nobody"),
    ],
)
def test_what_cannot_be_learnt_is_refused_with_the_reason(
    engine: DuckEngine, values: list[str], reason: str
):
    assert learnt(engine, values) == ([], reason)


def test_measures_are_no_identifiers_however_different(engine: DuckEngine):
    told, refused = learnt(engine, [f"{i * 1.37:.2f}" for i in range(400)])
    assert refused is None and len(set(told)) == 4


def test_what_is_no_number_among_numbers_is_left_out(engine: DuckEngine):
    told, refused = learnt(engine, [str(i % 100) for i in range(990)] + ["inf", "many"] * 5)
    assert refused is None
    assert len(told) == 990
