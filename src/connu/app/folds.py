"""Folds: who is judged by a model that never saw him, as a file of the user says it.

A file names each person once, by cookie, by customer or by record, and gives him a word in a
column. Each word is a fold, judged by a model learnt on the others; but where the words are
earlier and later (or train and test, learn and judge), the later are judged and the earlier only
learnt on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.reading import Reading
from connu.app.truth import read_truth
from connu.govern.consents import holders
from connu.kernel.errors import SourceError, UsageError, did_you_mean
from connu.sources.handles import normalise_keys

#: Columns that may say who a row is about; the first there counts.
SUBJECT_COLUMNS = ("anonymous_id", "customer_id", "record_id")
#: Words of a split in two: learnt on the first, judged on the second.
SPLITS = (("earlier", "later"), ("train", "test"), ("learn", "judge"))

_WHO = pa.schema([("n", pa.int64()), ("source", pa.string()), ("who", pa.string())])


@dataclass(frozen=True)
class Folds:
    """Who is judged with whom.

    Attributes:
        table: subject (a customer_id), fold; a fold of NULL is learnt on and never judged.
            Sorted by subject, each once.
        words: the folds judged, sorted.
        learnt_on: the word of those only learnt on, or None.
        rows: rows of the file.
        unknown: rows about nobody who is a customer readable for the purpose.
    """

    table: pa.Table
    words: list[str]
    learnt_on: str | None
    rows: int
    unknown: int


def folds_of(reading: Reading, path: Path, column: str) -> Folds:
    """The folds of a file, for the customers of an opened build.

    Reads identities, normal, identifiers and visitors; a row whose cookie several customers hold
    is about none of them.

    Args:
        reading: the build, opened for the purpose: who refused it is unknown here.
        path: a .csv or .parquet.
        column: the column of the folds.

    Raises:
        SourceError: the file is missing or cannot be read, a cell is empty, a person stands in
            two folds; names file, row and column.
        UsageError: a column is missing, there is one fold only, or nobody of the file is known.
    """
    labelled = read_truth(path, "the folds")
    subject = _subject_column(labelled, path)
    if column not in labelled.column_names:
        raise UsageError(
            f"the folds have no column «{column}»",
            hint=did_you_mean(column, [n for n in labelled.column_names if n != subject])
            + "; --column names it",
            file=path,
        )
    who = _texts(labelled, subject, path)
    words = _texts(labelled, column, path)
    source = labelled["source"].cast(pa.string()) if "source" in labelled.column_names else None
    owner = _owners(reading, subject, who, source)
    told = pa.table({"n": pa.array(range(1, len(who) + 1)), "subject": owner, "word": words})
    known = told.filter(pc.is_valid(told["subject"]))
    if not known.num_rows:
        raise UsageError(
            "nobody of the file is a known customer of this brand",
            hint=f"«{subject}» is written as in: connu export {_EXPORTS[subject]}",
            file=path,
            column=subject,
        )
    distinct = sorted(set(known["word"].to_pylist()))
    if len(distinct) < 2:
        raise UsageError(
            f"the column «{column}» has one value only: nobody can be judged by others",
            hint="give at least two folds",
            file=path,
            column=column,
        )
    learnt_on = _learnt_on(distinct)
    return Folds(
        table=_one_each(known, learnt_on, path, column),
        words=[word for word in distinct if word != learnt_on],
        learnt_on=learnt_on,
        rows=labelled.num_rows,
        unknown=labelled.num_rows - known.num_rows,
    )


_EXPORTS = {"anonymous_id": "visitors", "customer_id": "customers", "record_id": "identities"}


def _subject_column(labelled: pa.Table, path: Path) -> str:
    for name in SUBJECT_COLUMNS:
        if name in labelled.column_names:
            return name
    raise UsageError(
        "the folds do not say whom they are about",
        hint="add a column anonymous_id, customer_id, or source and record_id",
        file=path,
    )


def _texts(labelled: pa.Table, column: str, path: Path) -> pa.ChunkedArray:
    """A column as text, whole.

    Raises:
        SourceError: a cell is empty; the first such row, counted from 1, is named.
    """
    texts = pc.utf8_trim_whitespace(labelled[column].cast(pa.string()))
    empty = pc.fill_null(pc.equal(texts, ""), True)
    row = pc.index(empty, True).as_py()
    if row >= 0:
        raise SourceError(
            f"the cell of «{column}» is empty",
            hint="fill it, or take the row out",
            file=path,
            row=row + 1,
            column=column,
        )
    return texts


def _owners(
    reading: Reading, subject: str, who: pa.ChunkedArray, source: pa.ChunkedArray | None
) -> pa.ChunkedArray:
    """The readable customer of each row, in order; null where there is not exactly one."""
    if subject == "anonymous_id":
        who = pa.chunked_array([normalise_keys(who.combine_chunks())], pa.string())
    nothing = pa.nulls(len(who), pa.string())
    rows = pa.table([range(len(who)), nothing if source is None else source, who], schema=_WHO)
    reading.engine.put("fold_rows", rows)
    identities = reading.sql("identities")
    if subject == "anonymous_id":
        held = (
            f"SELECT value AS who, customer_id FROM ({holders(visitors=True)}) AS h"
            " WHERE type = 'anonymous_id'"
            f" AND customer_id IN (SELECT customer_id FROM ({identities}) AS i)"
        )
        match = "h.who = r.who"
    elif subject == "customer_id":
        held = f"SELECT DISTINCT customer_id AS who, customer_id FROM ({identities}) AS i"
        match = "h.who = r.who"
    else:
        held = f"SELECT source, record_id AS who, customer_id FROM ({identities}) AS i"
        match = "h.who = r.who" + (" AND h.source = r.source" if source is not None else "")
    owner = reading.engine.collect(
        "SELECT CASE WHEN min(h.customer_id) = max(h.customer_id) THEN min(h.customer_id) END"
        f" AS owner FROM fold_rows AS r LEFT JOIN ({held}) AS h ON {match}"
        " GROUP BY r.n ORDER BY r.n"
    )["owner"]
    reading.engine.drop("fold_rows")
    return owner


def _learnt_on(words: list[str]) -> str | None:
    folded = {word.lower(): word for word in words}
    return next((folded[first] for first, second in SPLITS if set(folded) == {first, second}), None)


def _one_each(known: pa.Table, learnt_on: str | None, path: Path, column: str) -> pa.Table:
    """Each subject once, with his fold; NULL for those only learnt on.

    Raises:
        SourceError: somebody stands in two folds.
    """
    ordered = known.sort_by([("subject", "ascending"), ("n", "ascending")])
    subject, word = ordered["subject"].combine_chunks(), ordered["word"].combine_chunks()
    again = pc.equal(subject[1:], subject[:-1])
    row = pc.index(pc.and_(again, pc.not_equal(word[1:], word[:-1])), True).as_py()
    if row >= 0:
        raise SourceError(
            "a customer stands in two folds",
            hint="one person, one fold: rows of one customer need the same word",
            file=path,
            row=ordered["n"][row + 1].as_py(),
            column=column,
        )
    first = pa.concat_arrays([pa.array([True]), pc.invert(again)])
    fold = pc.if_else(pc.equal(word, learnt_on or ""), pa.scalar(None, pa.string()), word)
    return pa.table({"subject": subject, "fold": fold}).filter(first)
