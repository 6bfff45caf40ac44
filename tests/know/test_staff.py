"""Colleagues are found by what their records say; a till's address makes nobody a colleague."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
from made_tables import engine_at, put_events, put_records, table

from connu.kernel.settings import settings_from
from connu.know.reading import read_trails
from connu.know.staff import staff_condition

_TIES = pa.schema([("source", pa.string()), ("row", pa.int64()), ("customer_id", pa.string())])
_IDENTITIES = pa.schema([(n, pa.string()) for n in ("source", "record_id", "customer_id")])


def test_a_customer_is_a_colleague_by_his_record(tmp_path: Path):
    engine = engine_at(tmp_path)
    emails = {"c1": "Anna@shop.example", "c2": "x@mail.example"}
    emails |= {f"c{i}": "client@shop.example" for i in range(3, 10)}
    put_records(
        engine,
        [
            {"source": "crm", "record_id": who, "ids": [("email", email.lower())]}
            for who, email in emails.items()
        ],
    )
    rows = [{"source": "crm", "record_id": who, "customer_id": who} for who in emails]
    engine.put("identities", table(rows, _IDENTITIES))
    put_events(
        engine,
        [
            {
                "type": "view",
                "product": "a",
                "time": datetime(2025, 3, 1),
                "email": emails[who].lower(),
            }
            for who in emails
        ],
    )
    ties = [{"source": "web", "row": n, "customer_id": who} for n, who in enumerate(emails, 1)]
    engine.put("event_customers", table(ties, _TIES))

    def left(*staff: str) -> list[str]:
        brand = settings_from({"brand": {"name": "B"}, "intents": {"staff": list(staff)}})
        trails = read_trails(engine, brand)
        assert trails.aside.get("staff_subjects", 0) == len(emails) - len(trails)
        return trails.subjects["subject"].to_pylist()

    assert left() == sorted(emails)
    assert left("@shop.example") == sorted(set(emails) - {"c1"})
    assert left("X@MAIL.example", "c9", "c'4") == sorted(set(emails) - {"c2", "c9"})
    assert left("client@shop.example") == ["c1", "c2"], "named itself, it counts"
    engine.close()


def test_without_names_nothing_is_asked(tmp_path: Path):
    engine = engine_at(tmp_path)
    put_events(engine, [])
    assert staff_condition(engine, settings_from({"brand": {"name": "B"}}), "events") is None
    engine.close()
