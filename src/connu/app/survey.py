"""A survey: some customers drawn at random, and what each is asked of what the brand says of him.

Everybody who may be read for the purpose is as likely to be drawn as anybody else, so that what
they answer holds for all. The file has no contact data: whoever sends the survey joins it by
customer_id, where he may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from connu.app.reading import Reading
from connu.app.survey_questions import Language, language_of, question
from connu.app.survey_statements import private_attributes, statements_of
from connu.govern.sensitive import is_sensitive
from connu.journal.confirmations import KNOWS_ME
from connu.kernel.errors import UsageError
from connu.kernel.settings import Settings
from connu.ledger.reading import export_path, written
from connu.understand.codebook import Codebook, read_codebook

#: How many are asked when nobody says: shares are then known to ±5 points.
CUSTOMERS = 400
#: The columns of the file.
ASK = pa.schema(
    [
        ("survey", pa.string()),
        ("customer_id", pa.string()),
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("basis", pa.string()),
        ("probability", pa.float64()),
        ("question", pa.string()),
        ("answer", pa.string()),
    ]
)
_DRAWN = "survey_drawn"


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes:
        survey: the draw's id, in every row.
        customers: drawn.
        among: customers who may be read for the purpose.
        rows: of the file: statements, and a question whether the brand knows him.
        path: the file.
    """

    survey: str
    customers: int
    among: int
    rows: int
    path: Path

    def as_dict(self) -> dict[str, Any]:
        """What was drawn, as JSON."""
        return asdict(self) | {"path": str(self.path)}


def draw_survey(
    reading: Reading,
    settings: Settings,
    folder: Path,
    path: Path,
    *,
    customers: int = CUSTOMERS,
    seed: int = 0,
    language: Language | None = None,
) -> Drawn:
    """Draw customers at random and write what each is asked; the same build gives the same.

    Args:
        reading: the build, opened for the purpose of the survey.
        settings: the brand's.
        folder: the brand's.
        path: .csv, .parquet or .jsonl to write, whole or not at all.
        customers: how many; all of them where there are fewer.
        seed: another one draws others.
        language: of the questions; by the brand's country when absent.

    Raises:
        UsageError: nobody may be read for the purpose, or the file cannot be made.
    """
    path = export_path(path)
    purpose = reading.reader.purpose
    ids = np.sort(
        reading.engine.collect(f"SELECT customer_id FROM ({reading.sql('customers')})")[
            "customer_id"
        ].to_numpy()
    )
    if not len(ids):
        raise UsageError(
            f"nobody may be read for «{purpose}», so nobody can be asked",
            hint="choose another --purpose, or build with people sources",
        )
    number = int.from_bytes(hashlib.blake2b(reading.build.id.encode(), digest_size=8).digest())
    chance = np.random.default_rng([seed, number])
    drawn = np.sort(chance.choice(ids, min(customers, len(ids)), replace=False))
    words = f"{reading.build.id}\0{purpose}\0{customers}\0{seed}"
    name = f"{reading.build.id[:8]}-{hashlib.blake2b(words.encode(), digest_size=4).hexdigest()}"
    reading.engine.put(_DRAWN, pa.table({"customer_id": pa.array(drawn, pa.string())}))
    try:
        asked = [
            {"survey": name, "answer": ""} | row
            for row in _rows(reading, settings, language, read_codebook(folder))
        ]
    finally:
        reading.engine.drop(_DRAWN)
    table = pa.Table.from_pylist(asked, ASK)
    place = pa.array(range(len(table)), pa.int32())
    reading.engine.put("survey_asked", table.append_column("place", place))
    columns = ", ".join(f'"{column}"' for column in ASK.names)
    rows = written(reading.engine, f"SELECT {columns} FROM survey_asked ORDER BY place", path)
    return Drawn(name, len(drawn), len(ids), rows, path)


def _rows(
    reading: Reading, settings: Settings, language: Language | None, codebook: Codebook
) -> Iterator[dict[str, Any]]:
    """What each of the drawn is asked, customer by customer."""
    spoken = language or language_of(settings.brand.country)
    brand = settings.brand.name
    records = {
        row["customer_id"]: {name: row[name] for name in ("customer_id", "source", "record_id")}
        for row in reading.rows(
            "SELECT customer_id, source, record_id FROM ("
            " SELECT i.customer_id, i.source, i.record_id, row_number() OVER ("
            "  PARTITION BY i.customer_id ORDER BY i.source, i.record_id) AS place"
            f" FROM ({reading.sql('identities')}) AS i"
            f" JOIN {_DRAWN} AS d ON d.customer_id = i.customer_id) AS r WHERE place = 1"
        )
    }
    facts = reading.rows(
        "SELECT f.subject, f.attribute, f.value, f.basis, f.probability, f.evidence"
        f" FROM ({reading.sql('facts')}) AS f JOIN {_DRAWN} AS d ON d.customer_id = f.subject"
        " WHERE f.subject_kind = 'customer' ORDER BY f.subject"
    )
    private = private_attributes({fact["attribute"] for fact in facts}, settings)
    sector = settings.brand.sector
    of_each = {
        # A category of products may say what is nobody's business: a book on a faith.
        customer: statements_of(
            (
                f
                for f in his
                if f["attribute"] != "affinity" or not is_sensitive(f["value"], sector)
            ),
            private,
        )
        for customer, his in groupby(facts, key=lambda fact: fact["subject"])
    }
    for customer, record in sorted(records.items()):
        for one in of_each.get(customer, []):
            words = question(one.attribute, one.value, brand, spoken, codebook)
            yield record | asdict(one) | {"question": words}
        words = question(KNOWS_ME, None, brand, spoken, codebook)
        yield record | {"attribute": KNOWS_ME, "question": words}
