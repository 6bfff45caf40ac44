"""Scorecards made by hand: a rich one, one of a single customer, an empty one, a hostile one."""

from __future__ import annotations

import math
from typing import Any

from connu.measure.card import IntentNow, Missing, Point, Scorecard, Theme
from connu.measure.claims import Breakdown, Check, Claim
from connu.measure.few import Cell
from connu.measure.intervals import wilson
from connu.measure.reliability import Reliability
from connu.measure.steps import Step
from connu.measure.words import Words

#: What a value may hold that must never become markup, an address or a script.
HOSTILE = (
    "</script><script>window.hurt=1;alert(1)</script>",
    '"><img src=x onerror="window.hurt=1">',
    "' onmouseover='window.hurt=1",
    "{{7*7}}{% raw %}",
    "javascript:window.hurt=1",
    "<!--<svg/onload=window.hurt=1>",
    "]]></style><style>body{display:none}",
    "\u202eesrever\u202c \u2028\u2029 \u0007",
    "https://example.org/?a=1&b=<2>",
    "/".join(["Maison & jardin", "Linge de lit", "Housses de couette"] * 6),
)


def claim(name: str, section: str, en: str, fr: str, unit: str, value: Any, **more: Any) -> Claim:
    how = f"SELECT count(*) AS value\nFROM customers\nWHERE '{name}' <> ''"
    return Claim(name, section, Words(en, fr), unit, value, more.pop("how", how), **more)


def share(name: str, section: str, en: str, fr: str, hits: int, people: int, **more: Any) -> Claim:
    """A share of people, with Wilson's interval."""
    found = wilson(hits / people, people)
    return claim(name, section, en, fr, "share", found.value, low=found.low, high=found.high,
                 people=people, **more)  # fmt: skip


def curve(bent: float = 0.0, hidden: bool = True) -> list[Reliability]:
    """A reliability curve: told beside right, which `bent` makes too sure."""
    made = []
    for place in range(2, 15):
        told = (place + 0.5) / 15
        people = int(20 + 140 * math.exp(-(((told - 0.75) / 0.2) ** 2)))
        right = wilson(min(1.0, max(0.0, told - bent * told * (1 - told))), people)
        made.append(Reliability(place / 15, (place + 1) / 15, people, told, right))
    if hidden:
        first = made[0]
        made[0] = Reliability(first.low, first.high, None, None, None)
    return made


KNOWN = {
    "declared": Words("declared", "déclaré"),
    "derived": Words("derived", "déduit"),
    "told by twins": Words("told by twins", "dit par les jumeaux"),
    "unknown": Words("unknown", "inconnu"),
}


def known(name: str, en: str, fr: str, *counts: int | None) -> Breakdown:
    cells = [Cell(label, n, n is None) for label, n in zip(KNOWN, counts, strict=True)]
    how = "SELECT how, count(*) FROM known GROUP BY how"
    return Breakdown(f"known_by_{name}", "identify", Words(en, fr), cells, how, KNOWN)


def breakdown(
    name: str, section: str, en: str, fr: str, cells: dict[str, int | None], **words: Words
) -> Breakdown:
    made = [Cell(label, n, n is None) for label, n in cells.items()]
    how = f"SELECT part, count(*) FROM {name} GROUP BY part"
    return Breakdown(name, section, Words(en, fr), made, how, words)


CLAIMS = [
    claim("records", "identify", "records", "fiches", "count", 70_770),
    claim("customers", "identify", "customers behind them", "clients derrière elles", "count",
          33_591),
    claim("visitors", "identify", "visitors nobody knows", "visiteurs que nul ne connaît", "count",
          48_150),
    claim("records_per_customer", "identify", "records per customer", "fiches par client", "mean",
          2.107),
    share("several_sources_share", "identify", "customers known to several sources",
          "clients que plusieurs sources connaissent", 20_390, 33_591),
    share("events_tied_share", "identify", "activity tied to a customer",
          "activité rattachée à un client", 340_101, 659_110),
    claim("value_tied_share", "identify", "value bought, tied to a customer",
          "valeur achetée, rattachée à un client", "share", 0.8731),
    claim("undecided_pairs", "identify", "pairs in doubt, not merged",
          "paires en doute, non fusionnées", "count", 755),
    claim("social_only", "identify", "customers known to social media alone",
          "clients connus des seuls réseaux sociaux", "count", None, hidden=True),
    share("intent_customers_share", "know", "customers of whom an intent is told",
          "clients dont une intention est dite", 7_088, 33_591),
    share("affinity_customers_share", "know", "customers with an affinity",
          "clients avec une affinité", 5_870, 33_591),
    claim("worth", "know", "what they are expected to bring within a year",
          "ce qu'ils devraient apporter d'ici un an", "money", 1_284_530.0, low=1_190_000.0,
          high=1_390_500.0, people=5_550),
    claim("lift_buy", "know", "lift of purchase within 30 days", "lift de l'achat sous 30 jours",
          "score", 7.33, low=6.2, high=8.41, people=2_112, base=1.0),
    share("heard_customers_share", "understand", "customers heard at least once",
          "clients entendus au moins une fois", 4_021, 33_591),
    share("expectation_customers_share", "understand", "customers of whom an expectation is known",
          "clients dont une attente est connue", 2_950, 33_591),
    share("met_share", "understand", "met, of those met or unmet",
          "satisfaites, parmi satisfaites ou insatisfaites", 2_870, 5_210),
    claim("coded_by_hand", "understand", "expectations coded by hand",
          "attentes codées à la main", "count", 412),
    claim("calibrated_mean", "rightly", "statements whose probability was checked",
          "énoncés dont la probabilité a été vérifiée", "share", 0.714),
    share("confirmed_share", "seen", "statements that customers confirmed, of those they answered",
          "énoncés confirmés par les clients, parmi ceux auxquels ils ont répondu", 331, 412),
    share("survey_knows_me", "seen", "«this brand knows me», customers who agree",
          "« cette marque me connaît », clients d'accord", 138, 402),
    claim("gap", "seen", "gap between the brand's estimate and theirs",
          "écart entre l'estimation de la marque et la leur", "gap", 0.261, low=0.207,
          high=0.315, people=402),
]  # fmt: skip

BREAKDOWNS = [
    known("name", "customers by name", "clients par nom", 32_410, 0, 0, 1_181),
    known("sex", "customers by sex", "clients par sexe", 12_060, 15_000, 3_120, 3_411),
    known("birth_year", "customers by year of birth", "clients par année de naissance",
          9_050, 12_120, 2_010, 10_411),
    known("place", "customers by place", "clients par lieu", 27_090, 0, None, 6_470),
    breakdown("records_by_link", "identify", "records by what ties them to their customer",
              "fiches par ce qui les rattache à leur client",
              {"alone": 12_560, "identifier": 40_630, "probability": 17_580},
              alone=Words("alone", "seule"), identifier=Words("identifier", "identifiant"),
              probability=Words("probability", "probabilité")),
    breakdown("visitors_by_standing", "identify", "cookies by who is behind them",
              "cookies par qui est derrière",
              {"known customer": 32_530, "shared device": 360, "unknown visitor": 48_150}),
    breakdown("customers_by_source", "identify", "customers by source", "clients par source",
              {"accounts": 19_410, "crm": 19_470, "réseaux sociaux": 4_870, "support": 6_470,
               "web": None, "désabonnés": None}),
    breakdown("moments_by_kind", "know", "what just happened", "ce qui vient d'arriver",
              {"abandoned basket": 412, "first purchase": 88, "silence": 1_204}),
    breakdown("expectations_by_status", "understand", "expectations by status",
              "attentes par statut", {"met": 2_870, "unmet": 2_340, "unknown": 1_115},
              met=Words("met", "satisfaite"), unmet=Words("unmet", "insatisfaite"),
              unknown=Words("asked for", "demandée")),
]  # fmt: skip

HELD_OUT = Words("customers held out", "clients mis de côté")


def check(name: str, kind: str, en: str, fr: str, hits: int, people: int, **more: Any) -> Check:
    found = share(f"{name}.accuracy", "rightly", "right", "juste", hits, people)
    error = claim(f"{name}.ece", "rightly", "calibration error", "erreur de calibration", "share",
                  0.0231, low=0.011, high=0.041, people=people)  # fmt: skip
    given: dict[str, Any] = {
        "checked": True, "published": True, "told": 4_120, "curve": curve(0.3),
        "curve_how": f"SELECT told, right FROM curves WHERE name = '{name}'",
        "on": HELD_OUT, "people": people, "at": "2026-11-28",
    }  # fmt: skip
    return Check(name, kind, Words(en, fr), claims=[found, error], **(given | more))


CHECKS = [
    Check("identities", "identities", Words("who is who", "qui est qui"), False, True, 33_591, [],
          [], "", Words("labelled records", "fiches étiquetées"),
          remark=Words("Label 400 random records with who they truly are: ±5 points.",
                       "Étiquetez 400 fiches au hasard avec qui elles sont vraiment : ±5 points."),
          command="connu evaluate identities TRUTH.csv"),
    check("twins.sex", "twins", "sex of visitors", "sexe des visiteurs", 342, 412),
    check("twins.age_band", "twins", "age band of visitors", "tranche d'âge des visiteurs", 201,
          457, published=False, told=0, curve=curve(1.2)),
    check("intents.buy.any.30", "intents", "purchase within 30 days", "achat sous 30 jours", 1_822,
          2_112, curve=curve(0.1, hidden=False)),
    check("intents.stay.365", "intents", "staying for a year", "fidélité sur un an", 455, 555,
          told=None, curve=[], curve_how=""),
    check("expectations", "expectations", "themes of texts", "thèmes des textes", 733, 940,
          remark=Words("Coded by two people: they agree at .88.",
                       "Codé par deux personnes : elles s'accordent à 0,88."),
          command="connu code --second"),
]  # fmt: skip


def theme(
    name: str, dimension: str, met: int | None, unmet: int | None, wished: int | None, **more: Any
) -> Theme:
    told = (met or 0) + (unmet or 0)
    found = wilson((met or 0) / told, told) if told else None
    return Theme(
        name, dimension, told + (wished or 0) + 12, told // 2 + 10, met, unmet, wished,
        None if found is None else (found.value, found.low, found.high),
        how=f"SELECT count(*) FROM expectations WHERE theme = '{name}'", **more,
    )  # fmt: skip


THEMES = [
    theme("delivery", "interaction", 310, 722, 88, driver=(0.21, 0.126, 0.294),
          f1=(0.84, 0.79, 0.88), label=Words("delivery", "livraison"), quotes=[
        {"quote": "le colis est arrivé avec trois jours de retard, et déchiré", "status": "unmet",
         "probability": 0.97, "form": "complaint"},
        {"quote": "livré le lendemain, bravo", "status": "met", "probability": 0.93},
        {"quote": "I wish I could choose the hour", "status": "unknown", "probability": 0.81}]),
    theme("price", "product", 420, 512, 131, driver=(0.14, 0.084, 0.196),
          f1=(0.77, 0.71, 0.82), quotes=[
        {"quote": "trop cher pour ce que c'est", "status": "unmet", "probability": 0.95}]),
    theme("customer_care", "interaction", 611, 340, 40, driver=(0.33, 0.198, 0.462),
          f1=(0.81, 0.76, 0.86)),
    theme("quality", "product", 905, 388, 61, driver=(0.19, 0.114, 0.266),
          f1=(0.86, 0.82, 0.9), quotes=[
        {"quote": "la qualité est au rendez-vous, œuvre soignée", "status": "met",
         "probability": 0.99}]),
    theme("environment", "society", 12, 31, 96, driver=None, f1=None),
    theme("personal_data", "society", None, 22, None, driver=(0.01, 0.006, 0.014)),
    theme("honesty", "brand", 71, 66, 12, driver=(0.05, 0.030, 0.070), f1=(0.69, 0.55, 0.8)),
]  # fmt: skip


def intent(category: str, *figures: Any) -> IntentNow:
    return IntentNow(category, *figures, how=f"SELECT * FROM intents WHERE target = '{category}'")


INTENTS = [
    intent("Linge de lit/Housses de couette", 30, 1_240, 3_310, 214.6, 18_240.0),
    intent("Rideaux et voilages", 30, 640, 2_115, 120.2, 14_905.5),
    intent("Vaisselle/Assiettes", 30, 410, 1_204, 74.9, 3_310.0),
    intent("Tapis/Tapis berbères/Laine", 30, 57, None, 8.1, 2_050.0),
    intent("Bougies", 30, 322, 911, 61.4, None),
]

STEPS = [
    Step("ask.support.email", "identifier",
         Words("12 % of support cases carry no identifier: asking the e-mail would tie 3,400 more.",
               "12 % des dossiers du service client n'ont aucun identifiant : demander l'e-mail en "
               "rattacherait 3 400 de plus."),
         3_400, "records", 2_870, "SELECT count(*) AS value FROM people WHERE email IS NULL",
         low=3_105.0, high=3_702.0),
    Step("ask.birth_date", "attribute",
         Words("The sex of 41 % of visitors could be told if birth_date were asked at sign-up.",
               "Le sexe de 41 % des visiteurs pourrait être dit si birth_date était demandée à "
               "l'inscription."), 1_974, "visitors", 1_974, "SELECT 1974 AS value"),
    Step("label.delivery", "labels",
         Words("Theme «delivery» is coded less reliably than two people agree: 60 labels would do.",
               "Le thème « livraison » est codé moins justement que deux personnes ne "
               "s'accordent : 60 étiquettes suffiraient."),
         60, "verbatims", 410, "SELECT 60 AS value", command="connu code --theme delivery"),
]  # fmt: skip

_MOVES = {
    "events_tied_share": ("share", (0.44, 0.47, 0.46, 0.502, 0.516)),
    "intent_customers_share": ("share", (0.15, 0.18, 0.21, 0.2, 0.211)),
    "expectation_customers_share": ("share", (0.02, 0.05, 0.061, 0.08, 0.0878)),
    "customers": ("count", (29_100, 30_400, 31_222, 32_980, 33_591)),
    "worth": ("money", (998_000.0, 1_102_000.0, 1_130_000.0, 1_250_100.0, 1_284_530.0)),
}

TREND = [
    Point(f"2026{month:02d}01T080000000Z", f"2026-{month:02d}-01T08:00:00Z", name, unit, value,
          *((value - 0.01, value + 0.01) if unit == "share" else (None, None)))
    for name, (unit, values) in _MOVES.items()
    for month, value in enumerate(values, 7)
]  # fmt: skip

MISSING = [
    Missing("survey", Words("the survey question «does this brand know you?»",
                            "la question « cette marque vous connaît-elle ? »"),
            Words("Add it to your next survey, and bring the answers as verbatims with a rating.",
                  "Ajoutez-la à votre prochaine enquête, et apportez les réponses comme verbatims "
                  "avec une note.")),
]  # fmt: skip


def rich_card(**more: Any) -> Scorecard:
    """A card with something in every part."""
    given: dict[str, Any] = {
        "brand": "Maison Claire & Fils", "build": "20261128T220644123Z",
        "built": "2026-11-28T22:06:44Z", "purpose": "service", "left_out": 412,
        "segment": "place = 'Besançon' AND sex = 'woman'", "currency": "EUR", "claims": CLAIMS,
        "breakdowns": BREAKDOWNS, "checks": CHECKS, "themes": THEMES, "intents": INTENTS,
        "steps": STEPS, "trend": TREND, "missing": MISSING,
        "remarks": [Words("Visitors differ from customers: what is told of them is less sure.",
                          "Les visiteurs diffèrent des clients : on en dit moins.")],
    }  # fmt: skip
    return Scorecard(**(given | more))


def empty_card() -> Scorecard:
    """A brand that brought nothing."""
    kinds = {
        "people": ("customers", "des clients", "Name a source of kind people in connu.toml.",
                   "Nommez une source de nature people dans connu.toml."),
        "events": ("behaviour", "des comportements", "Name a source of kind events.",
                   "Nommez une source de nature events."),
        "verbatims": ("texts", "des textes", "Name a source of kind verbatims.",
                      "Nommez une source de nature verbatims."),
        "products": ("a catalogue", "un catalogue", "Name a source of kind products.",
                     "Nommez une source de nature products."),
    }  # fmt: skip
    missing = [
        Missing(name, Words(en, fr), Words(bring_en, bring_fr))
        for name, (en, fr, bring_en, bring_fr) in kinds.items()
    ]
    return Scorecard("Rien du tout", "20261128T220644123Z", "2026-11-28T22:06:44Z", "service",
                     missing=missing)  # fmt: skip


def one_customer_card() -> Scorecard:
    """A brand of one customer: everything about people is hidden."""
    hidden = [
        claim(one.name, one.section, one.label.en, one.label.fr, one.unit, None, hidden=True)
        for one in CLAIMS
        if one.section != "rightly"
    ]
    cells = breakdown("records_by_source", "identify", "records by source", "fiches par source",
                      {"crm": None, "web": None})  # fmt: skip
    unknown = [check for check in CHECKS if not check.checked]
    return Scorecard("Un seul", "20261128T220644123Z", "2026-11-28T22:06:44Z", "service",
                     left_out=None, claims=hidden, breakdowns=[cells], checks=unknown,
                     missing=MISSING)  # fmt: skip


def hostile_card() -> Scorecard:
    """The rich card with hostile values wherever a brand's own may stand."""
    bad = HOSTILE
    said = [Words(one, one) for one in bad]
    return rich_card(
        brand=" ".join(bad),
        build=bad[1],
        segment=bad[0],
        purpose=bad[2],
        currency=bad[1],
        claims=[
            *CLAIMS,
            *(claim(word, "identify", word, word, "count", 1, how=word) for word in bad),
        ],
        breakdowns=[
            *BREAKDOWNS,
            breakdown("customers_by_brand", "identify", bad[0], bad[1], dict.fromkeys(bad, 40)),
            breakdown("records_by_source", "identify", bad[0], bad[1], dict.fromkeys(bad, 40)),
            *(Breakdown(f"known_by_{word}", "identify", Words(word, word),
                        [Cell(word, 30), Cell("unknown", 12)], word) for word in bad),
        ],
        checks=[
            *CHECKS,
            *(check(word, "twins", word, word, 20, 40, remark=words, on=words, command=word,
                    at=word, curve_how=word)
              for word, words in zip(bad, said, strict=True)),
        ],
        themes=[
            *THEMES,
            *(theme(word, word, 20, 30, 40, label=Words(word, word),
                    quotes=[{"quote": word, "status": word}])
              for word in bad),
        ],
        intents=[*INTENTS, *(IntentNow(word, 30, 20, 30, 3.0, 99.0) for word in bad)],
        steps=[Step(word, "rows", words, 12, word, 12, word, command=word)
               for word, words in zip(bad, said, strict=True)],
        trend=[
            *TREND,
            *(Point(build, f"2026-{build}-01T00:00:00Z", word, "share", 0.5)
              for word in bad for build in ("07", "08")),
        ],
        missing=[Missing(word, words, words) for word, words in zip(bad, said, strict=True)],
        remarks=said,
    )  # fmt: skip
