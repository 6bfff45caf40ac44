"""How rightly expectations are coded: an evaluation, as detail and as figures in the frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import msgspec

from connu.measure.bounds import Bounds
from connu.measure.evaluation import (
    Evaluation,
    EvaluationCurve,
    EvaluationFigure,
    FigureGroup,
    Origin,
)
from connu.measure.expectations import ExpectationScore
from connu.measure.few import K_LEAST
from connu.measure.repeats import Repeated
from connu.measure.theme_figures import Found
from connu.measure.tone_figures import WordScore

Labels = Literal["build", "none", "few", "all"]

_VERBATIMS = "verbatims"
_LEARNT = {
    "build": "the build's codes",
    "none": "with no label",
    "few": "with few labels",
    "all": "with all labels that may be learnt from",
}
_DRAWN = {
    "macro_f1": "themes, macro F1",
    "micro_f1": "themes, micro F1",
    "theme_polarity_f1": "theme and polarity, micro F1",
    "polarity_macro_f1": "polarity, macro F1",
    "expectation_f1": "expectation F1",
    "calibration_error": "calibration error",
}


@dataclass(frozen=True)
class Judged:
    """What was found in one way.

    Attributes:
        labels: what was learnt from: none, few or all labels of the truth, or what the build had.
        learnt_from: how many coded verbatims; of folds and draws, in one of them.
        score: the figures; of several draws, those of the first.
        draws: figures over draws; empty of one.
    """

    labels: Labels
    learnt_from: int
    score: ExpectationScore
    draws: dict[str, Repeated] = field(default_factory=dict)


@dataclass(frozen=True)
class ExpectationsEvaluation:
    """How rightly expectations are coded.

    Attributes:
        judged: by what was learnt from.
        lines: verbatims of the truth.
        by: by what each was judged, in words.
        origin: where the figures come from.
        unknown: lines whose verbatim the build does not have, or not readable for the purpose.
        learnt: lines left out: the build learnt from their codes.
        repeated: lines that a later line of the same id replaces.
        passed_over: members of lines that connu does not know and did not look at.
    """

    judged: list[Judged]
    lines: int
    by: str
    origin: Origin
    unknown: int = 0
    learnt: int = 0
    repeated: int = 0
    passed_over: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON, with the frame that all evaluations share."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told | {"evaluation": self.as_evaluation().as_dict()}

    def as_evaluation(self) -> Evaluation:
        """The evaluation in the frame that all share."""
        return _figures(self)


def _figures(evaluation: ExpectationsEvaluation) -> Evaluation:
    """The evaluation of codes in the frame that all share; themes as last judged."""
    figures: list[EvaluationFigure] = []
    curves = []
    counts = {"verbatims of the truth": evaluation.lines}
    for judged in evaluation.judged:
        name = _LEARNT[judged.labels]
        many = judged.score.themes.verbatims
        counts[f"verbatims judged, {name}"] = many
        if len(judged.draws) and next(iter(judged.draws.values())).draws > 1:
            figures += _of_draws(name, judged.draws, many)
            name = f"{name}, the first draw"
        figures += _of_score(name, judged.score)
        told = judged.score.reliability
        curves += [EvaluationCurve(name, "themes told", told)] if told else []
    for theme, one in evaluation.judged[-1].score.themes.by_theme.items():
        for group in _found("", "", one, partial(FigureGroup, f"theme {theme}"), _VERBATIMS):
            figures += group.figures
    return Evaluation.made(
        "expectations", "", evaluation.origin, counts, figures, curves, _remarks(evaluation)
    )


def _of_draws(name: str, draws: dict[str, Repeated], many: int) -> list[EvaluationFigure]:
    times = next(iter(draws.values())).draws
    group = FigureGroup(f"{name}, the mean of {times} draws", many, _VERBATIMS)
    for word, one in draws.items():
        group.add(word, _DRAWN[word], one.mean, unit="score", bounds=Bounds(one.low, one.high))
    return group.figures


def _of_score(name: str, score: ExpectationScore) -> list[EvaluationFigure]:
    themes, spans = score.themes, score.expectations

    def over(many: int, of: str) -> FigureGroup:
        # Ten themes of fewer than ten verbatims are few all the same.
        return FigureGroup(name, min(many, themes.verbatims) if few else many, of)

    few = themes.verbatims < K_LEAST
    made = [over(themes.verbatims, _VERBATIMS)]
    made[0].add("macro_f1", "themes, macro F1", themes.macro, unit="score")
    made += _found("micro_", "themes, micro ", themes.micro, over, "themes")
    if score.with_polarity is not None:
        group = over(score.with_polarity.truth, "themes")
        label = "theme and polarity, micro F1"
        group.add("theme_polarity_f1", label, score.with_polarity.f1, unit="score")
        made.append(group)
    made += [_word(word, found, over) for word, found in _words(score) if found is not None]
    if spans is not None:
        made += _found("expectation_", "expectation ", spans.expectation, over, "statements")
        group = over(spans.expectation.truth, "statements")
        for word, label, one in (
            ("whatever_status_f1", "expectation F1, whatever the status", spans.theme),
            ("whatever_said_f1", "expectation F1, whatever theme and status", spans.span),
        ):
            group.add(word, label, one.f1, unit="score")
        made.append(group)
    if score.reliability:
        group = over(sum(b.people or 0 for b in score.reliability), "themes told")
        error, bounds = score.calibration_error, score.bounds.get("calibration_error")
        group.add("calibration_error", "calibration error", error, unit="score", bounds=bounds)
        made.append(group)
    return [figure for group in made for figure in group.figures]


def _words(score: ExpectationScore) -> tuple[tuple[str, WordScore | None], ...]:
    return (
        ("polarity", score.polarity),
        ("positive or negative", score.sides),
        ("status", score.status),
        ("form", score.form),
        ("addressee", score.addressee),
    )


def _found(
    stem: str, label: str, found: Found, over: Callable[[int, str], FigureGroup], of: str
) -> list[FigureGroup]:
    """F1, with the precision and the recall it is of: over what was told, over what is so."""
    f1, recall = (over(found.truth, f"{of} in the truth") for _ in range(2))
    precision = over(found.told, f"{of} told")
    f1.add(f"{stem}f1", f"{label}F1", found.f1, unit="score")
    precision.add(f"{stem}precision", f"{label}precision", found.precision)
    recall.add(f"{stem}recall", f"{label}recall", found.recall)
    return [f1, precision, recall]


def _word(word: str, found: WordScore, over: Callable[[int, str], FigureGroup]) -> FigureGroup:
    group = over(found.judged, "rightly found")
    commonest = max(truth for _, truth, _ in found.by_value.values()) / found.judged
    name, says = word.replace(" ", "_"), "the commonest value"
    group.add(f"{name}_right", f"{word}, right", found.right, base=commonest, baseline=says)
    group.add(f"{name}_macro_f1", f"{word}, macro F1", found.macro_f1, unit="score")
    return group


def _remarks(evaluation: ExpectationsEvaluation) -> list[str]:
    said = [f"Judged by {evaluation.by}."]
    if evaluation.learnt:
        said.append(
            f"{evaluation.learnt:,} verbatims were left out: the build learnt from their codes."
        )
    if evaluation.unknown:
        said.append(f"{evaluation.unknown:,} lines name a verbatim that the build does not have.")
    if evaluation.repeated:
        said.append(f"{evaluation.repeated:,} lines were replaced by a later one of the same id.")
    if evaluation.passed_over:
        said.append(f"Not looked at, not known to connu: {', '.join(evaluation.passed_over)}.")
    said.append("Intervals with verbatims as units; of a mean of draws, by Student's t over them.")
    return said
