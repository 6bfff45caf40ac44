"""The past moments that buying is learnt at, and those it is measured at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Days between two moments; whole weeks, so that all fall on the weekday that is told of.
_STEP_DAYS = 7
#: Moments at most: half a year of weeks.
_MOST = 26
#: Days of trails that a moment needs behind it, at least, of long trails.
_BEHIND_DAYS = 28
#: Days that are held out to measure by, at least.
_HELD_DAYS = 28


@dataclass(frozen=True)
class Cuts:
    """Ages, in days before the trails' end, of the moments that labels are known for.

    Attributes:
        ages: ascending.
        horizons: days, ascending: those that the trails are long enough for.
        short: days of the horizons they are not.
    """

    ages: tuple[int, ...]
    horizons: tuple[int, ...]
    short: tuple[int, ...]

    @classmethod
    def of(cls, span_days: float, horizons_days: Sequence[int]) -> Cuts:
        """The moments that trails of so many days allow.

        >>> Cuts.of(20, [1, 7, 30])
        Cuts(ages=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), horizons=(1, 7), short=(30,))
        """
        step = int(max(1, min(_STEP_DAYS, span_days // 20)))
        behind = min(_BEHIND_DAYS, span_days / 4)
        last = span_days - behind
        ages = {step * j for j in range(1, _MOST + 1)} | set(horizons_days)
        found = cls(tuple(sorted(age for age in ages if age <= last)), tuple(horizons_days), ())
        fit = tuple(h for h in sorted(set(horizons_days)) if found.learnt(h) and found.held(h))
        return cls(found.ages, fit, tuple(h for h in sorted(set(horizons_days)) if h not in fit))

    def held(self, horizon: int) -> tuple[int, ...]:
        """The newest moments whose future is known, to measure by."""
        most = max(horizon, min(_HELD_DAYS, self.ages[-1] // 4) if self.ages else 0)
        return tuple(age for age in self.ages if horizon <= age <= most)

    def learnt(self, horizon: int) -> tuple[int, ...]:
        """Moments whose future ended before the first held one."""
        held = self.held(horizon)
        return tuple(age for age in self.ages if held and age >= held[-1] + horizon)

    def every(self, horizon: int) -> tuple[int, ...]:
        """All moments whose future is known."""
        return tuple(age for age in self.ages if age >= horizon)
