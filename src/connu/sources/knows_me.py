"""«Does this brand know you?», as customers answer: 0 (not at all) to 10 (very well).

Numbers are read as they are, also «7/10»; words in French and English as yes 10, partly 5, no 0. A
number outside 0-10 is missing: on another scale it would say something else.
"""

from __future__ import annotations

import re

import pyarrow as pa

from connu.engine.sql import literal
from connu.sources.text import folded

_YES = (
    *("oui", "yes", "y", "o", "true", "vrai", "tout a fait", "oui tout a fait", "absolument"),
    *("absolutely", "completely", "fully", "definitely", "yes definitely", "bien sur", "bien"),
    *("tres bien", "oui tres bien", "very well", "yes very well", "well", "plutot oui"),
    "rather yes",
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
_WORDS = {_YES: 10.0, _PARTLY: 5.0, _NO: 0.0}
#: A number, and perhaps of how many: 7, 7.5, «7,5», 7/10, 7 of 10, 7 sur 10.
_NUMBER = r"^(10(?:[.,]0+)?|[0-9](?:[.,][0-9]+)?)(?: *(?:/|of|out of|sur) *10(?:[.,]0+)?)?$"


def read_knows_me(text: str) -> float | None:
    """One answer.

    >>> [read_knows_me(cell) for cell in ("7", "8,5", "9/10", "En partie", "oui", "11", "7/20")]
    [7.0, 8.5, 9.0, 5.0, 10.0, None, None]
    """
    found = re.match(_NUMBER, text.strip().lower())
    if found:
        return float(found[1].replace(",", "."))
    word = folded(pa.array([text]))[0].as_py()
    return next((number for words, number in _WORDS.items() if word in words), None)


def knows_me_sql(text: str) -> str:
    """SQL of the same: a text as DOUBLE 0-10, NULL for anything else.

    Args:
        text: a SQL expression of type VARCHAR.
    """
    bare = f"lower(trim({text}))"
    plain = f"replace(replace(strip_accents({bare}), '''', ''), '’', '')"
    word = f"trim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g'))"
    cases = " ".join(
        f"WHEN {word} IN ({', '.join(map(literal, words))}) THEN {number}"
        for words, number in _WORDS.items()
    )
    number = f"replace(regexp_extract({bare}, {literal(_NUMBER)}, 1), ',', '.')"
    return (
        f"CASE WHEN regexp_matches({bare}, {literal(_NUMBER)}) THEN try_cast({number} AS DOUBLE)"
        f" {cases} END"
    )
