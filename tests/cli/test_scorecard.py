"""`connu scorecard`: whatever a brand brought or did not, it says what is known, what to bring."""

from __future__ import annotations

from pathlib import Path

import pytest

CRM = """
[sources.crm]
kind = "people"
path = "data/crm.csv"

[sources.crm.fields]
id = "no"
last_name = "nom"
email = "mail"
"""
WEB = """
[sources.web]
kind = "events"
path = "data/web.csv"

[sources.web.fields]
id = "n"
time = "at"
type = "what"
anonymous_id = "cookie"
product = "sku"
"""


def made(folder: Path, sources: str, **files: str) -> Path:
    """A brand with these sources, built."""
    (folder / "data").mkdir(parents=True)
    (folder / "connu.toml").write_text(f'[brand]\nname = "Seule"\n{sources}', encoding="utf-8")
    for name, text in files.items():
        (folder / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def people(n: int) -> str:
    return "no,nom,mail\n" + "".join(f"{i},Nom{i},p{i}@courriel.example\n" for i in range(n))


def events(n: int) -> str:
    rows = (f"{i},2026-05-{1 + i % 28:02} 10:00,view,k{i},S{i % 3}\n" for i in range(n))
    return "n,at,what,cookie,sku\n" + "".join(rows)


def missing(run, folder) -> list[str]:
    assert run("build", "--brand", folder, "--json").code == 0
    ran = run("scorecard", "--brand", folder)
    assert ran.code == 0, ran.err
    shape = run("scorecard", "--brand", folder, "--json").json
    for one in shape["missing"]:
        assert one["label"]["en"] in ran.out
    return [one["name"] for one in shape["missing"]]


def test_one_source_without_events_or_texts(run, tmp_path):
    folder = made(tmp_path / "b", CRM, crm=people(30))
    assert missing(run, folder) == ["one_source", "events", "products", "verbatims", "survey"]


def test_one_customer_alone(run, tmp_path):
    folder = made(tmp_path / "b", CRM, crm=people(1))
    assert "one_source" in missing(run, folder)
    shape = run("scorecard", "--brand", folder, "--json").json
    by_name = {claim["name"]: claim for claim in shape["claims"]}
    assert by_name["customers"]["value"] == 1
    assert by_name["sources_per_customer"]["hidden"]
    assert "Nom0" not in str(shape) and "courriel" not in str(shape)


def test_no_customer_at_all(run, tmp_path):
    folder = made(tmp_path / "b", CRM, crm="no,nom,mail\n")
    assert missing(run, folder)[0] == "customers"


def test_visitors_alone(run, tmp_path):
    folder = made(tmp_path / "b", WEB, web=events(40))
    assert missing(run, folder) == ["people", "products", "verbatims"]
    shape = run("scorecard", "--brand", folder, "--json").json
    assert {c["name"]: c["value"] for c in shape["claims"]}["visitors"] == 40


def test_no_build_says_what_to_run(run, tmp_path):
    folder = made(tmp_path / "b", CRM, crm=people(3))
    ran = run("scorecard", "--brand", folder)
    assert ran.code == 5 and "connu build" in ran.err


def test_how_prints_the_query_and_what_it_gives(run, sample):
    names = run("scorecard", "--brand", sample, "--names").out.split()
    assert "customers" in names and len(names) > 50
    ran = run("scorecard", "--brand", sample, "--how", "customers")
    assert ran.code == 0
    assert "SELECT count(*) AS value FROM customers" in ran.out
    shape = run("scorecard", "--brand", sample, "--how", "customers", "--json").json
    assert f"value {shape['rows'][0]['value']}" in ran.out
    ran = run("scorecard", "--brand", sample, "--how", "custommers")
    assert ran.code == 2 and "did you mean «customers»" in ran.err
    far = run("scorecard", "--brand", sample, "--how", "zzzzzz")
    assert far.code == 2 and "connu scorecard --names" in far.err and len(far.err) < 400


def test_a_segment_that_cannot_be_read_or_is_too_small(run, sample):
    assert run("scorecard", "--brand", sample, "--segment", "sex").code == 2
    ran = run("scorecard", "--brand", sample, "--segment", "last_name=Nobody")
    assert ran.code == 2 and "fewer than 10" in ran.err


@pytest.mark.parametrize("evil", ["[bold red]x[/]", "\x1b[31mx", "</script><script>"])
def test_names_with_markup_stay_text(run, tmp_path, evil):
    toml_safe = evil.replace("\x1b", "\\u001b")
    folder = made(tmp_path / "b", CRM, crm=people(12))
    path = folder / "connu.toml"
    path.write_text(path.read_text().replace("Seule", toml_safe), encoding="utf-8")
    assert run("build", "--brand", folder, "--json").code in (0, 3)
    ran = run("scorecard", "--brand", folder)
    if ran.code == 0:
        assert "\x1b[31m" not in ran.out
        assert "x" in ran.out.splitlines()[0] or "script" in ran.out.splitlines()[0]
