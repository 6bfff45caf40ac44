"""Intents on a time split: everything learnt before a cut, and judged on what came after it.

What a build does at its own end, done at a moment in the past: what comes next in sessions that
begin later, who buys within each horizon, where subjects turn to, and how customers stay. What
cannot be judged is left out, and the reason said.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.affinity_evaluation import evaluate_affinities
from connu.app.buying_evaluation import evaluate_buying
from connu.app.intent_figures import IntentsEvaluation
from connu.app.next_evaluation import evaluate_next
from connu.app.reading import Reading
from connu.app.session_trails import SESSION, nameless_sessions, session_trails
from connu.app.staying_evaluation import judge_staying
from connu.kernel.clock import now_utc
from connu.kernel.errors import UsageError, did_you_mean
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.reading import read_trails
from connu.know.trails import DAY, Trails
from connu.ledger.intents import spoken_reason
from connu.measure.evaluation import Origin
from connu.twins.learnable import make_refused

#: What may be judged, by the word of the command.
PARTS = ("next", "buy", "affinity", "stay")
#: Days judged of staying where nobody says otherwise: a quarter.
STAYING_DAYS = 91
_HELD_OUT = "held out: a later time"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def evaluate_intents(
    reading: Reading,
    settings: Settings,
    *,
    consents: pa.Table,
    start: datetime | None = None,
    only: Collection[str] = (),
    level: str | None = None,
    staying_days: int | None = None,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> IntentsEvaluation:
    """Learn before a cut, and judge on what came after.

    Args:
        reading: the build, opened for the purpose: who did not grant it is neither learnt from
            nor judged.
        settings: the brand's.
        consents: the journal's: who refused is left out, as in a build.
        start: the cut, of all parts; without zone it is UTC. When absent: the longest horizon
            before the last event, and for staying `staying_days` before it.
        only: some of PARTS; all when empty.
        level: of what comes next: only the `product`, or the `category`; both when absent.
        staying_days: of the span that staying is judged on; a quarter when absent, or what there
            is after `start`.
        truth: a file of later purchases (`intent_truth`), or None.
        progress: who watches.

    Raises:
        UsageError: a part nobody knows, no event, a cut outside of the events, or nothing at all
            that can be judged.
        SourceError: the truth cannot be read.
    """
    asked = _asked(only, level)
    if truth is not None:
        from connu.app.intent_truth import check_truth

        check_truth(truth)
    engine = reading.engine
    readable = _readable(reading)
    make_refused(engine, now=now_utc(), journal_consents=consents)
    trails = _only(read_trails(engine, settings, progress=progress), readable)
    clicks = trails
    if "next" in asked and nameless_sessions(engine):
        clicks = session_trails(engine, settings, reading.build, progress=progress)
        clicks = _only(clicks, readable)
    if not len(clicks.time):
        raise UsageError(
            "the build has no event of anybody: there is nothing to judge intents on",
            hint="events need a time, and a cookie, an identifier or a session: connu status",
        )
    cut = _cut(clicks, start, max(settings.intents.horizons_days))
    found: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for part in asked:
        told: Any
        if part == "next":
            told = evaluate_next(clicks, cut, settings, level=level, progress=progress)
        elif part == "buy":
            silences: dict[tuple[str, int], str] = {}
            told = evaluate_buying(trails, cut, settings, silences, progress=progress)
            if not isinstance(told, str):
                skipped |= {
                    f"buy, {what} within {days} day{'s' * (days != 1)}": spoken_reason(why)
                    for (what, days), why in sorted(silences.items())
                }
        elif part == "affinity":
            told = evaluate_affinities(trails, cut, settings)
        else:
            day, days = _span(trails, start, staying_days)
            seed = settings.intents.seed
            told = judge_staying(trails, day, days, seed=seed, progress=progress)
            found["staying_cut"] = _spoken(day * DAY)
        if isinstance(told, str):
            skipped[part] = spoken_reason(told)
        else:
            found[_NAMES[part]] = told
    if truth is not None:
        from connu.app.intent_truth import judge_truth

        found["truth"] = judge_truth(reading, trails, truth)
    if not found.keys() - {"staying_cut"}:
        why = "; ".join(f"{part}: {reason}" for part, reason in skipped.items())
        raise UsageError(
            f"no intent can be judged after {_spoken(cut)} ({why})",
            hint="--from names another moment; connu status says which events there are",
        )
    return IntentsEvaluation(
        cut=_spoken(cut),
        now=_spoken(clicks.now),
        subjects=len(clicks),
        origin=Origin.now(
            _HELD_OUT if truth is None else f"{_HELD_OUT}; {truth.name}",
            purpose=reading.reader.purpose,
            build=reading.build.id,
        ),
        events=int((clicks.time < cut).sum()),
        after=int((clicks.time >= cut).sum()),
        skipped=skipped,
        aside=dict(sorted(clicks.aside.items())),
        **found,
    )


_NAMES = {"next": "next", "buy": "buying", "affinity": "affinities", "stay": "staying"}


def _asked(only: Collection[str], level: str | None) -> tuple[str, ...]:
    if level not in (None, "product", "category"):
        raise UsageError(
            f"nothing comes next on the level «{level}»",
            hint=did_you_mean(level, ("product", "category")),
            level=level,
        )
    for word in only:
        if word not in PARTS:
            raise UsageError(
                f"intents have no part «{word}»", hint=did_you_mean(word, PARTS), part=word
            )
    return tuple(part for part in PARTS if not only or part in only)


def _readable(reading: Reading) -> dict[str, pa.Array]:
    """By kind of subject, who may be read for the purpose."""
    named = {"customer": ("customer_id", "identities"), "visitor": ("anonymous_id", "visitors")}
    return {
        kind: reading.engine.collect(f"SELECT DISTINCT {column} FROM ({reading.sql(table)}) AS t")[
            column
        ].combine_chunks()
        for kind, (column, table) in named.items()
    }


def _only(trails: Trails, readable: dict[str, pa.Array]) -> Trails:
    """The trails of those who may be read; sessions that are nobody's may."""
    kind, subject = (trails.subjects[name] for name in ("subject_kind", "subject"))
    kept = pc.starts_with(subject, SESSION)
    for word, names in readable.items():
        kept = pc.or_(kept, pc.and_(pc.equal(kind, word), pc.is_in(subject, value_set=names)))
    mask = np.asarray(kept)
    return trails if mask.all() else trails.take(mask)


def _cut(trails: Trails, start: datetime | None, days: int) -> int:
    """The moment of the split, µs.

    Raises:
        UsageError: nothing happened before it, or nothing after it.
    """
    first = int(trails.time.min())
    if start is None:
        cut = trails.now - days * DAY
        if cut > first:
            return cut
        # A log shorter than the horizon is split where three quarters of its time are over.
        return first + (trails.now - first) * 3 // 4
    cut = _micros(start)
    if not first < cut < trails.now:
        raise UsageError(
            f"there are no events on both sides of {_spoken(cut)}",
            hint=f"they go from {_spoken(first)} to {_spoken(trails.now)}: name a moment within",
        )
    return cut


def _span(trails: Trails, start: datetime | None, days: int | None) -> tuple[int, int]:
    """The day (since 1970) from which staying is judged, and for how many days.

    Raises:
        UsageError: the span ends after the events do, or begins before them.
    """
    last = trails.now // DAY
    if start is None:
        whole = STAYING_DAYS if days is None else days
        first = int(trails.time.min()) // DAY if len(trails.time) else last
        if days is not None and last - days <= first:
            raise UsageError(
                f"the events are not older than {days} days: nothing would be left to learn from",
                hint=f"--staying-days {max((last - first) // 2, 1)}",
            )
        return last - whole, whole
    day = _micros(start) // DAY
    if days is not None and day + days > last:
        raise UsageError(
            f"the events end before {days} days after {_spoken(day * DAY)} are over",
            hint=f"--staying-days {last - day}, or an earlier --from",
        )
    return day, last - day if days is None else days


def _micros(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _spoken(moment: int) -> str:
    """A moment (µs) as ISO text, UTC, in whole seconds."""
    return (_EPOCH + timedelta(seconds=moment // 1_000_000)).strftime("%Y-%m-%dT%H:%M:%SZ")
