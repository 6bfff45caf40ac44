"""connu's intents beside plainer methods: what comes next, what he is worth, whether he buys.

    python -m benchmarks.intents                    every part
    python -m benchmarks.intents --only next        one (may be repeated)
    python -m benchmarks.intents --json figures.json --write

Parts:
- next: the next product, on every prefix of later sessions of real and made shops.
- categories: the next category likewise.
- staying: purchases and value of CDNOW's second 39 weeks, from the first.
- buying: the sample brand, built as a user builds it: who buys in which category within 7 days,
  against its truth, beside the base rate and what was looked at last.
- intent_speed: the stage of intents over 50 million made events (--events) of a million subjects
  (--subjects), and over a quarter of them; next products told in a batch and one by one.

One default: nothing is chosen for a data set. Timings are printed and decide nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np

from benchmarks import value_baseline
from benchmarks.identities import CONNU, Failed, machine, run_measured, write_page
from benchmarks.intent_next import categories, next_products, next_speeds
from benchmarks.intent_report import TABLES, Report, rule
from benchmarks.value_baseline import HALF, Errors, History, Purchases
from connu.app.intent_evaluation import IntentsEvaluation
from connu.know.purchases import histories_from
from connu.know.staying import learn_staying
from connu.know.trails import DAY
from connu.measure.intents import IntentScore

BEGIN, END = "<!-- intents -->", "<!-- end of intents -->"
#: Made for measuring the speed, and the shares of it measured to see how the time grows.
SUBJECTS, EVENTS, SIZES = 1_000_000, 50_000_000, (0.25, 1.0)
#: Of the sample brand: the horizon judged; ROC AUC above the better rival, and ECE, to reach.
BUYING_DAYS, GAIN, ECE = 7, 0.05, 0.01


def buying(report: Report) -> None:
    """The sample brand, its build's intents of 7 days against its truth."""
    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
        brand, out = Path(folder) / "brand", Path(folder) / "score.json"
        run_measured([*CONNU, "demo", str(brand)])
        built = run_measured([*CONNU, "build", "--brand", str(brand)])
        asked = [*CONNU, "evaluate", "intents", "--only", "buy", "--json", "--brand", str(brand)]
        asked += ["--truth", str(brand / "truth" / "intents.csv")]
        judged = run_measured(["sh", "-c", 'exec "$@" > "$0"', str(out), *asked])
        told = msgspec.json.decode(out.read_bytes())
    evaluation = msgspec.convert(told, IntentsEvaluation)
    for data, scores in (("held out", evaluation.buying), ("truth", evaluation.truth)):
        for found in scores:
            whole = found.subjects == "all" and found.target is None
            if whole and found.horizon_days == BUYING_DAYS and found.level == "category":
                _told_buying(report, data, found.score)
    report.remark(
        f"sample brand: connu build {built.seconds:.1f} s, {built.peak_gb:.2f} GB; "
        f"connu evaluate intents {judged.seconds:.1f} s, {judged.peak_gb:.2f} GB"
    )


def _told_buying(report: Report, data: str, score: IntentScore) -> None:
    many = f"{score.rows:,}", f"{score.bought:,}"
    rivals = {"connu": score, "base rate": score.base, "last viewed": score.last_viewed}
    for method, told in rivals.items():
        if told is None:
            continue
        cells = [
            "–" if figure is None else f"{figure:.4f}"
            for figure in (
                told.auc and told.auc.value,
                told.pr_auc and told.pr_auc.value,
                told.lift10 and told.lift10.value,
                told.ece if isinstance(told, IntentScore) else None,
                told.log_loss,
            )
        ]
        named = {"data": data, "method": method, "score": msgspec.to_builtins(told)}
        report.row("buying", f"sample brand, {data}", method, *many, *cells, **named)
    if score.gain is not None and score.auc is not None:
        fine = score.gain >= GAIN and score.ece <= ECE
        report.remark(
            f"sample brand, {data}: to reach ROC AUC {GAIN} above the better and ECE {ECE}: "
            f"{score.gain:+.4f}, {score.ece:.4f}: {'reached' if fine else 'NOT reached'}"
        )


def staying(report: Report) -> None:
    """CDNOW, the second 39 weeks from the first."""
    bought = Purchases.read()
    history = bought.before(HALF)
    purchases, value = bought.within(history.customer, HALF, 2 * HALF)
    found: dict[str, list[Errors]] = {}
    for method, tell in (value_baseline.METHODS | {"connu": _connu_stays(bought)}).items():
        begun = time.perf_counter()
        told = tell(history, HALF)
        seconds = time.perf_counter() - begun
        errors = [Errors.of(told[0], purchases), Errors.of(told[1], value)]
        found[method] = errors
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
    report.remark(_below(found["connu"], found["BG/NBD, gamma-gamma"]))


def _below(ours: list[Errors], theirs: list[Errors]) -> str:
    """Whether each error is lower than the baseline's, as it has to be."""
    told = [
        f"{name} {measure} {'lower' if getattr(own, measure) < getattr(other, measure) else 'NOT'}"
        for name, own, other in zip(("purchases", "value"), ours, theirs, strict=True)
        for measure in ("mae", "rmse")
    ]
    return "CDNOW, errors to lie below BG/NBD and gamma-gamma: " + ", ".join(told)


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


def intent_speed(report: Report, subjects: int = SUBJECTS, events: int = EVENTS) -> None:
    """The stage alone at a quarter and all of the events; then next products."""
    for share in SIZES:
        many, rows = int(subjects * share), int(events * share)
        with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
            asked = [folder, "--subjects", str(many), "--events", str(rows)]
            run_measured([sys.executable, "-m", "benchmarks.intent_crowd", *asked])
            out = Path(folder) / "took.json"
            run = [sys.executable, "-m", "benchmarks.intent_speed", folder]
            taken = run_measured(["sh", "-c", 'exec "$@" > "$0"', str(out), *run])
            took = json.loads(out.read_text(encoding="utf-8"))
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in took["parts"].items())
        report.remark(
            f"speed, {rows:,} events of {many:,} subjects: {took['seconds']:.1f} s ({parts}), "
            f"peak {taken.peak_gb:.2f} GB",
            **took,
            events=rows,
            peak_gb=taken.peak_gb,
        )
    next_speeds(report)


PARTS: dict[str, Callable[..., None]] = {
    "next": next_products,
    "categories": categories,
    "staying": staying,
    "buying": buying,
    "intent_speed": intent_speed,
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
        made = {"subjects": asked.subjects, "events": asked.events}
        options = made if name == "intent_speed" else {}
        try:
            PARTS[name](report, **options)
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
    parser.add_argument("--subjects", type=int, default=SUBJECTS, help="made, for the speed")
    parser.add_argument("--events", type=int, default=EVENTS, help="made, for the speed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or list(PARTS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
