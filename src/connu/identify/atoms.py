"""Atoms: the small things two records of one person tend to share, rare enough to point at him.

An atom is a token, a part of a token, a date's part, an e-mail … hashed into a bucket. Atoms that
are common alone become useful in conjunction with one of another group («Martin» and «1962»);
only conjunctions whose expected block under independence is small are made. No blocking rules are
written by hand: frequency decides.

Reads the encoded records; keeps integers only. Two atoms may fall into one bucket: that adds a
candidate, which the comparison then rejects; it never loses one.
"""

from __future__ import annotations

from dataclasses import dataclass

import jellyfish
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from connu.identify.encoding import Codes, Records, encode_column

#: Groups: atoms of one group never make a conjunction, as they say the same thing twice.
NAME, DATE, PLACE, EMAIL, PHONE, KEY, OTHER = range(7)

SINGLE, JOINT = 1, 2

#: Features a record may have, atoms it may make, and atoms that are kept of them.
_MOST, _MOST_MADE, MOST_ATOMS = 128, 512, 160


@dataclass
class Features:
    """What every record could be found by.

    Attributes:
        columns: int32 [n, c] feature of record i in column c, or -1.
        column_group, column_use: int8 [c] group; SINGLE, JOINT or both.
        name_table: int32 [name tokens, k] features of a name token.
        name_use: int8 [k].
        place_table: int32 [place tokens, 1].
        number_table: bool [place tokens]: whether it is a house number.
        counts: int32 [features]: in how many records each stands.
    """

    columns: np.ndarray
    column_group: np.ndarray
    column_use: np.ndarray
    name_table: np.ndarray
    name_use: np.ndarray
    place_table: np.ndarray
    number_table: np.ndarray
    counts: np.ndarray


class _Numbering:
    """Gives every feature of every kind its own number."""

    def __init__(self) -> None:
        self.next = 0

    def column(self, column: Codes) -> np.ndarray:
        """Features of a column of codes, as int32 [n]."""
        out = np.where(column.codes >= 0, column.codes + self.next, -1).astype(np.int32)
        self.next += len(column.values)
        return out

    def derived(self, column: Codes, texts: pa.Array) -> np.ndarray:
        """Features of a text derived from each distinct value, as int32 [n]."""
        table = np.append(self.table(texts), np.int32(-1))  # code -1 reads the last
        return np.where(column.codes >= 0, table[column.codes], -1).astype(np.int32)

    def table(self, texts: pa.Array) -> np.ndarray:
        """Features of each text (null: none), as int32 [texts]."""
        coded = encode_column(texts)
        out = np.where(coded.codes >= 0, coded.codes + self.next, -1).astype(np.int32)
        self.next += len(coded.values)
        return out


def _when(condition: pa.Array, texts: pa.Array) -> pa.Array:
    return pc.if_else(condition, texts, pa.scalar(None, pa.string()))


def make_features(records: Records) -> Features:
    """Features of all records. Cost: linear; string work on distinct values only."""
    number = _Numbering()
    columns: list[np.ndarray] = []
    groups: list[int] = []
    uses: list[int] = []

    def add(feature: np.ndarray, group: int, use: int) -> None:
        if (feature >= 0).any():
            columns.append(feature)
            groups.append(group)
            uses.append(use)

    date = records.values["birth_date"]
    for texts, use in _date_parts(date.values):
        add(number.derived(date, texts), DATE, use)
    postcode = records.values["postcode"]
    add(number.column(postcode), PLACE, SINGLE | JOINT)
    add(number.derived(postcode, postcode_area(postcode.values)), PLACE, JOINT)
    add(number.column(records.values["address"]), PLACE, SINGLE | JOINT)
    add(number.column(records.values["city"]), PLACE, JOINT)
    add(number.column(records.values["occupation"]), OTHER, JOINT)
    email = records.values["email"]
    local = pc.replace_substring_regex(email.values, "@.*$", "")
    letters = pc.utf8_slice_codeunits(pc.replace_substring_regex(local, "[^a-z]", ""), 0, 7)
    add(number.column(email), EMAIL, SINGLE)
    add(number.derived(email, local), EMAIL, SINGLE)
    add(number.derived(email, letters), EMAIL, SINGLE | JOINT)
    phone = records.values["phone"]
    tail = pc.utf8_slice_codeunits(phone.values, -8)
    add(number.derived(phone, tail), PHONE, SINGLE)
    add(number.derived(phone, pc.utf8_slice_codeunits(tail, 0, 6)), PHONE, SINGLE)
    add(number.derived(phone, pc.utf8_slice_codeunits(tail, -6)), PHONE, SINGLE)
    for key in records.keys.values():
        add(number.column(key), KEY, SINGLE)
        add(number.derived(key, pc.utf8_slice_codeunits(key.values, 0, 4)), KEY, JOINT)
        add(number.derived(key, pc.utf8_slice_codeunits(key.values, -4)), KEY, JOINT)

    names, places = records.names, records.places
    kinds = [(number.table(texts), use) for texts, use in _name_parts(names.values)]
    name_table = np.stack([table for table, _ in kinds], axis=1)
    word = pc.match_substring_regex(places.values, "^[a-z]{4,}$")
    place_table = number.table(_when(word, places.values)).reshape(-1, 1)
    house = pc.match_substring_regex(places.values, "^[0-9]{1,4}[a-z]?$")

    counts = np.zeros(number.next + 1, np.int32)
    for column in columns:
        counts += np.bincount(column[column >= 0], minlength=len(counts)).astype(np.int32)
    for tokens, table in ((names, name_table), (places, place_table)):
        for k in range(table.shape[1]):
            feature = table[tokens.codes, k]
            counts += np.bincount(feature[feature >= 0], minlength=len(counts)).astype(np.int32)
    matrix = np.stack(columns, axis=1) if columns else np.zeros((records.size, 0), np.int32)
    return Features(
        columns=np.ascontiguousarray(matrix),
        column_group=np.array(groups, np.int8),
        column_use=np.array(uses, np.int8),
        name_table=np.ascontiguousarray(name_table),
        name_use=np.array([use for _, use in kinds], np.int8),
        place_table=place_table,
        number_table=house.to_numpy(zero_copy_only=False).astype(np.bool_),
        counts=counts,
    )


def _date_parts(date: pa.Array) -> list[tuple[pa.Array, int]]:
    """A date, its parts, and the date whichever of day and month comes first."""
    full = pc.equal(pc.utf8_length(date), 8)
    year, month, day = (pc.utf8_slice_codeunits(date, a, b) for a, b in ((0, 4), (4, 6), (6, 8)))
    earlier = pc.less(month, day)
    ordered = pc.if_else(earlier, _glue(year, month, day), _glue(year, day, month))
    return [
        (_when(full, date), SINGLE | JOINT),
        (year, JOINT),
        (_when(full, _glue(month, day)), JOINT),
        (_when(full, _glue(year, month)), JOINT),
        (_when(full, _glue(year, day)), JOINT),
        (_when(full, ordered), SINGLE),
    ]


def _name_parts(token: pa.Array) -> list[tuple[pa.Array, int]]:
    """A token, its beginning, its end, its sound, its first letters."""
    long = pc.greater_equal(pc.utf8_length(token), 4)
    sound = pa.array([jellyfish.metaphone(t) or None for t in token.to_pylist()], pa.string())
    return [
        (token, SINGLE | JOINT),
        (_when(long, pc.utf8_slice_codeunits(token, 0, 4)), SINGLE),
        (_when(long, pc.utf8_slice_codeunits(token, -4)), SINGLE),
        (sound, SINGLE | JOINT),
        (pc.utf8_slice_codeunits(token, 0, 2), JOINT),
    ]


def _glue(*parts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def postcode_area(values: pa.Array) -> pa.Array:
    """The wider area of a postcode: the outward code of a British one, else its first digits."""
    british = pc.match_substring_regex(values, "^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}$")
    outward = pc.utf8_slice_codeunits(values, 0, -3)
    return pc.if_else(british, outward, pc.utf8_slice_codeunits(values, 0, 3))


@njit(cache=True, nogil=True)
def _mix(x):
    """SplitMix64's finaliser: spreads the bits of a 64-bit number."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _atoms_of(i, f, g, use, tokens, cap, n, counts, out):
    """Hashes of record i's atoms into `out`; returns how many.

    f, g, use hold its `tokens` features, their groups and uses.
    """
    made = 0
    for a in range(tokens):
        c = counts[f[a]]
        if use[a] & SINGLE and 1 < c <= cap and made < out.size:
            out[made] = _mix(np.uint64(f[a]) + np.uint64(0x9E3779B97F4A7C15))
            made += 1
    for a in range(tokens):
        if not use[a] & JOINT or counts[f[a]] <= cap // 2:
            continue
        for b in range(a + 1, tokens):
            if g[a] == g[b] or not use[b] & JOINT or counts[f[b]] <= cap // 2:
                continue
            if np.float64(counts[f[a]]) * counts[f[b]] > cap * np.float64(n):
                continue
            if made < out.size:
                x = np.uint64(min(f[a], f[b])) * np.uint64(0x9E3779B97F4A7C15)
                y = np.uint64(max(f[a], f[b])) * np.uint64(0xC2B2AE3D27D4EB4F)
                out[made] = _mix(x ^ (y + np.uint64(0x165667B19E3779F9)))
                made += 1
    return made


@njit(cache=True, nogil=True)
def _features_of(
    i, columns, cgroup, cuse, nstart, ncodes, ntable, nuse, pstart, pcodes, ptable, f, g, use
):
    """Features of record i with their groups and uses; returns how many."""
    made = 0
    for c in range(columns.shape[1]):
        if columns[i, c] >= 0 and made < f.size:
            f[made] = columns[i, c]
            g[made] = cgroup[c]
            use[made] = cuse[c]
            made += 1
    for t in range(nstart[i], nstart[i + 1]):
        for k in range(ntable.shape[1]):
            x = ntable[ncodes[t], k]
            if x >= 0 and made < f.size:
                f[made] = x
                g[made] = NAME
                use[made] = nuse[k]
                made += 1
    for t in range(pstart[i], pstart[i + 1]):
        x = ptable[pcodes[t], 0]
        if x >= 0 and made < f.size:
            f[made] = x
            g[made] = PLACE
            use[made] = JOINT
            made += 1
    return made


@njit(cache=True, nogil=True)
def _house_atoms(i, pstart, pcodes, ptable, number, out, made):
    """House number with each word of the place: «12» and «lilas»."""
    for t in range(pstart[i], pstart[i + 1]):
        if number[pcodes[t]]:
            for w in range(pstart[i], pstart[i + 1]):
                x = ptable[pcodes[w], 0]
                if x >= 0 and made < out.size:
                    out[made] = _mix(
                        np.uint64(x) * np.uint64(0xD6E8FEB86659FD93)
                        ^ (np.uint64(pcodes[t]) + np.uint64(0xA0761D6478BD642F))
                    )
                    made += 1
            break
    return made


@njit(cache=True, nogil=True)
def count_buckets(
    n, mask, cap, columns, cgroup, cuse, nstart, ncodes, ntable, nuse, pstart, pcodes, ptable,
    number, counts, buckets,
):  # fmt: skip
    """How many atoms fall into each bucket (saturating), over all records."""
    f = np.empty(_MOST, np.int32)
    g = np.empty(_MOST, np.int8)
    use = np.empty(_MOST, np.int8)
    out = np.empty(_MOST_MADE, np.uint64)
    for i in range(n):
        m = _features_of(
            i,
            columns,
            cgroup,
            cuse,
            nstart,
            ncodes,
            ntable,
            nuse,
            pstart,
            pcodes,
            ptable,
            f,
            g,
            use,
        )
        k = _atoms_of(i, f, g, use, m, cap, n, counts, out)
        k = _house_atoms(i, pstart, pcodes, ptable, number, out, k)
        for a in range(k):
            b = np.int64(out[a] & mask)
            if buckets[b] < 60000:
                buckets[b] += 1


@njit(cache=True, nogil=True)
def keep_atoms(
    first, last, n, mask, cap, columns, cgroup, cuse, nstart, ncodes, ntable, nuse, pstart, pcodes,
    ptable, number, counts, buckets, start, kept,
):  # fmt: skip
    """Buckets of the atoms of records first..last shared by 2 to `cap` records, the rarest first.

    Fills start int64 [last - first + 1] and kept int32, which has room for MOST_ATOMS a record.
    """
    f = np.empty(_MOST, np.int32)
    g = np.empty(_MOST, np.int8)
    use = np.empty(_MOST, np.int8)
    out = np.empty(_MOST_MADE, np.uint64)
    held = np.empty(MOST_ATOMS, np.uint16)
    total = 0
    for i in range(first, last):
        m = _features_of(
            i,
            columns,
            cgroup,
            cuse,
            nstart,
            ncodes,
            ntable,
            nuse,
            pstart,
            pcodes,
            ptable,
            f,
            g,
            use,
        )
        k = _atoms_of(i, f, g, use, m, cap, n, counts, out)
        k = _house_atoms(i, pstart, pcodes, ptable, number, out, k)
        start[i - first] = total
        for a in range(k):
            b = np.int64(out[a] & mask)
            if 1 < buckets[b] <= cap and total - start[i - first] < MOST_ATOMS:
                seen = False
                for z in range(start[i - first], total):
                    if kept[z] == b:
                        seen = True
                        break
                if not seen:
                    # The rarest first: what points at fewest records says most.
                    at = total
                    while at > start[i - first] and held[at - 1 - start[i - first]] > buckets[b]:
                        kept[at] = kept[at - 1]
                        held[at - start[i - first]] = held[at - 1 - start[i - first]]
                        at -= 1
                    kept[at] = b
                    held[at - start[i - first]] = buckets[b]
                    total += 1
    start[last - first] = total
    return total
