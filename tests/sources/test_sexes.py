"""Sex as declared."""

from taken_in import texts

from connu.sources.sexes import normalise_sexes


def test_words_of_three_languages():
    female = texts("F", "femme", "Féminin", "Weiblich", "2", "2.0", "Mme", "woman")
    male = texts("M", "H", "homme", "männlich", "1", "Mr.", "Herr")
    assert set(normalise_sexes(female).to_pylist()) == {"female"}
    assert set(normalise_sexes(male).to_pylist()) == {"male"}


def test_anything_else_is_missing():
    assert normalise_sexes(texts("x", "other", "3", None, "")).to_pylist() == [None] * 5
