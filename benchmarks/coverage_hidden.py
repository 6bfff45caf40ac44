"""Answers hidden by lot: whoever's answer is hidden is drawn like those whose answer is known.

What a brand measures on known customers holds for people drawn as they are. To check that, some
customers' answers are taken out of the sources before the build; the truth knows them. Cookies that
met no login are taken out too: without visitors nobody is judged on shortened histories, and those
told are told as those held out were judged.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connu.app.truth import read_truth

#: Share of the persons whose answer is hidden, of each attribute by itself.
HIDDEN = 1 / 3
#: Attribute → the columns that answer it, by source.
ANSWERS = {
    "sex": {"crm": "civilite"},
    "age_band": {"crm": "date_naissance", "accounts": "birthday", "loyalty": "birth_date"},
    "occupation_class": {"crm": "csp", "loyalty": "csp"},
    "area": {"loyalty": "habitat"},
    "place": {"crm": "code_postal", "accounts": "postcode", "loyalty": "postcode"},
}
_ID = {"crm": "no_client", "accounts": "login", "loyalty": "card_no"}


def hide_answers(folder: Path, seed: int) -> dict[str, set[str]]:
    """Take a third of the answers out of the sources of a made brand, person by person.

    Returns:
        By attribute, the persons who had answered and whose answer is gone, also written to
        truth/hidden.json. Who never answered is not drawn like those who did.
    """
    rng = np.random.default_rng(seed)
    people = read_truth(folder / "truth" / "people.csv")
    persons = np.array(people["person"].to_pylist(), dtype=object)
    hidden = {
        attribute: set(persons[rng.random(len(persons)) < HIDDEN].tolist()) for attribute in ANSWERS
    }
    had: dict[str, set[str]] = {attribute: set() for attribute in ANSWERS}
    records = read_truth(folder / "truth" / "identities.csv")
    whose = {
        source: dict(
            zip(
                *(
                    records.filter(pc.equal(records["source"], source))[name].to_pylist()
                    for name in ("record_id", "person")
                ),
                strict=True,
            )
        )
        for source in _ID
    }
    gone = {
        source: [
            _Gone(columns[source], hidden[attribute], had[attribute])
            for attribute, columns in ANSWERS.items()
            if source in columns
        ]
        for source in _ID
    }
    _csv(folder / "data" / "crm.csv", "crm", whose["crm"], gone["crm"])
    _jsonl(folder / "data" / "accounts.jsonl", "accounts", whose["accounts"], gone["accounts"])
    _parquet(folder / "data" / "loyalty.parquet", "loyalty", whose["loyalty"], gone["loyalty"])
    told = {attribute: sorted(who) for attribute, who in had.items()}
    (folder / "truth" / "hidden.json").write_text(json.dumps(told), encoding="utf-8")
    return had


def without_strangers(folder: Path) -> None:
    """Take the clicks of cookies that met no login out of the web log."""
    truth = read_truth(folder / "truth" / "visitors.csv")
    tied = truth.filter(pc.equal(truth["tied"], "yes"))["anonymous_id"].combine_chunks()
    for file in sorted((folder / "data" / "web").glob("*.parquet")):
        table = pq.read_table(file)
        pq.write_table(table.filter(pc.is_in(table["cookie"], value_set=tied)), file)


class _Gone(NamedTuple):
    """A column of a source, whose answers in it are to go, and who had one."""

    column: str
    hidden: set[str]
    had: set[str]

    def goes(self, person: str | None, answer: object) -> bool:
        """Whether an answer goes; notes who had one."""
        if person is None or person not in self.hidden:
            return False
        if answer not in (None, ""):
            self.had.add(person)
        return True


def _csv(file: Path, source: str, whose: dict[str, str], gone: list[_Gone]) -> None:
    with file.open(encoding="latin-1", newline="") as text:
        names, *rows = csv.reader(text, delimiter=";")
    own = names.index(_ID[source])
    for row in rows:
        for one in gone:
            at = names.index(one.column)
            # Some rows are short, as in any such file.
            if at < len(row) and one.goes(whose.get(row[own]), row[at]):
                row[at] = ""
    with file.open("w", encoding="latin-1", newline="") as text:
        csv.writer(text, delimiter=";", lineterminator="\n").writerows([names, *rows])


def _jsonl(file: Path, source: str, whose: dict[str, str], gone: list[_Gone]) -> None:
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            # Cut off or no object, as in any such file: the build sets it aside.
            lines.append(line)
            continue
        for one in gone:
            if one.goes(whose.get(str(row.get(_ID[source]))), row.get(one.column)):
                row.pop(one.column, None)
        lines.append(json.dumps(row, ensure_ascii=False))
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def _parquet(file: Path, source: str, whose: dict[str, str], gone: list[_Gone]) -> None:
    table = pq.read_table(file)
    persons = [whose.get(name) for name in table[_ID[source]].to_pylist()]
    for one in gone:
        answers = table[one.column].to_pylist()
        out = [one.goes(who, answer) for who, answer in zip(persons, answers, strict=True)]
        place = table.schema.get_field_index(one.column)
        nothing = pa.scalar(None, table.schema.field(one.column).type)
        kept = pc.if_else(pa.array(out), nothing, table[one.column])
        table = table.set_column(place, one.column, kept)
    pq.write_table(table, file)
