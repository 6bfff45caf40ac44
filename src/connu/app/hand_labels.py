"""Hand labels: what people coded by hand, as arrays that a coder learns from and rows that count.

Of one verbatim the code made last counts, whoever made it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.app.heard import Heard
from connu.ledger.expectations import POLARITIES, STATUSES
from connu.understand.codebook import Codebook
from connu.understand.codes import Codes, codes_from_json
from connu.understand.learning import UNSAID, Labelled
from connu.understand.polarity import NEGATIVE, NEUTRAL, POSITIVE

_POLARITY = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE}
assert set(_POLARITY) == set(POLARITIES)


@dataclass(frozen=True)
class HandLabels:
    """Codes by hand.

    Attributes:
        labelled: of the verbatims that are listened to, as the coder learns them.
        codes: by row of `Heard`, what was said.
    """

    labelled: Labelled
    codes: dict[int, Codes]

    def __len__(self) -> int:
        return len(self.labelled)


def hand_labels(heard: Heard, table: pa.Table, codebook: Codebook) -> HandLabels:
    """The codes of verbatims that are listened to.

    Args:
        heard: the verbatims.
        table: `hand_codes.HAND_CODES`, in the order made.
        codebook: today's.
    """
    last = {
        (source, row): codes
        for source, row, codes in zip(
            *(table[name].to_pylist() for name in ("source", "row", "codes")), strict=True
        )
    }
    said: dict[int, Codes] = {}
    if last:
        keys = zip(heard.table["source"].to_pylist(), heard.table["row"].to_pylist(), strict=True)
        said = {i: codes_from_json(last[key]) for i, key in enumerate(keys) if key in last}
    at = {name: number for number, name in enumerate(codebook.names)}
    rows = np.array(sorted(said), np.int64)
    themes = np.zeros((len(rows), len(at)), np.bool_)
    polarity = np.full((len(rows), len(at)), UNSAID, np.int8)
    for i, row in enumerate(rows.tolist()):
        for theme in said[row].themes:
            if theme not in at:
                continue
            themes[i, at[theme]] = True
            told = polarity_of(said[row], theme)
            if told is not None:
                polarity[i, at[theme]] = _POLARITY[told]
    return HandLabels(Labelled(rows, themes, polarity), said)


def polarity_of(codes: Codes, theme: str) -> str | None:
    """The polarity of a theme: as said, or as its status implies.

    >>> polarity_of(Codes(themes=("price",), status={"price": "unmet"}), "price")
    'negative'
    """
    status = codes.status_of(theme)
    assert status is None or status in STATUSES
    return codes.polarity_of(theme) or {"met": "positive", "unmet": "negative"}.get(status or "")
