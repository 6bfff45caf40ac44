"""Identify, in figures: who is behind records, events and cookies, and what is known of him."""

from __future__ import annotations

from connu.measure.figures import Figure, Spread
from connu.measure.words import Words

#: How each record came to its customer: the surest of its links; a hand's word is final.
_RECORD_LINKS = """
    SELECT coalesce(k.kind, CASE WHEN c.records > 1 THEN 'chain' ELSE 'alone' END) AS kind
    FROM {identities} i
    JOIN {customers} c ON c.customer_id = i.customer_id
    LEFT JOIN (
        SELECT source, record_id, CASE max(rank) WHEN 3 THEN 'hand' WHEN 2 THEN 'identifier'
            ELSE 'probability' END AS kind
        FROM (
            SELECT left_source AS source, left_record_id AS record_id,
                CASE kind WHEN 'hand' THEN 3 WHEN 'identifier' THEN 2 ELSE 1 END AS rank
            FROM {links}
            UNION ALL
            SELECT right_source, right_record_id,
                CASE kind WHEN 'hand' THEN 3 WHEN 'identifier' THEN 2 ELSE 1 END
            FROM {links}
        )
        GROUP BY source, record_id
    ) k ON k.source = i.source AND k.record_id = i.record_id
"""

_KNOWN_WORDS = {
    "declared": Words("declared", "déclaré"),
    "derived": Words("derived", "déduit"),
    "told by twins": Words("extrapolated from twins", "extrapolé des jumeaux"),
    "unknown": Words("unknown", "inconnu"),
}


def _known(name: str, label: Words, *attributes: str) -> Spread:
    """How many customers declared an attribute, are told it otherwise, or are not known by it.

    Twins tell only what nobody else does.
    """
    wanted = ", ".join(f"'{attribute}'" for attribute in attributes)
    return Spread(
        f"known_by_{name}",
        "identify",
        label,
        f"""
    SELECT how, count(*) FROM (
        SELECT coalesce(f.how, 'unknown') AS how
        FROM {{customers}} c
        LEFT JOIN (
            SELECT subject, CASE WHEN bool_or(basis = 'declared') THEN 'declared'
                WHEN bool_or(basis <> 'twins') THEN 'derived' ELSE 'told by twins' END AS how
            FROM {{facts}}
            WHERE subject_kind = 'customer' AND attribute IN ({wanted}) GROUP BY subject
        ) f ON f.subject = c.customer_id
    ) GROUP BY how
    """,
        words=_KNOWN_WORDS,
    )


FIGURES = (
    Figure(
        "records",
        "identify",
        Words("records", "fiches"),
        "count",
        "SELECT count(*) AS value FROM {identities}",
    ),
    Figure(
        "customers",
        "identify",
        Words("customers behind them", "clients derrière elles"),
        "count",
        "SELECT count(*) AS value FROM {customers}",
    ),
    Figure(
        "visitors",
        "identify",
        Words("visitors nobody knows", "visiteurs que nul ne connaît"),
        "count",
        "SELECT count(*) AS value FROM {visitors} WHERE customer_id IS NULL AND NOT shared_device",
    ),
    Figure(
        "records_per_customer",
        "identify",
        Words("records per customer", "fiches par client"),
        "mean",
        "SELECT avg(records) AS value FROM {customers}",
        "customers",
    ),
    Figure(
        "sources_per_customer",
        "identify",
        Words("sources per customer", "sources par client"),
        "mean",
        "SELECT avg(sources) AS value FROM {customers}",
        "customers",
        "customers_by_sources",
    ),
    Figure(
        "several_sources_share",
        "identify",
        Words("customers known to several sources", "clients que plusieurs sources connaissent"),
        "share",
        "SELECT avg(CASE WHEN sources > 1 THEN 1 ELSE 0 END) AS value FROM {customers}",
        "customers",
    ),
    Figure(
        "undecided_pairs",
        "identify",
        Words("pairs in doubt, not merged", "paires en doute, non fusionnées"),
        "count",
        "SELECT count(*) AS value FROM {undecided}",
    ),
    Figure(
        "households",
        "identify",
        Words("households of several customers", "foyers de plusieurs clients"),
        "count",
        "SELECT count(DISTINCT household_id) AS value FROM {households}",
    ),
    Figure(
        "events",
        "identify",
        Words("events", "événements"),
        "count",
        "SELECT count(*) AS value FROM {events}",
    ),
    Figure(
        "events_tied_share",
        "identify",
        Words("activity tied to a customer", "activité rattachée à un client"),
        "share",
        # Joined: where consents are narrow, an event may be hidden whose customer is not.
        'SELECT CAST(count(t."row") AS DOUBLE) / nullif(count(*), 0) AS value FROM {events} e'
        " LEFT JOIN {event_customers} t ON t.source = e.source"
        ' AND t."row" = e."row"',
    ),
    Figure(
        "value_tied_share",
        "identify",
        Words("value bought, tied to a customer", "valeur achetée, rattachée à un client"),
        "share",
        'SELECT sum(CASE WHEN t."row" IS NOT NULL THEN e.value ELSE 0 END)'
        " / nullif(sum(e.value), 0) AS value FROM {events} e"
        " LEFT JOIN {event_customers} t ON t.source = e.source"
        ' AND t."row" = e."row" WHERE e.value > 0 AND <purchase>',
    ),
    Figure(
        "visitors_known_share",
        "identify",
        Words("cookies of a known customer", "cookies d'un client connu"),
        "share",
        "SELECT avg(CASE WHEN customer_id IS NOT NULL THEN 1 ELSE 0 END) AS value FROM {visitors}",
    ),
    Figure(
        "facts",
        "identify",
        Words("facts about customers", "faits sur des clients"),
        "count",
        "SELECT count(*) AS value FROM {facts} WHERE subject_kind = 'customer'",
    ),
    Figure(
        "visitor_facts",
        "identify",
        Words("facts about visitors, told by twins", "faits sur des visiteurs, dits par jumeaux"),
        "count",
        "SELECT count(*) AS value FROM {facts} WHERE subject_kind = 'visitor' AND basis = 'twins'",
    ),
    Figure(
        "visitors_told_share",
        "identify",
        Words(
            "unknown visitors of whom twins tell something",
            "visiteurs inconnus dont les jumeaux disent quelque chose",
        ),
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {facts} WHERE subject_kind = 'visitor'"
        " AND basis = 'twins') AS DOUBLE) / nullif(count(*), 0) AS value FROM {visitors}"
        " WHERE customer_id IS NULL AND NOT shared_device",
        "visitors",
    ),
    Figure(
        "quarantined",
        "identify",
        Words("rows in quarantine", "lignes en quarantaine"),
        "count",
        "SELECT count(*) AS value FROM {quarantine}",
    ),
)

SPREADS = (
    Spread(
        "records_by_source",
        "identify",
        Words("records by source", "fiches par source"),
        "SELECT source, count(*) FROM {identities} GROUP BY source",
    ),
    Spread(
        "customers_by_source",
        "identify",
        Words("customers by source", "clients par source"),
        "SELECT source, count(DISTINCT customer_id) FROM {identities} GROUP BY source",
    ),
    Spread(
        "customers_by_sources",
        "identify",
        Words(
            "customers by how many sources know them",
            "clients par nombre de sources qui les connaissent",
        ),
        "SELECT CAST(sources AS VARCHAR), count(*) FROM {customers} GROUP BY sources",
    ),
    Spread(
        "records_by_link",
        "identify",
        Words(
            "records by what ties them to their customer",
            "fiches par ce qui les rattache à leur client",
        ),
        f"SELECT kind, count(*) FROM ({_RECORD_LINKS}) GROUP BY kind",
        words={
            "hand": Words("by hand", "à la main"),
            "identifier": Words("by an identifier", "par un identifiant"),
            "probability": Words("by probability", "par probabilité"),
            "chain": Words("through other records", "par d'autres fiches"),
            "alone": Words("alone", "seules"),
        },
    ),
    Spread(
        "links_by_kind",
        "identify",
        Words("links by kind", "liens par nature"),
        "SELECT kind, count(*) FROM {links} GROUP BY kind",
        people=False,
        words={
            "hand": Words("by hand", "à la main"),
            "identifier": Words("shared identifier", "identifiant partagé"),
            "match": Words("match probability", "probabilité d'appariement"),
        },
    ),
    Spread(
        "visitors_by_standing",
        "identify",
        Words("cookies by who is behind them", "cookies par qui est derrière"),
        """
    SELECT CASE WHEN shared_device THEN 'shared device'
        WHEN customer_id IS NOT NULL THEN 'known customer' ELSE 'unknown visitor' END AS standing,
        count(*)
    FROM {visitors} GROUP BY standing
    """,
        words={
            "shared device": Words("shared device", "appareil partagé"),
            "known customer": Words("known customer", "client connu"),
            "unknown visitor": Words("unknown visitor", "visiteur inconnu"),
        },
    ),
    Spread(
        "events_by_tie",
        "identify",
        Words(
            "events tied to a customer, by what ties them",
            "événements rattachés à un client, par ce qui les rattache",
        ),
        "SELECT basis, count(*) FROM {event_customers} GROUP BY basis",
        people=False,
    ),
    _known("name", Words("customers by name", "clients par nom"), "last_name", "full_name"),
    _known("sex", Words("customers by sex", "clients par sexe"), "sex"),
    _known(
        "birth_year",
        Words("customers by year of birth", "clients par année de naissance"),
        "birth_year",
        "age_band",
    ),
    _known("place", Words("customers by place", "clients par lieu"), "postcode", "city", "place"),
    _known("email", Words("customers by e-mail", "clients par e-mail"), "email"),
    _known("phone", Words("customers by phone", "clients par téléphone"), "phone"),
    Spread(
        "consents_by_purpose",
        "identify",
        Words(
            "customers by what their sources say they granted",
            "clients par ce qu'ils ont accordé selon leurs sources",
        ),
        """
    SELECT purpose || CASE WHEN granted_at > refused_at OR refused_at IS NULL
        THEN ' granted' ELSE ' refused' END AS said, count(*)
    FROM (
        SELECT i.customer_id, c.purpose,
            max(CASE WHEN c.granted THEN coalesce(c.since, TIMESTAMP '0001-01-01') END)
                AS granted_at,
            max(CASE WHEN NOT c.granted THEN coalesce(c.since, TIMESTAMP '0001-01-01') END)
                AS refused_at
        FROM {consents} c
        JOIN {identities} i ON i.source = c.source AND i.record_id = c.record_id
        WHERE c.granted IS NOT NULL
        GROUP BY i.customer_id, c.purpose
    ) GROUP BY said
    """,
        words={
            "* granted": Words(" granted", " accordé"),
            "* refused": Words(" refused", " refusé"),
        },
    ),
    Spread(
        "quarantined_by_reason",
        "identify",
        Words(
            "rows in quarantine by source and reason", "lignes en quarantaine par source et raison"
        ),
        "SELECT source || ': ' || reason AS why, count(*) FROM {quarantine} GROUP BY why",
        people=False,
    ),
)
