"""One published build: a folder of Parquet tables with its serving index and its trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connu.engine.protocol import Engine
from connu.kernel.errors import NotFoundError, did_you_mean
from connu.ledger.expectations import UNDERSTANDING_TABLES
from connu.ledger.intents import INTENT_TABLES
from connu.ledger.scorecards import SCORECARD_TABLES
from connu.ledger.twins import TWIN_TABLES

#: Written into build.json; a reader refuses a later one.
BUILD_FORMAT = 1
#: Tables that builds of an earlier connu do not hold, and what to say of one.
_ADDED = (*TWIN_TABLES, *INTENT_TABLES, *UNDERSTANDING_TABLES, *SCORECARD_TABLES)
_BUILD_ANEW = "it was made before connu knew this table; run: connu build"


@dataclass(frozen=True)
class Build:
    """One published build: a folder of Parquet tables with its serving index and its trace."""

    id: str
    path: Path
    about: dict[str, Any]

    @property
    def trace(self) -> dict[str, Any]:
        """What the build said of itself: counts, timings, settings digest, versions, rejects."""
        return dict(self.about.get("trace", {}))

    @property
    def created(self) -> datetime:
        """When it was begun, UTC."""
        return moment_of(self.id)

    @property
    def tables(self) -> list[str]:
        """The names of its tables."""
        return sorted(self.about["tables"])

    def has(self, table: str) -> bool:
        """Whether the build holds the table."""
        return table in self.about["tables"]

    def file(self, table: str) -> Path:
        """The Parquet file of a table.

        Raises:
            NotFoundError: the build holds no such table.
        """
        if not self.has(table):
            raise NotFoundError(
                f"the build has no table «{table}»",
                hint=_BUILD_ANEW if table in _ADDED else did_you_mean(table, self.tables),
                build=self.id,
            )
        return self.path / f"{table}.parquet"

    def mount(self, engine: Engine, tables: Iterable[str] | None = None) -> None:
        """Name the build's tables in an engine; nothing is copied."""
        for table in self.tables if tables is None else tables:
            engine.read_parquet(table, self.file(table))


def id_of(moment: datetime) -> str:
    """The build id of a moment.

    >>> id_of(datetime(2026, 11, 21, 19, 45, 1, 250000, UTC))
    '20261121T194501250Z'
    """
    moment = moment.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z"


def moment_of(id: str) -> datetime:
    """The moment of a build id, UTC, to the millisecond."""
    return datetime.strptime(id[:-1] + "000", "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
