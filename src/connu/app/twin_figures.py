"""What twins are worth: an evaluation, as detail and as figures in the frame of all evaluations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from connu.measure.evaluation import (
    Evaluation,
    EvaluationCurve,
    EvaluationFigure,
    FigureGroup,
    Origin,
)
from connu.measure.few import hide_few
from connu.measure.intervals import Share, wilson
from connu.measure.risk_coverage import Coverage
from connu.measure.twins import Stated, TwinsScore, ValueScore

Promise = Literal["kept", "missed within chance", "broken", "nothing stated"]

_PEOPLE = "people"
_CHANCE = "chance"


@dataclass(frozen=True)
class Measured:
    """Accuracy of the surest people.

    Attributes:
        coverage: their share of those judged, 0–1.
        accuracy: the share of them told rightly, with its interval.
    """

    coverage: float
    accuracy: Share


@dataclass(frozen=True)
class TwinsEvaluation:
    """What the probabilities of one attribute are worth.

    Attributes:
        attribute: which.
        precision: promised for it, 0–1.
        promise: whether statements kept it.
        score: the figures.
        curve: accuracy over coverage, the surest first.
        folds: by whom people were judged, in words.
        origin: where the figures come from.
        unknown: rows of the file about nobody readable; 0 without a file.
        unjudged: people of the file whose value nobody knows, or of whom nothing was seen; 0
            without a file.
    """

    attribute: str
    precision: float
    promise: Promise
    score: TwinsScore
    curve: list[Measured]
    folds: str
    origin: Origin
    unknown: int = 0
    unjudged: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON, with the frame that all evaluations share."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told | {"evaluation": self.as_evaluation().as_dict()}

    def as_evaluation(self) -> Evaluation:
        """The evaluation in the frame that all share."""
        return _figures(self)


def _figures(evaluation: TwinsEvaluation) -> Evaluation:
    """The evaluation of an attribute in the frame that all share.

    Values that fewer than ten people have are left out, as everywhere (`few.hide_few`).
    """
    score = evaluation.score
    cells = hide_few([(one.value, one.people) for one in score.values])
    values = [one for one, cell in zip(score.values, cells, strict=True) if not cell.hidden]
    groups = [_all(score), *(_of_value(one, score.people) for one in values)]
    figures: list[EvaluationFigure] = [one for group in groups for one in group.figures]
    remarks = [
        f"Promised precision {100 * evaluation.precision:g} %: {evaluation.promise}.",
        "Judged on all that was seen of each. Visitors are told from less: connu scorecard says "
        "how rightly.",
    ]
    if evaluation.unknown:
        remarks.append(f"{evaluation.unknown:,} rows of the folds are about nobody readable here.")
    if evaluation.unjudged:
        remarks.append(
            f"{evaluation.unjudged:,} people of the folds were not judged: their value is not "
            "known, or nothing they did was seen."
        )
    return Evaluation.made(
        "twins",
        evaluation.attribute,
        evaluation.origin,
        {_PEOPLE: score.people},
        figures,
        [EvaluationCurve("all", _PEOPLE, score.reliability)],
        remarks,
    )


def _all(score: TwinsScore) -> FigureGroup:
    n = score.people
    group = FigureGroup("all", n, _PEOPLE)
    rates = [one.base_rate for one in score.values]
    held = sum(rate > 0 for rate in rates)
    commonest, says = max(rates), "the commonest value"
    of = f" of «{score.auc_of}»" if score.auc_of else ""
    group.add("auc", f"AUC{of}", score.auc, unit="score", base=0.5, baseline=_CHANCE)
    group.add(
        "balanced_accuracy",
        "balanced accuracy",
        score.balanced_accuracy,
        base=1 / held,
        baseline=_CHANCE,
    )
    group.add("accuracy", "accuracy of all", score.accuracy, base=commonest, baseline=says)
    for name, share, found in (("acc50", 0.5, score.acc50), ("acc20", 0.2, score.acc20)):
        label = f"accuracy of the surest {100 * share:g} %"
        many = round(share * n)
        group.add(name, label, found, base=commonest, baseline=says, judged=many)
    group.add("acc20c", "… shared out over the values", score.acc20c, judged=round(0.2 * n))
    _add_errors(group, score)
    surprise = -sum(rate * math.log2(rate) for rate in rates if rate > 0)
    group.add(
        "log_loss",
        "log loss",
        score.log_loss,
        unit="bits",
        bounds=score.bounds.get("log_loss"),
        base=surprise,
        baseline="the values' shares",
    )
    _add_coverage(group, "coverage90", score.coverage90)
    _add_coverage(group, "coverage95", score.coverage95)
    _add_stated(group, score.stated, n)
    return group


def _of_value(one: ValueScore, n: int) -> FigureGroup:
    group = FigureGroup(f"«{one.value}»", n, _PEOPLE)
    group.add("auc", "AUC", one.auc, unit="score", base=0.5, baseline=_CHANCE)
    group.add("recall", "found of those who have it", one.recall, judged=one.people)
    _add_errors(group, one)
    _add_stated(group, one.stated, n)
    return group


def _add_errors(group: FigureGroup, score: TwinsScore | ValueScore) -> None:
    ece, over = (score.bounds.get(name) for name in ("ece", "overconfidence"))
    group.add("ece", "calibration error (ECE)", score.ece, unit="score", bounds=ece)
    group.add("overconfidence", "overconfidence", score.overconfidence, unit="gap", bounds=over)


def _add_coverage(group: FigureGroup, name: str, found: Coverage) -> None:
    label = f"coverage at {100 * found.accuracy:g} % accuracy"
    # A coverage of few people would tell who they are; of nobody it tells nobody.
    judged = found.people if found.people else group.judged
    group.add(name, label, found.share, judged=judged)


def _add_stated(group: FigureGroup, stated: Stated | None, n: int) -> None:
    if stated is None:
        return
    many = stated.people or n
    group.add("stated", "stated of those judged", wilson(stated.coverage, n), judged=many)
    group.add("right", "statements that are right", stated.right, judged=stated.people)
