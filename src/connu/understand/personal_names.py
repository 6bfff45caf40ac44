"""Names of people where the words around show them, and those that are known.

A name has no shape of its own: «Rose» is a flower and a colour. So only what follows «Mme», «je
m'appelle», «Cordialement,» or stands in a signature before a number is taken for one; and of each
writer the names that the brand knows, wherever they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from connu.understand.masking_words import BLANK, LETTER, any_of, compiled, listed, plain

Span = tuple[int, int, str]

_INNER = f"(?:{LETTER}|['’‑-])"
_WORD = f"\\p{{Lu}}(?:{_INNER}{{1,30}}|\\.)"
_PARTICLE = (
    "(?:de|du|des|la|le|les|van|von|der|den|ten|el|al|ben|bin|da|do|dos|di|della|d['’]|l['’])"
)
_FURTHER = f"(?:(?:{BLANK}|-)(?:{_PARTICLE}{BLANK}){{0,2}}{_WORD})"
_NAME = f"(?:{_PARTICLE}{BLANK}?){{0,2}}{_WORD}{_FURTHER}{{0,3}}"
_PARTICLES = {"de", "du", "des", "la", "le", "les", "d", "l", "al", "do", "van", "von", "el", "ben"}
_SMALL = f"{LETTER}{{2,30}}(?:-{LETTER}{{2,30}})?"
_SMALL_NAME = f"{_SMALL}(?:{BLANK}{_SMALL}){{0,2}}"
_HONORIFIC = any_of("names", "honorifics", loose=False)
_INTRO = any_of("names", "intros")
_LABEL = any_of("names", "labels")
_CLOSING = any_of("names", "closings")
_WEAK = any_of("names", "weak_closings")
_AFTER_TITLE = compiled(f"(?<!\\w)(?P<title>{_HONORIFIC}){BLANK}{{1,2}}(?P<name>{_NAME})")
_AFTER_INTRO = compiled(
    f"(?<!\\w)(?:(?i:{_INTRO})[ :,\u00a0]{{1,3}}|(?i:{_LABEL}){BLANK}?:{BLANK}?)"
    f"(?P<name>{_NAME}|{_SMALL_NAME})"
)
_GAP = f"{BLANK}*(?P<mark>[,.!;:–-]*){BLANK}*(?P<line>(?:\r?\n{BLANK}*){{0,3}})[-–]?{BLANK}*"
_AFTER_CLOSING = compiled(
    f"(?<!\\w)(?:(?P<strong>(?i:{_CLOSING}))|(?i:{_WEAK})){_GAP}(?P<name>{_NAME}|{_SMALL_NAME})"
)
_CLOSED = re.compile(f"{BLANK}*(?:\\Z|\r?\n)")
_CLOSED_LOOSELY = re.compile(f"{BLANK}*(?:\\Z|[\r\n,;.!(|–•/-]|\\d|\\+)")
_BEFORE_NUMBER = compiled(
    f"(?:\\A|[\n.!?,;]){BLANK}*(?P<name>{_WORD}(?:{BLANK}(?:{_PARTICLE}{BLANK}){{0,2}}{_WORD}){{1,3}})"
    f"{BLANK}*(?:[,;|–:/(-]|\n|{BLANK})(?:(?i:t[ée]l|mobile|portable|phone|mail|e-mail)?[ .:]*)$"
)
_SIGNATURE_ROOM = 90
#: «la taille M. Superbe»: a size, a full stop, and a new sentence.
_SIZE = re.compile(r"(?i)(?:taille|size|tailles|en|du|un|le|a|the|or|ou|et|and|s|l)[ ]$")


def _titled(text: str) -> Iterator[Span]:
    """Names after an honorific, which itself is left."""
    for found in _AFTER_TITLE.finditer(text):
        first = plain(_first_word(found["name"]))
        before = text[max(0, found.start() - 8) : found.start()]
        if found["title"] == "M." and _SIZE.search(before):
            continue
        if first not in listed("names", "brands") and first not in listed("names", "others"):
            yield *found.span("name"), "name"


def _introduced(text: str) -> Iterator[Span]:
    for found in _AFTER_INTRO.finditer(text):
        yield from _own(found)


def _signed(text: str) -> Iterator[Span]:
    """Names that end a line after «Cordialement,»."""
    for found in _AFTER_CLOSING.finditer(text):
        end = found.end("name")
        small = not found["name"][:1].isupper() and not re.match(_PARTICLE, found["name"])
        parted = "," in found["mark"] or bool(found["line"])
        if found["strong"] is None and not found["line"]:
            continue
        if small and (not parted or text[end:].strip(" .!\n\r")):
            continue
        closed = _CLOSED_LOOSELY if parted and not small else _CLOSED
        if closed.match(text, end) and not _is_other(found["name"]):
            yield *found.span("name"), "name"


def signature_spans(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Names that stand right before a phone number or an e-mail address: «Jean Dupont, 06 12 …».

    Args:
        spans: what was found in the text.
    """
    for at, _, kind in spans:
        if kind not in ("phone", "email"):
            continue
        room = max(0, at - _SIGNATURE_ROOM)
        found = _BEFORE_NUMBER.search(text[room:at])
        if found and not _is_other(found["name"]):
            start, end = found.span("name")
            yield room + start, room + end, "name"


def known_spans(text: str, names: Iterable[str]) -> Iterator[Span]:
    """Whole words that are one of the names, whatever their case and accents.

    Names of one letter are none. One that is a word too («Rose», «Petit»), or of two letters, must
    stand with a capital where its other letters are small.
    """
    asked = {name: _pattern(name) for name in names if len(name.strip()) > 1}
    for name, pattern in asked.items():
        doubtful = len(name.strip()) == 2 or plain(name.strip()) in listed("names", "words")
        for found in pattern.finditer(text):
            if not doubtful or found.group()[0].isupper():
                yield *found.span(), "name"


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern of a name: letters with any accents, a blank or a hyphen between its words."""
    words = [
        "".join(
            _JOINED.get(letters) or _VARIANTS.get(letters, re.escape(letters)) + _MARK
            for letters in re.findall("oe|ae|.", word, re.DOTALL)
        )
        for word in re.split(r"[\s\-‑]+", plain(name.strip()))
    ]
    return re.compile(rf"(?<!\w){'[ -‑]?'.join(words)}(?!\w)", re.IGNORECASE)


def _own(found: re.Match[str]) -> Iterator[Span]:
    """The words after «je m'appelle» up to the first that is none of a name."""
    start, end = found.span("name")
    words = list(re.finditer(r"[^\s]+", found["name"]))
    taken = start
    for word in words:
        if found.string[start + word.end() :].lstrip(" ").startswith(":"):
            break  # the next label of a form
        if plain(word.group().rstrip(".")) in listed("names", "others") and not (
            word.group()[0].isupper() and taken > start
        ):
            if plain(word.group()) in _PARTICLES:
                continue
            break
        taken = start + word.end()
    if taken > start:
        yield start, min(taken, end), "name"


def _first_word(name: str) -> str:
    """The first word of a name that is no particle («de La Tour»: Tour)."""
    words = re.findall(r"[^\s'’]+", name)
    return next((word for word in words if plain(word) not in _PARTICLES), words[0])


def _is_other(name: str) -> bool:
    """Whether a word of it shows that it is no name."""
    words = [plain(word.strip(".,")) for word in re.split(r"[\s'’-]+", name)]
    return any(
        word in listed("names", "others") - _PARTICLES for word in words if len(word) > 1
    ) or (words[0] in _PARTICLES and len(words) == 1)


def _variants() -> dict[str, str]:
    variants: dict[str, list[str]] = {}
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        bare = unicodedata.normalize("NFKD", chr(code).lower())[:1]
        if bare.isascii() and bare.isalpha():
            variants.setdefault(bare, []).append(chr(code))
    return {letter: f"[{letter}{''.join(more)}]" for letter, more in variants.items()}


_VARIANTS = _variants()
_MARK = "[\u0300-\u036f]?"
_JOINED = {
    "oe": f"(?:{_VARIANTS['o']}{_MARK}{_VARIANTS['e']}{_MARK}|œ)",
    "ae": f"(?:{_VARIANTS['a']}{_MARK}{_VARIANTS['e']}{_MARK}|æ)",
}


#: What is looked for: a pattern of RE2 that every text with such a name matches, and the finder.
#: Spans are start, end, "name"; the words before it are left.
FINDERS = (
    (f"(?:{_HONORIFIC}){BLANK}+(?:{_PARTICLE}{BLANK}?)*\\p{{Lu}}", (_titled,)),
    (f"(?i:{_INTRO})[ :,\u00a0]|(?i:{_LABEL}){BLANK}?:", (_introduced,)),
    (f"(?i:{_CLOSING})|(?i:{_WEAK}){BLANK}*[,.!;:–-]*{BLANK}*\r?\n", (_signed,)),
)
