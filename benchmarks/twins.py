"""connu's statistical twins beside plainer methods: how right, how sure, how fast.

    python -m benchmarks.twins                         every part
    python -m benchmarks.twins --only sessions         one (may be repeated)
    python -m benchmarks.twins --only promise --refit  with models learnt anew in every split
    python -m benchmarks.twins --json figures.json --write

Parts:
- sessions, sessions_later: labelled shopping sessions, through `connu build` and `connu evaluate
  twins` on a brand's folder; five folds, and learnt on earlier, judged on later sessions.
- ratings: made film raters (benchmarks.twin_crowd), sex and seven ages, five folds.
- promise: is 90 % precision kept over 50 random halves (benchmarks.twin_promise)?
- visits: histories cut to a visit's length (benchmarks.twin_visits).
- speed: a million made visitors told (benchmarks.twin_speed).

Methods run beside on the same people and folds, in this process. One default: nothing is chosen
for a data set. Timings are printed and decide nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy import sparse

from benchmarks import twin_promise, twin_speed
from benchmarks.identities import CONNU, Failed, machine, run_measured, write_page
from benchmarks.twin_baselines import METHODS, cross_fitted
from benchmarks.twin_crowd import ratings_crowd, visitor_crowd
from benchmarks.twin_sessions import Sessions
from benchmarks.twin_visits import visits_cut_short
from connu.measure.twins import TwinsScore, evaluate_twins
from connu.twins.classifier import TwinsClassifier

BEGIN, END = "<!-- twins -->", "<!-- end of twins -->"
QUALITY = (
    "| data | method | people | AUC | balanced accuracy | accuracy | acc20 | acc20c | ECE "
    "| too sure by | 90 % right | stated | of it right | seconds |"
)
RULE = "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
#: What the project set itself on the labelled sessions: AUC, balanced accuracy, acc20, ECE.
TARGETS = {
    "sessions": {"auc": 0.880, "balanced_accuracy": 0.82, "acc20": 0.970, "ece": 0.010},
    "sessions_later": {"auc": 0.83, "ece": 0.02},
}


@dataclass
class Report:
    """What was measured.

    Attributes:
        rows: of the table of QUALITY.
        remarks: lines of text.
        figures: the same for programs.
        failed: parts that did not finish.
    """

    rows: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def quality(self, data: str, method: str, score: TwinsScore, seconds: float) -> None:
        """Add a row, and print it."""
        self.rows.append(row(data, method, score, seconds))
        figures = {"data": data, "method": method, "seconds": seconds}
        self.figures.append(figures | {"score": score.as_dict()})
        print(self.rows[-1], flush=True)

    def remark(self, text: str, **figures: Any) -> None:
        """Add a line, and print it."""
        self.remarks.append(f"- {text}")
        if figures:
            self.figures.append(figures)
        print(self.remarks[-1], flush=True)


def row(data: str, method: str, score: TwinsScore, seconds: float) -> str:
    """One line of the table."""
    stated = score.stated
    said = (f"{stated.coverage:.1%}", f"{stated.right.value:.4f}" if stated.right else "–") \
        if stated else ("–", "–")  # fmt: skip
    told = (
        data,
        method,
        f"{score.people:,}",
        f"{score.auc.value:.4f}" if score.auc else "–",
        f"{score.balanced_accuracy.value:.4f}",
        f"{score.accuracy.value:.4f}",
        f"{score.acc20.value:.4f}",
        f"{score.acc20c.value:.4f}",
        f"{score.ece:.4f}",
        f"{score.overconfidence:+.4f}",
        f"{score.coverage90.share.value:.1%}",
        *said,
        f"{seconds:.1f}",
    )
    return "| " + " | ".join(told) + " |"


def reached(data: str, score: TwinsScore) -> str:
    """Each figure that was to be reached, and whether it was."""
    told = []
    for name, wanted in TARGETS[data].items():
        value = getattr(score, name)
        value = value if isinstance(value, float) or value is None else value.value
        fine = value is not None and (value <= wanted if name == "ece" else value >= wanted)
        told.append(f"{name} {wanted}: {'reached' if fine else 'NOT reached'}")
    return f"{data}: to reach " + ", ".join(told)


def sessions(report: Report, column: str = "fold") -> None:
    """The labelled sessions, as a user has them judged; learnt beside by every method."""
    data = "sessions" if column == "fold" else "sessions_later"
    labelled = Sessions.read()
    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
        brand = Path(folder) / "brand"
        folds = labelled.write_brand(brand)
        here = ["--brand", str(brand)]
        built = run_measured([*CONNU, "build", *here])
        out = Path(folder) / "score.json"
        asked = [*CONNU, "evaluate", "twins", "--attribute", "sex", "--folds", str(folds)]
        asked += ["--column", column, "--json", *here]
        judged = run_measured(["sh", "-c", 'exec "$@" > "$0"', str(out), *asked])
        told = json.loads(out.read_text(encoding="utf-8"))
        score = msgspec.convert(told.get("score", told), TwinsScore)
    report.quality(data, "connu", score, judged.seconds)
    report.remark(reached(data, score))
    report.remark(
        f"{data}: connu build {built.seconds:.1f} s, {built.peak_gb:.2f} GB; "
        f"connu evaluate twins {judged.seconds:.1f} s, {judged.peak_gb:.2f} GB"
    )
    y, names = labelled.sexes()
    fold = labelled.fold(column)
    _beside(report, data, labelled.counts(), y, names, fold)


def _beside(
    report: Report,
    data: str,
    counts: sparse.csr_matrix,
    y: np.ndarray,
    names: list[str],
    fold: np.ndarray,
) -> None:
    """Every method on the same people and folds."""
    judged = fold >= 0
    for name, method in METHODS.items():
        begun = time.perf_counter()
        p = cross_fitted(method, counts, y, fold)[judged]
        seconds = time.perf_counter() - begun
        report.quality(data, name, evaluate_twins(p, y[judged], names), seconds)


def sessions_later(report: Report) -> None:
    """Learnt on earlier sessions, judged on later ones."""
    sessions(report, "time_split")


def ratings(report: Report) -> None:
    """Made film raters, sex and age, five folds; counts are whether a film was rated."""
    rated, sex, age = ratings_crowd()
    rated.data = np.ones_like(rated.data)
    fold = np.random.default_rng(0).permutation(rated.shape[0]) % 5
    ages = [f"band {band}" for band in range(7)]
    for data, code, names in (("made ratings, sex", sex, ["man", "woman"]),
                              ("made ratings, age", age, ages)):  # fmt: skip
        y = code.astype(np.int64)
        p, said = np.zeros((len(y), len(names))), np.full(len(y), -1)
        begun = time.perf_counter()
        for f in range(5):
            model = TwinsClassifier().fit(rated[fold != f], y[fold != f])
            told = model.tell(rated[fold == f])
            p[fold == f], said[fold == f] = told.probability, told.code
        seconds = time.perf_counter() - begun
        report.quality(data, "connu", evaluate_twins(p, y, names, said), seconds)
        _beside(report, data, rated, y, names, fold)


def promise(report: Report, *, refit: bool = False, splits: int = 50) -> None:
    """Is the promised precision kept?"""
    for data, counts, y in _promised():
        made = _kept(counts, y, splits, refit)
        for how, kept in made:
            told = asdict(kept)
            report.remark(f"promise, {data}, {how}: {kept.told()}", data=data, how=how, **told)


def _promised() -> Iterator[tuple[str, sparse.csr_matrix, np.ndarray]]:
    rated, sex, age = ratings_crowd()
    rated.data = np.ones_like(rated.data)
    yield "made ratings, sex", rated, sex.astype(np.int64)
    yield "made ratings, age", rated, age.astype(np.int64)
    try:
        labelled = Sessions.read()
    except FileNotFoundError:
        return
    yield "sessions", labelled.counts(), labelled.sexes()[0]


def _kept(
    counts: sparse.csr_matrix, y: np.ndarray, splits: int, refit: bool
) -> Iterator[tuple[str, twin_promise.Promise]]:
    held = TwinsClassifier().fit(counts, y).held_out_
    yield (
        "held-out probabilities",
        twin_promise.promise(held.probability, held.truth, splits=splits),
    )
    if refit:
        yield "learnt anew", twin_promise.refitted(counts, y, splits=splits)


def visits(report: Report) -> None:
    """Histories cut to a visit's length."""
    for name, score, seconds in visits_cut_short():
        report.quality("made visits, sex", name, score, seconds)


def speed(report: Report, visitors: int = 1_000_000, known: int = 100_000) -> None:
    """Made visitors told, each tool in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as folder:
        twin_speed.save(visitor_crowd(visitors, known), Path(folder))
        for tool in twin_speed.TOOLS:
            out = Path(folder) / "took.json"
            run = [sys.executable, "-m", "benchmarks.twin_speed", tool, folder]
            taken = run_measured(["sh", "-c", 'exec "$@" > "$0"', str(out), *run])
            took = json.loads(out.read_text(encoding="utf-8"))
            score = msgspec.convert(took.pop("score"), TwinsScore)
            many, seconds = took["told"][-1]
            report.quality(f"made visitors, {visitors:,}", tool, score, seconds)
            growth = ", ".join(f"{n:,} in {s:.1f} s" for n, s in took["told"])
            median, worst = took["one_ms"]
            report.remark(
                f"speed, {tool}: learnt from {known:,} in {took['learn_seconds']:.1f} s; told "
                f"{growth} ({many / seconds:,.0f} rows/s); one visitor {median:.1f} ms at the "
                f"median, {worst:.1f} ms at the 99th percentile; peak {taken.peak_gb:.2f} GB",
                **took,
                peak_gb=taken.peak_gb,
            )


PARTS: dict[str, Callable[..., None]] = {
    "sessions": sessions,
    "sessions_later": sessions_later,
    "ratings": ratings,
    "promise": promise,
    "visits": visits,
    "speed": speed,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that the command line asks for, and print what they found."""
    asked = _asked(arguments)
    report = Report()
    on = f"On {machine('scikit-learn', 'lightgbm')}."
    print(on, "", QUALITY, RULE, sep="\n", flush=True)
    for name in asked.only:
        options = {"refit": asked.refit, "splits": asked.splits} if name == "promise" else {}
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
        write_page([on, "", QUALITY, RULE, *report.rows, "", *report.remarks], BEGIN, END)
    return 1 if report.failed else 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=list(PARTS), metavar="PART")
    parser.add_argument("--refit", action="store_true", help="promise: learn anew in every split")
    parser.add_argument("--splits", type=int, default=50, help="promise: how many random halves")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or list(PARTS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
