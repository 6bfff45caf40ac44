"""Composite profiles: several attributes told as one statement, with a probability of its own.

«Woman, urban, executive, under 35» is no product of four probabilities: what people do tells of
the parts together. A profile is therefore an attribute like any other, `profile.NAME`, with a
label learnt, calibrated and promised as every label is.

A customer is labelled only where every part is known of him. One known part that contradicts
would settle a «no» as well, but learning from those would be wrong: of the customers of whom one
thing is known, all the «no» would be labelled and none of the «yes», so that «yes» would look
rarer than it is, and every probability would come out too low.
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.attributes import band_names
from connu.kernel.errors import did_you_mean
from connu.kernel.sections import Attribute
from connu.kernel.settings import Settings

PREFIX = "profile."
#: The profile told where the brand declares none.
DEFAULT = "profile.sex_age"
#: Customers known by both, from which the default is told: four classes need about a hundred each
#: for a promise of 90 % to be checkable at all.
DEFAULT_KNOWN = 500


def setting_of(attribute: str, settings: Settings) -> Attribute:
    """The settings an attribute is told by; a profile's are those of `[profiles.NAME]`."""
    profile = settings.profiles.get(attribute.removeprefix(PREFIX))
    if attribute.startswith(PREFIX) and profile is not None:
        return Attribute(extrapolate=True, precision=profile.precision)
    return settings.attributes.get(attribute, Attribute())


def profiles_sql(
    engine: Engine, settings: Settings, known: str
) -> tuple[list[str], list[tuple[str, str, str]]]:
    """SELECTs of customer_id, attribute, value (yes, no), probability: one a profile.

    A label's probability is that of its least sure part. Without any `[profiles.NAME]`, sex and
    age are told together: see `_sex_age`.

    Args:
        engine: where `known` is.
        settings: the brand's.
        known: a table with customer_id, attribute, value, probability; one row a customer and
            attribute.

    Returns:
        The SELECTs, and the profiles that cannot be learnt: (attribute, reason, hint).
    """
    if not settings.profiles:
        return _sex_age(engine, settings, known), []
    counted = engine.collect(f"SELECT DISTINCT attribute, value FROM {known}")
    values: dict[str, set[str]] = {}
    for attribute, value in zip(
        *(counted[c].to_pylist() for c in counted.column_names), strict=True
    ):
        values.setdefault(attribute, set()).add(value)
    selects, refused = [], []
    for name, profile in sorted(settings.profiles.items()):
        absent = [word for word in sorted(profile.parts) if word not in values]
        strange = [
            (word, value)
            for word, wanted in sorted(profile.parts.items())
            if word in values and not values[word] & set(wanted)
            for value in wanted
        ]
        if absent:
            refused.append((PREFIX + name, "unknown_part", absent[0]))
        elif strange:
            word, value = strange[0]
            hint = did_you_mean(value, values[word]) if len(values[word]) <= 50 else ""
            refused.append((PREFIX + name, "unknown_value", f"{word} is never «{value}»; {hint}"))
        else:
            selects.append(_joint(known, PREFIX + name, profile.parts))
    return selects, refused


def _joint(known: str, attribute: str, parts: dict[str, tuple[str, ...]]) -> str:
    """Yes where all parts hold, no where all are known and one does not."""
    tests = " ".join(
        f"WHEN {literal(word)} THEN value IN ({', '.join(map(literal, wanted))})"
        for word, wanted in sorted(parts.items())
    )
    among = ", ".join(map(literal, sorted(parts)))
    return f"""
        SELECT customer_id, {literal(attribute)} AS attribute,
            CASE WHEN bool_and(CASE attribute {tests} END) THEN 'yes' ELSE 'no' END AS value,
            min(probability) AS probability
        FROM {known} WHERE attribute IN ({among})
        GROUP BY customer_id HAVING count(*) = {len(parts)}
    """


def _sex_age(engine: Engine, settings: Settings, known: str) -> list[str]:
    """Sex and age as one statement of four values, where enough customers are known by both.

    The pair is what a brand addresses people by, and it is known most often. Ages are cut in two,
    at the limit of a band that comes nearest to halving the customers: of four even classes some
    can be promised, of fourteen uneven ones hardly any. A brand's own words for age bands have no
    order that is known, and are not cut.
    """
    names = band_names(settings.twins.age_bands)
    both = (
        f"SELECT s.customer_id, s.value AS sex, a.value AS band,"
        " least(s.probability, a.probability) AS probability"
        f" FROM (SELECT * FROM {known} WHERE attribute = 'sex') AS s"
        f" JOIN (SELECT * FROM {known} WHERE attribute = 'age_band') AS a"
        " ON a.customer_id = s.customer_id"
    )
    counted = engine.collect(
        f"SELECT band, count(*) AS people FROM ({both}) AS both_ GROUP BY band"
    )
    people = dict(zip(*(counted[c].to_pylist() for c in ("band", "people")), strict=True))
    total = sum(people.values())
    if total < DEFAULT_KNOWN or not set(people) <= set(names):
        return []
    below, limits = 0, []
    for name, limit in zip(names, settings.twins.age_bands, strict=False):
        below += people.get(name, 0)
        limits.append((abs(2 * below - total), limit))
    limit = min(limits)[1]
    young = ", ".join(
        literal(name)
        for name, start in zip(names[1:], settings.twins.age_bands, strict=True)
        if start < limit
    )
    young = f"{literal(names[0])}{', ' + young if young else ''}"
    return [
        f"SELECT customer_id, {literal(DEFAULT)} AS attribute,"
        f" sex || CASE WHEN band IN ({young}) THEN ', under {limit}' ELSE ', {limit} and over' END"
        f" AS value, probability FROM ({both}) AS both_"
    ]
