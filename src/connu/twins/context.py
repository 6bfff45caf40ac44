"""Context: what an event's further columns tell about how somebody came and with what.

One list of column names, French and English, of what may be read; nothing else of `attributes` is
looked at. None of it is sensitive (a test asks `govern.sensitive`): what a brand's own columns say
about a person is no behaviour.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

#: Context → the names its column may have, folded; the first that is filled counts.
CONTEXTS: dict[str, tuple[str, ...]] = {
    "device": ("device", "device_type", "appareil", "type_appareil", "terminal"),
    "browser": ("browser", "browser_name", "navigateur"),
    "os": ("os", "operating_system", "systeme", "systeme_exploitation"),
    "referrer": ("referrer", "referer", "referrer_host", "referent", "site_referent"),
    "utm_source": ("utm_source", "campaign_source", "source_campagne"),
    "country": ("country", "country_code", "geo_country", "ip_country", "pays", "code_pays"),
    "region": ("region", "geo_region", "ip_region"),
    "city": ("city", "geo_city", "ip_city", "ville"),
}
#: The host of an address, as both RE2 and Python read it.
HOST_PATTERN = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?([^/?#:]+)"
_HOST = re.compile(HOST_PATTERN)
_LONGEST = 80


def keys_by_context(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The contexts that columns of these names tell, each with its columns in order.

    >>> keys_by_context(["Pays", "shoe_size", "device-type", "country"])
    {'device': ('device-type',), 'country': ('country', 'Pays')}
    """
    return dict(_found(tuple(sorted(set(keys)))))


@lru_cache(maxsize=256)  # the events of one source name the same columns
def _found(keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    folded: dict[str, list[str]] = {}
    for key in keys:
        folded.setdefault(_folded(key), []).append(key)
    found = {
        context: tuple(key for alias in aliases for key in folded.get(alias, ()))
        for context, aliases in CONTEXTS.items()
    }
    return {context: columns for context, columns in found.items() if columns}


def context_value(context: str, raw: str | None) -> str | None:
    """A context's value as a feature's name: lower case; of an address, the host alone.

    >>> context_value("referrer", "https://www.Search.example:8080/q?who=me")
    'www.search.example'
    >>> context_value("device", "  Mobile "), context_value("device", "")
    ('mobile', None)
    """
    text = (raw or "").strip()
    if context == "referrer":
        host = _HOST.match(text)
        text = host.group(1) if host else ""
    return text.strip().lower()[:_LONGEST] or None


def contexts_in(attributes: str | None) -> dict[str, str]:
    """Context → raw value, of one event's `attributes` (JSON)."""
    if not attributes:
        return {}
    read = json.loads(attributes)
    if not isinstance(read, dict):
        return {}
    found = {}
    for context, keys in keys_by_context(read).items():
        filled = (_text(read[key]).strip() for key in keys)
        value = next((text for text in filled if text), None)
        if value is not None:
            found[context] = value
    return found


def _text(value: object) -> str:
    """As SQL's json_extract_string writes it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _folded(key: str) -> str:
    plain = unicodedata.normalize("NFKD", key)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
