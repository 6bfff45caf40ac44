"""Sessions as arrays: clicks as they are handed in, checked, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from connu.kernel.errors import ConnuError

#: Whole numbers between these are seconds or milliseconds since 1970, hardly ever µs.
_SECONDS, _MICROS = 10**8, 10**14


@dataclass(frozen=True)
class Clicks:
    """m clicks, by session and time.

    Attributes:
        session: (m,) labels, ascending. item: (m,) labels. time: int64 (m,) µs since 1970.
        row: int64 (m,): where each stood when it was handed in.
    """

    session: np.ndarray
    item: np.ndarray
    time: np.ndarray
    row: np.ndarray


def in_order(session: Any, item: Any, time: Any) -> Clicks:
    """Clicks in the order of their sessions and times, ties in the order of the rows.

    Raises:
        ConnuError: arrays of unequal length or of nothing, missing values, a time that is none.
    """
    sessions, items = labels_of(session, "session"), labels_of(item, "item")
    times = micros(time)
    same_length(session=sessions, item=items, time=times)
    if not len(items):
        raise ConnuError("there are no clicks", hint="pass one row per click")
    order = np.lexsort((times, sessions))
    return Clicks(sessions[order], items[order], times[order], order)


def labels_of(values: Any, name: str) -> np.ndarray:
    """(m,) whole numbers or texts, whatever they came as (list, numpy, Arrow, pandas).

    Raises:
        ConnuError: neither, or values are missing.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise ConnuError(f"{name} is no column", hint="pass one value per click")
    if array.dtype == object:
        kinds = {type(value) for value in array.tolist()}
        if kinds <= {str}:
            return array.astype(np.str_)
        if kinds <= {int}:
            return array.astype(np.int64)
        raise _unlabelled(name)
    if array.dtype.kind == "T":
        return array.astype(np.str_)
    if not len(array) or array.dtype.kind in "U":
        return array
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    raise _unlabelled(name)


def micros(time: Any) -> np.ndarray:
    """int64 (m,) µs since 1970, of datetime64, Arrow timestamps or whole numbers of µs.

    Raises:
        ConnuError: something else, a time that is missing, or numbers that look like seconds.
    """
    array = np.asarray(time)
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise ConnuError("some times are missing", hint="leave out clicks without a time")
        return array.astype("datetime64[us]").astype(np.int64)
    if not len(array):
        return np.zeros(0, np.int64)
    if array.dtype.kind not in "iu":
        raise ConnuError(
            "time is neither datetime64 nor µs", hint="pass numpy.asarray(time, 'datetime64[us]')"
        )
    if _SECONDS <= int(array.max()) < _MICROS:
        raise ConnuError(
            "time looks like seconds or milliseconds",
            hint="pass numpy.asarray(time, 'datetime64[s]'), or [ms]",
        )
    return array.astype(np.int64)


def texts(values: Any, name: str) -> np.ndarray:
    """(m,) texts, empty where nothing is said; numbers become texts.

    Raises:
        ConnuError: not a column.
    """
    array = np.asarray(values, dtype=object)
    if array.ndim != 1:
        raise ConnuError(f"{name} is no column", hint="pass one value per click")
    told, place = np.unique([_text(value) for value in array.tolist()], return_inverse=True)
    return told[place] if len(array) else np.zeros(0, np.str_)


def coded(labels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """int32 (m,): the place of each label among the known ones (sorted), -1 where it is none."""
    if not len(known) or labels.dtype.kind != known.dtype.kind:
        return np.full(len(labels), -1, np.int32)
    at = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return np.where(known[at] == labels, at, -1).astype(np.int32)


def same_length(**columns: Any) -> None:
    """Nothing.

    Raises:
        ConnuError: the columns, by name, are not of one length.
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ConnuError(f"columns of unequal length: {said}", hint="pass one value per click")


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _unlabelled(name: str) -> ConnuError:
    return ConnuError(
        f"{name} holds neither whole numbers nor texts throughout",
        hint="leave out clicks without one, or make all of them texts",
    )
