"""Identifiers: records alone in their source, that would be tied if they carried what others do.

Of a people source, the records that carry an identifier show how many of those that lack it would
be tied, had they been asked. The two may differ in what else they carry, so that they are compared
among records that carry the same other identifiers.
"""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, between, counted, filled, named, percent
from connu.measure.steps_rule import (
    Circumstances,
    Ground,
    Rule,
    Said,
    wilson_high,
    wilson_low,
)
from connu.measure.words import Words

#: What may be asked for, with its words; a cookie or a case number is not asked, and a number of
#: the State's is not to be.
ASKED: dict[str, Words] = {
    "email": Words("the e-mail", "l’e-mail"),
    "phone": Words("the phone number", "le numéro de téléphone"),
    "loyalty_card": Words("the loyalty card", "la carte de fidélité"),
    "account": Words("the account", "le compte"),
}
_LACKING: dict[str, Words] = {
    "email": Words("carry no e-mail", "n’ont pas d’e-mail"),
    "phone": Words("carry no phone number", "n’ont pas de numéro de téléphone"),
    "loyalty_card": Words("carry no loyalty card", "n’ont pas de carte de fidélité"),
    "account": Words("carry no account", "n’ont pas de compte"),
}
#: Fewer records with the identifier than this show nothing of the others.
LEAST = 30
#: A stratum's share is drawn towards the source's by as many records.
_DRAWN = 4


def _sql(ground: Ground) -> str:
    """Candidates: a row a source and identifier, `ask.SOURCE.IDENTIFIER`.

    Per stratum g (the other identifiers a record carries): gain = Σ n_g·p_g − t, with n_g records
    without the identifier, p_g the share tied to another source of those with it, and t the records
    without it that are tied already. The interval is that of what would come: Wilson's of the mean
    p at as many trials as vary like the sum of three: p_g, estimated from the customers with it;
    who of those alone would be tied, each with w = (p − r)/(1 − r); and r, the share tied already,
    by which w is estimated: it adds n·r·(1 − p)²/(1 − r). A sample adds what a sum of such gains
    varies by.

    Cost: identifiers, normal, identities and customers once each; a row a record of the sample is
    grouped.
    """
    types = list(ASKED)
    listed = ", ".join(f"'{name}'" for name in types)
    flags = ", ".join(
        f"max(CASE WHEN h.type = '{name}' THEN 1 ELSE 0 END) AS {name}" for name in types
    )
    carried = ", ".join(f"coalesce(h.{name}, 0) AS {name}" for name in types)
    names = ", ".join(types)
    rest = {
        name: " + ".join(f"{2**i} * {other}" for i, other in enumerate(types) if other != name)
        for name in types
    }
    each = " UNION ALL ".join(
        f"SELECT source, '{name}' AS type, {name} AS has, {rest[name]} AS rest, tied, records, "
        f"customers FROM patterns"
        for name in types
    )
    sums = ", ".join(
        f"CAST(sum({what}) AS DOUBLE) AS {name}"
        for name, what in {
            "with_it": "has * records",
            "with_tied": "has * tied * records",
            "with_people": "has * customers",
            "without": "(1 - has) * records",
            "without_tied": "(1 - has) * tied * records",
            "without_people": "(1 - has) * customers",
            "alone": "(1 - has) * (1 - tied) * records",
            "alone_people": "(1 - has) * (1 - tied) * customers",
        }.items()
    )
    trials, times = "trials", ground.times
    return f"""
    WITH mine AS (
        SELECT n.rid, i.source, i.customer_id, CASE WHEN c.sources > 1 THEN 1 ELSE 0 END AS tied
        FROM {{identities}} i
        JOIN {{customers}} c ON c.customer_id = i.customer_id
        JOIN {{normal}} n ON n.source = i.source AND n.record_id = i.record_id
        WHERE {ground.sample("i.customer_id")}
    ), held AS (
        SELECT h.rid, {flags} FROM {{identifiers}} h JOIN mine m ON m.rid = h.rid
        WHERE h.type IN ({listed}) GROUP BY h.rid
    ), carriers AS (
        SELECT m.source, m.customer_id, m.tied, {carried}
        FROM mine m LEFT JOIN held h ON h.rid = m.rid
    ), bearers AS (
        SELECT source, customer_id, tied, {names}, count(*) AS records
        FROM carriers GROUP BY source, customer_id, tied, {names}
    ), patterns AS (
        SELECT source, tied, {names}, sum(records) AS records, count(*) AS customers
        FROM bearers GROUP BY source, tied, {names}
    ), asked AS ({each}), strata AS (
        SELECT source, type, rest, {sums} FROM asked GROUP BY source, type, rest
    ), sources AS (
        SELECT source, type, sum(with_it) AS with_it, sum(without) AS without, sum(alone) AS alone,
            sum(with_people) AS with_people, sum(without_people) AS without_people,
            sum(without_tied) AS without_tied, sum(alone_people) AS alone_people,
            (sum(with_tied) + 0.5) / (sum(with_it) + 1) AS usual
        FROM strata GROUP BY source, type
    ), elsewhere AS (
        SELECT type, sum(with_it) AS with_it FROM sources GROUP BY type
    ), shares AS (
        SELECT g.*, (g.with_tied + {_DRAWN} * s.usual) / (g.with_it + {_DRAWN}) AS share,
            CASE WHEN g.without > 0 THEN g.without_tied / g.without ELSE 0 END AS already
        FROM strata g JOIN sources s ON s.source = g.source AND s.type = g.type
    ), wins AS (
        SELECT *, CASE WHEN already < 1
            THEN least(1.0, greatest(0.0, (share - already) / (1 - already))) ELSE 0 END AS win
        FROM shares
    ), sums AS (
        SELECT source, type, sum(without * share) AS would,
            sum(without * without * share * (1 - share) / (least(with_it, with_people) + {_DRAWN})
                + CASE WHEN without_people > 0 AND already < 1 THEN without / without_people
                    * (alone * win * (1 - win) + without * already * (1 - share) * (1 - share)
                        / (1 - already)) ELSE 0 END) AS variance
        FROM wins GROUP BY source, type
    ), whole AS (
        SELECT s.*, u.would / s.without AS share, u.would - s.without_tied AS gain,
            CASE WHEN u.variance > 0
                THEN u.would * (s.without - u.would)
                    / (u.variance + {ground.unseen} * greatest(0.0, u.would - s.without_tied))
                ELSE s.with_people * s.without_people / (s.with_people + s.without_people)
                END AS {trials}
        FROM sources s
        JOIN sums u ON u.source = s.source AND u.type = s.type
        JOIN elsewhere e ON e.type = s.type
        WHERE s.with_it >= {LEAST} AND s.alone > 0 AND e.with_it > s.with_it
    )
    SELECT 'ask.' || source || '.' || type AS name, source, type, {times} * gain AS gain,
        {times} * greatest(0.0, without * {wilson_low("share", trials)} - without_tied) AS low,
        {times} * least(alone, without * {wilson_high("share", trials)} - without_tied) AS high,
        {times} * gain * alone_people / alone AS people,
        without / (with_it + without) AS lacking, {times} * alone AS alone
    FROM whole WHERE gain > 0
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    sentence = Words(
        "{share} of the records of {source} {lacking}, and {alone} of them are tied to no other "
        "source: asking for {asked} would tie some {gain} more{range}, if it ties them as it does "
        "the others.",
        "{share} des fiches de {source} {lacking}, et {alone} d’entre elles ne sont reliées à "
        "aucune autre source : demander {asked} en relierait environ {gain} de plus{range}, si "
        "cela les relie comme les autres.",
    )
    said = filled(
        sentence,
        share=percent(row["lacking"]),
        source=named(row["source"]),
        lacking=_LACKING[row["type"]],
        alone=counted(row["alone"]),
        asked=ASKED[row["type"]],
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
    )
    return Said(said, "records", row["source"])


IDENTIFIERS = Rule(
    "identifier",
    {
        "identifiers": ("rid", "type"),
        "identities": ("source", "record_id", "customer_id"),
        "customers": ("customer_id", "sources"),
        "normal": ("rid", "source", "record_id"),
    },
    _sql,
    _say,
)
