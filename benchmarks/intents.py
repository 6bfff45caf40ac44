"""connu's intents beside plainer methods: what comes next, what he is worth, whether he buys.

    python -m benchmarks.intents                    every part
    python -m benchmarks.intents --only next        one (may be repeated)
    python -m benchmarks.intents --json figures.json --write

Parts:
- next: the next product, on every prefix of later sessions of real and made shops.
- categories: the next category likewise.
- staying: purchases and value of CDNOW's second 39 weeks, from the first.

One default: nothing is chosen for a data set. Timings are printed and decide nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import next_baselines, next_categories, value_baseline
from benchmarks.identities import Failed, machine, write_page
from benchmarks.next_shops import SHOPS
from benchmarks.next_steps import CategoryScore, NextScore, Steps, category_score, next_score
from benchmarks.value_baseline import HALF, Errors, History, Purchases
from connu.know.purchases import histories_from
from connu.know.staying import learn_staying
from connu.know.trails import DAY

BEGIN, END = "<!-- intents -->", "<!-- end of intents -->"
TABLES = {
    "next": "| shop | method | steps | HR@1 | HR@5 | HR@20 | MRR@5 | MRR@20 | seconds |",
    "categories": (
        "| shop | method | steps | HR@1 | HR@3 | changes | HR@3 then | surest half | seconds |"
    ),
    "staying": (
        "| data | method | customers | purchases: MAE | RMSE | total off by | value: MAE | RMSE "
        "| total off by | seconds |"
    ),
}


@dataclass
class Report:
    """What was measured.

    Attributes:
        rows: by table of TABLES.
        remarks: lines of text.
        figures: the same for programs.
        failed: parts that did not finish.
    """

    rows: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def row(self, table: str, *cells: str, **figures: Any) -> None:
        """Add a row, and print it."""
        line = "| " + " | ".join(cells) + " |"
        self.rows.setdefault(table, []).append(line)
        self.figures.append({"table": table} | figures)
        print(line, flush=True)

    def remark(self, text: str, **figures: Any) -> None:
        """Add a line, and print it."""
        self.remarks.append(f"- {text}")
        if figures:
            self.figures.append(figures)
        print(self.remarks[-1], flush=True)

    def lines(self) -> list[str]:
        """The tables, then the remarks."""
        told: list[str] = []
        for table, rows in self.rows.items():
            told += [TABLES[table], rule(TABLES[table]), *rows, ""]
        return told + self.remarks


def rule(header: str) -> str:
    """The line below a heading: two columns of words, the rest of numbers."""
    return "|---|---|" + "--:|" * (header.count("|") - 3)


def shops(report: Report) -> Iterator[Steps]:
    """Every shop that is there, coded."""
    for name, read in SHOPS.items():
        try:
            yield Steps.of(read())
        except FileNotFoundError:
            report.remark(f"{name}: skipped, the data folder does not hold it")


def next_products(report: Report) -> None:
    """The next product, in every shop by every method."""
    for steps in shops(report):
        every = np.arange(len(steps))
        for method, tell in next_baselines.METHODS.items():
            begun = time.perf_counter()
            lists = tell(steps, every)
            seconds = time.perf_counter() - begun
            _told_next(report, steps.name, method, next_score(lists, steps.target), seconds)


def _told_next(report: Report, shop: str, method: str, score: NextScore, seconds: float) -> None:
    cells = [f"{score.hit[cut]:.4f}" for cut in (1, 5, 20)]
    cells += [f"{score.mrr[cut]:.4f}" for cut in (5, 20)]
    named = {"shop": shop, "method": method, "seconds": seconds}
    told = (shop, method, f"{score.steps:,}", *cells, f"{seconds:.1f}")
    report.row("next", *told, **named, score=asdict(score))


def categories(report: Report) -> None:
    """The next category, in every shop that names categories."""
    for steps in shops(report):
        if not len(steps.categories):
            continue
        for method, tell in next_categories.METHODS.items():
            begun = time.perf_counter()
            lists, sure = tell(steps)
            seconds = time.perf_counter() - begun
            _told_category(report, steps.name, method, category_score(lists, sure, steps), seconds)


def _told_category(
    report: Report, shop: str, method: str, score: CategoryScore, seconds: float
) -> None:
    named = {"shop": shop, "method": method, "seconds": seconds}
    told = (
        shop,
        method,
        f"{score.steps:,}",
        f"{score.hit1:.4f}",
        f"{score.hit3:.4f}",
        f"{score.changed:.1%}",
        f"{score.changed_hit3:.4f}",
        f"{score.surest_half:.4f}",
        f"{seconds:.1f}",
    )
    report.row("categories", *told, **named, score=asdict(score))


def staying(report: Report) -> None:
    """CDNOW, the second 39 weeks from the first."""
    bought = Purchases.read()
    history = bought.before(HALF)
    purchases, value = bought.within(history.customer, HALF, 2 * HALF)
    for method, tell in (value_baseline.METHODS | {"connu": _connu_stays(bought)}).items():
        begun = time.perf_counter()
        told = tell(history, HALF)
        seconds = time.perf_counter() - begun
        errors = [Errors.of(told[0], purchases), Errors.of(told[1], value)]
        cells = [
            cell
            for of, digits in zip(errors, (4, 2), strict=True)
            for cell in (f"{of.mae:.{digits}f}", f"{of.rmse:.{digits}f}", f"{of.total:+.1%}")
        ]
        many = f"{len(history.customer):,}"
        report.row(
            "staying",
            *("CDNOW", method, many, *cells, f"{seconds:.1f}"),
            method=method,
            purchases=asdict(errors[0]),
            value=asdict(errors[1]),
            seconds=seconds,
        )


def _connu_stays(bought: Purchases) -> value_baseline.Method:
    def tell(history: History, days: int) -> tuple[np.ndarray, np.ndarray]:
        end = int(history.end)
        past = bought.day < end
        known = histories_from(
            bought.customer[past], bought.day[past] * DAY, bought.value[past], now_us=end * DAY
        )
        told = learn_staying(known, horizons_days=(days,)).tell(known)
        if told.num_rows != len(history.customer):
            raise Failed("connu tells nothing of staying")
        return told["purchases"].to_numpy(), told["value"].to_numpy()

    return tell


PARTS: dict[str, Callable[[Report], None]] = {
    "next": next_products,
    "categories": categories,
    "staying": staying,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that the command line asks for, and print what they found."""
    asked = _asked(arguments)
    report = Report()
    on = f"On {machine('scikit-learn', 'lightgbm', 'numba')}."
    print(on, flush=True)
    for name in asked.only:
        if name in TABLES:
            print("", TABLES[name], rule(TABLES[name]), sep="\n", flush=True)
        try:
            PARTS[name](report)
        except FileNotFoundError:
            report.remark(f"{name}: skipped, the data folder does not hold it")
        except Failed as failure:
            print(f"\n{name}: {failure}", file=sys.stderr)
            report.failed.append(name)
            report.remark(f"{name}: failed")
    if asked.json:
        asked.json.write_text(json.dumps(report.figures, indent=2) + "\n", encoding="utf-8")
    if asked.write:
        write_page([on, "", *report.lines()], BEGIN, END)
    return 1 if report.failed else 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=list(PARTS), metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or list(PARTS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
