"""E-mail addresses as one mailbox: what the provider ignores is left out, nothing else.

Dots and `+tags` are removed only at the providers that deliver all spellings to one person, and
only domains that are one mailbox are folded (googlemail.com is gmail.com; hotmail.com and
outlook.com are two).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError, validate_email

from connu.sources.text import SEPARATOR, Column, each, known, one_by_one, over_distinct

#: Domains that hold the same mailboxes as another one.
SAME_MAILBOX = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}
_IGNORES_DOTS = ("gmail.com",)
_PLUS_TAGS = re.compile(
    r"(gmail\.com|proton\.me|icloud\.com|fastmail\.(com|fm)|yandex\.ru|hey\.com|zoho\.com|"
    r"(outlook|hotmail|live|msn)\.[a-z.]{2,6})"
)
_ATOM = r"[a-z0-9!#$%&'*+/=?^_{|}~-]+"
_PLAIN = (
    rf"^(?P<local>{_ATOM}(?:\.{_ATOM})*)@"
    r"(?P<domain>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})$"
)
_AROUND = re.compile(r"^(?:mailto:|<|\"|')+|(?:>|\"|')+$")
_BETWEEN = re.compile(r"[\s,;|/<>()]+")


def normalise_emails(values: Column) -> Column:
    """Addresses in lower case, one spelling per mailbox; several in a cell are kept, SEPARATOR
    between; what is no address is missing.

    Cost: about 2 µs a distinct plain address; odd ones (accents, several, quoted) 50 µs.
    """
    return over_distinct(values, lambda some: each(some, _normalise))


def _normalise(values: Column) -> Column:
    lower = pc.utf8_lower(known(values))
    parts = pc.extract_regex(lower, _PLAIN)
    plain = pc.is_valid(parts)
    local, domain = parts.field("local"), parts.field("domain")
    local = pc.if_else(plain, local, pa.scalar(None, pa.string()))
    domain = pc.if_else(plain, domain, pa.scalar(None, pa.string()))
    mailbox = _mailbox(local, domain)
    odd = pc.and_(pc.is_valid(lower), pc.invert(plain))
    if not pc.any(odd).as_py():
        return mailbox
    return pc.replace_with_mask(mailbox, odd, one_by_one(lower.filter(odd), _read_odd))


def _mailbox(local: Column, domain: Column) -> Column:
    """One spelling of well-formed addresses, by what each provider ignores."""
    seen = pc.unique(domain.drop_null()).to_pylist()
    renamed = pa.array([SAME_MAILBOX.get(name, name) for name in seen], pa.string())
    domain = renamed.take(pc.index_in(domain, value_set=pa.array(seen, pa.string())))
    tagged = [name for name in renamed.unique().to_pylist() if _PLUS_TAGS.fullmatch(name)]
    untag = pc.and_(
        pc.is_in(domain, value_set=pa.array(tagged, pa.string())),
        pc.match_substring_regex(local, r"^[^+]+\+"),
    )
    if pc.any(untag).as_py():
        local = pc.if_else(untag, pc.replace_substring_regex(local, r"\.*\+.*$", ""), local)
    dotless = pc.is_in(domain, value_set=pa.array(_IGNORES_DOTS, pa.string()))
    if pc.any(dotless).as_py():
        local = pc.if_else(dotless, pc.replace_substring(local, ".", ""), local)
    return pc.binary_join_element_wise(local, domain, "@")


def _read_odd(text: str) -> str | None:
    found: list[str] = []
    for part in _BETWEEN.split(text):
        part = _AROUND.sub("", part)
        if "@" not in part:
            continue
        try:
            address = validate_email(part, check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError:
            continue
        if "." not in address.domain:
            continue
        mailbox = _mailbox(
            pa.array([address.local_part.lower()]), pa.array([address.ascii_domain.lower()])
        )[0].as_py()
        if mailbox not in found:
            found.append(mailbox)
    return SEPARATOR.join(found) or None
