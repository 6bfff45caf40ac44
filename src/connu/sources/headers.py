"""What a column's name says: the words that sources use for connu's fields, FR, EN and DE."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pyarrow as pa

from connu.kernel.fields import IDENTIFIERS
from connu.sources.text import folded

#: What a word that is only a hint is worth.
_HINT = 0.8
_NETWORKS = (
    *("twitter", "instagram", "facebook", "linkedin", "tiktok", "snapchat", "youtube", "pinterest"),
    *("mastodon", "bluesky", "threads", "whatsapp", "telegram", "discord", "reddit", "xing"),
)
_CONSENT = re.compile(
    r"\b(consent|consentement|optin|opt in|opt|rgpd|gdpr|newsletter|einwilligung|accepte|abonne|"
    r"personal offers|offres personnalisees)\b"
)
_PURPOSES = (
    ("analytics", re.compile(r"\b(analytic\w*|stat|stats|statisti\w*|mesure|analyse)\b")),
    (
        "personalisation",
        re.compile(r"\b(perso|personal|personali[sz]\w*|personnali\w*|profil\w*)\b"),
    ),
    ("research", re.compile(r"\b(research|study|etude|etudes|survey|enquete)\b")),
    ("marketing", re.compile(r"")),
)
#: Units that stand beside a word and change nothing: `prix_eur`, `total_ttc`.
_UNITS = re.compile(r" (?:eur|euro|euros|usd|gbp|chf|ttc|ht)$")
#: Words of a column that holds the truth of an evaluation: never a key.
TRUTH = re.compile(r"\b(cluster|truth|ground truth|label|gold|entity id|true id|match id|dup of)\b")


_WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    resources.files("connu.sources").joinpath("headers.toml").read_text(encoding="utf-8")
)
for _kind in ("events", "verbatims"):
    for _field in (*IDENTIFIERS,):
        _WORDS[_kind][_field] = _WORDS[_kind].get(_field, []) + _WORDS["people"][_field]


def header_words(name: str) -> str:
    """A column's name as folded words: `dateNaissance` → `date naissance`.

    >>> header_words("dateNaissance"), header_words("soc_sec_id"), header_words("addr1")
    ('date naissance', 'soc sec id', 'addr 1')
    """
    spaced = re.sub(r"([a-z])([A-Z0-9])", r"\1 \2", name)
    return str(folded(pa.array([spaced], pa.string()))[0].as_py() or "")


def header_guesses(kind: str, name: str) -> dict[str, float]:
    """Fields of the kind that a column's name speaks for: field → how clearly (0–1).

    1 when the name is one of the field's words; less when the word is only a part of it.
    """
    header = _UNITS.sub("", header_words(name))
    guesses: dict[str, float] = {}
    for field, phrases in _WORDS[kind].items():
        clear = max(_clarity(header, phrase) for phrase in phrases)
        if clear > 0:
            guesses[field] = clear
    if kind != "products":
        guesses.update(_families(header))
    return guesses


def _clarity(header: str, phrase: str) -> float:
    if phrase.startswith("~"):
        return _HINT * _clarity(header, phrase[1:])
    if header.replace(" ", "") == phrase.replace(" ", ""):
        return 1.0
    if f" {phrase} " not in f" {header} ":
        return 0.0
    return 0.4 + 0.4 * len(phrase) / len(header)


def _families(header: str) -> dict[str, float]:
    words = header.split()
    for network in _NETWORKS:
        if network in words:
            return {f"social.{network}": 1.0 if len(words) < 3 else 0.8}
    if _CONSENT.search(header):
        purpose = next(word for word, pattern in _PURPOSES if pattern.search(header))
        return {f"consent.{purpose}": 0.95}
    return {}
