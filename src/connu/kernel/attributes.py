"""The built-in attributes twins tell, and the values each may have.

Here because settings are checked against them before any data is read: a profile that asks for
«femal» is an error at once, and not a silence at the end of a build.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

#: Told wherever customers are known, unless `[attributes.NAME] extrapolate = false`.
BUILT_IN = ("sex", "age_band", "occupation_class", "place", "area")

SEXES = ("female", "male")
#: Ages (years, inclusive) at which bands begin: those of Eurostat's surveys and of audience
#: measurement (18–24, 25–34, … 65 and over), so that shares can be laid beside published ones,
#: with minors apart, whom many rules concern.
AGE_LIMITS = (18, 25, 35, 45, 55, 65)
#: ISCO-08 major groups and INSEE's PCS groups, where the two agree; see twins/occupations.py.
OCCUPATION_CLASSES = (
    "executive",
    "intermediate",
    "employee",
    "worker",
    "self_employed",
    "farmer",
    "student",
    "retired",
    "not_working",
)
AREAS = ("urban", "suburban", "rural")


def band_names(limits: Sequence[int]) -> tuple[str, ...]:
    """The age bands that limits make, from the youngest: one more than there are limits.

    >>> band_names((18, 25, 65))
    ('under 18', '18-24', '25-64', '65 and over')
    """
    inner = (f"{low}-{high - 1}" if high - low > 1 else str(low) for low, high in pairwise(limits))
    return (f"under {limits[0]}", *inner, f"{limits[-1]} and over")
