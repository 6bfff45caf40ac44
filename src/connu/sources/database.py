"""A table or query of a SQL database as a source, through SQLAlchemy; read only, streamed.

The one module of sources that imports SQLAlchemy. Passwords never show: `url` may name environment
variables (`postgresql://reader:$CRM_PASSWORD@host/crm`), and errors tell the URL without them.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from connu.kernel.errors import MissingExtraError, SourceError, did_you_mean
from connu.kernel.settings import Source

_BATCH_ROWS = 20_000
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class DatabaseSource:
    """One table or query, opened.

    Attributes:
        columns: the names of its columns, in order.
    """

    def __init__(self, name: str, source: Source, folder: Path) -> None:
        """Connect and ask for the columns.

        Raises:
            SourceError: the database or the table is not there, or the query is refused.
            MissingExtraError: the driver is not installed.
        """
        self.name = name
        self._shown = "the database"
        self._rows = 0
        url = _url(name, source, folder)
        self._shown = url.render_as_string(hide_password=True)
        try:
            self._engine = sa.create_engine(url)
        except (ModuleNotFoundError, sa.exc.NoSuchModuleError):
            raise MissingExtraError(
                f"source «{name}»: no driver for «{url.drivername}» is installed",
                hint='pip install "connu[postgresql]" brings the one for PostgreSQL',
                source=name,
            ) from None
        try:
            self._connection = self._engine.connect()
            statement = self._statement(source)
            self._result = self._connection.execution_options(
                stream_results=True, yield_per=_BATCH_ROWS
            ).execute(statement)
        except sa.exc.SQLAlchemyError as error:
            self.close()
            raise self._failed(error) from None
        self.columns = tuple(self._result.keys())

    def batches(self) -> Iterator[list[pa.Array]]:
        """The rows as text columns, in batches.

        Raises:
            SourceError: the database went away; tells after how many rows.
        """
        try:
            for part in self._result.partitions(_BATCH_ROWS):
                self._rows += len(part)
                yield [
                    pa.array([_text(value) for value in column], pa.string())
                    for column in zip(*part, strict=True)
                ]
        except sa.exc.SQLAlchemyError as error:
            raise self._failed(error) from None
        finally:
            self.close()

    def close(self) -> None:
        """Leave the database."""
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()
        self._engine.dispose()

    def _statement(self, source: Source) -> Any:
        if source.query is not None:
            return sa.text(source.query)
        schema, _, table = (source.table or "").rpartition(".")
        inspector = sa.inspect(self._connection)
        known = {*inspector.get_table_names(schema or None)}
        known |= {*inspector.get_view_names(schema or None)}
        if table not in known:
            self.close()
            raise SourceError(
                f"source «{self.name}»: {self._shown} has no table «{source.table}»",
                hint=did_you_mean(table, known) if known else "it has no table at all",
                source=self.name,
            )
        statement = sa.select(sa.text("*")).select_from(sa.table(table, schema=schema or None))
        # Rows are numbered, so their order must be the table's own and not the day's.
        keys = inspector.get_pk_constraint(table, schema or None)["constrained_columns"]
        return statement.order_by(*(sa.column(key) for key in keys))

    def _failed(self, error: sa.exc.SQLAlchemyError) -> SourceError:
        """The error without SQL, parameters or values; only its kind."""
        kind = type(getattr(error, "orig", None) or error).__name__
        after = f" after {self._rows:,} rows" if self._rows else ""
        return SourceError(
            f"source «{self.name}»: {self._shown} answered with {kind}{after}",
            hint="check that it runs, that the user may read, and the table or query",
            source=self.name,
            row=self._rows or None,
        )


def _url(name: str, source: Source, folder: Path) -> sa.URL:
    """The settings' URL, variables filled in, an SQLite file found from the brand's folder."""

    def variable(match: re.Match[str]) -> str:
        word = match[1] or match[2]
        if word not in os.environ:
            raise SourceError(
                f"source «{name}»: its url names the environment variable {word}, which is not set",
                hint=f"export {word}=…",
                source=name,
            )
        return os.environ[word]

    try:
        url = sa.make_url(_VARIABLE.sub(variable, source.url or ""))
    except sa.exc.ArgumentError:
        raise SourceError(
            f"source «{name}»: its url is none",
            hint='url = "postgresql://user:$PASSWORD@host/database" or "sqlite:///data/crm.db"',
            source=name,
        ) from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(folder) / url.database  # an absolute path stays itself
        if not path.is_file():
            raise SourceError(
                f"source «{name}»: there is no database file «{url.database}»",
                hint="paths are relative to the brand's folder",
                source=name,
                file=url.database,
            )
        url = url.set(database=str(path))
    return url


def _text(value: Any) -> str | None:
    """A value as the text a person would have written."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", errors="replace")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
