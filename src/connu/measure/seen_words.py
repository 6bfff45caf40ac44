"""What the figures of the brand as its customers see it are called, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from connu.measure.words import Words

DRAW = "connu survey draw -o ask.csv"
NOT_ASKED = Words(
    "not asked: a survey of 400 random customers gives ±5 points",
    "pas encore demandé : une enquête auprès de 400 clients au hasard donne ±5 points",
)
SIDES = {
    "survey": (
        Words("asked at random", "interrogés au hasard"),
        Words(
            "drawn at random: it holds for all customers, as far as those who answer are like "
            "those who do not",
            "tirés au hasard : vaut pour tous les clients, pour autant que ceux qui répondent "
            "ressemblent aux autres",
        ),
    ),
    "source": (
        Words("asked by the brand itself ({source})", "interrogés par la marque ({source})"),
        Words(
            "it holds for all customers as far as the brand asked them at random, and those who "
            "answered are like those who did not",
            "vaut pour tous les clients, pour autant que la marque les ait tirés au hasard et que "
            "ceux qui répondent ressemblent aux autres",
        ),
    ),
    "unasked": (
        Words("said unasked", "dit sans qu'on le demande"),
        Words(
            "no random sample: whoever corrects is not like whoever does not; it does not hold "
            "for all customers",
            "pas un échantillon au hasard : qui corrige ne ressemble pas à qui se tait ; ne vaut "
            "pas pour tous les clients",
        ),
    ),
}
ALL = Words("all statements", "toutes les affirmations")
CONFIRMED = Words("statements that customers confirm", "affirmations que les clients confirment")
TOLD = Words("as sure as connu was of them", "aussi sûr que connu en était")
GAP = Words("how much too sure connu was", "de combien connu était trop sûr")
KNOWN = Words(
    "customers who say that the brand knows them (7 or more of 10)",
    "clients qui disent que la marque les connaît (7 ou plus sur 10)",
)
MEAN = Words("«does this brand know you?», of 10", "« cette marque vous connaît-elle ? », sur 10")
OWN_GAP = Words("by how much the brand overrates itself", "de combien la marque se surestime")
PARTS = {
    "declared": Words("declared", "déclaré"),
    "observed": Words("observed", "observé"),
    "linked": Words("linked", "relié"),
    "derived": Words("derived", "déduit"),
    "twins": Words("told by twins", "dit par les jumeaux"),
    "intents": Words("read from behaviour", "lu dans le comportement"),
    "coded": Words("coded from their words", "codé d'après leurs mots"),
    "affinity": Words("interest", "centre d'intérêt"),
    "expectation": Words("expectation", "attente"),
}


def joined(parts: Sequence[Words]) -> Words:
    """Words after one another, the wider first.

    >>> joined([Words("unasked", "spontanés"), Words("confirmed", "confirmé")])
    Words(en='unasked: confirmed', fr='spontanés : confirmé')
    """
    return Words(": ".join(one.en for one in parts), " : ".join(one.fr for one in parts))
