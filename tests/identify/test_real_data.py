"""Labelled real and realistic data: the figures the project promised, with nothing but a mapping.

The data lies beside the repository, or where the variable CONNU_DATA says; without it these tests
are skipped. How each set becomes a brand's folder is the benchmark's: see benchmarks/datasets.py.
"""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from benchmarks.datasets import DATA_SETS, DataSet, data_folder
from connu.engine.duckdb import DuckEngine
from connu.identify.linker import link
from connu.kernel.settings import Identify, read_settings
from connu.measure.identities import evaluate_identities
from connu.sources.load import load_sources

_LABELLED = [data for data in DATA_SETS if data.target]


def test_every_promise_is_kept_watch_of():
    assert [data.name for data in _LABELLED] == [
        "febrl3", "febrl4", "historical_50k", "people_100k",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(
    not (data_folder() / "identity").is_dir(),
    reason="the labelled data is not here: set CONNU_DATA to its folder",
)
@pytest.mark.parametrize("data", _LABELLED, ids=lambda data: data.name)
def test_the_promised_figures_are_reached(data: DataSet, tmp_path: Path):
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    records = data.read()
    data.write_brand(tmp_path / "brand", records)
    settings = read_settings(tmp_path / "brand")
    assert settings.identify == Identify()  # the one default
    engine = DuckEngine(tmp_path / "workspace")
    load_sources(engine, settings, tmp_path / "brand")
    report = link(engine, settings)
    assert report.records == records.num_rows
    identities = engine.collect(
        "SELECT source, record_id, CAST(cluster AS VARCHAR) AS customer_id "
        "FROM clusters JOIN normal USING (rid)"
    )
    engine.close()
    score = evaluate_identities(identities, records.select(["source", "record_id", "cluster"]))
    assert score.records == records.num_rows and score.only_in_truth == 0
    assert data.target is not None
    pairwise, bcubed = data.target
    assert score.pairwise.f1.value >= pairwise
    assert score.bcubed.f1.value >= bcubed
