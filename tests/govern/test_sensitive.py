"""The one list of sensitive attributes: what it must catch, and what a shop may keep."""

import pytest

from connu.govern.sensitive import CATEGORIES, declared_sensitive, is_sensitive, refused
from connu.kernel.errors import PurposeError
from connu.kernel.fields import FIELDS
from connu.kernel.settings import settings_from


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("etat_de_sante", "health"),
        ("Groupe sanguin", "health"),
        ("bloodType", "health"),
        ("HIVStatus", "health"),
        ("Handicapé", "health"),
        ("RELIGION", "belief"),
        ("croyances religieuses", "belief"),
        ("faith", "belief"),
        ("opinion-politique", "politics"),
        ("political_party", "politics"),
        ("syndicat", "union"),
        ("isUnionMember", "union"),
        ("origine_ethnique", "origin"),
        ("Ethnicity", "origin"),
        ("race", "origin"),
        ("orientation_sexuelle", "orientation"),
        ("SexualOrientation", "orientation"),
        ("gender_identity", "orientation"),
        ("empreinte digitale", "biometrics"),
        ("dna_profile", "biometrics"),
        ("customer.attributes.religion", "belief"),
    ],
)
def test_a_sensitive_name_is_caught_in_any_writing(word, category):
    assert is_sensitive(word) == category


@pytest.mark.parametrize(
    "word",
    [
        "prenom",
        "nom de famille",
        "sexe",
        "date_naissance",
        "third_party_optin",
        "party_size",
        "screen_orientation",
        "origine_contact",
        "lead origin",
        "Western Union",
        "union_europeenne",
        "device_fingerprint",
        "facebook",
        "interface",
        "embrace",
        "enceinte_bluetooth",
        "politique_de_confidentialite",
        "transaction_id",
        "translation",
        "category",
        "last_purchase",
        "trace",
    ],
)
def test_ordinary_words_of_a_shop_pass(word):
    assert is_sensitive(word) is None


def test_no_field_of_connu_is_sensitive():
    words = {word for fields in FIELDS.values() for word in fields}
    assert {word: is_sensitive(word) for word in words if is_sensitive(word)} == {}


def test_the_seven_categories_are_there():
    assert CATEGORIES == (
        "health", "belief", "politics", "union", "origin", "orientation", "biometrics",
    )  # fmt: skip


def test_what_a_health_brand_sells_is_never_extrapolated():
    assert is_sensitive("category", "health") is None
    assert is_sensitive("category", "health", extrapolate=True) == "health"
    assert is_sensitive("produit_achete", "health", extrapolate=True) == "health"
    assert is_sensitive("category", "retail", extrapolate=True) is None
    assert is_sensitive("prescription_no", "health") == "health"


def test_a_journey_starts_somewhere():
    assert is_sensitive("origin", "travel") is None
    assert is_sensitive("ethnic_origin", "travel") == "origin"


def _settings(**attributes):
    return settings_from({"brand": {"name": "Maison Claire"}, "attributes": attributes})


def test_a_declared_attribute_passes_for_its_purpose_only():
    settings = _settings(religion={"sensitive": "celebrations"})
    assert refused("religion", settings) is None
    assert refused("faith", settings) == "belief"
    assert refused("religion", _settings()) == "belief"
    assert declared_sensitive(settings) == {"religion": "celebrations"}


def test_service_is_no_consent_to_a_sensitive_attribute():
    with pytest.raises(PurposeError, match="religion"):
        refused("religion", _settings(religion={"sensitive": "service"}))
