"""What a column's values look like: shares of values that read as an e-mail, a date, a price …"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.sources.dates import DateOrder, normalise_birth_dates
from connu.sources.emails import normalise_emails
from connu.sources.mapping import cell
from connu.sources.postcodes import BRITISH
from connu.sources.reading import Opened
from connu.sources.sexes import normalise_sexes
from connu.sources.text import Column, as_text, known

#: The share of rows with a value of their own from which a column may be an id.
NEARLY = 0.98
_SAMPLE_ROWS = 2_000
_YES_NO = re.compile(
    r"(?i)(1|0|y|n|yes|no|o|oui|non|true|false|vrai|faux|t|f|ja|nein|j|on|off|opt[ -_]?(in|out))"
)
_PATTERNS = {
    "phone": r"^[+(]?\d[\d\s().\-/]{6,18}\d$",
    "number": r"^[+-]?[\d\s.,]*\d[\d\s.,]*\s?[€$£%]?$",
    "moment": r"^\d{4}-\d{1,2}-\d{1,2}[T ]\d|^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4} \d|^1\d{9}(\d{3})?$",
    "day": r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$",
    "year": r"^(18|19|20)\d\d(\.0)?$",
    "letters": r"^[\p{L}][\p{L}\p{M}'’.\- ,]*$",
    "code": r"^\S*\d\S*$",
    "postcode": r"(?i)^(\d{4,5}(\.0)?|\d{5}-\d{4}|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})$",
    "spaces": r"\S\s+\S",
    "link": r"^https?://|^/\S*$|^www\.",
}


@dataclass(frozen=True)
class Profile:
    """One column's values.

    Attributes:
        name: the column.
        rows: rows of the source.
        filled: share of rows that hold something (0–1).
        unique: whether no value comes twice among those filled.
        distinct: number of distinct values.
        shares: shape → share of the sampled values that have it (0–1).
        length: mean number of characters.
    """

    name: str
    rows: int
    filled: float
    unique: bool
    distinct: int
    shares: dict[str, float] = field(default_factory=dict)
    length: float = 0.0

    def share(self, shape: str) -> float:
        """The share of one shape; 0 for an empty column."""
        return self.shares.get(shape, 0.0)

    @property
    def is_key(self) -> bool:
        """Whether every row has a value of its own."""
        return self.unique and self.filled == 1.0 and self.rows > 0

    @property
    def nearly_key(self) -> bool:
        """Whether all but two rows in a hundred have a value of their own."""
        return self.distinct >= self.rows * NEARLY and self.rows > 0


def profile_columns(engine: Engine, opened: Opened) -> list[Profile]:
    """Profiles of all columns: counts over all rows, shapes over a sample of 2,000 values."""
    table = quoted(opened.table)
    profiles = []
    for name in opened.columns:
        value = cell(name)
        counted = engine.collect(
            f"SELECT count(*) AS n, count({value}) AS filled, count(DISTINCT {value}) AS distinct_ "
            f"FROM {table}"
        ).to_pylist()[0]
        sample = engine.collect(
            f"SELECT {value} AS v FROM {table} WHERE {value} IS NOT NULL LIMIT {_SAMPLE_ROWS}"
        )
        values = known(as_text(sample["v"])).drop_null()
        profiles.append(
            Profile(
                name=name,
                rows=counted["n"],
                filled=counted["filled"] / counted["n"] if counted["n"] else 0.0,
                unique=counted["filled"] == counted["distinct_"] and counted["filled"] > 0,
                distinct=counted["distinct_"],
                shares=_shapes(values),
                length=float(pc.mean(pc.utf8_length(values)).as_py() or 0.0),
            )
        )
    return profiles


def _shapes(values: Column) -> dict[str, float]:
    if not len(values):
        return {}
    shares = {
        shape: _share(pc.match_substring_regex(values, pattern))
        for shape, pattern in _PATTERNS.items()
    }
    bare = pc.replace_substring_regex(pc.utf8_upper(values), r"\s+", "")
    shares["british"] = _share(pc.match_substring_regex(bare, BRITISH))
    shares["email"] = _share(pc.is_valid(normalise_emails(values)))
    shares["date"] = _share(pc.equal(pc.utf8_length(_dates(values)), 8))
    shares["sex"] = _share(pc.is_valid(normalise_sexes(values)))
    answers = [bool(_YES_NO.fullmatch(value)) for value in values.to_pylist()]
    shares["answer"] = sum(answers) / len(answers)
    return shares


def _dates(values: Column) -> Column:
    return normalise_birth_dates(values, DateOrder())


def _share(mask: pa.Array) -> float:
    return float(pc.mean(pc.fill_null(mask, False).cast(pa.float64())).as_py() or 0.0)
