"""Expectations become a matrix of verbatims and themes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.understand.theme_status import theme_status

VERBATIMS = pa.table(
    {
        "source": ["reviews", "reviews", "survey", "reviews", "reviews"],
        "row": [7, 3, 3, 7, 1],
        "rating": [1.0, 5.0, 4.0, 2.0, None],
    }
)
EXPECTATIONS = pa.table(
    {
        "source": ["reviews", "reviews", "survey", "reviews", "reviews", "reviews", "other"],
        "row": [7, 7, 3, 3, 3, 1, 7],
        "theme": ["price", "delivery", "price", "price", "price", "app", "price"],
        "status": ["unmet", "unmet", "met", "met", "unmet", "unknown", "met"],
    }
)


def test_a_row_a_verbatim_in_the_order_given():
    found = theme_status(VERBATIMS, EXPECTATIONS)
    assert found.verbatims["row"].to_pylist() == [7, 3, 3, 1]
    assert found.verbatims["rating"].to_pylist() == [1, 5, 4, None]
    assert found.themes == ["app", "delivery", "price"]
    # the second review says of price both met and unmet; nothing is known of the app
    assert found.status.tolist() == [[0, -1, -1], [0, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert found.expectations == {"app": (0, 0), "delivery": (0, 1), "price": (2, 2)}


def test_what_is_unsure_or_asked_of_others_does_not_count():
    more = EXPECTATIONS.append_column(
        "probability", pa.array([0.9, 0.2, 0.5, None, 0.9, 0.9, 0.9])
    ).append_column("addressee", pa.array(["brand"] * 4 + ["peers", "brand", None]))
    found = theme_status(VERBATIMS, more)
    assert found.expectations == {"app": (0, 0), "delivery": (0, 0), "price": (1, 1)}
    assert found.status[:, 2].tolist() == [-1, 0, 1, 0]


def test_nothing_expected_and_nobody_heard():
    found = theme_status(VERBATIMS, EXPECTATIONS[:0])
    assert found.status.shape == (4, 0) and found.expectations == {}
    none = theme_status(VERBATIMS[:0], EXPECTATIONS)
    assert none.status.shape == (0, 3) and none.expectations["price"] == (0, 0)
    assert theme_status(VERBATIMS[:0], EXPECTATIONS[:0]).status.shape == (0, 0)


def test_the_order_of_expectations_means_nothing():
    order = np.random.default_rng(0).permutation(len(EXPECTATIONS))
    one, two = (
        theme_status(VERBATIMS, EXPECTATIONS),
        theme_status(VERBATIMS, EXPECTATIONS.take(order)),
    )
    assert (one.status == two.status).all() and one.expectations == two.expectations


def test_rows_may_have_any_number():
    far = pa.table({"source": ["reviews"] * 3, "row": [10**15, 5, 10**15]})
    asked = EXPECTATIONS[:1].set_column(1, "row", pa.array([10**15]))
    found = theme_status(far, asked)
    assert found.verbatims["row"].to_pylist() == [10**15, 5]
    assert found.status.tolist() == [[-1], [0]]
