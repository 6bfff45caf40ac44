"""Controls: who the customers are, as columns of numbers, so that drivers can be freed of it.

Who is older may rate higher and speak more of advice: then advice goes with ratings, and drives
nothing. What is unknown of somebody is a value of its own; nobody is left out for it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Rows that a value must have for a column of its own; rarer ones are together.
LEAST_ROWS = 20


def control_columns(who: pa.Table, *, least_rows: int = LEAST_ROWS) -> tuple[np.ndarray, list[str]]:
    """Columns of numbers from attributes of any type.

    A number stays one, with the mean where it is unknown and a column that says so. Of anything
    else each value that is frequent enough has a column of 0 and 1, but the most frequent, against
    which the others are measured; unknown is a value like others.

    Args:
        who: (n,) attributes, such as age band, sex, months since the first purchase.
        least_rows: see above.

    Returns:
        float64 (n, c), and c names; columns that do not vary are left out.
    """
    columns: list[np.ndarray] = []
    names: list[str] = []
    for name in who.column_names:
        column = who[name].combine_chunks()
        kind = column.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
            known = np.isfinite(values)
            mean = float(values[known].mean()) if known.any() else 0.0
            columns.append(np.where(known, values, mean))
            names.append(name)
            if least_rows <= (~known).sum():
                columns.append((~known).astype(np.float64))
                names.append(f"{name}: unknown")
        else:
            words = pc.fill_null(column.cast(pa.string()), "unknown")
            counted = words.value_counts()
            rows = sorted(
                zip(counted.field(1).to_pylist(), counted.field(0).to_pylist(), strict=True),
                key=lambda row: (-row[0], row[1]),
            )
            for _, value in [row for row in rows[1:] if row[0] >= least_rows]:
                same = pc.equal(words, value).to_numpy(zero_copy_only=False)
                columns.append(same.astype(np.float64))
                names.append(f"{name}: {value}")
    vary = [i for i, column in enumerate(columns) if len(column) and np.ptp(column) > 0]
    chosen = [columns[i] for i in vary]
    return (
        np.column_stack(chosen) if chosen else np.empty((len(who), 0)),
        [names[i] for i in vary],
    )
