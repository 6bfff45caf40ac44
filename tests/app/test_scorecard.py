"""The scorecard of a brand: every claim is reproduced, few are hidden, segments and builds told."""

from __future__ import annotations

import math
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from connu.app.brand import open as open_brand
from connu.app.card_themes import _quotable
from connu.app.kept_card import card_key, kept_card
from connu.app.scorecard import hows_of, scorecard_of
from connu.app.scorecard_history import MOST_BUILDS
from connu.app.theme_counts import ThemeCount, ThemeCounts
from connu.journal.journal import open_journal
from connu.kernel.errors import UsageError
from connu.ledger.builds import Builds
from connu.ledger.scorecards import KEPT_CARD, SCORECARDS
from connu.measure.card import How, Scorecard
from connu.understand.estimate import Estimate

NO_RATINGS = {"rating": 0, "nps": 0}


@pytest.fixture(scope="module")
def whole(_built_once) -> tuple[Scorecard, dict[str, How]]:
    """The scorecard of the small brand, and what every query of it gives."""
    brand = open_brand(_built_once)
    return brand.scorecard(), {how.name: how for how in hows_of(brand.folder, brand.settings)}


def test_every_claim_is_reproduced_by_its_query(whole):
    card, hows = whole
    assert len(hows) > 40 and set(hows) == set(card.hows())
    checks = [claim for check in card.checks for claim in check.claims]
    for claim in (*card.claims, *checks):
        if claim.hidden or claim.value is None:
            continue
        row = hows[claim.name].rows[0]
        assert math.isclose(row["value"], claim.value, rel_tol=1e-9), claim.name
        for end in ("low", "high"):
            if end in row and getattr(claim, end) is not None:
                assert math.isclose(row[end], getattr(claim, end), rel_tol=1e-9), claim.name
    for step in card.steps:
        assert math.isclose(hows[step.name].rows[0]["gain"], step.gain, rel_tol=1e-9)
    for breakdown in card.breakdowns:
        assert len(hows[breakdown.name].rows) == len(breakdown.cells)
    for theme in card.themes:
        row = hows[f"theme.{theme.theme}"].rows[0]
        assert (row["verbatims"], row["customers"]) == (theme.verbatims, theme.customers)


def test_a_query_is_run_as_it_may_be_read(built):
    how = built.how("customers")
    assert how.sql == "SELECT count(*) AS value FROM customers"
    assert "withheld_customers" not in how.ran  # nobody refused
    how = built.how("customers", purpose="marketing")
    assert "readable_customers" in how.ran


def test_a_figure_nobody_knows_names_the_nearest(built):
    with pytest.raises(UsageError) as told:
        built.how("custmers")
    assert "customers" in told.value.hint


def test_texts_of_both_languages_are_there(whole):
    card, _ = whole
    told = card.as_dict()

    def words(value):
        if isinstance(value, dict):
            if set(value) == {"en", "fr"}:
                yield value
            for part in value.values():
                yield from words(part)
        elif isinstance(value, list):
            for part in value:
                yield from words(part)

    found = list(words(told))
    assert len(found) > 60 and all(one["en"] and one["fr"] for one in found)


def test_a_segment_is_the_same_figures_of_its_customers_alone(built):
    everybody = built.scorecard()
    customers = built.table("customers").to_pylist()
    of_lyon = {row["customer_id"] for row in customers if row["city"] == "Lyon"}
    records = [
        r for r in built.table("identities").to_pylist() if r["customer_id"] in of_lyon
    ]  # fmt: skip
    assert 10 <= len(of_lyon) <= len(customers) - 10
    card = built.scorecard(segment="city=lyon")
    assert card.claim("customers").value == len(of_lyon) < everybody.claim("customers").value
    assert card.claim("records").value == len(records)
    assert card.trend == [] and card.segment == "city=lyon"
    # All that is theirs is tied to them: a share of 100 % would tell nothing, and look well.
    told = {one.name for one in (*card.claims, *card.breakdowns)}
    assert not told & {"events_tied_share", "visitors", "visitors_by_standing"}
    assert built.how("records", segment="city=lyon").rows == [{"value": len(records)}]


def test_of_a_segment_of_few_nothing_is_told(built):
    with pytest.raises(UsageError, match="fewer than 10"):
        built.scorecard(segment="last_name=Petit and city=Lyon")


def test_what_is_hidden_is_not_given_by_its_query_either(built):
    for customer in built.table("customers")["customer_id"].to_pylist()[:9]:
        built.correct(customer, "knows_me", "7")
    card = built.scorecard(segment="city=lyon")
    hows = {h.name: h for h in hows_of(built.folder, built.settings, segment="city=lyon")}
    claims = [claim.name for claim in card.claims if claim.hidden]
    cells = [(one.name, cell) for one in card.breakdowns for cell in one.cells]
    assert claims and any(cell.hidden for _, cell in cells)
    for name in claims:
        assert hows[name].rows == [] and hows[name].few
    for name, cell in cells:
        rows = (row.values() for row in hows[name].rows)
        assert [n for part, n in rows if str(part) == cell.label] == [cell.value], name
        assert hows[name].few or not cell.hidden
    for theme in card.themes:
        row = hows[f"theme.{theme.theme}"].rows[0]
        assert (row["met"], row["unmet"], row["wished"]) == (theme.met, theme.unmet, theme.wished)


def test_of_a_cell_of_few_there_is_no_quote():
    few = ThemeCount("price", "product", 20, Estimate(1.0, 1.0, 1.0), 20, 3, 17, None, None)
    said = [{"status": word} for word in ("met", "unmet", "wished", "unknown")]
    assert [one["status"] for one in said if _quotable(few, one)] == ["unmet", "unknown"]


def test_builds_carry_what_they_claimed(built):
    first = built.table("scorecards")
    assert first.schema.equals(SCORECARDS)
    assert len(set(first["build"].to_pylist())) == 1
    values = dict(zip(first["name"].to_pylist(), first["value"].to_pylist(), strict=True))
    assert values["customers"] == built.table("customers").num_rows
    built.build(force=True)
    second = built.table("scorecards")
    assert len(set(second["build"].to_pylist())) == 2
    assert second.slice(0, first.num_rows).equals(first)
    assert second.num_rows == 2 * first.num_rows
    card = built.scorecard()
    assert [p.value for p in card.trend if p.name == "customers"] == [values["customers"]] * 2
    assert MOST_BUILDS > 2


def test_nothing_hidden_is_carried(built):
    card = built.scorecard()
    hidden = {claim.name for claim in card.claims if claim.hidden}
    assert not hidden & set(built.table("scorecards")["name"].to_pylist())


def test_who_withdrew_is_counted_no_more(built):
    before = built.scorecard(purpose="service")
    customer = built.table("customers")["customer_id"][0].as_py()
    built.consent(customer, "service", granted=False)
    after = built.scorecard(purpose="service")
    assert after.claim("customers").value == before.claim("customers").value - 1
    assert after.left_out is None  # one is too few to be told
    assert built.how("customers").rows == [{"value": after.claim("customers").value}]


def test_what_the_build_kept_is_what_counting_anew_gives(built):
    kept = built.scorecard()
    anew = scorecard_of(built.folder, built.settings, anew=True)
    assert Builds(built.folder).current().path.joinpath(KEPT_CARD).is_file()
    assert kept.as_dict() == anew.as_dict()


def test_what_was_kept_is_not_used_once_the_journal_or_the_settings_say_otherwise(built):
    build = Builds(built.folder).current()
    with open_journal(built.folder, built.settings) as journal:
        key = card_key(built.folder, built.settings, journal, "service")
        assert kept_card(build, key) is not None
        assert card_key(built.folder, built.settings, journal, "marketing") != key
    (built.folder / "codebook.toml").write_text('version = "mine"\n', encoding="utf-8")
    customer = built.table("customers")["customer_id"][0].as_py()
    with open_journal(built.folder, built.settings) as journal:
        other = card_key(built.folder, built.settings, journal, "service")
        assert kept_card(build, other) is None
    (built.folder / "codebook.toml").unlink()
    built.consent(customer, "service", granted=False)
    with open_journal(built.folder, built.settings) as journal:
        withheld = card_key(built.folder, built.settings, journal, "service")
    assert withheld not in (key, other) and kept_card(build, withheld) is None


def test_a_broken_kept_scorecard_is_counted_anew(built):
    path = Builds(built.folder).current().path / KEPT_CARD
    before = built.scorecard().as_dict()
    path.write_bytes(b'{"key": 1')
    assert built.scorecard().as_dict() == before


def test_who_is_forgotten_takes_what_was_kept_with_him(built):
    customer = built.table("customers")["customer_id"][0].as_py()
    before = built.scorecard().claim("customers").value
    forgotten = built.forget(customer)
    assert not forgotten.remains
    assert not list((built.folder / ".connu" / "builds").rglob(KEPT_CARD))
    assert built.scorecard().claim("customers").value == before - 1


def test_the_scorecard_says_of_which_build_it_speaks(built):
    card = built.scorecard()
    told = datetime.fromisoformat(card.built)
    assert told.tzinfo is not None and told <= datetime.now(UTC)
    assert {card.build} == set(built.table("scorecards")["build"].to_pylist())


def test_ten_texts_of_one_customer_are_no_ten_customers(monkeypatch, built):
    """Cells are counted by texts, and hidden by customers."""
    from connu.app import card_themes

    asked = []

    def counts(heard, *, least):
        asked.append(least)
        return ThemeCounts([])

    @contextmanager
    def heard(*_):
        yield SimpleNamespace(heard=SimpleNamespace(silence=None), rows=lambda sql: [NO_RATINGS])

    monkeypatch.setattr(card_themes, "theme_counts", counts)
    monkeypatch.setattr(card_themes, "listening_in", heard)
    with built.reading() as reading:
        card_themes.card_themes(reading, built.settings, built.folder, None, {}, {})
    assert asked == [10]
