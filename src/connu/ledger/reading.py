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
from functools import cached_property
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
from connu.kernel.errors import (
    BuildError,
    NotFoundError,
    PurposeError,
    UsageError,
    did_you_mean,
)
from connu.ledger.build import Build
from connu.ledger.files import io_error, replacing
from connu.ledger.intents import LEVELLED, LEVELS
from connu.ledger.narrowing import Narrowing
from connu.ledger.persons import relations
from connu.ledger.shapes import EXPORTS, ordered
from connu.ledger.ties import Tie, tie_of

ALL = Narrowing()
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

    def export(
        self,
        name: str,
        path: Path,
        *,
        attribute: str | None = None,
        only: Narrowing = ALL,
    ) -> Exported:
        """Write an export, whole or not at all, in a fixed order of columns and rows.

        Args:
            name: one of EXPORTS.
            path: ends in .parquet, .csv or .jsonl.
            attribute: only the rows about it; what is left out is counted among those.
            only: which kind, level, horizon and ranks; likewise.

        Raises:
            UsageError: no such export or attribute, a narrowing that does not fit, another suffix,
                no such folder.
            PurposeError: the attribute may not be read for this purpose.
            BuildError: the file cannot be written.
        """
        if name not in EXPORTS:
            known = [*EXPORTS, "audits"]
            raise UsageError(f"connu does not export «{name}»", hint=did_you_mean(name, known))
        path = export_path(path)
        query = self.sql(name, attribute=attribute, only=only)
        tests = only.tests()
        tests += [] if attribute is None else [f"t.attribute = {literal(attribute)}"]
        about = f" WHERE {' AND '.join(tests)}" if tests else ""
        total = self._count(f"SELECT count(*) AS n FROM {name} AS t{about}")
        rows = written(self._engine, query, path)
        absent = total - rows
        if name == "customers" or not absent or not self.build.has("customers"):
            customers = absent if name == "customers" else 0
        else:
            customers = self.left_out("customers")
        return Exported(rows, absent, customers, path)

    def sql(
        self,
        name: str,
        *,
        attribute: str | None = None,
        only: Narrowing = ALL,
        sort: bool = True,
        whole: bool = False,
    ) -> str:
        """The query of a table: its export's columns and order, the predicate inside.

        Args:
            name: the table.
            attribute: only the rows about it, for a table that has such.
            only: which kind, level, horizon and ranks, for a table that has such.
            sort: in the export's order; a query inside another need not be sorted, and the engine
                would sort it all the same.
            whole: with the columns that the export leaves out, behind.

        Raises:
            NotFoundError: the build has no such table.
            UsageError: the table is not about attributes, or not about this one; the narrowing
                does not fit it.
            PurposeError: the attribute may not be read for this purpose.
        """
        self.build.file(name)
        columns = self._columns(name)
        if whole and EXPORTS.get(name) is not None:
            columns += [c for c in self._engine.columns(name) if c not in columns]
        chosen = ", ".join(self._shown(name, column) for column in columns)
        if attribute is not None:
            self._check_attribute(name, attribute, columns)
        if only:
            self._check_narrowing(name, only, columns)
        rows = self._kept(name, chosen, attribute, only)
        return rows + ordered(name, columns) if sort else rows

    def attributes(self, name: str) -> list[str]:
        """The attributes a table is about, sorted, but those that may not be read."""
        self.build.file(name)
        told = self._engine.collect(f"SELECT DISTINCT attribute FROM {name} ORDER BY attribute")
        return [word for word in told["attribute"].to_pylist() if word not in self._hidden]

    # ------------------------------------------------------------------ within
    def _check_attribute(self, name: str, attribute: str, columns: list[str]) -> None:
        if "attribute" not in columns:
            raise UsageError(
                f"«{name}» is not about attributes, so none can be chosen",
                hint="leave --attribute out",
                table=name,
            )
        if attribute in self._hidden:
            raise PurposeError(
                f"«{attribute}» is sensitive and may not be read for «{self.purpose}»",
                hint="read it for the purpose that its customers granted",
                attribute=attribute,
            )
        known = self.attributes(name)
        if attribute not in known:
            raise UsageError(
                f"«{name}» says nothing about an attribute «{attribute}»",
                hint=did_you_mean(attribute, known) if known else "it is empty in this build",
                table=name,
            )

    def _check_narrowing(self, name: str, only: Narrowing, columns: list[str]) -> None:
        words = [c for c in ("kind", "level", "horizon_days") if c in columns]
        found = pa.table({})
        if words:
            found = self._engine.collect(f"SELECT DISTINCT {', '.join(words)} FROM {name}")
        only.check(name, columns, found)

    def _kept(
        self, name: str, chosen: str, attribute: str | None = None, only: Narrowing = ALL
    ) -> str:
        """SELECT `chosen` of the rows `t` of a table that may be read."""
        behaviour = self.build.has("event_customers")
        there = self._engine.columns(name)
        tie = tie_of(name, there, behaviour=behaviour)
        groups = self._groups(tie)
        expressions = [e for group in groups for e in self._group(group, set(tie.relations))]
        head = f"WITH {', '.join(expressions)} " if expressions else ""
        tests = [
            f"NOT ({tie.touches(group)})" if group == "withheld" else f"({tie.touches(group)})"
            for group in groups
        ]
        if "attribute" in there and self._hidden:
            hidden = ", ".join(map(literal, self._hidden))
            tests.append(f"t.attribute NOT IN ({hidden})")
        if attribute is not None:
            tests.append(f"t.attribute = {literal(attribute)}")
        tests += self._trade(name, there) + only.tests()
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"{head}SELECT {chosen} FROM {name} AS t{where}"

    def _trade(self, name: str, columns: list[str]) -> list[str]:
        """Conditions that hide what names products and categories, where those are sensitive."""
        if not set(self._hidden) & set(LEVELS[:2]):
            return []
        if name == "facts":
            told = ", ".join(map(literal, LEVELLED))
            return [f"NOT (t.basis = 'intents' AND t.attribute IN ({told}))"]
        return ["t.level = 'any'"] if {"level", "target"} <= set(columns) else []

    def _groups(self, tie: Tie) -> tuple[str, ...]:
        """Which groups decide. A row of two persons needs both; one nobody is tied to is read
        for what is allowed by default only."""
        if tie.kind == "nobody":
            return ()
        if granted_by_default(self.purpose):
            return ("withheld",) if self._anybody_withheld else ()
        return ("readable",) if tie.single else ("withheld", "readable")

    @cached_property
    def _anybody_withheld(self) -> bool:
        """Whether anybody at all refused what is allowed by default: where nobody did, no row has
        to be asked whose it is. Asked once a reader."""
        lone = self.build.has("visitors") and self._identifiers
        names = ["customers", *(["visitors"] if lone else [])]
        group = ", ".join(self._group("withheld", set(names)))
        counts = " + ".join(f"(SELECT count(*) FROM withheld_{name})" for name in names)
        return self._count(f"WITH {group} SELECT {counts} AS n") > 0

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


def export_path(path: Path | str) -> Path:
    """The path of an export, if a file can be written there.

    Raises:
        UsageError: another suffix, no such folder.
    """
    path = Path(path)
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
    return path


def written(engine: Engine, sql: str, path: Path) -> int:
    """Write a query to a file, whole or not at all; returns its rows.

    Raises:
        BuildError: the file cannot be written.
    """
    try:
        with replacing(path) as fresh:
            return engine.write(sql, fresh)
    except OSError as error:
        raise io_error("the export could not be written", error) from error


_NO_CONSENTS = pa.schema(
    [
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("purpose", pa.string()),
        ("granted", pa.bool_()),
        ("since", pa.timestamp("us")),
    ]
)
