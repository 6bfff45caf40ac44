"""The sample's calendar. Days are counted from 1 January 2025; the data end on 1 July 2026.

Fixed dates, whatever the day the sample is made on: the same seed gives the same bytes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Floats

DAY_ZERO = np.datetime64("2025-01-01", "D")
#: The data end here (day number, exclusive): what people do later is known to the truth alone.
CUT_OFF = int((np.datetime64("2026-07-01", "D") - DAY_ZERO) / np.timedelta64(1, "D"))
#: The truth follows people for one year more.
HORIZON = CUT_OFF + 365


def moments(days: npt.NDArray[np.floating]) -> npt.NDArray[np.datetime64]:
    """Day numbers, with fractions, as UTC times to the second."""
    seconds = np.floor(np.asarray(days, dtype=np.float64) * 86_400).astype("timedelta64[s]")
    return DAY_ZERO.astype("datetime64[s]") + seconds


def times(days: Floats) -> pa.Array:
    """Day numbers as an Arrow column of UTC timestamps (seconds)."""
    return pa.array(moments(days))


def dates(days: npt.NDArray[np.integer]) -> npt.NDArray[np.datetime64]:
    """Whole day numbers as dates."""
    return DAY_ZERO + np.asarray(days).astype("timedelta64[D]")


def written(stamps: pa.Array, pattern: str) -> pa.Array:
    """Times or dates as text in a strftime pattern; null stays null."""
    return pc.strftime(stamps, format=pattern)
