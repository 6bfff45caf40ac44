"""What the brand did not bring, and what it would be good for: an empty part says why."""

from __future__ import annotations

from connu.app.reading import Reading
from connu.kernel.settings import Settings
from connu.measure.card import Missing
from connu.measure.words import Words

_BRING: dict[str, tuple[Words, Words]] = {
    "people": (
        Words("no people source", "aucune source de personnes"),
        Words(
            "Name a customer file, accounts or loyalty cards in connu.toml (kind = «people»): "
            "without them nobody is a customer.",
            "Nommez un fichier clients, des comptes ou des cartes de fidélité dans connu.toml "
            "(kind = «people») : sans eux, nul n'est client.",
        ),
    ),
    "one_source": (
        Words("one people source only", "une seule source de personnes"),
        Words(
            "Bring a second one (accounts, loyalty cards, support …): what one source knows alone "
            "can be held against nothing.",
            "Apportez-en une seconde (comptes, cartes, support…) : ce qu'une source sait seule ne "
            "se compare à rien.",
        ),
    ),
    "events": (
        Words("no events", "aucun événement"),
        Words(
            "Name a web log or orders in connu.toml (kind = «events»): they tell what customers "
            "are after, and let twins speak of visitors.",
            "Nommez un journal web ou des commandes dans connu.toml (kind = «events») : ils disent "
            "ce que cherchent les clients et font parler les jumeaux des visiteurs.",
        ),
    ),
    "products": (
        Words("no catalogue", "aucun catalogue"),
        Words(
            "Name your products in connu.toml (kind = «products», with category and price): "
            "affinities and intents are told by category.",
            "Nommez vos produits dans connu.toml (kind = «products», avec catégorie et prix) : "
            "affinités et intentions se disent par catégorie.",
        ),
    ),
    "verbatims": (
        Words("no texts", "aucun texte"),
        Words(
            "Name surveys, reviews or support messages in connu.toml (kind = «verbatims»): what "
            "customers expect is in their own words.",
            "Nommez des enquêtes, avis ou messages du support dans connu.toml "
            "(kind = «verbatims») : ce que les clients attendent est dans leurs mots.",
        ),
    ),
    "customers": (
        Words("no customer may be read", "aucun client ne peut être lu"),
        Words(
            "No record came in, or nobody granted this purpose: connu status says which.",
            "Aucune fiche n'est entrée, ou personne n'a accordé cette finalité : connu status dit "
            "laquelle.",
        ),
    ),
    "survey": (
        Words("no customer was asked", "aucun client n'a été interrogé"),
        Words(
            "Ask 400 customers drawn at random whether what you say of them is right (connu survey "
            "draw): ±5 points.",
            "Demandez à 400 clients tirés au hasard si ce que vous dites d'eux est juste (connu "
            "survey draw) : ±5 points.",
        ),
    ),
}


def missing_of(
    reading: Reading, settings: Settings, *, customers: int, asked: bool
) -> list[Missing]:
    """What is missing, in the order of the scorecard.

    Args:
        reading: the build, opened for a purpose.
        settings: the brand's.
        customers: that may be read.
        asked: whether customers were asked what they find.
    """
    people = sum(source.kind == "people" for source in settings.sources.values())
    names = ["people"] if not people else ["customers"] if not customers else []
    names += ["one_source"] if people == 1 else []
    names += [kind for kind in ("events", "products", "verbatims") if not _any(reading, kind)]
    names += [] if asked or not customers else ["survey"]
    return [Missing(name, *_BRING[name]) for name in names]


def _any(reading: Reading, table: str) -> bool:
    if not reading.build.has(table):
        return False
    return bool(reading.rows(f"SELECT 1 AS one FROM {table} LIMIT 1"))
