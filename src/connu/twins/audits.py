"""Audits: visitors whose value somebody asked, chosen so that they speak for all of them.

Which visitors to ask is drawn, never chosen: a shop that asks whom it likes learns about those it
likes. The drawn are spread over how sure connu is of them, and each says how many he stands for.
The file that comes back is read here; what cannot be read is told by its row, never by its value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from connu.kernel.errors import SourceError
from connu.twins.chance import hashed, subject_keys

#: The columns of the file of visitors to ask; the last is to be filled in.
TO_ASK = pa.schema(
    [
        ("anonymous_id", pa.string()),
        ("stratum", pa.int32()),
        ("weight", pa.float64()),
        ("value", pa.string()),
    ]
)
#: How many to ask: they can move a prior to within some three per cents.
ASKED = 200
STRATA = 10

_NEEDED = ("anonymous_id", "value")
_HINT = "it needs a header with the columns anonymous_id and value: connu export audits writes one"


@dataclass(frozen=True)
class Audits:
    """Audited visitors, matched to those of a build.

    Attributes:
        rows: int64 (a,), their places among the subjects, ascending.
        codes: int64 (a,), their values' places among the classes; -1: a value that is none.
        weights: float64 (a,), how many visitors each stands for; ones where the file has none.
        unanswered: rows without a value.
        unknown: cookies that are no visitor of this build (or a customer's by now).
    """

    rows: np.ndarray
    codes: np.ndarray
    weights: np.ndarray
    unanswered: int
    unknown: int

    def __len__(self) -> int:
        return len(self.rows)


def audits_to_ask(
    probability: np.ndarray,
    subjects: pa.Array | pa.ChunkedArray,
    n: int = ASKED,
    seed: int = 0,
) -> pa.Table:
    """Which visitors to ask: a random sample, even over how sure connu is of them.

    Visitors are put in ten strata of equal size by their largest probability, and as many are
    drawn from each. A visitor drawn stands for those of his stratum over those drawn there: with
    this weight, sums over the sample are unbiased for all (Horvitz & Thompson, JASA 47, 1952).

    Args:
        probability: of every visitor (m, k).
        subjects: their anonymous ids (m,), each once.
        n: how many to ask; all where there are no more.
        seed: of the draw; the same visitors whatever the order of rows.

    Returns:
        TO_ASK, sorted by anonymous_id; `stratum` is 1 (least sure) to 10; `value` is empty.
    """
    ids = _texts(subjects)
    drawn = hashed(subject_keys(ids), seed)
    sure = np.asarray(probability, np.float64).max(axis=1) if len(ids) else np.zeros(0)
    # Equal probabilities are shared out between strata by chance, not by their names.
    order = np.lexsort((drawn, sure))
    m, wanted = len(ids), min(n, len(ids))
    strata = max(1, min(STRATA, wanted))
    chosen, stratum, weight = [], [], []
    for number in range(strata):
        low, high = number * m // strata, (number + 1) * m // strata
        count = (number + 1) * wanted // strata - number * wanted // strata
        inside = order[low:high]
        # Another hash than that which broke ties: else ties would be drawn from one end.
        again = hashed(drawn[inside], seed, 1)
        picked = inside[np.argsort(again, kind="stable")[:count]]
        chosen.append(picked)
        stratum.append(np.full(len(picked), number + 1, np.int32))
        weight.append(np.full(len(picked), (high - low) / max(1, len(picked))))
    table = pa.table(
        [
            ids.take(pa.array(np.concatenate(chosen))),
            pa.array(np.concatenate(stratum)),
            pa.array(np.concatenate(weight)),
            pa.nulls(wanted, pa.string()),
        ],
        schema=TO_ASK,
    )
    return table.sort_by("anonymous_id")


def read_audits(path: Path) -> pa.Table:
    """A file of audited visitors: anonymous_id, value, weight, row (its data row, from 1).

    Args:
        path: .csv (comma, semicolon or tab; a header; UTF-8 or Windows-1252) or .parquet, with the
            columns anonymous_id and value, and weight where connu drew whom to ask; others may be
            there and are not read.

    Returns:
        Texts without spaces around them; an empty value is NULL; `weight` is 1 where the file has
        none.

    Raises:
        SourceError: the file is missing or cannot be read, lacks a column, or holds a row that
            names nobody or weighs nothing.
    """
    if not path.is_file():
        raise SourceError(
            "there is no file of audited visitors",
            hint="[attributes.NAME] audited = its path, relative to the brand's folder",
            file=path,
        )
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise SourceError(
            f"audits cannot be read from files ending in «{path.suffix}»",
            hint="use .csv or .parquet",
            file=path,
        )
    try:
        raw = pa_parquet.read_table(path) if path.suffix.lower() == ".parquet" else _csv(path)
        names = [name.strip().lower() for name in raw.column_names]
        texts = {
            name: _trimmed(_texts(raw.column(place)))
            for place, name in enumerate(names)
            if name in (*_NEEDED, "weight")
        }
    except (pa.ArrowException, OSError, UnicodeError):
        # Arrow quotes the cell that it met: its text stays out of ours.
        raise SourceError("the audits cannot be read", file=path, hint=_HINT) from None
    for column in (*_NEEDED, "weight"):
        if names.count(column) > 1 or (column in _NEEDED and column not in names):
            what = "no column" if column not in names else "more than one column"
            raise SourceError(
                f"the audits have {what} «{column}»", hint=_HINT, file=path, column=column
            )
    ids, values = texts["anonymous_id"], texts["value"]
    row = pa.array(np.arange(1, raw.num_rows + 1))
    filled = pc.or_(pc.is_valid(ids), pc.is_valid(values))
    nameless = pc.and_(filled, pc.is_null(ids))
    if pc.any(nameless).as_py():
        raise SourceError(
            "a value is given without saying whose",
            hint="every row needs the visitor's anonymous_id",
            file=path,
            row=row.filter(nameless)[0].as_py(),
            column="anonymous_id",
        )
    weight = _weights(texts["weight"], path) if "weight" in texts else np.ones(raw.num_rows)
    told = {"anonymous_id": ids, "value": values, "weight": pa.array(weight), "row": row}
    return pa.table(told).filter(filled)


def match_audits(
    audits: pa.Table,
    subjects: pa.Array | pa.ChunkedArray,
    classes: Sequence[str],
    *,
    others: Collection[str] = (),
    path: Path | None = None,
) -> Audits:
    """Audits of the visitors of a build.

    Args:
        audits: as `read_audits`.
        subjects: the visitors' anonymous ids (m,), each once.
        classes: the values that can be told; case and spaces around do not matter.
        others: values that are right but told of nobody: a visitor of such a value makes any
            statement wrong.
        path: the file, for errors.

    Raises:
        SourceError: a value that is none of these, or a visitor with two values.
    """
    known = {word.casefold(): place for place, word in reversed(list(enumerate(classes)))}
    known |= {word.casefold(): -1 for word in others if word.casefold() not in known}
    answered = audits.filter(pc.is_valid(audits["value"]))
    coded = _texts(answered["value"]).dictionary_encode()
    codes = np.array(
        [known.get(word.casefold(), -2) for word in coded.dictionary.to_pylist()] + [-2], np.int64
    )[coded.indices.to_numpy(zero_copy_only=False)]
    row = answered["row"].to_numpy()
    if (codes == -2).any():
        raise SourceError(
            "an audited value is none of those that are told",
            hint=f"write one of {', '.join(sorted(classes))}, or leave it empty where unknown",
            file=path,
            row=int(row[np.argmax(codes == -2)]),
            column="value",
        )
    ids = _texts(answered["anonymous_id"])
    place = pc.fill_null(pc.index_in(ids, value_set=_texts(subjects)), -1)
    place = place.to_numpy(zero_copy_only=False).astype(np.int64)
    weight = answered["weight"].to_numpy()
    found = place >= 0
    unknown = len(pc.unique(ids.filter(pa.array(~found))))
    order = np.lexsort((row[found], place[found]))
    place, codes, weight, row = (part[found][order] for part in (place, codes, weight, row))
    again = np.append(False, place[1:] == place[:-1])[: len(place)]
    differs = again & np.append(False, codes[1:] != codes[:-1])[: len(place)]
    if differs.any():
        at = int(np.argmax(differs))
        raise SourceError(
            f"one visitor has one value in row {row[at - 1]} and another in row {row[at]}",
            hint="keep the right row of the two",
            file=path,
            row=int(row[at]),
            column="value",
        )
    return Audits(
        rows=place[~again],
        codes=codes[~again],
        weights=weight[~again],
        unanswered=audits.num_rows - answered.num_rows,
        unknown=unknown,
    )


# ---------------------------------------------------------------------- reading
def _csv(path: Path) -> pa.Table:
    """Every column as text: an id such as 00042 must not become a number."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    header = text.partition("\n")[0].rstrip("\r")
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().strip('"') for name in header.split(delimiter)]
    short: list[int] = []

    def set_aside(row: pa_csv.InvalidRow) -> str:
        short.append(row.number)
        return "skip"

    table = pa_csv.read_csv(
        pa.BufferReader(text.encode()),
        # Alone it counts the rows, which it must to name one.
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, invalid_row_handler=set_aside, newlines_in_values=True
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    if short:
        raise SourceError(
            f"a row of the audits has not the {len(names)} cells of the header",
            hint=f"give every row as many cells, with «{delimiter}» between them",
            file=path,
            row=short[0] - 1,
        )
    return table


def _weights(text: pa.StringArray, path: Path) -> pa.Array:
    # A spreadsheet in French writes 12,5.
    text = pc.fill_null(pc.replace_substring(text, ",", "."), "1")
    number = pc.match_substring_regex(text, r"^[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,2})?$")
    value = pc.if_else(number, text, "0").cast(pa.float64())
    bad = pc.less_equal(value, 0.0)
    if pc.any(bad).as_py():
        raise SourceError(
            "a weight is not a number above 0",
            hint="leave the weights as connu export audits wrote them, or leave the column out",
            file=path,
            row=int(np.argmax(bad.to_numpy(zero_copy_only=False))) + 1,
            column="weight",
        )
    return value


def _texts(column: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    array = column.cast(pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _trimmed(column: pa.StringArray) -> pa.StringArray:
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
