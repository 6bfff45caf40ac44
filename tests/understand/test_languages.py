"""Languages of texts. The figures on real feedback: benchmarks/texts.py."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchmarks.datasets import data_folder
from connu.kernel.errors import SettingsError
from connu.understand.languages import languages, statement_languages, word_scores


def told(*texts: str | None, **options: object) -> list[str | None]:
    return languages(pa.array(texts, pa.string()), **options).to_pylist()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Très bonne application, je recommande vivement", "fr"),
        ("livraison trop longue et colis abime", "fr"),
        ("j'adore", "fr"),
        ("Super appli", "fr"),
        ("C'EST NUL", "fr"),
        ("it's great", "en"),
        ("Excellent app", "en"),
        ("delivery was late and nobody answered", "en"),
        ("don’t buy", "en"),
        ("Brilliant", "en"),
    ],
)
def test_short_texts_are_told(text: str, language: str):
    assert told(text) == [language]


@pytest.mark.parametrize("text", [None, "", "   ", "👍👍", "10/10", "!!!", "عدم توفر", "\x00\x01"])
def test_nothing_is_said_of_a_text_without_a_word(text: str | None):
    assert told(text) == [None]


def test_what_both_languages_say_is_told_by_its_source():
    sure_fr, sure_en = ["je suis très content de vous"] * 9, ["I am very happy with you"] * 9
    texts = [*sure_fr, "top", *sure_en, "top"]
    sources = pa.array(["avis"] * 10 + ["reviews"] * 10)
    found = told(*texts, sources=sources)
    assert (found[9], found[19]) == ("fr", "en")
    assert set(found[:9]) == {"fr"} and set(found[10:19]) == {"en"}


def test_a_source_does_not_outvote_what_is_plainly_said():
    found = told(*["je suis très content de vous"] * 50, "Good app but it needs an update")
    assert found[-1] == "en"


def test_the_order_of_texts_changes_nothing():
    texts = ["top", "je suis ravie", "cool", "the parcel never came", "ok", "bof"]
    assert told(*texts) == told(*texts[::-1])[::-1]


def test_one_language_is_that_of_every_word():
    assert told("whatever", "😍", among=("fr",)) == ["fr", None]


def test_other_languages_are_lingua_s():
    found = told("Die Lieferung kam viel zu spät", "la livraison était en retard", "🙂",
                 among=("fr", "en", "de"))  # fmt: skip
    assert found == ["de", "fr", None]


def test_an_unknown_language_is_refused():
    with pytest.raises(SettingsError):
        told("texte", among=("fr", "xx"))


def test_a_statement_is_in_its_text_s_language_unless_it_surely_is_not():
    statements = pa.array(["top", "the delivery was late and they were rude", "dommage"])
    whole = pa.array(["fr", "fr", None])
    assert statement_languages(statements, whole).to_pylist() == ["fr", "en", None]
    assert statement_languages(statements, whole, ("fr", "de")).equals(whole)


def test_long_and_broken_texts_are_read():
    long = "je suis ravi de mon achat " * 4000
    assert told(long, "x" * 100_000, "\ufffd\ufffd bonjour", "<p>Merci</p>")[0] == "fr"


def test_lists_in_pieces_are_read():
    texts = pa.chunked_array([["bonjour à tous"], [None, "good morning to you"]], pa.string())
    assert languages(texts).to_pylist() == ["fr", None, "en"]


def test_words_without_evidence_say_nothing():
    scores, worded = word_scores(pa.array(["Zxqv Brlgh", "123", "le chat"]))
    assert scores[0] == 0 and worded.tolist() == [True, False, True] and scores[2] > 2


@pytest.mark.skipif(
    not (data_folder() / "understand").is_dir(),
    reason="the labelled data is not here: set CONNU_DATA to its folder",
)
def test_the_promised_figures_are_reached():
    from benchmarks.texts import judged, language_labels, read_texts

    texts, ids, sources = read_texts()
    labels = language_labels(ids, sources)
    every, short = judged(languages(texts, sources=pa.array(sources)), labels, texts)
    assert every >= 0.99 and short >= 0.95
    # As from one source, told nothing of whom it is from.
    every, short = judged(languages(texts), labels, texts)
    assert every >= 0.99 and short >= 0.95
