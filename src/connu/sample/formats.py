"""How sources write things down: phone numbers in all their guises, CSV, JSON Lines, Parquet.

Files are text made column by column, so that a broken line can be put among the good ones and the
bytes are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connu.sample.chance import draw

#: Ways of writing a French number: plain, spaced, dotted, E.164, spaced +33, 0033, zero lost.
PLAIN, SPACED, DOTTED, INTERNATIONAL, SPACED_33, DOUBLE_ZERO, ZERO_LOST = range(7)


def phones(numbers: pa.Array, shares: tuple[float, ...], rng: np.random.Generator) -> pa.Array:
    """E.164 numbers written as people write them; `shares` of the seven ways, in order.

    What is not French, or no number at all, stays as it is.
    """
    way = pa.array(draw(rng, shares, len(numbers)))
    french = pc.match_substring_regex(numbers, r"^\+33\d{9}$")
    bare = pc.utf8_slice_codeunits(numbers, 3)
    pairs = [pc.utf8_slice_codeunits(bare, start, start + 2) for start in (1, 3, 5, 7)]
    zero = _join("0", pc.utf8_slice_codeunits(bare, 0, 1))
    spaced = _join(zero, *[p for pair in pairs for p in (" ", pair)])
    written = pc.choose(
        way,
        _join("0", bare),
        spaced,
        _join(zero, *[p for pair in pairs for p in (".", pair)]),
        numbers,
        _join("+33 ", pc.utf8_slice_codeunits(spaced, 1)),
        _join("0033", bare),
        bare,
    )
    return pc.if_else(french, written, numbers)


def csv_lines(table: pa.Table, delimiter: str) -> pa.Array:
    """The rows as lines of CSV: cells quoted only where they must be, null is empty."""
    cells = []
    for column in table.columns:
        text = column.combine_chunks().cast(pa.string())
        awkward = pc.match_substring_regex(text, f'[{delimiter}"\n\r]|^ | $')
        quoted = _join('"', pc.replace_substring(text, '"', '""'), '"')
        cells.append(pc.fill_null(pc.if_else(awkward, quoted, text), ""))
    return pc.binary_join_element_wise(*cells, delimiter)


def json_lines(table: pa.Table) -> pa.Array:
    """The rows as JSON objects, one a line; null cells are left out of the object.

    Columns are strings, integers, floats or booleans.
    """
    members = []
    for name, chunked in zip(table.column_names, table.columns, strict=True):
        column = chunked.combine_chunks()
        text = column.cast(pa.string())
        if pa.types.is_string(column.type):
            for raw, escaped in (
                ("\\", "\\\\"),
                ('"', '\\"'),
                ("\n", "\\n"),
                ("\r", "\\r"),
                ("\t", "\\t"),
            ):
                text = pc.replace_substring(text, raw, escaped)
            text = _join('"', text, '"')
        members.append(_join(f', "{name}": ', text))
    joined = pc.binary_join_element_wise(*members, "", null_handling="skip")
    return _join("{", pc.utf8_slice_codeunits(joined, 2), "}")


def write_lines(
    path: Path,
    lines: pa.Array,
    *,
    header: str | None = None,
    encoding: str = "utf-8",
    broken: Mapping[int, str] | None = None,
) -> None:
    """Write lines, with `broken` ones put before the good line of that number (0-based)."""
    listed = lines.to_pylist()
    for place in sorted(broken or {}, reverse=True):
        listed.insert(place, (broken or {})[place])
    if header is not None:
        listed.insert(0, header)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for start in range(0, len(listed), 50_000):
            text = "\n".join(listed[start : start + 50_000]) + "\n"
            file.write(
                text.encode(
                    "utf-8-sig"
                    if encoding == "utf-8-sig" and start == 0
                    else encoding.removesuffix("-sig"),
                    errors="replace",
                )
            )


def write_csv(
    path: Path,
    table: pa.Table,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    broken: Mapping[int, str] | None = None,
) -> None:
    """Write a table as CSV with a header."""
    write_lines(
        path,
        csv_lines(table, delimiter),
        header=delimiter.join(table.column_names),
        encoding=encoding,
        broken=broken,
    )


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table as one Parquet file, the same bytes for the same rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=100_000)


def places(rng: np.random.Generator, rows: int, count: int) -> list[int]:
    """`count` distinct places among `rows` lines, for broken ones."""
    return sorted(rng.choice(max(rows, count), size=count, replace=False).tolist())


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
