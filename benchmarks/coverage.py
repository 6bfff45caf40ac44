"""Do 95 % intervals cover the truth in 95 brands of 100? Counted over brands made anew.

    python -m benchmarks.coverage --brands 200 --first-seed 1001 --out figures.jsonl
    python -m benchmarks.coverage --only twins --only intents      some kinds of interval
    python -m benchmarks.coverage --summary a.jsonl b.jsonl        what files hold, counted

Each brand is made (`connu demo` with another seed), built as a user builds it, and every interval
that would be published is held against the same figure on those it is claimed for, which the
brand's truth/ knows (`benchmarks.coverage_kinds`). A line of the file is an interval; a brand that
the file holds whole is not made again, so that a run which was stopped goes on. Several runs with
other seeds may run side by side, each with its file and OMP_NUM_THREADS=1 (threads that wait burn a
core), and be counted together.

Of 1,500 people a brand takes some 18 s of processor time for twins, 13 s for identities,
calibration and survey together, 45 s each for expectations and for intents (two builds and an
evaluation). The kind «visitors» is no claim: it tells how far what is measured on known customers
carries to visitors.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import connu
from benchmarks.coverage_kinds import KINDS
from benchmarks.coverage_stages import settings_without
from connu.kernel.progress import Silent
from connu.measure.intervals import wilson
from connu.sample import make_brand

BRANDS, PEOPLE, FIRST = 4, 1500, 1
#: The share of intervals that are to cover.
FEWEST, MOST = 0.93, 0.97


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; 1 when no interval could be judged."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--brands", type=int, default=BRANDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--first-seed", type=int, default=FIRST)
    parser.add_argument("--only", action="append", choices=list(KINDS), metavar="KIND")
    parser.add_argument("--out", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--summary", type=Path, nargs="+", metavar="FILE.jsonl")
    parser.add_argument("--by", choices=("figure", "of"), default="figure")
    asked = parser.parse_args(arguments)
    if asked.summary:
        rows = [row for file in asked.summary for row in read(file)]
    else:
        kinds = asked.only or list(KINDS)
        with tempfile.TemporaryDirectory(prefix="connu-coverage-") as folder:
            out = asked.out or Path(folder) / "figures.jsonl"
            seeds = range(asked.first_seed, asked.first_seed + asked.brands)
            run(out, seeds, asked.people, kinds, Path(folder))
            rows = list(read(out))
    lines = summary(rows, asked.by)
    print("\n".join(lines))
    return 0 if len(lines) > 2 else 1


def run(out: Path, seeds: Iterable[int], people: int, kinds: Sequence[str], folder: Path) -> None:
    """Make, build and judge brands; append to `out` what each tells.

    Args:
        out: JSON Lines; brands it holds whole are not made again.
        seeds: of the brands.
        people: known to each.
        kinds: of interval, keys of KINDS.
        folder: where brands are made; each is removed again.
    """
    done = {(row["seed"], row["people"], row["kind"]) for row in read(out) if "done" in row}
    with out.open("a", encoding="utf-8") as file:
        for seed in seeds:
            left = [kind for kind in kinds if (seed, people, kind) not in done]
            if not left:
                continue
            began, spent = time.perf_counter(), time.process_time()
            found = 0
            for together in _shared(left):
                with tempfile.TemporaryDirectory(prefix="brand-", dir=folder) as temporary:
                    found += _brand(Path(temporary), seed, people, together, file)
            print(
                f"seed {seed}: {found} intervals, {time.perf_counter() - began:.1f} s, "
                f"{time.process_time() - spent:.1f} s of processor",
                file=sys.stderr,
                flush=True,
            )


def _shared(kinds: Sequence[str]) -> Iterable[list[str]]:
    """Kinds by the brand they share: those that prepare one have it for themselves."""
    plain = [kind for kind in kinds if KINDS[kind].prepare is None]
    own = [[kind] for kind in kinds if kind not in plain]
    return [*([plain] if plain else []), *own]


def _brand(folder: Path, seed: int, people: int, kinds: Sequence[str], file: TextIO) -> int:
    """One brand: how many intervals it gave."""
    make_brand(folder, people=people, seed=seed, progress=Silent())
    settings_without(folder, {stage for kind in kinds for stage in KINDS[kind].needs})
    brand = connu.open(folder)
    for kind in kinds:
        prepare = KINDS[kind].prepare
        if prepare is not None:
            prepare(brand, seed)
    brand.build()
    found = 0
    for kind in kinds:
        of = {"kind": kind, "seed": seed, "people": people}
        rows: list[dict[str, Any]] = []
        for one in KINDS[kind].judge(brand, seed):
            told = one._asdict()
            told["judged"] = told.pop("people")
            rows.append(of | told)
        found += len(rows)
        # Whole, or not at all: what was stopped half way is made again.
        file.write("".join(json.dumps(row) + "\n" for row in [*rows, of | {"done": True}]))
        file.flush()
    return found


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file of intervals; none where there is no file. A line cut off is left out."""
    if not file.exists():
        return []
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def summary(rows: Iterable[dict[str, Any]], by: str = "figure") -> list[str]:
    """A Markdown table, a line a figure: how many intervals cover, and how the others miss.

    The interval of the share covered takes a brand as the unit: intervals of one brand hang
    together.

    Args:
        rows: of files of intervals.
        by: `figure`, or also `of` what.
    """
    found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if "figure" in row:
            found[row["kind"], row["figure"], row["of"] if by == "of" else ""].append(row)
            found[row["kind"], "all", ""].append(row)
    lines = [
        "| interval | brands | intervals | covered | 95 % | too low | too high | width | gap | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for key in sorted(found, key=lambda key: (key[0], key[1] == "all", *key[1:])):
        lines.append(_line(" ".join(word for word in key if word), found[key]))
    return lines


def _line(name: str, rows: list[dict[str, Any]]) -> str:
    n = len(rows)
    # Rounding of the last digit is no miss.
    low = sum(row["true"] > row["high"] + 1e-9 for row in rows)
    high = sum(row["true"] < row["low"] - 1e-9 for row in rows)
    covered = 1 - (low + high) / n
    by_brand: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        inside = row["low"] - 1e-9 <= row["true"] <= row["high"] + 1e-9
        by_brand[row["seed"]].append(inside - covered)
    error = math.sqrt(sum(sum(left) ** 2 for left in by_brand.values())) / n
    spread = covered * (1 - covered)
    trials = spread / error**2 if error > 0 and spread > 0 else len(by_brand)
    share = wilson(covered, trials)
    width = sum(row["high"] - row["low"] for row in rows) / n
    gap = sum(row["value"] - row["true"] for row in rows) / n
    good = "reached" if FEWEST <= covered <= MOST else "**missed**"
    return (
        f"| {name} | {len(by_brand)} | {n:,} | {covered:.1%} | {share.low:.1%}–{share.high:.1%} "
        f"| {low / n:.1%} | {high / n:.1%} | {width:.3f} | {gap:+.3f} | {good} |"
    )


if __name__ == "__main__":
    sys.exit(main())
