"""The shift in a sentence: what several attributes say alike of the visitors is said once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connu.twins.shift import ShiftReport

#: More attributes than this are counted, not named.
_NAMED = 3


def shift_remarks(
    shifts: Mapping[str, ShiftReport | None], askable: Collection[str] = ()
) -> list[str]:
    """What a build remarks about visitors who are unlike those known: a line a verdict.

    The figures of each attribute are in the build's report, and `connu status` shows them.

    Args:
        shifts: by attribute, what was found; None without visitors.
        askable: attributes of which something is stated and nobody was asked yet.

    Returns:
        No line, one or two: visitors of whom nothing is told, and visitors told with care.
    """
    found = {name: shift for name, shift in sorted(shifts.items()) if shift is not None}
    lines = []
    silent = [name for name, shift in found.items() if shift.verdict == "too_unlike"]
    if silent:
        lines.append(
            f"visitors are too unlike the known customers{_areas(found, silent)}: twins are silent "
            f"about them ({_named(silent)}). connu status has the figures"
        )
    moved = [name for name, shift in found.items() if shift.verdict == "shifted"]
    if moved:
        thinned = all(found[name].thinned for name in moved)
        measured = "histories as short as visits" if thinned else "whole histories"
        line = (
            f"visitors behave unlike the known customers{_areas(found, moved)}: how right twins "
            f"are was measured on {measured} ({_named(moved)})"
        )
        ask = [name for name in moved if found[name].ask and name in askable]
        if ask:
            line += f". To be surer, ask 200 of them: connu export audits -a {ask[-1]} -o FILE"
        lines.append(line + ". connu status has the figures")
    return lines


def _areas(found: Mapping[str, ShiftReport], names: list[str]) -> str:
    """How far apart they are, as far as it was measured."""
    areas = [area for name in names if (area := found[name].auc) is not None]
    if not areas:
        return ""
    low, high = f"{min(areas):.2f}", f"{max(areas):.2f}"
    return f" (AUC {low if low == high else f'{low}–{high}'}; 0.5 is alike)"


def _named(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} attributes"
