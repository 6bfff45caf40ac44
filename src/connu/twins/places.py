"""Places: the region behind a postcode, and urban, suburban or rural where the brand says so.

Regions, not towns: a statement needs values few enough to learn. No table of densities is at
hand offline, so that `area` is never guessed from a postcode: it is what a column of the brand
says, or nothing.

Source: the regions of 2016 (loi n° 2015-29); departments are a French postcode's first digits.
"""

from __future__ import annotations

from connu.engine.sql import literal
from connu.kernel.attributes import AREAS
from connu.kernel.settings import Settings
from connu.twins.words import folded_sql

REGIONS: dict[str, tuple[str, ...]] = {
    "Auvergne-Rhône-Alpes": (
        "01",
        "03",
        "07",
        "15",
        "26",
        "38",
        "42",
        "43",
        "63",
        "69",
        "73",
        "74",
    ),
    "Bourgogne-Franche-Comté": ("21", "25", "39", "58", "70", "71", "89", "90"),
    "Bretagne": ("22", "29", "35", "56"),
    "Centre-Val de Loire": ("18", "28", "36", "37", "41", "45"),
    "Corse": ("20",),
    "Grand Est": ("08", "10", "51", "52", "54", "55", "57", "67", "68", "88"),
    "Hauts-de-France": ("02", "59", "60", "62", "80"),
    "Île-de-France": ("75", "77", "78", "91", "92", "93", "94", "95"),
    "Normandie": ("14", "27", "50", "61", "76"),
    "Nouvelle-Aquitaine": (
        *("16", "17", "19", "23", "24", "33", "40", "47", "64", "79", "86", "87"),
    ),
    "Occitanie": ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"),
    "Pays de la Loire": ("44", "49", "53", "72", "85"),
    "Provence-Alpes-Côte d'Azur": ("04", "05", "06", "13", "83", "84"),
    "Guadeloupe": ("971",),
    "Martinique": ("972",),
    "Guyane": ("973",),
    "La Réunion": ("974",),
    "Mayotte": ("976",),
}
#: Codes of the French departments overseas, which some sources write as countries.
_OVERSEAS = ("GP", "MQ", "GF", "RE", "YT")
_BRITISH = "^(GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})$"

#: What brands write for the three kinds of area, folded; the first kind with a word counts.
_AREA_WORDS = {
    "suburban": (
        *("suburban", "suburb", "suburbs", "periurbain", "periurbaine", "peri urbain"),
        *("peri urbaine", "banlieue", "couronne", "outskirts", "commuter belt"),
    ),
    "rural": (
        *("rural", "rurale", "rurales", "campagne", "countryside", "country", "village"),
        *("hameau", "farm", "ferme"),
    ),
    "urban": (
        *("urban", "urbain", "urbaine", "ville", "city", "metropole", "centre ville", "downtown"),
        *("town", "inner city", "agglomeration"),
    ),
}


def places_sql(facts: str, settings: Settings) -> str:
    """SELECT customer_id, attribute, value, probability: everybody's `place`.

    In France the region of the postcode, elsewhere the country. A country is the customer's own,
    else a British postcode's, else that of the source that states the postcode, else the brand's.
    A French customer without a readable postcode has no place: «FR» is no region.

    Args:
        facts: a table with customer_id, attribute, value, probability, source.
        settings: the brand's country and its sources'.
    """
    sources = {name: s.country for name, s in sorted(settings.sources.items()) if s.country}
    of_source = "".join(
        f" WHEN source = {literal(name)} THEN {literal(country)}"
        for name, country in sources.items()
    )
    brand = literal(settings.brand.country)
    usual = f"CASE{of_source} ELSE {brand} END" if of_source else brand
    code = "regexp_replace(upper(value), '[^0-9A-Z]', '', 'g')"
    overseas = ", ".join(map(literal, _OVERSEAS))
    # Postcodes repeat: each is read once, by the source that states it.
    read = f"""
        SELECT value, source, {_five_digits(code)} AS code,
            CASE WHEN regexp_matches({code}, '{_BRITISH}') THEN 'GB' ELSE {usual} END AS country
        FROM (SELECT DISTINCT value, source FROM {facts} WHERE attribute = 'postcode') AS stated
    """
    regions = f"SELECT value, source, country, {_region('code')} AS region FROM ({read}) AS read"
    return f"""
        SELECT customer_id, 'place' AS attribute, value, probability FROM (
            SELECT coalesce(c.customer_id, p.customer_id) AS customer_id,
                coalesce(p.probability, c.probability) AS probability,
                CASE WHEN coalesce(c.value, p.country) IN ('FR', {overseas}) THEN p.region
                    ELSE coalesce(c.value, p.country) END AS value
            FROM (SELECT * FROM {facts} WHERE attribute = 'country') AS c
            FULL JOIN (
                SELECT f.customer_id, f.probability, r.country, r.region
                FROM (SELECT * FROM {facts} WHERE attribute = 'postcode') AS f
                JOIN ({regions}) AS r
                    ON r.value = f.value AND r.source IS NOT DISTINCT FROM f.source
            ) AS p ON p.customer_id = c.customer_id
        ) AS placed
        WHERE value IS NOT NULL
    """


def areas_sql(facts: str, attribute: str) -> str:
    """SELECT customer_id, attribute, value, probability: everybody's `area`.

    Args:
        facts: a table with customer_id, attribute, value, probability.
        attribute: the brand's own that says it, in whatever of the known words.
    """
    said = folded_sql("value")
    cases = " ".join(
        f"WHEN regexp_matches({said}, {literal(_any(_AREA_WORDS[area]))}) THEN {literal(area)}"
        for area in sorted(AREAS, key=list(_AREA_WORDS).index)
    )
    return f"""
        SELECT customer_id, 'area' AS attribute, value, probability FROM (
            SELECT customer_id, CASE {cases} END AS value, probability
            FROM {facts} WHERE attribute = {literal(attribute)}
        ) AS told
        WHERE value IS NOT NULL
    """


def _any(words: tuple[str, ...]) -> str:
    return rf"\b({'|'.join(words)})\b"


def _five_digits(code: str) -> str:
    """A French postcode out of what was written: `F-1000` → `01000`; NULL where there is none."""
    digits = f"regexp_extract({code}, '^F?R?([0-9]{{4,5}})(CEDEX.*)?$', 1)"
    return f"CASE WHEN {digits} <> '' THEN lpad({digits}, 5, '0') END"


def _region(code: str) -> str:
    cases = "".join(
        f" WHEN left({code}, {len(departments[0])}) IN ({', '.join(map(literal, departments))})"
        f" THEN {literal(region)}"
        for region, departments in REGIONS.items()
    )
    return f"CASE{cases} END"
