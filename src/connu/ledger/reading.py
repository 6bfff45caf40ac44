"""Reading: every read of a build names a purpose, and the predicate is inside the query.

A Reader gives tables and exports of one build for one purpose. Rows of customers who may not be
read for it never leave the engine; how many were left out is told. Attributes a brand declared
sensitive are read for their own purpose only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.govern.consents import (
    JOURNAL_CONSENTS,
    holders,
    readable,
    visitors_who_said,
    withheld,
)
from connu.govern.purposes import STANDARD, checked, granted_by_default
from connu.kernel.clock import now_utc
from connu.kernel.errors import BuildError, NotFoundError, UsageError, did_you_mean
from connu.ledger.build import Build
from connu.ledger.files import io_error, replacing
from connu.ledger.persons import relations
from connu.ledger.shapes import EXPORTS, ordered
from connu.ledger.ties import Tie, tie_of

SUFFIXES = (".csv", ".parquet", ".jsonl")


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        rows: written.
        left_out: rows of those who may not be read for the purpose.
        customers_left_out: the customers of the build who may not be read for it.
        path: the file.
    """

    rows: int
    left_out: int
    customers_left_out: int
    path: Path


class Reader:
    """Reads one build for one purpose.

    Args:
        build: the build.
        engine: where its tables are mounted (done here); the journal's consents are put there.
        purpose: what the data will be used for.
        journal_consents: the journal's consents, shape JOURNAL_CONSENTS, or None.
        known: the purposes of the brand (`purposes.of_brand`); a purpose somebody consented to
            in the build or the journal is known too.
        sensitive: attributes declared sensitive: name → the purpose they may be read for
            (`sensitive.declared_sensitive`).
        clock: grants later than its time have no time.

    Raises:
        PurposeError: nobody knows the purpose.
    """

    def __init__(
        self,
        build: Build,
        engine: Engine,
        purpose: str = "service",
        journal_consents: pa.Table | None = None,
        *,
        known: Iterable[str] = STANDARD,
        sensitive: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.build = build
        self._engine = engine
        self._now = clock().astimezone(UTC).replace(tzinfo=None)
        journal = JOURNAL_CONSENTS.empty_table() if journal_consents is None else journal_consents
        build.mount(engine)
        if not build.has("consents"):
            engine.put("consents", _NO_CONSENTS.empty_table())
        self.purpose = self._checked(purpose, tuple(known), journal)
        mine = journal.filter(pc.equal(journal["purpose"], self.purpose))
        self._journal = mine.num_rows > 0
        self._identifiers = mine["type"].null_count < mine.num_rows
        if self._journal:
            engine.put("journal_consents", mine)
        self._hidden = sorted(
            name for name, used_for in (sensitive or {}).items() if used_for != self.purpose
        )

    # ------------------------------------------------------------------ taking
    def table(self, name: str) -> pa.Table:
        """A table of the build, without the rows that may not be read for the purpose.

        Raises:
            NotFoundError: the build has no such table.
            PurposeError: nobody can say whose its rows are.
        """
        return self._engine.collect(self.sql(name))

    def left_out(self, name: str) -> int:
        """How many rows of a table may not be read for the purpose."""
        self.build.file(name)
        return self._count(f"SELECT count(*) AS n FROM {name}") - self._count(
            f"SELECT count(*) AS n FROM ({self._kept(name, '1 AS one')}) AS kept"
        )

    def may_read(self, customer_id: str) -> bool:
        """Whether one customer may be read for the purpose."""
        group = ", ".join(self._group("readable", {"customers"}))
        return bool(
            self._count(
                f"WITH {group} SELECT count(*) AS n FROM readable_customers"
                f" WHERE customer_id = {literal(customer_id)}"
            )
        )

    def export(self, name: str, path: Path) -> Exported:
        """Write an export, whole or not at all, in a fixed order of columns and rows.

        Args:
            name: one of EXPORTS.
            path: ends in .parquet, .csv or .jsonl.

        Raises:
            UsageError: no such export, another suffix, no such folder.
            BuildError: the file cannot be written.
        """
        path = Path(path)
        if name not in EXPORTS:
            raise UsageError(f"connu does not export «{name}»", hint=did_you_mean(name, EXPORTS))
        if path.suffix.lower() not in SUFFIXES:
            raise UsageError(
                f"connu cannot write files ending in «{path.suffix}»",
                hint=f"use {', '.join(SUFFIXES)}",
                file=path,
            )
        if not path.parent.is_dir() or path.is_dir():
            raise UsageError(
                "the file to export to cannot be made: "
                + ("it is a folder" if path.is_dir() else "its folder does not exist"),
                file=path,
            )
        total = self._count(f"SELECT count(*) AS n FROM {name}") if self.build.has(name) else 0
        try:
            with replacing(path) as fresh:
                rows = self._engine.write(self.sql(name), fresh)
        except OSError as error:
            raise io_error("the export could not be written", error) from error
        absent = total - rows
        if name == "customers" or not absent or not self.build.has("customers"):
            customers = absent if name == "customers" else 0
        else:
            customers = self.left_out("customers")
        return Exported(rows, absent, customers, path)

    def sql(self, name: str) -> str:
        """The query of a table: its export's columns and order, the predicate inside."""
        self.build.file(name)
        columns = self._columns(name)
        chosen = ", ".join(self._shown(name, column) for column in columns)
        return self._kept(name, chosen) + ordered(name, columns)

    # ------------------------------------------------------------------ within
    def _kept(self, name: str, chosen: str) -> str:
        """SELECT `chosen` of the rows `t` of a table that may be read."""
        behaviour = self.build.has("event_customers")
        tie = tie_of(name, self._engine.columns(name), behaviour=behaviour)
        groups = self._groups(tie)
        expressions = [e for group in groups for e in self._group(group, set(tie.relations))]
        head = f"WITH {', '.join(expressions)} " if expressions else ""
        tests = [
            f"NOT ({tie.touches(group)})" if group == "withheld" else f"({tie.touches(group)})"
            for group in groups
        ]
        if name == "facts" and self._hidden:
            hidden = ", ".join(map(literal, self._hidden))
            tests.append(f"t.attribute NOT IN ({hidden})")
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"{head}SELECT {chosen} FROM {name} AS t{where}"

    def _groups(self, tie: Tie) -> tuple[str, ...]:
        """Which groups decide. A row of two persons needs both; one nobody is tied to is read
        for what is allowed by default only."""
        if tie.kind == "nobody":
            return ()
        if granted_by_default(self.purpose):
            return ("withheld",)
        return ("readable",) if tie.single else ("withheld", "readable")

    def _group(self, group: str, needed: set[str]) -> list[str]:
        if needed & {"rids", "keys"} or self._identifiers:
            for table in ("normal", "identifiers"):
                if not self.build.has(table):
                    raise BuildError(
                        f"the build cannot say whose identifiers are whose: it lacks «{table}»",
                        hint="run: connu build",
                        table=table,
                    )
        visitors = self.build.has("visitors")
        members = readable if group == "readable" else withheld
        customers = members(
            self.purpose,
            now=self._now,
            journal=self._journal,
            identifiers=self._identifiers,
        )
        if self._identifiers:
            held = holders(journal_only=True, visitors=visitors)
            customers = f"WITH holders AS ({held}) {customers}"
        return relations(
            group,
            needed,
            customers=customers,
            lone_visitors=self._lone_visitors(group) if visitors else None,
            visitors=visitors,
        )

    def _lone_visitors(self, group: str) -> str | None:
        """Visitors nobody knows who said so themselves, by their cookie."""
        if not self._identifiers:
            return None
        said = visitors_who_said(self.purpose, now=self._now)
        granted = "granted" if group == "readable" else "NOT granted"
        return (
            "SELECT v.anonymous_id FROM visitors AS v"
            f" JOIN ({said}) AS s ON s.anonymous_id = v.anonymous_id"
            f" WHERE v.customer_id IS NULL AND {granted}"
        )

    def _columns(self, name: str) -> list[str]:
        there = self._engine.columns(name)
        fixed = EXPORTS.get(name)
        if fixed is None:
            return [c for c in there if not (name == "customers" and c in self._hidden)]
        missing = [column for column in fixed if column not in there]
        if missing:
            raise NotFoundError(
                f"the table «{name}» lacks the column «{missing[0]}»",
                hint="run: connu build",
                table=name,
                column=missing[0],
            )
        return list(fixed)

    def _shown(self, name: str, column: str) -> str:
        """A column as it is given out: columns of raw JSON lose the hidden attributes."""
        if self._hidden and (column == "attributes" or (name, column) == ("quarantine", "content")):
            nothing = literal(json.dumps(dict.fromkeys(self._hidden)))
            return f"json_merge_patch(t.{quoted(column)}, {nothing}) AS {quoted(column)}"
        return f"t.{quoted(column)}"

    def _checked(self, purpose: str, known: tuple[str, ...], journal: pa.Table) -> str:
        if purpose in known:
            return purpose
        said = self._engine.collect("SELECT DISTINCT purpose FROM consents WHERE purpose <> ''")
        heard = set(said["purpose"].to_pylist()) | set(journal["purpose"].to_pylist())
        return checked(purpose, known + tuple(sorted(heard - set(known))))

    def _count(self, sql: str) -> int:
        return int(self._engine.collect(sql)["n"][0].as_py())


_NO_CONSENTS = pa.schema(
    [
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("purpose", pa.string()),
        ("granted", pa.bool_()),
        ("since", pa.timestamp("us")),
    ]
)
