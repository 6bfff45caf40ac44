"""Scorecards: what each build could claim, carried from build to build, so that a trend is seen.

Figures only, none about fewer people than may be shown: the table concerns nobody. Earlier builds
are deleted after a while; what they claimed stays here.
"""

from __future__ import annotations

import pyarrow as pa

#: The file of a build that keeps its scorecard whole; a reader must do without it.
KEPT_CARD = "scorecard.json"

#: The purpose it is counted for: those who may not be read for it were never in it.
SCORECARD_PURPOSE = "service"

#: One claim of one build. `unit`: count, share, mean, money or score; low, high: its 95 %
#: interval, where it has one; `built`: when the build was begun, UTC.
SCORECARDS = pa.schema(
    [
        ("build", pa.string()),
        ("built", pa.timestamp("us")),
        ("name", pa.string()),
        ("unit", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)

#: The table by name, for a build in which nothing was counted.
SCORECARD_TABLES: dict[str, pa.Schema] = {"scorecards": SCORECARDS}
