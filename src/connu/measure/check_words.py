"""What is checked, in words: kinds of statements, measures, on whom, and how to get truth."""

from __future__ import annotations

from typing import NamedTuple

from connu.measure.words import Words


class Measure(NamedTuple):
    """A measure of a reliability table that is worth a claim.

    Attributes:
        measure: the table's word. coverage: only the row of this coverage; None: there is one.
        name: the claim's last word.
        label, unit: the claim's.
    """

    measure: str
    name: str
    label: Words
    unit: str
    coverage: float | None = None


_AUC = Words("told apart (area under the ROC curve)", "distingués (aire sous la courbe ROC)")
_ECE = Words("calibration error", "erreur de calibration")

#: By kind, the first being the one to look at.
MEASURES: dict[str, tuple[Measure, ...]] = {
    "twins": (
        Measure(
            "stated",
            "right",
            Words("right, of what is said", "justes, parmi ce qui est dit"),
            "share",
        ),
        Measure(
            "accuracy",
            "accuracy",
            Words("right, were everybody told", "justes, si l'on parlait de tous"),
            "share",
            1.0,
        ),
        Measure("auc", "auc", _AUC, "share"),
        Measure("ece", "ece", _ECE, "share"),
        Measure(
            "coverage_at_90",
            "coverage_at_90",
            Words("could be told, right nine times of ten", "dicibles, justes neuf fois sur dix"),
            "share",
        ),
    ),
    "buy": (
        Measure("roc_auc", "auc", _AUC, "share"),
        Measure(
            "lift10",
            "lift",
            Words(
                "lift: buyers among the tenth told highest, over all",
                "lift : acheteurs parmi le dixième le plus probable, sur tous",
            ),
            "score",
        ),
        Measure("ece", "ece", _ECE, "share"),
    ),
    "affinity": (
        Measure(
            "log_loss", "log_loss", Words("mean surprise, nats", "surprise moyenne, nats"), "score"
        ),
    ),
    "next": (
        Measure(
            "hr5",
            "five",
            Words("what came was among the five named", "la suite était parmi les cinq nommées"),
            "share",
        ),
        Measure(
            "hr1",
            "first",
            Words("what came was the first named", "la suite était la première nommée"),
            "share",
        ),
        Measure("ece", "ece", _ECE, "share"),
    ),
    "stay": (
        Measure(
            "purchases_coverage",
            "purchases_inside",
            Words(
                "purchases inside the 80 % range told", "achats dans la fourchette de 80 % annoncée"
            ),
            "share",
        ),
        Measure(
            "value_coverage",
            "value_inside",
            Words("value inside the 80 % range told", "valeur dans la fourchette de 80 % annoncée"),
            "share",
        ),
        Measure("again_ece", "ece", _ECE, "share"),
    ),
    "expectations": (
        Measure("micro_f1", "f1", Words("F1 over all themes", "F1 sur tous les thèmes"), "share"),
        Measure(
            "macro_f1", "macro_f1", Words("F1, mean of themes", "F1, moyenne des thèmes"), "share"
        ),
    ),
}

#: What is stated.
KINDS: dict[str, Words] = {
    "identities": Words("records of one person put together", "fiches d'une même personne réunies"),
    "twins": Words("{what}, told by twins", "{what}, selon les jumeaux"),
    "visitors": Words("{what} of labelled visitors", "{what} de visiteurs étiquetés"),
    "affinity.category": Words("categories somebody is after", "catégories recherchées"),
    "buy.any": Words("buys anything within {within_en}", "achète quelque chose sous {within_fr}"),
    "buy.category": Words(
        "buys in a category within {within_en}", "achète dans une catégorie sous {within_fr}"
    ),
    "next.product": Words("the product looked at next", "le produit regardé ensuite"),
    "next.category": Words("the category looked at next", "la catégorie regardée ensuite"),
    "stay.any": Words(
        "purchases and value within {within_en}", "achats et valeur sous {within_fr}"
    ),
    "expectations": Words("expectations coded from words", "attentes codées d'après les mots"),
}

#: On whom it was measured.
ON: dict[str, Words] = {
    "identities": Words("labelled records", "fiches étiquetées"),
    "twins": Words(
        "known customers held out, never learnt from",
        "clients connus mis de côté, dont rien n'a été appris",
    ),
    "intents": Words(
        "what people did in a later time, held out",
        "ce que les gens ont fait dans un temps postérieur, mis de côté",
    ),
    "expectations": Words(
        "texts coded by hand that the model did not see",
        "textes codés à la main que le modèle n'a pas vus",
    ),
}

#: How to get truth where there is none.
NO_TRUTH: dict[str, Words] = {
    "identities": Words(
        "Not checked: say of some hundred records who they truly are (source, record_id, person), "
        "or ask customers: a survey of 400 drawn at random gives ±5 points.",
        "Pas vérifié : dites de quelques centaines de fiches qui elles sont vraiment (source, "
        "record_id, person), ou demandez aux clients : une enquête auprès de 400 tirés au hasard "
        "donne ±5 points.",
    ),
    "twins": Words(
        "Not checked: too few customers are known by it. Ask visitors drawn at random: 400 "
        "answers give ±5 points.",
        "Pas vérifié : trop peu de clients sont connus par là. Demandez à des visiteurs tirés au "
        "hasard : 400 réponses donnent ±5 points.",
    ),
    "intents": Words(
        "Not checked: too few people did it in the time held out.",
        "Pas vérifié : trop peu de gens l'ont fait dans le temps mis de côté.",
    ),
    "expectations": Words(
        "Not checked: code some texts by hand; from 40 on it is measured, 400 drawn at random give "
        "±5 points.",
        "Pas vérifié : codez des textes à la main ; dès 40, on mesure ; 400 tirés au hasard "
        "donnent ±5 points.",
    ),
}
