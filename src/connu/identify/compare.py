"""Comparison of pairs: per group of correlated fields one level, from «contradicts» to «equal».

All names are one group and all parts of an address are one: they agree together or not at all,
and counting them apart would count one piece of evidence twice.

Cost: 0.1 to 0.5 µs a pair and field on two threads; two bytes a pair and field are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.identify import bags, names, values
from connu.identify.encoding import Records
from connu.identify.pair_keys import among, pair_keys
from connu.identify.rarity import NAME, PLACE, Rarity

UNKNOWN = -1


@dataclass(frozen=True)
class Field:
    """One group of fields as it is compared.

    Attributes:
        name: as shown in explanations.
        kind: how it is compared: a word of `_BY_KIND`.
        levels: how many levels it has; UNKNOWN is none of them.
        exact: the levels of equal values, where the rarity of the value counts.
        blocks: the levels fall into this many blocks of one size; which block a pair falls into
            is known from other fields, so shares are taken within a block.
        shared: whether members of a household share it; what is not shared, they hold like
            strangers.
    """

    name: str
    kind: str
    levels: int
    exact: tuple[int, ...] = ()
    blocks: int = 1
    shared: bool = False

    @classmethod
    def of(cls, name: str, kind: str) -> Field:
        """The field of that name, compared as its kind is."""
        levels, exact, blocks = _BY_KIND[kind]
        return cls(name, kind, levels, exact, blocks, name in _SHARED)


#: Kind of comparison: levels, those of equal values, blocks.
_BY_KIND: dict[str, tuple[int, tuple[int, ...], int]] = {
    "name": (names.LEVELS, (), 1),
    "place": (bags.LEVELS, (), 1),
    "date": (values.DATE_LEVELS, (9, 10), 1),
    "postcode": (values.POSTCODE_LEVELS, (), 1),
    "email": (values.EMAIL_LEVELS * values.EMAIL_BLOCKS, (4, 5, 10, 11, 16, 17), 3),
    "key": (values.KEY_LEVELS, (3,), 1),
    "word": (values.WORD_LEVELS, (2,), 1),
    "equal": (2, (), 1),
}
_SHARED = frozenset({"name", "address", "city", "postcode", "email", "phone"})
#: Value columns in the order shown, and how each is compared.
_COLUMNS = {
    "birth_date": "date",
    "email": "email",
    "phone": "key",
    "sex": "equal",
    "occupation": "word",
}


def fields_of(records: Records) -> list[Field]:
    """The groups these records can be compared by, in a fixed order."""
    known = {name for name, column in records.values.items() if column.known}
    chosen = {"name": "name"}
    if "address" in known:
        chosen["address"] = "place"
    else:
        # Without a street, town and postcode are short texts, and more is learnt of them as such.
        chosen |= {"city": "word", "postcode": "postcode"}
    chosen |= _COLUMNS
    fields = [Field.of(n, kind) for n, kind in chosen.items() if n in known | {"name"}]
    keys = sorted(key for key, column in records.keys.items() if column.known)
    return fields + [Field.of(key, "key") for key in keys]


def shares_identifier(fields: list[Field], levels: dict[str, np.ndarray]) -> np.ndarray:
    """Which pairs share an identifier that is not generic, by their levels: bool [pairs]."""
    shares = np.zeros(len(levels[fields[0].name]), np.bool_)
    for field in fields:
        if field.kind in ("key", "email"):
            shares |= np.isin(levels[field.name], field.exact)
    return shares


class Comparison:
    """Compares pairs of records by a fixed list of fields.

    Args:
        records: the encoded records.
        fields: what to compare, as `fields_of` gives it.
        rarity: how common values are.
        holders: field → int32 [pairs, 2], sorted: records that share a value of the identifier,
            be it not the first they hold; they count as equal there.
    """

    def __init__(
        self,
        records: Records,
        fields: list[Field],
        rarity: Rarity,
        holders: dict[str, np.ndarray] | None = None,
    ) -> None:
        self.records = records
        self.fields = fields
        self._holders = {
            name: pair_keys(pairs[:, 0], pairs[:, 1], records.size)
            for name, pairs in (holders or {}).items()
            if len(pairs)
        }
        self._words = {
            f.name: records.column(f.name).words
            for f in fields
            if f.kind not in ("name", "place", "equal")
        }
        self._names = records.names.words
        self._places = records.places.words
        self._name_bits = rarity.bits(NAME, self._names)
        self._roles = rarity.roles(records)
        self._place_bits = rarity.bits(PLACE, self._places)

    def levels(self, left: np.ndarray, right: np.ndarray) -> dict[str, np.ndarray]:
        """Level of every pair in every field: name → int16 or int8 [pairs]."""
        out: dict[str, np.ndarray] = {}
        for field in self.fields:
            out[field.name] = self.level(field, left, right, out.get("name"))
        keys = pair_keys(left, right, self.records.size)
        for field in self.fields:
            held = self._holders.get(field.name)
            if held is not None:
                missed = among(keys, held) & ~np.isin(out[field.name], field.exact)
                equal = np.full(len(left), field.exact[0], out[field.name].dtype)
                if field.kind == "email":
                    equal += self._shared_parts(left, right, out.get("name")) * values.EMAIL_LEVELS
                out[field.name][missed] = equal[missed]
        return out

    def level(
        self, field: Field, left: np.ndarray, right: np.ndarray, name: np.ndarray | None = None
    ) -> np.ndarray:
        """Level of every pair in one field; an e-mail is judged by the level of the name."""
        records = self.records
        if field.kind == "name":
            tokens, words = records.names, self._names
            return names.compare_names(
                left, right, tokens.start, tokens.codes, self._roles, self._name_bits,
                records.forms, words.data, words.offsets, bags.SHARED_BITS,
            )  # fmt: skip
        if field.kind == "place":
            tokens, words = records.places, self._places
            return bags.compare_bags(
                left, right, tokens.start, tokens.codes, self._place_bits, words.data,
                words.offsets, bags.SHARED_BITS, bags.AGAINST_BITS,
            )  # fmt: skip
        codes = records.column(field.name).codes
        if field.kind == "equal":
            return values.compare_equal(left, right, codes)
        words = self._words[field.name]
        text = (codes, words.data, words.offsets)
        if field.kind == "email":
            return values.compare_emails(left, right, *text, self._shared_parts(left, right, name))
        by_kind = {
            "date": values.compare_dates,
            "postcode": values.compare_postcodes,
            "key": values.compare_keys,
            "word": values.compare_words,
        }
        return by_kind[field.kind](left, right, *text)

    def _shared_parts(
        self, left: np.ndarray, right: np.ndarray, name: np.ndarray | None
    ) -> np.ndarray:
        """How many parts of the name each pair shares, given and family: int8 [pairs], 0 to 2."""
        return names.SHARED_PARTS[name if name is not None else np.full(len(left), UNKNOWN)]
