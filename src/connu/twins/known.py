"""What is known of whom: the labels twins learn from, one row a customer and attribute.

Only what a customer said or what was observed of him is learnt: never what twins told (they would
learn from themselves), nor a sex guessed from a first name. A civility is an answer («Mme»,
«Mr»), and counts. Sensitive attributes are refused here, before anything is learnt.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.govern.sensitive import is_sensitive
from connu.kernel.attributes import BUILT_IN, SEXES
from connu.kernel.settings import Settings
from connu.twins.ages import bands_sql, newest_day
from connu.twins.learnable import learnable
from connu.twins.occupations import make_occupations
from connu.twins.own import own_values
from connu.twins.places import areas_sql, places_sql
from connu.twins.profiles import profiles_sql

#: Why an attribute is not learnt although the brand asks for it: word → what it means.
REASONS = {
    "sensitive": "what is sensitive is never told by twins",
    "identity": "it says who somebody is, not what he is like",
    "nobody": "no customer is known by it",
    "identifiers": "nearly every customer has a value of his own",
    "too_many_values": "it has too many values to learn one from another",
    "unknown_value": "the profile asks for a value that nobody has",
    "unknown_part": "a part of the profile is known of nobody",
}
UNLEARNT = pa.schema([("attribute", pa.string()), ("reason", pa.string()), ("hint", pa.string())])

#: A statement is a label where it is more likely right than wrong.
FIRM = 0.5
#: Fields that name a person or a door; what can be learnt of them has an attribute of its own.
_IDENTITY = (
    *("first_name", "middle_name", "last_name", "full_name", "civility", "birth_date"),
    *("birth_year", "email", "phone", "address", "postcode", "account", "loyalty_card"),
    *("national_id", "support_case", "anonymous_id", "id"),
)
_READ = ("sex", "birth_date", "birth_year", "occupation", "postcode", "country")


def make_known(engine: Engine, settings: Settings, *, today: date | None = None) -> dict[str, int]:
    """Make `known` (customer_id, attribute, value, probability) and `unlearnt`.

    Attributes: sex, age_band, occupation_class, place and area, unless `[attributes.NAME]
    extrapolate = false`; every `[attributes.NAME] extrapolate = true`; and `profile.NAME`, see
    `profiles`. A built-in for which the brand has a column of that very name is what the column
    says. Customers who refused (`learnable.make_refused`, run before) are not in it.

    Reads `facts`, `events`, `twin_refused` where it is. `unlearnt` (attribute, reason, hint) says
    what was asked for and cannot be learnt; a reason's meaning is in REASONS. Cost: linear in
    facts and events; about 0.5 s for 20,000 customers, 20 s for a million on two cores.

    Args:
        engine: where the tables are.
        settings: the brand's.
        today: ages are counted on it; the day of the newest events when absent.

    Returns:
        By attribute that can be learnt, the customers known by it; sorted.
    """
    wanted, refused = _wanted(settings)
    area = settings.twins.area or "area"
    _make_facts(engine, {*_READ, *wanted, area})
    day = today or newest_day(engine)
    there = set(
        engine.collect("SELECT DISTINCT attribute FROM known_facts")["attribute"].to_pylist()
    )
    parts = []
    for name in wanted:
        if name not in BUILT_IN or (name in there and name not in ("sex", "area")):
            rows, reason = own_values(engine, "known_facts", name)
            if reason:
                refused.append((name, *reason))
            parts += rows
        elif name == "sex":
            among = ", ".join(map(literal, SEXES))
            parts.append(f"{_ROWS} WHERE attribute = 'sex' AND value IN ({among})")
        elif name == "age_band" and day is not None:
            parts.append(bands_sql("known_facts", settings.twins.age_bands, day))
        elif name == "occupation_class":
            parts.append(make_occupations(engine, "known_facts"))
        elif name == "place":
            parts.append(places_sql("known_facts", settings))
        elif name == "area" and area in there:
            parts.append(areas_sql("known_facts", area))
    _make(engine, "known_parts", parts)
    joint, unjoined = profiles_sql(engine, settings, "known_parts")
    _make(engine, "known", ["SELECT * FROM known_parts", *joint], "attribute, customer_id")
    _put_unlearnt(engine, refused + unjoined)
    for name in ("known_facts", "known_parts", "occupation_words"):
        if engine.has(name):
            engine.drop(name)
    return known_counts(engine)


def known_counts(engine: Engine) -> dict[str, int]:
    """By attribute of `known`, how many customers are known by it; sorted."""
    counted = engine.collect(
        "SELECT attribute, count(*) AS customers FROM known GROUP BY attribute ORDER BY attribute"
    )
    return dict(zip(*(counted[c].to_pylist() for c in ("attribute", "customers")), strict=True))


def _wanted(settings: Settings) -> tuple[list[str], list[tuple[str, str, str]]]:
    """The attributes to learn, and those refused by name with reason and hint."""
    said = settings.attributes
    wanted = [w for w in BUILT_IN if w not in said or said[w].extrapolate is not False]
    refused = []
    for name, setting in sorted(said.items()):
        if not setting.extrapolate or name in BUILT_IN:
            continue
        category = is_sensitive(name, settings.brand.sector, extrapolate=True)
        # Consent to keep and use a sensitive attribute is no consent to guess it of others.
        if category or setting.sensitive:
            refused.append((name, "sensitive", category or "declared sensitive"))
        elif name in _IDENTITY or name.startswith("social."):
            refused.append((name, "identity", _INSTEAD.get(name, "remove extrapolate = true")))
        else:
            wanted.append(name)
    return wanted, refused


_INSTEAD = {
    "birth_date": "age_band is told",
    "birth_year": "age_band is told",
    "postcode": "place is told",
    "civility": "sex is told",
}
_ROWS = "SELECT customer_id, attribute, value, probability FROM known_facts"


def _make_facts(engine: Engine, attributes: set[str]) -> None:
    """Make `known_facts`: the firm statements of customers, one an attribute."""
    among = ", ".join(map(literal, sorted(attributes)))
    # A civility is derived too, but the evidence of a guess names the first name it is made from.
    said = (
        "basis IN ('declared', 'observed') OR basis = 'derived' AND (attribute = 'birth_year'"
        " OR attribute = 'sex' AND NOT contains(coalesce(evidence, ''), '\"first_name\":'))"
    )
    engine.run(
        "known_facts",
        f"""
        SELECT customer_id, attribute, value, probability, source FROM (
            SELECT subject AS customer_id, attribute, trim(value) AS value, probability, source,
                row_number() OVER (
                    PARTITION BY subject, attribute ORDER BY probability DESC, value, source
                ) AS place
            FROM facts
            WHERE subject_kind = 'customer' AND attribute IN ({among}) AND ({said})
                AND probability >= {FIRM} AND trim(value) <> ''
                AND {learnable(engine, "customer", "subject")}
        ) AS said WHERE place = 1
        """,
    )


def _make(engine: Engine, name: str, parts: list[str], order: str = "") -> None:
    if not parts:
        engine.put(name, _KNOWN.empty_table())
        return
    union = " UNION ALL ".join(f"SELECT * FROM ({part}) AS part" for part in parts)
    engine.run(name, f"{union} ORDER BY {order}" if order else union)


def _put_unlearnt(engine: Engine, refused: list[tuple[str, str, str]]) -> None:
    columns = [pa.array(column, pa.string()) for column in zip(*sorted(refused), strict=True)]
    table = pa.table(columns, schema=UNLEARNT) if columns else UNLEARNT.empty_table()
    engine.put("unlearnt", table)


_KNOWN = pa.schema(
    [
        ("customer_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("probability", pa.float64()),
    ]
)
