"""What the benchmark of understanding found: one table for people, figures for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from connu.measure.intervals import Share
from connu.measure.repeats import Repeated, repeated

Bound = float | None


@dataclass
class Report:
    """What was measured.

    Attributes:
        rows: of the table. remarks: lines below it. figures: the same for programs.
    """

    HEAD: ClassVar[tuple[str, str]] = (
        "| data | measured | method | first figure | second figure | to reach |",
        "|---|---|---|--:|--:|--:|",
    )

    rows: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)

    def row(
        self, data: str, measured: str, method: str, first: Share, second: Share,
        to_reach: Bound = None, second_to_reach: Bound = None, **more: Any,
    ) -> None:  # fmt: skip
        """Add a row of one measurement, and print it."""
        values = (first.value, second.value)
        cells = [_share(first), _share(second), _reached((to_reach, second_to_reach), values)]
        self._add(data, measured, method, cells)
        self.figures.append(
            {"data": data, "measured": measured, "method": method}
            | {"first": _plain(first), "second": _plain(second), "to_reach": to_reach}
            | {"second_to_reach": second_to_reach}
            | more
        )

    def repeated(
        self, data: str, measured: str, method: str, values: Sequence[tuple[float, float]],
        to_reach: tuple[Bound, Bound],
    ) -> None:  # fmt: skip
        """Add a row of several draws, and print it."""
        pair = [repeated(side) for side in zip(*values, strict=True)]
        cells = [_draws(one) for one in pair]
        cells.append(_reached(to_reach, tuple(one.mean for one in pair)))
        self._add(data, measured, method, cells)
        self.figures.append(
            {"data": data, "measured": measured, "method": method, "draws": list(values)}
            | {"to_reach": to_reach}
        )

    def remark(self, text: str, **figures: Any) -> None:
        """Add a line, and print it."""
        self.remarks.append(f"- {text}")
        if figures:
            self.figures.append(figures)
        print(self.remarks[-1], flush=True)

    def lines(self) -> list[str]:
        """The table, then the remarks."""
        table = [*self.HEAD, *self.rows, ""] if self.rows else []
        return table + self.remarks

    def _add(self, data: str, measured: str, method: str, cells: Sequence[str]) -> None:
        self.rows.append("| " + " | ".join([data, measured, method, *cells]) + " |")
        print(self.rows[-1], flush=True)


def _share(share: Share) -> str:
    return f"{share.value:.3f} ({share.low:.3f}–{share.high:.3f})"


def _draws(one: Repeated) -> str:
    return f"{one.mean:.3f} ± {one.sd:.3f}"


def _reached(bounds: Sequence[Bound], values: Sequence[float]) -> str:
    """What was asked, and whether it is there."""
    asked = [(bound, value) for bound, value in zip(bounds, values, strict=True) if bound]
    if not asked:
        return "–"
    told = " / ".join(f"{bound:.3g}" for bound, _ in asked)
    fine = all(value >= bound for bound, value in asked)
    return f"{told}: {'reached' if fine else 'NOT reached'}"


def _plain(share: Share) -> dict[str, float]:
    return {"value": share.value, "low": share.low, "high": share.high}
