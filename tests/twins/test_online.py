"""One visitor online: quickly, and from whatever his events hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.twins.features import MEASURES
from connu.twins.online import behaviour_of
from connu.twins.vocabulary import CATALOGUE, Vocabulary


def vocabulary(products: int = 50, categories: int = 20) -> Vocabulary:
    codes = [f"p{i:06}" for i in range(products)]
    paths = sorted({f"a{i % 4}/b{i}" for i in range(categories)})
    catalogue = {
        "product": codes,
        "category": [paths[i % len(paths)] for i in range(products)],
        "brand": [f"brand {i % 9}" for i in range(products)],
    }
    steps = [f"{a}\x1f{b}" for a in paths for b in paths]
    return Vocabulary.of(
        [
            ("product", pa.array(codes)),
            ("category 1", pa.array(["a0", "a1", "a2", "a3"])),
            ("category 2", pa.array(paths)),
            ("brand", pa.array([f"brand {i}" for i in range(9)])),
            ("device", pa.array(["mobile"])),
            ("hour", pa.array([str(h) for h in range(24)])),
            ("transitions", pa.array(steps)),
        ],
        pa.table(catalogue, CATALOGUE),
    )


def visit(products: int, count: int = 20) -> pa.Table:
    return pa.table(
        {
            "anonymous_id": ["v"] * count,
            "time": pa.array(np.arange(count) * 60, pa.timestamp("s")),
            "product": [f"p{(i * 37) % products:06}" for i in range(count)],
            "type": ["view"] * count,
            "attributes": ['{"device": "mobile", "n": [1, 2]}'] * count,
        }
    )


def test_a_visitor_of_twenty_events_is_read_beside_many_names():
    known = vocabulary(50_000, 300)
    events = visit(50_000)
    made = behaviour_of(events, known)
    assert made.matrix[0, known.block("device").columns[0]] == 20
    assert made.matrix[0, known.kinds("transitions")].sum() == 19


def test_events_may_hold_hardly_anything():
    known = vocabulary()
    made = behaviour_of(pa.table({"product": ["p000001", None, ""]}), known)
    assert made.subjects.to_pylist() == [{"subject_kind": "visitor", "subject": ""}]
    assert made.events.tolist() == [3]
    assert made.matrix[0, known.block("product").columns].sum() == 1
    assert made.matrix[0, known.block("category 2").columns].sum() == 1
    assert np.isfinite(made.matrix.data).all()
    assert made.known_share.tolist() == [1]


def test_no_events_are_nobody():
    made = behaviour_of(pa.table({"product": pa.array([], pa.string())}), vocabulary())
    assert len(made) == 0
    assert made.matrix.shape == (0, len(vocabulary()))


def test_several_subjects_are_sorted():
    events = pa.table(
        {
            "subject_kind": ["visitor", "customer", "visitor"],
            "subject": ["b", "z", "a"],
            "category": ["a1", "a2", "nowhere"],
        }
    )
    made = behaviour_of(events, vocabulary())
    assert [tuple(s.values()) for s in made.subjects.to_pylist()] == [
        ("customer", "z"),
        ("visitor", "a"),
        ("visitor", "b"),
    ]
    assert made.known_share.tolist() == [1, 0, 1]


def test_measures_stand_first():
    made = behaviour_of(visit(50), vocabulary())
    told = dict(zip(MEASURES, made.matrix[0, : len(MEASURES)].toarray()[0].tolist(), strict=True))
    assert told["pace varies"] == 0  # every minute
    assert told["pace"] == np.float32(np.log(61))
    assert told["new categories"] == np.float32(15 / 20)
    assert made.vocabulary.describe(0) == "how much he does"
