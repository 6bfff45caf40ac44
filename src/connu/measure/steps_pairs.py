"""Pairs: records in doubt that a hand may decide, and how many of them are one person.

The probabilities of pairs in doubt were calibrated with all others; those left in doubt are the
odd ones. So the interval holds, beside chance, that probabilities are off as far as they were in
the worst of the benchmarks.
"""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, between, counted, filled
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, half_width
from connu.measure.words import Words

#: Calibration error of match probabilities (`docs/benchmarks.md`: ECE on people_100k).
CALIBRATION_ERROR = 0.0767


def _sql(ground: Ground) -> str:
    """One candidate, `decide.pairs`.

    gain = Σ p over the pairs of two customers; people = Σ max p over the pairs of customers that
    they would join. Pairs of the same two customers are right or wrong together: the variance of
    the gain is Σ n²·q·(1 − q), with n the pairs of two customers and q their mean p. The half-width
    is √(1.96²·variance + (CALIBRATION_ERROR·pairs)²).

    Cost: undecided, and identities twice.
    """
    return f"""
    WITH doubts AS (
        SELECT least(a.customer_id, b.customer_id) AS one,
            greatest(a.customer_id, b.customer_id) AS other, u.match_probability AS p
        FROM {{undecided}} u
        JOIN {{identities}} a ON a.source = u.left_source AND a.record_id = u.left_record_id
        JOIN {{identities}} b ON b.source = u.right_source AND b.record_id = u.right_record_id
        WHERE a.customer_id <> b.customer_id AND u.match_probability IS NOT NULL
    ), joins AS (
        SELECT count(*) AS pairs, sum(p) AS likely, max(p) AS join_likely,
            sum(CASE WHEN p BETWEEN 0.25 AND 0.75 THEN 1 ELSE 0 END) AS even
        FROM doubts GROUP BY one, other
    ), sums AS (
        SELECT CAST(sum(pairs) AS DOUBLE) AS pairs, sum(likely) AS gain, sum(join_likely) AS people,
            CAST(sum(even) AS DOUBLE) AS even, sum(likely * (pairs - likely)) AS variance
        FROM joins
    ), halves AS (
        SELECT *, sqrt(power({half_width("variance")}, 2) + power({CALIBRATION_ERROR} * pairs, 2))
            AS half
        FROM sums WHERE gain IS NOT NULL
    )
    SELECT 'decide.pairs' AS name, pairs, even, gain,
        greatest(0.0, gain - half) AS low, least(pairs, gain + half) AS high, people
    FROM halves
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "{pairs} pairs of records are in doubt; some {gain} of them are one person{range}, and "
            "joining these would make about {people} customers whole. Begin with those nearest to "
            "even odds ({even} are between 25 % and 75 %): connu join, connu split.",
            "{pairs} paires de fiches sont en doute ; environ {gain} d’entre elles sont une même "
            "personne{range}, et les joindre réunirait environ {people} clients. Commencez par "
            "celles qui sont le plus près d’une chance sur deux ({even} sont entre 25 % et 75 %) : "
            "connu join, connu split.",
        ),
        pairs=counted(row["pairs"]),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
        people=about(row["people"]),
        even=counted(row["even"]),
    )
    return Said(said, "pairs", "pairs", command="connu export undecided -o undecided.csv")


PAIRS = Rule(
    "hand",
    {
        "undecided": (
            "left_source",
            "left_record_id",
            "right_source",
            "right_record_id",
            "match_probability",
        ),
        "identities": ("source", "record_id", "customer_id"),
    },
    _sql,
    _say,
)
