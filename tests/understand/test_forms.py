"""Forms, addressees and relations by made sentences, each with counter-examples."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.folding import fold
from connu.understand.forms import ADDRESSEES, EXPLICIT, Forms, forms_of

FR, EN = 0, 1


def _forms(texts: list[str], language: int) -> Forms:
    folded = fold(pa.array(texts, pa.string()))
    strings = folded.strings(folded.starts[:-1], folded.starts[1:])
    return forms_of(strings, np.full(len(texts), language, np.int8))


def _form(text: str, language: int) -> str:
    at = int(_forms([text], language).form[0])
    return EXPLICIT[at] if at >= 0 else ""


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("wish", "J’aimerais pouvoir payer en deux fois"),
        ("wish", "Ce serait bien d'ouvrir le dimanche"),
        ("wish", "si seulement le rayon bio était plus grand"),
        ("wish", "Serait-il possible d'avoir une chambre non-fumeur"),
        ("wish", "Ajoutez une version pour tablette"),
        ("wish", "5 étoiles quand ce sera en français"),
        ("should", "Il faudrait nettoyer les vitres"),
        ("should", "Vous devriez répondre aux courriels"),
        ("should", "Réparez l'ascenseur"),
        ("should", "l'accueil est à revoir"),
        ("should", "J'espère que ce problème sera réglé rapidement"),
        ("regret", "Dommage que la piscine soit fermée"),
        ("regret", "Je regrette l'ancienne formule"),
        ("regret", "Seul bémol : le bruit"),
        ("lack", "Il manque une prise près du lit"),
        ("lack", "aucune explication sur la facture"),
        ("lack", "Vous avez retiré le mode hors ligne"),
        ("lack", "le bouton de tri a disparu"),
        ("lack", "impossible de modifier ma réservation"),
        ("lack", "obligé de donner accès à mes contacts"),
        ("lack", "tout est en anglais"),
        ("comparison", "c'est moins cher chez la concurrence"),
        ("comparison", "contrairement à l'ancienne banque, rien n'est clair"),
        ("comparison", "avant c'était mieux"),
        # counter-examples: plain complaints, praise and telling
        ("", "Impossible de me connecter"),
        ("", "impossible de synchroniser depuis hier"),
        ("", "l'application ne fonctionne plus"),
        ("", "plus de connexion"),
        ("", "aucun problème"),
        ("", "Il ne manque rien"),
        ("", "Très bon accueil"),
        ("", "j'ai acheté cette lampe en mai"),
        ("", "rien à redire"),
    ],
)
def test_forms_in_french(form, text):
    assert _form(text, FR) == form


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("wish", "I wish there were more vegetarian dishes"),
        ("wish", "It would be nice to have a kettle in the room"),
        ("wish", "Please add a dark mode"),
        ("wish", "If only the shop opened on Sundays"),
        ("wish", "Allow users to rename folders"),
        ("wish", "Why not let guests choose the pillow?"),
        ("wish", "An option to sort by date would be useful"),
        ("should", "They should provide more towels"),
        ("should", "The lifts need to be replaced"),
        ("should", "Fix the search"),
        ("should", "it is time to train your drivers"),
        ("regret", "Shame that the pool was closed"),
        ("regret", "Unfortunately the sauce was cold"),
        ("lack", "There is no lift"),
        ("lack", "the box lacks instructions"),
        ("lack", "you can't change the delivery date"),
        ("comparison", "cheaper than any other garage"),
        ("comparison", "it used to be better"),
        # tips are demands to peers
        ("should", "Ask for a room on the top floor"),
        ("should", "Make sure you book breakfast in advance"),
        ("should", "If you stay here, ask for a room facing the garden"),
        ("should", "I would recommend asking for the upper deck"),
        # counter-examples
        ("", "It does everything it should"),
        ("", "No complaints"),
        ("", "I would definitely recommend this hotel to friends"),
        ("", "I had to wait an hour at reception"),
        ("", "The app keeps crashing"),
        ("", "The staff were lovely"),
        ("", "they couldn't be more helpful"),
        ("", "no problem at all"),
        ("", "I downloaded the latest version yesterday"),
    ],
)
def test_forms_in_english(form, text):
    assert _form(text, EN) == form


@pytest.mark.parametrize(
    ("addressee", "language", "text"),
    [
        ("peers", FR, "Un conseil aux voyageurs : prenez le bus"),
        ("peers", FR, "Si vous achetez cette tente, prévoyez des sardines"),
        ("peers", FR, "Je vous conseille de réserver à l'avance"),
        ("peers", EN, "Ask for a room on the top floor"),
        ("peers", EN, "Be sure to bring earplugs"),
        ("peers", EN, "My advice would be to eat out"),
        ("other", FR, "Le transporteur devrait sonner à la porte"),
        ("other", EN, "The manufacturer should supply a longer cable"),
        ("brand", FR, "Vous devriez ouvrir le dimanche"),
        ("brand", FR, "Je recommande ce magasin"),
        ("brand", FR, "Achetez des draps neufs"),
        ("brand", EN, "You should open on Sundays"),
        ("brand", EN, "Please add a dark mode"),
        ("brand", EN, "Make sure your staff smile"),
    ],
)
def test_addressees(addressee, language, text):
    assert ADDRESSEES[_forms([text], language).addressee[0]] == addressee


@pytest.mark.parametrize(
    ("outside", "language", "text"),
    [
        (True, FR, "En tant que riverain, je subis le bruit de vos camions"),
        (True, FR, "Pensez à vos salariés"),
        (True, EN, "As a resident I hear your lorries at night"),
        (True, EN, "Pay your taxes in this country, pay your taxes"),
        (False, FR, "J'ai commandé deux chaises"),
        (False, EN, "I ordered two chairs"),
    ],
)
def test_relations(outside, language, text):
    assert bool(_forms([text], language).outside[0]) is outside


@pytest.mark.parametrize(
    ("past", "language", "text"),
    [
        (True, FR, "Avant la mise à jour c'était parfait"),
        (True, FR, "Le site est devenu illisible"),
        (True, EN, "It used to be great"),
        (True, EN, "It was perfect until now"),
        (False, FR, "Il faut réserver avant de venir"),
        (False, EN, "I am used to this phone"),
        (False, EN, "you no longer have to queue"),
    ],
)
def test_praise_of_the_past(past, language, text):
    assert bool(_forms([text], language).past[0]) is past


def test_a_language_reads_its_own_patterns_and_none_reads_all():
    assert _form("Il faudrait plus de choix", EN) == ""
    assert _form("Il faudrait plus de choix", -1) == "should"
    assert _form("I wish they opened earlier", -1) == "wish"
    both = _forms(["Il faudrait plus de choix", "I wish they opened earlier"], -1)
    assert [EXPLICIT[at] for at in both.form] == ["should", "wish"]


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), max_size=5),
    st.integers(-1, 1),
)
def test_whatever_the_texts_each_has_its_forms_alone(texts, language):
    together = _forms(texts, language)
    assert len(together.form) == len(texts)
    for row, text in enumerate(texts):
        alone = _forms([text], language)
        assert alone.form[0] == together.form[row]
        assert alone.addressee[0] == together.addressee[row]


@pytest.mark.parametrize(
    "text", ["", "\x00\x00", "😀" * 50, "مرحبا", "a" * 100_000, "should " * 14_000, "(((((", "\\"]
)
def test_odd_texts_take_no_time_and_break_nothing(text):
    for language in (FR, EN, -1):
        assert len(_forms([text], language).form) == 1
