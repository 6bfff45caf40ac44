"""Databases: SQLite always, PostgreSQL where CONNU_TEST_POSTGRESQL names one."""

import os
import sqlite3

import pytest
import sqlalchemy as sa
from taken_in import TakenIn, brand

from connu.kernel.errors import SourceError
from connu.sources.database import DatabaseSource

_FIELDS = {"id": "id", "full_name": "name", "birth_date": "born", "recorded_at": "seen"}


@pytest.fixture
def folder(tmp_path):
    with sqlite3.connect(tmp_path / "crm.db") as connection:
        connection.execute(
            "CREATE TABLE clients (id INTEGER PRIMARY KEY, name, born, seen, x REAL)"
        )
        connection.executemany(
            "INSERT INTO clients VALUES (?, ?, ?, ?, ?)",
            [
                (2, "Zoé Petit", "1980-02-01", "2024-01-02 10:00:00", 3.0),
                (1, "Anne Durand", None, None, 1.5),
                (3, None, b"1990", None, None),
            ],
        )
    connection.close()
    return tmp_path


def source(**about):
    return {"crm": {"kind": "people", "fields": _FIELDS, "url": "sqlite:///crm.db", **about}}


def test_a_table(folder):
    taken = TakenIn(folder, brand(source(table="clients")))
    assert taken.column("people", "record_id") == ["1", "2", "3"]
    assert taken.column("people", "row") == [1, 2, 3]
    assert taken.column("people", "attributes") == ['{"x":"1.5"}', '{"x":"3"}', None]
    assert taken.column("normal", "names") == ["anne durand", "zoe petit", None]
    assert taken.column("normal", "birth_date") == [None, "19800201", "1990"]


def test_a_query(folder):
    query = "SELECT id, name, born, seen FROM clients WHERE id > 1"
    taken = TakenIn(folder, brand(source(query=query)))
    assert taken.report.rows == {"crm": 2}


def test_an_empty_table(folder):
    taken = TakenIn(folder, brand(source(query="SELECT * FROM clients WHERE id > 9")))
    assert taken.report.rows == {"crm": 0}


def test_a_url_from_the_environment(folder, monkeypatch):
    monkeypatch.setenv("CRM_FILE", "crm.db")
    taken = TakenIn(folder, brand(source(url="sqlite:///${CRM_FILE}", table="clients")))
    assert taken.report.rows == {"crm": 3}


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"table": "client"}, "did you mean «clients»?"),
        ({"query": "SELECT secret FROM nowhere"}, "check that it runs"),
        ({"table": "clients", "url": "sqlite:///gone.db"}, "relative to the brand's folder"),
        ({"table": "clients", "url": "sqlite:///$NOT_SET_HERE"}, "export NOT_SET_HERE"),
        ({"table": "clients", "url": "no url"}, "postgresql://"),
    ],
)
def test_what_is_not_there(folder, about, told):
    with pytest.raises(SourceError) as caught:
        TakenIn(folder, brand(source(**about)))
    assert told in caught.value.hint and caught.value.fields["source"] == "crm"
    assert "secret" not in str(caught.value)


def test_a_database_that_goes_away(folder, monkeypatch):
    made = brand(source(table="clients"))
    opened = DatabaseSource("crm", made.sources["crm"], folder)

    def gone(*_):
        raise sa.exc.OperationalError("SELECT secret", {}, sqlite3.OperationalError("secret"))
        yield

    monkeypatch.setattr(opened._result, "partitions", gone)
    with pytest.raises(SourceError, match="OperationalError") as caught:
        list(opened.batches())
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer(tmp_path):
    pytest.importorskip("psycopg")
    url = "postgresql://reader:hidden@127.0.0.1:1/crm"
    with pytest.raises(SourceError) as caught:
        TakenIn(tmp_path, brand(source(url=url, table="clients")))
    assert "hidden" not in str(caught.value) and "***" in str(caught.value)


def test_postgresql(tmp_path):
    server = os.environ.get("CONNU_TEST_POSTGRESQL")
    if not server:
        pytest.skip("CONNU_TEST_POSTGRESQL names no PostgreSQL")
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS connu_clients"))
        connection.execute(
            sa.text(
                "CREATE TABLE connu_clients "
                "(id bigint PRIMARY KEY, name text, born date, seen timestamptz)"
            )
        )
        connection.execute(
            sa.text("INSERT INTO connu_clients VALUES (1, 'Zoé Petit', '1980-02-01', now())")
        )
    try:
        made = brand(source(url=server, table="connu_clients"))
        taken = TakenIn(tmp_path, made)
        assert taken.column("normal", "birth_date") == ["19800201"]
        assert taken.column("people", "recorded_at") != [None]
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE connu_clients"))
        engine.dispose()
