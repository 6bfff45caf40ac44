"""The one frame of every evaluation: truth went in, figures with their intervals come out.

Identities, twins, intents and expectations are judged in different ways; whoever reads the result
asks the same of each: what was judged, on how many, against what, when, of which build, how right
it is, how sure that is, what a plainer way would be worth, and whether probabilities mean what they
say. A figure over fewer than K_LEAST people (or verbatims, pairs …) is never in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from connu.kernel.clock import now_utc
from connu.measure.bounds import Bounds
from connu.measure.few import K_LEAST
from connu.measure.reliability import Reliability, shown

What = Literal["identities", "twins", "intents", "expectations"]
Unit = Literal["share", "score", "gap", "bits", "times", "amount", "change"]

#: What a figure of a unit can be. A share is of people or things; a score is of 0–1 but of nothing
#: (an area, an F1, a calibration error); a gap is a difference of shares; an amount is of purchases
#: or the brand's money; a change is a share of what came, above or below it.
UNITS: dict[Unit, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "score": (0.0, 1.0),
    "gap": (-1.0, 1.0),
    "bits": (0.0, math.inf),
    "times": (0.0, math.inf),
    "amount": (-math.inf, math.inf),
    "change": (-1.0, math.inf),
}


class Interval(Protocol):
    """A value with its 95 % interval, as Share, Lift and Difference are."""

    @property
    def value(self) -> float: ...

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


class Origin(msgspec.Struct, frozen=True):
    """Where figures come from.

    Attributes:
        measured_utc: when (ISO, UTC).
        truth: the file they were held against, by its name without its folder; or, where connu
            held people or a time out, which.
        purpose: what was read for: who did not grant it is not in the figures.
        build: the build in force; None where none was asked.
    """

    measured_utc: str
    truth: str
    purpose: str
    build: str | None

    @classmethod
    def now(cls, truth: str, *, purpose: str, build: str | None) -> Origin:
        """An origin of this moment."""
        return cls(now_utc().strftime("%Y-%m-%dT%H:%M:%SZ"), truth, purpose, build)


class EvaluationFigure(msgspec.Struct, frozen=True):
    """One figure.

    Attributes:
        group: what it is of: all people, a value, a theme, a way of learning …
        name: what programs call it, once in a group.
        label: what people read.
        unit: one of UNITS.
        value: the figure.
        low, high: its 95 % interval; None where none can be had honestly.
        base: what a plainer way is worth on the same, or None.
        baseline: which way that is, in words; empty without a base.
        judged: on how many, at least K_LEAST.
        of: how many of what: people, verbatims, steps …
    """

    group: str
    name: str
    label: str
    unit: Unit
    value: float
    low: float | None
    high: float | None
    base: float | None
    baseline: str
    judged: int
    of: str


class EvaluationCurve(msgspec.Struct, frozen=True):
    """What was told, and how often it was right.

    Attributes:
        group: what it is of.
        of: how many of what are in a bin (its `people`).
        bins: in order; those of few are hidden.
    """

    group: str
    of: str
    bins: list[Reliability]


class Evaluation(msgspec.Struct, frozen=True):
    """What is judged, on how many, against what, and how right it is.

    Attributes:
        what: identities, twins, intents or expectations.
        of: which of them: an attribute, some kinds of intent; empty: all.
        origin: where the figures come from.
        judged: how many of what were judged, or left out: {"people": 320}.
        figures: in the order they are read.
        curves: of the probabilities told.
        remarks: what else to know, a sentence each.
    """

    what: What
    of: str
    origin: Origin
    judged: dict[str, int]
    figures: list[EvaluationFigure]
    curves: list[EvaluationCurve]
    remarks: list[str]

    @classmethod
    def made(
        cls,
        what: What,
        of: str,
        origin: Origin,
        judged: Mapping[str, int],
        figures: Sequence[EvaluationFigure],
        curves: Sequence[EvaluationCurve] = (),
        remarks: Sequence[str] = (),
    ) -> Evaluation:
        """An evaluation without what speaks of too few; it says how much that is."""
        kept = [one for one in figures if one.judged >= K_LEAST]
        told = [
            EvaluationCurve(curve.group, curve.of, shown(curve.bins))
            for curve in curves
            if sum(b.people or 0 for b in curve.bins) >= K_LEAST
        ]
        hidden = len(figures) - len(kept)
        told_of = "1 figure" if hidden == 1 else f"{hidden} figures"
        verb = "is" if hidden == 1 else "are"
        more = [f"{told_of} over fewer than {K_LEAST} {verb} not shown."] if hidden else []
        return cls(what, of, origin, dict(judged), kept, told, [*remarks, *more])

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


class FigureGroup:
    """Figures of one group, as they are gathered.

    Args:
        name: the group's.
        judged: on how many, where a figure says nothing else.
        of: how many of what.

    >>> group = FigureGroup("all", 40, "people")
    >>> group.add("ece", "calibration error", 0.02, unit="score", bounds=Bounds(0.0, 0.05))
    >>> group.figures[0].high
    0.05
    """

    def __init__(self, name: str, judged: int, of: str) -> None:
        self.name, self.judged, self.of = name, judged, of
        self.figures: list[EvaluationFigure] = []

    def add(
        self,
        name: str,
        label: str,
        found: Interval | float | None,
        *,
        unit: Unit = "share",
        bounds: Bounds | None = None,
        base: float | None = None,
        baseline: str = "",
        judged: int | None = None,
        of: str | None = None,
    ) -> None:
        """Add a figure; nothing where nothing was found."""
        if found is None:
            return
        plain = isinstance(found, float | int)
        interval: Any = bounds if plain else found
        self.figures.append(
            EvaluationFigure(
                group=self.name,
                name=name,
                label=label,
                unit=unit,
                value=float(found if plain else found.value),  # type: ignore[union-attr, arg-type]
                low=None if interval is None else interval.low,
                high=None if interval is None else interval.high,
                base=base,
                baseline="" if base is None else baseline,
                judged=self.judged if judged is None else judged,
                of=self.of if of is None else of,
            )
        )
