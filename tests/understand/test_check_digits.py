from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.check_digits import IBAN_COUNTRIES, iban_length, is_card, is_nir


@pytest.mark.parametrize(
    "number", ["4111111111111111", "5500005555555559", "378282246310005", "6011000990139424"]
)
def test_published_test_cards_pass_and_their_neighbours_do_not(number: str):
    assert is_card(number)
    assert not is_card(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize("number", ["", "4111", "0" * 16, "41111111111111111111"])
def test_too_short_too_long_or_nobody_s_is_no_card(number: str):
    assert not is_card(number)


@pytest.mark.parametrize(
    "iban",
    ["GB82WEST12345698765432", "FR1420041010050500013M02606", "DE89370400440532013000",
     "BE68539007547034", "fr7630006000011234567890189"],
)  # fmt: skip
def test_published_ibans_pass_whatever_follows(iban: str):
    assert iban_length(iban) == iban_length(iban + "MERCI") == len(iban)
    assert iban_length(iban[:-1]) == 0
    assert iban_length(iban[:-1] + str((int(iban[-1]) + 1) % 10)) == 0


@given(st.text(max_size=40))
def test_any_text_is_read(text: str):
    assert iban_length(text) in (0, *range(15, 34))
    assert "FR" in IBAN_COUNTRIES


def test_insured_people_have_a_key():
    assert is_nir("255081416802538") and not is_nir("255081416802583")
    corsican = 97 - 1850519004028 % 97
    assert is_nir(f"185052A004028{corsican:02}") and not is_nir(f"185052B004028{corsican:02}")
    assert not is_nir("25508141680253") and not is_nir("25508141680253A")
