"""Context is read the same way in SQL and in Python, and holds nothing sensitive."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from made_tables import engine_at

from connu.govern.sensitive import is_sensitive
from connu.twins.behaviour_sql import context_sql, page_sql
from connu.twins.context import CONTEXTS, context_value, contexts_in, keys_by_context
from connu.twins.paths import page_path


@pytest.mark.parametrize("context", CONTEXTS)
def test_nothing_sensitive_is_read(context):
    for sector in ("retail", "health", "travel"):
        for name in (context, *CONTEXTS[context]):
            assert is_sensitive(name, sector, extrapolate=True) is None


def test_what_is_not_listed_is_not_read():
    assert keys_by_context(["religion", "sexe", "note", "deviceid"]) == {}
    assert contexts_in('{"religion": "x", "Système": "iOS", "pays": ""}') == {"os": "iOS"}
    assert contexts_in(None) == contexts_in("[1]") == {}


WRITTEN = [
    {"device": "tv"},
    {"device": " ", "appareil": " Tablette "},
    {"appareil": "x", "device": "y"},
    {"device": 7},
    {"device": None, "terminal": "é"},
    {"referrer": "https://www.a.example:80/x?y"},
    {"referrer": "//b.example/x"},
    {"referrer": "c.example"},
    {"referrer": "android-app://com.d/"},
    {"referrer": "/inside"},
    {'quo"ted': 1, "Referer": "HTTP://E.example#f"},
]


@pytest.mark.parametrize("context", ["device", "referrer"])
def test_sql_and_python_read_the_same(tmp_path, context):
    engine = engine_at(tmp_path)
    texts = [json.dumps(told, ensure_ascii=False) for told in WRITTEN]
    engine.put("events", pa.table({"row": list(range(len(texts))), "attributes": texts}))
    keys = keys_by_context({key for told in WRITTEN for key in told})[context]
    read = engine.collect(f"SELECT {context_sql(context, keys)} AS v FROM events e ORDER BY row")
    in_sql = [context_value(context, value) for value in read["v"].to_pylist()]
    assert in_sql == [context_value(context, contexts_in(text).get(context)) for text in texts]
    assert sum(value is not None for value in in_sql) >= 4
    engine.close()


def test_a_page_is_cut_the_same(tmp_path):
    engine = engine_at(tmp_path)
    pages = ["/a?b#c", "/a#b?c", "?", "#", "", "x"]
    engine.put("pages", pa.table({"n": list(range(len(pages))), "page": pages}))
    read = engine.collect(f"SELECT {page_sql()} AS p FROM pages ORDER BY n")["p"].to_pylist()
    assert read == [page_path(page) for page in pages]
    engine.close()
