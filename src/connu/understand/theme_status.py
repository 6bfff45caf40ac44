"""Theme status: of each verbatim, which themes it says are met and which are not, as a matrix.

It is what drivers are read from: a row a verbatim, a column a theme, 1 met, -1 unmet, 0 not spoken
of or both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: What a verbatim is known by.
KEY = ("source", "row")
#: Numbers of verbatims up to so many times the rows are taken as they are, without being sorted.
_DENSE = 20


@dataclass(frozen=True)
class ThemeStatus:
    """Status of themes by verbatim.

    Attributes:
        verbatims: a row a verbatim: source, row, and what else was given of it; in the order given.
        themes: by name.
        status: int8 (verbatims, themes), 1 met, -1 unmet, 0 neither, or as often one as the other.
        expectations: theme → (met, unmet), of all of them.
    """

    verbatims: pa.Table
    themes: list[str]
    status: np.ndarray
    expectations: dict[str, tuple[int, int]]


def theme_status(
    verbatims: pa.Table, expectations: pa.Table, *, least_probability: float = 0.5
) -> ThemeStatus:
    """Lay out expectations by verbatim and theme.

    Args:
        verbatims: source, row and further columns (rating, subject …). Of several rows of one
            verbatim (its statements) the first stands for it.
        expectations: source, row, theme, status (met, unmet, anything else) and, if there,
            probability and addressee: only what is asked of the brand, and at least so probable,
            counts. Those of no verbatim given are left out.
        least_probability: 0-1.

    Cost: 2 s for a million verbatims with two expectations each.
    """
    keys = _keys(pa.concat_tables([verbatims.select(KEY), expectations.select(KEY)]))
    known, asked = keys[: len(verbatims)], keys[len(verbatims) :]
    place = np.full(int(keys.max(initial=-1)) + 1, -1)
    # Written backwards, so that the first row of each verbatim stays.
    place[known[::-1]] = np.arange(len(known))[::-1]
    first = np.flatnonzero(place[known] == np.arange(len(known)))
    rows = verbatims.take(pa.array(first))
    place[known[first]] = np.arange(len(first))
    sign = _sign(expectations["status"])
    counted = sign != 0
    if "probability" in expectations.column_names:
        told = expectations["probability"].to_numpy()
        counted &= np.nan_to_num(told) >= least_probability
    if "addressee" in expectations.column_names:
        brand = pc.equal(expectations["addressee"].cast(pa.string()), "brand")
        counted &= pc.fill_null(brand, False).to_numpy()
    themes = sorted(pc.unique(expectations["theme"].drop_null()).to_pylist())
    column = pc.index_in(
        expectations["theme"].cast(pa.string()), value_set=pa.array(themes, pa.string())
    )
    theme = pc.fill_null(column, -1).to_numpy().astype(np.int64)
    row = place[asked]
    counted &= (row >= 0) & (theme >= 0)
    row, theme, sign = row[counted], theme[counted], sign[counted]
    cells = np.bincount(row * len(themes) + theme, weights=sign, minlength=len(rows) * len(themes))
    met = np.bincount(theme[sign > 0], minlength=len(themes))
    unmet = np.bincount(theme[sign < 0], minlength=len(themes))
    return ThemeStatus(
        verbatims=rows,
        themes=themes,
        status=np.sign(cells).astype(np.int8).reshape(len(rows), len(themes)),
        expectations=dict(zip(themes, zip(met.tolist(), unmet.tolist(), strict=True), strict=True)),
    )


def _keys(table: pa.Table) -> np.ndarray:
    """A number for each verbatim, int64 (rows,)."""
    source = table["source"].combine_chunks().cast(pa.string()).dictionary_encode()
    codes = source.indices.fill_null(len(source.dictionary)).to_numpy(zero_copy_only=False)
    row = table["row"].to_numpy().astype(np.int64)
    wide = codes.astype(np.int64) * (int(row.max(initial=0)) + 1) + row
    if wide.max(initial=0) < _DENSE * len(wide):
        return wide
    return np.unique(wide, return_inverse=True)[1].reshape(-1)


def _sign(status: pa.ChunkedArray) -> np.ndarray:
    """1 met, -1 unmet, 0 anything else."""
    words = status.cast(pa.string())
    met, unmet = (
        pc.fill_null(pc.equal(words, word), False).to_numpy() for word in ("met", "unmet")
    )
    return np.asarray(met.astype(np.int64) - unmet)
