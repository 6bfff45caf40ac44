"""The journal's tables, and the steps that bring an older journal up to date.

Rows are added and never edited; only forgetting deletes. A decision or an answer is taken back by a
further row that names it. Times are UTC without a zone.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")

#: One row: the version of the journal's shape, and a fingerprint of the key its tombstones need.
about = Table(
    "journal",
    metadata,
    Column("version", Integer, nullable=False),
    Column("key_print", String(64)),
)

#: By hand: two records are (join) or are not (split) one person; undo takes a decision back.
decisions = Table(
    "decisions",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),
    Column("left_source", String),
    Column("left_record_id", String),
    Column("right_source", String),
    Column("right_record_id", String),
    Column("undoes", _ID),
    Column("by", String, nullable=False),
    Column("at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

#: What customers said about a purpose, by a record of theirs or by an identifier.
consents = Table(
    "consents",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("source", String),
    Column("record_id", String),
    Column("type", String),
    Column("value", String),
    Column("purpose", String, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Index("consents_by_record", "source", "record_id"),
    Index("consents_by_identifier", "type", "value"),
    sqlite_autoincrement=True,
)

#: Keyed hashes of those who were forgotten. Nothing of them can be read from these.
tombstones = Table(
    "tombstones",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("at", DateTime, nullable=False),
)

#: That somebody was forgotten, by whom and when; not who.
forgettings = Table(
    "forgettings",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("by", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("records", Integer, nullable=False),
    Column("identifiers", Integer, nullable=False),
    Column("journal_rows", Integer, nullable=False),
    sqlite_autoincrement=True,
)


def _of_version_2(metadata: MetaData) -> tuple[Table, Table]:
    """The tables that version 2 added, as they were then: a later change is a step of its own."""
    codes = Table(
        "codes",
        metadata,
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("source", String),
        Column("verbatim_id", String, nullable=False),
        Column("text_digest", LargeBinary(32)),
        Column("codes", String),
        Column("coder", String, nullable=False),
        Column("codebook_version", String),
        Column("by", String, nullable=False),
        Column("at", DateTime, nullable=False),
        Index("codes_by_coder", "coder", "source", "verbatim_id"),
        Index("codes_by_verbatim", "verbatim_id"),
        sqlite_autoincrement=True,
    )
    answers = Table(
        "answers",
        metadata,
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("theme", String),
        Column("text", String),
        Column("undoes", _ID),
        Column("by", String, nullable=False),
        Column("at", DateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    return codes, answers


#: By hand: what a coder said of a verbatim (`journal.codes`), and «you said, we did»: what the
#: brand did about a theme (`journal.answers`).
codes, answers = _of_version_2(metadata)


def _of_version_3(metadata: MetaData) -> Table:
    """The table that version 3 added, as it was then."""
    return Table(
        "confirmations",
        metadata,
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("source", String, nullable=False),
        Column("record_id", String, nullable=False),
        Column("attribute", String, nullable=False),
        Column("value", String),
        Column("basis", String),
        Column("probability", Double),
        Column("answer", String(16), nullable=False),
        Column("correction", String),
        Column("via", String(16), nullable=False),
        Column("survey", String),
        Column("by", String, nullable=False),
        Column("at", DateTime, nullable=False),
        Index("confirmations_by_record", "source", "record_id"),
        sqlite_autoincrement=True,
    )


#: What customers said of what the brand believes about them (`journal.confirmations`).
confirmations = _of_version_3(metadata)

Migration = Callable[[Connection], None]


def _listen(connection: Connection) -> None:
    """1 to 2: codes and answers."""
    added = MetaData()
    _of_version_2(added)
    added.create_all(connection)


def _confirm(connection: Connection) -> None:
    """2 to 3: confirmations."""
    added = MetaData()
    _of_version_3(added)
    added.create_all(connection)


#: The first leads from version 1 to 2, and so on. A new journal is made at the last version at
#: once; so a change of the tables above comes with a step here that says the same in DDL.
MIGRATIONS: tuple[Migration, ...] = (_listen, _confirm)
