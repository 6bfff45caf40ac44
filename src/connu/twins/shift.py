"""The shift: how unlike the known people the visitors are, all together, and what to do about it.

Reliability is measured on known people; the verdict says how far it can be relied on of visitors.
It is written for whoever reads the scorecard, with the numbers that led to it.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from connu.twins.domain import FEWEST, DomainCheck

__all__ = ["DomainCheck", "ShiftReport", "Verdict", "shift_report"]

#: Below this area, what separates known people from visitors is about a third of a standard
#: deviation, and weighing for it would leave nine people of ten.
ALIKE_AUC = 0.6
#: Fewer people than this, of those known who are as visitors are, can prove no precision of 0.9.
FEWEST_EFFECTIVE = 30
#: With more visitors than this unlike everybody known, the two are not alike.
FEW_UNLIKE = 0.05
#: When this share of the visitors is unlike everybody known, silence is for all.
MOST_UNLIKE = 0.5

Verdict = Literal["too_few", "alike", "shifted", "too_unlike"]


class ShiftReport(msgspec.Struct, frozen=True):
    """How like the known people the visitors are.

    Attributes:
        verdict: too_few (nothing can be said of the shift), alike, shifted, too_unlike (silence).
        thinned: reliability was measured on histories cut to visits' lengths.
        known: known people compared.
        visitors: visitors compared.
        auc: chance that the classifier puts a known person and a visitor in the right order, 0–1;
            0.5 is alike; known histories as they are measured, that is thinned when they are.
        auc_low: lower bound, 95 %.
        auc_high: upper bound.
        auc_whole: the same with whole histories, where it was asked for.
        effective: how many people drawn as visitors are the known people are worth.
        unlike_share: share of the visitors of whom nothing is said for being unlike, 0–1.
        ask: whether some 200 visitors should be asked: the mix has moved, not only the length.
    """

    verdict: Verdict
    thinned: bool
    known: int
    visitors: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    auc_whole: float | None
    effective: float | None
    unlike_share: float
    ask: bool

    @property
    def silent(self) -> bool:
        """Whether nothing must be said of any visitor."""
        return self.verdict == "too_unlike"

    @property
    def sentence(self) -> str:
        """The verdict in words, with its numbers."""
        if self.verdict == "too_few":
            few = f"{self.known} known people and {self.visitors} visitors"
            return f"no verdict: {few} are too few to tell (at least {FEWEST} of each)"
        words = {
            "alike": "alike",
            "shifted": "shifted, " + ("" if self.thinned else "not ") + _ON_THINNED,
            "too_unlike": "too unlike: silent",
        }[self.verdict]
        figures = (
            f"AUC {self.auc:.2f} [{self.auc_low:.2f}, {self.auc_high:.2f}]"
            + (f", {self.auc_whole:.2f} on whole histories" if self.auc_whole is not None else "")
            + f"; {self.known} known people are worth {self.effective:.0f}"
            + f"; {self.unlike_share:.1%} of {self.visitors} visitors are unlike all of them"
        )
        ask = "; ask some 200 visitors: connu export audits" if self.ask else ""
        return f"{words} ({figures}){ask}"


_ON_THINNED = "calibrated on thinned histories"


def shift_report(
    check: DomainCheck,
    unlike: np.ndarray,
    *,
    thinned: bool,
    whole: DomainCheck | None = None,
) -> ShiftReport:
    """The verdict on all visitors together.

    Args:
        check: fitted on the known people as reliability was measured on them.
        unlike: of whom nothing is said, bool (m,), as `check.unlike` found.
        thinned: whether their histories were cut to visits' lengths.
        whole: fitted on their whole histories, when thinned: how large the shift is that thinning
            repairs.
    """
    unlike_share = float(np.mean(unlike)) if len(unlike) else 0.0
    area = check.auc_
    if area is None:
        return ShiftReport(
            verdict="too_few",
            thinned=thinned,
            known=check.known_,
            visitors=check.visitors_,
            auc=None,
            auc_low=None,
            auc_high=None,
            auc_whole=None,
            effective=None,
            unlike_share=unlike_share,
            ask=False,
        )
    auc_whole = None if whole is None or whole.auc_ is None else whole.auc_[0]
    verdict: Verdict = "shifted"
    if unlike_share > MOST_UNLIKE or check.effective_ < FEWEST_EFFECTIVE:
        verdict = "too_unlike"
    elif max(area[0], auc_whole or 0.0) < ALIKE_AUC and unlike_share < FEW_UNLIKE:
        verdict = "alike"
    return ShiftReport(
        verdict=verdict,
        thinned=thinned,
        known=check.known_,
        visitors=check.visitors_,
        auc=area[0],
        auc_low=area[1],
        auc_high=area[2],
        auc_whole=auc_whole,
        effective=check.effective_,
        unlike_share=unlike_share,
        ask=area[0] >= ALIKE_AUC,
    )
