"""What is masked, what is not, and what masking never breaks."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.masking import MASK, mask, masked_spans

#: A text, what of it must be hidden, and the kind.
HIDDEN = [
    ("écrivez à jean.dupont+a@exemple.fr merci", "jean.dupont+a@exemple.fr", "email"),
    ("jérôme@société.fr", "jérôme@société.fr", "email"),
    ('"jean dupont"@exemple.fr', '"jean dupont"@exemple.fr', "email"),
    ("jean @ exemple.fr", "jean @ exemple.fr", "email"),
    ("jean [at] exemple.fr", "jean [at] exemple.fr", "email"),
    ("jean arobase exemple point fr", "jean arobase exemple point fr", "email"),
    ("root@localhost", "root@localhost", "email"),
    ("tél 06 12 34 56 78.", "06 12 34 56 78", "phone"),
    ("06.12.34.56.78", "06.12.34.56.78", "phone"),
    ("06-12-34-56-78", "06-12-34-56-78", "phone"),
    ("06\u00a012\u00a034\u00a056\u00a078", "06\u00a012\u00a034\u00a056\u00a078", "phone"),
    ("0612345678", "0612345678", "phone"),
    ("06 123 456 78", "06 123 456 78", "phone"),
    ("+33 (0)6 12 34 56 78", "+33 (0)6 12 34 56 78", "phone"),
    ("0033612345678", "0033612345678", "phone"),
    ("call 020 7946 0958 now", "020 7946 0958", "phone"),
    ("+44 20 7946 0958", "+44 20 7946 0958", "phone"),
    ("07700 900123", "07700 900123", "phone"),
    ("(212) 555-0123", "(212) 555-0123", "phone"),
    ("+1 212-555-0123", "+1 212-555-0123", "phone"),
    ("+49 30 901820", "+49 30 901820", "phone"),
    ("Mon portable : 612345678", "612345678", "phone"),
    ("carte 4111 1111 1111 1111", "4111 1111 1111 1111", "card"),
    ("amex 3782-822463-10005", "3782-822463-10005", "card"),
    ("4111111111111111", "4111111111111111", "card"),
    ("٠٦ ١٢ ٣٤ ٥٦ ٧٨", "٠٦ ١٢ ٣٤ ٥٦ ٧٨", "phone"),
    ("FR14 2004 1010 0505 0001 3M02 606 merci", "FR14 2004 1010 0505 0001 3M02 606", "iban"),
    ("GB82WEST12345698765432", "GB82WEST12345698765432", "iban"),
    ("sécu 2 55 08 14 168 025 38", "2 55 08 14 168 025 38", "national_id"),
    ("255081416802538", "255081416802538", "national_id"),
    ("NI: QQ 12 34 56 C", "QQ 12 34 56 C", "national_id"),
    ("ab123456c", "ab123456c", "national_id"),
    ("j'habite 12 rue des Lilas", "12 rue des Lilas", "address"),
    ("12 rue des lilas", "12 rue des lilas", "address"),
    ("au 12, rue Victor Hugo 33000 Bordeaux hier", "12, rue Victor Hugo 33000 Bordeaux", "address"),
    ("3 bis avenue de la République, 75011 Paris", "3 bis avenue de la République, 75011 Paris",
     "address"),
    ("7 place Bellecour", "7 place Bellecour", "address"),
    ("10 Downing Street", "10 Downing Street", "address"),
    ("Flat 4, 221B Baker Street, London NW1 6XE", "Flat 4, 221B Baker Street, London NW1 6XE",
     "address"),
    ("I live at 10 downing street", "10 downing street", "address"),
    ("postcode SW1A 2AA", "SW1A 2AA", "address"),
    ("https://shop.example/order/123456?x=1.", "https://shop.example/order/123456?x=1", "url"),
    ("https://shop.example/suivi?token=abc", "https://shop.example/suivi?token=abc", "url"),
    ("voir instagram.com/jean.dupont", "instagram.com/jean.dupont", "url"),
    ("demandez à @jean_dup !", "@jean_dup", "handle"),
    ("pseudo : jeandu75", "jeandu75", "handle"),
    ("@jean@mastodon.example", "@jean@mastodon.example", "handle"),
    ("ma commande n°4567", "4567", "number"),
    ("commande n° AB-12 34", "AB-12", "number"),
    ("commande 12345678", "12345678", "number"),
    ("client n° 12", "12", "number"),
    ("Order number: AB-12345", "AB-12345", "number"),
    ("order #1234", "1234", "number"),
    ("n° 45678", "45678", "number"),
    ("dossier 2024-123456", "2024-123456", "number"),
    ("numéro 400012345678", "400012345678", "number"),
    ("ma voiture AB-123-CD", "AB-123-CD", "number"),
    ("Nom: DURAND Prénom: Paul", "DURAND", "name"),
    ("0 825 123 456", "0 825 123 456", "phone"),
    ("depuis 192.168.1.12", "192.168.1.12", "ip"),
    ("2001:db8::1", "2001:db8::1", "ip"),
    ("je m'appelle Jean Dupont et", "Jean Dupont", "name"),
    ("Je m’appelle jean et", "jean", "name"),
    ("My name is Jane Smith.", "Jane Smith", "name"),
    ("Nom : de La Tour", "de La Tour", "name"),
    ("Cordialement, Jean Dupont", "Jean Dupont", "name"),
    ("Cordialement,\nJ. Dupont", "J. Dupont", "name"),
    ("cordialement,\njean dupont", "jean dupont", "name"),
    ("Bien à vous, Marie-Claire", "Marie-Claire", "name"),
    ("Kind regards,\r\nJane", "Jane", "name"),
    ("Merci d'avance\nPaul", "Paul", "name"),
    ("Mme Durand était", "Durand", "name"),
    ("M. Le Goff a été", "Le Goff", "name"),
    ("thanks to Mrs O'Connell-Smith", "O'Connell-Smith", "name"),
    ("Bonne journée\nSophie Martin\n06 11 22 33 44", "Sophie Martin", "name"),
]  # fmt: skip

LEFT = [
    "12,50 € et 1 250,00 € au lieu de 1 000 000 000 €",
    "£1,250.00 or $99.99",
    "le 12/05/2024 à 10h30, le 12-05-24, on 2024-05-12 at 10:30:45",
    "le 01 02 2024 15h",
    "en 2019 2020 2021 2022",
    "5 étoiles, 10/10, 4.5/5, 100 %, 24/7",
    "iPhone 15 Pro Max 256Go, PS5, RTX 4090, Galaxy S21, SM-G991B, WH-1000XM4",
    "Chanel n°5, le n° 1 mondial",
    "100 000 abonnés, 20-30 minutes, 3 x 45 min",
    "2 places de parking, 3 cours de yoga, à 2 rues de chez moi, 1 place gratuite",
    "commande de 150 euros, commande 3 articles, commande 1500€, commande 2024",
    "order 2 items, order of 1500 points, 1234 pièces commandées",
    "commande du 12/05/2024, commande passée le 12 mars 2024 à 14h30",
    "version 1.2.3.4, la version antérieure (6.10.5.31)",
    "article n° 12345 en rupture, modèle n° 45678",
    "Dr Martens, Mr Bricolage, Dr Pepper, Miss Dior",
    "Madame, Monsieur, bonjour Madame la Directrice",
    "la taille M. Superbe qualité",
    "Cordialement. Le produit est nul.",
    "Kind regards. Great shop!",
    "Merci Samsung",
    "my name is on the list",
    "www.exemple.fr et https://exemple.fr/robes",
    "3@5 euros",
    "500 GB Drive, I waited 45 Minutes Way too long",
    "https://exemple.fr/produit/robe-rouge-123",
    "rue de Rivoli, Oxford Street",
    "vol AF1234, le bus 38",
    "une rose rouge, un petit prix",
]


@pytest.mark.parametrize(("text", "hidden", "kind"), HIDDEN, ids=lambda value: str(value)[:30])
def test_personal_data_are_masked_to_the_letter(text: str, hidden: str, kind: str):
    start = text.index(hidden)
    expected = text[:start] + MASK * len(hidden) + text[start + len(hidden) :]
    masked = mask(pa.array([text]))[0].as_py()
    if "\n06 11" in text or "Prénom" in text:  # what stands beside goes too
        assert hidden not in masked
    else:
        assert masked == expected
    assert kind in {found for _, _, found in masked_spans(text)}


@pytest.mark.parametrize("text", LEFT)
def test_what_customers_speak_of_stays(text: str):
    assert masked_spans(text) == []
    assert mask(pa.array([text]))[0].as_py() == text


def test_known_names_are_masked_wherever_they_stand():
    texts = pa.array(
        ["Jean DUPONT vous écrit, jean !", "Lœtitia", "Je\u0301ro\u0302me", "Anne marie", "Jean"]
    )
    names = pa.array(["Jean\x1fDupont", "Loetitia", "Jérôme", "Anne-Marie", None])
    masked = mask(texts, names).to_pylist()
    assert masked == ["•••• •••••• vous écrit, •••• !", "•••••••", "••••••••", "••••••••••", "Jean"]


def test_a_known_name_that_is_a_word_needs_its_capital():
    texts = pa.array(["Rose adore sa robe rose", "Li lit", "des roses", "Martine"])
    names = pa.array(["Rose", "Li", "Rose", "Martin"])
    assert mask(texts, names).to_pylist() == ["•••• adore sa robe rose", "•• lit", "des roses",
                                              "Martine"]  # fmt: skip


def test_names_of_one_writer_are_not_masked_in_another_s_text():
    masked = mask(pa.array(["Dupont dit", "Dupont dit"]), pa.array(["Dupont", "Durand"]))
    assert masked.to_pylist() == ["•••••• dit", "Dupont dit"]


def test_missing_sliced_and_chunked_columns():
    texts = pa.array([None, "a@b.fr", "", "rien"])
    assert mask(texts).to_pylist() == [None, "••••••", "", "rien"]
    assert mask(texts.slice(1, 2), pa.array(["x", None])).to_pylist() == ["••••••", ""]
    assert mask(pa.chunked_array([["a@b.fr"], ["b"]])).to_pylist() == ["••••••", "b"]
    assert mask(pa.array([], pa.string())).to_pylist() == []
    large = mask(texts.cast(pa.large_string()), pa.array(["x"] * 4, pa.large_string()))
    assert large.to_pylist() == [None, "••••••", "", "rien"]


_PIECES = st.sampled_from(
    [text for text, _, _ in HIDDEN] + LEFT + [hidden for _, hidden, _ in HIDDEN]
    + ["\n", " ", ", ", ".", "•", "n°", "commande", "@", "Mme", "Jean", "12", "06",
       "cordialement,", "http://", "tel", "«", "é", "\u0301", "\x00", "\u2028", "name:",
       "0", "-", "…", "de la"]
)  # fmt: skip
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(_PIECES, st.text(max_size=3)), max_size=8).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(st.lists(_TEXTS, min_size=1, max_size=4))
def test_masking_keeps_lengths_is_idempotent_and_same_alone_or_together(texts: list[str]):
    names = ["Jean\x1fDupont"] * len(texts)
    masked = mask(pa.array(texts), pa.array(names)).to_pylist()
    assert [len(text) for text in masked] == [len(text) for text in texts]
    assert mask(pa.array(masked), pa.array(names)).to_pylist() == masked
    for before, after in zip(texts, masked, strict=True):
        spans = masked_spans(before, ["Jean", "Dupont"])
        hidden = {place for start, end, _ in spans for place in range(start, end)}
        assert after == "".join(MASK if i in hidden else s for i, s in enumerate(before))
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
    plainly = mask(pa.array(texts)).to_pylist()
    for before, after in zip(texts, plainly, strict=True):
        hidden = {place for start, end, _ in masked_spans(before) for place in range(start, end)}
        assert after == "".join(MASK if i in hidden else s for i, s in enumerate(before))


@settings(deadline=None, max_examples=200)
@given(st.emails(), st.text(max_size=20), st.text(max_size=20))
def test_a_masked_text_has_no_e_mail(email: str, before: str, after: str):
    masked = mask(pa.array([f"{before} {email} {after}"]))[0].as_py()
    assert email not in masked
    assert not re.search(r"[\w.+-]+@[\w-]+\.[\w.-]+", masked)


@settings(deadline=None)
@given(st.from_regex(r"0[1-9]([ .-]?)\d{2}(\1\d{2}){3}", fullmatch=True), st.text(max_size=9))
def test_a_masked_text_has_no_french_phone(phone: str, around: str):
    masked = mask(pa.array([f"{around} {phone} {around}"]))[0].as_py()
    assert phone not in masked


@pytest.mark.parametrize(
    "piece",
    ["a", "1", " ", "@", "a@", "1 ", "06 ", "Aa ", "Mme Aa ", "12 rue de la ", "\n", "www.", "#",
     "commande n° ", "Jean Dupont 06 12 34 56 78 ", ":", "(", "é", "'", "A-", "1-", "1.", '"@'],
)  # fmt: skip
def test_a_text_of_100_000_characters_takes_no_time(piece: str):
    text = (piece * 100_000)[:100_000]
    begun = time.process_time()
    masked = mask(pa.array([text]), pa.array(["Jean\x1fDupont"]))[0].as_py()
    assert len(masked) == len(text)
    assert time.process_time() - begun < 5
