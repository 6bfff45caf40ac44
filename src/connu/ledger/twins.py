"""What twins leave behind in a build: three tables beside the facts, and the folder of the model.

The stage that makes them and everybody who reads them meet here, so that a column is named once.
The folder holds vectors without names. Which row of it stands for whom is nobody's to keep longer
than the person himself stays: forgetting somebody leaves the whole folder behind
(`ledger.erasure`), and the next build makes it again without him.
"""

from __future__ import annotations

import pyarrow as pa

#: The folder of a build that holds the model; a reader must do without it.
TWINS_FOLDER = "twins"

#: Every subject and every value an attribute may have; those of one subject sum to 1.
TWINS = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("probability", pa.float64()),
        ("stated", pa.bool_()),
    ]
)

#: Why nothing is said of a subject.
SILENCES = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("attribute", pa.string()),
        ("reason", pa.string()),
    ]
)

#: How right the statements are, one figure a row (`measure.twin_reliability`); concerns nobody.
TWIN_RELIABILITY = pa.schema(
    [
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("measure", pa.string()),
        ("coverage", pa.float64()),
        ("people", pa.int64()),
        ("told", pa.float64()),
        ("figure", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)

#: The tables by name, for a build in which nothing is told.
TWIN_TABLES: dict[str, pa.Schema] = {
    "twins": TWINS,
    "silences": SILENCES,
    "twin_reliability": TWIN_RELIABILITY,
}

#: Reasons for silence: word → what it means. A reason without words is shown as it is.
REASONS: dict[str, str] = {
    "no_behaviour": "nothing he did was seen",
    "unknown_behaviour": "nobody known did anything that he did",
    "not_alike": "nobody known behaves like him",
    "not_sure": "those who behave like him do not agree enough",
    "too_few_known": "too few customers are known by it",
    "one_value": "every known customer has one and the same value",
    "bot": "he behaves like a machine",
    "not_promised": "those known do not suffice for the precision asked",
    "shifted": "visitors behave too unlike everybody known",
    "shared_device": "several people use the device",
}
