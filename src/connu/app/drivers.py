"""Drivers: which themes go with a rating, an NPS, a return or a spend, who customers are aside.

Themes that too few verbatims speak of are left out, and the rarest of the others where there are
too few customers for so many: a theme nobody can be told anything of must not take the figures of
the others with it.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.listening import EXPECTATIONS_HEARD, Listening
from connu.app.outcomes import Outcome, outcome_rows
from connu.engine.sql import quoted
from connu.understand.controls import control_columns
from connu.understand.importance_performance import ImportancePerformance, importance_performance
from connu.understand.relative_weights import (
    LEAST_EACH,
    LEAST_ROWS,
    RelativeWeights,
    relative_weights,
)
from connu.understand.theme_status import theme_status

#: Values of channel and source that have a column of their own; others are together.
_MOST_VALUES = 8


class Drivers(msgspec.Struct, frozen=True):
    """What goes with an outcome.

    Attributes:
        outcome: rating, nps, return or spend.
        weights: the drivers, told and silent.
        controls: who the customers are and where they spoke, taken out first.
        left_out: themes that too few verbatims speak of, or for which there are too few customers.
        general: themes of the codebook that judge everything («I am happy»): they are what a rating
            says, and drive nothing.
        expectations: theme → (met, unmet), of verbatims whose outcome is known.
        placed: importance × performance.
    """

    outcome: str
    weights: RelativeWeights
    controls: list[str]
    left_out: list[str]
    general: list[str]
    expectations: dict[str, tuple[int, int]]
    placed: ImportancePerformance


def drivers_of(heard: Listening, outcome: Outcome) -> Drivers:
    """Weigh themes.

    Args:
        heard: what was listened to.
        outcome: which.

    Cost: some seconds for 100,000 verbatims, which is as many as are learnt from.
    """
    rows, value = outcome_rows(heard, outcome)
    expected = heard.table(
        f'SELECT source, "row", theme, status FROM {EXPECTATIONS_HEARD}'
        " WHERE status IN ('met', 'unmet')"
    )
    told = theme_status(rows, expected)
    status, themes = told.status, told.themes
    columns, names = control_columns(_who(heard, rows))
    whose = _whose(rows)
    units = len(pc.unique(whose.drop_null())) + whose.null_count
    most = units // LEAST_EACH
    if most - len(names) < 2:
        columns, names = np.empty((len(rows), 0)), []
    often = np.count_nonzero(status, axis=0)
    general = {theme.name for theme in heard.codebook.themes if theme.general}
    special = [t for t in range(len(themes)) if themes[t] not in general]
    order = sorted(special, key=lambda t: (-often[t], themes[t]))
    chosen = [t for t in order if often[t] >= LEAST_ROWS][: max(most - len(names), 2)]
    chosen.sort()
    weights = relative_weights(
        status[:, chosen],
        value,
        [themes[t] for t in chosen],
        controls=columns if names else None,
        customers=whose,
        seed=heard.settings.understand.seed,
    )
    return Drivers(
        outcome=outcome,
        weights=weights,
        controls=names,
        left_out=[themes[t] for t in order if t not in chosen],
        general=sorted(general & set(themes)),
        expectations=told.expectations,
        placed=importance_performance(weights, told.expectations),
    )


def _whose(rows: pa.Table) -> pa.Array:
    """Who said each, or nothing."""
    kind, subject = rows["subject_kind"].cast(pa.string()), rows["subject"].cast(pa.string())
    joined = pc.binary_join_element_wise(kind, subject, ":")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _who(heard: Listening, rows: pa.Table) -> pa.Table:
    """What drivers and outcome are freed of: who speaks, where, in which language, and when."""
    found = {
        "channel": _frequent(_where(rows)),
        "language": rows["language"].cast(pa.string()),
        "time": _days(rows["time"]),
    }
    if "bought" in rows.column_names:
        found["bought"] = rows["bought"]
    reading = heard.reading
    if reading.build.has("customers") and rows.num_rows:
        customers = reading.sql("customers")
        there = reading.engine.collect(f"SELECT * FROM ({customers}) AS c LIMIT 0").column_names
        known = [c for c in ("sex", "birth_year") if c in there]
        if known:
            shown = ", ".join(f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}" for c in known)
            table = heard.table(f"SELECT customer_id, {shown} FROM ({customers}) AS c")
            at = pc.index_in(
                rows["subject"].cast(pa.string()),
                value_set=table["customer_id"].combine_chunks().cast(pa.string()),
            )
            for name in known:
                column = table[name].take(at)
                found[name] = _years(column) if name == "birth_year" else column
    return pa.table(found)


def _where(rows: pa.Table) -> pa.ChunkedArray:
    """The channel, or the source where none is said."""
    return pc.coalesce(rows["channel"].cast(pa.string()), rows["source"].cast(pa.string()))


def _frequent(words: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words, the rarer ones as one."""
    counted = pc.value_counts(words)
    ranked = sorted(
        zip(counted.field(1).to_pylist(), counted.field(0).to_pylist(), strict=True),
        key=lambda pair: (-pair[0], str(pair[1])),
    )
    kept = pa.array([word for _, word in ranked[:_MOST_VALUES]], pa.string())
    return pc.if_else(pc.is_in(words, value_set=kept), words, "other")


def _days(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(pc.cast(pc.cast(times, pa.date32()), pa.int32()), pa.float64())


def _years(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers, where they are some."""
    plain = pc.match_substring_regex(column, r"^\d{4}$")
    return pc.cast(pc.if_else(plain, column, None), pa.float64())
