"""Sex as declared: `female` or `male`, from the words of sources in French, English and German."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.text import Column, folded, over_distinct

_FEMALE = (
    *("f", "fem", "female", "femme", "feminin", "feminine", "femelle", "fille", "woman", "girl"),
    *("w", "weiblich", "frau", "mme", "mlle", "mle", "madame", "mademoiselle", "mrs", "ms"),
    *("miss", "lady", "2", "2 0"),
)
_MALE = (
    *("m", "h", "homme", "masc", "masculin", "masculine", "male", "man", "boy", "garcon"),
    *("mannlich", "maennlich", "herr", "monsieur", "mr", "mister", "sir", "1", "1 0"),
)
_WORDS = pa.array([*_FEMALE, *_MALE], pa.string())


def normalise_sexes(values: Column) -> Column:
    """'female', 'male', or missing for anything else (`x`, `other`, `unknown`).

    1 and 2 are read as ISO/IEC 5218 and the French NIR do: 1 male, 2 female.
    """
    return over_distinct(values, _normalise)


def _normalise(values: Column) -> Column:
    place = pc.index_in(folded(values), value_set=_WORDS)
    return pc.if_else(
        pc.less(place, len(_FEMALE)),
        "female",
        pc.if_else(pc.is_valid(place), "male", pa.scalar(None, pa.string())),
    )
