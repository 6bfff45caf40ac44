"""Numbers that lead to a person: phones, cards, accounts, insurance, orders, machines.

Prices, dates, quantities, ratings and years are numbers too, and say what customers think; so a
number is taken only where its shape, its check digit or the word before it says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from connu.understand.check_digits import IBAN_COUNTRIES, iban_length, is_card, is_nir
from connu.understand.masking_words import BLANK, any_of, compiled, listed, plain

Span = tuple[int, int, str]

_BETWEEN = "[ .\\-/·_\t\u00a0\u202f\u2009\u2010-\u2013]"
_FRENCH = re.compile(
    rf"(?<!\w)\(?(?:(?:\+|00){BLANK}?33{_BETWEEN}{{0,2}}(?:\(0\){_BETWEEN}?|0)?|\(?0)"
    rf"[1-9]\)?(?P<s>{_BETWEEN}{{0,2}})\d\d(?:(?P=s)\d\d){{3}}(?!\d)"
)
_ABROAD = re.compile(
    rf"(?<![\w+])(?:\+|00){BLANK}?\(?[1-9](?:(?:{_BETWEEN}|[()]){{0,3}}\d){{6,14}}(?!\d)"
)
#: Calling codes. Source: ITU-T E.164.
_CODE = re.compile(
    "1|7|2[07]|2[1-689]\\d|3[0-469]|3[578]\\d|4[013-9]|42\\d|5[09]\\d|5[1-8]|6[0-6]|6[789]\\d"
    "|8[1246]|8[035789]\\d|9[0-58]|9[679]\\d"
)
_GROUPED = re.compile(
    rf"(?<![\w.,+])\(?0(?:\d{{1,4}}\)?|(?={BLANK}[89]\d\d\D))"
    rf"(?:{_BETWEEN}{{1,2}}\d{{2,6}}){{1,4}}(?!\w)"
)
_AMERICAN = re.compile(
    r"(?<![\w.,])(?:1[ .-]?)?(?:\([2-9]\d\d\) ?\d{3}[ .-]|[2-9]\d\d([.-])\d{3}\1)\d{4}(?!\w)"
)
_CALLED = compiled(
    r"(?i:\bt[ée]l(?:[ée]phone)?|\bphone|\bmobile|\bportable|\bcell|\bwhatsapp|\bfax|\bappele[rz]"
    r"|\bcall|\bjoindre|\bjoignable)[^\w\n•]{0,4}(?:[^\W\d]{1,8}[^\w\n•]{1,3}){0,2}?"
    r"(\+?\d(?:[ .\-\u00a0\u202f]{0,2}\d){6,14})(?!\w)"
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([ ./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?:19|20)\d\d([./-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?!\d)"
)
_LONG = re.compile(r"(?<![\w.,])\d{9,24}(?![\w]|[.,]\d)")
_CARD = re.compile(r"(?<!\w)\d(?:[ \-\u00a0\u202f.]?\d){12,40}(?!\w)")
_CARD_GROUPS = re.compile(r"\d{4}(?:\D\d{4}){2,3}(?:\D\d{1,4})?|\d{4}\D\d{6}\D\d{4,5}|\d{13,19}")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?:[ \-\u00a0]?[A-Za-z0-9]){11,34}")
_NIR = re.compile(
    rf"(?<!\w)[12](?P<s>{_BETWEEN}?)\d\d(?P=s)(?:0[1-9]|1[0-2]|[2-9]\d)(?P=s)(?:\d\d|2[ABab])"
    rf"(?P=s)\d{{3}}(?P=s)\d{{3}}(?:{_BETWEEN}{{0,3}}(?P<key>\d\d))?(?!\w)"
)
_INSURANCE = re.compile(
    r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)(?:QQ|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])[ -]?\d\d[ -]?\d\d"
    r"[ -]?\d\d[ -]?[A-D](?!\w)",
    re.IGNORECASE,
)
#: Nouns that hardly stand before a plain number that is not theirs.
_ORDERS = {
    "commande",
    "cde",
    "order",
    "booking",
    "reservation",
    "dossier",
    "facture",
    "invoice",
    "ticket",
}
#: A French number plate; I, O and U stand in none. Source: arrêté du 9 février 2009.
_PLATE = re.compile(r"(?<![\w-])[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}(?![\w-])")
_MARK = any_of("numbers", "marks")
_OWNER = any_of("numbers", "owners")
#: A reference: letters, digits and what joins them.
_TOKEN = r"[A-Za-z]{0,6}[-_/.]?\d(?:[-_/.]?[A-Za-z0-9]){0,29}"
_FILLED = rf"(?:{BLANK}|[:#.=(«\"°-]){{0,4}}"
_LINK = "(?:de |du |la |my |ma |mon |est |is |was |etait |client |commande |suivi |order )?"
_SIGN = "n[°º]|#|num[ée]ro|number|r[ée]f(?:[ée]rence)?"
_OWNED = compiled(
    rf"(?i:(?<!\w)(?P<owner>{_OWNER})(?!\w){_FILLED}{_LINK}"
    rf"(?P<mark>(?:(?:{_MARK})(?![^\W\d_]){_FILLED}){{0,2}})(?:est |is |: ?)?"
    rf"(?P<token>{_TOKEN}))(?!\w)"
)
_MARKED = compiled(
    rf"(?i:(?<!\w)(?P<mark>{_SIGN})(?!\w){_FILLED}(?:est |is |: ?)?(?P<token>{_TOKEN}))(?!\w)"
)
_WORD_BEFORE = compiled(rf"([^\W\d_]{{1,20}}){BLANK}*$")
_AMOUNT = compiled(rf"(?i:{BLANK}?(?:{any_of('numbers', 'units')}))(?!\w)")
_TIME = re.compile(r"\d{1,2}[h:]\d{0,2}(?::\d\d)?(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]{3,39}(?![\w:])")
#: «la version antérieure (6.10.5.31)»
_VERSION = re.compile(
    r"(?i)version|\bv[ .]?$|ios|android|firmware|build|release|\bmaj\b|mise|update|services"
)

_TO_TOKEN = f"{_FILLED}(?:est |is |: ?)?[A-Za-z]{{0,6}}[-_/.]?\\d[A-Za-z0-9_/.-]*\\d"


def _national_ids(text: str) -> Iterator[Span]:
    for found in _NIR.finditer(text):
        digits = re.sub(r"\W|_", "", found.group())
        if is_nir(digits) if found["key"] else found["s"]:
            yield *found.span(), "national_id"
    for found in _INSURANCE.finditer(text):
        yield *found.span(), "national_id"


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE.finditer(text):
        yield *found.span(), "number"


def _long_numbers(text: str) -> Iterator[Span]:
    for found in _LONG.finditer(text):
        if not _AMOUNT.match(text, found.end()):
            yield *found.span(), "number"


def _phones(text: str) -> Iterator[Span]:
    for found in _FRENCH.finditer(text):
        yield *found.span(), "phone"
    for found in _ABROAD.finditer(text):
        start, end = found.span()
        digits = re.sub(r"\D", "", found.group()).removeprefix("00")
        code = _CODE.match(digits)
        if not code or _FRENCH.match(text, start):
            continue
        own = digits[code.end() :]
        trunk = own.startswith("0") and code.group() not in ("39", "33", "44", "32", "41", "49")
        if not trunk and (code.group() != "1" or len(own) == 10):
            yield start, end, "phone"
    for found in _GROUPED.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        if len(digits) in (10, 11) and digits[1] != "0" and not _DATE.match(found.group()):
            yield *found.span(), "phone"
    for found in _AMERICAN.finditer(text):
        yield *found.span(), "phone"
    for found in _CALLED.finditer(text):
        if not _DATE.match(found[1]) and not _AMOUNT.match(text, found.end()):
            yield *found.span(1), "phone"


def _cards(text: str) -> Iterator[Span]:
    for run in _CARD.finditer(text):
        for found in _CARD_GROUPS.finditer(text, *run.span()):
            if is_card(re.sub(r"\D", "", found.group())):
                yield *found.span(), "card"


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        places = [i for i in range(*found.span()) if text[i].isalnum()]
        length = iban_length("".join(text[i] for i in places))
        if length:
            yield found.start(), places[length - 1] + 1, "iban"


def _owned_references(text: str) -> Iterator[Span]:
    """What stands after «commande n°»: with a mark two digits do, without one it takes more."""
    for found in _OWNED.finditer(text):
        token = found["token"]
        digits = sum(sign.isdigit() for sign in token)
        marked = bool(found["mark"]) or found.group()[: -len(token)].rstrip()[-1:] in ":#="
        year = len(token) == 4 and token[:2] in ("19", "20")
        plainly = plain(found["owner"]) in _ORDERS and token.isdigit() and not year
        if digits >= (2 if marked else 4 if plainly else 6) and not _is_amount(text, found):
            yield *found.span("token"), "number"


def _marked_references(text: str) -> Iterator[Span]:
    """What stands after «n°» alone, unless it is that of a thing («article n° 12345»)."""
    for found in _MARKED.finditer(text):
        if sum(sign.isdigit() for sign in found["token"]) < 4 or _is_amount(text, found):
            continue
        before = _WORD_BEFORE.search(text, max(0, found.start() - 24), found.start())
        if not before or plain(before[1]) not in listed("numbers", "things"):
            yield *found.span("token"), "number"


def _is_amount(text: str, found: re.Match[str]) -> bool:
    """Whether the reference is a date, an hour, or so many of something."""
    start, end = found.span("token")
    token = found["token"]
    if _DATE.match(text, start) or _TIME.match(text, start):
        return True
    return token[0].isdigit() and bool(
        _AMOUNT.match(text, end)
        or re.match(r"\d+(?:eur|ko|go|to|gb|tb|mah|cm|mm|ml|kg|km|w|x\d)", token, re.IGNORECASE)
        or re.match(r"[.,]\d{1,2}\s?[€$£]", text[end:])
    )


def _machines(text: str) -> Iterator[Span]:
    for found in _IPV4.finditer(text):
        if all(int(part) < 256 for part in found.group().split(".")) and not _VERSION.search(
            text[max(0, found.start() - 40) : found.start()]
        ):
            yield *found.span(), "ip"
    if "::" in text or text.count(":") >= 7:
        for found in _IPV6.finditer(text):
            if found.group().count(":") >= 2 and any(s.isalnum() for s in found.group()):
                try:
                    ip_address(found.group())
                except ValueError:
                    continue
                yield *found.span(), "ip"


#: What is looked for: a pattern of RE2 that every text with such a number matches, and the finder.
#: Spans are start, end, kind (phone, card, iban, national_id, number, ip); they may overlap.
FINDERS = (
    (
        r"\d(?:[ .\-/·_\t()\x{a0}\x{202f}\x{2009}\x{2010}-\x{2013}]{0,4}\d){5}",
        (_phones, _national_ids, _cards, _long_numbers),
    ),
    (r"[A-Z]{2}-\d{3}-[A-Z]{2}", (_plates,)),
    (r"(?i:2[ab]).?\d{3}.?\d{3}", (_national_ids,)),
    (rf"(?i:{'|'.join(IBAN_COUNTRIES)})\d\d(?:[ \-\x{{a0}}]?[A-Za-z0-9]){{11}}", (_ibans,)),
    (
        rf"(?i:(?:{_OWNER}){_FILLED}{_LINK}(?:(?:{_MARK}){_FILLED}){{0,2}}{_TO_TOKEN})",
        (_owned_references,),
    ),
    (rf"(?i:(?:{_SIGN}){_TO_TOKEN})", (_marked_references,)),
    (r"\d\.\d{1,3}\.\d{1,3}\.\d|::|(?:[0-9A-Fa-f]{1,4}:){7}", (_machines,)),
)
