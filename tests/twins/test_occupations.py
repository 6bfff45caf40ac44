"""Occupations in French and English, as people and nomenclatures write them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from connu.kernel.attributes import OCCUPATION_CLASSES
from connu.sample.people import OCCUPATION_CLASSES as SAMPLE_CLASSES
from connu.sample.people import OCCUPATIONS
from connu.twins import occupations
from connu.twins.occupations import class_occupations, make_occupations
from tests.twins.known_people import engine_at, put_facts, said

#: Occupation → class: titles of INSEE's and ILO's groups, survey answers, and people's own words.
SAID = {
    "executive": [
        "Cadres et professions intellectuelles supérieures",
        "Managers",
        "Professionals",
        "Ingénieure d'études",
        "Chef de projet informatique",
        "Directrice commerciale",
        "Professeur des universités",
        "Doctor",
        "Sales manager",
        "Software Engineer",
        "Profession libérale",
        "Chief Financial Officer",
        "executive/managerial",
        "academic/educator",
        "Enseignant·e",
    ],
    "intermediate": [
        "Professions intermédiaires",
        "Technicians and associate professionals",
        "Infirmier en maison de retraite",
        "professeur des écoles",
        "Agent de maîtrise",
        "Chef d'équipe",
        "commercial",
        "Sage-femme",
        "Social worker",
        "Team leader",
        "Conseillère agricole à la chambre d'agriculture",
    ],
    "employee": [
        "Employés",
        "Employé(e) de banque",
        "Clerical support workers",
        "Service and sales workers",
        "Secrétaire de direction",
        "Vendeuse",
        "Aide-soignante",
        "shop assistant",
        "Executive assistant",
        "Agent de sécurité",
        "Police officer",
        "customer service",
    ],
    "worker": [
        "Ouvriers",
        "Ouvrier agricole",
        "Craft and related trades workers",
        "Plant and machine operators",
        "Elementary occupations",
        "Chauffeur-livreur",
        "Conducteur de train",
        "Farm worker",
        "maçon",
        "tradesman/craftsman",
        "Technicien de surface",
    ],
    "self_employed": [
        "Artisans, commerçants et chefs d'entreprise",
        "Artisan plombier",
        "Auto-entrepreneur",
        "self-employed",
        "Indépendant",
        "shop owner",
    ],
    "farmer": [
        "Agriculteurs exploitants",
        "Skilled agricultural, forestry and fishery workers",
        "éleveur",
        "Farmer",
        "viticultrice",
    ],
    "student": ["Étudiant", "lycéenne", "college/grad student", "Student nurse", "élève ingénieur"],
    "retired": ["Retraité", "Retired engineer", "ancien ouvrier, retraité", "cadre en retraite"],
    "not_working": [
        "Autres personnes sans activité professionnelle",
        "Mère au foyer",
        "demandeur d'emploi",
        "Homemaker",
        "unemployed",
        "Chômeuse",
    ],
}
NOBODY_S = ["", "other", "divers", "xyz", "none", "12", "warrior", "ne se prononce pas"]


def classes(folder: Path, texts: list[str]) -> dict[str, str]:
    """The class of each text, by the path a build takes."""
    engine = engine_at(folder)
    facts = [row for place, text in enumerate(texts) for row in said(str(place), occupation=text)]
    put_facts(engine, facts)
    engine.view("statements", "SELECT subject AS customer_id, * FROM facts")
    rows = engine.collect(make_occupations(engine, "statements")).to_pylist()
    engine.close()
    return {texts[int(row["customer_id"])]: row["value"] for row in rows}


def test_each_occupation_has_its_class(tmp_path: Path):
    expected = {text: name for name, texts in SAID.items() for text in texts}
    told = classes(tmp_path, [*expected, *NOBODY_S])
    assert told == expected


def test_case_and_accents_change_nothing(tmp_path: Path):
    expected = {
        form: name
        for name, texts in SAID.items()
        for text in texts
        for form in (text.upper(), text.lower(), f"  {text} ")
    }
    assert classes(tmp_path, list(expected)) == expected


def test_the_sample_s_occupations_are_read_as_its_truth_says(tmp_path: Path):
    assert classes(tmp_path, list(OCCUPATIONS)) == dict(
        zip(OCCUPATIONS, SAMPLE_CLASSES, strict=True)
    )


def test_the_list_knows_every_class_and_no_other():
    assert set(occupations._ORDER) == set(OCCUPATION_CLASSES)
    words = [word for name in occupations._ORDER for word in occupations._LIST[name]]
    assert len(words) == len(set(words)), "a phrase speaks for one class"
    assert all(word == word.lower() and word.isascii() for word in words)


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_said_has_no_class(text: str | None):
    assert class_occupations(pa.array([text], pa.string())).to_pylist() == [None]
