"""connu.toml is read strictly, and every error says which word was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.kernel.errors import SettingsError
from connu.kernel.sections import NAMED_SECTIONS, SECTIONS
from connu.kernel.settings import FILE_NAME, read_settings, settings_from

WHOLE = """
[brand]
name = "Maison Claire"
country = "FR"
sector = "retail"

[sources.crm]
kind = "people"
path = "data/crm.csv"
unique = true

[sources.crm.fields]
id = "no_client"
address = ["street", "town"]
social.twitter = "tw"
consent.marketing = "optin"

[sources.web]
kind = "events"
url = "sqlite:///web.db"
table = "events"
fields = { time = "ts", type = "event", anonymous_id = "cookie" }

[attributes.age_band]
extrapolate = true
precision = 0.95
audited = "asked/ages.csv"
prior = { "18-24" = 0.2, "25-34" = 0.3 }

[intents]
horizons_days = [3]
staff = ["anna@claire.example", "@claire.example"]
purchase = ["Kauf"]

[identify.limits]
email = 3
social.twitter = 2

[engine]
threads = 1
memory_gb = 0.5
"""


def write(folder: Path, text: str | bytes) -> Path:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / FILE_NAME).write_bytes(data)
    return folder


def people(**changes: Any) -> dict[str, Any]:
    source = {"kind": "people", "path": "crm.csv", "fields": {"id": "n"}} | changes
    return {"brand": {"name": "B"}, "sources": {"crm": source}}


def refused(raw: dict[str, Any]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        settings_from(raw)
    assert caught.value.exit_code == 2
    return caught.value


def test_everything_that_is_said_is_heard(tmp_path: Path):
    settings = read_settings(write(tmp_path, WHOLE))
    crm, web = settings.sources["crm"], settings.sources["web"]
    assert (settings.brand.name, settings.brand.sector) == ("Maison Claire", "retail")
    assert crm.unique and crm.fields["address"] == ["street", "town"]
    assert crm.fields["social.twitter"] == "tw" and crm.fields["consent.marketing"] == "optin"
    assert (web.url, web.table) == ("sqlite:///web.db", "events")
    assert settings.attributes["age_band"].precision == 0.95
    assert settings.attributes["age_band"].prior == {"18-24": 0.2, "25-34": 0.3}
    assert settings.attributes["age_band"].audited == "asked/ages.csv"
    assert settings.intents.horizons_days == (3,)
    assert settings.intents.staff == ("anna@claire.example", "@claire.example")
    assert settings.intents.roles["purchase"] == ("Kauf",)
    assert (settings.engine.threads, settings.engine.memory_gb) == (1, 0.5)
    assert settings.identify.limit("email") == 3
    assert settings.identify.limit("social.twitter") == 2


def test_what_is_not_said_has_its_default():
    settings = settings_from({"brand": {"name": "B"}})
    assert (settings.brand.country, settings.sources, settings.journal.url) == ("FR", {}, None)
    assert settings.engine.kind == "duckdb"
    assert settings.intents.horizons_days == (1, 7, 30)
    assert settings.intents.staying_days == (91, 365)
    assert settings.intents.session_minutes == 30
    assert not any(settings.intents.roles.values())
    assert settings.identify.limit("account") == 1
    assert settings.identify.limit("loyalty_card") == 5


def test_sources_of_a_kind_come_sorted_whatever_their_order():
    one, other = people()["sources"]["crm"], people(path="other.csv")["sources"]["crm"]
    brand = {"name": "B"}
    for sources in ({"b": one, "a": other}, {"a": other, "b": one}):
        settings = settings_from({"brand": brand, "sources": sources})
        assert list(settings.of_kind("people")) == ["a", "b"]
        assert settings.of_kind("events") == {}


def test_a_byte_order_mark_is_no_word(tmp_path: Path):
    assert read_settings(write(tmp_path, b"\xef\xbb\xbf" + WHOLE.encode())).brand.country == "FR"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[brand\nname = 1", "not valid TOML"),
        ("[brand]\nname = 'caf\xe9'".encode("latin-1"), "not UTF-8"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, text: str | bytes, told: str):
    with pytest.raises(SettingsError, match=told):
        read_settings(write(tmp_path, text))


def test_an_absent_file_says_how_to_begin(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"there is no connu\.toml") as caught:
        read_settings(tmp_path)
    assert "connu init" in caught.value.hint
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(SettingsError, match="cannot read"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("raw", "message", "hint"),
    [
        ({"brnd": {}}, "«brnd»", "«brand»"),
        ({"brand": {"name": "B", "contry": "FR"}}, "[brand] has no setting «contry»", "country"),
        (people(pth="x"), "[sources.crm] has no setting «pth»", "«path»"),
        (people(kind="peopel"), "[sources.crm] kind cannot be «peopel»", "«people»"),
        (people(format="parket"), "[sources.crm] format cannot be «parket»", "«parquet»"),
        (people(fields={"id": "n", "emial": "m"}), "no field «emial»", "«email»"),
        (people(fields={"email": "m"}), "names no column for «id»", "needs id"),
        (people(country="UK"), "cannot be «UK»", "«GB»"),
        (people(country="France"), "[sources.crm] country", "two capital letters"),
        (people() | {"identify": {"limits": {"emial": 2}}}, "no identifier", "«email»"),
    ],
)
def test_a_wrong_word_is_named_with_the_one_meant(raw: dict, message: str, hint: str):
    error = refused(raw)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, "no [brand]"),
        ({"brand": {}}, "[brand] Object missing required field `name`"),
        ({"brand": {"name": ""}}, "[brand] name"),
        ({"brand": "B"}, "«brand» is a section"),
        ({"brand": {"name": "B"}, "sources": 3}, "«sources» is a section"),
        ({"brand": {"name": "B"}, "sources": {"crm": "x"}}, "«sources.crm» is a section"),
        ({"brand": {"name": "B"}, "sources": {"a/b": {}}}, "«a/b» cannot be a name"),
        (people(path=None, url="sqlite://"), "either table or query"),
        (people(url="sqlite://", table="t"), "either path or url"),
        (people(path=None), "either path or url"),
        (people(table="t"), "go with url"),
        (people(unique="yes"), "[sources.crm] unique"),
        (people(delimiter=";;"), "[sources.crm] delimiter"),
        (people(fields=[]), "«sources.crm.fields» is a section"),
        (people(fields={"id": []}), "«id» needs the name of a column"),
        (people(fields={"id": 3}), "«id» needs the name of a column"),
        (people(fields={"id": "n", "social": {"x": {"y": "z"}}}), "«social.x» needs"),
        (people() | {"identify": {"merge_probability": 1.0}}, "merge_probability"),
        (people() | {"identify": {"undecided_probability": 0.9}}, "above merge_probability"),
        (people() | {"identify": {"limits": {"email": 0}}}, "at least 1"),
        (people() | {"identify": {"limits": {"email": True}}}, "at least 1"),
        (people() | {"engine": {"threads": 0}}, "[engine] threads"),
        (people() | {"engine": {"memory_gb": 0}}, "[engine] memory_gb"),
        (people() | {"intents": {"horizons_days": []}}, "[intents] horizons_days"),
        (people() | {"intents": {"horizons_days": [7, 1]}}, "in ascending order"),
        (people() | {"intents": {"staying_days": [0]}}, "[intents] staying_days"),
        (people() | {"intents": {"session_minutes": 0}}, "[intents] session_minutes"),
        (people() | {"intents": {"top": 0}}, "[intents] top"),
        (people() | {"intents": {"staff": ["@"]}}, "staff: «@» names nobody"),
        (people() | {"intents": {"staff": "anna"}}, "[intents] staff"),
        (
            people() | {"intents": {"view": ["Seen"], "cart": ["seen "]}},
            "«seen » is both view and cart",
        ),
        (people() | {"attributes": {"sex": {"precision": 2}}}, "[attributes.sex] precision"),
        (people() | {"attributes": {"sex": {"prior": {"f": 2}}}}, "[attributes.sex] prior"),
        (people() | {"attributes": {"sex": {"prior": {"f": "x"}}}}, "[attributes.sex] prior"),
        (people() | {"attributes": {"sex": {"prior": 0.5}}}, "[attributes.sex] prior"),
        (people() | {"attributes": {"sex": {"prior": {"f": 0.6, "m": 0.5}}}}, "add up to 1.10"),
        (people() | {"attributes": {"sex": {"prior": {"f": 0}}}}, "add up to 0.00"),
        (people() | {"attributes": {"sex": {"audited": ""}}}, "[attributes.sex] audited"),
        (
            people() | {"attributes": {"sex": {"extrapolate": False, "audited": "a.csv"}}},
            "[attributes.sex] twins may not tell it",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(raw: dict, told: str):
    if raw.get("sources") and isinstance(raw["sources"], dict):
        crm = raw["sources"].get("crm")
        if isinstance(crm, dict):
            raw["sources"]["crm"] = {k: v for k, v in crm.items() if v is not None}
    assert told in refused(raw).message


WORDS = st.sampled_from(
    sorted({*SECTIONS, *NAMED_SECTIONS, "fields", "limits"})
    + sorted(
        {w for s in (*SECTIONS.values(), *NAMED_SECTIONS.values()) for w in s.__struct_fields__}
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(WORDS | st.text(max_size=4), VALUES, max_size=6))
def test_no_settings_whatever_make_another_error(raw: dict[str, Any]):
    try:
        settings_from(raw)
    except SettingsError as error:
        assert error.message
