"""The linking model: what was learnt from a brand's records, kept from build to build.

Under one model a pair's evidence depends on the two records alone, so adding records changes no
other pair. It holds shares and hashed counts, no value of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec
import numpy as np
import pyarrow as pa

from connu.identify.calibration import Calibration
from connu.identify.compare import Field
from connu.identify.rarity import Rarity, hash_words
from connu.identify.strings import Words
from connu.identify.weights import Weights
from connu.kernel.errors import BuildError

VERSION = 1
#: A base that has grown by more than this since the model was learnt has it learnt anew.
MOST_GROWTH = 2.0


class _Learnt(msgspec.Struct, frozen=True):
    """One field of the model as it is stored."""

    name: str
    kind: str
    same: list[float]
    household: list[float]
    strangers: list[float]


class _Counts(msgspec.Struct, frozen=True):
    """The rarity of one group as it is stored: arrays as bytes (base64 in JSON)."""

    hashes: bytes
    counts: bytes
    collision: float
    holders: int


class _Stored(msgspec.Struct, frozen=True):
    version: int
    records: int
    prior: float
    prior_household: float
    fields: list[_Learnt]
    rarity: dict[str, _Counts]
    generic: dict[str, bytes]
    unique: list[str]
    calibration: list[list[float]]


class LinkModel:
    """Weights and rarity.

    Args:
        weights: shares of levels among the three kinds of pairs.
        rarity: how common values are.
        generic: identifier type → uint64 hashes, sorted, of values that identify nobody.
        unique: sources in which a person stands at most once.
        calibration: from summed bits to the odds of a match.
    """

    def __init__(
        self,
        weights: Weights,
        rarity: Rarity,
        generic: dict[str, np.ndarray] | None = None,
        unique: frozenset[str] = frozenset(),
        calibration: Calibration | None = None,
    ) -> None:
        self.weights = weights
        self.rarity = rarity
        self.generic = generic or {}
        self.unique = unique
        self.calibration = calibration or Calibration.none()

    def knows(self, fields: list[Field]) -> bool:
        """Whether the model was learnt on just these fields."""
        return self.weights.fields == fields

    def serves(self, fields: list[Field], records: int) -> bool:
        """Whether the model still speaks for a base of so many records and these fields.

        What a handful of records taught is no measure for a base that has doubled since.
        """
        return self.knows(fields) and records <= MOST_GROWTH * max(self.rarity.size, 1)

    def fits(self, fields: list[Field], unique: frozenset[str]) -> bool:
        """Whether evidence scored under the model still holds for these fields and sources."""
        return self.knows(fields) and self.unique == unique

    def without(self, values: Iterable[tuple[str, str]]) -> LinkModel:
        """The model without any trace of some identifiers (type, value), for who is forgotten.

        Only their hashed counts go: a value counted once is not in the model at all.
        """
        rarity = replace(
            self.rarity, hashes=dict(self.rarity.hashes), counts=dict(self.rarity.counts)
        )
        generic = dict(self.generic)
        for kind, value in values:
            words = Words(pa.array([value], pa.string()))
            gone = hash_words(words.data, words.offsets)[0]
            if kind in rarity.hashes:
                stays = rarity.hashes[kind] != gone
                rarity.hashes[kind] = rarity.hashes[kind][stays]
                rarity.counts[kind] = rarity.counts[kind][stays]
            if kind in generic:
                generic[kind] = generic[kind][generic[kind] != gone]
        return LinkModel(self.weights, rarity, generic, self.unique, self.calibration)

    def to_json(self) -> str:
        """The model as one JSON document."""
        weights, rarity = self.weights, self.rarity
        stored = _Stored(
            version=VERSION,
            records=rarity.size,
            prior=float(weights.prior),
            prior_household=float(weights.prior_household),
            fields=[
                _Learnt(
                    f.name,
                    f.kind,
                    weights.same[f.name].tolist(),
                    weights.household[f.name].tolist(),
                    weights.strangers[f.name].tolist(),
                )
                for f in weights.fields
            ],
            rarity={
                group: _Counts(
                    rarity.hashes[group].astype("<u8").tobytes(),
                    rarity.counts[group].astype("<i4").tobytes(),
                    float(rarity.collision[group]),
                    rarity.holders[group],
                )
                for group in rarity.hashes
            },
            generic={k: v.astype("<u8").tobytes() for k, v in self.generic.items() if len(v)},
            unique=sorted(self.unique),
            calibration=[self.calibration.bits.tolist(), self.calibration.odds.tolist()],
        )
        return msgspec.json.encode(stored).decode()

    @classmethod
    def from_json(cls, text: str) -> LinkModel:
        """The inverse of to_json.

        Raises:
            BuildError: the text is no model, or one of another version.
        """
        try:
            stored = msgspec.json.decode(text, type=_Stored)
        except msgspec.DecodeError as error:
            raise BuildError(
                "the linking model of the last build cannot be read",
                hint="connu build --retrain learns a new one",
            ) from error
        if stored.version != VERSION:
            raise BuildError(
                f"the linking model is of version {stored.version}, this connu reads {VERSION}",
                hint="connu build --retrain learns a new one",
            )
        fields = [Field.of(learnt.name, learnt.kind) for learnt in stored.fields]
        weights = Weights(
            fields,
            {x.name: np.array(x.same) for x in stored.fields},
            {x.name: np.array(x.household) for x in stored.fields},
            {x.name: np.array(x.strangers) for x in stored.fields},
            stored.prior,
            stored.prior_household,
        )
        rarity = Rarity(
            stored.records,
            {g: np.frombuffer(c.hashes, "<u8") for g, c in stored.rarity.items()},
            {g: np.frombuffer(c.counts, "<i4") for g, c in stored.rarity.items()},
            {g: c.collision for g, c in stored.rarity.items()},
            {g: c.holders for g, c in stored.rarity.items()},
        )
        generic = {k: np.frombuffer(v, "<u8") for k, v in stored.generic.items()}
        curve = Calibration(*(np.array(knots) for knots in stored.calibration))
        return cls(weights, rarity, generic, frozenset(stored.unique), curve)
