"""The words a mapping may use: the fields of each kind of source.

Field names are connu's words; the mapping gives the source's column for each. Any column that is
not named is kept as an attribute. `social.<network>` and `consent.<purpose>` are open families.
"""

from __future__ import annotations

KINDS = ("people", "events", "verbatims", "products")

#: Typed keys: values of one type that two records share may make them one customer.
IDENTIFIERS = (
    "account",
    "loyalty_card",
    "national_id",
    "support_case",
    "email",
    "phone",
    "anonymous_id",
)

_PEOPLE = (
    "id",
    "first_name",
    "middle_name",
    "last_name",
    "full_name",
    "civility",
    "sex",
    "birth_date",
    "birth_year",
    "email",
    "phone",
    "address",
    "postcode",
    "city",
    "country",
    "occupation",
    "account",
    "loyalty_card",
    "national_id",
    "support_case",
    "anonymous_id",
    "recorded_at",
)
#: A log of one kind of event alone need not name its type: see `know.roles.UNKNOWN`.
_EVENTS = ("id", "time", "type", "session", "product", "category", "value", "currency", "page")
_VERBATIMS = ("id", "text", "time", "channel", "rating", "nps", "knows_me")
_PRODUCTS = ("id", "name", "category", "price", "brand")

#: Fields by kind, without the open families.
FIELDS: dict[str, tuple[str, ...]] = {
    "people": _PEOPLE,
    "events": _EVENTS + IDENTIFIERS,
    "verbatims": _VERBATIMS + IDENTIFIERS,
    "products": _PRODUCTS,
}

#: Fields without which a row of the kind says nothing.
REQUIRED: dict[str, tuple[str, ...]] = {
    "people": ("id",),
    "events": ("time",),
    "verbatims": ("id", "text"),
    "products": ("id",),
}

#: Fields that stand for a required one: a survey may ask for a number and no words.
INSTEAD: dict[str, str] = {"text": "knows_me"}

#: Prefixes of the open families, by kind.
FAMILIES: dict[str, tuple[str, ...]] = {
    "people": ("social.", "consent."),
    "events": ("social.", "consent."),
    "verbatims": ("social.", "consent."),
    "products": (),
}


def is_field(kind: str, word: str) -> bool:
    """Whether `word` names a field of the kind.

    >>> is_field("people", "social.twitter"), is_field("people", "price")
    (True, False)
    """
    if word in FIELDS[kind]:
        return True
    return any(word.startswith(p) and len(word) > len(p) for p in FAMILIES[kind])


def is_identifier(word: str) -> bool:
    """Whether a field holds a typed key of a person (social handles included)."""
    return word in IDENTIFIERS or word.startswith("social.")
