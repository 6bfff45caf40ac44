"""What every record states: the rows the golden record is chosen from.

One row per record, customer by customer: of each attribute the hash of its normalised value, a
byte that says how complete and how well written it is, and the text to show.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.identify.attributes import PLACE_FORM, Attribute
from connu.identify.first_names import FirstNames, probability_female

#: An e-mail or a phone of more customers than a home holds is nobody's own.
SHARED_BY_MOST = 8

_FIRST = "split_part(n.given, ' ', 1)"


def rows_sql(told: list[Attribute]) -> str:
    """Every record as a row: who, when, what it states as numbers, and as it is shown."""
    columns = {
        "customer_id": "o.customer_id",
        "rid": "n.rid",
        "source": "n.source",
        "observed_at": "p.recorded_at",
        "weight": "coalesce(w.weight, CAST(1 AS DOUBLE))",
        "first name": "coalesce(f.name, -1)",
        "place form": f"CAST({PLACE_FORM} AS UTINYINT)",
        "evidence": "CAST(to_json({'source': n.source, 'record': n.record_id, 'row': p.row})"
        " AS VARCHAR)",
    }
    for a in told:
        columns[f"key {a.name}"] = _hash(a.key)
        columns[f"shown {a.name}"] = a.shown
        # Constants are not worth a column.
        if (a.level, a.form, a.derived) != ("1", "0", "false"):
            columns[f"rank {a.name}"] = _rank(a.level, a.form, a.derived)
    selected = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())
    return f"""
    SELECT * FROM (
        SELECT {selected}
        FROM normal n
        JOIN people p ON p.source = n.source AND p.record_id = n.record_id
        JOIN identities o ON o.source = n.source AND o.record_id = n.record_id
        LEFT JOIN golden_identifiers i ON i.rid = n.rid
        LEFT JOIN golden_weights w ON w.rid = n.rid
        LEFT JOIN golden_first_names f ON f.token = {_FIRST}
    ) ORDER BY customer_id, rid
    """


def _hash(expression: str) -> str:
    return f"CASE WHEN {expression} IS NULL THEN 0 ELSE hash({expression}) END"


def _rank(level: str, form: str, derived: str = "false") -> str:
    """Level, form and derived in one byte: what is sorted along should be small."""
    return (
        f"CAST(coalesce(({level}) * 32 + ({form}) * 2 + CAST({derived} AS UTINYINT), 0) "
        "AS UTINYINT)"
    )


def learn_weights(engine: Engine) -> None:
    """Make `golden_weights`: the best link of each record that has doubtful ones only."""
    if not engine.has("links"):
        none = pa.schema({"rid": pa.int32(), "weight": pa.float64()})
        engine.put("golden_weights", none.empty_table())
        return
    ends = " UNION ALL ".join(
        "SELECT n.rid, coalesce(l.match_probability, 1) AS weight FROM links l "
        f"JOIN normal n ON n.source = l.{side}_source AND n.record_id = l.{side}_record_id"
        for side in ("left", "right")
    )
    best = f"SELECT rid, max(weight) AS weight FROM ({ends}) GROUP BY rid"
    engine.run("golden_weights", f"SELECT * FROM ({best}) WHERE weight < 1")


def learn_first_names(engine: Engine) -> FirstNames:
    """Make `golden_first_names` (token, name: its place), and what the names say."""
    counted = engine.collect(
        f"""
        SELECT token, count(*) FILTER (WHERE sex = 'female') AS women,
            count(*) FILTER (WHERE sex = 'male') AS men
        FROM (
            SELECT DISTINCT o.customer_id, {_FIRST} AS token, n.sex
            FROM normal n
            JOIN identities o ON o.source = n.source AND o.record_id = n.record_id
            WHERE n.sex IS NOT NULL AND length({_FIRST}) > 1
        )
        GROUP BY token ORDER BY token
        """
    )
    token = counted["token"].combine_chunks()
    place = pa.array(np.arange(len(token), dtype=np.int32))
    engine.put("golden_first_names", pa.table({"token": token, "name": place}))
    women, men = counted["women"].to_numpy(), counted["men"].to_numpy()
    return FirstNames(token, women, men, probability_female(women, men))


def shared_values(engine: Engine, name: str) -> np.ndarray:
    """Hashes of the values of an identifier that more than SHARED_BY_MOST customers state."""
    held = f"SELECT hash({name}) AS value, source, record_id FROM normal WHERE {name} IS NOT NULL"
    often = f"SELECT value FROM ({held}) GROUP BY value HAVING count(*) > {SHARED_BY_MOST}"
    found = engine.collect(
        f"""
        SELECT n.value
        FROM ({held}) n
        JOIN ({often}) t ON t.value = n.value
        JOIN identities o ON o.source = n.source AND o.record_id = n.record_id
        GROUP BY n.value HAVING count(DISTINCT o.customer_id) > {SHARED_BY_MOST}
        """
    )
    return found["value"].to_numpy().view(np.int64)
