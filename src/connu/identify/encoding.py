"""Normalised records as integer columns: what the linker works on.

A record is compared many times, so each string becomes a code once, here. Names and places are
bags of tokens; everything else is one code. Equal strings have equal codes; nothing else about a
code means anything.

Reads the tables `normal` and `identifiers`. Cost: linear in the cells, about 2 s and 300 bytes a
record for a million records.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.identify.strings import Words
from connu.kernel.nicknames import canonical_names

NAME_COLUMNS = ("given", "family", "names")
PLACE_COLUMNS = ("address", "city", "postcode")
VALUE_COLUMNS = (
    "birth_date", "postcode", "address", "city", "country", "occupation", "sex", "email", "phone",
)  # fmt: skip
#: Identifier types that `normal` already holds as columns.
CONTACTS = ("email", "phone")
#: Role bit of a token that is the first of several in a column.
FIRST = 128
#: How many canonical first names one familiar form may stand for.
FORMS = 4


@dataclass
class Codes:
    """One value per record.

    Attributes:
        codes: int32 [n]; -1 where the record has none.
        values: the distinct values, by code.
        counts: int32 [values]; how many records hold each.
    """

    codes: np.ndarray
    values: pa.Array
    counts: np.ndarray

    @property
    def words(self) -> Words:
        """The distinct values as bytes."""
        return Words(self.values)

    @property
    def known(self) -> int:
        """How many records hold a value."""
        return int((self.codes >= 0).sum())

    def without(self, values: np.ndarray) -> Codes:
        """The column with some values read as absent.

        Args:
            values: bool [values], True for those to forget.
        """
        table = np.append(np.where(values, -1, np.arange(len(values))), -1).astype(np.int32)
        return Codes(table[self.codes], self.values, np.where(values, 0, self.counts))


@dataclass
class Tokens:
    """A bag of distinct tokens per record.

    Attributes:
        start: int64 [n + 1]; record i holds codes[start[i]:start[i + 1]], sorted.
        codes: int32 [total].
        roles: uint8 [total]; bit k set when the token stands in the k-th column, FIRST when it
            is the first of several there.
        values: the distinct tokens, by code.
        counts: int32 [values]; in how many records each stands.
    """

    start: np.ndarray
    codes: np.ndarray
    roles: np.ndarray
    values: pa.Array
    counts: np.ndarray

    @property
    def words(self) -> Words:
        """The distinct tokens as bytes."""
        return Words(self.values)

    def counts_as(self, role: int) -> np.ndarray:
        """In how many records each token stands in the columns of a role: int64 [values]."""
        return np.bincount(self.codes[(self.roles & role) > 0], minlength=len(self.values))


@dataclass
class Records:
    """All records of a brand, encoded; row i is rid i.

    Attributes:
        size: number of records.
        names, places: bags of tokens.
        forms: int32 [name tokens, FORMS]; the canonical first names a token may stand for, -1
            where there are no more.
        values: one value a record, by column name; e-mail and phone among them.
        keys: further identifiers, by type: the first value of each record.
        unique_source: int16 [n]; the source's number where a person stands in it at most once,
            else -1: two records of one such source are never one person.
    """

    size: int
    names: Tokens
    places: Tokens
    forms: np.ndarray
    values: dict[str, Codes]
    keys: dict[str, Codes]
    unique_source: np.ndarray

    def column(self, name: str) -> Codes:
        """A value column or a key by its name."""
        return self.values[name] if name in self.values else self.keys[name]


def encode_column(column: pa.Array | pa.ChunkedArray) -> Codes:
    """Codes of a string column; equal strings get equal codes, nulls get -1."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = pc.dictionary_encode(array.cast(pa.string()))
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.dictionary)).astype(np.int32)
    return Codes(codes, coded.dictionary, counts)


def encode_tokens(columns: list[pa.ChunkedArray]) -> Tokens:
    """Tokens of several space-separated columns together, each once a record."""
    n = len(columns[0])
    owners, texts, roles = [], [], []
    for bit, column in enumerate(columns):
        array = column.combine_chunks().cast(pa.string())
        split = pc.split_pattern(array.fill_null(""), " ")
        sizes = pc.list_value_length(split).to_numpy(zero_copy_only=False)
        owners.append(np.repeat(np.arange(n, dtype=np.int64), sizes))
        texts.append(split.flatten())
        role = np.full(int(sizes.sum()), 1 << bit, np.uint8)
        role[(np.cumsum(sizes) - sizes)[sizes > 1]] |= FIRST
        roles.append(role)
    coded = pc.dictionary_encode(pa.concat_arrays(texts))
    code = coded.indices.to_numpy(zero_copy_only=False)
    key = (np.concatenate(owners) << 32) | code
    role = np.concatenate(roles)
    empty = pc.index(coded.dictionary, "").as_py()
    if empty >= 0:
        key, role = key[code != empty], role[code != empty]
    order = np.argsort(key, kind="stable")
    key, role = key[order], role[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    if len(first):
        role = np.bitwise_or.reduceat(role, first)
    key = key[first]
    codes = (key & 0xFFFFFFFF).astype(np.int32)
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(key >> 32, minlength=n), out=start[1:])
    counts = np.bincount(codes, minlength=len(coded.dictionary)).astype(np.int32)
    return Tokens(start, codes, role, coded.dictionary, counts)


def encode_records(
    normal: pa.Table, identifiers: pa.Table, *, unique: frozenset[str] = frozenset()
) -> Records:
    """Encode the tables `normal`, sorted by rid, and `identifiers`.

    Args:
        normal: columns rid, source, given … as the table `normal`.
        identifiers: columns rid, type, value.
        unique: sources in which a person stands at most once.
    """
    sources = encode_column(normal["source"])
    is_unique = np.array([s in unique for s in sources.values.to_pylist()] + [False], np.bool_)
    names = encode_tokens([normal[name] for name in NAME_COLUMNS])
    return Records(
        size=normal.num_rows,
        names=names,
        places=encode_tokens([normal[name] for name in PLACE_COLUMNS]),
        forms=_forms(names.values),
        values={name: encode_column(normal[name]) for name in VALUE_COLUMNS},
        keys=_keys(identifiers, normal.num_rows),
        unique_source=np.where(is_unique[sources.codes], sources.codes, -1).astype(np.int16),
    )


def _keys(identifiers: pa.Table, n: int) -> dict[str, Codes]:
    """The first value of each record and identifier type, the smallest where there are several."""
    out = {}
    for kind in sorted(pc.unique(identifiers["type"]).to_pylist()):
        if kind in CONTACTS:
            continue
        rows = identifiers.filter(pc.equal(identifiers["type"], kind))
        rows = rows.sort_by([("rid", "ascending"), ("value", "ascending")])
        rid = rows["rid"].to_numpy()
        first = np.flatnonzero(np.diff(rid, prepend=-1))
        at = np.full(n, -1, np.int64)
        at[rid[first]] = first
        indices = pa.array(at, mask=at < 0)
        out[kind] = encode_column(rows["value"].combine_chunks().take(indices))
    return out


def _forms(tokens: pa.Array) -> np.ndarray:
    """Canonical first names of each token, as the tokens' own numbers or beyond them."""
    number: dict[str, int] = {}
    out = np.full((len(tokens), FORMS), -1, np.int32)
    for code, token in enumerate(tokens.to_pylist()):
        names = canonical_names(token)
        if len(names) > 1 or names[0] != token:
            for k, name in enumerate(names[1:FORMS] if names[0] == token else names[:FORMS]):
                out[code, k] = number.setdefault(name, len(number))
    # A canonical name stands for itself too, or «bill» would not meet «william».
    for code, token in enumerate(tokens.to_pylist()):
        if token in number:
            free = np.flatnonzero(out[code] < 0)
            if len(free):
                out[code, free[0]] = number[token]
    return out
