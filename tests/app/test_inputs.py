"""The digest of the inputs: content counts, names of files count, times do not."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace

import pytest

from connu.app.brand import open as open_brand
from connu.app.inputs import input_digest, sqlite_file
from connu.journal.codes import Code
from connu.journal.journal import open_journal
from connu.kernel.errors import SourceError


def digest(brand) -> str | None:
    with open_journal(brand.folder, brand.settings) as journal:
        return input_digest(brand.settings, brand.folder, journal)


def test_content_counts_and_time_does_not(brand):
    before = digest(brand)
    path = brand.folder / "data/crm.csv"
    os.utime(path, (1, 1))
    assert digest(brand) == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert digest(brand) != before


def test_decisions_count_and_consents_do_not(brand):
    before = digest(brand)
    with open_journal(brand.folder, brand.settings) as journal:
        journal.consent("marketing", False, "x", identifiers=[("email", "a@example.org")])
    assert digest(brand) == before
    with open_journal(brand.folder, brand.settings) as journal:
        journal.split(("crm", "C000"), ("crm", "C001"), "x")
    assert digest(brand) != before


def test_what_was_said_of_being_a_twin_counts(brand):
    before = digest(brand)
    with open_journal(brand.folder, brand.settings) as journal:
        journal.consent("personalisation", False, "x", identifiers=[("anonymous_id", "k0061")])
    refused = digest(brand)
    assert refused != before
    with open_journal(brand.folder, brand.settings) as journal:
        journal.consent("marketing", True, "x", identifiers=[("anonymous_id", "k0061")])
    assert digest(brand) == refused


def test_new_codes_count_and_answers_do_not(brand):
    before = digest(brand)
    said = Code("reviews", "1", b"d" * 32, '{"themes":["price"]}', "anne", "1")
    with open_journal(brand.folder, brand.settings) as journal:
        journal.code([said], "cli")
    coded = digest(brand)
    assert coded != before
    with open_journal(brand.folder, brand.settings) as journal:
        journal.code([said], "import")
        journal.answer("price", "lower", "eve")
    assert digest(brand) == coded
    with open_journal(brand.folder, brand.settings) as journal:
        journal.code([replace(said, text_digest=b"e" * 32)], "cli")
    assert digest(brand) != coded
    with open_journal(brand.folder, brand.settings) as journal:
        journal.code([replace(said, codes=None)], "cli")
    assert digest(brand) == before


def test_the_brand_s_codebook_is_an_input(brand):
    before = digest(brand)
    (brand.folder / "codebook.toml").write_text("version = 2\n")
    written = digest(brand)
    assert written != before
    (brand.folder / "codebook.toml").write_text("version = 3\n")
    assert digest(brand) not in (before, written)


def test_a_file_of_audited_visitors_is_an_input(brand):
    path = brand.folder / "connu.toml"
    path.write_text(path.read_text() + '\n[attributes.sex]\naudited = "asked.csv"\n')
    asked = open_brand(brand.folder)
    before = digest(asked)
    (brand.folder / "asked.csv").write_text("anonymous_id,value\nk0061,female\n")
    there = digest(asked)
    assert there != before
    (brand.folder / "asked.csv").write_text("anonymous_id,value\nk0061,male\n")
    assert digest(asked) != there


def test_a_sqlite_file_is_an_input_and_a_server_is_never_unchanged(brand):
    text = (brand.folder / "connu.toml").read_text()
    database = brand.folder / "data/shop.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE shop (login TEXT)")
    local = text.replace('path = "data/shop.csv"', 'url = "sqlite:///data/shop.db"\ntable = "shop"')
    (brand.folder / "connu.toml").write_text(local)
    before = digest(open_brand(brand.folder))
    assert before is not None
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO shop VALUES ('user1')")
    assert digest(open_brand(brand.folder)) != before
    server = local.replace("sqlite:///data/shop.db", "postgresql://server/shop")
    (brand.folder / "connu.toml").write_text(server)
    assert digest(open_brand(brand.folder)) is None


def test_a_missing_file_is_named(brand):
    (brand.folder / "data/web.csv").unlink()
    with pytest.raises(SourceError) as raised:
        digest(brand)
    assert raised.value.fields["source"] == "web"


def test_sqlite_urls(tmp_path):
    assert sqlite_file("sqlite+pysqlite:////abs/x.db?mode=ro", tmp_path).as_posix() == "/abs/x.db"
    assert sqlite_file("sqlite://", tmp_path) is None
