"""What readers are shown for an attribute, where tables write its name."""

from __future__ import annotations

from connu.measure.numerals import named
from connu.measure.words import Words

#: Attributes that every brand may have.
_BUILT_IN = {
    "sex": Words("sex", "sexe"),
    "birth_year": Words("year of birth", "année de naissance"),
    "age_band": Words("age band", "tranche d'âge"),
    "occupation_class": Words("occupation", "profession"),
    "city": Words("town", "ville"),
    "postcode": Words("postcode", "code postal"),
    "place": Words("region", "région"),
    "area": Words("kind of area", "type d'habitat"),
}
_PROFILE = "profile."


def attribute_words(attribute: str) -> Words:
    """An attribute in words: connu's own in both languages, a profile and the brand's by name.

    >>> attribute_words("age_band").fr, attribute_words("profile.urban_executive").en
    ("tranche d'âge", 'profile «urban executive»')
    >>> attribute_words("shoe_size")
    Words(en='shoe size', fr='shoe size')
    """
    if attribute in _BUILT_IN:
        return _BUILT_IN[attribute]
    name = attribute.removeprefix(_PROFILE).replace("_", " ")
    if not attribute.startswith(_PROFILE):
        return Words(name, name)
    told = named(name)
    return Words(f"profile {told.en}", f"profil {told.fr}")
