"""What the headline figures leave out: calibration, growth from build to build, cost by size.

    python -m benchmarks.growth                     everything
    python -m benchmarks.growth --only febrl3       one data set (may be repeated)

For each data set, through `connu build` on a brand's folder as in benchmarks.identities:

- calibration: expected calibration error of `match_probability` over `links` and `undecided`;
- growth: a brand of 95 % of the records is built, 5 % are added, and the next build (which compares
  new records only, under the kept model) is scored against a build of all records under that same
  model that compares everything;
- a build on unchanged input must change nothing.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

import connu
from benchmarks.datasets import DATA_SETS, DataSet
from benchmarks.identities import CONNU
from connu.ledger.builds import Builds
from connu.measure.calibration import calibrate
from connu.measure.identities import evaluate_identities

ADDED_SHARE = 0.05


def build(folder: Path, *options: str) -> float:
    """Run `connu build`; seconds of wall clock."""
    began = time.perf_counter()
    subprocess.run([*CONNU, "build", "--brand", str(folder), *options], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - began


def identities(folder: Path) -> pa.Table:
    """The brand's identities."""
    return connu.open(folder).table("identities")


def calibration(folder: Path, records: pa.Table) -> str:
    """Expected calibration error of the build in force."""
    brand = connu.open(folder)
    truth = records.select(["source", "record_id", "cluster"]).rename_columns(
        ["source", "record_id", "person"]
    )
    card = calibrate(brand.table("links"), brand.table("undecided"), truth)
    return f"ECE {card.expected_error:.4f} over {card.pairs:,} pairs"


def growth(data: DataSet, records: pa.Table, folder: Path) -> str:
    """A kept model and added records, against comparing everything under that model."""
    chance = np.random.default_rng(1).random(records.num_rows)
    data.write_brand(folder / "small", records.filter(pa.array(chance >= ADDED_SHARE)))
    data.write_brand(folder / "whole", records)
    first = build(folder / "small")
    grown = folder / "grown"
    shutil.copytree(folder / "small", grown)
    shutil.rmtree(grown / "data")
    shutil.copytree(folder / "whole" / "data", grown / "data")
    compared_all = folder / "compared"
    shutil.copytree(grown, compared_all)
    # Without its pairs the last build lends its model and nothing else: all is compared again.
    (Builds(compared_all).current().path / "pairs.parquet").unlink()
    some = build(grown)
    everything = build(compared_all)
    score = evaluate_identities(
        identities(grown),
        identities(compared_all).rename_columns(["source", "record_id", "person"]),
    )
    before = identities(grown)
    build(grown, "--force")
    same = identities(grown).equals(before)
    return (
        f"5 % added: {some:.1f} s, everything compared {everything:.1f} s (first build {first:.1f} "
        f"s); the two agree at pairwise F1 {score.pairwise.f1.value:.4f}, B-cubed F1 "
        f"{score.bcubed.f1.value:.4f}; built again on the same input: "
        f"{'nothing changed' if same else 'CHANGED'}"
    )


def main() -> None:
    """Measure and print, data set by data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=[d.name for d in DATA_SETS])
    chosen = parser.parse_args().only or [d.name for d in DATA_SETS if d.name != "made_1m"]
    for data in DATA_SETS:
        if data.name not in chosen:
            continue
        try:
            records = data.read()
        except FileNotFoundError:
            print(f"- {data.name}: skipped, its file is not at hand")
            continue
        with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as temporary:
            told = growth(data, records, Path(temporary))
            build(Path(temporary) / "whole")
            print(f"- {data.name}: {calibration(Path(temporary) / 'whole', records)}; {told}")


if __name__ == "__main__":
    main()
