"""The journal: what came in online or by hand, kept durably and append-only.

Decisions (these records are, or are not, one person), consents given or refused outside the
sources, codes of what customers said, answers to it, what they said of what the brand believes
about them, and tombstones of those who were forgotten. A rebuild reads it and never loses it. The
only deletion is forgetting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from connu.journal import answers, codes, confirmations, tables
from connu.journal.codes import Code
from connu.journal.confirmations import Confirmation
from connu.journal.forgetting import bury, delete
from connu.journal.key import make_key, read_key
from connu.journal.store import Store
from connu.kernel.clock import now_utc
from connu.kernel.errors import JournalError, NotFoundError, UsageError
from connu.kernel.settings import Settings

Key = tuple[str, str]
"""A record: (source, record_id)."""


@dataclass(frozen=True)
class Decision:
    """One decision taken by hand: kind is join or split."""

    id: int
    kind: str
    left: Key
    right: Key
    by: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Forgetting:
    """That somebody was forgotten; not who."""

    id: int
    by: str
    at: datetime
    records: int
    identifiers: int
    journal_rows: int


class Journal:
    """An open journal.

    Args:
        store: its database.
        key_file: where the tombstones' key lies.
    """

    def __init__(self, store: Store, key_file: Path) -> None:
        self._store = store
        self._key_file = key_file

    # ------------------------------------------------------------------ decisions
    def join(self, left: Key, right: Key, by: str, *, at: datetime | None = None) -> int:
        """These two records are one person. Returns the decision's id."""
        return self._decide("join", left, right, by, at)

    def split(self, left: Key, right: Key, by: str, *, at: datetime | None = None) -> int:
        """These two records are not one person. Returns the decision's id."""
        return self._decide("split", left, right, by, at)

    def undo(self, decision: int, by: str, *, at: datetime | None = None) -> None:
        """Take a decision back; the row stays, with who took it back.

        Raises:
            NotFoundError: there is no such decision, or it was taken back before.
        """
        d = tables.decisions
        with self._store.writing() as connection:
            there = connection.execute(
                sa.select(d.c.id).where(d.c.id == decision, d.c.kind != "undo")
            ).first()
            undone = connection.execute(sa.select(d.c.id).where(d.c.undoes == decision)).first()
            if there is None or undone is not None:
                raise NotFoundError(
                    f"there is no decision {decision} to take back", decision=decision
                )
            connection.execute(
                d.insert().values(kind="undo", undoes=decision, by=by, at=_stored(at))
            )

    def decisions(self) -> list[Decision]:
        """Every decision in the order taken, those taken back included."""
        d = tables.decisions
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(d).order_by(d.c.id)).all()
        undone = {row.undoes: row for row in rows if row.kind == "undo"}
        return [
            Decision(
                row.id,
                row.kind,
                (row.left_source, row.left_record_id),
                (row.right_source, row.right_record_id),
                row.by,
                _shown(row.at),
                undone[row.id].by if row.id in undone else None,
                _shown(undone[row.id].at) if row.id in undone else None,
            )
            for row in rows
            if row.kind != "undo"
        ]

    def joins(self) -> list[tuple[Key, Key]]:
        """The pairs joined by hand and in force, sorted: of one pair the last decision counts."""
        return self._in_force("join")

    def splits(self) -> list[tuple[Key, Key]]:
        """The pairs split by hand and in force, sorted."""
        return self._in_force("split")

    # ------------------------------------------------------------------ consents
    def consent(
        self,
        purpose: str,
        granted: bool,
        by: str,
        *,
        records: Iterable[Key] = (),
        identifiers: Iterable[tuple[str, str]] = (),
        at: datetime | None = None,
    ) -> int:
        """What a customer said about a purpose.

        Args:
            purpose: a checked purpose (govern.purposes).
            granted: False is a refusal.
            by: who wrote it down, or through what it came.
            records: his records: all of a customer's, for a customer.
            identifiers: or his identifiers, (type, normalised value).
            at: when he said it; now when absent.

        Returns:
            The rows written, one for each record and identifier.
        """
        said: dict[str, Any] = {"purpose": purpose, "granted": granted, "by": by, "at": _stored(at)}
        nothing = dict.fromkeys(("source", "record_id", "type", "value"))
        rows = [said | nothing | {"source": s, "record_id": r} for s, r in dict.fromkeys(records)]
        rows += [said | nothing | {"type": t, "value": v} for t, v in dict.fromkeys(identifiers)]
        if not rows:
            raise UsageError("a consent names a customer, a record or an identifier")
        with self._store.writing() as connection:
            connection.execute(tables.consents.insert(), rows)
        return len(rows)

    def consents(self, purpose: str | None = None) -> pa.Table:
        """The consents in the order written: source, record_id, type, value, purpose, granted,
        since (UTC), of one purpose or of all. 3 µs a row."""
        c = tables.consents.c
        columns = (c.source, c.record_id, c.type, c.value, c.purpose, c.granted, c.at)
        query = sa.select(*columns).order_by(c.id)
        if purpose is not None:
            query = query.where(c.purpose == purpose)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        types = [pa.string()] * 5 + [pa.bool_(), pa.timestamp("us")]
        names = ["source", "record_id", "type", "value", "purpose", "granted", "since"]
        arrays = [pa.array(v, t) for v, t in zip(values, types, strict=True)]
        return pa.table(dict(zip(names, arrays, strict=True)))

    # ------------------------------------------------------------------ codes and answers
    def digester(self) -> Callable[[str], bytes]:
        """The digest by which a code knows the text it was made on, keyed with the journal's key.

        Raises:
            JournalError: the key is lost or another.
        """
        return codes.digester(self.key())

    def code(self, said: Sequence[Code], by: str, *, at: datetime | None = None) -> int:
        """Keep what coders say of verbatims, all of it or nothing; what was said already is not
        written again.

        Args:
            said: in order; of one coder and verbatim the last counts.
            by: through what it came (cli, import, console).
            at: when; now when absent.

        Returns:
            The rows written.
        """
        with self._store.writing() as connection:
            return codes.keep(connection, said, by, _stored(at))

    def codes(self) -> pa.Table:
        """The codes in force, the last of each coder on each verbatim, in the order written:
        shape `connu.journal.codes.CODES`. 4 µs a row."""
        with self._store.reading() as connection:
            return codes.in_force(connection)

    def answer(self, theme: str, text: str, by: str, *, at: datetime | None = None) -> int:
        """«You said, we did»: what the brand did about a theme. Returns the answer's number."""
        if not text.strip():
            raise UsageError("an answer says what was done", hint="as in: «open until 8 p.m.»")
        with self._store.writing() as connection:
            return answers.keep(connection, theme, text.strip(), by, _stored(at))

    def undo_answer(self, answer: int, by: str, *, at: datetime | None = None) -> None:
        """Take an answer back; the row stays, with who took it back.

        Raises:
            NotFoundError: there is no such answer, or it was taken back before.
        """
        with self._store.writing() as connection:
            answers.undo(connection, answer, by, _stored(at))

    def answers(self) -> pa.Table:
        """The answers in force, in the order given: shape `connu.journal.answers.ANSWERS`."""
        with self._store.reading() as connection:
            return answers.in_force(connection)

    # ------------------------------------------------------------------ confirmations
    def confirm(self, said: Sequence[Confirmation], by: str, *, at: datetime | None = None) -> int:
        """Keep what customers say of what the brand believes about them, all of it or nothing;
        what was said already is not written again.

        Args:
            said: in order; of one record, attribute and value the last counts.
            by: who wrote it down, or through what it came.
            at: when; now when absent.

        Returns:
            The rows written.
        """
        with self._store.writing() as connection:
            return confirmations.keep(connection, said, by, _stored(at))

    def confirmations(self, *, in_force: bool = True) -> pa.Table:
        """What customers said, in the order written: shape
        `connu.journal.confirmations.CONFIRMATIONS`.

        Args:
            in_force: the last of each record, attribute and value alone; else every row.
        """
        with self._store.reading() as connection:
            return confirmations.read(connection, in_force=in_force)

    # ------------------------------------------------------------------ forgetting
    def key(self) -> bytes:
        """The key of the tombstones, made at first use.

        Raises:
            JournalError: tombstones were made under a key that is lost or another.
        """
        key = read_key(self._key_file)
        with self._store.reading() as connection:
            known = connection.execute(sa.select(tables.about.c.key_print)).scalar()
        if key is None and known is None:
            key = make_key(self._key_file)
        if key is None or known not in (None, _print(key)):
            raise JournalError(
                "the key of the journal's tombstones is "
                + ("lost" if key is None else "another one"),
                hint="put it back from a backup: without it forgotten people come back",
                file=self._key_file,
            )
        if known is None:
            with self._store.writing() as connection:
                connection.execute(
                    tables.about.update()
                    .where(tables.about.c.key_print.is_(None))
                    .values(key_print=_print(key))
                )
        return key

    def tombstones(self) -> frozenset[bytes]:
        """The keyed hashes of those who were forgotten."""
        with self._store.reading() as connection:
            return frozenset(connection.execute(sa.select(tables.tombstones.c.hash)).scalars())

    def bury(self, hashes: Iterable[bytes], *, at: datetime | None = None) -> int:
        """Keep tombstones; those already there are left. Returns how many are new."""
        with self._store.writing() as connection:
            return bury(connection, hashes, _stored(at))

    def forget(
        self,
        *,
        records: Sequence[Key],
        identifiers: Sequence[tuple[str, str]],
        hashes: Iterable[bytes],
        by: str,
        verbatims: Sequence[tuple[str, str]] = (),
        at: datetime | None = None,
    ) -> int:
        """Delete what names a person, keep his tombstones and that it was done; then scrub.

        Decisions go when either side is his; consents and confirmations of his records go too.
        All in one transaction; run again it does no harm.

        Args:
            records: his records.
            identifiers: the identifiers that are his alone, (type, normalised value).
            hashes: his tombstones.
            by: who forgets him.
            verbatims: what he said, (source, verbatim_id): its codes go.
            at: when; now when absent.

        Returns:
            The rows deleted.

        Raises:
            JournalError: the database refuses; after a refusal to scrub, run it again.
        """
        moment = _stored(at)
        with self._store.writing() as connection:
            bury(connection, hashes, moment)
            rows = delete(connection, records, identifiers, verbatims)
            connection.execute(
                tables.forgettings.insert().values(
                    by=by,
                    at=moment,
                    records=len(records),
                    identifiers=len(identifiers),
                    journal_rows=rows,
                )
            )
        self._store.scrub()
        return rows

    def forgettings(self) -> list[Forgetting]:
        """The log of forgettings: when, by whom, how much; nothing personal."""
        f = tables.forgettings
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(f).order_by(f.c.id)).all()
        return [
            Forgetting(r.id, r.by, _shown(r.at), r.records, r.identifiers, r.journal_rows)
            for r in rows
        ]

    # ------------------------------------------------------------------ itself
    def check(self) -> None:
        """Read it whole and check that it holds together.

        Raises:
            JournalError: it does not; the hint is the remedy.
        """
        self._store.check()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ within
    def _decide(self, kind: str, left: Key, right: Key, by: str, at: datetime | None) -> int:
        if left == right:
            raise UsageError("a decision is about two records, and these are one")
        with self._store.writing() as connection:
            done = connection.execute(
                tables.decisions.insert()
                .returning(tables.decisions.c.id)
                .values(
                    kind=kind,
                    left_source=left[0],
                    left_record_id=left[1],
                    right_source=right[0],
                    right_record_id=right[1],
                    by=by,
                    at=_stored(at),
                )
            )
            return int(done.scalar_one())

    def _in_force(self, kind: str) -> list[tuple[Key, Key]]:
        last: dict[tuple[Key, Key], str] = {}
        for decision in self.decisions():
            if decision.undone_by is None:
                left, right = sorted((decision.left, decision.right))
                last[left, right] = decision.kind
        return sorted(pair for pair, decided in last.items() if decided == kind)


def open_journal(folder: Path, settings: Settings | None = None) -> Journal:
    """Open a brand's journal, making it when there is none and bringing it up to date.

    Args:
        folder: the brand's folder.
        settings: [journal] url, or `.connu/journal.db` there.

    Raises:
        JournalError: it cannot be opened, is damaged, or is of a later connu.
        SettingsError: the URL cannot be understood.
        MissingExtraError: PostgreSQL without its driver.
    """
    home = Path(folder) / ".connu"
    url = settings.journal.url if settings is not None else None
    store = Store(url or "sqlite:///.connu/journal.db", Path(folder))
    return Journal(store, home / "journal.key")


def _stored(at: datetime | None) -> datetime:
    moment = now_utc() if at is None else at
    return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None)


def _shown(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _print(key: bytes) -> str:
    return hashlib.sha256(b"connu journal key " + key).hexdigest()
