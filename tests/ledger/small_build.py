"""A small build of made-up people: four customers, one of them twice, one household."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from connu.engine.duckdb import DuckEngine
from connu.ledger.builds import Builds
from connu.ledger.expectations import (
    EXPECTATION_RELIABILITY,
    EXPECTATIONS,
    STATEMENTS,
    TO_CODE,
)
from connu.ledger.intents import INTENT_RELIABILITY, INTENT_SILENCES, INTENTS, MOMENTS, STAYING
from connu.ledger.scorecards import SCORECARDS
from connu.ledger.serving import write_serving
from connu.ledger.twins import SILENCES, TWIN_RELIABILITY, TWINS

#: source, record_id, customer, e-mail, phone. Bea and Bob share the household's phone.
PEOPLE = [
    ("crm", "1", "c-ada", "ada@example.org", "+33600000001"),
    ("crm", "2", "c-bea", "bea@example.org", "+33600000002"),
    ("crm", "3", "c-bob", "bob@example.org", "+33600000002"),
    ("web", "7", "c-ada", "ada.l@example.org", None),
    ("web", "9", "c-cyd", "cyd@example.org", "+33600000004"),
]


def tables(consents=()):
    """The tables of a small build; `consents`: source, record_id, purpose, granted, since."""
    people = sorted(PEOPLE)
    identifiers = [
        (rid, kind, value)
        for rid, (_, _, _, email, phone) in enumerate(people)
        for kind, value in (("email", email), ("phone", phone))
        if value
    ]
    said = pa.table(
        {
            "source": pa.array([c[0] for c in consents], pa.string()),
            "record_id": pa.array([c[1] for c in consents], pa.string()),
            "purpose": pa.array([c[2] for c in consents], pa.string()),
            "granted": pa.array([c[3] for c in consents], pa.bool_()),
            "since": pa.array([c[4] for c in consents], pa.timestamp("us")),
        }
    )
    stamp = pa.timestamp("us")
    customers = sorted({p[2] for p in people})
    return {
        "people": pa.table(
            {
                "source": [p[0] for p in people],
                "record_id": [p[1] for p in people],
                "email": [p[3].upper() for p in people],
                "phone": pa.array([p[4] for p in people], pa.string()),
                "attributes": ['{"faith":"x","shoe":"41"}'] * len(people),
            }
        ),
        "normal": pa.table(
            {
                "rid": pa.array(range(len(people)), pa.int32()),
                "source": [p[0] for p in people],
                "record_id": [p[1] for p in people],
            }
        ),
        "identifiers": pa.table(
            {
                "rid": pa.array([i[0] for i in identifiers], pa.int32()),
                "type": [i[1] for i in identifiers],
                "value": [i[2] for i in identifiers],
            }
        ),
        "identities": pa.table(
            {
                "source": [p[0] for p in people],
                "record_id": [p[1] for p in people],
                "customer_id": [p[2] for p in people],
            }
        ),
        "links": pa.table(
            {
                "left_source": ["crm"],
                "left_record_id": ["1"],
                "right_source": ["web"],
                "right_record_id": ["7"],
                "kind": ["match"],
                "match_probability": [0.99],
                "bits": ['{"name":12.5}'],
            }
        ),
        "undecided": pa.table(
            {
                "left_source": ["crm"],
                "left_record_id": ["2"],
                "right_source": ["crm"],
                "right_record_id": ["3"],
                "kind": ["match"],
                "match_probability": [0.2],
                "bits": ["{}"],
            }
        ),
        "customers": pa.table(
            {
                "customer_id": customers,
                "first_name": [c[2:].title() for c in customers],
                "faith": ["x"] * len(customers),
            }
        ),
        "facts": pa.table(
            {
                "subject_kind": ["customer"] * len(customers) + ["customer", "visitor", "visitor"],
                "subject": [*customers, "c-ada", "ck-lone", "ck-ada"],
                "attribute": ["first_name"] * len(customers) + ["faith", "device", "device"],
                "value": [c[2:].title() for c in customers] + ["x", "phone", "desktop"],
                "probability": [1.0] * (len(customers) + 3),
                "basis": ["declared"] * (len(customers) + 1) + ["observed", "observed"],
                "source": ["crm"] * (len(customers) + 3),
                "evidence": ["crm 1"] * (len(customers) + 3),
                "observed_at": pa.array([None] * (len(customers) + 3), stamp),
            }
        ),
        "visitors": pa.table(
            {
                "anonymous_id": ["ck-ada", "ck-lone", "ck-other"],
                "customer_id": pa.array(["c-ada", None, None], pa.string()),
                "basis": pa.array(["account", None, None], pa.string()),
                "shared_device": [False, False, False],
                "events": pa.array([2, 1, 1], pa.int32()),
                "first_time": pa.array([datetime(2026, 1, 1)] * 3, stamp),
                "last_time": pa.array([datetime(2026, 1, 2)] * 3, stamp),
            }
        ),
        "twins": pa.table(
            {
                "subject_kind": ["customer", "customer", "visitor", "visitor"],
                "subject": ["c-bea", "c-bea", "ck-lone", "ck-lone"],
                "attribute": ["sex"] * 4,
                "value": ["female", "male"] * 2,
                "probability": [0.7, 0.3, 0.05, 0.95],
                "stated": [False, False, False, True],
            },
            schema=TWINS,
        ),
        "silences": pa.table(
            {
                "subject_kind": ["customer", "visitor"],
                "subject": ["c-bea", "ck-other"],
                "attribute": ["sex", "faith"],
                "reason": ["not_sure", "no_behaviour"],
            },
            schema=SILENCES,
        ),
        "twin_reliability": pa.table(
            {
                "attribute": ["sex"],
                "value": pa.array([None], pa.string()),
                "measure": ["accuracy"],
                "coverage": [0.2],
                "people": [120],
                "told": [0.93],
                "figure": [0.95],
                "low": [0.9],
                "high": [0.97],
            },
            schema=TWIN_RELIABILITY,
        ),
        "intents": pa.Table.from_pylist(
            [
                _intent(*subject, kind, level, target, days, probability, rank)
                for subject in (("customer", "c-bea"), ("visitor", "ck-lone"))
                for kind, level, target, days, probability, rank in (
                    ("affinity", "category", "Photo", None, 0.8, 1),
                    ("affinity", "category", "Music", None, 0.2, 2),
                    ("buy", "category", "Photo", 7, 0.1, 1),
                    ("buy", "category", "Photo", 30, 0.3, 1),
                    ("buy", "any", "", 30, 0.4, 1),
                    ("next", "product", "p1", None, 0.5, 1),
                )
            ],
            schema=INTENTS,
        ),
        "staying": pa.Table.from_pylist(
            [{"subject_kind": "customer", "subject": "c-bea", "horizon_days": 91, "active": 0.4}],
            schema=STAYING,
        ),
        "moments": pa.Table.from_pylist(
            [
                {
                    "subject_kind": "visitor",
                    "subject": "ck-lone",
                    "moment": "basket_left",
                    "level": "product",
                    "target": "p1",
                    "times": 1,
                }
            ],
            schema=MOMENTS,
        ),
        "intent_reliability": pa.Table.from_pylist(
            [{"kind": "buy", "level": "category", "horizon_days": 30, "measure": "auc"}],
            schema=INTENT_RELIABILITY,
        ),
        "intent_silences": pa.Table.from_pylist(
            [{"kind": "buy", "level": "category", "horizon_days": 1, "reason": "not_better"}],
            schema=INTENT_SILENCES,
        ),
        "statements": pa.Table.from_pylist(_spoken(), schema=STATEMENTS),
        "expectations": pa.Table.from_pylist(
            [said | {"theme": "price", "probability": 0.9} for said in _spoken()],
            schema=EXPECTATIONS,
        ),
        "to_code": pa.Table.from_pylist(
            [said | {"rank": 1 + i, "theme": "price"} for i, said in enumerate(_spoken())],
            schema=TO_CODE,
        ),
        "scorecards": pa.Table.from_pylist(
            [{"build": "20261128T200000000Z", "name": "customers", "unit": "count", "value": 3.0}],
            schema=SCORECARDS,
        ),
        "expectation_reliability": pa.Table.from_pylist(
            [{"measure": "micro_f1", "figure": 0.8}], schema=EXPECTATION_RELIABILITY
        ),
        "households": pa.table({"household_id": ["h1", "h1"], "customer_id": ["c-bea", "c-bob"]}),
        "consents": said,
        "events": pa.table(
            {
                "source": ["shop"] * 6,
                "row": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
                "type": ["view", "buy", "view", "call", "view", "view"],
                "email": pa.array([None, "ada@example.org", None, None, None, None], pa.string()),
                "phone": pa.array([None, None, None, "+33600000002", None, None], pa.string()),
                "anonymous_id": pa.array(["ck-ada", None, "ck-lone", None, "ck-other", None]),
                "attributes": pa.array([None] * 6, pa.string()),
            }
        ),
        "event_customers": pa.table(
            {
                "source": ["shop"] * 3,
                "row": pa.array([1, 2, 6], pa.int64()),
                "customer_id": ["c-ada"] * 3,
                "basis": ["cookie", "email", "session"],
            }
        ),
        "products": pa.table({"source": ["cat"], "product_id": ["p1"], "name": ["Camera"]}),
        "quarantine": pa.table(
            {
                "source": ["crm", "crm", "shop"],
                "kind": ["people", "people", "events"],
                "row": pa.array([6, 7, 9], pa.int64()),
                "column": pa.array(["id", "id", None], pa.string()),
                "reason": ["a later row of the same id", "no id", "no time"],
                "content": [
                    '{"no_client":"2","mail":"x"}',
                    '{"no_client":"","mail":" CYD@example.org"}',
                    '{"ts":"","page":"/"}',
                ],
            }
        ),
        "identity_changes": pa.table(
            {
                "what": ["merged", "new"],
                "customer_id": ["c-old", "c-cyd"],
                "other_customer_id": pa.array(["c-ada", None], pa.string()),
                "records": pa.array([1, 1], pa.int32()),
            }
        ),
    }


def _spoken() -> list[dict[str, Any]]:
    """What a customer, a visitor and somebody unknown said."""
    return [
        {
            "source": "mails",
            "row": row,
            "verbatim_id": f"m{row}",
            "statement": 0,
            "subject_kind": kind,
            "subject": subject,
            "start": 0,
            "end": 9,
            "quote": "trop cher",
        }
        for row, kind, subject in (
            (1, "customer", "c-bea"),
            (2, "visitor", "ck-lone"),
            (3, None, None),
        )
    ]


def _intent(kind_of, subject, kind, level, target, days, probability, rank):
    return {
        "subject_kind": kind_of,
        "subject": subject,
        "kind": kind,
        "level": level,
        "target": target,
        "horizon_days": days,
        "probability": probability,
        "rank": rank,
    }


def publish(folder, consents=(), serving=True, **changed):
    """Publish the small build in a folder, with the consents and tables given."""
    with Builds(folder).begin() as draft:
        made = tables(consents) | changed
        for name, table in made.items():
            pq.write_table(table, draft.workspace / f"{name}.parquet")
        if serving:
            engine = DuckEngine(draft.workspace, threads=1)
            for name in ("identities", "identifiers", "normal", "visitors"):
                engine.read_parquet(name, draft.workspace / f"{name}.parquet")
            write_serving(engine, draft.workspace / "serving.sqlite")
            engine.close()
        return draft.publish(list(made), {})
