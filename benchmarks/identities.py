"""connu beside Splink 5 on labelled people: quality, seconds, memory, and the ratios.

    python -m benchmarks.identities                        every data set
    python -m benchmarks.identities --only historical_50k  one (may be repeated)
    python -m benchmarks.identities --without-splink --json figures.json
    python -m benchmarks.identities --write                the figures into docs/benchmarks.md

Each data set becomes a brand's folder of CSV files; `connu build` and `connu export identities`
run on it as a user would run them, from the files to the exported file, and Splink runs beside on
the same records. One default: no labels, no tuning, no setting for a data set. The first run
compiles connu's inner loops (numba keeps them), so a small build warms them up, unmeasured.
Timings are printed and decide nothing; a machine that does other work makes both sides slower.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.datasets import DATA_SETS, DataSet
from benchmarks.measured import Measure, measure
from connu.measure.identities import evaluate_identities

CONNU = [str(Path(sys.executable).with_name("connu"))]
SPLINK = [sys.executable, "-m", "benchmarks.splink_baseline"]
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figures:
    """What one tool reached on one data set.

    Attributes:
        tool: connu or splink.
        data: the data set's name.
        records: rows of people.
        pairwise_f1: over pairs of records, links closed.
        bcubed_f1: over records.
        seconds: from files to exported identities, wall clock.
        processor_seconds: the same, over all threads.
        peak_gb: largest resident memory.
        customers: clusters found.
        people: people in truth.
    """

    tool: str
    data: str
    records: int
    pairwise_f1: float
    bcubed_f1: float
    seconds: float
    processor_seconds: float
    peak_gb: float
    customers: int
    people: int


class Failed(Exception):
    """A tool did not finish; the text says how."""


def run_connu(data: DataSet, records: pa.Table, truth: pa.Table, folder: Path) -> Figures:
    """Build a brand of the data set's files and export its identities."""
    brand, out = folder / "brand", folder / "identities.parquet"
    data.write_brand(brand, records)
    here = ["--brand", str(brand)]
    steps = [
        run_measured([*CONNU, "build", *here]),
        run_measured([*CONNU, "export", "identities", "-o", str(out), *here]),
    ]
    return _figures("connu", data, truth, pq.read_table(out), steps)


def run_splink(data: DataSet, records: pa.Table, truth: pa.Table, folder: Path) -> Figures:
    """Link the same records with Splink."""
    given, out = folder / "records.parquet", folder / "clusters.parquet"
    pq.write_table(records.drop_columns(["cluster"]), given)
    steps = [run_measured([*SPLINK, data.scheme, str(given), str(out)])]
    return _figures("splink", data, truth, pq.read_table(out), steps)


def run_measured(command: list[str]) -> Measure:
    """A command's measure.

    Raises:
        Failed: it ended badly.
    """
    taken = measure(command, cwd=ROOT)
    if taken.code != 0:
        raise Failed(f"{' '.join(command[:3])} ended with {taken.code}:\n{taken.told}")
    return taken


def _figures(
    tool: str, data: DataSet, truth: pa.Table, found: pa.Table, steps: list[Measure]
) -> Figures:
    score = evaluate_identities(found, truth)
    if score.only_in_truth or score.only_in_identities:
        raise Failed(f"{tool} lost or invented records of {data.name}")
    return Figures(
        tool=tool,
        data=data.name,
        records=score.records,
        pairwise_f1=score.pairwise.f1.value,
        bcubed_f1=score.bcubed.f1.value,
        seconds=sum(step.seconds for step in steps),
        processor_seconds=sum(step.processor_seconds for step in steps),
        peak_gb=max(step.peak_gb for step in steps),
        customers=score.customers,
        people=score.entities,
    )


def warm_up() -> None:
    """A small build, so that what is compiled once is compiled before anything is measured."""
    small = next(data for data in DATA_SETS if data.name == "made_2k")
    records = small.read()
    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
        run_connu(small, records, _truth(records), Path(folder))


def compare(data: DataSet, *, with_splink: bool) -> list[Figures]:
    """Both tools on one data set; a tool that fails is told and left out."""
    records = data.read()
    truth = _truth(records)
    done = []
    for run in (run_connu, run_splink) if with_splink else (run_connu,):
        with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
            try:
                done.append(run(data, records, truth, Path(folder)))
            except Failed as failure:
                print(f"\n{data.name}: {failure}", file=sys.stderr)
    return done


def _truth(records: pa.Table) -> pa.Table:
    return records.select(["source", "record_id", "cluster"]).rename_columns(
        ["source", "record_id", "person"]
    )


PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEADER = "| data | tool | records | pairwise F1 | B-cubed F1 | seconds | processor s | peak GB |"


def row(figures: Figures) -> str:
    """One line of the table."""
    told = (
        figures.data,
        figures.tool,
        f"{figures.records:,}",
        f"{figures.pairwise_f1:.4f}",
        f"{figures.bcubed_f1:.4f}",
        f"{figures.seconds:.1f}",
        f"{figures.processor_seconds:.1f}",
        f"{figures.peak_gb:.2f}",
    )
    return "| " + " | ".join(told) + " |"


def ratio(done: list[Figures], data: DataSet) -> str:
    """connu ÷ Splink, and what was to be reached."""
    by_tool = {figures.tool: figures for figures in done}
    told = []
    if {"connu", "splink"} <= set(by_tool):
        ours, theirs = by_tool["connu"], by_tool["splink"]
        told.append(
            f"connu ÷ Splink: seconds {ours.seconds / theirs.seconds:.2f}, "
            f"processor seconds {ours.processor_seconds / theirs.processor_seconds:.2f}, "
            f"memory {ours.peak_gb / theirs.peak_gb:.2f}, "
            f"pairwise errors {_errors(ours.pairwise_f1, theirs.pairwise_f1)}, "
            f"B-cubed errors {_errors(ours.bcubed_f1, theirs.bcubed_f1)}"
        )
    if data.target and "connu" in by_tool:
        wanted = "{:.4f} / {:.4f}".format(*data.target)
        ours = by_tool["connu"]
        reached = ours.pairwise_f1 >= data.target[0] and ours.bcubed_f1 >= data.target[1]
        told.append(f"to reach {wanted}: {'reached' if reached else 'NOT reached'}")
    return "; ".join(told)


def _errors(ours: float, theirs: float) -> str:
    return f"{(1 - ours) / (1 - theirs):.2f}" if theirs < 1 else "–"


def machine(*tools: str) -> str:
    """What the figures were measured on, without naming it; the versions of installed `tools`."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    python = ".".join(str(part) for part in sys.version_info[:3])
    versions = ", ".join(f"{tool} {version(tool)}" for tool in tools)
    return (
        f"{os.cpu_count()} processors, {memory_gb:.0f} GB of memory, Python {python}, {versions}; "
        f"load {os.getloadavg()[0]:.1f} before the first run"
    )


def write_page(lines: list[str], begin: str = BEGIN, end: str = END) -> None:
    """Put the figures between the marks of docs/benchmarks.md; the prose around them stays."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    figures = "\n".join([begin, *lines, end])
    PAGE.write_text(before + figures + after, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the data sets that the command line asks for, and print the table."""
    asked = _asked(arguments)
    lines = [f"On {machine('duckdb', 'splink')}.", ""]
    print(lines[0], flush=True)
    try:
        warm_up()
    except Failed as failure:
        print(f"the small build failed, so nothing is measured: {failure}", file=sys.stderr)
        return 1
    everything: list[Figures] = []
    remarks: list[str] = []
    table = [HEADER, "|---|---|--:|--:|--:|--:|--:|--:|"]
    print("", *table, sep="\n", flush=True)
    for data in DATA_SETS:
        if data.name not in asked.only:
            continue
        try:
            done = compare(data, with_splink=not asked.without_splink)
        except FileNotFoundError:
            remarks.append(f"- {data.name}: skipped, the data folder does not hold it")
            continue
        for figures in done:
            table.append(row(figures))
            print(table[-1], flush=True)
        everything += done
        remarks.append(f"- {data.name}: {ratio(done, data) if done else 'failed'}")
    print("", *remarks, sep="\n")
    if asked.json:
        figures_as_text = json.dumps([asdict(figures) for figures in everything], indent=2)
        asked.json.write_text(figures_as_text + "\n", encoding="utf-8")
    if asked.write:
        write_page([*lines, *table, "", *remarks])
    return 1 if any(remark.endswith("failed") for remark in remarks) else 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    names = [data.name for data in DATA_SETS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=names, metavar="NAME")
    parser.add_argument("--without-splink", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md")
    asked = parser.parse_args(arguments)
    # The smallest is for warming up and for trying the benchmark itself.
    asked.only = asked.only or [name for name in names if name != "made_2k"]
    return asked


if __name__ == "__main__":
    sys.exit(main())
