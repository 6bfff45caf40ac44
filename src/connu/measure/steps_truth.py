"""Truth: what is stated of many and was never held against what is so, and how many answers do."""

from __future__ import annotations

from typing import Any

from connu.govern.sensitive import is_sensitive
from connu.measure.numerals import about, counted, filled, named
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said
from connu.measure.steps_twins import SPOKEN
from connu.measure.words import Words

#: The half-width to which a share is to be known, and the fewest answers that say anything.
HALF_WIDTH = 0.05
LEAST_ANSWERS = 30
_Z2 = 3.841458820694124


def answers_needed(wrong: str, statements: str) -> str:
    """How many random answers tell a share to ±HALF_WIDTH, in SQL.

    n₀ = z²·p·(1 − p)/w², then n₀/(1 + (n₀ − 1)/N) of N statements; LEAST_ANSWERS at least, where
    there are as many.

    Args:
        wrong, statements: expressions: the expected wrong ones, and all.

    Source: W. G. Cochran, Sampling Techniques (1977), ch. 4.
    """
    share = f"least(1.0, greatest(0.0, {wrong} / {statements}))"
    first = f"({_Z2 / HALF_WIDTH**2} * {share} * (1 - {share}))"
    finite = f"{first} / (1 + ({first} - 1) / {statements})"
    return f"CAST(ceil(least({statements}, greatest({LEAST_ANSWERS}, {finite}))) AS BIGINT)"


def _of_identities(ground: Ground) -> str | None:
    """One candidate, `check.identities`: customers joined by probability.

    gain = the customers; people = Σ (1 − p) of their links, which are expected to be wrong.

    Cost: links and identities once each; of the sample's customers.
    """
    if "identities" in ground.circumstances.checked:
        return None
    times = ground.times
    return f"""
    WITH joined AS (
        SELECT CAST({times} * count(DISTINCT i.customer_id) AS DOUBLE) AS customers,
            CAST({times} * count(*) AS DOUBLE) AS pairs,
            {times} * sum(1 - l.match_probability) AS wrong
        FROM {{links}} l
        JOIN {{identities}} i ON i.source = l.left_source AND i.record_id = l.left_record_id
        WHERE l.kind = 'match' AND l.match_probability IS NOT NULL
            AND {ground.sample("i.customer_id")}
    )
    SELECT 'check.identities' AS name, pairs, {answers_needed("wrong", "pairs")} AS answers,
        customers AS gain, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
        wrong AS people
    FROM joined WHERE pairs > 0
    """


def _say_identities(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "{gain} customers hang together by probability. By what their {pairs} links say of "
            "themselves, about {people} are wrong; nobody checked. {answers} links drawn at random "
            "and looked at tell it to ±5 points.",
            "{gain} clients tiennent ensemble par probabilité. D’après leurs {pairs} liens "
            "eux-mêmes, environ {people} seraient faux ; personne ne l’a vérifié. {answers} liens "
            "tirés au sort et regardés le disent à ±5 points.",
        ),
        gain=counted(row["gain"]),
        people=about(row["people"]),
        pairs=counted(row["pairs"]),
        answers=str(row["answers"]),
    )
    return Said(said, "customers", "identities", command="connu evaluate identities TRUTH.csv")


def _of_facts(ground: Ground) -> str:
    """Candidates: a row an attribute and kind of subject, `check.customers.ATTRIBUTE` or
    `check.visitors.ATTRIBUTE`: what was derived, or told by twins. A year of birth is derived from
    the date that he said.

    gain = statements, one a subject; people = Σ (1 − p), the expected wrong ones.

    Cost: facts once.
    """
    return f"""
    WITH told AS (
        SELECT subject_kind, attribute, CAST(count(*) AS DOUBLE) AS statements,
            sum(1 - probability) AS wrong
        FROM {{facts}} WHERE basis IN ('derived', 'twins') AND attribute <> 'birth_year'
        GROUP BY subject_kind, attribute
    )
    SELECT 'check.' || subject_kind || 's.' || attribute AS name, subject_kind, attribute,
        {answers_needed("wrong", "statements")} AS answers, statements AS gain,
        CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, wrong AS people
    FROM told
    """


def _say_facts(row: dict[str, Any], circumstances: Circumstances) -> Said | None:
    attribute, visitors = row["attribute"], row["subject_kind"] == "visitor"
    if attribute in circumstances.sensitive or is_sensitive(attribute, circumstances.sector):
        return None
    if {f"{row['subject_kind']}s.{attribute}", row["name"]} & set(circumstances.checked):
        return None
    said = filled(
        Words(
            "{attribute} of {gain} {whom} was not said by them, and about {people} of these "
            "statements are expected to be wrong; nobody asked them. {answers} answers of some "
            "drawn at random tell it to ±5 points.",
            "{attribute} de {gain} {whom} n’a pas été dit par eux, et environ {people} de ces "
            "énoncés seraient faux ; personne ne le leur a demandé. {answers} réponses de gens "
            "tirés au sort le disent à ±5 points.",
        ),
        attribute=_capital(SPOKEN.get(attribute, named(attribute))),
        gain=counted(row["gain"]),
        whom=Words("visitors", "visiteurs") if visitors else Words("customers", "clients"),
        people=about(row["people"]),
        answers=str(row["answers"]),
    )
    file = f"connu export audits --attribute {attribute} -o audits.csv"
    command = file if visitors else "connu survey draw"
    return Said(
        said,
        row["subject_kind"] + "s",
        f"{row['subject_kind']} {attribute}",
        "visitors" if visitors else "customers",
        command,
    )


def _capital(words: Words) -> Words:
    return Words(words.en[:1].upper() + words.en[1:], words.fr[:1].upper() + words.fr[1:])


IDENTITIES_TRUTH = Rule(
    "truth",
    {
        "links": ("left_source", "left_record_id", "kind", "match_probability"),
        "identities": ("source", "record_id", "customer_id"),
    },
    _of_identities,
    _say_identities,
)
FACTS_TRUTH = Rule(
    "truth",
    {"facts": ("subject_kind", "attribute", "probability", "basis")},
    _of_facts,
    _say_facts,
)
