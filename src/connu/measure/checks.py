"""Checks: how rightly each kind of statement is made, from what was measured on people held out.

The figures stand in the build's reliability tables, measured when it was made; a check reads them,
with the query by which anybody may. What was never measured says so, and how to get truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.measure import numerals
from connu.measure.attribute_words import attribute_words
from connu.measure.check_words import KINDS, MEASURES, NO_TRUTH, ON, Measure
from connu.measure.claims import Check, Claim
from connu.measure.few import K_LEAST
from connu.measure.figures import filled
from connu.measure.intervals import Share
from connu.measure.reliability import Reliability
from connu.measure.words import Words

_TWINS_TOLD = """
    SELECT attribute, subject_kind, count(*) FILTER (WHERE stated) AS stated
    FROM {twins} GROUP BY attribute, subject_kind
"""
_INTENTS_TOLD = """
    SELECT kind, level, horizon_days, subject_kind, count(DISTINCT subject) AS told
    FROM {intents} WHERE rank = 1 GROUP BY kind, level, horizon_days, subject_kind
"""
#: How sure twins must be of a check to state anything: silence, where nothing is stated.
_SILENT = Words(
    "Nothing is said: those known do not suffice for the precision asked. Why, for whom: connu "
    "export silences",
    "Rien n'est dit : ceux que l'on connaît ne suffisent pas à la précision demandée. Pourquoi, de "
    "qui : connu export silences",
)
_NOT_PUBLISHED = Words(
    "Not told: it was no better than the base rate, or its probabilities did not mean what they "
    "said.",
    "N'est pas dit : ce n'était pas meilleur que le taux de base, ou les probabilités ne "
    "signifiaient pas ce qu'elles disaient.",
)


def twin_checks(engine: Engine, read: Callable[[str], str], at: str) -> list[Check]:
    """One check an attribute that twins may tell; nothing for a build without twins.

    Reads twins and twin_reliability. Cost: one pass over each.

    Args:
        engine: where a build's tables are mounted.
        read: the query of a table's rows.
        at: when the build was made, ISO date.
    """
    if not _there(engine, "twins", "twin_reliability"):
        return []
    told: dict[str, int] = {}
    for row in _rows(engine, _TWINS_TOLD, read):
        told.setdefault(row["attribute"], 0)
        told[row["attribute"]] += int(row["stated"])
    measured: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(engine, "SELECT * FROM {twin_reliability} WHERE value IS NULL", read):
        measured.setdefault(row["attribute"], []).append(row)
    checks = []
    for attribute in sorted({*told, *measured}):
        name = f"twins.{attribute}"
        rows = measured.get(attribute, [])
        where = f"FROM twin_reliability WHERE attribute = {literal(attribute)} AND value IS NULL"
        stated = told.get(attribute, 0)
        checks.append(
            Check(
                name=name,
                kind="twins",
                label=numerals.filled(KINDS["twins"], what=attribute_words(attribute)),
                checked=bool(rows),
                published=stated > 0,
                told=_shown(stated),
                claims=_claims(name, "twins", rows, where),
                curve=_curve(rows),
                curve_how=_curve_how(where),
                on=ON["twins"],
                people=_most(rows),
                at=at if rows else None,
                remark=NO_TRUTH["twins"] if not rows else None if stated else _SILENT,
                command=None
                if rows and stated
                else f"connu export audits -a {attribute} -o ask.csv",
            )
        )
    return checks


def intent_checks(engine: Engine, read: Callable[[str], str], at: str) -> list[Check]:
    """One check a kind, level and horizon of intents; nothing for a build without any.

    Reads intents and intent_reliability. Cost: one pass over each.

    Args:
        engine, read, at: as of twin_checks.
    """
    if not _there(engine, "intents", "intent_reliability"):
        return []
    told: dict[tuple[str, str, int | None], int] = {}
    for row in _rows(engine, _INTENTS_TOLD, read):
        told[_intent(row)] = told.get(_intent(row), 0) + int(row["told"])
    measured: dict[tuple[str, str, int | None], list[dict[str, Any]]] = {}
    for row in _rows(engine, "SELECT * FROM {intent_reliability} WHERE target IS NULL", read):
        measured.setdefault(_intent(row), []).append(row)
    checks = []
    for key in sorted({*told, *measured}, key=lambda key: (key[0], key[1], key[2] or 0)):
        kind, level, days = key
        rows = measured.get(key, [])
        if kind == "stay" and days == 0:
            # Whether he is a customer now is never seen: what comes of it is judged instead.
            continue
        name = ".".join(str(part) for part in ("intents", kind, level, days) if part is not None)
        where = (
            f"FROM intent_reliability WHERE kind = '{kind}' AND level = '{level}'"
            f" AND horizon_days {'IS NULL' if days is None else f'= {days}'} AND target IS NULL"
        )
        published = all(row["stated"] for row in rows) if rows else None
        checks.append(
            Check(
                name=name,
                kind="intents",
                label=KINDS[f"{kind}.{level}"].filled(**_within(days)),
                checked=bool(rows),
                published=published,
                told=_shown(told.get(key, 0)),
                claims=_claims(name, kind, rows, where),
                curve=_curve(rows),
                curve_how=_curve_how(where),
                on=ON["intents"],
                people=_most(rows),
                at=at if rows else None,
                remark=NO_TRUTH["intents"] if not rows else None if published else _NOT_PUBLISHED,
                command=None if rows else "connu evaluate intents",
            )
        )
    return checks


def coding_check(engine: Engine, read: Callable[[str], str], at: str) -> list[Check]:
    """How rightly expectations are coded; nothing for a build that did not listen.

    Reads expectations and expectation_reliability. Cost: one count.
    """
    if not _there(engine, "expectations", "expectation_reliability"):
        return []
    told = "SELECT count(DISTINCT subject) AS n FROM {expectations} WHERE subject_kind = 'customer'"
    people = int(_rows(engine, told, read)[0]["n"])
    spoken = int(_rows(engine, "SELECT count(*) AS n FROM {expectations}", read)[0]["n"])
    if not spoken:
        return []
    rows = _rows(
        engine,
        "SELECT *, verbatims AS people FROM {expectation_reliability} WHERE theme IS NULL",
        read,
    )
    where = "FROM expectation_reliability WHERE theme IS NULL"
    return [
        Check(
            name="expectations",
            kind="expectations",
            label=KINDS["expectations"],
            checked=bool(rows),
            published=True,
            told=_shown(people),
            claims=_claims("expectations", "expectations", rows, where, "verbatims"),
            curve=[],
            curve_how="",
            on=ON["expectations"],
            people=_most(rows),
            at=at if rows else None,
            remark=None if rows else NO_TRUTH["expectations"],
            command=None if rows else "connu code",
        )
    ]


def theme_f1(engine: Engine, read: Callable[[str], str]) -> dict[str, Share]:
    """By theme, how rightly it is coded, where that was measured."""
    if not _there(engine, "expectation_reliability"):
        return {}
    rows = _rows(
        engine,
        "SELECT * FROM {expectation_reliability} WHERE measure = 'f1' AND theme IS NOT NULL",
        read,
    )
    return {row["theme"]: share for row in rows if (share := share_of(row)) is not None}


def share_of(row: dict[str, Any]) -> Share | None:
    """The figure of a row with its interval; None where it has none."""
    if row["figure"] is None or row["low"] is None:
        return None
    return Share(row["figure"], row["low"], row["high"])


# ---------------------------------------------------------------------- within
def _there(engine: Engine, *tables: str) -> bool:
    return all(engine.has(table) for table in tables)


def _rows(engine: Engine, sql: str, read: Callable[[str], str]) -> list[dict[str, Any]]:
    return engine.collect(filled(sql, read)).to_pylist()


def _intent(row: dict[str, Any]) -> tuple[str, str, int | None]:
    return row["kind"], row["level"], row["horizon_days"]


def _most(rows: Iterable[dict[str, Any]]) -> int | None:
    """How many were judged, of the figure that was measured on most; a bin of a curve holds
    statements, of which one person may have many."""
    judged = [row for row in rows if row["people"] is not None]
    of_figures = [row for row in judged if row["measure"] != "reliability"]
    return max((int(row["people"]) for row in of_figures or judged), default=None)


def _within(days: int | None) -> dict[str, str]:
    """A horizon in words, for texts that name one.

    >>> _within(1), _within(7)["within_fr"]
    ({'within_en': '1 day', 'within_fr': '1 jour'}, '7 jours')
    """
    more = "" if days == 1 else "s"
    return {"within_en": f"{days} day{more}", "within_fr": f"{days} jour{more}"}


def _shown(people: int) -> int | None:
    return None if 0 < people < K_LEAST else people


def _claims(
    name: str, kind: str, rows: Iterable[dict[str, Any]], where: str, people: str = "people"
) -> list[Claim]:
    """The figures worth a claim, in the order of `check_words.MEASURES`."""
    by_measure: dict[tuple[str, float | None], dict[str, Any]] = {}
    for row in rows:
        if row["figure"] is not None and row["measure"] != "reliability":
            by_measure[row["measure"], row.get("coverage")] = row
    found = []
    for measure in MEASURES[kind]:
        told = _of_measure(by_measure, measure)
        if told is None:
            continue
        at = "" if measure.coverage is None else f" AND coverage = {measure.coverage}"
        base = ", base" if "base" in told else ""
        found.append(
            Claim(
                name=f"{name}.{measure.name}",
                section="rightly",
                label=measure.label,
                unit=measure.unit,
                value=told["figure"],
                low=told["low"],
                high=told["high"],
                people=None if told[people] is None else int(told[people]),
                base=told.get("base"),
                how=f"SELECT figure AS value, low, high, {people} AS people{base} {where}"
                f" AND measure = '{measure.measure}'{at}",
            )
        )
    return found


def _of_measure(
    rows: dict[tuple[str, float | None], dict[str, Any]], measure: Measure
) -> dict[str, Any] | None:
    for (word, coverage), row in rows.items():
        if word == measure.measure and measure.coverage in (None, coverage):
            return row
    return None


def _curve(rows: Iterable[dict[str, Any]]) -> list[Reliability]:
    """The curve of what was told and what was right; bounds are those of the tenth it lies in."""
    found = []
    for row in sorted(
        (row for row in rows if row["measure"] == "reliability" and row["told"] is not None),
        key=lambda row: row["told"],
    ):
        low = min(9, int(row["told"] * 10)) / 10
        share = share_of(row)
        if share is not None:
            found.append(Reliability(low, low + 0.1, row["people"], row["told"], share))
    return found


def _curve_how(where: str) -> str:
    return (
        f"SELECT told, figure, low, high, people {where} AND measure = 'reliability' ORDER BY told"
    )
