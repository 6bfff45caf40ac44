"""Forgetting: a person is taken out of journal, builds and serving index, and it is proved.

The order makes it safe to be killed anywhere and run again. First the journal, in one transaction:
his tombstones are kept, what names him and the codes of what he said are deleted. From then on no
build brings him back. Then a new build is made of the one in force, without him, and published at
once; the earlier ones go with that. Last the brand's folder is searched for what was his alone.
Sources are the brand's: the rows where he stands are told, and never edited.

The folders of the models of twins and of intents are not taken over: they were learnt with him
among the rest, and one of their vectors or visits may be his. The next build makes them again
without him; what they told of others stays.

Nor is the model that was taught the brand's labels: his words may have weight in it, and `connu
teach` makes another. It goes with the journal's entries, before anything is published.

An identifier that others hold too – the household's phone – is not his alone. It is neither buried
nor looked for, so that nobody else is lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.govern.consents import holders
from connu.govern.erasure import tombstones
from connu.journal.journal import Journal
from connu.kernel.clock import now_utc
from connu.kernel.errors import NotFoundError
from connu.ledger.build import Build
from connu.ledger.builds import Builds
from connu.ledger.expectations import CACHE_FOLDER, TAUGHT_FOLDER
from connu.ledger.files import io_error
from connu.ledger.persons import relations
from connu.ledger.search import Needles, Remain, search
from connu.ledger.serving import write_serving
from connu.ledger.shapes import ordered
from connu.ledger.ties import tie_of

#: Columns of people that many share and that prove nothing.
_COMMON = (
    "source",
    "record_id",
    "recorded_at",
    "sex",
    "civility",
    "country",
    "birth_date",
    "birth_year",
    "attributes",
)
#: Shorter cells are not looked for.
_CHARACTERS = 4
_GROUP = "erased"


@dataclass(frozen=True)
class SourceRow:
    """A row of a source where he stands; 1-based data row, in the order of the source's files."""

    source: str
    kind: str
    row: int


#: The model's text and somebody's identifiers → the model's text without them.
Unlearn = Callable[[str, Iterable[tuple[str, str]]], str]


@dataclass(frozen=True)
class Forgotten:
    """What was done, and the proof.

    Attributes:
        customer_id: who he was.
        records: his records.
        rows: table → rows taken out of the build.
        journal_rows: rows deleted from the journal.
        tombstones: kept.
        shared_identifiers: of his, held by others too and therefore left.
        builds: builds rewritten or deleted.
        build_id: the build in force now.
        needles: values, records and verbatims looked for.
        searched: files looked into.
        remains: places in the brand's folder where he still is, the sources' own files aside.
        in_sources: rows of the sources to delete.
        source_files: files in the brand's folder, outside .connu, where he was found, and where.
        unread: files that could not be looked into.
    """

    customer_id: str
    records: int
    rows: dict[str, int]
    journal_rows: int
    tombstones: int
    shared_identifiers: int
    builds: int
    build_id: str
    needles: int
    searched: int
    remains: tuple[Remain, ...]
    in_sources: tuple[SourceRow, ...]
    source_files: tuple[Remain, ...]
    unread: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Person:
    """What a build knows a person by."""

    customer_id: str
    records: tuple[tuple[str, str], ...]
    own: tuple[tuple[str, str], ...]
    shared: int
    needles: Needles


def forget(
    folder: Path,
    journal: Journal,
    customer_id: str,
    *,
    by: str,
    open_engine: Callable[[Path], Engine],
    clock: Callable[[], datetime] = now_utc,
    also_search: Iterable[Path] = (),
    unlearn: Unlearn | None = None,
) -> Forgotten:
    """Forget a customer. Run again after a failure, it goes on where it stopped.

    Costs about what it takes to write the build's tables once, and to read the folder once.

    Args:
        folder: the brand's folder.
        journal: the brand's journal.
        customer_id: a customer of the build in force.
        by: who forgets him; kept in the journal's log, which says nothing of whom.
        open_engine: gives an engine over a workspace.
        clock: names the new build.
        also_search: source files elsewhere.
        unlearn: takes the linking model and his own identifiers (type, value); gives the model
            without a trace of them. None: the model holds none.

    Raises:
        NotFoundError: the build in force has no such customer.
        BuildError: a build is running, or the new one cannot be written.
        JournalError: the journal refuses; nothing else was done.
    """
    folder = Path(folder)
    builds = Builds(folder)
    with builds.begin(clock) as draft:
        build = builds.current()
        before = len(builds.list())
        engine = open_engine(draft.workspace)
        try:
            build.mount(engine)
            person = _person(engine, build, customer_id)
            _mark(engine, build, person)
            in_sources = _source_rows(engine, build)
            verbatims = _his_verbatims(engine, build)
            stones = tombstones(journal.key(), person.records, person.own)
            journal_rows = journal.forget(
                records=person.records,
                identifiers=person.own,
                verbatims=verbatims,
                hashes=stones,
                by=by,
                at=clock(),
            )
            shutil.rmtree(folder / ".connu" / TAUGHT_FOLDER, ignore_errors=True)
            rows = _rewrite(engine, build)
            if "identities" in build.tables:
                write_serving(engine, draft.workspace / "serving.sqlite")
        finally:
            engine.close()
        _keep_model(build, draft.workspace, person.own, unlearn)
        made = draft.publish(build.tables, build.trace | {"forgotten": len(stones)}, alone=True)
    needles = replace(person.needles, verbatims=frozenset(verbatims))
    found = search([folder, *also_search], needles)
    remains = [place for place in found.remains if _is_ours(place.file, folder)]
    return Forgotten(
        customer_id=customer_id,
        records=len(person.records),
        rows=rows,
        journal_rows=journal_rows,
        tombstones=len(stones),
        shared_identifiers=person.shared,
        builds=before,
        build_id=made.id,
        needles=len(needles),
        searched=found.files,
        remains=tuple(remains),
        in_sources=in_sources,
        source_files=tuple(place for place in found.remains if place not in remains),
        unread=found.unread,
    )


def drop_derived(folder: Path) -> None:
    """Delete what was made of customers' words beside the builds: the taught model, and what
    endpoints answered. All of it can be made, or asked for, again.

    Args:
        folder: the brand's.
    """
    for name in (TAUGHT_FOLDER, CACHE_FOLDER):
        shutil.rmtree(folder / ".connu" / name, ignore_errors=True)


# ---------------------------------------------------------------------- who he is
def _person(engine: Engine, build: Build, customer_id: str) -> _Person:
    his = f"SELECT source, record_id FROM identities WHERE customer_id = {literal(customer_id)}"
    records = tuple(
        (row["source"], row["record_id"])
        for row in engine.collect(f"{his} ORDER BY 1, 2").to_pylist()
    )
    if not records:
        raise NotFoundError("there is no such customer", customer=customer_id)
    held = (
        f"SELECT type, value, bool_and(customer_id = {literal(customer_id)}) AS alone"
        f" FROM ({holders(visitors=build.has('visitors'))}) AS h"
        f" GROUP BY type, value HAVING bool_or(customer_id = {literal(customer_id)})"
        " ORDER BY type, value"
    )
    keys = engine.collect(held).to_pylist() if build.has("identifiers") else []
    own = tuple((key["type"], key["value"]) for key in keys if key["alone"])
    values = {customer_id, *(value for _, value in own if len(value) >= _CHARACTERS)}
    if build.has("people"):
        values |= _own_cells(engine, his)
    return _Person(
        customer_id,
        records,
        own,
        len(keys) - len(own),
        Needles(frozenset(values), frozenset(records)),
    )


def _own_cells(engine: Engine, his: str) -> set[str]:
    """Cells of his records that nobody else's record and no product holds, as written.

    Cells are compared folded – case, accents – since a build shows others' values folded too.
    """
    cells: dict[str, set[str]] = {}
    for table in ("people", "normal"):
        for column in _texts(engine, table):
            rows = engine.collect(
                f"SELECT DISTINCT t.{column} AS cell, {_folded(f't.{column}')} AS folded"
                f" FROM {table} AS t WHERE {_is_his(his)} AND length(t.{column}) >= {_CHARACTERS}"
            )
            for row in rows.to_pylist():
                cells.setdefault(row["folded"], set()).add(row["cell"])
    engine.put("his_cells", pa.table({"folded": pa.array(sorted(cells), pa.string())}))
    for table in ("people", "normal", "products"):
        others = f" AND NOT {_is_his(his)}" if table != "products" else ""
        for column in _texts(engine, table):
            held = f"SELECT {_folded(f't.{column}')} AS folded FROM {table} AS t WHERE TRUE{others}"
            rows = engine.collect(
                f"SELECT DISTINCT folded FROM ({held}) AS held"
                " WHERE folded IN (SELECT folded FROM his_cells)"
            )
            for folded in rows["folded"].to_pylist():
                cells.pop(folded, None)
    engine.drop("his_cells")
    return set().union(*cells.values())


def _texts(engine: Engine, table: str) -> list[str]:
    """The quoted text columns of a table that may tell one person from another."""
    if not engine.has(table):
        return []
    schema = engine.collect(f"SELECT * FROM {table} LIMIT 0").schema
    return [
        quoted(field.name)
        for field in schema
        if pa.types.is_string(field.type) and field.name not in _COMMON
    ]


def _folded(expression: str) -> str:
    return f"lower(strip_accents(trim({expression})))"


def _is_his(his: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM ({his}) AS h"
        " WHERE h.source = t.source AND h.record_id = t.record_id)"
    )


# ---------------------------------------------------------------------- taking him out
def _mark(engine: Engine, build: Build, person: _Person) -> None:
    """Materialise the group `erased`: his customer id, records, rids, cookies, keys of his own."""
    visitors = build.has("visitors")
    needed = {"customers", "records", "visitors"}
    needed |= {"rids"} if build.has("normal") else set()
    needed |= {"events"} if build.has("event_customers") else set()
    own = pa.table(
        {
            "type": pa.array([kind for kind, _ in person.own], pa.string()),
            "value": pa.array([value for _, value in person.own], pa.string()),
        }
    )
    engine.put(f"{_GROUP}_keys", own)
    expressions = relations(
        _GROUP,
        needed,
        customers=f"SELECT {literal(person.customer_id)} AS customer_id",
        visitors=visitors,
    )
    for name in sorted(needed):
        engine.run(
            f"marked_{name}",
            f"WITH {', '.join(expressions)} SELECT * FROM {_GROUP}_{name}",
        )
    for name in sorted(needed):
        engine.view(f"{_GROUP}_{name}", f"SELECT * FROM marked_{name}")


def _gone(engine: Engine, table: str) -> str:
    behaviour = engine.has("event_customers")
    return tie_of(table, engine.columns(table), behaviour=behaviour).touches(_GROUP)


def _source_rows(engine: Engine, build: Build) -> tuple[SourceRow, ...]:
    """Where he stands in the sources, as far as the build's rows say it."""
    found: set[SourceRow] = set()
    for table in ("people", "events", "verbatims", "knows_me", "quarantine"):
        columns = engine.columns(table) if build.has(table) else []
        if not {"source", "row"} <= set(columns):
            continue
        named = "verbatims" if table == "knows_me" else table
        kind = "kind" if "kind" in columns else literal(named)
        rows = engine.collect(
            f'SELECT DISTINCT source, {kind} AS kind, "row" AS n FROM {table} AS t'
            f' WHERE ({_gone(engine, table)}) AND "row" IS NOT NULL'
        )
        found.update(SourceRow(r["source"], r["kind"], r["n"]) for r in rows.to_pylist())
    return tuple(sorted(found, key=lambda r: (r.source, r.kind, r.row)))


def _his_verbatims(engine: Engine, build: Build) -> list[tuple[str, str]]:
    """What he said, (source, verbatim_id), by every table that ties a verbatim to him."""
    found: set[tuple[str, str]] = set()
    for table in build.tables:
        if {"source", "verbatim_id"} <= set(engine.columns(table)):
            rows = engine.collect(
                f"SELECT DISTINCT source, verbatim_id FROM {table} AS t"
                f" WHERE ({_gone(engine, table)})"
            )
            found.update((row["source"], row["verbatim_id"]) for row in rows.to_pylist())
    return sorted(found)


def _rewrite(engine: Engine, build: Build) -> dict[str, int]:
    """Every table of the build into the workspace, without him; unchanged ones are linked."""
    counts: dict[str, int] = {}
    gone = {table: _gone(engine, table) for table in build.tables}
    for table, test in gone.items():
        number = engine.collect(f"SELECT count(*) AS n FROM {table} AS t WHERE {test}")
        counts[table] = int(number["n"][0].as_py())
    changed = [table for table, number in counts.items() if number]
    shifted = "normal" in changed
    if shifted:  # `rid` stays without gaps
        engine.run("fresh_rids", _FRESH_RIDS)
    for table in build.tables:
        columns = engine.columns(table)
        numbered = [c for c in columns if c == "rid" or c.endswith("_rid")]
        if shifted and numbered:
            engine.run(table, _renumbered(table, columns, numbered))
        elif table in changed:
            sql = f"SELECT t.* FROM {table} AS t WHERE NOT ({gone[table]})"
            engine.run(table, sql + ordered(table, columns))
        else:
            _link(build.file(table), engine.workspace / f"{table}.parquet")
    return {table: number for table, number in counts.items() if number}


#: rid → rid without gaps, of those who stay.
_FRESH_RIDS = (
    "SELECT rid, CAST(row_number() OVER (ORDER BY rid) - 1 AS INTEGER) AS fresh"
    f" FROM normal WHERE rid NOT IN (SELECT rid FROM {_GROUP}_rids)"
)


def _renumbered(table: str, columns: list[str], numbered: list[str]) -> str:
    """SQL for a table whose record numbers are those of the records that stay."""
    fresh = [f"f{k}.fresh AS {quoted(c)}" for k, c in enumerate(numbered)]
    rest = [f"t.{quoted(c)}" for c in columns if c not in numbered]
    joins = [f"JOIN fresh_rids AS f{k} ON f{k}.rid = t.{quoted(c)}" for k, c in enumerate(numbered)]
    order = [f"f{k}.fresh" for k in range(len(numbered))]
    order += [f"t.{quoted(c)}" for c in ("type", "value") if c in columns]
    return (
        f"SELECT {', '.join(fresh + rest)} FROM {table} AS t {' '.join(joins)}"
        f" ORDER BY {', '.join(order)}"
    )


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:
        try:
            shutil.copyfile(file, to)
        except OSError as error:
            raise io_error("the build could not be rewritten", error) from error


def _keep_model(
    build: Build, workspace: Path, own: Iterable[tuple[str, str]], unlearn: Unlearn | None
) -> None:
    model = build.path / "model.json"
    if not model.is_file():
        return
    if unlearn is None:
        _link(model, workspace / model.name)
        return
    try:
        text = unlearn(model.read_text(encoding="utf-8"), own)
        (workspace / model.name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise io_error("the build could not be rewritten", error) from error


def _is_ours(file: Path, folder: Path) -> bool:
    return (folder / ".connu").resolve() in file.resolve().parents
