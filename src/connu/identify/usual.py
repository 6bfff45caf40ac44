"""What two strangers' records usually show, before any data: the first idea of u.

A base of a few records has hardly any strangers who agree on anything, and may be full of
duplicates: to learn from it alone what strangers share is to learn that they share everything.
The figures are rough ideas, written by hand and in no way measured; a few thousand records
outvote them.
"""

from __future__ import annotations

import numpy as np

from connu.identify import bags, names
from connu.identify.compare import Field

_DATE = [0.72, 0.22, 0.03, 0.003, 0.012, 0.008, 0.005, 0.003, 5e-4, 3e-4, 2e-4]
_KEY = [0.99, 0.006, 0.003, 0.001]
_POSTCODE = [0.7, 0.15, 0.03, 0.05, 0.03, 0.04]
#: E-mails of strangers who share no, one or both parts of their names.
_EMAIL = [
    [0.999, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4],
    [0.989, 5e-3, 3e-3, 5e-4, 2e-3, 5e-4],
    [0.74, 0.14, 0.09, 0.005, 0.02, 0.005],
]
_WORD, _EQUAL = [0.9, 0.05, 0.05], [0.5, 0.5]
#: Names: conflict, open, alike, same; the more bits are shared, the rarer.
_GIVEN, _FAMILY = [0.9, 0.05, 0.02, 0.03], [0.92, 0.05, 0.01, 0.02]
#: How much rarer it is that names share bits and no part agrees, or the other way round.
_ODD = 0.02
#: Addresses: by shared bits, by contradicting bits (from much to none), alike or to the letter.
_PLACE_SHARED = [0.8, 0.1, 0.05, 0.02, 0.01, 0.008, 0.006, 0.004, 0.002]
_PLACE_AGAINST = [0.6, 0.25, 0.1, 0.05]


def usual_shares(field: Field) -> np.ndarray:
    """Usual share of each level among strangers: float64 [levels], 1 in each block."""
    return _BY_KIND[field.kind]


def _name() -> np.ndarray:
    shared, given, family = np.unravel_index(np.arange(names.LEVELS), names.SHAPE)
    share = 0.5**shared * np.array(_GIVEN)[given] * np.array(_FAMILY)[family]
    agrees = (given >= names.ALIKE) | (family >= names.ALIKE)
    share = np.where(agrees == (shared > 0), share, share * _ODD)
    return share / share.sum()


def _place() -> np.ndarray:
    share = np.multiply.outer(np.array(_PLACE_SHARED), np.array(_PLACE_AGAINST))
    share = np.repeat(share.ravel(), bags.LEVELS // share.size)
    return share / share.sum()


_BY_KIND = {
    "name": _name(),
    "place": _place(),
    "date": np.array(_DATE) / sum(_DATE),
    "postcode": np.array(_POSTCODE) / sum(_POSTCODE),
    "email": np.concatenate([np.array(block) / sum(block) for block in _EMAIL]),
    "key": np.array(_KEY) / sum(_KEY),
    "word": np.array(_WORD),
    "equal": np.array(_EQUAL),
}
