"""Know, in figures: of how many it is told what they are after, and what they will bring."""

from __future__ import annotations

from connu.measure.figures import Figure, Spread
from connu.measure.words import Words

#: A subject of whom one kind is told; rank 1 is there wherever anything is.
_TOLD = "SELECT DISTINCT subject FROM {intents} WHERE rank = 1 AND subject_kind = "
_OF_VISITORS = "FROM {visitors} WHERE customer_id IS NULL AND NOT shared_device"


def _told(kind: str, customers: Words, visitors: Words) -> tuple[Figure, Figure]:
    """The share of customers, and of visitors nobody knows, of whom a kind is told."""

    def figure(who: str, label: Words, among: str) -> Figure:
        return Figure(
            f"{kind}_{who}s_share",
            "know",
            label,
            "share",
            f"SELECT CAST((SELECT count(*) FROM ({_TOLD}'{who}' AND kind = '{kind}') AS s)"
            f" AS DOUBLE) / nullif(count(*), 0) AS value {among}",
            f"{who}s",
        )

    return (
        figure("customer", customers, "FROM {customers}"),
        figure("visitor", visitors, _OF_VISITORS),
    )


FIGURES = (
    Figure(
        "intent_customers_share",
        "know",
        Words(
            "customers of whom an intent is told (affinity, purchase, what comes next, staying)",
            "clients dont une intention est dite (affinité, achat, suite, fidélité)",
        ),
        "share",
        f"SELECT CAST((SELECT count(*) FROM ({_TOLD}'customer') AS s) AS DOUBLE)"
        " / nullif(count(*), 0) AS value FROM {customers}",
        "customers",
    ),
    Figure(
        "intent_visitors_share",
        "know",
        Words(
            "unknown visitors of whom an intent is told",
            "visiteurs inconnus dont une intention est dite",
        ),
        "share",
        f"SELECT CAST((SELECT count(*) FROM ({_TOLD}'visitor') AS s) AS DOUBLE)"
        f" / nullif(count(*), 0) AS value {_OF_VISITORS}",
        "visitors",
    ),
    *_told(
        "affinity",
        Words("customers with an affinity", "clients avec une affinité"),
        Words("unknown visitors with an affinity", "visiteurs inconnus avec une affinité"),
    ),
    *_told(
        "buy",
        Words("customers with a probability of buying", "clients avec une probabilité d'achat"),
        Words(
            "unknown visitors with a probability of buying",
            "visiteurs inconnus avec une probabilité d'achat",
        ),
    ),
    *_told(
        "next",
        Words("customers with what comes next", "clients avec la suite de leur visite"),
        Words(
            "unknown visitors with what comes next",
            "visiteurs inconnus avec la suite de leur visite",
        ),
    ),
    Figure(
        "worth_customers_share",
        "know",
        Words("customers with a future worth", "clients avec une valeur future"),
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {staying} WHERE subject_kind ="
        " 'customer' AND value IS NOT NULL) AS DOUBLE) / nullif(count(*), 0) AS value"
        " FROM {customers}",
        "customers",
    ),
    Figure(
        "worth",
        "know",
        Words(
            "what they are expected to bring within the longest horizon",
            "ce qu'ils devraient apporter d'ici l'horizon le plus long",
        ),
        "money",
        "SELECT sum(value) AS value, count(value) AS people FROM {staying}"
        " WHERE subject_kind = 'customer' AND"
        " horizon_days = (SELECT max(horizon_days) FROM {staying} WHERE value IS NOT NULL)",
    ),
    Figure(
        "moments",
        "know",
        Words(
            "people of whom something just happened",
            "personnes à qui il vient d'arriver quelque chose",
        ),
        "count",
        "SELECT count(DISTINCT subject_kind || ':' || subject) AS value FROM {moments}",
        "people",
    ),
)

SPREADS = (
    Spread(
        "staying_by_risk",
        "know",
        Words("customers by the risk that they leave", "clients par risque de départ"),
        "SELECT risk, count(*) FROM {staying} WHERE subject_kind = 'customer' AND risk IS NOT NULL"
        " AND horizon_days = (SELECT max(horizon_days) FROM {staying} WHERE risk IS NOT NULL)"
        " GROUP BY risk",
        words={
            "low": Words("low", "faible"),
            "middle": Words("middle", "moyen"),
            "high": Words("high", "élevé"),
        },
    ),
    Spread(
        "moments_by_kind",
        "know",
        Words("what just happened", "ce qui vient d'arriver"),
        "SELECT moment, count(DISTINCT subject_kind || ':' || subject) FROM {moments}"
        " GROUP BY moment",
        words={
            "basket_left": Words("left in the basket", "laissé au panier"),
            "price_watched": Words("looked at again and again", "regardé encore et encore"),
            "just_bought": Words("just bought", "vient d'acheter"),
        },
    ),
)
