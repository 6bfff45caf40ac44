"""The fixed words of the report, in both languages."""

from __future__ import annotations

from connu.measure.words import Words

#: Countries whose brands are told in French unless another language is asked.
FRENCH_SPEAKING = frozenset(
    "FR BE LU MC CH RE GP MQ GF YT PM BL MF WF PF NC TF SN CI ML BF NE TG BJ GA CG CD CM TD CF "
    "MG KM DJ GN HT MA TN DZ".split()
)

TEXTS: dict[str, Words] = {
    # ── the head ──────────────────────────────────────────────────────────────────────────────
    "title": Words("How well {brand} knows its customers", "Ce que {brand} sait de ses clients"),
    "kicker": Words("Scorecard", "Bilan"),
    "lede": Words(
        "How well the brand knows its customers, and how it knows that it knows.",
        "À quel point la marque connaît ses clients, et comment elle sait qu'elle les connaît.",
    ),
    "skip": Words("Skip to the figures", "Aller aux chiffres"),
    "contents": Words("Contents", "Sommaire"),
    "built": Words("Build", "Construction"),
    "purpose": Words("Read for", "Lu pour"),
    "segment": Words("Segment", "Segment"),
    "everybody": Words("everybody", "tout le monde"),
    "customers": Words("Customers", "Clients"),
    "left_out": Words("Left out", "Laissés de côté"),
    "left_out_why": Words(
        "they did not grant this purpose", "ils n'ont pas accordé cette finalité"
    ),
    "interactive": Words("Interactive charts", "Graphiques interactifs"),
    "interactive_on": Words("Charts are interactive", "Graphiques interactifs activés"),
    # ── one look ──────────────────────────────────────────────────────────────────────────────
    "look": Words("At one look", "En un coup d'œil"),
    "identified": Words("Identified", "Identifiés"),
    "identified_means": Words(
        "Who is this? The share that can be tied to a person.",
        "Qui est-ce\u202f? La part que l'on peut rattacher à une personne.",
    ),
    "known": Words("Known", "Connus"),
    "known_means": Words(
        "What does he intend? Those of whom a taste, a purchase or a departure is foretold.",
        "Que veut-il faire\u202f? Ceux dont on prévoit un goût, un achat ou un départ.",
    ),
    "understood": Words("Understood", "Compris"),
    "understood_means": Words(
        "What does he expect of the brand? Those who said so in their own words.",
        "Qu'attend-il de la marque\u202f? Ceux qui l'ont dit avec leurs propres mots.",
    ),
    "checked_on": Words("Checked on {people} people:", "Vérifié sur {people} personnes\u202f:"),
    "checked_plain": Words("Checked:", "Vérifié\u202f:"),
    "not_checked": Words("Not checked", "Non vérifié"),
    "not_checked_see": Words("Not checked:", "Non vérifié\u202f:"),
    "see_how": Words("see how to check it", "voir comment le vérifier"),
    "see_all_checks": Words("all checks", "toutes les vérifications"),
    "no_figure": Words("not told", "non dit"),
    # ── sections ──────────────────────────────────────────────────────────────────────────────
    "identify": Words("Identify", "Identifier"),
    "identify_lede": Words(
        "One customer behind all the sources, and what is known of visitors.",
        "Un seul client derrière toutes les sources, et ce que l'on sait des visiteurs.",
    ),
    "know": Words("Know", "Connaître"),
    "know_lede": Words(
        "Tastes, intents and future worth, read from behaviour.",
        "Goûts, intentions et valeur future, lus dans les comportements.",
    ),
    "understand": Words("Understand", "Comprendre"),
    "understand_lede": Words(
        "What customers expect of the brand, in their own words.",
        "Ce que les clients attendent de la marque, avec leurs propres mots.",
    ),
    "rightly": Words("How rightly", "Avec quelle justesse"),
    "rightly_lede": Words(
        "Measured on people held out, never on those learnt from.",
        "Mesuré sur des personnes mises de côté, jamais sur celles qui ont servi à apprendre.",
    ),
    "seen": Words("As the customers see it", "Comme les clients le voient"),
    "seen_lede": Words(
        "What customers themselves confirm, correct and answer.",
        "Ce que les clients eux-mêmes confirment, corrigent et répondent.",
    ),
    "steps": Words("What to do next", "Que faire ensuite"),
    "steps_lede": Words(
        "Ranked by how many more people would be known.",
        "Classé par le nombre de personnes mieux connues.",
    ),
    "trend": Words("Over the builds", "Au fil des constructions"),
    "trend_lede": Words(
        "How the main figures moved from build to build.",
        "Comment les chiffres principaux ont bougé d'une construction à l'autre.",
    ),
    "missing": Words("What is missing", "Ce qui manque"),
    "missing_lede": Words(
        "What the brand did not bring, and what it would be good for.",
        "Ce que la marque n'a pas apporté, et à quoi cela servirait.",
    ),
    "how": Words("How each figure is had", "Comment chaque chiffre est obtenu"),
    "how_lede": Words(
        "Every figure is one query over the tables of the build. "
        "Run it yourself, or ask connu to print it.",
        "Chaque chiffre est une requête sur les tables de la construction. "
        "Exécutez-la, ou demandez à connu de l'écrire.",
    ),
    "nothing_yet": Words(
        "There is nothing to measure yet. What follows says what to bring.",
        "Il n'y a encore rien à mesurer. Ce qui suit dit quoi apporter.",
    ),
    # ── tables ────────────────────────────────────────────────────────────────────────────────
    "figure": Words("Figure", "Chiffre"),
    "value": Words("Value", "Valeur"),
    "on_people": Words("on {people} people", "sur {people} personnes"),
    "base": Words("baseline {value}", "référence {value}"),
    "part": Words("Part", "Part"),
    "how_many": Words("How many", "Combien"),
    "share": Words("Share", "Proportion"),
    "few": Words("few", "peu"),
    "few_note": Words(
        "few: fewer than {least} people, or a figure that would give such a one away. "
        "It is not shown.",
        "peu\u202f: moins de {least} personnes, ou un chiffre qui en trahirait un tel. "
        "Il n'est pas montré.",
    ),
    "interval_note": Words(
        "Brackets hold the 95 % interval of an estimate; a count of what is there has none.",
        "Entre parenthèses, l'intervalle à 95 % d'une estimation\u202f; un simple compte n'en a "
        "pas.",
    ),
    "scroll": Words("table, scrolls sideways", "tableau, défile sur le côté"),
    "chart_table": Words("The figures of this chart", "Les chiffres de ce graphique"),
    "curve_explained": Words(
        "On the diagonal a probability means what it says: of those told at 80 %, 80 % are right. "
        "The table below it holds the same figures.",
        "Sur la diagonale, une probabilité veut dire ce qu'elle dit\u202f: de ce qui est annoncé à "
        "80 %, 80 % est juste. Le tableau en dessous tient les mêmes chiffres.",
    ),
    "chart_told": Words(
        "The same figures stand in the table beside it.",
        "Les mêmes chiffres sont dans le tableau à côté.",
    ),
    "known_by": Words(
        "How each attribute of customers is known",
        "Comment chaque attribut des clients est connu",
    ),
    "attribute": Words("Attribute", "Attribut"),
    # ── understand ────────────────────────────────────────────────────────────────────────────
    "themes": Words("Themes: met, unmet, wished", "Thèmes\u202f: satisfait, insatisfait, souhaité"),
    "theme": Words("Theme", "Thème"),
    "texts": Words("Texts", "Textes"),
    "speakers": Words("Customers", "Clients"),
    "met": Words("Met", "Satisfait"),
    "unmet": Words("Unmet", "Insatisfait"),
    "wished": Words("Wished", "Souhaité"),
    "met_share": Words("Met, of met and unmet", "Satisfait, sur satisfait et insatisfait"),
    "driver": Words("Weight in ratings", "Poids dans les notes"),
    "f1": Words("Coded rightly (F1)", "Codé justement (F1)"),
    "more_quotes": Words("Of further themes", "D'autres thèmes"),
    "quotes": Words("In their words", "Avec leurs mots"),
    "surely": Words("sure to {share}", "sûr à {share}"),
    "dimension.brand": Words("brand", "marque"),
    "dimension.product": Words("product", "produit"),
    "dimension.interaction": Words("interaction", "relation"),
    "dimension.society": Words("society", "société"),
    "status.met": Words("met", "satisfait"),
    "status.unmet": Words("unmet", "insatisfait"),
    "status.wished": Words("wished", "souhaité"),
    "status.unknown": Words("asked for", "demandé"),
    # ── know ──────────────────────────────────────────────────────────────────────────────────
    "intents": Words("Intents now, by category", "Intentions du moment, par catégorie"),
    "category": Words("Category", "Catégorie"),
    "horizon": Words("Within", "D'ici"),
    "days": Words("{days} days", "{days} jours"),
    "within_days": Words("within {days} days", "d'ici {days} jours"),
    "visitors": Words("Visitors", "Visiteurs"),
    "buyers": Words("Expected buyers", "Acheteurs attendus"),
    "expected_value": Words("Expected value", "Valeur attendue"),
    # ── how rightly ───────────────────────────────────────────────────────────────────────────
    "accuracy_look": Words("Every check at one look", "Toutes les vérifications en un coup d'œil"),
    "checks_note": Words(
        "The band is the 95 % interval, the upright stroke the baseline. "
        "Pale: kept silent, for it was not right enough.",
        "La bande est l'intervalle à 95 %, le trait vertical la référence. "
        "Pâle\u202f: tu, faute d'être assez juste.",
    ),
    "kind.identities": Words("Identities", "Identités"),
    "kind.twins": Words("Told by twins", "Dit par les jumeaux"),
    "kind.intents": Words("Intents", "Intentions"),
    "kind.expectations": Words("Expectations", "Attentes"),
    "kind.other": Words("Other checks", "Autres vérifications"),
    "measured_on": Words("Measured on {on}", "Mesuré sur\u202f: {on}"),
    "of_date": Words("on {date}", "le {date}"),
    "told_now": Words("told of {people} now", "dit de {people} aujourd'hui"),
    "unpublished": Words("kept silent: not right enough", "tu\u202f: pas assez juste"),
    "curve": Words("Told, and how often right", "Annoncé, et combien de fois juste"),
    "curve_told": Words("probability told", "probabilité annoncée"),
    "curve_right": Words("share right", "part juste"),
    "from_to": Words("Told", "Annoncé"),
    "mean_told": Words("Mean told", "Annoncé en moyenne"),
    "right": Words("Right", "Juste"),
    "people": Words("People", "Personnes"),
    "get_truth": Words("How to get truth", "Comment obtenir la vérité"),
    # ── what to do next ───────────────────────────────────────────────────────────────────────
    "more_people": Words("of {people} people", "de {people} personnes"),
    "unit.records": Words("records", "fiches"),
    "unit.customers": Words("customers", "clients"),
    "unit.visitors": Words("visitors", "visiteurs"),
    "unit.verbatims": Words("texts", "textes"),
    "unit.statements": Words("statements", "énoncés"),
    "unit.rows": Words("rows", "lignes"),
    # ── trend ─────────────────────────────────────────────────────────────────────────────────
    "when": Words("Build of", "Construction du"),
    # ── appendix and foot ─────────────────────────────────────────────────────────────────────
    "made_by": Words(
        "Made by connu from build {build}. This page asks nothing of any network.",
        "Fait par connu à partir de la construction {build}. "
        "Cette page ne demande rien à aucun réseau.",
    ),
}


def language_of(country: str) -> str:
    """The language a brand of this country is told in, unless another is asked.

    >>> language_of("BE"), language_of("GB")
    ('fr', 'en')
    """
    return "fr" if country.upper() in FRENCH_SPEAKING else "en"


class Said:
    """The fixed words in one language: `said("few")`, `said("days", days=30)`.

    Raises:
        KeyError: no such text.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str, **values: object) -> str:
        text = TEXTS[name].said(self.language)
        return text.format(**values) if values else text

    def named(self, group: str, name: str) -> str:
        """What a word of the tables is called here; one that is not known stays as it is.

        >>> Said("fr").named("dimension", "product"), Said("fr").named("unit", "boxes")
        ('produit', 'boxes')
        """
        words = TEXTS.get(f"{group}.{name}")
        return name if words is None else words.said(self.language)
