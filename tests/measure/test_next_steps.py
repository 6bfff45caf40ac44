"""Next steps: ranked, reproducible, of nobody alone, in both languages, whatever is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connu.measure import figures
from connu.measure.few import K_LEAST
from connu.measure.next_steps import LEAST_SHARE, RULES, steps
from connu.measure.steps_rule import Circumstances, Ground
from connu.measure.words import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
SEEN = Circumstances(purchase=figures.purchase_condition(["purchase"], None))


def everything(engine, **more):
    return steps(engine, circumstances=SEEN, most=None, most_of_a_kind=None, **more)


def ground(engine):
    tables = {table for rule in RULES for table in rule.tables} | {"visitors", "products"}
    return Ground(SEEN, {t: tuple(engine.columns(t)) for t in tables if engine.has(t)})


def test_every_rule_has_something_to_say_of_the_shop(engine, put, shop):
    put(**shop.tables)
    kinds = {step.kind for step in everything(engine)}
    assert kinds == {rule.kind for rule in RULES}
    for rule in RULES:
        rows = engine.collect(
            figures.filled(figures.bound(rule.sql(ground(engine)), SEEN.purchase), figures.whole)
        )
        assert rows.num_rows, f"{rule.kind} found nothing"


def test_how_gives_the_gain_again(engine, put, shop):
    put(**shop.tables)
    for step in everything(engine):
        (row,) = engine.collect(step.how).to_pylist()
        told = {"gain": step.gain, "low": step.low, "high": step.high, "people": step.people}
        assert row == pytest.approx(told), step.name


def test_how_is_read_by_the_scorecard_as_it_is_by_anybody(engine, put, shop):
    put(**shop.tables)
    # Every table there is or may be: no name of a query's own may be taken for one.
    tables = re.findall(r"^### (\w+)$", (DOCS / "tables.md").read_text(), re.MULTILINE)
    assert {"people", "identities", "events"} <= set(tables)
    for step in everything(engine):
        read = figures.as_read(step.how, tables, figures.whole)
        assert engine.collect(read).equals(engine.collect(step.how)), step.name


def test_steps_are_said_in_both_languages(engine, put, shop):
    put(**shop.tables)
    for step in everything(engine):
        said = [step.sentence.said(language) for language in LANGUAGES]
        assert len(set(said)) == len(LANGUAGES), step.name
        for text in said:
            assert text.endswith("."), text
            assert not re.search(r"[{}]|\bNone\b|\bnan\b", text), text
        assert not re.search(r"\b(customers?|records?|would)\b", step.sentence.fr), step.sentence.fr


def test_estimates_lie_in_their_interval(engine, put, shop):
    put(**shop.tables)
    for step in everything(engine):
        assert (step.low is None) == (step.high is None)
        if step.low is not None and step.high is not None:
            assert 0 <= step.low <= step.gain <= step.high, step.name


def test_the_greatest_comes_first_and_few_of_a_kind(engine, put, shop):
    put(**shop.tables)
    whole = everything(engine)
    assert [s.people for s in whole] == sorted((s.people for s in whole), reverse=True)
    assert len({step.name for step in whole}) == len(whole)
    first = steps(engine, circumstances=SEEN, most=2)
    assert first == whole[:2]
    one = steps(engine, circumstances=SEEN, most_of_a_kind=1)
    kinds = [step.kind for step in one]
    assert len(kinds) == len(set(kinds))


def test_few_people_are_never_spoken_of(engine, put, shop):
    put(**shop.tables)
    for step in everything(engine):
        assert step.people >= K_LEAST
        for number in re.findall(r"(?<![±\d(–,.@])\b\d\b(?![\d%–,.\s]*[%–)])", step.sentence.en):
            pytest.fail(f"{number} in: {step.sentence.en}")


def test_what_hardly_anybody_gains_by_is_not_worth_a_word(engine, put, shop):
    put(**shop.tables)
    assert any(step.kind == "labels" for step in everything(engine))
    # The same, among so many that it is less than the least share.
    customers = int(20 / LEAST_SHARE) + 1
    for n in range(300, customers):
        shop.add("customers", customer_id=f"c{n}", records=1, sources=1)
    put(**shop.tables)
    assert not any(step.kind == "labels" for step in everything(engine))


def test_nothing_is_said_of_nothing(engine, put):
    assert steps(engine) == []
    put()
    assert everything(engine) == []


def test_a_table_less_silences_its_rules_alone(engine, put, shop):
    put(**shop.tables)
    names = {step.name for step in everything(engine)}
    for table in sorted({table for rule in RULES for table in rule.tables}):
        engine.drop(table)
        left = {step.name for step in everything(engine)}
        silent = {rule.kind for rule in RULES if table in rule.tables}
        assert left < names or not silent, table
        put(table)
        everything(engine)
        put(table, **shop.tables)
    assert {step.name for step in everything(engine)} == names


def test_who_may_not_be_read_is_not_counted(engine, put, shop):
    put(**shop.tables)
    whole = {step.name: step.gain for step in everything(engine)}

    def read(table):
        nobody = {"customers": "customer_id < 'c250'", "identities": "customer_id < 'c250'"}
        return f"{figures.whole(table)} WHERE {nobody.get(table, 'TRUE')}"

    half = {step.name: step.gain for step in everything(engine, read=read)}
    assert half["ask.support.email"] < whole["ask.support.email"]
