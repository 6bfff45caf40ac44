"""Check digits: whether a number can be that of a card, an account or an insured person."""

from __future__ import annotations

#: Lengths of IBANs by country. Source: SWIFT, IBAN Registry (ISO 13616).
_IBAN_LENGTHS = dict(
    word.split(":")
    for word in """
    AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22
    DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28
    IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27
    MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24
    SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20
    """.split()
)


#: Countries whose accounts have an IBAN.
IBAN_COUNTRIES = tuple(_IBAN_LENGTHS)


def is_card(digits: str) -> bool:
    """Whether digits pass Luhn's check and are as many as a card has (ISO/IEC 7812).

    >>> is_card("4970101234567890"), is_card("4970101234567891")
    (False, False)
    >>> is_card("4111111111111111")
    True
    """
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return (total + sum(map(int, digits[-1::-2]))) % 10 == 0


def iban_length(text: str) -> int:
    """How many signs of `text`, letters and digits without blanks, are an IBAN; 0 when none is.

    Source: ISO 13616, with the check of ISO/IEC 7064 (mod 97).

    >>> iban_length("GB82WEST12345698765432MERCI"), iban_length("GB83WEST12345698765432")
    (22, 0)
    """
    text = text.upper()
    length = int(_IBAN_LENGTHS.get(text[:2], 0))
    own = text[:length]
    if not length or len(own) < length or not own.isascii() or not own.isalnum():
        return 0
    number = "".join(str(int(sign, 36)) for sign in own[4:] + own[:4])
    return length if int(number) % 97 == 1 else 0


def is_nir(digits: str) -> bool:
    """Whether 15 signs are a French social security number, its key right.

    Source: INSEE; Corsican departments 2A and 2B count as 19 and 18.

    >>> is_nir("255081416802538"), is_nir("255081416802539")
    (True, False)
    """
    if len(digits) != 15:
        return False
    number = digits[:13].upper().replace("2A", "19").replace("2B", "18")
    return (
        number.isdecimal()
        and digits[13:].isdecimal()
        and (97 - int(number) % 97 == int(digits[13:]))
    )
