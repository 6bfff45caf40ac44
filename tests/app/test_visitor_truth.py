"""Truth about visitors: columns are attributes, cookies are written as in the export."""

from __future__ import annotations

import pyarrow as pa
import pytest
import told_brand

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import UsageError
from connu.ledger.builds import Builds
from connu.ledger.twins import TWINS


@pytest.fixture
def told(built):
    """Twenty visitors, ten of them stated to be women."""
    told_brand.tell(built)
    last = Builds(built.folder).current()
    rows = [
        row
        for n in range(60, 80)
        for row in told_brand.values(f"k{n:04}", 0.95 if n < 70 else 0.4, n < 70)
    ]
    with Builds(built.folder).begin() as draft:
        engine = DuckEngine(draft.workspace, threads=1)
        for name in last.tables:
            engine.read_parquet("old", last.file(name))
            engine.run(name, "SELECT * FROM old")
        engine.put("twins", pa.Table.from_pylist(rows, schema=TWINS))
        engine.close()
        draft.publish(last.tables, last.trace)
    return built


def write(path, rows, header="anonymous_id,sex,shoe"):
    path.write_text(header + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_statements_are_held_against_what_is_true_of_the_visitors(told, tmp_path):
    rows = [f"k{n:04},{'female' if n < 69 else 'male'},41" for n in range(60, 80)]
    card = told.scorecard(truth=write(tmp_path / "visitors.csv", [*rows, "k9999,male,40"]))
    assert card.claim("visitors.sex.right").value == pytest.approx(0.9)
    assert card.claim("visitors.sex.right").people == 10
    assert card.claim("visitors.sex.accuracy").value == pytest.approx(0.95)
    assert card.claim("visitors.sex.accuracy").people == 20
    (records,) = (check for check in card.checks if check.name == "identities")
    assert not records.checked
    for name in ("visitors.sex.right", "visitors.sex.accuracy"):
        row = told.how(name, truth=tmp_path / "visitors.csv").rows[0]
        assert row["value"] == pytest.approx(card.claim(name).value)


def test_a_value_twins_never_tell_counts_as_told_wrongly(told, tmp_path):
    rows = [f"k{n:04},{'other' if n < 65 else 'female'},41" for n in range(60, 70)]
    card = told.scorecard(truth=write(tmp_path / "v.csv", rows))
    assert card.claim("visitors.sex.right").value == pytest.approx(0.5)


def test_empty_cells_say_nothing_and_two_truths_go_together(told, tmp_path):
    rows = [f"k{n:04},{'female' if n < 70 else ''},41" for n in range(60, 80)]
    visitors = write(tmp_path / "v.csv", rows)
    records = write(
        tmp_path / "r.csv",
        [f"crm,C{n:03},p{n}" for n in range(30)],
        "source,record_id,person",
    )
    card = told.scorecard(truth=[records, visitors])
    assert card.claim("visitors.sex.accuracy").people == 10
    (check,) = (check for check in card.checks if check.name == "identities")
    assert check.checked
    for claim in check.claims:
        row = told.how(claim.name, truth=[records, visitors]).rows[0]
        assert row["value"] == pytest.approx(claim.value), claim.name


def test_a_truth_that_is_about_nothing_told_is_refused(told, tmp_path):
    with pytest.raises(UsageError, match="no column that twins tell") as error:
        told.scorecard(truth=write(tmp_path / "v.csv", ["k0060,41"], "anonymous_id,shoe"))
    assert "sex" in error.value.hint
    with pytest.raises(UsageError, match="fewer than ten") as error:
        told.scorecard(truth=write(tmp_path / "v.csv", ["K60,female,41"]))
    assert "connu export visitors" in error.value.hint


def test_without_twins_in_the_build_it_says_what_to_run(built, tmp_path):
    told_brand.untell(built)
    assert not [check for check in built.scorecard().checks if check.kind == "twins"]
    with pytest.raises(UsageError) as error:
        built.scorecard(truth=write(tmp_path / "v.csv", ["k0060,female,41"]))
    assert error.value.hint == "run: connu build"
