"""Understand, in figures: who was heard, and of whom it is known what he expects."""

from __future__ import annotations

from connu.measure.figures import Figure, Spread
from connu.measure.words import Words

_OF_CUSTOMERS = " AS DOUBLE) / nullif(count(*), 0) AS value FROM {customers}"
#: An expectation of the brand: advice to other customers is none.
_OF_THE_BRAND = "addressee = 'brand' AND theme IS NOT NULL"
_WORDS = {
    "met": Words("met", "satisfaite"),
    "unmet": Words("unmet", "insatisfaite"),
    "unknown": Words("wished for or unknown", "souhaitée ou inconnue"),
}

FIGURES = (
    Figure(
        "verbatims",
        "understand",
        Words("texts", "textes"),
        "count",
        "SELECT count(*) AS value FROM {verbatims}",
    ),
    Figure(
        "heard_customers_share",
        "understand",
        Words("customers heard at least once", "clients entendus au moins une fois"),
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {statements}"
        f" WHERE subject_kind = 'customer'){_OF_CUSTOMERS}",
        "customers",
    ),
    Figure(
        "expectation_customers_share",
        "understand",
        Words(
            "customers of whom an expectation is known",
            "clients dont une attente est connue",
        ),
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {expectations}"
        f" WHERE subject_kind = 'customer' AND {_OF_THE_BRAND}){_OF_CUSTOMERS}",
        "customers",
    ),
    Figure(
        "verbatims_tied_share",
        "understand",
        Words("texts listened to, tied to a customer", "textes écoutés, rattachés à un client"),
        "share",
        "SELECT avg(CASE WHEN subject_kind = 'customer' THEN 1 ELSE 0 END) AS value FROM"
        ' (SELECT source, "row", min(subject_kind) AS subject_kind FROM {statements}'
        ' GROUP BY source, "row")',
    ),
    Figure(
        "expectations",
        "understand",
        Words("expectations of the brand", "attentes envers la marque"),
        "count",
        f"SELECT count(*) AS value FROM {{expectations}} WHERE {_OF_THE_BRAND}",
    ),
    Figure(
        "met_share",
        "understand",
        Words("met, of those met or unmet", "satisfaites, parmi satisfaites ou insatisfaites"),
        "share",
        "SELECT avg(CASE WHEN status = 'met' THEN 1 ELSE 0 END) AS value FROM {expectations}"
        f" WHERE {_OF_THE_BRAND} AND status IN ('met', 'unmet')",
    ),
    Figure(
        "expectations_sure",
        "understand",
        Words("how surely expectations are coded, mean", "sûreté moyenne du codage des attentes"),
        "share",
        f"SELECT avg(probability) AS value FROM {{expectations}} WHERE {_OF_THE_BRAND}",
    ),
    Figure(
        "coded_by_hand",
        "understand",
        Words("expectations coded by hand", "attentes codées à la main"),
        "count",
        f"SELECT count(*) AS value FROM {{expectations}} WHERE {_OF_THE_BRAND} AND \"by\" = 'hand'",
    ),
)

SPREADS = (
    Spread(
        "expectations_by_status",
        "understand",
        Words("expectations by status", "attentes par statut"),
        f"SELECT status, count(*) FROM {{expectations}} WHERE {_OF_THE_BRAND} GROUP BY status",
        people=False,
        words=_WORDS,
    ),
    Spread(
        "expectations_by_dimension",
        "understand",
        Words("expectations by dimension", "attentes par dimension"),
        f"SELECT dimension, count(*) FROM {{expectations}} WHERE {_OF_THE_BRAND}"
        " GROUP BY dimension",
        people=False,
        words={
            "brand": Words("brand", "marque"),
            "product": Words("product", "produit"),
            "interaction": Words("interaction", "relation"),
            "society": Words("society", "société"),
        },
    ),
    Spread(
        "customers_by_status",
        "understand",
        Words(
            "customers by what they say of their expectations",
            "clients par ce qu'ils disent de leurs attentes",
        ),
        "SELECT status, count(DISTINCT subject) FROM {expectations} WHERE subject_kind ="
        f" 'customer' AND {_OF_THE_BRAND} GROUP BY status",
        words=_WORDS,
    ),
)
