"""Evidence: why twins say what they say, in counts and behaviours; never whose they are."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from scipy import sparse

#: Behaviours named, those that weigh most first.
NAMED = 3
#: How one says that people have a value, where one does not say "have attribute value".
_WORDS = {("sex", "female"): "are women", ("sex", "male"): "are men"}


def strongest(
    weights: sparse.csr_matrix, towards: np.ndarray, code: np.ndarray, named: np.ndarray
) -> np.ndarray:
    """The columns that speak most for a class, of each row.

    Args:
        weights: weighted behaviour (m, d).
        towards: float32 (d, k): what a column says of each class.
        code: int64 (m,): the class.
        named: bool (d,): columns that may be named.

    Returns:
        int32 (m, 3), the strongest first; −1 where fewer speak for it.
    """
    return _strongest(weights.indptr, weights.indices, weights.data, towards, code, named)


def evidence_texts(
    attribute: str,
    values: Sequence[str],
    code: np.ndarray,
    alike: np.ndarray,
    twins: int,
    nearness: np.ndarray,
    behaviours: np.ndarray,
    names: Sequence[str],
) -> pa.StringArray:
    """The evidence of statements, JSON each.

    Args:
        attribute, values: what is told, and what it may be.
        code: int64 (m,): the value stated.
        alike: int64 (m,): how many twins have it.
        twins: how many twins there are.
        nearness: (m,) 0–1.
        behaviours: int32 (m, 3): see `strongest`, −1 for none.
        names: of the columns.

    Cost: some µs a statement, no loop over them.
    """
    if not len(code):
        return pa.array([], pa.string())
    quoted = pa.array([json.dumps(name, ensure_ascii=False) for name in names], pa.string())
    many = pa.array(alike).cast(pa.string())
    listed: pa.Array = pa.array([""] * len(code), pa.string())
    for place in range(behaviours.shape[1]):
        name = quoted.take(pa.array(behaviours[:, place], mask=behaviours[:, place] < 0))
        comma = pc.if_else(pc.equal(listed, ""), "", ", ")
        more = pc.binary_join_element_wise(listed, name, comma)
        listed = pc.if_else(pc.is_valid(name), more, listed)
    having = [json.dumps(having_words(attribute, v), ensure_ascii=False)[1:-1] for v in values]
    words = pa.array(having, pa.string()).take(pa.array(code))
    near = pa.array(np.round(nearness, 3)).cast(pa.string())
    return pc.binary_join_element_wise(
        f'{{"twins": {twins}, "alike": ',
        many,
        ', "nearness": ',
        near,
        ', "behaviours": [',
        listed,
        '], "because": "',
        many,
        f" of the {twins} known people who behave most like this one ",
        words,
        '"}',
        "",
    )


def having_words(attribute: str, value: str) -> str:
    """That people have a value, in words.

    >>> having_words("sex", "female"), having_words("age_band", "25-34")
    ('are women', 'have age band 25-34')
    """
    return _WORDS.get((attribute, value), f"have {attribute.replace('_', ' ')} {value}")


@njit(cache=True, nogil=True)
def _strongest(indptr, indices, data, towards, code, named):
    m = len(indptr) - 1
    out = np.full((m, NAMED), -1, np.int32)
    most = np.zeros(NAMED)
    for row in range(m):
        most[:] = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            column = indices[at]
            if not named[column]:
                continue
            value = data[at] * towards[column, code[row]]
            place = NAMED
            while place > 0 and value > most[place - 1]:
                place -= 1
            if place == NAMED:
                continue
            for later in range(NAMED - 1, place, -1):
                most[later] = most[later - 1]
                out[row, later] = out[row, later - 1]
            most[place] = value
            out[row, place] = column
    return out
