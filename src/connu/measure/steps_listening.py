"""Listening: customers who never said a word that reached the brand, and who can be asked."""

from __future__ import annotations

from typing import Any

from connu.measure.numerals import about, between, counted, filled, percent
from connu.measure.steps_identifiers import LEAST
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, wilson_high, wilson_low
from connu.measure.words import Words


def _sql(ground: Ground) -> str:
    """One candidate, `ask.customers.opinion`.

    gain = u·p, with u the customers with an e-mail or a phone number of whom nothing was heard, and
    p the share heard so far of all who have one. The interval is Wilson's of p at the trials of
    both sides together. How many answer when they are asked is not in a build: p stands for it.

    Cost: statements and customers once each.
    """
    reached = "c.email IS NOT NULL OR c.phone IS NOT NULL"
    return f"""
    WITH heard AS (
        SELECT DISTINCT subject FROM {{statements}} WHERE subject_kind = 'customer'
    ), counts AS (
        SELECT CAST(sum(CASE WHEN h.subject IS NULL THEN 1 ELSE 0 END) AS DOUBLE) AS silent,
            CAST(sum(CASE WHEN {reached} THEN 1 ELSE 0 END) AS DOUBLE) AS reached,
            CAST(sum(CASE WHEN h.subject IS NOT NULL AND ({reached}) THEN 1 ELSE 0 END) AS DOUBLE)
                AS heard
        FROM {{customers}} c LEFT JOIN heard h ON h.subject = c.customer_id
    ), shares AS (
        SELECT silent, reached, heard, reached - heard AS unheard, heard / reached AS share,
            reached * (reached - heard) / (2 * reached - heard) AS trials
        FROM counts WHERE heard >= {LEAST} AND reached > heard
    )
    SELECT 'ask.customers.opinion' AS name, silent, unheard, share, unheard * share AS gain,
        unheard * {wilson_low("share", "trials")} AS low,
        unheard * {wilson_high("share", "trials")} AS high, unheard * share AS people
    FROM shares
    """


def _say(row: dict[str, Any], circumstances: Circumstances) -> Said:
    said = filled(
        Words(
            "Nothing was ever heard of {silent} customers; {unheard} of them left an e-mail or a "
            "phone number. If as many answer as have spoken so far ({share}), asking brings some "
            "{gain} more voices{range}.",
            "On n’a jamais rien entendu de {silent} clients ; {unheard} d’entre eux ont laissé un "
            "e-mail ou un numéro de téléphone. Si autant répondent que de clients ont parlé "
            "jusqu’ici ({share}), les interroger apporte environ {gain} voix de plus{range}.",
        ),
        silent=counted(row["silent"]),
        unheard=counted(row["unheard"]),
        share=percent(row["share"]),
        gain=about(row["gain"]),
        range=between(row["low"], row["high"]),
    )
    return Said(said, "customers", "customers", command="connu survey draw")


LISTENING = Rule(
    "listen",
    {
        "statements": ("subject_kind", "subject"),
        "customers": ("customer_id", "email", "phone"),
    },
    _sql,
    _say,
)
