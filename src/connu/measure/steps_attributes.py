"""Attributes: what customers are not known by, and where they would say it if they were asked.

The source where most say an attribute shows what asking is worth. A customer of another source who
is not known by it would say it, were he asked as he is there, with the probability that one who did
not say it here would have there.
"""

from __future__ import annotations

from typing import Any

from connu.govern.sensitive import is_sensitive
from connu.measure.few import K_LEAST
from connu.measure.numerals import about, between, counted, filled, named, percent
from connu.measure.steps_rule import (
    Circumstances,
    Ground,
    Rule,
    Said,
    trials_of,
    wilson_high,
    wilson_low,
)
from connu.measure.words import Words

#: By attribute: its words, the column of `normal` that holds what was said, and the columns of
#: `customers` by one of which he is known.
ASKED: dict[str, tuple[Words, str, tuple[str, ...]]] = {
    "sex": (Words("the sex", "le sexe"), "sex", ("sex",)),
    "birth_date": (
        Words("the birth date", "la date de naissance"),
        "birth_date",
        ("birth_date", "birth_year"),
    ),
    "postcode": (Words("the postcode", "le code postal"), "postcode", ("postcode", "city")),
    "occupation": (Words("the occupation", "la profession"), "occupation", ("occupation",)),
}
#: A source with fewer customers than this shows nothing of the others.
LEAST = 30


def _sql(ground: Ground) -> str | None:
    """Candidates: a row a source and attribute, `ask.SOURCE.ATTRIBUTE`.

    gain = u·(f − s)/(1 − s), with u the source's customers not known by the attribute, s the share
    of its customers who say it there, and f the share where most do. The interval is Wilson's of f,
    at as many trials as f and the u to be asked have together.

    Cost: normal, identities, customers and visitors once each; a row a record of the sample is
    grouped.
    """
    asked = [name for name in ASKED if _may_ask(name, ground.circumstances)]
    if not asked:
        return None
    flags = ", ".join(
        f"max(CASE WHEN n.{ASKED[name][1]} IS NULL THEN 0 ELSE 1 END) AS {name}_said, "
        f"max(CASE WHEN {' AND '.join(f'c.{column} IS NULL' for column in ASKED[name][2])} "
        f"THEN 1 ELSE 0 END) AS {name}_unknown"
        for name in asked
    )
    sums = ", ".join(
        f"sum({name}_said) AS {name}_said, sum({name}_unknown) AS {name}_unknown, "
        f"sum({name}_unknown * seen) AS {name}_seen"
        for name in asked
    )
    each = " UNION ALL ".join(
        f"SELECT source, '{name}' AS attribute, customers, CAST({name}_said AS DOUBLE) / customers "
        f"AS said, CAST({name}_unknown AS DOUBLE) AS unknown, CAST({name}_seen AS DOUBLE) AS seen "
        f"FROM counts WHERE customers >= {LEAST}"
        for name in asked
    )
    seen, visits = "0", ""
    if ground.has("visitors", "customer_id"):
        seen = "max(CASE WHEN v.customer_id IS NULL THEN 0 ELSE 1 END)"
        visits = """
        LEFT JOIN (
            SELECT DISTINCT customer_id FROM {visitors}
            WHERE customer_id IS NOT NULL AND <sample>
        ) v ON v.customer_id = i.customer_id"""
        visits = visits.replace("<sample>", ground.sample("customer_id"))
    gain = f"{ground.times} * unknown * greatest(0.0, {{}} - said) / (1 - said)"
    return f"""
    WITH persons AS (
        SELECT i.source, i.customer_id, {flags}, {seen} AS seen
        FROM {{identities}} i
        JOIN {{customers}} c ON c.customer_id = i.customer_id
        JOIN {{normal}} n ON n.source = i.source AND n.record_id = i.record_id{visits}
        WHERE {ground.sample("i.customer_id")}
        GROUP BY i.source, i.customer_id
    ), counts AS (
        SELECT source, count(*) AS customers, {sums} FROM persons GROUP BY source
    ), asked AS ({each}), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY attribute ORDER BY said DESC, source) AS place
        FROM asked
    ), pairs AS (
        SELECT a.*, b.source AS best, b.said AS share, CAST(b.customers AS DOUBLE) AS there
        FROM asked a JOIN ranked b ON b.attribute = a.attribute AND b.place = 1
        WHERE a.said < b.said AND a.unknown > 0
    ), compared AS (
        SELECT *, {trials_of("share", "there", "unknown", ground.unseen)} AS trials FROM pairs
    )
    SELECT 'ask.' || source || '.' || attribute AS name, source, attribute, best, said, share,
        {ground.times} * unknown AS unknown, {gain.format("share")} AS gain,
        {gain.format(wilson_low("share", "trials"))} AS low,
        {gain.format(wilson_high("share", "trials"))} AS high,
        {gain.format("share")} AS people,
        {ground.times} * seen * greatest(0.0, share - said) / (1 - said) AS taught
    FROM compared
    """


def _may_ask(attribute: str, circumstances: Circumstances) -> bool:
    if attribute in circumstances.sensitive:
        return False
    return is_sensitive(attribute, circumstances.sector, extrapolate=True) is None


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    sentence = Words(
        "Nobody knows {attribute} of {unknown} customers of {source}: {said} of its customers say "
        "it there, {share} in {best}. Asked as it is there, some {gain} more would be known by "
        "it{range}.",
        "On ne connaît pas {attribute} de {unknown} clients de {source} : {said} de ses clients "
        "répondent à cette question, {share} dans {best}. Posée comme là, elle en ferait connaître "
        "environ {gain} de plus{range}.",
    )
    words = [
        filled(
            sentence,
            unknown=counted(row["unknown"]),
            source=named(row["source"]),
            attribute=ASKED[row["attribute"]][0],
            said=percent(row["said"]),
            share=percent(row["share"]),
            best=named(row["best"]),
            gain=about(row["gain"]),
            range=between(row["low"], row["high"]),
        )
    ]
    if row["taught"] >= K_LEAST:
        words.append(
            filled(
                Words(
                    "Some {taught} of them visit the site: twins would learn from them.",
                    "Environ {taught} d’entre eux visitent le site : les jumeaux en apprendraient.",
                ),
                taught=about(row["taught"]),
            )
        )
    whole = Words(" ".join(w.en for w in words), " ".join(w.fr for w in words))
    return Said(whole, "customers", row["attribute"])


ATTRIBUTES = Rule(
    "attribute",
    {
        "identities": ("source", "record_id", "customer_id"),
        "customers": (
            "customer_id",
            *sorted({column for _, _, columns in ASKED.values() for column in columns}),
        ),
        "normal": ("source", "record_id", *sorted({column for _, column, _ in ASKED.values()})),
    },
    _sql,
    _say,
)
