"""The sentence of a moment: what was counted, in plain words; it names no person and no product."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_DAY_US = 86_400_000_000


def moment_sentences(
    moment: np.ndarray, times: np.ndarray, since: np.ndarray, last: np.ndarray, days: np.ndarray
) -> pa.StringArray:
    """Why each moment is told, by what was counted.

    Args:
        moment: int32 (n,), code into MOMENTS. times: int32 (n,).
        since, last: int64 (n,), µs. days: float64 (n,), of a purchase's category,
            NaN where too few bought again; else unread.

    Cost: half a µs a row.
    """
    sentences = np.full(len(moment), None, object)
    for code, sentence in enumerate((_basket, _watched, _bought)):
        here = moment == code
        told = sentence(times[here], since[here], last[here], days[here])
        sentences[here] = told.to_numpy(zero_copy_only=False)
    return pa.array(sentences, pa.string())


def _basket(
    times: np.ndarray, since: np.ndarray, last: np.ndarray, days: np.ndarray
) -> pa.StringArray:
    often = pc.if_else(
        pa.array(times == 1), "once", _joined(_text(times), " times since ", _day(since))
    )
    on = pc.if_else(pa.array(times == 1), ", on ", ", last on ")
    tail = ", and neither bought it nor took it out"
    return _joined("put it in the basket ", often, on, _day(last), tail)


def _watched(
    times: np.ndarray, since: np.ndarray, last: np.ndarray, days: np.ndarray
) -> pa.StringArray:
    over = np.maximum(last // _DAY_US - since // _DAY_US + 1, 1)
    unit = pc.if_else(pa.array(over == 1), " day, on ", " days, last on ")
    parts = (_text(times), " visits over ", _text(over), unit, _day(last))
    return _joined("looked at it in ", *parts, ", and did not buy it")


def _bought(
    times: np.ndarray, since: np.ndarray, last: np.ndarray, days: np.ndarray
) -> pa.StringArray:
    known = np.isfinite(days)
    wait = _text(np.maximum(np.rint(np.where(known, days, 1.0)), 1).astype(np.int64))
    unit = pc.if_else(pc.equal(wait, "1"), " day", " days")
    told = _joined("; of those who buy of it again, most wait ", wait, unit, " or more")
    return _joined("bought of it on ", _day(last), pc.if_else(pa.array(known), told, ""))


def _joined(*parts: pa.Array | str) -> pa.StringArray:
    return pc.binary_join_element_wise(
        *(pa.scalar(p) if isinstance(p, str) else p for p in parts), ""
    )


def _text(values: np.ndarray) -> pa.StringArray:
    return pc.cast(pa.array(values), pa.string())


def _day(moments: np.ndarray) -> pa.StringArray:
    days = moments.astype("datetime64[us]").astype("datetime64[D]")
    return pa.array(np.datetime_as_string(days).tolist() if len(days) else [], pa.string())
