"""The chain between two records is the surest, then the shortest, and reads onwards."""

from __future__ import annotations

import random
from itertools import pairwise

from connu.app.chain import chain_between, ends


def link(left: str, right: str, probability: float) -> dict:
    return {
        "left_source": "s",
        "left_record_id": left,
        "right_source": "s",
        "right_record_id": right,
        "kind": "match",
        "match_probability": probability,
    }


def key(record: str) -> tuple[str, str]:
    return ("s", record)


def walked(chain: list[dict]) -> list[str]:
    if not chain:
        return []
    return [chain[0]["left_record_id"], *(step["right_record_id"] for step in chain)]


def test_takes_the_surest_way_even_when_longer():
    links = [link("a", "c", 0.5), link("a", "b", 0.99), link("c", "b", 0.99)]
    assert walked(chain_between(links, key("a"), key("c"))) == ["a", "b", "c"]


def test_takes_the_shorter_of_two_equally_sure_ways():
    links = [link("a", "b", 1.0), link("b", "c", 1.0), link("a", "c", 1.0)]
    assert walked(chain_between(links, key("a"), key("c"))) == ["a", "c"]


def test_has_no_chain_where_nothing_connects():
    links = [link("a", "b", 0.9), link("c", "d", 0.9)]
    assert chain_between(links, key("a"), key("d")) == []


def test_reads_onwards_whatever_the_order_of_links():
    links = [link("b", "a", 0.9), link("c", "b", 0.8), link("d", "c", 0.7), link("d", "a", 0.1)]
    expected = ["a", "b", "c", "d"]
    for seed in range(5):
        random.Random(seed).shuffle(links)
        chain = chain_between(links, key("a"), key("d"))
        assert walked(chain) == expected
        for before, after in pairwise(chain):
            assert ends(before)[1] == ends(after)[0]


def test_goes_through_a_link_of_no_probability_when_there_is_no_other():
    assert len(chain_between([link("a", "b", 0.0)], key("a"), key("b"))) == 1
