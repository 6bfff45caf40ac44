"""What comes next, by connu and by every baseline, in every shop: rows for the report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from benchmarks import next_baselines, next_categories
from benchmarks.intent_report import Report
from benchmarks.next_connu import NextConnu
from benchmarks.next_shops import SHOPS
from benchmarks.next_speed import next_speed
from benchmarks.next_steps import CategoryScore, NextScore, Steps, category_score, next_score

#: HR@20 and MRR@20 to reach in shops there are figures of.
TO_REACH = {"yoochoose": (0.695, 0.375)}


def shops(report: Report) -> Iterator[Steps]:
    """Every shop that is there, coded."""
    for name, read in SHOPS.items():
        try:
            yield Steps.of(read())
        except FileNotFoundError:
            report.remark(f"{name}: skipped, the data folder does not hold it")


def learnt(report: Report, steps: Steps) -> NextConnu:
    """What connu learnt of a shop; learnt once, for all parts."""
    if steps.name not in report.learnt:
        report.learnt[steps.name] = NextConnu.learn(steps)
        seconds = report.learnt[steps.name].learn_seconds
        report.remark(f"{steps.name}: connu learnt what comes next in {seconds:.1f} s")
    return report.learnt[steps.name]


def next_products(report: Report) -> None:
    """The next product, in every shop by every method."""
    for steps in shops(report):
        connu = learnt(report, steps)
        begun = time.perf_counter()
        told = connu.products()
        seconds = time.perf_counter() - begun
        if told is None:
            report.remark(f"{steps.name}: connu tells no next product")
        else:
            score = next_score(told, steps.target)
            _told_next(report, steps.name, "connu", score, seconds)
            report.remarks += reached(steps.name, score)
        every = np.arange(len(steps))
        for method, tell in next_baselines.METHODS.items():
            begun = time.perf_counter()
            lists = tell(steps, every)
            seconds = time.perf_counter() - begun
            _told_next(report, steps.name, method, next_score(lists, steps.target), seconds)


def reached(shop: str, score: NextScore) -> list[str]:
    """Whether what was to be reached in a shop is."""
    if shop not in TO_REACH:
        return []
    hit, mrr = TO_REACH[shop]
    fine = score.hit[20] >= hit and score.mrr[20] >= mrr
    return [
        f"- {shop}: to reach HR@20 {hit} and MRR@20 {mrr}: {'reached' if fine else 'NOT reached'}"
    ]


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
        connu = learnt(report, steps)
        begun = time.perf_counter()
        told = connu.categories()
        seconds = time.perf_counter() - begun
        if told is None:
            report.remark(f"{steps.name}: connu tells no next category")
        else:
            _told_category(report, steps.name, "connu", category_score(*told, steps), seconds)
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


def next_speeds(report: Report) -> None:
    """How fast next products are told in the largest made shop, by connu and by VMIS-kNN."""
    steps = Steps.of(SHOPS["made_large"]())
    connu = learnt(report, steps)
    batch, one = connu.candidates_per_second(), connu.one_by_one_ms()
    report.remark(
        f"speed, connu, {steps.name}: candidates of {batch:,.0f}/s in a batch on one thread, "
        f"before re-ranking; one session, re-ranked, {one[0]:.2f} ms at the median, {one[1]:.2f} "
        "ms at the 99th percentile",
        method="connu",
        per_second=batch,
        one_ms=one,
    )
    for method, tell in {"VMIS-kNN": next_baselines.vmis(steps).tell}.items():
        speed = next_speed(tell, steps)
        report.remark(
            f"speed, {method} in numba, {steps.name}: {speed.per_second:,.0f}/s in a batch on one "
            f"thread; one session {speed.median_ms:.2f} ms at the median, {speed.worst_ms:.2f} ms "
            "at the 99th percentile",
            method=method,
            **asdict(speed),
        )
