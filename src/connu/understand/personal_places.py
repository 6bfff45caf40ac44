"""Postal addresses: «12 rue des Lilas, 75012 Paris», «10 Downing Street, London SW1A 2AA».

A place without a number, a town or a shop's street, leads to nobody and says what the customer
speaks of. So a number has to stand before the street, and the words after it must be a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connu.understand.masking_words import BLANK, LETTER, any_of, compiled, listed, plain

Span = tuple[int, int, str]

_NUMBER = r"\d{1,4}(?: ?(?:bis|ter|quater|[A-Da-d])(?![^\W_]))?(?:[-/]\d{1,4})?"
_JOIN = "(?:de|du|des|de la|de l['’]|d['’]|la|le|les|l['’]|aux?|en|sur|sous|et|à la|à)"
_CAPITAL = f"(?:\\p{{Lu}}|\\d)(?:{LETTER}|[\\d'’.-])*"
_NAMED = f"{_CAPITAL}(?:{BLANK}(?:{_JOIN}{BLANK}?){{0,3}}{_CAPITAL}){{0,6}}"
_SMALL = f"{LETTER}(?:{LETTER}|['’-]){{2,30}}"
_STREET = any_of("places", "streets")
_DOUBTFUL = any_of("places", "doubtful")
_ENGLISH = any_of("places", "english", loose=False)
_TOWN_NAME = f"{_CAPITAL}(?:(?:{BLANK}|-)(?:{_JOIN}(?:{BLANK}|-))?{_CAPITAL}){{0,3}}"
_TOWN = f"(?:{BLANK}*[,\n–-]?{BLANK}*\\d{{5}}{BLANK}+{_TOWN_NAME})?"
_FRENCH = compiled(
    f"(?<![\\w.,])(?P<number>{_NUMBER}){BLANK}?,?{BLANK}{{1,2}}"
    f"(?:(?P<sure>(?i:{_STREET}))|(?i:{_DOUBTFUL}))(?!\\w){BLANK}{{1,2}}"
    f"(?P<join>(?:(?i:{_JOIN}){BLANK}?){{0,3}})(?:(?P<named>{_NAMED})|(?P<small>{_SMALL}))(?P<town>{_TOWN})"
)
_POSTCODE = f"[A-Z]{{1,2}}\\d[A-Z\\d]?{BLANK}?\\d[A-Z]{{2}}"
_ENGLISH_NAME = f"\\p{{Lu}}(?:['’]\\p{{Lu}})?[a-zß-ÿ](?:{LETTER}|['’-]){{0,30}}\\.?"
_ENGLISH_PART = f"(?:{_ENGLISH_NAME}|\\d{{1,3}}(?:st|nd|rd|th)|[NSEW]\\.?)"
_BRITISH = compiled(
    f"(?<![\\w.,£$€])(?:(?i:flat|apartment|apt\\.?|unit|suite){BLANK}\\w{{1,5}},?{BLANK})?"
    f"\\d{{1,5}}[A-Za-z]?,?{BLANK}(?P<first>{_ENGLISH_PART}){BLANK}(?:{_ENGLISH_PART}{BLANK}){{0,3}}"
    f"(?P<street>{_ENGLISH})(?!\\w)"
    f"(?P<town>(?:,?{BLANK}{_ENGLISH_NAME}){{0,3}}(?:,?{BLANK}?(?:{_POSTCODE}|[A-Z]{{2}}{BLANK}\\d{{5}}(?:-\\d{{4}})?)(?!\\w))|)"
)
_BRITISH_SMALL = compiled(
    f"(?i:\\bat|\\baddress(?:{BLANK}is)?:?|\\blive{BLANK}(?:at|on|in)|\\bto|\\bfrom){BLANK}"
    f"(?P<all>\\d{{1,5}}[a-z]?{BLANK}(?:{_SMALL}{BLANK}){{1,2}}(?i:street|road|avenue|lane|close|drive|crescent))"
    "(?!\\w)"
)
_POST = re.compile(r"(?<![\w])([A-Z]{1,2})\d[A-Z\d]?[ \u00a0]\d[A-Z]{2}(?!\w)")
#: «à 2 rues de chez moi», «1 avenue très calme»: no name of a street.
_NO_NAME = {
    "chez", "mon", "ma", "mes", "moi", "nous", "vous", "tres", "plus", "bien", "pour", "qui", "que",
    "est", "etait", "avec", "sans", "dans", "parking", "trop", "libre", "gratuit",
}  # fmt: skip


def _french(text: str) -> Iterator[Span]:
    for found in _FRENCH.finditer(text):
        if found["named"]:
            if not found["sure"] and plain(found["join"].strip()) in ("de", "en", "a"):
                continue
        elif not found["sure"] or plain(found["small"]) in _NO_NAME:
            continue
        yield *found.span(), "address"


def _british(text: str) -> Iterator[Span]:
    for found in _BRITISH.finditer(text):
        if plain(found["first"]) not in listed("places", "counted"):
            yield *found.span(), "address"
    for found in _BRITISH_SMALL.finditer(text):
        yield *found.span("all"), "address"


def _postcodes(text: str) -> Iterator[Span]:
    for found in _POST.finditer(text):
        if found[1].casefold() in listed("places", "areas"):
            yield *found.span(), "address"


#: What is looked for: a pattern of RE2 that every text with an address matches, and the finder.
#: Spans are start, end, "address", with town and postcode where they follow.
FINDERS = (
    (
        f"\\d[ \u00a0]?(?i:bis|ter|quater|[a-d])?(?:[-/]\\d{{1,4}})?{BLANK}?,?{BLANK}{{1,2}}"
        f"(?i:{_STREET}|{_DOUBTFUL}){BLANK}",
        (_french,),
    ),
    (
        f"\\d[A-Za-z]?(?:st|nd|rd|th)?,?{BLANK}(?:[^\\s]{{1,40}}{BLANK}){{1,6}}"
        f"(?:{_ENGLISH}|(?i:street|road|avenue|lane|close|drive|crescent))",
        (_british,),
    ),
    ("[A-Z]\\d[A-Z0-9]?[ \u00a0]\\d[A-Z]{2}", (_postcodes,)),
)
