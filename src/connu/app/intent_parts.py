"""Parts of intents: what the telling of one kind left behind, and what is alike in all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from connu.app.intent_silences import Silence
from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.ledger.intents import INTENT_RELIABILITY


@dataclass(frozen=True)
class Part:
    """What one kind left behind.

    Attributes:
        kind: the word it is counted under.
        rows: told.
        told: the table of its rows of intents, shape TELLING at least; None without.
        facts: the table of its facts; None without.
        silences: what it does not say.
        reliability: how right it was, shape INTENT_RELIABILITY.
    """

    kind: str
    rows: int = 0
    told: str | None = None
    facts: str | None = None
    silences: list[Silence] = field(default_factory=list)
    reliability: pa.Table = field(default_factory=INTENT_RELIABILITY.empty_table)


def facts_from(engine: Engine, told: str, now: int) -> str:
    """The facts of a table of shape TELLING, as a table; its name."""
    name = f"{told}_facts"
    engine.run(
        name,
        "SELECT subject_kind, subject, attribute, target AS value, surely AS probability,"
        f" 'intents' AS basis, 'intents' AS source, evidence, {moment_sql(now)} AS observed_at"
        f" FROM {told} WHERE attribute IS NOT NULL",
    )
    return name


def moment_sql(now: int) -> str:
    """A moment (µs since 1970) as SQL: the last that the trails know."""
    at = np.datetime64(max(now - 1, 0), "us")
    return f"TIMESTAMP {literal(str(at).replace('T', ' '))}"


def count_of(engine: Engine, table: str) -> int:
    """The rows of a table."""
    return int(engine.collect(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())
