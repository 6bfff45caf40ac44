"""A data set becomes a brand's folder whose settings are valid and whose truth is kept out."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as csv
import pytest

from benchmarks.datasets import DATA_SETS, data_folder
from connu.kernel.settings import read_settings


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_a_data_set_is_a_valid_brand(data, tmp_path: Path):
    if data.name in ("made_100k", "made_1m"):
        pytest.skip("the same as made_2k, only larger")
    try:
        records = data.read()
    except FileNotFoundError:
        pytest.skip(f"{data_folder()} does not hold it")
    data.write_brand(tmp_path / "brand", records)
    settings = read_settings(tmp_path / "brand")
    rows = 0
    for source in settings.sources.values():
        assert source.unique == data.unique
        header = csv.read_csv(tmp_path / "brand" / str(source.path))
        rows += header.num_rows
        columns = {
            column
            for mapped in source.fields.values()
            for column in (mapped if isinstance(mapped, list) else [mapped])
        }
        assert columns <= set(header.column_names)
        assert "cluster" not in header.column_names
    assert rows == records.num_rows
    assert records["cluster"].null_count == 0


def test_the_data_lies_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CONNU_DATA", str(tmp_path))
    assert data_folder() == tmp_path
