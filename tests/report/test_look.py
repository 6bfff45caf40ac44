"""One look: which figure stands for each part, and which check for its honesty."""

from __future__ import annotations

import made_card

from connu.measure.card import Scorecard
from connu.report.look import looks


def card(**more) -> Scorecard:
    return Scorecard("b", "1", "2026-01-01T00:00:00Z", "service", **more)


def share(name: str, section: str, value: float | None, **more):
    return made_card.claim(name, section, name, name, "share", value, **more)


def test_the_figure_is_the_first_named_one_that_has_a_value():
    claims = [
        share("other_share", "identify", 0.9),
        share("several_sources_share", "identify", 0.6),
        share("events_tied_share", "identify", None),
        share("something_new", "know", 0.2),
        made_card.claim("texts", "understand", "texts", "textes", "count", 7),
    ]
    told = [look.claim and look.claim.name for look in looks(card(claims=claims))]
    assert told == ["several_sources_share", "something_new", None]


def test_where_nothing_has_a_value_a_hidden_figure_stands_for_it():
    claims = [share("events_tied_share", "identify", None, hidden=True)]
    first = looks(card(claims=claims))[0]
    assert first.claim is not None and first.claim.hidden


def test_what_twins_tell_does_not_vouch_for_who_is_who():
    checks = [made_card.check("twins.sex", "twins", "sex", "sexe", 30, 40)]
    assert [look.check for look in looks(card(checks=checks))] == [None, None, None]


def test_of_several_checks_the_least_sure_one_that_is_stated_speaks():
    checks = [
        made_card.check("intents.many", "intents", "m", "m", 900, 1_000),
        made_card.check("intents.few", "intents", "f", "f", 60, 100),
        made_card.check("intents.silent", "intents", "s", "s", 6, 10, published=False),
        made_card.check("intents.unchecked", "intents", "u", "u", 6, 10, checked=False),
    ]
    told = looks(card(checks=checks))[1].check
    assert told is not None and told.name == "intents.few"
