"""What the scorecard promises of a step comes: on a made-up brand, of which the truth is known."""

from __future__ import annotations

import csv
import random
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

import connu
from connu.app.truth import read_truth
from connu.kernel.progress import Silent
from connu.kernel.settings import FILE_NAME
from connu.measure import figures
from connu.measure.steps_identifiers import IDENTIFIERS
from connu.measure.steps_pairs import PAIRS
from connu.measure.steps_rule import Circumstances, Ground, Rule
from connu.sample import make_brand

NOT_PEOPLE = ("products", "web", "orders", "surveys", "reviews", "posts", "support_texts")
HIDDEN_SHARE = 0.3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A brand of people alone, all of whose support cases carry an e-mail; built."""
    folder = tmp_path_factory.mktemp("promised") / "whole"
    make_brand(folder, people=1_500, seed=11, progress=Silent())
    settings = (folder / FILE_NAME).read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=\[)", settings)
    dropped = tuple(f"[sources.{name}{end}" for name in NOT_PEOPLE for end in ("]", "."))
    kept = "".join(part for part in parts if not part.startswith(dropped))
    (folder / FILE_NAME).write_text(kept, encoding="utf-8")
    rewrite(folder, lambda case: case if case["order_email"] else None)
    connu.open(folder).build()
    return folder


def rewrite(folder: Path, change) -> None:
    """Rewrite the support file, case by case; those changed to None are left out."""
    path = folder / "data" / "support.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        names = list(rows.fieldnames or ())
        changed = [change(row) for row in rows if row["case_id"] and None not in row.values()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(row for row in changed if row is not None)


def tied(folder: Path) -> dict[str, bool]:
    """Of each support case, whether a record of another source is the same customer's."""
    with connu.open(folder).reading() as reading:
        rows = reading.rows(
            "SELECT i.record_id, c.sources > 1 AS tied FROM identities i"
            " JOIN customers c ON c.customer_id = i.customer_id WHERE i.source = 'support'"
        )
    return {row["record_id"]: row["tied"] for row in rows}


def promised(folder: Path, rule: Rule, name: str) -> dict:
    """A candidate of a rule, be it worth a word or not."""
    with connu.open(folder).reading() as reading:
        columns = {table: tuple(reading.engine.columns(table)) for table in rule.tables}
        sql = rule.sql(Ground(Circumstances(), columns))
        (row,) = (
            row for row in reading.rows(figures.filled(sql, reading.sql)) if row["name"] == name
        )
    return row


def test_asking_for_the_email_ties_as_many_cases_as_promised(made, tmp_path):
    after = tied(made)
    folder = tmp_path / "hidden"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns(".connu"))
    hidden = set(random.Random(11).sample(sorted(after), int(HIDDEN_SHARE * len(after))))
    rewrite(folder, lambda case: {**case, "order_email": ""} if case["case_id"] in hidden else case)
    connu.open(folder).build()
    before = tied(folder)
    step = promised(folder, IDENTIFIERS, "ask.support.email")
    came = sum(after[case] - before[case] for case in hidden)
    assert step["low"] <= came <= step["high"], (step["low"], step["gain"], step["high"], came)
    # The promise says something: it is not «some of them».
    assert step["high"] - step["low"] < 0.5 * len(hidden)


def test_pairs_in_doubt_are_one_person_as_often_as_promised(made):
    step = promised(made, PAIRS, "decide.pairs")
    labelled = read_truth(made / "truth" / "identities.csv")
    person = dict(
        zip(
            zip(labelled["source"].to_pylist(), labelled["record_id"].to_pylist(), strict=True),
            labelled["person"].to_pylist(),
            strict=True,
        )
    )
    doubts: pa.Table = connu.open(made).table("undecided")
    same = sum(
        person[row["left_source"], row["left_record_id"]]
        == person[row["right_source"], row["right_record_id"]]
        for row in doubts.to_pylist()
    )
    assert step["gain"] == pytest.approx(sum(doubts["match_probability"].to_pylist()))
    assert step["low"] <= same <= step["high"], (step["low"], step["gain"], step["high"], same)
