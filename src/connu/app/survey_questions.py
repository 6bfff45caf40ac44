"""Questions in words, French or English: a statement about a customer, asked of him."""

from __future__ import annotations

import re
from typing import Literal

from connu.journal.confirmations import KNOWS_ME
from connu.understand.codebook import Codebook

Language = Literal["fr", "en"]
#: Where French is asked unless another language is named.
_FRENCH = ("FR", "BE", "CH", "LU", "MC", "GP", "MQ", "GF", "RE", "YT")
#: Between a theme and its status, in the value of an expectation.
STATUS = ": "

_ASKED: dict[str, tuple[str, str]] = {
    "sex:female": ("Are you a woman?", "Êtes-vous une femme ?"),
    "sex:male": ("Are you a man?", "Êtes-vous un homme ?"),
    "birth_year": ("Were you born in {value}?", "Êtes-vous né(e) en {value} ?"),
    "birth_date": ("Were you born on {value}?", "Êtes-vous né(e) le {value} ?"),
    "age_band": ("Is your age {value}?", "Avez-vous {value} ?"),
    "city": ("Do you live in {value}?", "Habitez-vous à {value} ?"),
    "postcode": ("Is your postcode {value}?", "Votre code postal est-il {value} ?"),
    "place": ("Do you live in this region: {value}?", "Habitez-vous cette région : {value} ?"),
    "area:urban": ("Do you live in a town?", "Habitez-vous en ville ?"),
    "area:suburban": ("Do you live in a suburb?", "Habitez-vous en périphérie d'une ville ?"),
    "area:rural": ("Do you live in the country?", "Habitez-vous à la campagne ?"),
    "occupation_class": (
        "Is this what you do: {value}?",
        "Est-ce votre situation professionnelle : {value} ?",
    ),
    "affinity": ("Are you interested in {value}?", "Vous intéressez-vous à ceci : {value} ?"),
    "expectation:met": (
        "Are you content with {brand} about this: {value}?",
        "Êtes-vous content(e) de {brand} sur ce point : {value} ?",
    ),
    "expectation:unmet": (
        "Do you expect better of {brand} about this: {value}?",
        "Attendez-vous mieux de {brand} sur ce point : {value} ?",
    ),
    "expectation": (
        "Does this matter to you at {brand}: {value}?",
        "Est-ce important pour vous chez {brand} : {value} ?",
    ),
    KNOWS_ME: (
        "Does {brand} know you? From 0 (not at all) to 10 (very well)",
        "{brand} vous connaît-elle ? De 0 (pas du tout) à 10 (très bien)",
    ),
    "": ("Is this right: {attribute} = {value}?", "Est-ce exact : {attribute} = {value} ?"),
}
_OCCUPATIONS = {
    "executive": "cadre", "intermediate": "profession intermédiaire", "employee": "employé(e)",
    "worker": "ouvrier, ouvrière", "self_employed": "indépendant(e)", "farmer": "agriculteur, "
    "agricultrice", "student": "étudiant(e)", "retired": "retraité(e)",
    "not_working": "sans activité professionnelle",
}  # fmt: skip


def language_of(country: str) -> Language:
    """The language in which a country's customers are asked: French or English.

    >>> language_of("BE"), language_of("GB")
    ('fr', 'en')
    """
    return "fr" if country.upper() in _FRENCH else "en"


def question(
    attribute: str, value: str | None, brand: str, language: Language, codebook: Codebook
) -> str:
    """What the customer is asked about a statement.

    >>> from connu.understand.codebook import default_codebook
    >>> book = default_codebook()
    >>> question("age_band", "18-24", "Maison Claire", "fr", book)
    'Avez-vous de 18 à 24 ans ?'
    >>> question("expectation", "price: unmet", "Maison Claire", "en", book)[:60]
    'Do you expect better of Maison Claire about this: the price,'
    """
    said = value or ""
    form = _ASKED.get(f"{attribute}:{said}")
    if attribute == "expectation":
        theme, _, status = said.rpartition(STATUS)
        form = _ASKED.get(f"expectation:{status}", _ASKED["expectation"])
        said = _theme(theme or said, language, codebook)
    form = form or _ASKED.get(attribute, _ASKED[""])
    if attribute == "age_band":
        said = _band(said, language)
    elif attribute == "occupation_class" and language == "fr":
        said = _OCCUPATIONS.get(said, said)
    elif attribute == "affinity":
        said = said.replace("/", " › ")
    elif attribute == "occupation_class":
        said = said.replace("_", " ")
    return form[language == "fr"].format(attribute=attribute, value=said, brand=brand)


def _theme(theme: str, language: Language, codebook: Codebook) -> str:
    """What a theme means: its definition up to a colon, where it begins to list."""
    if theme not in codebook.names:
        return theme.replace("_", " ")
    definition = codebook.theme(theme).definition
    text = definition.get(language) or definition.get("") or theme.replace("_", " ")
    short = text.partition(":")[0].rstrip(" .")
    return short[:1].lower() + short[1:]


def _band(band: str, language: Language) -> str:
    """An age band in words.

    >>> _band("under 18", "fr"), _band("65 and over", "fr"), _band("25-34", "en")
    ('moins de 18 ans', '65 ans ou plus', 'from 25 to 34')
    """
    ages = re.findall(r"\d+", band)
    if language == "en":
        return f"from {ages[0]} to {ages[1]}" if len(ages) == 2 else band
    if len(ages) == 2:
        return f"de {ages[0]} à {ages[1]} ans"
    if len(ages) != 1:
        return band
    return f"moins de {ages[0]} ans" if band.startswith("under") else f"{ages[0]} ans ou plus"
