"""Consents that come with the people."""

from datetime import datetime

import pytest
from taken_in import TakenIn, brand

_FIELDS = {"id": "id", "consent.marketing": "optin", "recorded_at": "maj"}


def consents(tmp_path, *lines):
    (tmp_path / "crm.csv").write_text("\n".join(["id,optin,maj", *lines]))
    made = brand({"crm": {"kind": "people", "path": "crm.csv", "fields": _FIELDS}})
    return TakenIn(tmp_path, made).rows("consents")


@pytest.mark.parametrize("word", ["oui", "YES", "1", "true", "Opt-In", "x", "J"])
def test_yes(tmp_path, word):
    (found,) = consents(tmp_path, f"1,{word},2024-01-02")
    assert found == {
        "source": "crm", "record_id": "1", "purpose": "marketing", "granted": True,
        "since": datetime(2024, 1, 2),
    }  # fmt: skip


@pytest.mark.parametrize("word", ["non", "0", "false", "peut-être", "opt-out"])
def test_everything_else_is_no(tmp_path, word):
    (found,) = consents(tmp_path, f"1,{word},")
    assert found["granted"] is False and "since" not in found


def test_a_day_is_a_yes_since_then(tmp_path):
    (found,) = consents(tmp_path, "1,05/02/2023,2024-01-02")
    assert found["granted"] is True and found["since"] == datetime(2023, 2, 5)


def test_silence_is_no_statement_and_replaced_rows_do_not_speak(tmp_path):
    found = consents(tmp_path, "1,,2024-01-01", "2,oui,2024-01-01", "2,non,2024-02-01")
    assert [(row["record_id"], row["granted"]) for row in found] == [("2", False)]
