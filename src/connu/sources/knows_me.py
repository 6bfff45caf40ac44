"""«Does this brand know you?», as customers answer: 0 (not at all) to 10 (very well).

Numbers are read as they are; words in French and English as yes 10, partly 5, no 0. A number
outside 0-10 is missing: on another scale it would say something else.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.text import Column, folded, known, over_distinct

_YES = (
    *(
        "oui",
        "yes",
        "y",
        "o",
        "tout a fait",
        "oui tout a fait",
        "absolument",
        "completely",
        "fully",
    ),
    *("tres bien", "very well", "bien sur", "true", "vrai", "definitely", "yes definitely", "bien"),
    *("oui tres bien", "yes very well", "well", "absolutely", "plutot oui", "rather yes"),
)
_PARTLY = (
    *("partly", "partially", "en partie", "partiellement", "un peu", "a little", "somewhat"),
    *("plus ou moins", "more or less", "moyennement", "yes and no", "oui et non", "ni oui ni non"),
    *("a bit", "half", "a moitie", "to some extent", "dans une certaine mesure"),
)
_NO = (
    *("non", "no", "n", "pas du tout", "not at all", "non pas du tout", "no not at all", "false"),
    *("faux", "aucunement", "jamais", "never", "plutot non", "rather not", "not really"),
    *("pas vraiment", "pas bien", "not well", "mal", "badly"),
)
_WORDS = pa.array([*_YES, *_PARTLY, *_NO], pa.string())
_NUMBERS = pa.array(["10"] * len(_YES) + ["5"] * len(_PARTLY) + ["0"] * len(_NO), pa.string())
#: A number, and perhaps of how many: 7, 7.5, «7,5», 7/10, 7 of 10, 7 sur 10.
_NUMBER = r"^(?P<n>10(?:[.,]0+)?|\d(?:[.,]\d+)?)(?:\s*(?:/|of|out of|sur)\s*10)?$"


def normalise_knows_me(values: Column) -> Column:
    """Numbers 0-10 as text that casts to one; missing for anything else.

    >>> cells = ["7", "8,5", "9/10", "En partie", "oui", "11", "7/20", "maybe"]
    >>> normalise_knows_me(pa.array(cells)).to_pylist()
    ['7', '8.5', '9', '5', '10', None, None, None]
    """
    return over_distinct(values, _normalise)


def _normalise(values: Column) -> Column:
    text = known(values)
    number = pc.extract_regex(pc.utf8_lower(text), _NUMBER)
    number = pc.replace_substring(pc.struct_field(number, "n"), ",", ".")
    place = pc.index_in(folded(text), value_set=_WORDS)
    return pc.coalesce(number, _NUMBERS.take(place))
