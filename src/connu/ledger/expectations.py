"""What listening leaves behind in a build: four tables beside the facts.

`statements` are the stretches texts were cut into, `expectations` the statements by theme (what is
exported), `to_code` what a person should code next, and `expectation_reliability` how far the codes
may be believed. Positions are code points of the verbatim as it came; a quote is the text between
them, but that personal data in it are masked, sign by sign, so that positions hold.
"""

from __future__ import annotations

import pyarrow as pa

#: The folder under .connu of the model that was taught the brand's labels, and its page of what it
#: was taught. Customers' words have weight in it: it goes when one of them is forgotten.
TAUGHT_FOLDER, TAUGHT_PAGE = "taught", "taught.json"
#: The folder under .connu of what endpoints answered.
CACHE_FOLDER = "cache"

DIMENSIONS = ("brand", "product", "interaction", "society")
POLARITIES = ("positive", "negative", "neutral")
STATUSES = ("met", "unmet", "unknown")
FORMS = ("wish", "should", "lack", "comparison", "regret", "complaint", "praise", "none")
#: Forms that say outright what is expected; a complaint or praise implies it.
EXPLICIT = FORMS[:5]
ADDRESSEES = ("brand", "peers", "other")
RELATIONS = ("inside", "outside")
#: Whether the customer said it outright or it follows from what he complains of or praises.
EXPECTATION_BASES = ("explicit", "implied")
#: Who coded it.
CODERS = ("machine", "hand")

#: The export, in the order other programs rely on.
EXPECTATION_EXPORT = (
    "verbatim_id",
    "subject_kind",
    "subject",
    "dimension",
    "theme",
    "polarity",
    "status",
    "form",
    "addressee",
    "probability",
    "start",
    "end",
    "quote",
    "basis",
)

#: A statement by theme. `probability`: that the theme is meant, calibrated.
EXPECTATIONS = pa.schema(
    [
        ("verbatim_id", pa.string()),
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("dimension", pa.string()),
        ("theme", pa.string()),
        ("polarity", pa.string()),
        ("status", pa.string()),
        ("form", pa.string()),
        ("addressee", pa.string()),
        ("probability", pa.float64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quote", pa.string()),
        ("basis", pa.string()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("statement", pa.int32()),
        ("language", pa.string()),
        ("relation", pa.string()),
        ("time", pa.timestamp("us")),
        ("by", pa.string()),
    ]
)

#: A stretch of a verbatim that stands alone, whatever it speaks of.
STATEMENTS = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("verbatim_id", pa.string()),
        ("statement", pa.int32()),
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("language", pa.string()),
        ("time", pa.timestamp("us")),
        ("channel", pa.string()),
        ("rating", pa.float64()),
        ("nps", pa.float64()),
        ("form", pa.string()),
        ("polarity", pa.string()),
        ("addressee", pa.string()),
        ("relation", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quote", pa.string()),
    ]
)

#: What a person should code next, the most informative first.
TO_CODE = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("verbatim_id", pa.string()),
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("rank", pa.int32()),
        ("theme", pa.string()),
        ("probability", pa.float64()),
        ("reason", pa.string()),
    ]
)

#: How right the codes are, on verbatims coded by hand that the model did not see; one figure a row.
#: No theme: all together. Concerns nobody.
EXPECTATION_RELIABILITY = pa.schema(
    [
        ("theme", pa.string()),
        ("measure", pa.string()),
        ("figure", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("verbatims", pa.int64()),
        ("labels", pa.int64()),
    ]
)

#: The tables by name, for a build in which nobody is listened to.
UNDERSTANDING_TABLES: dict[str, pa.Schema] = {
    "statements": STATEMENTS,
    "expectations": EXPECTATIONS,
    "to_code": TO_CODE,
    "expectation_reliability": EXPECTATION_RELIABILITY,
}
