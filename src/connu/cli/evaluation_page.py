"""An evaluation as a Markdown document: what was judged, how right it is, and how sure that is."""

from __future__ import annotations

from connu.cli.markdown import bullets, table, text
from connu.cli.screen import percent
from connu.measure.evaluation import Evaluation, EvaluationCurve, EvaluationFigure

_TITLES = {
    "identities": "Who is the same person",
    "twins": "What statistical twins tell",
    "intents": "What customers are after",
    "expectations": "What customers expect, as coded",
}
_SPELT = ("bits", "times")
_FIGURES = ("of", "figure", "value", "95 % interval", "a plainer way", "judged")
_CURVES = ("of", "told between", "judged", "told", "right", "95 % interval")


def markdown_of(evaluation: Evaluation) -> str:
    """The document. Values of the brand are text in it and nothing else (`markdown.text`)."""
    title = _TITLES[evaluation.what]
    origin = evaluation.origin
    many = ", ".join(f"{number:,} {of}" for of, number in evaluation.judged.items())
    parts = [
        f"# {text(f'{title}: {evaluation.of}' if evaluation.of else title)}",
        bullets(
            [
                f"Measured: {origin.measured_utc} by connu evaluate {evaluation.what}",
                f"Build: {origin.build or 'none was asked'}",
                f"Truth: {origin.truth}",
                f"Read for: {origin.purpose}",
                f"Judged: {many}",
            ]
        ),
        "## How right",
    ]
    if evaluation.figures:
        rows = [_row(one) for one in evaluation.figures]
        parts.append(table(_FIGURES, rows, right=_FIGURES[2:3]))
    else:
        parts.append("Nothing that could be shown was judged on ten or more.")
    rows = [row for curve in evaluation.curves for row in _bins(curve)]
    if rows:
        parts.append("## Do the probabilities mean what they say?")
        parts.append(table(_CURVES, rows, right=_CURVES[3:5]))
    if evaluation.remarks:
        parts += ["## Remarks", bullets(evaluation.remarks)]
    return "\n\n".join(parts) + "\n"


def _row(one: EvaluationFigure) -> tuple[str, ...]:
    interval = plain = ""
    if one.low is not None and one.high is not None:
        low, high = shown(one.low, one.unit), shown(one.high, one.unit)
        # A unit in letters is said once.
        interval = f"{low.split(' ')[0] if one.unit in _SPELT else low} – {high}"
    if one.base is not None:
        plain = f"{shown(one.base, one.unit)}, {one.baseline}"
    value = shown(one.value, one.unit)
    return one.group, one.label, value, interval, plain, f"{one.judged:,} {one.of}"


def _bins(curve: EvaluationCurve) -> list[tuple[str, ...]]:
    return [
        (
            curve.group,
            f"{100 * b.low:.0f} – {100 * b.high:.0f} %",
            f"{b.people:,} {curve.of}",
            percent(b.told),
            percent(b.right.value),
            f"{percent(b.right.low)} – {percent(b.right.high)}",
        )
        for b in curve.bins
        if b.right is not None
    ]


def shown(value: float, unit: str) -> str:
    """A figure as one reads it in its unit.

    >>> shown(0.931, "share"), shown(0.0213, "score"), shown(-0.01, "gap"), shown(3.456, "times")
    ('93.1 %', '0.0213', '−0.0100', '3.46 times')
    >>> shown(1234.5, "amount"), shown(0.125, "change"), shown(0.9, "bits")
    ('1,234.50', '+12.5 %', '0.9000 bits')
    """
    if unit == "share":
        return percent(value)
    told = {
        "gap": f"{value:+.4f}",
        "bits": f"{value:.4f} bits",
        "times": f"{value:.2f} times",
        "change": f"{100 * value:+.1f} %",
        "amount": f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4f}",
    }.get(unit, f"{value:.4f}")
    return told.replace("-", "−")
