"""Labelled truth: a file that says who each record truly is, and the scorecard held against it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from connu.app.reading import Reading
from connu.app.visitor_truth import is_about_visitors, scores_of_visitors
from connu.kernel.errors import SourceError, UsageError
from connu.measure.calibration import calibrate
from connu.measure.identities import IdentityScore, evaluate_identities
from connu.measure.scorecard import Scorecard, scorecard
from connu.measure.twins import TwinsScore


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


def scorecard_of(reading: Reading, purpose: str, truth: Sequence[Path] = ()) -> Scorecard:
    """The scorecard of an opened build; with truth, also how rightly.

    Args:
        reading: the build, opened for the purpose.
        purpose: which.
        truth: labelled files: of records (source, record_id, person), of visitors (anonymous_id
            and a column an attribute); the last of a kind counts.
    """
    rightness = calibration = None
    visitors: dict[str, TwinsScore] = {}
    for path in truth:
        labelled = read_truth(path)
        if is_about_visitors(labelled):
            visitors = scores_of_visitors(reading, labelled)
            continue
        tables = {
            name: reading.engine.collect(reading.sql(name))
            for name in ("identities", "links", "undecided")
        }
        rightness = scored(tables["identities"], labelled)
        if "source" in labelled.column_names:
            calibration = calibrate(tables["links"], tables["undecided"], labelled)
    return scorecard(
        reading.engine,
        read=reading.sql,
        purpose=purpose,
        rightness=rightness,
        calibration=calibration,
        visitors=visitors,
    )
