"""What intents are worth: an evaluation, as detail and as figures in the frame of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from connu.app.affinity_evaluation import AffinityScore
from connu.app.buying_evaluation import BuyScore
from connu.app.next_evaluation import NextEvaluation
from connu.app.staying_evaluation import StayScore
from connu.measure.evaluation import (
    Evaluation,
    EvaluationCurve,
    EvaluationFigure,
    FigureGroup,
    Interval,
    Origin,
)
from connu.measure.few import K_LEAST
from connu.measure.intents import IntentScore, Rival
from connu.measure.purchases import PurchaseScore
from connu.measure.ranking import RankingScore

_RATE, _LAST, _PLAIN = "the base rate", "what was viewed last", "BG/NBD"
_SUBJECTS = {"all": "customers and visitors", "customer": "customers", "visitor": "visitors"}


class IntentsEvaluation(msgspec.Struct, frozen=True):
    """What intents are worth, on a time split.

    Attributes:
        cut: the moment (ISO, UTC) up to which was learnt; of staying see `staying_cut`.
        now: the moment the events end.
        subjects: customers and visitors with events.
        origin: where the figures come from.
        events: of theirs, before the cut; after: from the cut on.
        after: see `events`.
        next: what comes next, or None.
        buying: intents to buy, by horizon.
        affinities: by depth of the catalogue.
        staying: how customers stay, or None.
        staying_cut: the moment up to which staying was learnt, or None.
        truth: what the build in force tells, against labelled truth; empty without any.
        skipped: what was not judged, and why, in words.
        aside: events and subjects that were set aside, by reason.
    """

    cut: str
    now: str
    subjects: int
    origin: Origin
    events: int
    after: int
    next: NextEvaluation | None = None
    buying: list[BuyScore] = []
    affinities: list[AffinityScore] = []
    staying: StayScore | None = None
    staying_cut: str | None = None
    truth: list[BuyScore] = []
    skipped: dict[str, str] = {}
    aside: dict[str, int] = {}

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON, with the frame that all evaluations share."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told | {"evaluation": self.as_evaluation().as_dict()}

    def as_evaluation(self) -> Evaluation:
        """The evaluation in the frame that all share."""
        return _figures(self)


def _figures(evaluation: IntentsEvaluation) -> Evaluation:
    """The evaluation of intents in the frame that all share.

    Beside each figure stands the better of the plainer ways. Of single categories only the longest
    horizon is told; the others are in the detail.
    """
    figures: list[EvaluationFigure] = []
    curves: list[EvaluationCurve] = []
    told = {
        "next": evaluation.next is not None,
        "buy": bool(evaluation.buying or evaluation.truth),
        "affinity": bool(evaluation.affinities),
        "stay": evaluation.staying is not None,
    }
    if evaluation.next is not None:
        figures += _next(evaluation.next)
    for scores, start in ((evaluation.buying, ""), (evaluation.truth, "the build in force: ")):
        for one in _chosen(scores):
            group = _buying(one, start)
            figures += group.figures
            if one.target is None and not _few(one.score):
                curves.append(EvaluationCurve(group.name, group.of, one.score.reliability))
    for depth in evaluation.affinities:
        figures += _affinities(depth).figures
    if evaluation.staying is not None:
        group, again = _staying(evaluation.staying), _again(evaluation.staying)
        figures += group.figures + again.figures
        chance = evaluation.staying.again
        if not _few(chance):
            curves.append(EvaluationCurve(again.name, again.of, chance.reliability))
    return Evaluation.made(
        "intents",
        ", ".join(kind for kind, there in told.items() if there),
        evaluation.origin,
        {
            "customers and visitors": evaluation.subjects,
            "events before": evaluation.events,
            "events after": evaluation.after,
        },
        figures,
        curves,
        list(_remarks(evaluation)),
    )


def _chosen(scores: Sequence[BuyScore]) -> list[BuyScore]:
    longest = max((one.horizon_days for one in scores), default=0)
    return [one for one in scores if one.target is None or one.horizon_days == longest]


def _next(judged: NextEvaluation) -> list[EvaluationFigure]:
    made = []
    for name, score in (
        ("the next product", judged.products),
        ("the next category", judged.categories),
        ("the next category, where it changes", judged.changes),
    ):
        if score is not None:
            # Steps are shown, sessions count: ten steps may be of one person.
            few = score.sessions < K_LEAST
            group = FigureGroup(name, score.sessions if few else score.steps, "steps")
            _add_lists(group, score)
            group.add("acc50", "first named, right in the surest half", score.acc50)
            if score.coverage95 is not None:
                label = "surest steps whose first is right 95 % of the time"
                group.add("coverage95", label, score.coverage95.share)
            made += group.figures
    return made


def _add_lists(
    group: FigureGroup, score: RankingScore, base: RankingScore | None = None, says: str = ""
) -> None:
    for one in score.lists:
        n = one.length
        rival = None if base is None else base.at(n)
        group.add(
            f"hr{n}",
            f"hit rate of {n} named (HR@{n})",
            one.hit_rate,
            base=None if rival is None else rival.hit_rate.value,
            baseline=says,
        )
        if n > 1:
            group.add(
                f"mrr{n}",
                f"mean reciprocal rank (MRR@{n})",
                one.mrr,
                unit="score",
                base=None if rival is None else rival.mrr.value,
                baseline=says,
            )


def _buying(one: BuyScore, start: str) -> FigureGroup:
    each = one.level != "any" and one.target is None
    where = one.target or ("each category" if each else "anything")
    days = f"{one.horizon_days} day{'s' * (one.horizon_days != 1)}"
    name = f"{start}buys {where} within {days}, {_SUBJECTS[one.subjects]}"
    return _judged(one.score, name, f"{_SUBJECTS[one.subjects]}{' × categories' * each}", _RATE)


def _judged(score: IntentScore, name: str, of: str, base: str) -> FigureGroup:
    group = FigureGroup(name, _fewest(score) if _few(score) else score.rows, of)
    rivals = [(base, score.base), (_LAST, score.last_viewed)]

    def add(word: str, label: str, found: Interval | None, **more: str) -> None:
        best, says = _better(rivals, word)
        group.add(word, label, found, base=best, baseline=says, **more)  # type: ignore[arg-type]

    add("auc", "AUC", score.auc, unit="score")
    add("pr_auc", "average precision (PR AUC)", score.pr_auc, unit="score")
    add("lift10", "lift of the 10 % told highest", score.lift10, unit="times")
    bounds, plain = score.bounds, score.base
    group.add("ece", "calibration error (ECE)", score.ece, unit="score", bounds=bounds.get("ece"))
    over = bounds.get("overconfidence")
    group.add("overconfidence", "overconfidence", score.overconfidence, unit="gap", bounds=over)
    group.add(
        "log_loss",
        "log loss",
        score.log_loss,
        unit="bits",
        bounds=bounds.get("log_loss"),
        base=None if plain is None else plain.log_loss,
        baseline=base,
    )
    group.add(
        "brier",
        "Brier score",
        score.brier,
        unit="score",
        bounds=bounds.get("brier"),
        base=None if plain is None else plain.brier,
        baseline=base,
    )
    group.add("coverage95", "surest that are right 95 % of the time", score.coverage95.share)
    return group


def _fewest(score: IntentScore) -> int:
    return min(score.bought, score.rows - score.bought)


def _few(score: IntentScore) -> bool:
    """Whether those who bought, or all others, are too few: every figure speaks of them."""
    return _fewest(score) < K_LEAST


def _better(rivals: Sequence[tuple[str, Rival | None]], word: str) -> tuple[float | None, str]:
    """The better of the plainer ways, and which it is."""
    there = [
        (found.value, says)
        for says, rival in rivals
        if rival is not None and (found := getattr(rival, word)) is not None
    ]
    return max(there) if there else (None, "")


def _affinities(one: AffinityScore) -> FigureGroup:
    group = FigureGroup(f"drawn to, level {one.depth}", one.told, "customers and visitors")
    first = one.base.at(1).hit_rate.value, one.last_viewed.at(1).hit_rate.value
    last = first[1] > first[0]
    says = _LAST if last else "where most turn to"
    _add_lists(group, one.affinities, one.last_viewed if last else one.base, says)
    return group


def _staying(found: StayScore) -> FigureGroup:
    group = FigureGroup(f"stays, the {found.days} days after", found.customers, "customers")
    for name, score in (("purchases", found.purchases), ("value", found.value)):
        if score is not None:
            _add_errors(group, name, score)
    return group


def _add_errors(group: FigureGroup, name: str, score: PurchaseScore) -> None:
    errors, plain = score.errors, score.baseline
    for word, label in (("mae", "mean error"), ("rmse", "root mean square error")):
        group.add(
            f"{name}_{word}",
            f"{name}: {label}",
            getattr(errors, word),
            unit="amount",
            bounds=errors.bounds.get(word),
            base=None if plain is None else getattr(plain, word),
            baseline=_PLAIN,
        )
    group.add(
        f"{name}_total_error",
        f"{name}: error of the total",
        errors.total_error,
        unit="change",
        bounds=errors.bounds.get("total_error"),
        base=None if plain is None else plain.total_error,
        baseline=_PLAIN,
    )
    label = f"{name}: mean error lower than {_PLAIN}'s by"
    group.add(f"{name}_mae_gain", label, score.mae_gain, unit="amount")
    group.add(f"{name}_inside", f"{name}: within the interval told", score.inside)


def _again(found: StayScore) -> FigureGroup:
    name = f"buys again within {found.days} days"
    return _judged(found.again, name, "customers", _PLAIN)


def _remarks(evaluation: IntentsEvaluation) -> Iterator[str]:
    if evaluation.next is not None or evaluation.buying or evaluation.affinities:
        yield f"Learnt up to {evaluation.cut} and judged up to {evaluation.now}."
    if evaluation.staying_cut is not None and evaluation.staying is not None:
        yield f"Staying was learnt up to {evaluation.staying_cut}."
    if evaluation.truth:
        yield f"The build in force was judged on purchases after {evaluation.now}."
    judged = evaluation.next
    if judged is not None and judged.products is not None and judged.products.unknown:
        score = judged.products
        yield (
            f"{score.unknown:,} of {score.steps:,} steps led to a product never seen before: "
            "counted as missed."
        )
    for part, reason in evaluation.skipped.items():
        yield f"Not judged: {part} ({reason})."
