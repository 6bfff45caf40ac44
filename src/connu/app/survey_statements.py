"""What a survey asks a customer to confirm: the surest of what the brand says of him, a few."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connu.app.survey_questions import STATUS
from connu.govern.sensitive import declared_sensitive, is_sensitive
from connu.kernel.settings import Settings

#: Of each group the first attribute that is told of him is asked.
_DEMOGRAPHICS = (("sex",), ("birth_year", "age_band"), ("city", "place", "postcode"))
#: Attributes of which a statement beside what twins tell is asked.
ASKED = ("affinity", "expectation")
#: With one of these begins what a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Statement:
    """One statement about a customer, as it is told.

    Attributes:
        attribute, value: of the fact; of an expectation the value is «theme: status».
        basis: of the fact.
        probability: told with it, 0-1.
    """

    attribute: str
    value: str
    basis: str
    probability: float


def statements_of(facts: Iterable[Mapping[str, Any]], private: Collection[str]) -> list[Statement]:
    """The statements to ask one customer, six at most.

    Sex, age and place; the surest that twins told; the strongest affinity; one expectation.

    Args:
        facts: his: attribute, value, basis, probability, evidence.
        private: attributes never asked.
    """
    surest: dict[str, Statement] = {}
    for fact in sorted(facts, key=lambda f: (-f["probability"], f["value"])):
        if fact["attribute"] not in private and _is_text(fact["value"]):
            surest.setdefault(fact["attribute"], told_as(fact))
    chosen = []
    for group in _DEMOGRAPHICS:
        found = [surest[name] for name in group if name in surest]
        chosen += found[:1]
    by_twins = [
        one
        for name, one in surest.items()
        if one.basis == "twins" and one not in chosen and not name.startswith("profile.")
    ]
    chosen += by_twins[:1]
    return chosen + [surest[name] for name in ASKED if name in surest]


def _is_text(value: str) -> bool:
    """Whether a value is words to be read: the file is filled in with a spreadsheet, which runs
    what looks like a formula, and what customers typed may be one."""
    return value.isprintable() and not value.lstrip().startswith(_FORMULA)


def private_attributes(attributes: Iterable[str], settings: Settings) -> set[str]:
    """Those of the attributes that no survey asks about: sensitive ones, by law or as declared;
    and, of a health brand, what its customers buy and say."""
    sector = settings.brand.sector
    private = {name for name in attributes if is_sensitive(name, sector, extrapolate=True)}
    private |= set(declared_sensitive(settings))
    return private | (set(ASKED) if sector == "health" else set())


def told_as(fact: Mapping[str, Any]) -> Statement:
    """A fact as a statement to confirm."""
    value = fact["value"]
    if fact["attribute"] == "expectation":
        status = json.loads(fact["evidence"] or "{}").get("status")
        value = f"{value}{STATUS}{status}" if status else value
    return Statement(fact["attribute"], value, fact["basis"], fact["probability"])
