"""Labels: themes that are coded unsurely, and how many codes by hand would do.

What a machine codes with probability p is wrong with 1 − p: their sum over a theme is how many of
its codes are expected to be wrong. Sixteen labels a theme make the codes surer
(`docs/benchmarks.md`, 16 labels each); a theme that was measured needs as many more as make its
interval narrow enough to say that it reaches what two people do.
"""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, between, counted, filled, named, percent
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, half_width
from connu.measure.words import Words

#: Labels a theme with which the benchmark of few labels was made.
TAUGHT_BY = 16
#: F1 that two coders under one guide reach (`docs/benchmarks.md`: expectation F1 of two passes).
TWO_PEOPLE = 0.876
#: The half-width to which an F1 is to be known.
HALF_WIDTH = 0.05


def _sql(ground: Ground) -> str:
    """Candidates: a row a theme, `code.THEME`.

    gain = Σ (1 − p) over the machine's codes of customers; its variance is Σ p·(1 − p). people:
    gain × customers ÷ codes. labels: what lacks to TAUGHT_BY coded verbatims, or, where the F1 was
    measured on l labels with half-width h, l·(h/HALF_WIDTH)² − l. A theme as surely coded as two
    people agree is no candidate.

    Cost: expectations and expectation_reliability once each.
    """
    return f"""
    WITH codes AS (
        SELECT theme,
            CAST(sum(CASE WHEN "by" = 'machine' THEN 1 ELSE 0 END) AS DOUBLE) AS codes,
            CAST(count(DISTINCT CASE WHEN "by" = 'machine' THEN subject END) AS DOUBLE)
                AS customers,
            sum(CASE WHEN "by" = 'machine' THEN 1 - probability ELSE 0 END) AS wrong,
            sum(CASE WHEN "by" = 'machine' THEN probability * (1 - probability) ELSE 0 END)
                AS variance,
            count(DISTINCT CASE WHEN "by" = 'hand' THEN verbatim_id END) AS by_hand
        FROM {{expectations}} GROUP BY theme
    ), measured AS (
        SELECT theme, max(figure) AS f1, max(low) AS f1_low, max(high) AS f1_high,
            CAST(max(labels) AS DOUBLE) AS judged
        FROM {{expectation_reliability}} WHERE measure = 'f1' AND theme IS NOT NULL GROUP BY theme
    ), needs AS (
        SELECT c.*, m.f1, m.f1_low, m.f1_high, greatest({TAUGHT_BY} - c.by_hand, coalesce(ceil(
            m.judged * (power((m.f1_high - m.f1_low) / {2 * HALF_WIDTH}, 2) - 1)), 0)) AS labels
        FROM codes c LEFT JOIN measured m ON m.theme = c.theme
        WHERE c.codes > 0 AND (m.f1 IS NULL OR m.f1 < {TWO_PEOPLE})
    )
    SELECT 'code.' || theme AS name, theme, codes, by_hand, f1, f1_low, f1_high,
        CAST(labels AS BIGINT) AS labels, wrong AS gain,
        greatest(0.0, wrong - {half_width("variance")}) AS low,
        least(codes, wrong + {half_width("variance")}) AS high,
        wrong * customers / codes AS people
    FROM needs WHERE labels > 0
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    whole = Words(
        "Of the {codes} statements coded {theme}, some {gain} are probably coded wrongly{range}; ",
        "Sur les {codes} énoncés codés {theme}, environ {gain} le sont sans doute à tort{range} ; ",
    )
    if row["f1"] is None:
        rest = Words(
            "nobody measured it: {labels} codes by hand would teach the machine what it means.",
            "personne ne l’a mesuré : {labels} codes à la main apprendraient à la machine ce que "
            "cela veut dire.",
        )
    else:
        rest = Words(
            "its F1 is {f1}, that of two people {two}: {labels} more codes by hand would do to "
            "teach and to measure it.",
            "son F1 est de {f1}, celui de deux personnes de {two} : {labels} codes à la main de "
            "plus suffiraient pour l’enseigner et le mesurer.",
        )
    said = filled(
        Words(whole.en + rest.en, whole.fr + rest.fr),
        codes=counted(row["codes"]),
        theme=_called(row["theme"], circumstances),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
        labels=str(row["labels"]),
        f1=percent(row["f1"] or 0.0),
        two=percent(TWO_PEOPLE),
    )
    return Said(said, "statements", row["theme"], command="connu code")


def _called(theme: str, circumstances: Circumstances) -> Words:
    """What readers are shown for a theme, marked as a name."""
    words = circumstances.themes.get(theme, Words(theme, theme))
    return Words(named(words.en).en, named(words.fr).fr)


LABELS = Rule(
    "labels",
    {
        "expectations": ("theme", "by", "probability", "subject", "verbatim_id"),
        "expectation_reliability": ("theme", "measure", "figure", "low", "high", "labels"),
    },
    _sql,
    _say,
)
