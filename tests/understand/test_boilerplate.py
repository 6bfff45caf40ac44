"""The customers' own words: what is left of a text, and why the rest is set aside."""

from __future__ import annotations

import time
from itertools import pairwise
from unicodedata import category, normalize

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.boilerplate import ASIDE, LONGEST, OwnWords, own_words


def left(text: str | None) -> list[str]:
    """The stretches of one text, as they stand in it."""
    found = own_words(pa.array([text], pa.string()))
    return [(text or "")[a:b] for a, b in zip(found.start, found.end, strict=True)]


def why(text: str | None) -> str | None:
    return own_words(pa.array([text], pa.string())).aside[0].as_py()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Trop cher.", ["Trop cher."]),
        ("Bonjour, trop cher.\n-- \nJean Dupont\n06 12 34 56 78", ["trop cher."]),
        (
            "Bonjour Madame,\n\nMon colis est perdu.\n\nCordialement,\nJean",
            ["Mon colis est perdu."],
        ),
        ("Hello,\nlate again. Kind regards, Jane Smith", ["late again."]),
        ("Hi there, love it. Thanks in advance!", ["love it."]),
        ("Cher service client,\nmon colis", ["mon colis"]),
        ("cher mais bon", ["cher mais bon"]),
        ("Monsieur le vendeur était gentil", ["Monsieur le vendeur était gentil"]),
        ("Hi great app!", ["great app!"]),
        ("Livré en retard Merci d'avance", ["Livré en retard"]),
        ("j'ai passé une bonne journée", ["j'ai passé une bonne journée"]),
        ("Bien à vous\nJean\nPS : j'aimerais un double", ["PS : j'aimerais un double"]),
        ("Accueil froid.\nJean Dupont, 06 12 34 56 78", ["Accueil froid."]),
        ("Nul.\n> Bonjour\n> merci\nEncore nul.", ["Nul.", "Encore nul."]),
        (
            "Déçu.\n\nLe lun. 3 mars 2025 à 10:12, X <x@y.fr> a écrit :\n\n> Bonjour\n\nEt voilà",
            ["Déçu.", "Et voilà"],
        ),
        ("Bad.\nOn Mon, Mar 3, 2025 at 10:12, Care <c@x.com> wrote:\nDear customer", ["Bad."]),
        ("Bad.\nOn Mon, Mar 3, 2025 at 10:12\nCare <c@x.com> wrote:\nDear customer", ["Bad."]),
        ("Le vendeur m'a écrit :\nimpossible", ["Le vendeur m'a écrit :\nimpossible"]),
        ("Rien reçu\n-----Message d'origine-----\nbla bla", ["Rien reçu"]),
        ("Late\n----- Original Message -----\nbla", ["Late"]),
        ("Nul\n\nDe : Service\nEnvoyé : lundi\nÀ : moi\n\nNous avons", ["Nul"]),
        ("Objet : retour\nDate : 12/03\nJe veux être remboursé", ["Je veux être remboursé"]),
        ("Colis perdu. Envoyé de mon iPhone", ["Colis perdu."]),
        ("Parcel lost\n\nSent from my Samsung device", ["Parcel lost"]),
        ("j'ai envoyé de mon téléphone une photo", ["j'ai envoyé de mon téléphone une photo"]),
        (
            "Super.\nCe message et ses pièces jointes sont confidentiels\net destinés à vous",
            ["Super."],
        ),
        ("<b>Très</b> bon<br>mais&nbsp;cher", ["Très", "bon", "mais&nbsp;cher"]),
        ("bon <script>alert('x')</script><style>p{color:red}</style> produit", ["bon", "produit"]),
        ("<script>jamais fermé, rien après", []),
        ("I <3 you, 3 < 5 and 7 > 2", ["I <3 you, 3 < 5 and 7 > 2"]),
        ("Merci !", ["Merci !"]),
        ("Thank you so much", ["Thank you so much"]),
        ("10/10", ["10/10"]),
        ("a\x00b déçu\x07", ["a\x00b déçu"]),
        ("je n'ai reçu qu'une réponse automatique", ["je n'ai reçu qu'une réponse automatique"]),
    ],
)
def test_what_is_the_customer_s_own(text: str, own: list[str]):
    assert [stretch.strip("\x07") for stretch in left(text)] == own


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "empty"),
        ("", "empty"),
        (" \n\t", "empty"),
        ("👍👍", "no_words"),
        ("... !!", "no_words"),
        ("<img src=x onerror=alert(1)>", "no_words"),
        ("\x00\x01\x02\x03\x04ab", "binary"),
        ("\ufffd\ufffd\ufffd\ufffd\ufffd abc", "binary"),
        ("Bonjour,", "greeting"),
        ("Cordialement", "greeting"),
        ("Sent from my phone", "signature"),
        ("> Le service a écrit :\n> Bonjour", "quoted"),
        ("Je suis absent du bureau jusqu'à lundi.", "automatic_reply"),
        ("Bonjour,\nje suis actuellement en congés jusqu'au 3 mars", "automatic_reply"),
        ("Réponse automatique : merci", "automatic_reply"),
        ("I am out of the office until Monday.", "automatic_reply"),
        ("This is an automatic reply.", "automatic_reply"),
        ("Trop cher", None),
    ],
)
def test_why_a_text_is_set_aside_whole(text: str | None, reason: str | None):
    assert why(text) == reason
    assert (left(text) == []) == (reason is not None)


def test_a_second_sending_is_a_duplicate_of_the_first():
    texts = ["Le colis est arrivé cassé et personne ne répond", "autre chose",
             "Bonjour, LE COLIS est arrive cassé, et personne ne répond !\n-- \nJ."]  # fmt: skip
    found = own_words(pa.array(texts))
    assert found.aside.to_pylist() == [None, None, "duplicate"]
    assert found.repeats.tolist() == [-1, -1, 0]
    assert found.text.tolist() == [0, 1]


def test_what_two_people_say_alike_is_no_duplicate():
    texts, writers = pa.array(["Super produit"] * 3), pa.array(["a", "b", "a"])
    assert own_words(texts, writers=writers).repeats.tolist() == [-1, -1, 0]
    assert own_words(texts).repeats.tolist() == [-1, -1, -1]


def test_templates_are_set_aside_and_own_lines_kept():
    footer = "Message envoyé par le formulaire de contact du site"
    texts = [f"Objet :\nmon souci numéro {n} est là\n{footer}" for n in range(9)] + [footer] * 2
    found = own_words(pa.array(texts))
    kept = [texts[t][a:b] for t, a, b in zip(found.text, found.start, found.end, strict=True)]
    assert all("souci" in stretch and "formulaire" not in stretch for stretch in kept[:9])
    assert not any("Objet" in stretch for stretch in kept[:9])
    assert found.parted["template"] == 9


def test_a_canned_text_of_several_writers_is_a_template_of_one_a_duplicate():
    canned = "Nous vous remercions de votre confiance et restons à votre écoute pour toute question"
    texts = pa.array([canned] * 6)
    assert own_words(texts).aside.to_pylist() == ["template"] * 6
    one = own_words(texts, writers=pa.array([7] * 6))
    assert one.aside.to_pylist() == [None] + ["duplicate"] * 5


def test_long_texts_are_read_to_their_limit():
    found = own_words(pa.array(["mot " * 30_000, "court"]))
    assert found.cut.tolist() == [True, False] and found.aside.null_count == 2
    assert found.end[0] <= LONGEST and found.counts == {"cut": 1}


def test_chunks_slices_and_nothing():
    texts = pa.chunked_array([["Bonjour, un"], [None, "deux"]])
    assert own_words(texts).text.tolist() == [0, 2]
    assert own_words(texts.combine_chunks().slice(2)).text.tolist() == [0]
    assert len(own_words(pa.array([], pa.string())).aside) == 0
    assert own_words(texts.cast(pa.large_string())).text.tolist() == [0, 2]


def test_parts_change_nothing(monkeypatch: pytest.MonkeyPatch):
    texts = pa.array([f"Bonjour, texte {n} 😍.\n-- \nJean" * (n % 3) for n in range(40)])
    whole = own_words(texts)
    monkeypatch.setattr("connu.understand.boilerplate.parts", _small_parts)
    assert _same(whole, own_words(texts))


def _small_parts(texts: pa.Array):
    for row in range(0, len(texts), 7):
        yield row, texts.slice(row, 7)


def _same(one: OwnWords, other: OwnWords) -> bool:
    return one.aside.equals(other.aside) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("text", "start", "end", "repeats", "cut")
    )


_PIECES = st.sampled_from(
    ["Bonjour, ", "\n", "é", "> ", "-- \n", "Cordialement", "<br>", "<", ">", "<script>",
     "</script>", "\x00", "trop cher", ". ", "Envoyé de mon iPhone", "De : x\n", "a écrit :\n",
     "merci",
     "Réponse automatique :", "œ", "e\u0301", "\u2028", "\r\n", "ﷺ", "Kind regards,\nJane", "PS: "]
)  # fmt: skip
_TEXTS = st.one_of(st.none(), st.text(max_size=40), st.lists(_PIECES, max_size=12).map("".join))


@settings(deadline=None, max_examples=300)
@given(st.lists(_TEXTS, min_size=1, max_size=6))
def test_stretches_lie_in_their_texts_and_reasons_cover_the_rest(texts: list[str | None]):
    found = own_words(pa.array(texts, pa.string()))
    order = list(zip(found.text, found.start, found.end, strict=True))
    assert order == sorted(order)
    for text, start, end in order:
        stretch = (texts[text] or "")[start:end]
        assert len(stretch) == end - start > 0 and any(
            category(sign)[0] in "LMN" for sign in normalize("NFKD", stretch)
        )
        assert found.aside[text].as_py() is None
    for a, b in pairwise(order):
        assert a[0] < b[0] or a[2] <= b[1]
    for row, reason in enumerate(found.aside.to_pylist()):
        assert (reason is None) == (row in found.text) and reason in (None, *ASIDE)
        assert (reason == "duplicate") == (found.repeats[row] >= 0)
        assert found.repeats[row] < row


@pytest.mark.parametrize(
    "piece",
    ["a", " ", "\n", "<", ">", "<a", "<script>", "</", "> \n", "!", ". ", "bonjour ", "merci ",
     "-- \n", "De : x\n", "a écrit :\n", "😍", "\x00", "é", "cordialement, ", "a.b ", "0", "À : ",
     "dear sir ", "envoyé de mon ", "ce message confidentiel "],
)  # fmt: skip
def test_a_text_of_100_000_characters_takes_no_time(piece: str):
    text = (piece * 100_000)[:100_000]
    begun = time.process_time()
    own_words(pa.array([text, text[:19_000]]))
    assert time.process_time() - begun < 5
