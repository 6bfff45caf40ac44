"""The report of a brand of a million customers: seconds, memory and bytes, beside a plain count.

    python -m benchmarks.report                          a sample brand, built, grown, measured
    python -m benchmarks.report --from FOLDER            the same from a built brand
    python -m benchmarks.report --grown FOLDER           a brand that was grown before (--keep)
    python -m benchmarks.report --customers 100000

Whole commands are timed, start to end, in turn. The baseline counts the rows of the tables that the
scorecard reads by their kind, in one process: nobody can say less of them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.measured import Measure, measure
from benchmarks.million import CUSTOMERS, grow, recount

#: What is to be reached, for a million customers.
SECONDS, BYTES = 10.0, 3_000_000
PEOPLE = 1_200
#: Counted by the baseline: table → the columns its rows are sorted by.
_PLAIN = {
    "identities": "source",
    "facts": "subject_kind, attribute, basis",
    "intents": "kind, level, horizon_days, subject_kind",
    "twins": "attribute, subject_kind, stated",
    "events": "type",
    "event_customers": "basis",
    "expectations": "theme, status",
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line asks for; 1 when a command failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="source", type=Path, metavar="FOLDER")
    parser.add_argument("--grown", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where to grow it, and leave it"
    )
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--anew", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.plain is not None:
        count_plainly(asked.plain)
        return 0
    if asked.anew is not None:
        from connu.app.scorecard import scorecard_of
        from connu.kernel.settings import read_settings

        scorecard_of(asked.anew, read_settings(asked.anew), anew=True)
        return 0
    with tempfile.TemporaryDirectory(prefix="connu-million-") as place:
        grown = asked.grown or asked.keep or Path(place) / "grown"
        if asked.grown is None:
            source = asked.source or _sample(Path(place) / "sample")
            print(f"{grow(source, grown, asked.customers):,} customers", flush=True)
        else:
            recount(grown)
        return _measured(grown, Path(place) / "report.html", asked.times)


def count_plainly(folder: Path) -> None:
    """The baseline: every table the scorecard reads, counted by kind."""
    from connu.app.reading import workspace
    from connu.engine.choice import open_engine
    from connu.kernel.sections import EngineChoice
    from connu.ledger.builds import Builds

    build = Builds(folder).current()
    with workspace(folder) as place, closing(open_engine(EngineChoice(), place)) as engine:
        build.mount(engine)
        for table, kinds in _PLAIN.items():
            found = engine.collect(f"SELECT {kinds}, count(*) AS n FROM {table} GROUP BY {kinds}")
            print(table, found.num_rows)


def _sample(folder: Path) -> Path:
    from connu.app.brand import open as open_brand
    from connu.kernel.progress import Silent
    from connu.sample import make_brand

    make_brand(folder, people=PEOPLE, progress=Silent())
    open_brand(folder).build()
    return folder


def _measured(folder: Path, page: Path, times: int) -> int:
    connu = [str(Path(sys.executable).with_name("connu"))]
    commands = {
        "plain count": [sys.executable, "-m", "benchmarks.report", "--plain", str(folder)],
        "connu scorecard --json": [*connu, "scorecard", "--json", "--brand", str(folder)],
        "the same counted anew": [
            sys.executable,
            "-m",
            "benchmarks.report",
            "--anew",
            str(folder),
        ],
        "connu report": [*connu, "report", "--brand", str(folder), "-o", str(page)],
    }
    found: dict[str, list[Measure]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            found[name].append(measure(command))
    if any(one.code for runs in found.values() for one in runs):
        print(next(one.told for runs in found.values() for one in runs if one.code))
        return 1
    plain = statistics.median(one.seconds for one in found["plain count"])
    print("| command | seconds, median (least–most) | × plain count | peak GB |")
    print("|---|---|---|---|")
    for name, runs in found.items():
        seconds = sorted(one.seconds for one in runs)
        middle = statistics.median(seconds)
        print(
            f"| {name} | {middle:.1f} ({seconds[0]:.1f}–{seconds[-1]:.1f}) | {middle / plain:.1f}"
            f" | {max(one.peak_gb for one in runs):.1f} |"
        )
    size = page.stat().st_size
    took = statistics.median(one.seconds for one in found["connu report"])
    print(f"page: {size:,} bytes ({_reached(size <= BYTES)}, at most {BYTES:,})")
    print(f"report: {took:.1f} s ({_reached(took <= SECONDS)}, at most {SECONDS:g} s)")
    return 0


def _reached(well: bool) -> str:
    return "reached" if well else "NOT reached"


if __name__ == "__main__":
    raise SystemExit(main())
