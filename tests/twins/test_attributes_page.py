"""docs/attributes.md says what the code does: attributes, values, reasons, numbers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from connu.kernel.attributes import (
    AGE_LIMITS,
    AREAS,
    BUILT_IN,
    OCCUPATION_CLASSES,
    SEXES,
    band_names,
)
from connu.kernel.settings import settings_from
from connu.twins.ages import OLDEST, YOUNGEST
from connu.twins.known import REASONS
from connu.twins.learnable import PURPOSES
from connu.twins.own import MOST_VALUES
from connu.twins.profiles import DEFAULT, DEFAULT_KNOWN

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "attributes.md").read_text(encoding="utf-8")


def test_the_table_names_every_built_in_attribute_and_its_values():
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", PAGE, re.MULTILINE)
    told = {name: values for name, values in rows if name != "attribute"}
    assert tuple(told) == BUILT_IN
    assert told["sex"] == ", ".join(SEXES)
    assert told["age_band"] == ", ".join(band_names(AGE_LIMITS))
    assert told["occupation_class"] == ", ".join(OCCUPATION_CLASSES)
    assert told["area"] == ", ".join(AREAS)


def test_the_page_names_reasons_purposes_and_numbers():
    of_profiles = {"unknown_value", "unknown_part"}
    assert [word for word in REASONS.keys() - of_profiles if f"`{word}`" not in PAGE] == []
    assert [word for word in PURPOSES if f"`{word}`" not in PAGE] == []
    assert f"Up to {MOST_VALUES} values" in PAGE
    assert f"Under {YOUNGEST} and over {OLDEST}" in PAGE
    assert f"`{DEFAULT}`" in PAGE and f"where {DEFAULT_KNOWN} customers" in PAGE


def test_the_profile_on_the_page_is_one():
    shown = PAGE.partition("    [profiles.young_urban_women]")[2].partition("\n\n")[0]
    raw = tomllib.loads("[profiles.young_urban_women]" + re.sub(r"(?m)^ {4}", "", shown))
    profile = settings_from({"brand": {"name": "B"}} | raw).profiles["young_urban_women"]
    assert set(profile.parts) == {"sex", "age_band", "occupation_class", "area"}
