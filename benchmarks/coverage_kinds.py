"""Kinds of intervals: what each needs built, and who judges it.

A kind says what it needs built, and yields every interval that connu would publish together with
the true value of the same figure on those it is claimed for. A new kind is a function and an entry
of KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.coverage_codes import code_some, expectations
from benchmarks.coverage_identities import calibration, identities
from benchmarks.coverage_intents import hide_later, intents
from benchmarks.coverage_interval import Interval
from benchmarks.coverage_survey import survey
from benchmarks.coverage_twins import hide, twins, visitors
from connu.app.brand import Brand


@dataclass(frozen=True)
class Kind:
    """One kind of interval.

    Attributes:
        needs: stages that a build must have beside identification: twins, intents, understand.
        judge: the intervals of a built brand, and the truth.
        prepare: done to the brand before it is built, or None. Kinds that prepare nothing share a
            brand; the others have one each.
    """

    needs: tuple[str, ...]
    judge: Callable[[Brand, int], Iterator[Interval]]
    prepare: Callable[[Brand, int], None] | None = None


KINDS: dict[str, Kind] = {
    "twins": Kind(("twins",), twins, hide),
    "visitors": Kind(("twins",), visitors),
    "intents": Kind(("intents",), intents, hide_later),
    "expectations": Kind(("understand",), expectations, code_some),
    "identities": Kind((), identities),
    "calibration": Kind((), calibration),
    "survey": Kind((), survey),
}
