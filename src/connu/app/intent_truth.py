"""What the build in force tells of buying, held against labelled truth of later purchases.

A file says who bought in which category and when; files beside it say who the records and cookies
are. Everybody with events is judged on every category, whatever the build told of him: a pair of
subject and category that it is silent about stands at the base rate, below all it tells of.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.buying_evaluation import BuyScore, Outcome, Told, judge_buying
from connu.app.reading import Reading
from connu.app.truth import read_truth
from connu.kernel.errors import SourceError, UsageError
from connu.know.trails import DAY, Trails
from connu.sources.handles import normalise_keys

#: Files beside the truth: of the records' persons, and of the cookies'.
IDENTITIES, VISITORS = "identities", "visitors"
_NEEDED = ("person", "category", "bought_at")


def check_truth(path: Path) -> None:
    """See that a truth can be read and has its columns, before anything is learnt.

    Raises:
        SourceError: the file is missing or cannot be read.
        UsageError: a column is missing.
    """
    _columns(path, "the truth", _NEEDED)


def judge_truth(reading: Reading, trails: Trails, path: Path) -> list[BuyScore]:
    """Judge the published intents to buy.

    Reads intents and identities. Purchases before the events end are left out: they are known.

    Args:
        reading: the build, opened for the purpose.
        trails: as the build's intents were told from: up to now.
        path: a .csv or .parquet of person, category and bought_at; in the same folder, `identities`
            (source, record_id, person) and `visitors` (anonymous_id, person), one or both.

    Raises:
        SourceError: a file is missing or cannot be read, or a time cannot.
        UsageError: a column is missing, the build tells no intents to buy, nobody of the truth is
            a subject of the build, or no purchase lies after the events' end.
    """
    labelled = _columns(path, "the truth", _NEEDED)
    if not reading.build.has("intents"):
        raise UsageError("the build in force tells no intents", hint="run: connu build")
    told = _told(reading, trails)
    if not told:
        raise UsageError(
            "the build in force tells no intent to buy",
            hint="connu status says why; without --truth its model is judged on a time split",
        )
    persons = _persons(reading, trails, path)
    bought = _purchases(labelled, trails, persons, path)
    outcome = Outcome.of(trails, trails.now, list(told))
    known = np.zeros(len(trails), np.bool_)
    known[persons["place"].to_numpy()] = True
    return judge_buying(
        replace(
            outcome,
            people=outcome.people & known,
            bought={days: _within(bought, trails, days) for days in told},
        ),
        told,
    )


def _told(reading: Reading, trails: Trails) -> dict[int, Told]:
    """The published rows by horizon."""
    rows = reading.engine.collect(
        "SELECT subject_kind, subject, target, level, horizon_days, probability"
        f" FROM ({reading.sql('intents')}) AS i WHERE kind = 'buy'"
        " ORDER BY subject_kind, subject, horizon_days, target"
    )
    place = _places(trails, rows["subject_kind"], rows["subject"])
    node = trails.categories.nodes_of(rows["target"].to_pylist())
    days, probability = (rows[name].to_numpy() for name in ("horizon_days", "probability"))
    whole = np.asarray(pc.equal(rows["level"], "any"))
    good = (place >= 0) & (whole | (node >= 0))
    return {
        int(horizon): Told(place[mine], node[mine], probability[mine])
        for horizon in np.unique(days)
        if (mine := good & (days == horizon)).any()
    }


def _places(trails: Trails, kind: pa.ChunkedArray, subject: pa.ChunkedArray) -> np.ndarray:
    """int64: the number of each subject in the trails, −1 where he is not in them."""
    names = pc.binary_join_element_wise(*trails.subjects.columns, "\x1f").combine_chunks()
    asked = pc.binary_join_element_wise(kind, subject, "\x1f")
    return np.asarray(pc.fill_null(pc.index_in(asked, value_set=names), -1)).astype(np.int64)


def _persons(reading: Reading, trails: Trails, path: Path) -> pa.Table:
    """Who the subjects are: place and person; one subject may be several persons.

    Raises:
        UsageError: no file beside the truth, or nobody of it is a subject.
    """
    found = []
    records = _beside(path, IDENTITIES)
    if records is not None:
        table = _columns(records, "the truth of records", ("source", "record_id", "person"))
        reading.engine.put("truth_records", table.select(["source", "record_id", "person"]))
        found.append(
            reading.engine.collect(
                "SELECT DISTINCT 'customer' AS subject_kind, i.customer_id AS subject, r.person"
                f" FROM ({reading.sql('identities')}) AS i JOIN truth_records AS r"
                " ON r.source = i.source AND r.record_id = i.record_id WHERE r.person <> ''"
            )
        )
        reading.engine.drop("truth_records")
    cookies = _beside(path, VISITORS)
    if cookies is not None:
        table = _columns(cookies, "the truth of visitors", ("anonymous_id", "person"))
        names = normalise_keys(table["anonymous_id"].cast(pa.string()).combine_chunks())
        kind = pa.array(["visitor"] * len(names), pa.string())
        whole = pa.table({"subject_kind": kind, "subject": names, "person": table["person"]})
        found.append(whole.filter(pc.not_equal(whole["person"], "")))
    if not found:
        raise UsageError(
            "nothing says who the persons of the truth are",
            hint=f"put {IDENTITIES}.csv (source, record_id, person) or {VISITORS}.csv "
            "(anonymous_id, person) beside it",
            file=path,
        )
    persons = pa.concat_tables(found)
    place = _places(trails, persons["subject_kind"], persons["subject"])
    known = pa.table({"place": pa.array(place), "person": persons["person"]})
    known = known.filter(pa.array(place >= 0))
    if not known.num_rows:
        raise UsageError(
            "nobody of the truth is a subject of this build",
            hint="record_id and anonymous_id are written as in: connu export identities, visitors",
            file=path,
        )
    return known


def _purchases(labelled: pa.Table, trails: Trails, persons: pa.Table, path: Path) -> pa.Table:
    """place, node and time (µs) of the purchases of known subjects after the events' end."""
    try:
        told = labelled["bought_at"].cast(pa.string())
        moment = pc.cast(pc.replace_substring_regex(told, "Z$", ""), pa.timestamp("us"))
    except pa.ArrowInvalid:
        raise SourceError(
            "a time of the truth cannot be read",
            hint="write it as 2026-01-31T12:00:00Z",
            file=path,
            column="bought_at",
        ) from None
    table = pa.table(
        {
            "person": labelled["person"].cast(pa.string()),
            "node": pa.array(trails.categories.nodes_of(labelled["category"].to_pylist())),
            "time": moment.cast(pa.int64()),
        }
    )
    later = table.filter(pc.greater_equal(table["time"], trails.now))
    if not later.num_rows:
        raise UsageError(
            "no purchase of the truth lies after the events' end",
            hint="intents speak of the future: give purchases later than the last event",
            file=path,
        )
    return later.join(persons, "person", join_type="inner")


def _within(bought: pa.Table, trails: Trails, days: int) -> np.ndarray:
    """Keys of who bought within some days, as `Outcome.bought` has them."""
    soon = bought.filter(pc.less(bought["time"], trails.now + days * DAY))
    place, node = soon["place"].to_numpy(), soon["node"].to_numpy()
    k = len(trails.categories)
    above = trails.categories.ancestors[node[node >= 0]]
    keys = place[node >= 0][:, None] * (k + 1) + above
    return np.unique(np.concatenate([keys[above >= 0], place * (k + 1) + k])).astype(np.int64)


def _beside(path: Path, name: str) -> Path | None:
    files = (path.with_name(f"{name}{suffix}") for suffix in (".csv", ".parquet"))
    return next((file for file in files if file.is_file()), None)


def _columns(path: Path, what: str, names: tuple[str, ...]) -> pa.Table:
    """A labelled file, which has these columns.

    Raises:
        UsageError: one is missing.
    """
    table = read_truth(path, what)
    for name in names:
        if name not in table.column_names:
            raise UsageError(
                f"{what} has no column «{name}»", hint=f"it needs {', '.join(names)}", file=path
            )
    return table
