"""As the customers see it: how much of what the brand says of them they confirm, and whether they
find that it knows them.

What a random survey found holds for all customers, within its interval. What came unasked is no
random sample – whoever corrects is not like whoever does not – and stands apart. Figures about
fewer than K_LEAST customers are not shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.measure import figures, seen_sql
from connu.measure import seen_words as words
from connu.measure.attribute_words import attribute_words
from connu.measure.claims import Claim
from connu.measure.few import K_LEAST, hide_few
from connu.measure.intervals import Share, wilson
from connu.measure.words import Words

#: The journal's confirmations, where they are mounted.
CONFIRMATIONS = "journal_confirmations"
#: What the queries read, put together once: name in a query → its own query over the build.
_READ = {"answers": seen_sql.ANSWERS, "ratings": seen_sql.RATINGS, "base": seen_sql.BASE}


class Stated(msgspec.Struct, frozen=True):
    """What customers say of statements about them.

    Attributes:
        by: all, basis or attribute.
        part: which basis or attribute; None for all.
        label: the part, as people read it.
        statements: judged; None where they are hidden.
        confirmed: the share that customers confirmed.
        told: the mean probability that connu told of them.
        gap: `told` less `confirmed`, -1 to 1: more than 0, connu was too sure.
    """

    by: str
    part: str | None
    label: Words
    statements: int | None
    confirmed: Claim
    told: Claim
    gap: Claim


class KnowsMe(msgspec.Struct, frozen=True):
    """Whether customers find that the brand knows them.

    Attributes:
        share: of those who say 7 or more of 10.
        mean: of what they say, 0-10.
        own_estimate: the share, as the brand believes ([survey] own_estimate), or None.
        gap: `own_estimate` less `share`: more than 0, the brand overrates itself; or None.
    """

    share: Claim
    mean: Claim
    own_estimate: float | None = None
    gap: Claim | None = None


class Side(msgspec.Struct, frozen=True):
    """What came one way.

    Attributes:
        name: survey (drawn at random by connu), unasked, or source.NAME: a survey of the brand's
            own that is among its sources.
        label, remark: what people read; what to know of it.
        survey: the draw, or None.
        people: customers who answered; None where they are hidden.
        at: the day of the last answer, ISO date, where it is known.
        statements: what they say of statements: of all, by basis, by attribute.
        knows_me: whether the brand knows them, or None when nobody was asked.
    """

    name: str
    label: Words
    remark: Words
    survey: str | None
    people: int | None
    at: str | None
    statements: list[Stated]
    knows_me: KnowsMe | None


class Seen(msgspec.Struct, frozen=True):
    """The brand, as its customers see it.

    Attributes:
        sides: what a random survey found, what came unasked, what the brand's own surveys asked;
            none when nobody said anything.
        remark: what to do where there is no survey, or None.
        command: the command for it, or None.
    """

    sides: list[Side]
    remark: Words | None = None
    command: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON."""
        return dict(msgspec.to_builtins(self, str_keys=True))

    def claims(self) -> Iterator[Claim]:
        """Every figure, in the order read."""
        for side in self.sides:
            for one in side.statements:
                yield from (one.confirmed, one.told, one.gap)
            if side.knows_me is not None:
                found = (side.knows_me.share, side.knows_me.mean, side.knows_me.gap)
                yield from (claim for claim in found if claim is not None)


def seen_by_customers(
    engine: Engine,
    read: Callable[[str], str] = figures.whole,
    *,
    own_estimate: float | None = None,
) -> Seen:
    """What customers say of the brand's knowledge of them.

    Reads `journal_confirmations` (every row, in force or not; mounted by
    `connu.app.confirmations.mount_confirmations`), `identities`, `customers` and `knows_me`. Of
    several
    surveys the last one that K_LEAST customers answered is told. Cost: one join of the answers
    with identities.

    Args:
        engine: where the build's tables are mounted.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read.
        own_estimate: which share of customers the brand believes that it knows, 0-1.
    """
    mounted = {"answers": engine.has(CONFIRMATIONS), "ratings": engine.has("knows_me")}
    if not any(mounted.values()):
        return Seen([], words.NOT_ASKED, words.DRAW)

    def rows_of(table: str) -> str:
        return figures.whole(table) if table == CONFIRMATIONS else read(table)

    sides: list[Side] = []
    for name, sql in _READ.items():
        if mounted.get(name, True):
            engine.run(f"seen_{name}", figures.filled(sql, rows_of))
    try:
        survey = _survey(engine) if mounted["answers"] else None
        if survey is not None:
            sides.append(_side(engine, "survey", seen_sql.said(survey, True), own_estimate, survey))
        if mounted["answers"] and _any(engine, "seen_answers", "survey IS NULL"):
            sides.append(_side(engine, "unasked", seen_sql.said(None, False), own_estimate))
        if mounted["ratings"]:
            asked = engine.collect("SELECT DISTINCT source FROM seen_ratings ORDER BY source")
            for source in asked["source"].to_pylist():
                sides.append(
                    _side(engine, f"source.{source}", seen_sql.rated(source), own_estimate)
                )
    finally:
        for name in _READ:
            engine.drop(f"seen_{name}")
    return Seen(sides) if survey is not None else Seen(sides, words.NOT_ASKED, words.DRAW)


def _any(engine: Engine, table: str, where: str) -> bool:
    return engine.collect(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1").num_rows > 0


def _survey(engine: Engine) -> str | None:
    """The last survey that enough customers answered, else the last."""
    found = engine.collect(
        f"SELECT survey, count(DISTINCT customer_id) >= {K_LEAST} AS enough, max(id) AS last"
        f" FROM seen_answers WHERE survey IS NOT NULL GROUP BY survey"
        " ORDER BY enough DESC, last DESC LIMIT 1"
    )
    return found["survey"][0].as_py() if found.num_rows else None


def _side(
    engine: Engine, name: str, sql: str, own_estimate: float | None, survey: str | None = None
) -> Side:
    kind, _, source = name.partition(".")
    label, remark = words.SIDES[kind]
    label = label.filled(source=source)
    # What was drawn at random speaks for itself; whatever else stands beside it says what it is.
    whose = [] if kind == "survey" else [label]
    said = _Said(engine, f"seen.{name}", sql, "ratings" if source else "answers", whose)
    judging, rating = said.people(said.judged), said.people(said.rated)
    statements = []
    if judging:
        statements.append(said.stated("all", None, said.judged))
    if judging >= K_LEAST:
        statements += said.parts("basis") + said.parts("attribute")
    everybody = len(said.customers)
    return Side(
        name=name,
        label=label,
        remark=remark,
        survey=survey,
        people=everybody if everybody >= K_LEAST else None,
        at=said.day,
        statements=statements,
        knows_me=said.knows_me(own_estimate) if rating else None,
    )


class _Said:
    """The answers of one side, and the figures of them, each with its query over the build."""

    def __init__(self, engine: Engine, name: str, sql: str, read: str, whose: list[Words]) -> None:
        self._name, self._whose = name, whose
        shown = ", ".join(f"{one} AS ({figures.plain(_READ[one])})" for one in (read, "base"))
        run = ", ".join(f"{one} AS (SELECT * FROM seen_{one})" for one in (read, "base"))
        self._shown = f"WITH {shown},{sql}"
        table = engine.collect(
            f"WITH {run},{sql}"
            " SELECT customer_id, attribute, basis, probability, rating, hit, answered_at, share"
            " FROM said CROSS JOIN asked"
        )
        self.customers, self._customer = np.unique(
            np.asarray(table["customer_id"].to_pylist(), object), return_inverse=True
        )
        self._share = float(table["share"][0].as_py())
        last = pc.max(table["answered_at"]).as_py()
        self.day = None if last is None else str(last.date())
        self._hit, self._told, self._rating = (
            table[column].cast(pa.float64()).to_numpy() for column in _NUMBERS
        )
        self._by = {by: np.asarray(table[by].to_pylist(), object) for by in ("basis", "attribute")}
        self.judged, self.rated = ~np.isnan(self._hit), ~np.isnan(self._rating)

    def people(self, rows: np.ndarray) -> int:
        """Customers behind rows."""
        return len(np.unique(self._customer[rows]))

    def parts(self, by: str) -> list[Stated]:
        """The statements by basis or attribute; small parts are hidden, and never one alone."""
        column = self._by[by]
        rows = {
            str(part): self.judged & (column == part)
            for part in sorted({word for word in column[self.judged] if word is not None})
        }
        cells = hide_few([(part, self.people(some)) for part, some in rows.items()])
        return [self.stated(by, cell.label, rows[cell.label], cell.hidden) for cell in cells]

    def stated(self, by: str, part: str | None, rows: np.ndarray, hidden: bool = False) -> Stated:
        """What is said of some statements."""
        which = seen_sql.part(**({} if part is None else {by: part}))
        place = "" if part is None else f"{by}.{part}."
        with_told = rows & ~np.isnan(self._told)
        hit, told = self._hit[with_told], self._told[with_told]
        hidden = hidden or self.people(rows) < K_LEAST
        few = hidden or self.people(with_told) < K_LEAST
        share = self._interval(self._hit[rows], self._hit[rows], rows)
        paired = self._interval(hit, hit - told, with_told)
        mean = float(told.mean()) if len(told) else 0.0
        gap = Share(mean - paired.value, mean - paired.high, mean - paired.low)
        label = words.ALL if part is None else words.PARTS.get(part) or attribute_words(part)
        claim = partial(self._claim, of=[] if part is None else [label])
        return Stated(
            by=by,
            part=part,
            label=label,
            statements=None if hidden else int(rows.sum()),
            confirmed=claim(
                f"{place}confirmed", words.CONFIRMED, seen_sql.confirmed(which), share, rows, hidden
            ),
            told=claim(f"{place}told", words.TOLD, seen_sql.told(which), mean, with_told, few),
            gap=claim(f"{place}gap", words.GAP, seen_sql.gap(which), gap, with_told, few, "gap"),
        )

    def knows_me(self, own_estimate: float | None) -> KnowsMe:
        """Whether the brand knows them."""
        rows, rating = self.rated, self._rating[self.rated]
        few = self.people(rows) < K_LEAST
        known = (rating >= seen_sql.KNOWN_FROM).astype(float)
        share = self._interval(known, known, rows)
        n = len(rating)
        variance = float(rating.var(ddof=1)) if n > 1 else 0.0
        half = seen_sql.Z95 * math.sqrt(variance * (1 - self._share) / n)
        mean = float(rating.mean())
        middle = Share(mean, max(0.0, mean - half), min(10.0, mean + half))
        gap = None
        if own_estimate is not None:
            sql = seen_sql.known_gap(own_estimate)
            less = Share(
                own_estimate - share.value, own_estimate - share.high, own_estimate - share.low
            )
            gap = self._claim("knows_me.gap", words.OWN_GAP, sql, less, rows, few, "gap")
        return KnowsMe(
            share=self._claim("knows_me.share", words.KNOWN, seen_sql.known(), share, rows, few),
            mean=self._claim(
                "knows_me.mean", words.MEAN, seen_sql.known_mean(), middle, rows, few, "mean"
            ),
            own_estimate=own_estimate,
            gap=gap,
        )

    def _interval(self, hit: np.ndarray, varying: np.ndarray, rows: np.ndarray) -> Share:
        """Wilson's, at as many trials as `varying` varies by customers; as `seen_sql` says it."""
        n = len(hit)
        if not n:
            return Share(0.0, 0.0, 1.0)
        value = float(hit.mean())
        if self._share >= 1:
            return Share(value, value, value)
        residuals = np.bincount(self._customer[rows], weights=varying - varying.mean())
        squares, spread = float(np.dot(residuals, residuals)), value * (1 - value)
        trials = spread * n**2 / squares if spread > 0 and squares > 0 else self.people(rows)
        return wilson(value, trials / (1 - self._share))

    def _claim(
        self,
        name: str,
        label: Words,
        sql: str,
        found: Share | float,
        rows: np.ndarray,
        hidden: bool,
        unit: str = "share",
        of: Sequence[Words] = (),
    ) -> Claim:
        how = figures.on_one_line(f"{self._shown}{sql}")
        # Read alone, among others called alike, a figure says whose it is and of which statements.
        label = words.joined([*self._whose, label, *of])
        name = f"{self._name}.{name}"
        if hidden:
            return Claim(name, "seen", label, unit, None, how, hidden=True)
        people = self.people(rows)
        if isinstance(found, Share):
            value, low, high = found.value, found.low, found.high
            return Claim(name, "seen", label, unit, value, how, low, high, people)
        return Claim(name, "seen", label, unit, found, how, people=people)


#: Columns of numbers of the answers.
_NUMBERS = ("hit", "probability", "rating")
