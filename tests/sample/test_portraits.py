"""What twins tell of the sample brand can be judged: its truth has a column for each statement."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from connu.kernel.attributes import BUILT_IN, band_names
from connu.kernel.settings import read_settings
from connu.sample.people import AGE_BANDS


def people(sample: Path) -> list[dict[str, str]]:
    with (sample / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_attribute_and_profile_has_its_column(sample: Path) -> None:
    settings = read_settings(sample)
    with (sample / "truth" / "visitors.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    profiles = [f"profile.{name}" for name in settings.profiles]
    assert len(profiles) == 2
    assert set(BUILT_IN) | set(profiles) <= set(columns)
    assert band_names(settings.twins.age_bands) == AGE_BANDS


def test_profiles_hold_where_their_parts_do(sample: Path) -> None:
    for name, profile in read_settings(sample).profiles.items():
        for row in people(sample):
            holds = all(row[word] in wanted for word, wanted in profile.parts.items())
            assert row[f"profile.{name}"] == ("yes" if holds else "no")


def test_places_are_regions_in_france_and_countries_elsewhere(sample: Path) -> None:
    by_country: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in people(sample):
        by_country[row["country"] == "FR"][row["place"]] += 1
        if row["country"] != "FR":
            assert row["place"] == row["country"]
    assert len(by_country[True]) == 13 and "" not in by_country[True]
    assert by_country[True].most_common(1)[0][0] == "Île-de-France"
    assert len(by_country[False]) > 3
