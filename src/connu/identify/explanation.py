"""Why two records are, or are not, one person: each field's evidence in bits and in words.

The same comparison and the same model as linking, for one pair; the bits add up to the log2 odds
that the linker saw.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.identify import names, values
from connu.identify.compare import UNKNOWN, Comparison, Field
from connu.identify.encoding import Codes, Records, encode_records
from connu.identify.holders import holder_pairs
from connu.identify.junk import FEWEST_HOLDERS, forget_generic
from connu.identify.link_tables import PairWriter
from connu.identify.model import LinkModel
from connu.identify.scoring import Scoring, probability
from connu.kernel.errors import NotFoundError

Key = tuple[str, str]


@dataclass(frozen=True)
class Evidence:
    """What one field says.

    Attributes:
        field: its name.
        bits: log2 of its Bayes factor; above 0 speaks for one person; None: a side lacks it.
        words: how the two compare, in words; never a value of theirs.
    """

    field: str
    bits: float | None
    words: str


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or are not, one person.

    Attributes:
        evidence: field by field, the strongest first.
        prior: log2 odds of any two records.
        household: bits taken off as two people of one household would look the same.
        calibration: bits by which such sums turned out to say too much or too little.
        bits: the sum: log2 odds that they are one person.
        probability: the same as a probability.
        generic: identifier types one of them holds a generic value of, which says nothing.
    """

    evidence: list[Evidence]
    prior: float
    household: float
    calibration: float
    bits: float
    probability: float
    generic: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON."""
        return asdict(self)


def explain(engine: Engine, model: LinkModel, left: Key, right: Key) -> Explanation:
    """Explain one pair.

    Args:
        engine: holds `normal` and `identifiers`.
        model: the build's linking model.
        left, right: (source, record_id).

    Raises:
        NotFoundError: one of them is no record of this build.
    """
    where = " OR ".join(
        f"(source = {literal(source)} AND record_id = {literal(record)})"
        for source, record in (left, right)
    )
    normal = engine.collect(f"SELECT * FROM normal WHERE {where} ORDER BY rid")
    if normal.num_rows != 2:
        raise NotFoundError(
            "no such record in this build", hint="a record is written source:id, as in crm:1042"
        )
    rids = normal["rid"].to_pylist()
    held = engine.collect(
        f"SELECT CASE WHEN rid = {rids[0]} THEN 0 ELSE 1 END AS rid, type, value "
        f"FROM identifiers WHERE rid IN ({rids[0]}, {rids[1]}) ORDER BY rid, type, value"
    )
    held = held.set_column(0, "rid", held["rid"].cast(pa.int32()))
    records = encode_records(normal, held)
    before = {name: column.known for name, column in _identifiers(records).items()}
    # Two records alone make nothing generic: only what the model knows to be so is forgotten.
    forget_generic(records, devices=FEWEST_HOLDERS, known=model.generic)
    generic = [
        name for name, column in _identifiers(records).items() if column.known < before[name]
    ]
    for field in model.weights.fields:
        if field.kind == "key" and field.name not in records.values | records.keys:
            records.keys[field.name] = _absent()
    comparison = Comparison(
        records, model.weights.fields, model.rarity, holder_pairs(held, model.generic)
    )
    pair = np.array([0], np.int32), np.array([1], np.int32)
    levels = comparison.levels(*pair)
    scoring = Scoring(comparison, model.weights, model.rarity)
    bits = PairWriter(scoring, model.calibration).evidence(*pair)
    evidence = [
        Evidence(
            f.name,
            None if np.isnan(bits[f.name][0]) else round(float(bits[f.name][0]), 2),
            level_words(f, int(levels[f.name][0])),
        )
        for f in model.weights.fields
    ]
    evidence.sort(key=lambda e: (e.bits is None, -abs(e.bits or 0.0), e.field))
    total = float(np.nansum([value[0] for value in bits.values()]))
    return Explanation(
        evidence=evidence,
        prior=float(bits["prior"][0]),
        household=float(bits["household"][0]),
        calibration=float(bits["calibration"][0]),
        bits=total,
        probability=float(probability(np.array([total]))[0]),
        generic=generic,
    )


def _identifiers(records: Records) -> dict[str, Codes]:
    return {k: records.values[k] for k in ("email", "phone")} | records.keys


def _absent() -> Codes:
    return Codes(np.full(2, -1, np.int32), pa.array([], pa.string()), np.zeros(0, np.int32))


_STATES = ("differ", "cannot be compared", "are alike", "are the same")
_WORDS: dict[str, tuple[str, ...]] = {
    "date": (
        "more than ten years apart",
        "within ten years",
        "within a year",
        "same day and month, another year",
        "same year, another day",
        "two digits differ",
        "same year, one of the two says no more",
        "one digit differs",
        "day and month swapped",
        "same year, and both say no more than 1 January",
        "the same date",
    ),
    "postcode": (
        "elsewhere",
        "same region",
        "two characters differ",
        "same area",
        "one character differs",
        "the same",
    ),
    "key": ("different", "two characters differ", "one character differs", "the same"),
    "word": ("different", "alike", "the same"),
    "equal": ("different", "the same"),
}
_EMAIL = (
    "different",
    "almost the same before the @",
    "the same before the @",
    "the same before the @, digits included",
    "the same",
    "the same, digits included",
)
_NAMESAKES = ("", ", between people who share a name", ", between namesakes")


def level_words(field: Field, level: int) -> str:
    """What a level means, in words."""
    if level == UNKNOWN:
        return "unknown on one side"
    if field.kind == "name":
        _, given, family = (int(x) for x in np.unravel_index(level, names.SHAPE))
        return f"given names {_STATES[given]}, family names {_STATES[family]}"
    if field.kind == "place":
        shared, against = level // 8, 3 - level // 2 % 4
        how = ("nothing", "little", "something", "much", "much", "most", "most", "all", "all")
        spoken = ("", ", little differs", ", something differs", ", much differs")
        return f"{how[shared]} in common{spoken[against]}"
    if field.kind == "email":
        block, step = divmod(level, values.EMAIL_LEVELS)
        return _EMAIL[step] + _NAMESAKES[block]
    return _WORDS[field.kind][level]
