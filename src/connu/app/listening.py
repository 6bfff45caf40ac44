"""Listening: what customers said, narrowed to whom and when an analyst asks about.

Everything an analyst is told of expectations is counted in what is named here, in the engine:
statements, verbatims, and expectations of the brand. The purpose's condition is inside the queries
they stand for; a tip to other customers is no expectation of the brand and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from connu.app.reading import Reading, opened_build
from connu.app.segment import LEAST_CUSTOMERS, members_sql
from connu.engine.sql import literal
from connu.kernel.errors import NotFoundError, UsageError
from connu.kernel.settings import Settings
from connu.ledger.expectations import EXPECTATIONS, STATEMENTS
from connu.understand.codebook import Codebook, read_codebook

STATEMENTS_HEARD = "heard_statements"
VERBATIMS_HEARD = "heard_verbatims"
EXPECTATIONS_HEARD = "heard_expectations"
#: A verbatim by theme: whether it says that it is met, unmet, whether it asks for it (`wished`),
#: and whether either of the latter (`missed`).
THEMES_HEARD = "heard_themes"
_MEMBERS = "heard_members"

#: The customer of a row, as SQL; nothing for a visitor or nobody.
CUSTOMER = "CASE WHEN subject_kind = 'customer' THEN subject END"
#: Forms that ask for something. Who asks says that it is not so, whatever he does not complain of.
ASKING = ("wish", "should", "lack")

#: Why nothing is told.
SILENCES: dict[str, str] = {
    "no_verbatims": "the brand has no verbatims: add a source of kind «verbatims» to connu.toml "
    "(reviews, surveys, support files …) and run connu build",
    "nobody_readable": "nobody's verbatims may be read for this purpose",
    "nothing_said": "no verbatim of the build says anything: see what was set aside",
    "none_here": "nobody of this segment and time said anything",
    "few": f"fewer than {LEAST_CUSTOMERS} customers of this segment, or of all others, were heard",
}


class Placed(Protocol):
    """A brand, as far as it has a place: `connu.app.brand.Brand` is one."""

    folder: Path
    settings: Settings


class Ask(msgspec.Struct, frozen=True):
    """What is asked about.

    Attributes:
        segment: which customers (`segment.conditions_of`), or None: everybody.
        since, until: from and before which moment (UTC), or None.
        sure: only expectations that are at least so probable, 0-1.
    """

    segment: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sure: float = 0.0


class Heard(msgspec.Struct, frozen=True):
    """Who was heard.

    Attributes:
        verbatims: how many there are (None within a segment, as whose they are is known of what
            was listened to alone). listened: in how many something is said.
        statements, expectations: how many; of expectations, those of the brand.
        customers: how many different ones were heard. of: of how many. unknown: verbatims of
            nobody known.
        languages: language → verbatims, the most frequent first.
        aside: why verbatims were set aside → how many, of the whole build.
        first, last: when the first and the last was said.
        silence: why nothing is told (a word of `SILENCES`), or None.
    """

    verbatims: int | None = 0
    listened: int = 0
    statements: int = 0
    expectations: int = 0
    customers: int = 0
    of: int = 0
    unknown: int = 0
    languages: dict[str, int] = {}
    aside: dict[str, int] = {}
    first: datetime | None = None
    last: datetime | None = None
    silence: str | None = None

    @property
    def share(self) -> float | None:
        """Of the customers, how many were heard, 0-1."""
        return self.customers / self.of if self.of else None


@dataclass(frozen=True)
class Listening:
    """The tables, made, and who was heard.

    Attributes:
        reading: the build, opened for the purpose.
        settings: the brand's.
        codebook: the brand's themes.
        ask: what is asked about.
        heard: who was.
    """

    reading: Reading
    settings: Settings
    codebook: Codebook
    ask: Ask
    heard: Heard

    @property
    def least(self) -> int:
        """Customers that a cell must have to be shown: within a segment, enough not to be known."""
        return LEAST_CUSTOMERS if self.ask.segment is not None else 0

    def themes(self) -> str:
        """The table of verbatims by theme (`THEMES_HEARD`), made when it is first asked for."""
        if not self.reading.engine.has(THEMES_HEARD):
            self.reading.engine.run(THEMES_HEARD, _THEMES)
        return THEMES_HEARD

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, few."""
        return self.reading.rows(sql)

    def table(self, sql: str) -> pa.Table:
        """The rows of a query, as columns."""
        return self.reading.engine.collect(sql)


@contextmanager
def listening(brand: Placed, ask: Ask, purpose: str) -> Iterator[Listening]:
    """Open the build in force and make the tables.

    Args:
        brand: whose.
        ask: what is asked about.
        purpose: words of those who did not grant it are not read.

    Raises:
        BuildError: there is no build.
        NotFoundError: it was made before connu listened.
        UsageError: the segment cannot be read.
        PurposeError: nobody knows the purpose, or an attribute is not read for it.
    """
    with (
        opened_build(brand.folder, brand.settings, purpose) as reading,
        listening_in(reading, brand.settings, brand.folder, ask) as heard,
    ):
        yield heard


@contextmanager
def listening_in(
    reading: Reading, settings: Settings, folder: Path, ask: Ask
) -> Iterator[Listening]:
    """Make the tables in a build that is open already; see `listening`.

    Args:
        reading: the build, opened for a purpose.
        settings: the brand's.
        folder: where its codebook lies.
        ask: which customers, which time.
    """
    made = [THEMES_HEARD, VERBATIMS_HEARD, EXPECTATIONS_HEARD, STATEMENTS_HEARD, _MEMBERS]
    try:
        heard = _make(reading, settings, ask)
        yield Listening(reading, settings, read_codebook(folder), ask, heard)
    finally:
        for name in made:
            if reading.engine.has(name):
                reading.engine.drop(name)


def moment(text: str | None, *, end: bool = False) -> datetime | None:
    """A date or time as typed, UTC; of a date that ends something, the day after.

    Raises:
        UsageError: it is neither.

    >>> moment("2026-03-01"), moment("2026-03-01", end=True)
    (datetime.datetime(2026, 3, 1, 0, 0), datetime.datetime(2026, 3, 2, 0, 0))
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError("that is no date", hint="write it as 2026-03-01") from None
    if found.tzinfo is not None:
        from datetime import UTC

        found = found.astimezone(UTC).replace(tzinfo=None)
    if end and len(text.strip()) <= 10:
        found += timedelta(days=1)
    return found


# ---------------------------------------------------------------------- within
def _make(reading: Reading, settings: Settings, ask: Ask) -> Heard:
    engine = reading.engine
    silence = _without(reading)
    if silence is not None:
        for name, schema in ((STATEMENTS_HEARD, STATEMENTS), (EXPECTATIONS_HEARD, EXPECTATIONS)):
            engine.put(name, schema.empty_table())
    else:
        tests = _times(ask)
        if ask.segment is not None:
            engine.run(_MEMBERS, members_sql(reading, settings, ask.segment))
            tests += [
                f"t.subject_kind = 'customer' AND t.subject IN (SELECT customer_id FROM {_MEMBERS})"
            ]
        columns = ", ".join(f't."{name}"' for name in STATEMENTS.names)
        said = reading.sql("statements")
        engine.view(
            STATEMENTS_HEARD,
            f"SELECT {columns} FROM ({said}) AS t WHERE {' AND '.join(tests) or 'true'}",
        )
        columns = ", ".join(f't."{name}"' for name in EXPECTATIONS.names)
        sure = [f"t.addressee = 'brand' AND t.theme IS NOT NULL AND t.probability >= {ask.sure!r}"]
        expected = reading.sql("expectations")
        engine.view(
            EXPECTATIONS_HEARD,
            f"SELECT {columns} FROM ({expected}) AS t WHERE {' AND '.join(sure + tests)}",
        )
    engine.run(VERBATIMS_HEARD, _VERBATIMS)
    return _heard(reading, ask, silence)


_VERBATIMS = (
    'SELECT source, "row", min(verbatim_id) AS verbatim_id, min(subject_kind) AS subject_kind,'
    " min(subject) AS subject, min(language) AS language, min(time) AS time,"
    " min(channel) AS channel, min(rating) AS rating, min(nps) AS nps, count(*) AS statements"
    f' FROM {STATEMENTS_HEARD} GROUP BY source, "row"'
)
_ASKING = ", ".join(map(literal, ASKING))
#: Whether something is said to be unmet, or asked for, as SQL over expectations.
MISSED = f"CASE WHEN status = 'unmet' OR form IN ({_ASKING}) THEN 1 ELSE 0 END"
_THEMES = (
    'SELECT theme, dimension, source, "row", min(subject_kind) AS subject_kind,'
    " min(subject) AS subject, min(time) AS time,"
    " max(CASE WHEN status = 'met' THEN 1 ELSE 0 END) AS met,"
    " max(CASE WHEN status = 'unmet' THEN 1 ELSE 0 END) AS unmet,"
    f" max(CASE WHEN form IN ({_ASKING}) THEN 1 ELSE 0 END) AS wished,"
    f" max({MISSED}) AS missed"
    f' FROM {EXPECTATIONS_HEARD} GROUP BY theme, dimension, source, "row"'
)


def _without(reading: Reading) -> str | None:
    """Why there is nothing to listen to, or None."""
    build = reading.build
    whole = reading.engine.collect("SELECT count(*) AS n FROM verbatims")["n"][0].as_py() if (
        build.has("verbatims")
    ) else 0  # fmt: skip
    if not whole:
        return "no_verbatims"
    for table in ("statements", "expectations"):
        if not build.has(table):
            raise NotFoundError(
                f"the build does not say what customers expect: it has no table «{table}»",
                hint="it was made before connu listened; run: connu build",
                build=build.id,
            )
    return None


def _times(ask: Ask) -> list[str]:
    tests = []
    if ask.since is not None:
        tests.append(f"t.time >= TIMESTAMP {literal(ask.since.isoformat(' '))}")
    if ask.until is not None:
        tests.append(f"t.time < TIMESTAMP {literal(ask.until.isoformat(' '))}")
    return tests


def _heard(reading: Reading, ask: Ask, silence: str | None) -> Heard:
    def first(sql: str) -> dict[str, Any]:
        return reading.rows(sql)[0]

    told = first(
        f"SELECT count(*) AS listened, count(DISTINCT {CUSTOMER}) AS customers,"
        " count(*) - count(subject) AS nobody, coalesce(sum(statements), 0) AS statements,"
        f" min(time) AS first, max(time) AS last FROM {VERBATIMS_HEARD}"
    )
    languages = reading.rows(
        f"SELECT language, count(*) AS n FROM {VERBATIMS_HEARD} WHERE language IS NOT NULL"
        " GROUP BY language ORDER BY n DESC, language"
    )
    expected = first(f"SELECT count(*) AS n FROM {EXPECTATIONS_HEARD}")["n"]
    of = 0
    if reading.build.has("customers"):
        whose = reading.sql("customers")
        if reading.engine.has(_MEMBERS):
            whose = f"SELECT customer_id FROM {_MEMBERS}"
        of = first(f"SELECT count(*) AS n FROM ({whose}) AS c")["n"]
    verbatims: int | None = 0
    if silence is None:
        verbatims = None
        if ask.segment is None:
            tests = " AND ".join(_times(ask)) or "true"
            source = reading.sql("verbatims")
            verbatims = first(f"SELECT count(*) AS n FROM ({source}) AS t WHERE {tests}")["n"]
        silence = _silent(reading, ask, told, verbatims)
    hidden = silence == "few"
    return Heard(
        verbatims=verbatims,
        listened=0 if hidden else told["listened"],
        statements=0 if hidden else int(told["statements"]),
        expectations=0 if hidden else expected,
        customers=0 if hidden else told["customers"],
        of=0 if hidden else of,
        unknown=0 if hidden else told["nobody"],
        languages={} if hidden else {row["language"]: row["n"] for row in languages},
        aside=_aside(reading),
        first=None if hidden else told["first"],
        last=None if hidden else told["last"],
        silence=silence,
    )


def _silent(reading: Reading, ask: Ask, told: dict[str, Any], verbatims: int | None) -> str | None:
    """Why nothing may or can be told although there are verbatims, or None."""
    if ask.segment is None:
        if told["listened"]:
            return None
        if not verbatims and not _times(ask):
            return "nobody_readable"
        return "none_here" if _times(ask) else "nothing_said"
    tests = " AND ".join(["t.subject_kind = 'customer'", *_times(ask)])
    said = reading.sql("statements")
    everybody = reading.rows(
        f"SELECT count(DISTINCT subject) AS n FROM ({said}) AS t WHERE {tests}"
    )[0]["n"]
    # Who knows a segment and everybody knows the others: they must be enough as well.
    others = everybody - told["customers"]
    if told["customers"] < LEAST_CUSTOMERS or 0 < others < LEAST_CUSTOMERS:
        return "few"
    return None


def _aside(reading: Reading) -> dict[str, int]:
    """What the build set aside, by reason, as its trace says."""
    told = reading.build.trace.get("understood", {})
    aside = told.get("aside", {}) if isinstance(told, dict) else {}
    return {str(reason): int(number) for reason, number in aside.items() if number}
