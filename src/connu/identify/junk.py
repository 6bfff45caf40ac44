"""Identifiers that identify nobody: placeholders, a shop's own phone, shared devices.

Learnt from the data. A value is generic when many records hold it and their names do not agree:
two holders of a customer's own e-mail bear one name, members of a household often share a
surname, two holders of «noemail@…» agree no more than strangers do. No list of bad values is
needed, and no threshold on how often a value may stand: a customer may have written 200 times.

Cost: linear in the records that hold a value which at least FEWEST_HOLDERS records hold.
"""

from __future__ import annotations

import numpy as np

from connu.identify.encoding import Codes, Records, Tokens
from connu.identify.rarity import hash_words

#: Below this number of holders names decide nothing: the pairs are compared one by one instead.
FEWEST_HOLDERS = 5
#: Own and household values lie far above, junk far below.
LEAST_AGREEMENT = 0.2
#: A value so often held by records without any name is generic.
MOST_NAMELESS = 100


def forget_generic(
    records: Records, *, devices: int, known: dict[str, np.ndarray] | None = None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Read generic identifiers as absent, in place.

    Args:
        records: the encoded records.
        devices: a cookie seen with more accounts than this is a shared device.
        known: identifier type → hashes of values already found generic, as this returns them.

    Returns:
        identifier type → uint64 [values], sorted: hashes of the generic values, the known ones
        too; and bool [n]: the records that held one that was not known.
    """
    known = known or {}
    found = {}
    touched = np.zeros(records.size, np.bool_)
    for columns in (records.values, records.keys):
        for name in list(columns):
            if columns is records.values and name not in ("email", "phone"):
                continue
            column = columns[name]
            generic = generic_values(column, records.names)
            if name == "anonymous_id" and "account" in records.keys:
                generic |= shared_devices(column, records.keys["account"], devices)
            hashed = hash_words(column.words.data, column.words.offsets)
            before = known.get(name, hashed[:0])
            touched |= np.append(generic & ~np.isin(hashed, before), False)[column.codes]
            generic |= np.isin(hashed, before)
            columns[name] = column.without(generic)
            found[name] = np.unique(np.concatenate([before, hashed[generic]]))
    return found, touched


def generic_values(column: Codes, names: Tokens) -> np.ndarray:
    """Which values of an identifier column are generic: bool [values]."""
    often = np.append(column.counts >= FEWEST_HOLDERS, False)
    holder = np.flatnonzero(often[column.codes])
    value = column.codes[holder].astype(np.int64)
    size = (names.start[1:] - names.start[:-1])[holder]
    # Of the pairs of named holders, how many share a token of the name.
    owner = np.repeat(np.arange(len(holder)), size)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    token = names.codes[names.start[holder][owner] + within].astype(np.int64)
    pair, times = np.unique((value[owner] << 32) | token, return_counts=True)
    agreeing = np.bincount(pair >> 32, times * (times - 1) / 2, len(column.counts))
    named = np.bincount(value[size > 0], minlength=len(column.counts))
    possible = named * (named - 1) / 2
    by_name = (named >= FEWEST_HOLDERS) & (agreeing < LEAST_AGREEMENT * possible)
    nameless = (named < FEWEST_HOLDERS) & (column.counts > MOST_NAMELESS)
    return by_name | nameless


def shared_devices(device: Codes, account: Codes, most: int) -> np.ndarray:
    """Which devices were used by more than `most` accounts: bool [devices]."""
    both = (device.codes >= 0) & (account.codes >= 0)
    key = (device.codes[both].astype(np.int64) << 32) | account.codes[both]
    used = np.bincount(np.unique(key) >> 32, minlength=len(device.counts))
    return used > most
