"""A customer's profile, read from a build in milliseconds: golden record, facts, records, links.

The serving index leads from any key to the customer and back to his records. The rest is read
from the build's Parquet files: only the row groups whose smallest and largest value may hold him
are decoded, so the files are best written in the order of customers (`customers`, `facts`) or of
records (`consents`, `links`); in another order the answer is the same, only slower. A purpose is
named here as everywhere, and what he and his journal said decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connu.govern.consents import JOURNAL_CONSENTS, said_last
from connu.govern.purposes import granted_by_default
from connu.kernel.clock import now_utc
from connu.ledger.build import Build
from connu.ledger.serving import open_serving


@dataclass(frozen=True)
class Profile:
    """What a build knows of one customer.

    Attributes:
        customer_id: he.
        golden: his golden record, by attribute.
        facts: his facts, by attribute, the likeliest first.
        records: his records, (source, record_id).
        identifiers: (type, value).
        links: the links between his records, the surest first.
    """

    customer_id: str
    golden: dict[str, Any]
    facts: list[dict[str, Any]]
    records: list[tuple[str, str]]
    identifiers: list[tuple[str, str]]
    links: list[dict[str, Any]]


class Profiles:
    """The profiles of one build for one purpose. Belongs to one thread at a time.

    Args:
        build: the build.
        purpose: what they are read for; checked by the caller (`purposes.checked`).
        journal_consents: the journal's consents, or None.
        sensitive: attributes declared sensitive: name → the purpose they may be read for.
        now: grants later than this (UTC) have no time; the clock's when absent.

    Raises:
        BuildError: the build lacks its index.
        NotFoundError: it lacks a table.
    """

    def __init__(
        self,
        build: Build,
        purpose: str = "service",
        journal_consents: pa.Table | None = None,
        *,
        sensitive: Mapping[str, str] | None = None,
        now: datetime | None = None,
    ) -> None:
        self.purpose = purpose
        self._now = (now or now_utc()).replace(tzinfo=None)
        journal = JOURNAL_CONSENTS.empty_table() if journal_consents is None else journal_consents
        self._journal = journal.filter(pc.equal(journal["purpose"], purpose))
        self._hidden = {name for name, used in (sensitive or {}).items() if used != purpose}
        self._tables = {
            name: _Table(build.file(name))
            for name in ("customers", "facts", "links", "consents")
            if build.has(name)
        }
        self._serving = open_serving(build.path / "serving.sqlite")

    def find(self, text: str) -> list[str]:
        """The customers who answer to a normalised text and may be read for the purpose."""
        return [who for who in self._serving.find(text) if self.may_read(who)]

    def read(self, customer_id: str) -> Profile | None:
        """His profile; None when there is no such customer or he may not be read."""
        records = self._serving.records(customer_id)
        if not records or not self._allowed(customer_id, records):
            return None
        golden = self._rows("customers", ("customer_id",), [(customer_id,)])
        facts = [
            fact
            for fact in self._rows(
                "facts", ("subject_kind", "subject"), [("customer", customer_id)]
            )
            if fact["attribute"] not in self._hidden
        ]
        links = self._rows("links", ("left_source", "left_record_id"), records)
        return Profile(
            customer_id,
            {k: v for row in golden for k, v in row.items() if k not in self._hidden},
            sorted(facts, key=lambda f: (f["attribute"], -f["probability"], f["value"] or "")),
            records,
            self._serving.identifiers(customer_id),
            sorted(links, key=_surest),
        )

    def may_read(self, customer_id: str) -> bool:
        """Whether one customer may be read for the purpose; an unknown one may not."""
        records = self._serving.records(customer_id)
        return bool(records) and self._allowed(customer_id, records)

    def close(self) -> None:
        """Let go of the files."""
        self._serving.close()
        for table in self._tables.values():
            table.close()

    def __enter__(self) -> Profiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ within
    def _rows(
        self, table: str, columns: tuple[str, ...], keys: Iterable[tuple[str, ...]]
    ) -> list[dict[str, Any]]:
        return self._tables[table].rows(columns, set(keys)) if table in self._tables else []

    def _allowed(self, customer_id: str, records: list[tuple[str, str]]) -> bool:
        # The purpose prunes most: a brand without a word on it has no row group to read.
        asked = {(source, self.purpose, record_id) for source, record_id in records}
        rows = self._rows("consents", ("source", "purpose", "record_id"), asked)
        said = [(row["granted"], row["since"]) for row in rows]
        if self._journal.num_rows:
            said += self._by_journal(customer_id, set(records))
        last = said_last(said, now=self._now)
        return granted_by_default(self.purpose) if last is None else last

    def _by_journal(
        self, customer_id: str, his: set[tuple[str, str]]
    ) -> list[tuple[bool, datetime | None]]:
        journal, found = self._journal, []
        near = journal.filter(
            pc.is_in(journal["record_id"], pa.array(sorted({id for _, id in his}), pa.string()))
        )
        for row in near.to_pylist():
            if (row["source"], row["record_id"]) in his:
                found.append((row["granted"], row["since"]))
        if journal["type"].null_count < journal.num_rows:
            keys = set(self._serving.identifiers(customer_id))
            values = pa.array(sorted({value for _, value in keys}), pa.string())
            for row in journal.filter(pc.is_in(journal["value"], values)).to_pylist():
                key = (row["type"], row["value"])
                # Nobody grants for those he shares an identifier with.
                if key in keys and (not row["granted"] or self._alone(*key)):
                    found.append((row["granted"], row["since"]))
        return found

    def _alone(self, kind: str, value: str) -> bool:
        return len({h.customer_id for h in self._serving.hits(value) if h.type == kind}) == 1


class _Table:
    """A Parquet file of which only the row groups that may hold a value are read."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, memory_map=True)
        self._bounds: dict[str, list[tuple[str, str] | None]] = {}

    def rows(self, columns: tuple[str, ...], keys: set[tuple[str, ...]]) -> list[dict[str, Any]]:
        """The rows in which the columns are one of the keys; the last column decides most."""
        bounds = [self._bounds_of(column) for column in columns]
        groups = [
            group
            for group in range(self._file.metadata.num_row_groups)
            if any(
                all(_within(b[group], part) for b, part in zip(bounds, key, strict=True))
                for key in keys
            )
        ]
        chosen = pa.array(sorted({key[-1] for key in keys}), pa.string())
        found: list[dict[str, Any]] = []
        for group in groups:
            # Of several groups, one column decides which hold any before the others are decoded.
            if len(groups) > 1:
                narrow = self._file.read_row_group(group, [columns[-1]], use_threads=False)
                if not pc.any(pc.is_in(narrow.column(0), chosen)).as_py():
                    continue
            rows = self._file.read_row_group(group, use_threads=False)
            near = rows.filter(pc.is_in(rows.column(columns[-1]), chosen)).to_pylist()
            found += [row for row in near if tuple(row[c] for c in columns) in keys]
        return found

    def close(self) -> None:
        self._file.close()

    def _bounds_of(self, column: str) -> list[tuple[str, str] | None]:
        if column not in self._bounds:
            about = self._file.metadata
            at = self._file.schema_arrow.get_field_index(column)
            found: list[tuple[str, str] | None] = []
            for group in range(about.num_row_groups):
                statistics = about.row_group(group).column(at).statistics
                known = statistics is not None and statistics.has_min_max
                found.append((statistics.min, statistics.max) if known else None)
            self._bounds[column] = found
        return self._bounds[column]


def _within(bounds: tuple[str, str] | None, value: str) -> bool:
    return bounds is None or bounds[0] <= value <= bounds[1]


def _surest(link: dict[str, Any]) -> tuple[float, str, str]:
    return -(link["match_probability"] or 0.0), link["left_record_id"], link["right_record_id"]
