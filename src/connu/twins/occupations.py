"""Occupation classes: from a free-text occupation, French or English, to one of nine classes.

The classes are those on which ISCO-08's major groups and INSEE's PCS groups agree, so that a
French and an English customer can be twins:

    executive       ISCO 1–2, PCS 3: managers, engineers, doctors, teachers, artists
    intermediate    ISCO 3, PCS 4: technicians, nurses, foremen, representatives
    employee        ISCO 4–5, PCS 5: clerks, sales, service, security
    worker          ISCO 7–9, PCS 6: crafts, machines, building, transport, elementary work
    self_employed   PCS 2: craftsmen and shopkeepers on their own account
    farmer          ISCO 6, PCS 1
    student, retired, not_working

Sources: ILO (2012), International Standard Classification of Occupations; INSEE (2020),
Nomenclature des professions et catégories socioprofessionnelles. The words are our own.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.twins.words import folded_sql

_LIST = tomllib.loads(
    resources.files("connu.twins").joinpath("occupations.toml").read_text(encoding="utf-8")
)
#: Where words of one length speak for several classes, the first counts: a retired engineer is
#: retired, a student nurse a student, a sales manager an executive.
_ORDER: tuple[str, ...] = tuple(_LIST["classes"])


def class_occupations(folded: pa.StringArray) -> pa.StringArray:
    """The class of each occupation; missing where no word of it is known.

    The longest known phrase decides: «chef d'équipe» over «chef de …», «farm worker» over
    «farm». One pass of a compiled automaton per class and length: about 2 µs a text.

    Args:
        folded: texts as `words.folded_sql` makes them.

    >>> texts = pa.array(["cadre", "retired engineer", "sage femme", "warrior"])
    >>> class_occupations(texts).to_pylist()
    ['executive', 'retired', 'intermediate', None]
    """
    text = pc.replace_substring_regex(folded, _IGNORED, "|")
    told = pa.nulls(len(text), pa.string())
    for pattern, name in _PATTERNS:
        found = pc.and_(pc.is_null(told), pc.match_substring_regex(text, pattern))
        told = pc.if_else(pc.fill_null(found, False), name, told)
    return told


def make_occupations(engine: Engine, facts: str) -> str:
    """Make `occupation_words` (text, value), and SELECT everybody's `occupation_class` by it.

    Args:
        engine: where `facts` is.
        facts: a table with customer_id, attribute, value, probability.

    Returns:
        SELECT customer_id, attribute, value, probability.
    """
    folded = folded_sql("value")
    of_them = f"SELECT DISTINCT {folded} AS text FROM {facts} WHERE attribute = 'occupation'"

    def classed(batch: pa.RecordBatch) -> pa.RecordBatch:
        text = batch.column(0).cast(pa.string())
        return pa.record_batch([text, class_occupations(text)], schema=_WORDS)

    engine.map("occupation_words", of_them, classed, _WORDS)
    return f"""
        SELECT f.customer_id, 'occupation_class' AS attribute, w.value, f.probability
        FROM (SELECT customer_id, probability, {folded} AS text FROM {facts}
            WHERE attribute = 'occupation') AS f
        JOIN occupation_words AS w ON w.text = f.text
        WHERE w.value IS NOT NULL
    """


_WORDS = pa.schema([("text", pa.string()), ("value", pa.string())])


def _pattern(phrases: list[str]) -> str:
    """Any of the phrases; a `*` ends a stem, other words take a plural's s."""

    def word(one: str) -> str:
        return re.escape(one[:-1]) + "[a-z]*" if one.endswith("*") else re.escape(one) + "s?"

    texts = (" ".join(word(one) for one in phrase.split()) for phrase in sorted(phrases))
    return rf"\b(?:{'|'.join(texts)})\b"


def _by_length() -> list[tuple[str, str]]:
    """(pattern, class), phrases of most words first, then in the order of the classes."""
    lengths = sorted({len(p.split()) for name in _ORDER for p in _LIST[name]}, reverse=True)
    return [
        (_pattern(phrases), name)
        for length in lengths
        for name in _ORDER
        if (phrases := [p for p in _LIST[name] if len(p.split()) == length])
    ]


_IGNORED = _pattern(_LIST["ignored"])
_PATTERNS = _by_length()
