"""What customers answered in the brand's own surveys: whether it knows them.

A table of its own: an answer may come without a text, and is his whether he wrote anything or not.
"""

from __future__ import annotations

import pyarrow as pa

#: An answer, 0-10. No subject: nobody knows who gave it.
KNOWS_ME = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("verbatim_id", pa.string()),
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("score", pa.float64()),
        ("time", pa.timestamp("us")),
    ]
)
