"""Intents on the command line: a page, narrowed exports, the status."""

from __future__ import annotations

import csv

import pytest
import told_intents

from connu.app.brand import open as open_brand

COUNTS = {
    "subjects": 12,
    "affinities": 2,
    "buying": 4,
    "aside": {"bots": 7},
    "silent": [
        {
            "kind": "buy",
            "level": "category",
            "target": None,
            "horizon_days": 7,
            "reason": "not_better",
        }
    ],
}


@pytest.fixture
def visitor(own_sample):
    """A visitor of the sample, of whom intents are told."""
    brand = open_brand(own_sample)
    rows = brand.table("visitors").to_pylist()
    lone = next(r["anonymous_id"] for r in rows if not r["customer_id"] and not r["shared_device"])
    told_intents.tell(brand, "visitor", lone, COUNTS)
    return lone


def test_a_page_says_what_somebody_is_after_how_surely_and_why(run, visitor):
    ran = run("show", visitor)
    assert ran.code == 0
    for words in (
        "what he is after", "Photo/Objectifs", "64.0 %", "41 of 52 events",
        "will buy within", "1 day", "30 days", "anything", "31.0 %", "two lenses compared",
        "next product", "12.0 %", "next category", "Photo/Appareils 55.0 %",
        "still a customer", "1.4 (0.0 – 3.0)", "buys every month.",
        "left in the basket", "put it in the basket twice", "2026-05-30 12:00",
    ):  # fmt: skip
        assert words in ran.out, words
    # Its facts are not told twice.
    assert ran.out.count("41 of 52 events") == 1
    assert "told by twins" not in ran.out


def test_a_customer_s_page_has_them_too_and_json_all_of_it(run, own_sample):
    brand = open_brand(own_sample)
    customer_id = brand.table("customers")["customer_id"][0].as_py()
    told_intents.tell(brand, "customer", customer_id)
    ran = run("show", customer_id)
    assert ran.code == 0 and "what he is after" in ran.out and "will buy within" in ran.out
    shape = run("show", customer_id, "--json").json["customer"]["intents"]
    assert set(shape) == {"affinities", "buying", "next", "staying", "moments"}
    assert [row["horizon_days"] for row in shape["buying"]] == [1, 30, 1, 30]
    assert shape["staying"][0]["reasons"] == ["buys every month"]


def test_exports_are_narrowed(run, visitor, tmp_path):
    path = tmp_path / "i.csv"
    ran = run("export", "intents", "--kind", "buy", "--horizon", "30", "--top", "1", "-o", path)
    assert ran.code == 0 and "2 rows of intents" in ran.out
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [
        "subject_kind", "subject", "kind", "level", "target", "horizon_days", "probability", "rank",
    ]  # fmt: skip
    assert {(row[2], row[5]) for row in rows} == {("buy", "30")}
    shape = run("export", "intents", "--level", "product", "--top", 3, "-o", path, "--json").json
    assert (shape["level"], shape["top"], shape["rows"]) == ("product", 3, 1)
    for name in ("staying", "moments", "intent_reliability", "intent_silences"):
        assert run("export", name, "-o", path).code == 0


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("intents", "--kind", "afinity"), "did you mean «affinity»?"),
        (("intents", "--kind", "next", "--horizon", "7"), "leave --horizon out"),
        (("intents", "--horizon", "8"), "it has 0, 1, 30, 91"),
        (("intents", "--attribute", "sex"), "leave --attribute out"),
        (("moments", "--kind", "buy"), "leave --kind out"),
        (("twins", "--top", "3"), "leave --top out"),
    ],
)
def test_a_filter_that_does_not_fit_names_the_remedy(run, visitor, tmp_path, words, remedy):
    ran = run("export", *words, "-o", tmp_path / "x.csv")
    assert ran.code == 2
    assert remedy in " ".join(ran.err.split())
    assert not (tmp_path / "x.csv").exists()


def test_what_was_refused_is_an_empty_file_that_says_where_to_look(run, own_sample, tmp_path):
    ran = run("export", "intents", "--kind", "stay", "--level", "any", "-o", tmp_path / "x.csv")
    assert ran.code == 0 and "connu export intent_silences" in ran.out


def test_the_status_says_what_is_told_and_what_is_not(run, visitor):
    ran = run("status")
    for words in (
        "Intents of 12 customers and visitors: 2 affinities, 4 chances to buy.",
        "Events set aside: 7 of machines.",
        "Nothing is said of buying in a category within 7 days: it was not better than the base",
    ):
        assert words in " ".join(ran.out.split())
    assert run("status", "--json").json["intents"]["subjects"] == 12
