"""The answers of a survey, out of the file that came back: all of them kept, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.app.correcting import known_attributes
from connu.app.reading import OpenBuild
from connu.app.right_values import check_attribute, is_nothing, right_value, yes_or_no
from connu.app.truth import read_truth
from connu.journal.confirmations import KNOWS_ME, Confirmation
from connu.journal.journal import Journal
from connu.kernel.errors import PurposeError, SourceError, UsageError, did_you_mean
from connu.kernel.settings import Settings
from connu.ledger.facts import BASES
from connu.understand.codebook import read_codebook

#: Under which the journal notes that answers came from a file.
BY_IMPORT = "import"
_NEEDED = ("survey", "source", "record_id", "attribute", "value", "answer")
_ALSO = ("basis", "probability")
_TOLD = 8
_ASKED = "survey_records"
_Record = tuple[str, str]


@dataclass(frozen=True)
class Answered:
    """What an import did.

    Attributes:
        rows: of the file.
        answered: rows with an answer.
        customers_asked, customers_answered: records in the file, and those with an answer.
        written: answers new to the journal.
        same: answers that it held already.
        gone: answered rows of records that the build does not know (forgotten, or of another
            brand): not kept.
    """

    rows: int
    answered: int
    customers_asked: int
    customers_answered: int
    written: int
    same: int
    gone: int

    def as_dict(self) -> dict[str, int]:
        """What was done, as JSON."""
        return asdict(self)


class _Bad(Exception):
    """A row that cannot be kept: the column, what is wrong, and the remedy."""

    def __init__(self, column: str, what: str, remedy: str | None = None) -> None:
        super().__init__(what)
        self.column, self.what, self.remedy = column, what, remedy


def import_answers(
    reading: OpenBuild, settings: Settings, folder: Path, journal: Journal, path: Path
) -> Answered:
    """Keep the answers of a file in the journal, in one transaction; again, nothing changes.

    A row without an answer says nothing and is passed over; so is one whose record the build no
    longer knows: whoever was forgotten stays so.

    Args:
        reading: the build in force, opened for rights: an answer is kept whatever he refused.
        settings: the brand's.
        folder: the brand's.
        journal: where they are kept.
        path: .csv or .parquet, the columns of `connu survey draw`.

    Raises:
        SourceError: the file cannot be read, or a row of it is wrong: the first is told.
        UsageError: it is no such file, or of no record that the build knows.
    """
    table = _read(path)
    themes = read_codebook(folder).names
    there = _told(reading, table)
    told = {attribute for his in there.values() for attribute in his if attribute}
    known = sorted({*known_attributes(reading, settings), *told})
    said: list[Confirmation] = []
    bad: list[tuple[int, _Bad]] = []
    asked, gone, answered = set(), 0, 0
    for number, row in enumerate(table.to_pylist(), 1):
        asked.add((row["source"], row["record_id"]))
        if is_nothing(row["answer"]):
            continue
        answered += 1
        try:
            one = _confirmation(row, settings, themes, there, known)
        except _Bad as error:
            bad.append((number, error))
            continue
        if (one.source, one.record_id) in there:
            said.append(one)
        else:
            gone += 1
    if bad:
        raise _refused(path, bad)
    if gone and not said:
        raise UsageError(
            "the build knows no record of the answers",
            hint="is the file of another brand? source and record_id are as connu survey draw "
            "wrote them",
            file=path,
        )
    written = journal.confirm(said, BY_IMPORT)
    return Answered(
        rows=table.num_rows,
        answered=answered,
        customers_asked=len(asked),
        customers_answered=len({(one.source, one.record_id) for one in said}),
        written=written,
        same=len(said) - written,
        gone=gone,
    )


def _read(path: Path) -> pa.Table:
    """The columns of the file, as text, by their words."""
    table = read_truth(path, "the answers")
    there = {name.strip().lower(): name for name in reversed(table.column_names)}
    for name in _NEEDED:
        if name not in there:
            raise UsageError(
                f"the file has no column «{name}»",
                hint=f"{did_you_mean(name, there)}; the columns are those of connu survey draw",
                file=path,
                column=name,
            )
    return pa.table(
        {
            name: table[there[name]].cast(pa.string())
            if name in there
            else pa.nulls(table.num_rows, pa.string())
            for name in (*_NEEDED, *_ALSO)
        }
    )


def _told(reading: OpenBuild, table: pa.Table) -> dict[_Record, dict[str, list[str]]]:
    """Of each record of the file that the build knows, what is told of its customer: attribute →
    values."""
    records = table.select(["source", "record_id"]).group_by(["source", "record_id"]).aggregate([])
    reading.engine.put(_ASKED, records)
    rows = reading.rows(
        "SELECT i.source, i.record_id, f.attribute, f.value"
        f" FROM {_ASKED} AS a JOIN identities AS i"
        " ON i.source = a.source AND i.record_id = a.record_id LEFT JOIN facts AS f"
        " ON f.subject_kind = 'customer' AND f.subject = i.customer_id"
    )
    reading.engine.drop(_ASKED)
    told: dict[_Record, dict[str, list[str]]] = {}
    for row in rows:
        his = told.setdefault((row["source"], row["record_id"]), {})
        his.setdefault(row["attribute"], []).append(row["value"])
    return told


def _as_told(value: str, told: Collection[str]) -> str:
    """A value as the build tells it: spreadsheets take a postcode's first 0 away.

    >>> _as_told("1000", ["01000"]), _as_told("69003", ["01000"])
    ('01000', '69003')
    """
    same = [one for one in told if one and one.lstrip("0") == value.lstrip("0")]
    return value if value in told or len(same) != 1 else same[0]


def _confirmation(
    row: dict[str, Any],
    settings: Settings,
    themes: Collection[str],
    told_of: Mapping[_Record, Mapping[str, Collection[str]]],
    known: list[str],
) -> Confirmation:
    """What a row says.

    Raises:
        _Bad: it cannot be kept.
    """
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    for name in ("survey", "source", "record_id", "attribute"):
        if not cells[name]:
            raise _Bad(name, "it is empty", "leave it as connu survey draw wrote it")
    attribute, told = cells["attribute"], cells["value"]
    try:
        check_attribute(attribute, settings)
    except (UsageError, PurposeError) as error:
        raise _Bad("attribute", error.message, error.hint) from None
    # What a customer says becomes a fact: a file makes no attribute that the brand does not have.
    if attribute not in known and (cells["source"], cells["record_id"]) in told_of:
        remedy = did_you_mean(attribute, known)
        raise _Bad("attribute", "the brand says nothing about such an attribute", remedy)
    made: dict[str, Any] = {
        "source": cells["source"],
        "record_id": cells["record_id"],
        "attribute": attribute,
        "via": "survey",
        "survey": cells["survey"],
    }
    if attribute == KNOWS_ME:
        number = _right(attribute, cells["answer"], settings, themes)
        return Confirmation(**made, value=None, answer="rated", correction=number)
    if not told:
        raise _Bad("value", "it is empty", "leave it as connu survey draw wrote it")
    his = told_of.get((cells["source"], cells["record_id"]), {})
    told = _as_told(told, his.get(attribute, ()))
    made |= {"value": told, "basis": _basis(cells["basis"])}
    made["probability"] = _probability(cells["probability"])
    right = yes_or_no(cells["answer"])
    if right is not None:
        return Confirmation(**made, answer="confirmed" if right else "denied")
    value = _right(attribute, cells["answer"], settings, themes)
    if value == told:
        return Confirmation(**made, answer="confirmed")
    return Confirmation(**made, answer="corrected", correction=value)


def _right(attribute: str, answer: str, settings: Settings, themes: Collection[str]) -> str:
    try:
        return right_value(attribute, answer, settings, themes)
    except UsageError as error:
        remedy = error.hint if attribute == KNOWS_ME else f"yes, no, or {error.hint}"
        raise _Bad("answer", error.message, remedy) from None


def _basis(cell: str) -> str | None:
    if cell and cell not in BASES:
        raise _Bad("basis", "connu knows no such basis", did_you_mean(cell, BASES))
    return cell or None


def _probability(cell: str) -> float | None:
    if not cell:
        return None
    try:
        number = float(cell.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise _Bad("probability", "it is no number from 0 to 1", "as in: 0.83")
    return number


def _refused(path: Path, bad: Sequence[tuple[int, _Bad]]) -> SourceError:
    """The first row that is wrong, and which others are."""
    (row, first), *others = bad
    remedy = [] if first.remedy is None else [first.remedy]
    if others:
        told = ", ".join(str(number) for number, _ in others[:_TOLD])
        more = f" and {len(others) - _TOLD:,} others" if len(others) > _TOLD else ""
        which = "1 more row is" if len(others) == 1 else f"{len(others):,} more rows are"
        remedy.append(f"{which} wrong ({told}{more})")
    remedy.append("nothing was kept")
    return SourceError(
        f"{path.name}, row {row}, column {first.column}: {first.what}",
        hint="; ".join(remedy),
        file=path,
        row=row,
        column=first.column,
        wrong_rows=len(bad),
    )
