"""A brand of a million customers, made in minutes: a small build many times over.

A real build of a million customers takes hours; what reads one only needs its tables. Each copy of
the small build has ids of its own, so that joins find as many partners as in the original and no
row is tied to a stranger's.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from connu.app.card_base import base_card
from connu.app.confirmations import mount_confirmations
from connu.app.kept_card import card_key, keep_card
from connu.app.reading import opened_build
from connu.app.scorecard_history import keep_scorecard
from connu.engine.choice import open_engine
from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.journal.journal import open_journal
from connu.kernel.fields import is_identifier
from connu.kernel.sections import EngineChoice
from connu.kernel.settings import read_settings
from connu.ledger.build import Build
from connu.ledger.builds import Builds
from connu.ledger.scorecards import SCORECARD_PURPOSE

CUSTOMERS = 1_000_000
#: What a copy has its own of: ids as text, and numbers.
_TEXTS = (
    "customer_id other_customer_id record_id left_record_id right_record_id subject household_id"
    " verbatim_id event_id session"
).split()
_NUMBERS = ("rid", "left_rid", "right_rid", "row")
#: Tables that concern nobody, and the catalogue: there is one of each, however many customers.
_ONCE = (
    "products twin_reliability intent_reliability intent_silences expectation_reliability"
    " scorecards"
).split()


def grow(source: Path, target: Path, customers: int = CUSTOMERS) -> int:
    """Make a brand in `target` whose build is that of `source` over and over.

    Cost: some minutes and 10 GB of disk for a million customers.

    Args:
        source: a built brand's folder.
        target: an empty or missing folder.
        customers: at least so many.

    Returns:
        The customers it has.
    """
    small = Builds(source).current()
    target.mkdir(parents=True, exist_ok=True)
    (target / "connu.toml").write_text((source / "connu.toml").read_text("utf-8"), "utf-8")
    with Builds(target).begin() as draft:
        with closing(open_engine(EngineChoice(), draft.workspace)) as engine:
            for table in small.tables:
                engine.read_parquet(f"small_{table}", small.file(table))
            there = _count(engine, "small_customers")
            copies = -(-customers // there)
            step = 1 + max(_most(engine, small, table) for table in small.tables)
            for table in small.tables:
                engine.run(table, _copied(engine, table, copies, step))
            made = _count(engine, "customers")
            for table in small.tables:
                engine.drop(f"small_{table}")
            _count_scorecard(engine, target, draft.id, small.tables)
        draft.publish(small.tables, small.trace | {"digest": "grown"})
    return made


def recount(folder: Path) -> None:
    """Keep the scorecard of a grown brand as this connu counts it: one of another connu's is not
    used, and a build of this one would have kept it."""
    settings = read_settings(folder)
    with (
        open_journal(folder, settings) as journal,
        opened_build(folder, settings, SCORECARD_PURPOSE) as reading,
    ):
        mount_confirmations(reading, journal)
        card = base_card(folder, settings, reading, reading.sql)
        key = card_key(folder, settings, journal, SCORECARD_PURPOSE)
        keep_card(reading.build.path, key, card)


def _count_scorecard(engine: Engine, target: Path, id: str, tables: Sequence[str]) -> None:
    """As the last stage of a build does."""
    settings = read_settings(target)
    build = Build(id, engine.workspace, {"tables": dict.fromkeys(tables, 0)})
    with open_journal(target, settings) as journal:
        keep_scorecard(engine, settings, target, journal, build, None)


def _copied(engine: Engine, table: str, copies: int, step: int) -> str:
    columns = engine.columns(f"small_{table}")
    if table in _ONCE:
        return f"SELECT * FROM small_{table}"
    told = ", ".join(f"{_own(table, column, step)} AS {quoted(column)}" for column in columns)
    return f"SELECT {told} FROM small_{table} AS t CROSS JOIN range({copies}) AS c(copy)"


def _own(table: str, column: str, step: int) -> str:
    """A column as a copy has it: ids are its own, everything else is the original's."""
    name = f"t.{quoted(column)}"
    if column in _NUMBERS:
        return f"CAST({name} + copy * {step} AS BIGINT)"
    text = column in _TEXTS or is_identifier(column)
    if text or (table, column) == ("identifiers", "value"):
        return f"{name} || '-' || copy"
    if (table, column) == ("facts", "value"):
        # Identifiers among the facts are each copy's own, other values are anybody's.
        own = f"{name} || '-' || copy"
        return f"CASE WHEN t.attribute IN ({_identifiers()}) THEN {own} ELSE {name} END"
    return name


def _identifiers() -> str:
    words = ("email", "phone", "account", "loyalty_card", "anonymous_id", "support_case")
    return ", ".join(map(literal, words))


def _most(engine: Engine, build: Build, table: str) -> int:
    """The highest number that a copy has its own of."""
    numbers = [c for c in engine.columns(f"small_{table}") if c in _NUMBERS]
    if not numbers:
        return 0
    tops = ", ".join(f"coalesce(max({quoted(column)}), 0)" for column in numbers)
    return int(_first(engine, f"SELECT greatest({tops}, 0) AS n FROM small_{table}"))


def _count(engine: Engine, table: str) -> int:
    return int(_first(engine, f"SELECT count(*) AS n FROM {table}"))


def _first(engine: Engine, sql: str) -> int:
    found: Sequence[int] = engine.collect(sql)["n"].to_pylist()
    return found[0]
