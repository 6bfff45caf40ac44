"""The attributes of the golden record: what is shown, what makes two values equal, how complete.

Each attribute is three SQL expressions over a record seen from four sides:
`p` its row of `people` (as the person wrote it), `n` its row of `normal` (as connu reads it),
`i` its own identifiers (see `identifier_columns_sql`). Whether a record states an attribute is
decided by the normalised side, so that `n/a` is no first name; what is shown comes from the
written side. A value is never made up: «DUPONT» stays so unless a record writes «Dupont».
"""

from __future__ import annotations

from dataclasses import dataclass

from connu.engine.sql import literal, quoted
from connu.govern.sensitive import is_sensitive
from connu.kernel.settings import Settings

#: An address, its postcode, town and country come from one record, by the rule of `address`.
PLACE = ("address", "postcode", "city", "country")
#: Identifiers that are part of the golden record, besides social handles.
_OWN_IDENTIFIERS = ("loyalty_card", "account")


@dataclass(frozen=True)
class Attribute:
    """One attribute of the golden record.

    Attributes:
        name: as in `customers` and `facts`.
        shown: SQL of the value shown; may be non-NULL where `key` is NULL.
        key: SQL, NULL when the record does not state it; equal keys are one value.
        level: SQL of 0–3: a more complete value beats every rule.
        form: SQL of 0–7: among equal keys the highest is shown.
        derived: SQL, whether the value follows from another one that was declared.
        changes: people's value may change with time (an address does, a birth date does not).
        complete: values of a lower level do not contradict (an initial, a name).
        several: people have several at once: another value contradicts none.
        column: whether it is a column of `customers`; a brand's own attribute is a fact only.
    """

    name: str
    shown: str
    key: str
    level: str = "1"
    form: str = "0"
    derived: str = "false"
    changes: bool = False
    complete: bool = False
    several: bool = False
    column: bool = True


def golden_attributes(columns: list[str], settings: Settings) -> list[Attribute]:
    """The attributes a build tells, in the order of the columns of `customers`.

    Args:
        columns: of `people`: a field that no source maps is always NULL.
        settings: attributes that connu.toml names become facts, unless they are sensitive.
    """
    wanted = _people(columns) + [
        Attribute(name, f"i.{quoted(name)}", f"i.{quoted(name)}", several=True)
        for name in own_identifiers(columns)
    ]
    told = {attribute.name for attribute in wanted} | set(columns)
    for name, setting in sorted(settings.attributes.items()):
        private = is_sensitive(name, settings.brand.sector) or setting.sensitive
        if name not in told and not private:
            wanted.append(_kept(name))
    return [a for a in wanted if not is_sensitive(a.name, settings.brand.sector)]


def own_identifiers(columns: list[str]) -> list[str]:
    """The identifiers shown as columns: loyalty card, account and the mapped social handles.

    A national id, a support case and a cookie are not told: they identify, and that is all.
    """
    return [*_OWN_IDENTIFIERS, *sorted(c for c in columns if c.startswith("social."))]


def identifier_columns_sql(names: list[str]) -> str:
    """One row per record that holds some of the identifiers, one column each, the smallest value.

    The normalised value is shown: cards and accounts are written in many ways.
    """
    kinds = ", ".join(literal(name) for name in names)
    columns = ", ".join(
        f"min(value) FILTER (WHERE type = {literal(name)}) AS {quoted(name)}" for name in names
    )
    return f"SELECT rid, {columns} FROM identifiers WHERE type IN ({kinds}) GROUP BY rid"


def _people(columns: list[str]) -> list[Attribute]:
    def raw(name: str) -> str:
        return f"trim(p.{name})" if name in columns else "CAST(NULL AS VARCHAR)"

    def written(name: str) -> str:
        return _form(f"p.{name}") if name in columns else "0"

    first = "n.given"
    if "middle_name" in columns:
        # `given` holds the middle names too, which are no part of what is shown.
        first = f"lower(strip_accents(replace({raw('first_name')}, '-', ' ')))"
        first = f"CASE WHEN n.given IS NOT NULL THEN {first} END"
    full_date = "length(n.birth_date) = 8"
    # A declared sex is more than a civility: «M» on a form may be nobody's choice.
    declared = "false"
    if "sex" in columns:
        declared = "coalesce(lower(left(trim(p.sex), 1)) IN ('f', 'm', 'h', 'w', '1', '2'), false)"
    if "email" in columns:
        # Several columns may be joined: then the one that was read.
        email = (
            f"CASE WHEN contains({raw('email')}, ' ') THEN n.email ELSE lower({raw('email')}) END"
        )
    else:
        email = "n.email"
    return [
        Attribute(
            "first_name",
            raw("first_name"),
            first,
            level=f"CASE WHEN length({raw('first_name')}) > 2 THEN 2 ELSE 1 END",
            form=written("first_name"),
            complete=True,
        ),
        Attribute(
            "last_name", raw("last_name"), "n.family", "1", written("last_name"), changes=True
        ),
        Attribute(
            "full_name", raw("full_name"), "n.names", "1", written("full_name"), changes=True
        ),
        Attribute(
            "sex",
            "n.sex",
            "n.sex",
            level=f"CASE WHEN {declared} THEN 2 ELSE 1 END",
            derived=f"NOT {declared}",
        ),
        Attribute(
            "birth_date",
            "substr(n.birth_date, 1, 4) || '-' || substr(n.birth_date, 5, 2) || '-' "
            "|| substr(n.birth_date, 7, 2)",
            f"CASE WHEN {full_date} THEN n.birth_date END",
        ),
        Attribute(
            "birth_year",
            "substr(n.birth_date, 1, 4)",
            "substr(n.birth_date, 1, 4)",
            derived=full_date,
        ),
        Attribute("email", email, "n.email", several=True),
        Attribute("phone", "n.phone", "n.phone", several=True),
        Attribute("address", raw("address"), "n.address", "1", written("address"), changes=True),
        Attribute("postcode", f"upper({raw('postcode')})", "n.postcode", changes=True),
        Attribute("city", raw("city"), "n.city", "1", written("city"), changes=True),
        Attribute("country", "n.country", "n.country", changes=True),
        Attribute(
            "occupation",
            raw("occupation"),
            "n.occupation",
            "1",
            written("occupation"),
            changes=True,
        ),
    ]


#: How much of a place a record states; of those in one area the fullest is shown.
PLACE_FORM = (
    "CASE WHEN n.address IS NOT NULL THEN 4 ELSE 0 END "
    "+ CASE WHEN n.postcode IS NOT NULL THEN 2 ELSE 0 END "
    "+ CASE WHEN n.city IS NOT NULL THEN 1 ELSE 0 END"
)


def _kept(name: str) -> Attribute:
    """An attribute of the brand's own, out of the columns that were not mapped."""
    path = '$."' + name.replace('"', '\\"') + '"'
    value = f"nullif(trim(json_extract_string(p.attributes, {literal(path)})), '')"
    return Attribute(name, value, f"lower({value})", changes=True, column=False)


def _form(column: str) -> str:
    """2 for «Dupont» over «DUPONT» and «dupont», 1 for «Éric» over «Eric»; both add up.

    More bytes than letters: some are not ASCII, which is the accents and costs no comparison.
    """
    return (
        f"CASE WHEN {column} <> upper({column}) AND left({column}, 1) <> lower(left({column}, 1)) "
        f"THEN 2 ELSE 0 END + CASE WHEN strlen({column}) > length({column}) THEN 1 ELSE 0 END"
    )
