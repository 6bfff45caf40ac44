"""Twins: what could be told of visitors nobody knows, if a little less were promised.

Read from the curve of known customers held out: the surest bins are taken together as long as they
were right often enough. It is what *could* be told: visitors may differ from customers, and the
next build promises only what it can prove.
"""

from __future__ import annotations

import json
import re
from typing import Any

from connu.engine.sql import literal
from connu.govern.sensitive import is_sensitive
from connu.measure.numerals import about, between, filled, percent
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, wilson_high, wilson_low
from connu.measure.words import Words

#: The precisions that are tried, below the one asked.
TRIED = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
#: The words of the attributes every brand has; one of its own is named as it is.
SPOKEN: dict[str, Words] = {
    "sex": Words("the sex", "le sexe"),
    "age_band": Words("the age band", "la tranche d’âge"),
    "occupation_class": Words("the occupation", "la profession"),
    "place": Words("the region", "la région"),
    "area": Words("the kind of area", "le type d’habitat"),
}


def _sql(ground: Ground) -> str:
    """Candidates: a row an attribute, `promise.ATTRIBUTE`: the highest precision below the one
    asked at which more could be told.

    gain = (c − t)·v, with v visitors nobody knows, t the share of those held out that is stated
    now, and c the share in the surest bins that together were right so often that the lower bound
    of Wilson's interval keeps the precision. The interval is Wilson's of c. Only attributes whose
    values are told apart (the lower bound of the AUC is above ½); of a profile most are told that
    they do not fit it, which nobody needs.

    Cost: twin_reliability, which is small, and visitors, once each.
    """
    asked = ground.circumstances
    wanted = " ".join(
        f"WHEN attribute = {literal(name)} THEN {precision}"
        for name, precision in sorted(asked.precision.items())
        if name.isidentifier()
    )
    promised = (
        f"CASE {wanted} ELSE {asked.usual_precision} END"
        if wanted
        else (f"{asked.usual_precision}")
    )
    tried = " UNION ALL ".join(f"SELECT {precision} AS precision" for precision in TRIED)
    return f"""
    WITH figures AS (
        SELECT attribute, {promised} AS asked,
            max(CASE WHEN measure = 'auc' THEN low END) AS apart,
            max(CASE WHEN measure = 'stated' THEN coverage ELSE 0 END) AS told
        FROM {{twin_reliability}} WHERE value IS NULL GROUP BY attribute
    ), bins AS (
        SELECT attribute,
            sum(coverage) OVER surest AS share,
            sum(people) OVER surest AS people,
            sum(people * figure) OVER surest AS hits
        FROM {{twin_reliability}}
        WHERE value IS NULL AND measure = 'reliability' AND figure IS NOT NULL
        WINDOW surest AS (PARTITION BY attribute ORDER BY told DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ), curve AS (
        SELECT attribute, least(1.0, share) AS share, CAST(people AS DOUBLE) AS people,
            hits / people AS hit
        FROM bins WHERE people > 0
    ), kept AS (
        SELECT attribute, share, people, hit, {wilson_low("hit", "people")} AS sure FROM curve
    ), could AS (
        SELECT k.attribute, t.precision, k.share, k.hit, k.people / k.share AS judged, f.asked,
            f.told, row_number() OVER (
                PARTITION BY k.attribute ORDER BY t.precision DESC, k.share DESC) AS place
        FROM kept k
        JOIN figures f ON f.attribute = k.attribute
        JOIN ({tried}) t ON k.sure >= t.precision AND t.precision < f.asked
        WHERE f.apart > 0.5 AND k.share > f.told AND k.attribute NOT LIKE 'profile.%'
    ), unknown AS (
        SELECT CAST(count(*) AS DOUBLE) AS visitors FROM {{visitors}}
        WHERE customer_id IS NULL AND NOT shared_device
    )
    SELECT 'promise.' || c.attribute AS name, c.attribute, c.precision, c.asked, c.share, c.hit,
        (c.share - c.told) * u.visitors AS gain,
        greatest(0.0, {wilson_low("c.share", "c.judged")} - c.told) * u.visitors AS low,
        ({wilson_high("c.share", "c.judged")} - c.told) * u.visitors AS high,
        (c.share - c.told) * u.visitors AS people
    FROM could c CROSS JOIN unknown u WHERE c.place = 1
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said | None:
    attribute = row["attribute"]
    sector = circumstances.sector
    if attribute in circumstances.sensitive or is_sensitive(attribute, sector, extrapolate=True):
        return None
    own = Words(f"«{attribute}»", f"«{attribute}»")
    said = filled(
        Words(
            "At {precision} instead of {asked} (precision in {table} of connu.toml), {attribute} "
            "of {share} of the visitors nobody knows could be told: some {gain} more{range}. Of "
            "known customers held out, {hit} of such statements were right.",
            "À {precision} au lieu de {asked} (precision dans {table} de connu.toml), {attribute} "
            "de {share} des visiteurs que personne ne connaît pourrait être dit : environ {gain} "
            "de plus{range}. Sur des clients connus mis à part, {hit} de ces énoncés étaient "
            "justes.",
        ),
        precision=percent(row["precision"]),
        asked=percent(row["asked"]),
        table=f"[attributes.{_key(attribute)}]",
        attribute=SPOKEN.get(attribute, own),
        share=percent(row["share"]),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
        hit=percent(row["hit"]),
    )
    return Said(said, "visitors", attribute, "visitors", "connu build")


def _key(attribute: str) -> str:
    """A name as TOML writes a key.

    >>> _key("sex"), _key("shoe size")
    ('sex', '"shoe size"')
    """
    bare = re.fullmatch(r"[A-Za-z0-9_-]+", attribute)
    return attribute if bare else json.dumps(attribute, ensure_ascii=False)


TWINS = Rule(
    "attribute",
    {
        "twin_reliability": ("attribute", "value", "measure", "coverage", "people", "told"),
        "visitors": ("customer_id", "shared_device"),
    },
    _sql,
    _say,
)
