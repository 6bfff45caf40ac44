"""What one customer or visitor expects of the brand, in his words, for his page."""

from __future__ import annotations

from typing import Any

from connu.app.reading import Reading
from connu.engine.sql import literal

#: Expectations shown, those asked outright first, then the latest.
MOST = 12


def expected_of(reading: Reading, kind: str, subject: str) -> list[dict[str, Any]]:
    """What somebody expects; nothing for a build of an earlier connu.

    Who names a theme and neither judges nor asks expects nothing. Reads expectations; one filtered
    scan.

    Args:
        reading: the build, opened for the purpose.
        kind: customer or visitor.
        subject: his customer id or cookie.

    Returns:
        theme, dimension, status, form, wished (he asks for it), quote (masked), time, probability,
        basis, source, verbatim_id; each theme and status once, by its surest quote.
    """
    if not reading.build.has("expectations"):
        return []
    return reading.rows(
        "SELECT theme, dimension, status, form, form IN ('wish', 'should', 'lack') AS wished,"
        " quote, time, probability, basis, source, verbatim_id FROM (SELECT *, row_number() OVER"
        " (PARTITION BY theme, status ORDER BY probability DESC, time DESC NULLS LAST, source,"
        f' "row", start) AS place FROM ({reading.sql("expectations")}) AS t'
        f" WHERE subject_kind = {literal(kind)} AND subject = {literal(subject)}"
        " AND addressee = 'brand' AND form <> 'none' AND theme IS NOT NULL) AS e WHERE place = 1"
        " ORDER BY CASE WHEN form IN ('wish', 'should', 'lack') THEN 0 WHEN status = 'unmet' THEN 1"
        f" ELSE 2 END, time DESC NULLS LAST, theme, status LIMIT {MOST}"
    )
