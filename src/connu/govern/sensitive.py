"""The one list of sensitive attributes: neither kept nor inferred unless customers agreed.

The categories are those of the law (GDPR, article 9): health, belief, politics, union, origin,
orientation, biometrics. A word is judged by its name alone, in French and in English; a value is
never looked at. The entries are in sensitive.toml beside this file; nothing else in connu may
hold a second list.

Three kinds of entries, because names of columns are written in every way:
- stems, so distinctive that they count anywhere, even inside `etatsantepatient`;
- words and phrases, which count only as whole words (`race`, `blood type`);
- innocent phrases, which are taken out first (`screen orientation`, `Western Union`, `e-mail
  origin`), so that ordinary shop data is not refused.

Source: Regulation (EU) 2016/679, articles 4(13)–(15) and 9(1).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

from connu.kernel.errors import PurposeError
from connu.kernel.settings import Settings

_LIST = tomllib.loads(
    resources.files("connu.govern").joinpath("sensitive.toml").read_text(encoding="utf-8")
)

#: The categories, in the order in which a word is tried.
CATEGORIES: tuple[str, ...] = tuple(_LIST["categories"])


def is_sensitive(word: str, sector: str = "retail", *, extrapolate: bool = False) -> str | None:
    """The sensitive category a column or attribute name falls in, or None.

    Args:
        word: a name as a source or connu.toml writes it, in any case, FR or EN.
        sector: of the brand. In `health` a prescription is sensitive at once.
        extrapolate: whether the attribute would be told by twins; a health brand's product
            categories and purchases may be kept as they are, but never extrapolated.

    >>> is_sensitive("etat_de_sante"), is_sensitive("Religion"), is_sensitive("bloodType")
    ('health', 'belief', 'health')
    >>> is_sensitive("screen_orientation"), is_sensitive("origine_contact")
    (None, None)
    >>> is_sensitive("category", "health"), is_sensitive("category", "health", extrapolate=True)
    (None, 'health')
    """
    folded = _folded(word)
    if sector == "travel" and folded in ("origin", "origine"):
        return None  # where a journey starts
    category = _category(folded)
    if category is None and sector == "health":
        trade = _LIST["health_trade"]["extrapolated" if extrapolate else "always"]
        if set(folded.split()) & set(trade):
            return "health"
    return category


def refused(word: str, settings: Settings, *, extrapolate: bool = False) -> str | None:
    """The category for which a brand's column must be refused at mapping, or None.

    A sensitive name passes when connu.toml declares `[attributes.NAME] sensitive = "PURPOSE"`:
    the customers granted that purpose. It is then read for that purpose only.

    Raises:
        PurposeError: it is declared under `service`, which nobody grants: it is allowed unless
            refused, and the law wants an explicit consent here.
    """
    category = is_sensitive(word, settings.brand.sector, extrapolate=extrapolate)
    if category is None:
        return None
    declared = settings.attributes.get(word)
    if declared is None or declared.sensitive is None:
        return category
    if declared.sensitive == "service":
        raise PurposeError(
            f"[attributes.{word}] is sensitive ({category}) and cannot be used for «service»",
            hint="name a purpose that customers granted, mapped by consent.<purpose>",
            attribute=word,
        )
    return None


def declared_sensitive(settings: Settings) -> dict[str, str]:
    """Attributes a brand declared sensitive: name → the one purpose they may be read for."""
    return {
        name: attribute.sensitive
        for name, attribute in sorted(settings.attributes.items())
        if attribute.sensitive is not None
    }


def refusal(word: str, category: str, **place: object) -> PurposeError:
    """The error to raise for a refused column; `place`: source, file, column."""
    return PurposeError(
        f"the column «{word}» is sensitive ({category}) and is not taken in",
        hint=f'remove it, or declare [attributes."{word}"] sensitive = "PURPOSE" '
        "when customers granted that purpose",
        **place,
    )


def _folded(word: str) -> str:
    """Lowercase ASCII words separated by one space: `ÉtatSanté_2` → `etat sante 2`.

    >>> _folded("ÉtatSanté_2"), _folded("HIVStatus")
    ('etat sante 2', 'hiv status')
    """
    plain = unicodedata.normalize("NFKD", word)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain)
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


def _whole(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, the longest first."""
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, ordered)) + r")\b")


_INNOCENT = _whole(phrase for phrases in _LIST["innocent"].values() for phrase in phrases)
_STEMS = {category: tuple(_LIST["categories"][category]["stems"]) for category in CATEGORIES}
_WORDS = {category: _whole(_LIST["categories"][category]["words"]) for category in CATEGORIES}


@lru_cache(maxsize=4096)
def _category(folded: str) -> str | None:
    left = _INNOCENT.sub("|", folded)
    squeezed = left.replace(" ", "")
    for category in CATEGORIES:
        if any(stem in squeezed for stem in _STEMS[category]):
            return category
    for category in CATEGORIES:
        if _WORDS[category].search(left):
            return category
    return None
