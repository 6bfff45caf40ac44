"""Corrections in a build: what customers say of themselves, against what the stages would tell.

The journal's confirmations find their customers by their records, so that a merge or a split moves
them along; then a customer's last word on each statement counts. What he calls right becomes a fact
that he declared; what he calls wrong is told no more: not as a fact, not by twins, not as an
interest, not as an expectation. What he said in words later than that is a newer word of his.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.survey_questions import STATUS
from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.identify.attributes import golden_attributes
from connu.identify.corrected import (
    CORRECTIONS,
    DENIALS,
    WORDS,
    correct_golden,
    fact_of_word,
)
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS, check_facts
from connu.ledger.shapes import ordered
from connu.twins.profiles import PREFIX

_SAID = "said_by_customers"
#: What holds at once: of interests each, of expectations one a theme, of all else one.
_KEY = (
    "CASE attribute WHEN 'affinity' THEN value"
    f" WHEN 'expectation' THEN split_part(value, {literal(STATUS)}, 1) ELSE '' END"
)


def build_words(confirmations: pa.Table) -> pa.Table:
    """Of the journal's confirmations in force, those that a build follows."""
    return confirmations.filter(pc.not_equal(confirmations["answer"], "rated"))


def put_words(engine: Engine, confirmations: pa.Table) -> bool:
    """Make `corrections` and `denials`, a customer's last words, of the journal's confirmations.

    Reads `identities`. Words of records that the build does not know are left out.

    Returns:
        Whether anybody said anything.
    """
    said = build_words(confirmations)
    if not said.num_rows:
        for name in (CORRECTIONS, DENIALS):
            engine.put(name, WORDS.empty_table())
        return False
    engine.put(_SAID, said.drop_columns(["by", "basis", "probability", "via", "survey"]))
    words = (
        'SELECT i.customer_id, s.attribute, s.value, s.answer, s.correction, s.id, s."at"'
        f" FROM {_SAID} AS s JOIN identities AS i"
        " ON i.source = s.source AND i.record_id = s.record_id"
    )
    right = (
        'SELECT customer_id, attribute, coalesce(correction, value) AS value, id, "at" FROM words'
        " WHERE answer IN ('confirmed', 'corrected')"
    )
    wrong = (
        'SELECT customer_id, attribute, value, id, "at" FROM words'
        " WHERE answer IN ('corrected', 'denied') AND value IS NOT NULL"
    )
    head = f"WITH words AS ({words}), rights AS ({right}), wrongs AS ({wrong})"
    for name, rows, others in (
        (CORRECTIONS, _LAST, "wrongs"),
        (DENIALS, "SELECT * FROM wrongs", "rights"),
    ):
        engine.run(
            name,
            f'{head} SELECT a.customer_id, a.attribute, a.value, max(a.id) AS id, max(a."at") AS'
            f' "at" FROM ({rows}) AS a WHERE NOT EXISTS ('
            f"  SELECT 1 FROM {others} AS o WHERE o.customer_id = a.customer_id"
            "   AND o.attribute = a.attribute AND o.value = a.value AND o.id > a.id)"
            " GROUP BY a.customer_id, a.attribute, a.value",
        )
    engine.drop(_SAID)
    return True


#: What is right: the last word, of what may hold beside others each.
_LAST = f"""
    SELECT customer_id, attribute, value, id, "at" FROM (
        SELECT *, row_number() OVER (
            PARTITION BY customer_id, attribute, {_KEY} ORDER BY id DESC
        ) AS place FROM rights
    ) AS every_word WHERE place = 1
"""


def correct_records(engine: Engine, settings: Settings, confirmations: pa.Table) -> int:
    """Correct the golden record, before anything is learnt from it; see `correct_golden`.

    Makes `corrections` and `denials` too, for `follow_words`.

    Returns:
        How many customers' attributes changed.
    """
    if not put_words(engine, confirmations):
        return 0
    told = golden_attributes(engine.columns("people"), settings)
    return correct_golden(engine, [attribute.name for attribute in told])


def follow_words(engine: Engine, settings: Settings) -> int:
    """Make the other stages' statements follow what customers said: the last stage but the index.

    Facts of twins, of behaviour and of words that he calls wrong go, `twins` no longer states them,
    `intents` and `expectations` no longer hold them; what he calls right is a declared fact, unless
    behaviour or words say it already. Rewrites only the tables in which somebody is contradicted.

    Returns:
        The facts that he declared here.
    """
    counted = engine.collect(
        f"SELECT (SELECT count(*) FROM {CORRECTIONS}) + (SELECT count(*) FROM {DENIALS}) AS n"
    )
    declared = 0
    if counted["n"][0].as_py():
        _put_profiles(engine, settings)
        engine.run(
            "speakers",
            f"SELECT customer_id FROM {CORRECTIONS} UNION SELECT customer_id FROM {DENIALS}",
        )
        _rewrite(engine, "intents", _NO_INTEREST)
        _rewrite(engine, "expectations", _NOT_EXPECTED)
        _rewrite(engine, "twins", f"t.stated AND {_NOT_TWINS}", silenced=True)
        golden = golden_attributes(engine.columns("people"), settings)
        declared = _rewrite_facts(engine, [attribute.name for attribute in golden])
        for name in ("speakers", "untold_profiles"):
            engine.drop(name)
    for name in (CORRECTIONS, DENIALS):
        engine.drop(name)
    return declared


def _rewrite_facts(engine: Engine, golden: Sequence[str]) -> int:
    """Rewrite `facts` without what is contradicted, with what somebody declares; how many those."""
    columns = ", ".join(FACTS.names)
    among = ", ".join(map(literal, golden))
    engine.run("spoken_of", f"SELECT {columns} FROM facts WHERE {_SPEAKS}")
    engine.run("left_told", f"SELECT {columns} FROM spoken_of AS t WHERE NOT ({_CONTRADICTED})")
    declared = engine.run(
        "declared_here",
        f"SELECT {columns} FROM ({_DECLARED}) AS d WHERE attribute NOT IN ({among})"
        " AND NOT EXISTS (SELECT 1 FROM left_told AS f"
        " WHERE f.subject = d.subject AND f.attribute = d.attribute AND f.value = d.value)",
    )
    check_facts(engine, "declared_here")
    if declared or _count(engine, "left_told") < _count(engine, "spoken_of"):
        engine.run(
            "facts",
            f"SELECT {columns} FROM facts WHERE NOT {_SPEAKS}"
            f" UNION ALL SELECT {columns} FROM left_told"
            f" UNION ALL SELECT {columns} FROM declared_here",
        )
    for name in ("spoken_of", "left_told", "declared_here"):
        engine.drop(name)
    return declared


def _count(engine: Engine, table: str) -> int:
    return int(engine.collect(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())


def _put_profiles(engine: Engine, settings: Settings) -> None:
    """Make `untold_profiles` (customer_id, attribute): of whom a part of a profile is wrong."""
    parts = [
        {"profile": f"{PREFIX}{name}", "attribute": attribute, "value": value}
        for name, profile in settings.profiles.items()
        for attribute, values in profile.parts.items()
        for value in values
    ]
    engine.put("profile_parts", pa.Table.from_pylist(parts, _PARTS))
    engine.run(
        "untold_profiles",
        f"SELECT d.customer_id, p.profile AS attribute FROM {DENIALS} AS d JOIN profile_parts AS p"
        " ON p.attribute = d.attribute AND p.value = d.value"
        f" UNION SELECT c.customer_id, p.profile FROM {CORRECTIONS} AS c"
        " JOIN (SELECT DISTINCT profile, attribute FROM profile_parts) AS p"
        " ON p.attribute = c.attribute WHERE NOT EXISTS (SELECT 1 FROM profile_parts AS q"
        " WHERE q.profile = p.profile AND q.attribute = p.attribute AND q.value = c.value)",
    )
    engine.drop("profile_parts")


def _rewrite(engine: Engine, table: str, gone: str, *, silenced: bool = False) -> None:
    """Rewrite a table without the rows that somebody contradicts, when there are any.

    Only the rows of those who said something are held against their words: few of many.

    Args:
        engine: where the table is.
        table: its name.
        gone: SQL over a row `t`: it is contradicted.
        silenced: the rows stay, and state nothing.
    """
    engine.run("spoken_of", f"SELECT * FROM {table} WHERE {_SPEAKS}")
    if engine.collect(f"SELECT 1 FROM spoken_of AS t WHERE {gone} LIMIT 1").num_rows:
        columns = engine.columns(table)
        names = ", ".join(f't."{name}"' for name in columns)
        kept = f"SELECT {names} FROM spoken_of AS t WHERE NOT ({gone})"
        if silenced:
            shown = names.replace('t."stated"', f"t.stated AND NOT ({gone}) AS stated")
            kept = f"SELECT {shown} FROM spoken_of AS t"
        others = f"SELECT {names} FROM {table} AS t WHERE NOT ({_SPEAKS})"
        engine.run(
            table,
            f"SELECT {names} FROM ({others} UNION ALL {kept}) AS t{ordered(table, columns)}",
        )
    engine.drop("spoken_of")


#: SQL over a row with a subject: it is about a customer who said something.
_SPEAKS = (
    "(subject_kind = 'customer' AND coalesce(subject IN (SELECT customer_id FROM speakers), FALSE))"
)
_PARTS = pa.schema([(name, pa.string()) for name in ("profile", "attribute", "value")])
_HIS = "t.subject_kind = 'customer' AND"


def _exists(words: str, test: str) -> str:
    """SQL: somebody's word `w` on the row's subject passes a test."""
    return f"EXISTS (SELECT 1 FROM {words} AS w WHERE w.customer_id = t.subject AND {test})"


def _status(theme: str, status: str, time: str) -> str:
    """SQL: of a theme he called this status wrong, or another right, and has not spoken since."""
    same = f"{theme} || {literal(STATUS)} || coalesce({status}, '')"
    before = f'({time} IS NULL OR {time} <= w."at")'
    wrong = f"w.attribute = 'expectation' AND w.value IN ({theme}, {same}) AND {before}"
    other = (
        f"w.attribute = 'expectation' AND starts_with(w.value, {theme} || {literal(STATUS)})"
        f" AND w.value <> {same} AND {before}"
    )
    return f"({_exists(DENIALS, wrong)} OR {_exists(CORRECTIONS, other)})"


_NO_INTEREST = f"{_HIS} t.kind = 'affinity' AND " + _exists(
    DENIALS, "w.attribute = 'affinity' AND w.value = t.target"
)
_NOT_EXPECTED = f"{_HIS} {_status('t.theme', 't.status', 't.time')}"
_NOT_TWINS = (
    f"{_HIS} ({_exists(DENIALS, 'w.attribute = t.attribute AND w.value = t.value')}"
    f" OR {_exists(CORRECTIONS, 'w.attribute = t.attribute')}"
    f" OR t.value = 'yes' AND {_exists('untold_profiles', 'w.attribute = t.attribute')})"
)
_OF_FACT = _status("t.value", "json_extract_string(t.evidence, '$.status')", "t.observed_at")
#: A fact that he calls wrong, or another value right; his own later words are newer than that.
_CONTRADICTED = (
    f"(t.basis = 'twins' AND {_NOT_TWINS}) OR (t.basis = 'coded' AND {_HIS} {_OF_FACT})"
    f" OR (t.basis = 'intents' AND {_HIS}"
    f" {_exists(DENIALS, 'w.attribute = t.attribute AND w.value = t.value')})"
)
#: Facts of what he calls right; of an expectation the theme, its status in the evidence.
_THEME, _SAYS = (f"split_part(c.value, {literal(STATUS)}, {n})" for n in (1, 2))
_DECLARED = (
    "SELECT subject_kind, subject, attribute, coalesce(theme, value) AS value, probability, basis,"
    " source, CASE WHEN says <> '' THEN replace(evidence, '}', ',\"status\":\"' || says || '\"}')"
    " ELSE evidence END AS evidence, observed_at FROM ("
    f"SELECT {fact_of_word()}, CASE WHEN c.attribute = 'expectation' THEN {_THEME} END AS theme,"
    f" CASE WHEN c.attribute = 'expectation' THEN {_SAYS} END AS says FROM {CORRECTIONS} AS c"
    ") AS said"
)
