"""Hostile files: whatever stands in them, only connu's own errors come out, and no row is lost."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from taken_in import brand

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import ConnuError
from connu.sources.addresses import normalise_addresses
from connu.sources.checking import check_sources
from connu.sources.csvfiles import ROW, Rejected, csv_batches
from connu.sources.dates import DateOrder, normalise_birth_dates
from connu.sources.dialects import sniff
from connu.sources.emails import normalise_emails
from connu.sources.load import load_sources
from connu.sources.names import family_names
from connu.sources.phones import normalise_phones
from connu.sources.proposal import propose

_PIECES = st.sampled_from(
    [
        *(b"id", b"name", b"email", b"1", b"2", b"a@example.org", b"Jean", b"\xe9", b"\xc3\xa9"),
        *(b",", b";", b"\t", b"|", b'"', b'""', b"'", b"\n", b"\r\n", b"\r", b" ", b"\x00"),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"\x81", b"\xed\xa0\x80", b"x" * 5000, b"NaN", b"1e309"),
        *(b"2024-01-01", b"31/12/1999", b"+33612345678", b"{", b"}", b"[", b"null", b"\\", b"$1"),
    ]
)
_BYTES = st.one_of(
    st.binary(max_size=400),
    st.lists(_PIECES, max_size=60).map(b"".join),
    st.lists(_PIECES, max_size=40).map(lambda parts: b"id,name,email\n" + b"".join(parts)),
    st.text(max_size=200).map(lambda text: text.encode("utf-16")),
)
_FIELDS = {"id": "id", "first_name": "name", "email": "email"}


def _swallow(content: bytes, suffix: str) -> None:
    """Take a file in, look at it, check it: connu's errors are fine, any other fails the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"file{suffix}").write_bytes(content)
        made = brand({"crm": {"kind": "people", "path": f"file{suffix}", "fields": _FIELDS}})
        engine = DuckEngine(folder / "workspace")
        try:
            load_sources(engine, made, folder)
        except ConnuError as error:
            assert error.fields.get("source") == "crm"
        else:
            rows = engine.collect("SELECT count(*) AS n FROM people")["n"][0].as_py()
            assert rows == engine.collect("SELECT count(*) AS n FROM normal")["n"][0].as_py()
        finally:
            engine.close()


_EASY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_EASY
@given(_BYTES)
def test_csv(content):
    _swallow(content, ".csv")


@settings(_EASY, max_examples=25)
@given(_BYTES)
def test_jsonl(content):
    _swallow(content, ".jsonl")


@settings(_EASY, max_examples=10)
@given(st.binary(max_size=100).map(lambda b: b"PAR1" + b + b"PAR1"))
def test_parquet(content):
    _swallow(content, ".parquet")


@settings(_EASY, max_examples=12)
@given(_BYTES)
def test_looking_and_checking(content):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "file.csv").write_bytes(content)
        with suppress(ConnuError):
            propose([folder / "file.csv"], "Test", folder=folder)
        made = brand({"crm": {"kind": "people", "path": "file.csv", "fields": _FIELDS}})
        for finding in check_sources(made, folder):
            assert finding.source == "crm"


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """One file for all: to make and remove a folder takes longer than to read a small file."""
    return tmp_path_factory.mktemp("hostile") / "file.csv"


@pytest.mark.slow
@settings(_EASY, max_examples=10_000)
@given(_BYTES)
def test_ten_thousand_csvs(path, content):
    """Reading and normalising each; a whole load for one in a hundred."""
    path.write_bytes(content)
    try:
        dialect = sniff(path)
    except ConnuError:
        return
    if dialect is None:
        return
    rejected = Rejected()
    rows: list[int] = []
    for batch in csv_batches(path, dialect, rejected):
        rows += batch[ROW].to_pylist()
        for column in batch.columns[:-1]:
            normalise_emails(family_names(column))
            normalise_phones(column, "FR", ("GB",))
            normalise_birth_dates(column, DateOrder())
            normalise_addresses(column, "GB")
    assert len({*rows, *rejected.rows}) == len(rows) + len(rejected.rows)
    if len(content) % 100 == 0:
        _swallow(content, ".csv")
