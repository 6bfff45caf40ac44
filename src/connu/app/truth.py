"""Labelled truth: a file that says who each record truly is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from connu.kernel.errors import SourceError, UsageError
from connu.measure.identities import IdentityScore, evaluate_identities


def read_truth(path: Path, what: str = "the truth") -> pa.Table:
    """The truth, or another labelled file, as a table; a CSV's columns are text.

    Args:
        path: .csv (comma, semicolon or tab; a header) or .parquet; a truth has the columns source
            and record_id and one of entity, person, cluster, customer_id.
        what: what the file holds, for errors.

    Raises:
        SourceError: the file is missing or cannot be read.
        UsageError: another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise UsageError(
            f"connu cannot read {what} from files ending in «{path.suffix}»",
            hint="use .csv or .parquet",
            file=path,
        )
    if not path.is_file():
        raise SourceError(
            f"there is no file with {what}", file=path, hint="give the path of a file"
        )
    try:
        table = pa_parquet.read_table(path) if suffix == ".parquet" else _read_csv(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        # Arrow quotes the cell that it met: its text stays out of ours.
        raise SourceError(
            f"{what} cannot be read",
            file=path,
            hint="a CSV needs a header, and as many cells in every row, in UTF-8",
        ) from None
    return table


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """What is wrong with a labelled table is told with its file."""
    try:
        yield
    except UsageError as error:
        error.fields.setdefault("file", path)
        raise


def _read_csv(path: Path) -> pa.Table:
    """Every column as text: an id such as 00042 must not become a number."""
    with path.open(encoding="utf-8-sig") as file:
        header = file.readline().rstrip("\r\n")
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().strip('"') for name in header.split(delimiter)]
    return pa_csv.read_csv(
        path,
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def scored(
    identities: pa.Table, labelled: pa.Table, *, cross_source_only: bool = False
) -> IdentityScore:
    """How right the identities are, when the truth is about any of them.

    Raises:
        UsageError: no record is in both: a score of nothing would read as a perfect one.
    """
    score = evaluate_identities(identities, labelled, cross_source_only=cross_source_only)
    if score.records == 0:
        raise UsageError(
            "no record of the truth is in the build",
            hint="source and record_id are written as in: connu export identities",
        )
    return score
