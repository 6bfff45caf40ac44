"""Names: civilities, particles, order, initials."""

import pytest
from taken_in import texts

from connu.sources.names import civility_sex, family_names, full_names, given_names


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Jean-Luc", "jean luc"),
        ("MARIE-HÉLÈNE", "marie helene"),
        ("J.", "j"),
        ("M. Jean", "m jean"),  # perhaps Michel Jean: an initial stays
        ("Mme Anne", "anne"),
        ("Dr. Anne", "anne"),
        ("Mr", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_given_names(written, read):
    assert given_names(texts(written)).to_pylist() == [read]


def test_middle_names_follow():
    assert given_names(texts("John", None), texts("F.", "Paul")).to_pylist() == ["john f", "paul"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("LE GOFF", "legoff"),
        ("Legoff", "legoff"),
        ("Mc Donald", "mcdonald"),
        ("O'Neil", "oneil"),
        ("d’Arc", "darc"),
        ("de la Fontaine", "de lafontaine"),
        ("van der Berg", "van der berg"),
        ("Mme Dupont", "dupont"),
        ("M. Dupont", "dupont"),
        ("M. et Mme Dupont", "dupont"),
        ("King Jr.", "king"),
        ("Müller-Lüdenscheid", "muller ludenscheid"),
        ("Mlle", None),
    ],
)
def test_family_names(written, read):
    assert family_names(texts(written)).to_pylist() == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("DUPONT, Jean", "jean dupont"),
        ("Jean DUPONT", "jean dupont"),
        ("Mrs. Jane O'Neil", "jane oneil"),
        (",", None),
        ("Dupont,", "dupont"),
    ],
)
def test_full_names(written, read):
    assert full_names(texts(written), texts("FR")).to_pylist() == [read]


def test_a_leading_m_is_monsieur_in_french_alone():
    names = full_names(texts("M. Dupont", "M. Dupont"), texts("FR", "GB"))
    assert names.to_pylist() == ["dupont", "m dupont"]


def test_civilities_tell_the_sex():
    values = texts("M.", "Mme", "Mlle Martin", "Herr", "Dr", "Marie", "m", None)
    assert civility_sex(values).to_pylist() == [
        "male", "female", "female", "male", None, None, "male", None,
    ]  # fmt: skip


def test_names_may_start_with_a_civility_but_initials_are_none():
    values = texts("Mme Durand", "M. Durand", "Miss Piggy", "Mr Durand")
    assert civility_sex(values, alone=False).to_pylist() == ["female", None, None, "male"]
