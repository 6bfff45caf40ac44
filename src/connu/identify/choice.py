"""What stands of a stretch of customers: for each attribute the row chosen, and how surely.

A stretch is a batch of rows sorted by customer and rid, whole customers only. Its columns are
those of `golden.rows_sql`; here they are numbers, there they are texts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.identify.attributes import PLACE, Attribute
from connu.identify.survivorship import NO_TIME, Records, Stated, agreement, areas, survivors
from connu.kernel.settings import Settings


class Choice(NamedTuple):
    """The rows chosen of a stretch.

    Attributes:
        starts: int64 [customers + 1], as in Records.
        row: int32 [attributes, customers], −1 where the attribute is unknown.
        probability: float64 [attributes, customers], NaN where unknown.
        place: int32 [customers], the row the address is of.
        guess: int32 [customers], the row whose first name tells the sex nobody declared, or −1.
        guessed: float64 [customers], P(female) by that name, or P(male) as a negative number.
        sources: int32 [customers], how many sources know him.
    """

    starts: np.ndarray
    row: np.ndarray
    probability: np.ndarray
    place: np.ndarray
    guess: np.ndarray
    guessed: np.ndarray
    sources: np.ndarray


class Stretch:
    """The rows of whole customers, read as numbers.

    Args:
        rows: the stretch.
        settings: trusts of sources.
        shared: by attribute, hashes of values that belong to too many customers to be one's own.
    """

    def __init__(
        self, rows: pa.RecordBatch, settings: Settings, shared: dict[str, np.ndarray]
    ) -> None:
        self.rows = rows
        self.starts = customer_starts(rows.column("customer_id"))
        self.records = _records(rows, self.starts, settings)
        self._settings = settings
        self._shared = shared
        self._nothing = np.zeros(rows.num_rows, np.uint8)

    def head(self, customers: int) -> Stretch:
        """Its first customers."""
        if customers >= len(self.starts) - 1:
            return self
        rows = self.rows.slice(0, int(self.starts[customers]))
        return Stretch(rows, self._settings, self._shared)

    def stated(self, name: str) -> Stated:
        """What the rows state about an attribute."""
        key = numbers(self.rows, f"key {name}").view(np.int64)
        if name in self._shared:
            key = np.where(np.isin(key, self._shared[name]), 0, key)
        if f"rank {name}" not in self.rows.schema.names:
            return Stated(key, self._nothing, self._nothing)
        rank = numbers(self.rows, f"rank {name}")
        return Stated(key, rank >> 5, (rank & 31) >> 1)

    def places(self) -> Stated:
        """Where the rows say their customers live; of one area, the fullest is shown."""
        postcode, city, address = (
            self.stated(name).key for name in ("postcode", "city", "address")
        )
        key = areas(self.records, postcode, city, address)
        return Stated(key, self._nothing, numbers(self.rows, "place form"))


def choose(
    stretch: Stretch,
    told: list[Attribute],
    settings: Settings,
    errors: dict[str, float],
    names: np.ndarray,
) -> Choice:
    """Choose for every customer of a stretch.

    Args:
        stretch: the rows.
        told: the attributes, in order.
        settings: the rules.
        errors: by attribute, how often a declared value is wrong.
        names: what first names tell of the sex (`FirstNames.told`).
    """
    records = stretch.records
    place = survivors(records, stretch.places(), rule_of(settings, "address"))
    customers = len(stretch.starts) - 1
    row = np.full((len(told), customers), -1, np.int32)
    probability = np.full((len(told), customers), np.nan)
    index = {attribute.name: i for i, attribute in enumerate(told)}
    for i, attribute in enumerate(told):
        name, rule = attribute.name, rule_of(settings, attribute.name)
        values = stretch.stated(name)
        if name == "birth_year":
            row[i] = survivors(records, _led(values, row[index["birth_date"]]), rule)
        elif name == "country":
            row[i] = survivors(records, _led(values, place), rule)
        elif name in PLACE:
            row[i] = np.where((place >= 0) & (values.key[place] != 0), place, -1)
        else:
            row[i] = survivors(records, values, rule)
        probability[i] = agreement(
            records,
            values,
            row[i],
            changes=attribute.changes and rule == "recent",
            complete=attribute.complete,
            several=attribute.several,
            error=errors[name],
        )
    guess = np.where(row[index["sex"]] < 0, row[index["first_name"]], -1)
    guessed = np.where(guess >= 0, names[numbers(stretch.rows, "first name")[guess]], np.nan)
    guess = np.where(np.isnan(guessed), -1, guess)
    sources = _sources(stretch.rows, stretch.starts)
    return Choice(stretch.starts, row, probability, place, guess, guessed, sources)


def rule_of(settings: Settings, name: str) -> str:
    """The survivorship rule of an attribute; a place's four follow that of `address`."""
    own = settings.attributes.get("address" if name in PLACE else name)
    return (own and own.survivorship) or settings.identify.survivorship


def customer_starts(ids: pa.Array) -> np.ndarray:
    """Where each customer starts in sorted ids, and the end."""
    if not len(ids):
        return np.zeros(1, np.int64)
    changed = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.flatnonzero(changed) + 1, [len(ids)]]).astype(np.int64)


def numbers(rows: pa.RecordBatch, name: str) -> np.ndarray:
    """A column as numbers; NULL becomes NaN."""
    return rows.column(name).to_numpy(zero_copy_only=False)


def _records(rows: pa.RecordBatch, starts: np.ndarray, settings: Settings) -> Records:
    source = rows.column("source").dictionary_encode()
    names = source.dictionary.to_pylist()
    trust = [settings.sources[s].trust if s in settings.sources else 0 for s in names]
    at = rows.column("observed_at").cast(pa.timestamp("us")).cast(pa.int64())
    return Records(
        starts=starts,
        at=pc.fill_null(at, NO_TIME).to_numpy(zero_copy_only=False),
        trust=np.array(trust, np.int32)[source.indices.to_numpy()],
        weight=rows.column("weight").to_numpy(zero_copy_only=False),
    )


def _led(values: Stated, leader: np.ndarray) -> Stated:
    """Values of which the leader's rows beat all others: what belongs together stays together."""
    level = np.zeros(len(values.key), np.uint8)
    level[leader[leader >= 0]] = 1
    return values._replace(level=level)


def _sources(rows: pa.RecordBatch, starts: np.ndarray) -> np.ndarray:
    """Rows are sorted by rid, hence by source: a source starts where its name changes."""
    source = rows.column("source").dictionary_encode().indices.to_numpy()
    new = np.ones(len(source), np.int32)
    new[1:] = source[1:] != source[:-1]
    new[starts[:-1]] = 1
    return np.add.reduceat(new, starts[:-1]).astype(np.int32)
