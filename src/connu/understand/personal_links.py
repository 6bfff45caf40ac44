"""What leads to a person on the net: e-mail addresses, handles, web addresses with an id."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int, str]

#: What an e-mail address may hold before the @. Source: RFC 5322, atext; RFC 6531 for letters.
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]")
_DOMAIN = re.compile(r"\[[\d.:A-Fa-f]{3,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}")
_DOTTED = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}(?!\w)")
_LONGEST_LOCAL = 64
_SPELT = re.compile(
    r"[ ]?[(\[{][ ]?(?:at|arobase|chez|@)[ ]?[)\]}][ ]?"
    r"[\w-]{1,63}(?:(?:\.|[ ]?[(\[](?:dot|point)[)\]][ ]?)[\w-]{1,63}){1,4}"
    r"|[ ]arobase[ ][\w-]{1,63}(?:[ ]?(?:\.|point|dot)[ ]?)(?:fr|com|net|org|uk|be|ch|eu)(?!\w)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@[^\W\d][\w.]{0,29}(?<!\.)(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})?")
_NAMED = re.compile(
    r"(?<!\w)(?:insta(?:gram)?|twitter|snap(?:chat)?|facebook|fb|tik ?tok|linkedin|discord|skype"
    r"|pseudo|username|user ?name|login|identifiant|user id)[ ]?[:=][ ]?([\w.\-]{3,40})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|ftp://|(?<!\w)www\.)[^\s<>\"«»•]{1,2048}", re.IGNORECASE)
_PROFILE = re.compile(
    r"(?<![\w.])(?:https?://)?(?:(?:www|m|mobile|fr|en|fr-fr|en-gb)\.)?"
    r"(?:instagram\.com|facebook\.com|fb\.com|fb\.me|twitter\.com|x\.com|linkedin\.com/in|tiktok\.com"
    r"|t\.me|wa\.me|snapchat\.com/add|threads\.net|pinterest\.\w{2,3}|vinted\.\w{2,3}/member|paypal\.me"
    r"|youtube\.com/@|bsky\.app/profile)/?[^\s<>\"«»•/?#]{2,60}[^\s<>\"«»•]{0,200}",
    re.IGNORECASE,
)
#: A web address holds an id: a long number, a hash, a key that names one, or who signed in.
_ID = re.compile(
    r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}|(?=[a-z\d]*\d[a-z]*\d)[a-z\d]{12,}"
    r"|[?&#;/](?:[a-z_-]*(?:id|uid|token|key|session|email|mail|user|account|order|commande|client"
    r"|customer|ref|code|phone|tel|name|nom|login|auth|sig|hash|suivi|tracking))=[^&#]"
    r"|/(?:user|users|u|profile|profil|account|compte|member|membre|customer|client|order|orders"
    r"|commande|commandes|invoice|facture|ticket|tickets)/[^/?#]{2,}"
    r"|//[^/?#]*@|//\d{1,3}(?:\.\d{1,3}){3}",
    re.IGNORECASE,
)


def _addresses(text: str) -> Iterator[Span]:
    """E-mail addresses and handles."""
    at = text.find("@")
    while at >= 0:
        yield from _at(text, at)
        at = text.find("@", at + 1)


def _spelt(text: str) -> Iterator[Span]:
    for found in _SPELT.finditer(text):
        start = _local_start(text, found.start())
        if start < found.start():
            yield start, found.end(), "email"


def _named(text: str) -> Iterator[Span]:
    for found in _NAMED.finditer(text):
        yield *found.span(1), "handle"


def _with_id(text: str) -> Iterator[Span]:
    for found in _ADDRESS.finditer(text):
        if _ID.search(found.group()):
            yield found.start(), _without_stop(text, *found.span()), "url"


def _profiles(text: str) -> Iterator[Span]:
    for found in _PROFILE.finditer(text):
        yield found.start(), _without_stop(text, *found.span()), "url"


def _at(text: str, at: int) -> Iterator[Span]:
    """The e-mail address or the handle around an @."""
    start = _local_start(text, at)
    domain = _DOMAIN.match(text, at + 1)
    if start == at and at and text[at - 1] == '"':
        # «"jean dupont"@exemple.fr»: the part before may be quoted
        quoted = text.rfind('"', max(0, at - _LONGEST_LOCAL), at - 1)
        start = quoted if quoted >= 0 else at
    # «3@5» is a price
    if start < at and domain and re.search(r"[^\W\d]|\.", domain.group()):
        yield start, domain.end(), "email"
        return
    if start == at and (handle := _HANDLE.match(text, at)):
        yield *handle.span(), "handle"
    # «jean @ exemple.fr»: with blanks, only before a name of the net
    left = at - 1 if start == at and at and text[at - 1] == " " else at
    right = at + 2 if text[at + 1 : at + 2] == " " else at + 1
    spaced = _DOTTED.match(text, right)
    start = _local_start(text, left)
    if spaced and start < left:
        yield start, spaced.end(), "email"


def _local_start(text: str, end: int) -> int:
    start = end
    while start > 0 and end - start < _LONGEST_LOCAL and _LOCAL.match(text[start - 1]):
        start -= 1
    return start


def _without_stop(text: str, start: int, end: int) -> int:
    """Where a web address ends: marks after it belong to the sentence."""
    return start + len(text[start:end].rstrip(".,;:!?)]}'’"))


#: What is looked for: a pattern of RE2 that every text with such a link matches, and the finder.
#: Spans are start, end, kind (email, handle, url); they may overlap.
FINDERS = (
    ("@", (_addresses,)),
    (r"(?i:[(\[{] ?(?:at|arobase|chez|@)| arobase )", (_spelt,)),
    (
        r"(?i:(?:insta|gram|twitter|snap|chat|facebook|fb|tok|linkedin|discord|skype|pseudo"
        r"|user ?name|login|identifiant|user id) ?[:=])",
        (_named,),
    ),
    (r"(?i:https?://|ftp://|www\.)", (_with_id,)),
    (
        r"(?i:(?:gram|book|fb|twitter|x|tok|chat|tube)\.com/|linkedin\.com/in|(?:fb|t|wa|paypal)\.me/"
        r"|threads\.net|pinterest\.|vinted\.|bsky\.app)",
        (_profiles,),
    ),
)
