"""Intervals of what customers say, of some drawn by lot, beside what all would say."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from benchmarks.coverage_interval import Interval
from connu.app.brand import Brand
from connu.app.truth import read_truth
from connu.journal.confirmations import KNOWS_ME
from connu.measure.seen_sql import KNOWN_FROM

#: Customers asked.
ASKED = 300
#: Statements of the demographics, and the column of truth/people.csv that answers each.
_TRUE = {"sex": "sex", "postcode": "postcode", "city": "town", "age_band": "age_band"}


def survey(brand: Brand, seed: int) -> Iterator[Interval]:
    """What a survey of customers drawn by lot says; true of what all customers would say.

    Everybody answers by the sample's truth: whether what is said of him is so, and how well he
    finds that the brand knows him. Held likewise is the brand's own poll, asked among known people.
    """
    people = {row["person"]: row for row in _rows(brand.folder / "truth" / "people.csv")}
    whose = _persons(brand)
    place = brand.folder / "coverage-survey"
    place.mkdir()
    brand.draw_survey(place / "all.csv", customers=10**9, seed=seed)
    whole = [_answered(row, people, whose) for row in _rows(place / "all.csv")]
    brand.draw_survey(place / "some.csv", customers=ASKED, seed=seed)
    some = [_answered(row, people, whose) for row in _rows(place / "some.csv")]
    _write(place / "answers.csv", some)
    brand.import_survey(place / "answers.csv")
    card = brand.scorecard()
    claims = {claim.name: claim for claim in card.claims if claim.section == "seen"}
    parts = {f".attribute.{a}": [r for r in whole if r["attribute"] == a] for a in _TRUE}
    parts[""] = [row for row in whole if row["attribute"] in _TRUE]
    for part, rows in parts.items():
        hits = [row["answer"] == "yes" for row in rows if row["answer"]]
        claim = claims.get(f"seen.survey{part}.confirmed")
        if claim is None or claim.value is None or claim.low is None or claim.high is None:
            continue
        yield Interval(
            "statements confirmed", part.removeprefix(".attribute.") or "all", claim.value,
            claim.low, claim.high, claim.people or 0, sum(hits) / len(hits), len(hits),
        )  # fmt: skip
    ratings = [float(row["answer"]) for row in whole if row["attribute"] == KNOWS_ME]
    known = [float(row[KNOWS_ME]) for row in people.values() if row["known"] == "yes"]
    for way, all_ratings in (("survey", ratings), ("source", known)):
        for what, true in (
            ("share", sum(r >= KNOWN_FROM for r in all_ratings) / len(all_ratings)),
            ("mean", sum(all_ratings) / len(all_ratings)),
        ):
            for name, claim in claims.items():
                if name.startswith(f"seen.{way}") and name.endswith(f"knows_me.{what}"):
                    if claim.value is None or claim.low is None or claim.high is None:
                        continue
                    yield Interval(
                        f"knows me, {what}", way, claim.value, claim.low, claim.high,
                        claim.people or 0, true, len(all_ratings),
                    )  # fmt: skip


def _persons(brand: Brand) -> dict[str, str]:
    """By record, the person."""
    truth = read_truth(brand.folder / "truth" / "identities.csv")
    keys = pc.binary_join_element_wise(truth["source"], truth["record_id"], ":")
    return dict(zip(keys.to_pylist(), truth["person"].to_pylist(), strict=True))


def _answered(
    row: dict[str, str], people: dict[str, dict[str, str]], whose: dict[str, str]
) -> dict[str, str]:
    """The row with what the person of the record answers; nothing where he cannot know."""
    person = people.get(whose.get(f"{row['source']}:{row['record_id']}", ""))
    answer = ""
    if row["attribute"] == KNOWS_ME:
        # The shop's own records are nobody's: a machine knows no brand.
        answer = "0" if person is None else person[KNOWS_ME] or "0"
    elif person is not None and row["attribute"] in _TRUE:
        true = person[_TRUE[row["attribute"]]]
        answer = "yes" if true.casefold() == row["value"].casefold() else "no"
    return row | {"answer": answer}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    table = pa.Table.from_pylist(rows)
    pa_csv.write_csv(table, path)
