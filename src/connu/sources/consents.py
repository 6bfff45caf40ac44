"""The table `consents`: what each record's source says that the person agreed to.

A column `consent.<purpose>` holds yes or no in any of the usual words, or the day of the consent.
What cannot be read counts as a refusal: where there is doubt, the person did not agree.
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.settings import Settings
from connu.sources.mapping import Mapping
from connu.sources.times import time_sql

#: Words of agreement, in lower case.
YES = (
    *("1", "1.0", "y", "yes", "t", "true", "on", "ok", "x", "✓", "o", "oui", "vrai", "ja", "j"),
    *("optin", "opt-in", "opt_in", "opt in", "granted", "accepted", "agreed", "subscribed"),
    *("accepte", "accepté", "accord", "d'accord", "consent", "abonne", "abonné"),
)
_NONE = (
    "SELECT '' AS source, '' AS record_id, '' AS purpose, false AS granted, "
    "CAST(NULL AS TIMESTAMP) AS since WHERE false"
)


def make_consents(engine: Engine, settings: Settings, mappings: list[Mapping]) -> int:
    """Write `consents`, a row per record of `people` and purpose with a word on it.

    Tables read: the people sources', people. Returns the number of rows.
    """
    selects = []
    for mapping in mappings:
        for word in sorted(w for w in mapping.fields if w.startswith("consent.")):
            selects.append(_consent_sql(settings, mapping, word))
    union = " UNION ALL ".join(selects or [_NONE])
    return engine.run("consents", f"{union} ORDER BY source, record_id, purpose")


def _consent_sql(settings: Settings, mapping: Mapping, word: str) -> str:
    value = f"lower({mapping.value(word)})"
    moment = time_sql(mapping.value(word), day_first=mapping.day_first(settings))
    yes = ", ".join(literal(answer) for answer in YES)
    return (
        f"SELECT source, record_id, {literal(word.removeprefix('consent.'))} AS purpose, "
        f"coalesce(word IN ({yes}), false) OR moment IS NOT NULL AS granted, "
        "coalesce(moment, recorded_at) AS since FROM "
        f"(SELECT {mapping.row} AS row, {value} AS word, CAST({moment} AS TIMESTAMP) AS moment "
        f"FROM {mapping.table}) JOIN people USING (row) "
        f"WHERE source = {literal(mapping.name)} AND word IS NOT NULL"
    )
