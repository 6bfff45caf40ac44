"""Consents: customers whom nobody asked, as against those who refused, who are left alone."""

from __future__ import annotations

from typing import Any

from connu.measure.few import K_LEAST
from connu.measure.numerals import about, between, counted, filled, named, percent
from connu.measure.steps_identifiers import LEAST
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

#: What the purposes that every brand has are called; one of its own is named as it is.
_PURPOSES = {
    "analytics": Words("analytics", "la mesure d’audience"),
    "marketing": Words("marketing", "le marketing"),
    "personalisation": Words("personalisation", "la personnalisation"),
    "research": Words("research", "la recherche"),
}
_BEFORE = "TIMESTAMP '0001-01-01 00:00:00'"


def _sql(ground: Ground) -> str:
    """Candidates: a row a purpose, `ask.consent.PURPOSE`.

    gain = u·p, with u the customers of whom no source says anything, and p the share granted of
    those who said something, by their last word. The interval is Wilson's of p at the trials of
    both sides together. What came into the journal since the build is not in it. Purposes that
    are granted unless refused need no asking.

    Cost: consents, identities and customers once each.
    """
    times = ground.times
    said = "max(CASE WHEN {} THEN coalesce(c.since, " + _BEFORE + ") END)"
    return f"""
    WITH said AS (
        SELECT c.purpose, i.customer_id, {said.format("c.granted")} AS granted_at,
            {said.format("NOT c.granted")} AS refused_at
        FROM {{consents}} c
        JOIN {{identities}} i ON i.source = c.source AND i.record_id = c.record_id
        WHERE c.granted IS NOT NULL AND c.purpose <> 'service'
            AND {ground.sample("i.customer_id")}
        GROUP BY c.purpose, i.customer_id
    ), counts AS (
        SELECT purpose, CAST(count(*) AS DOUBLE) AS asked,
            CAST(sum(CASE WHEN refused_at IS NULL OR granted_at > refused_at THEN 1 ELSE 0 END)
                AS DOUBLE) AS granted
        FROM said GROUP BY purpose
    ), whole AS (
        SELECT CAST(count(*) AS DOUBLE) AS customers FROM {{customers}}
        WHERE {ground.sample("customer_id")}
    ), parts AS (
        SELECT a.*, w.customers - a.asked AS unasked, a.granted / a.asked AS share
        FROM counts a CROSS JOIN whole w WHERE a.asked >= {LEAST} AND w.customers > a.asked
    ), shares AS (
        SELECT *, {trials_of("share", "asked", "unasked", ground.unseen)} AS trials FROM parts
    )
    SELECT 'ask.consent.' || purpose AS name, purpose, {times} * unasked AS unasked,
        {times} * (asked - granted) AS refused, share, {times} * unasked * share AS gain,
        {times} * unasked * {wilson_low("share", "trials")} AS low,
        {times} * unasked * {wilson_high("share", "trials")} AS high,
        {times} * unasked * share AS people
    FROM shares
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "Nobody asked {unasked} customers for their consent to {purpose}; {share} of those who "
            "were asked gave it. Asked likewise, some {gain} more would{range}.",
            "Personne n’a demandé à {unasked} clients leur accord pour {purpose} ; {share} de ceux "
            "à qui on l’a demandé l’ont donné. Interrogés de même, environ {gain} de plus le "
            "donneraient{range}.",
        ),
        unasked=counted(row["unasked"]),
        purpose=_PURPOSES.get(row["purpose"], named(row["purpose"])),
        share=percent(row["share"]),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
    )
    if row["refused"] >= K_LEAST:
        rest = filled(
            Words(
                " The {refused} who refused are not to be asked again.",
                " Les {refused} qui ont refusé ne sont pas à relancer.",
            ),
            refused=counted(row["refused"]),
        )
        said = Words(said.en + rest.en, said.fr + rest.fr)
    return Said(said, "customers", row["purpose"])


CONSENTS = Rule(
    "consent",
    {
        "consents": ("source", "record_id", "purpose", "granted", "since"),
        "identities": ("source", "record_id", "customer_id"),
        "customers": ("customer_id",),
    },
    _sql,
    _say,
)
