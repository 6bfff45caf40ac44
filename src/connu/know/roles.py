"""What types of events mean: from the words of trackers and shops to roles.

Every tracker has words of its own for the same few acts. The list in `roles.toml` knows those of
the usual trackers and of French and English shops; the brand's own words ([intents] view, search,
cart, remove, purchase) win over it. A word means the same however it is written.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from connu.know.trails import CART, OTHER, PURCHASE, REMOVE, ROLES, SEARCH, VIEW

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Meaning:
    """The role of an event of one type, by what else it names.

    Attributes:
        product: its role where it names a product.
        category: where it names a category and no product.
        bare: where it names neither.
    """

    product: int
    category: int
    bare: int


#: The kinds of words in `roles.toml`. Looking at nothing in particular is no view.
_KINDS: dict[str, Meaning] = {
    "view": Meaning(VIEW, VIEW, OTHER),
    "list": Meaning(OTHER, VIEW, OTHER),
    "shown": Meaning(OTHER, OTHER, OTHER),
    "search": Meaning(SEARCH, SEARCH, SEARCH),
    "cart": Meaning(CART, CART, CART),
    "remove": Meaning(REMOVE, REMOVE, REMOVE),
    "purchase": Meaning(PURCHASE, PURCHASE, PURCHASE),
    "other": Meaning(OTHER, OTHER, OTHER),
}
#: A type that nobody knows, or none at all: whoever names a product looked at it. Were it left
#: out, a brand whose log has but one word of its own for everything would have no behaviour.
UNKNOWN = _KINDS["view"]


def meanings(
    types: Iterable[str | None], brand: Mapping[str, Iterable[str]] | None = None
) -> list[Meaning]:
    """What each type means.

    The brand's words come first; then the list; then the list without the words around that say
    nothing (`ecommerce.purchase`, `web: Product Viewed`), and without a plural's s. Nothing is
    guessed from a part of a name: `purchase_history_opened` is no purchase. What is not found is
    UNKNOWN. Refunds and returns are in the list, as `other`.

    Args:
        types: the words of events.
        brand: role → the brand's words (`settings.intents.roles`).

    Cost: some 10 µs a word.
    """
    own = {
        squashed(word): _KINDS[role]
        for role, words in (brand or {}).items()
        if role in ROLES
        for word in words
    }
    return [_meaning(word, own) for word in types]


def squashed(word: str) -> str:
    """A word without case, accents, spaces and punctuation.

    >>> squashed("Ajout au panier"), squashed("addToCart")
    ('ajoutaupanier', 'addtocart')
    """
    return "".join(_parts(word))


def _meaning(word: str | None, own: Mapping[str, Meaning]) -> Meaning:
    if word is None:
        return UNKNOWN
    listed, noise = _listed()
    parts = _parts(word)
    whole = "".join(parts)
    if whole in own:
        return own[whole]
    core = [part for part in parts if part not in noise and not part.isdigit()]
    for known in (whole, "".join(core), "".join(part.removesuffix("s") for part in core)):
        if known in listed:
            return listed[known]
    return UNKNOWN


def _parts(word: str) -> list[str]:
    """The words of a name, folded.

    >>> _parts("GA4_addToCart")
    ['ga4', 'add', 'to', 'cart']
    """
    apart = _CAMEL.sub(" ", word)
    plain = "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))
    return [part for part in _APART.split(plain.casefold()) if part]


@cache
def _listed() -> tuple[dict[str, Meaning], frozenset[str]]:
    """The list: squashed word → meaning; and the words that say nothing."""
    raw = tomllib.loads(files("connu.know").joinpath("roles.toml").read_text(encoding="utf-8"))
    found = {squashed(word): kind for name, kind in _KINDS.items() for word in raw[name]}
    return found, frozenset(squashed(word) for word in raw["noise"])
