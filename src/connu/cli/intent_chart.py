"""The chart of intents on a time split: what was told beside what was bought, and the areas.

Where nobody's purchases were judged, the lists of what comes next are drawn in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from connu.cli.chart import check_chart
from connu.cli.panel import BLUE, FAINT, INK, LEFT, SIDE, TOP, Panel, document, write_document
from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from connu.app.buying_evaluation import BuyScore
    from connu.app.intent_figures import IntentsEvaluation
    from connu.app.next_evaluation import NextEvaluation
    from connu.measure.intervals import Share

_GREEN, _GREY = "#047857", "#6b7280"
_COLOURS = (BLUE, _GREEN, INK)


def write_intent_chart(evaluation: IntentsEvaluation, path: Path) -> None:
    """Write the chart of an evaluation.

    Args:
        evaluation: what was measured.
        path: ends in .svg or .html.

    Raises:
        UsageError: another suffix, no such folder, or neither buying nor what comes next was
            judged.
    """
    check_chart(path)
    write_document(_title(evaluation), intent_svg(evaluation), path)


def intent_svg(evaluation: IntentsEvaluation) -> str:
    """The chart as one SVG document.

    Raises:
        UsageError: there is nothing to draw.
    """
    scores = [
        one
        for one in evaluation.truth or evaluation.buying
        if one.subjects == "all" and one.target is None
    ]
    parts: list[str] = []
    if scores:
        parts = [*_reliability(scores), *_areas(scores)]
    elif evaluation.next is not None:
        parts = _lists(evaluation.next)
    if not parts:
        raise UsageError(
            "there is no curve to draw", hint="a chart shows who buys, or what comes next"
        )
    return document(_title(evaluation), parts)


def _reliability(scores: Sequence[BuyScore]) -> list[str]:
    """What was told of buying anything, or else in each category, and how often it came."""
    level = "any" if any(one.level == "any" for one in scores) else "category"
    drawn = [one for one in scores if one.level == level]
    panel = Panel(LEFT, "Told, and how often it was bought", "told", "bought", (0.0, 1.0))
    parts = [*panel.frame(), panel.line([(0, 0), (1, 1)], FAINT, 'stroke-dasharray="4 4"')]
    for place, one in enumerate(drawn):
        colour = _COLOURS[place % len(_COLOURS)]
        curve = [
            (b.told, b.right.value, b.right.low, b.right.high)
            for b in one.score.reliability
            if b.told is not None and b.right is not None
        ]
        parts += [panel.whisker(x, low, high) for x, _, low, high in curve]
        parts.append(panel.line([(x, y) for x, y, *_ in curve], colour))
        parts += [panel.dot(x, y, colour) for x, y, *_ in curve]
        parts.append(
            f'<text x="{LEFT + 12}" y="{TOP + 20 + 16 * place}" fill="{colour}">'
            f"within {one.horizon_days} days</text>"
        )
    return parts


def _areas(scores: Sequence[BuyScore]) -> list[str]:
    """The area of each judgement, beside the base rate's and that of what was viewed last."""
    areas = [
        (one, one.score.auc, one.score.base, one.score.last_viewed)
        for one in scores
        if one.score.auc is not None
    ]
    names = [f"{one.horizon_days} d {_LEVELS[one.level]}" for one, *_ in areas]
    panel = Panel(
        2 * LEFT + SIDE, "Area under the ROC curve", "within, in", "area", (0.0, 1.0), names
    )
    parts = panel.frame()
    for place, (_, auc, base, last) in enumerate(areas):
        x = panel.middle(place)
        for rival, colour in ((base, _GREY), (last, _GREEN)):
            if rival is not None and rival.auc is not None:
                parts.append(panel.dot(x, rival.auc.value, colour))
        parts += _point(panel, x, auc)
    legend = (("connu", BLUE), ("last viewed", _GREEN), ("base rate", _GREY))
    return parts + [
        f'<text x="{panel.x(0.04):.1f}" y="{TOP + SIDE - 44 + 16 * place}" fill="{colour}">'
        f"{word}</text>"
        for place, (word, colour) in enumerate(legend)
    ]


_LEVELS = {"any": "all", "category": "each"}


def _lists(judged: NextEvaluation) -> list[str]:
    """Hit rate and reciprocal rank by length of the list, of products or else categories."""
    score = judged.products or judged.categories
    if score is None:
        return []
    names = [f"first {one.length}" for one in score.lists]
    hits = Panel(LEFT, "Hit rate", "named", "came next", (0.0, 1.0), names)
    ranks = Panel(2 * LEFT + SIDE, "Mean reciprocal rank", "named", "1 ÷ place", (0.0, 1.0), names)
    parts = [*hits.frame(), *ranks.frame()]
    for place, one in enumerate(score.lists):
        parts += _point(hits, hits.middle(place), one.hit_rate)
        parts += _point(ranks, ranks.middle(place), one.mrr)
    return parts


def _point(panel: Panel, x: float, share: Share | None) -> list[str]:
    if share is None:
        return []
    return [panel.whisker(x, share.low, share.high), panel.dot(x, share.value)]


def _title(evaluation: IntentsEvaluation) -> str:
    return f"Intents learnt up to {evaluation.cut[:10]}: {evaluation.subjects:,} subjects judged"
