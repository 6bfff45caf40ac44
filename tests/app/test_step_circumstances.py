"""Circumstances of next steps: what is asked, what is sensitive, what was checked."""

from __future__ import annotations

import tomllib

from connu.app.step_circumstances import circumstances_of
from connu.kernel.settings import settings_from
from connu.measure.claims import Check, Claim
from connu.measure.seen import Seen, Side, Stated
from connu.measure.words import Words

NOTHING = Words("", "")
TOML = """
[brand]
name = "Pharmacie"
sector = "health"

[attributes.sex]
precision = 0.8

[attributes.allergy]
sensitive = "care"
"""


def check(name, checked):
    return Check(
        name=name, kind="identities", label=NOTHING, checked=checked, published=True, told=None,
        claims=[], curve=[], curve_how="", on=NOTHING,
    )  # fmt: skip


def stated(part, statements):
    claim = Claim("c", "seen", NOTHING, "share", None, "SELECT 1")
    return Stated("attribute", part, NOTHING, statements, claim, claim, claim)


def test_settings_and_checks_are_told():
    settings = settings_from(tomllib.loads(TOML))
    side = Side(
        "survey", NOTHING, NOTHING, "s1", 400, None, [stated("sex", 300), stated("age", None)], None
    )
    found = circumstances_of(
        settings,
        "type IN ('sold')",
        [check("identities", True), check("visitors.sex", False)],
        Seen([side]),
    )
    assert found.purchase == "type IN ('sold')"
    assert found.sector == "health"
    assert found.sensitive == ("allergy",)
    assert found.precision["sex"] == 0.8
    assert found.usual_precision == 0.9
    # What was hidden, or never checked, was not checked.
    assert found.checked == ("customers.sex", "identities")
