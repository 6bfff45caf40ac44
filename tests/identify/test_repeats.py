"""Records that say the same word for word are one customer, however many they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from encoded import encoded
from linked import link_records
from made_people import make_people

from connu.identify.repeats import contents, repeated_pairs

SAME = {
    "given": "capucine",
    "family": "villembrun",
    "birth_date": "19620704",
    "address": "8 impasse des tilleuls",
    "city": "guingamp",
}


def test_contents_are_equal_for_equal_words_alone():
    records = encoded([SAME, SAME, SAME | {"city": "lannion"}, SAME | {"family": "villembron"}])
    said = contents(records)
    assert said[0] == said[1]
    assert len({int(x) for x in said}) == 3
    assert repeated_pairs(said).tolist() == [[0, 1]]


def test_nothing_said_twice_makes_no_pair():
    assert repeated_pairs(np.array([3, 1, 2], np.uint64)).shape == (0, 2)


def test_more_copies_than_any_block_holds_become_one_customer(tmp_path: Path):
    made = make_people(700, seed=3)
    copies = [{"source": "crm", "record_id": f"copy-{k:03}", "n": SAME} for k in range(70)]
    run = link_records(tmp_path, [*made.records, *copies])
    of_copies = {run.cluster["crm", f"copy-{k:03}"] for k in range(70)}
    assert len(of_copies) == 1
    others = {number for key, number in run.cluster.items() if not key[1].startswith("copy")}
    assert not of_copies & others
    run.engine.close()
