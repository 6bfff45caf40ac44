"""Narrowing: which rows of a table a reader asks for, and why a wish does not fit it.

A wish that a table cannot fulfil is an error that names the remedy: a file of other rows than those
asked for, or of none for a mistyped word, would be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connu.engine.sql import literal
from connu.kernel.errors import UsageError, did_you_mean
from connu.ledger.intents import KINDS, LEVELS, LEVELS_OF, TIMED

#: Words that may be asked for although a build has no row of them: it may be silent about them.
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "intents": {"kind": KINDS, "level": LEVELS},
    "moments": {"level": LEVELS[:2]},
    "intent_reliability": {"kind": KINDS, "level": LEVELS},
    "intent_silences": {"kind": KINDS, "level": LEVELS},
}
#: By column: the option's name, and what a table without it is not.
_OPTIONS = {
    "kind": ("--kind", "has no kinds"),
    "level": ("--level", "has no levels"),
    "horizon_days": ("--horizon", "has no horizons"),
    "rank": ("--top", "has no ranks"),
}


@dataclass(frozen=True)
class Narrowing:
    """The rows asked for; nothing given, all of them.

    Attributes:
        kind: of intents: affinity, buy, next, stay.
        level: category, product or any.
        horizon_days: of what is told within so many days.
        top: the strongest of each subject: rank 1 to this.
    """

    kind: str | None = None
    level: str | None = None
    horizon_days: int | None = None
    top: int | None = None

    def __bool__(self) -> bool:
        return any(wish is not None for wish in self._wishes().values())

    def tests(self) -> list[str]:
        """Conditions over a row `t`; none when all rows are asked for."""
        return [
            f"t.{column} <= {wish}" if column == "rank" else f"t.{column} = {_spoken(wish)}"
            for column, wish in self._wishes().items()
            if wish is not None
        ]

    def as_dict(self) -> dict[str, str | int]:
        """The wishes as JSON: kind, level, horizon, top, those that were made."""
        named = {
            "kind": self.kind,
            "level": self.level,
            "horizon": self.horizon_days,
            "top": self.top,
        }
        return {word: wish for word, wish in named.items() if wish is not None}

    def check(self, table: str, columns: Sequence[str], found: pa.Table) -> None:
        """Refuse what the table cannot fulfil.

        Args:
            table: its name.
            columns: its columns.
            found: distinct kind, level and horizon_days of the table, as far as it has them.

        Raises:
            UsageError: the table has no such column, word or horizon.
        """
        wishes = {column: wish for column, wish in self._wishes().items() if wish is not None}
        for column in wishes:
            if column not in columns:
                option, lacks = _OPTIONS[column]
                raise UsageError(f"«{table}» {lacks}", hint=f"leave {option} out", table=table)
        if self.top is not None and self.top < 1:
            raise UsageError("--top counts from 1", hint="--top 3 are the three strongest")
        for column in ("kind", "level"):
            if column in wishes:
                held = found[column].unique().drop_null().to_pylist()
                self._check_word(table, column, str(wishes[column]), held)
        self._check_level(table)
        if self.horizon_days is None:
            return
        if self.kind is not None and table == "intents" and self.kind not in TIMED:
            raise UsageError(
                f"«{self.kind}» is not told within days",
                hint=f"leave --horizon out, or take --kind {' or '.join(TIMED)}",
                table=table,
            )
        rows = found.to_pylist()
        days = sorted(
            {
                row["horizon_days"]
                for row in rows
                if row["horizon_days"] is not None
                and all(row[c] == wishes[c] for c in ("kind", "level") if c in wishes)
            }
        )
        if days and self.horizon_days not in days:
            raise UsageError(
                f"«{table}» says nothing within {self.horizon_days} days",
                hint=f"it has {', '.join(map(str, days))}; connu export intent_silences says why "
                "another is not told, and [intents] in connu.toml sets others",
                table=table,
            )

    def _check_level(self, table: str) -> None:
        """Refuse a level on which the kind never stands."""
        known = LEVELS_OF.get(self.kind or "")
        if self.level is not None and known and self.level not in known:
            raise UsageError(
                f"«{self.kind}» is not told on the level «{self.level}»",
                hint=f"--level {' or '.join(known)}, or leave it out",
                table=table,
            )

    def _check_word(self, table: str, column: str, wish: str, held: Iterable[str]) -> None:
        known = sorted({*held, *_WORDS.get(table, {}).get(column, ())})
        if wish not in known:
            raise UsageError(
                f"«{table}» has no {column} «{wish}»",
                hint=did_you_mean(wish, known) if known else "it is empty in this build",
                table=table,
            )

    def _wishes(self) -> dict[str, str | int | None]:
        return {
            "kind": self.kind,
            "level": self.level,
            "horizon_days": self.horizon_days,
            "rank": self.top,
        }


def _spoken(wish: str | int | None) -> str:
    return literal(wish) if isinstance(wish, str) else str(wish)
