"""The whole walk on the sample brand: every command, its screen, its JSON, its exit code."""

from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest


def test_build_says_what_it_did_and_where_to_look(run, own_sample):
    ran = run("build", "--force")
    assert ran.code == 0 and ran.err == ""
    for word in ("read sources", "link", "golden record", "customers behind", "connu show"):
        assert word in ran.out
    again = run("build")
    assert again.code == 0
    assert "Nothing changed" in again.out


def test_build_json(run, own_sample):
    shape = run("build", "--force", "--json").json
    assert set(shape) == {
        "changed", "build", "seconds", "stages", "records", "customers", "sources", "changes",
        "undecided", "learnt", "remarks", "twins", "intents", "understood",
    }  # fmt: skip
    assert set(shape["stages"][0]) == {"name", "seconds", "counts"}
    assert run("build", "--json").json["changed"] is False


def test_status(run, sample):
    ran = run("status", "--brand", sample)
    assert ran.code == 0
    for word in ("Maison Claire", "crm", "data/crm.csv", "→ ", "why"):
        assert word in ran.out
    shape = run("status", "--brand", sample, "--json").json
    assert set(shape) == {
        "brand", "folder", "sources", "builds", "quarantine", "decisions", "remarks", "twins",
        "intents", "understood",
    }  # fmt: skip
    assert set(shape["quarantine"][0]) == {"source", "column", "reason", "rows", "first_row"}


def test_check_tells_warnings_and_exits_0(run, sample):
    ran = run("check", "--brand", sample)
    assert ran.code == 0
    assert "warning" in ran.out and "are in order" in ran.out
    shape = run("check", "--brand", sample, "--json").json
    assert shape["errors"] == 0
    assert set(shape["findings"][0]) == {
        "severity", "source", "file", "row", "column", "message", "hint",
    }  # fmt: skip


def test_check_exits_3_when_something_is_wrong(run, own_sample):
    (own_sample / "data/crm.csv").unlink()
    ran = run("check")
    assert ran.code == 3
    assert "crm.csv" in ran.out


def test_show_by_record_and_by_customer(run, sample, linked):
    ran = run("show", linked[0], "--brand", sample)
    assert ran.code == 0
    for word in ("facts", "records", "identifiers", "links", "declared", linked[0], linked[1]):
        assert word in ran.out
    shape = run("show", linked[0], "--brand", sample, "--json").json
    assert set(shape["customer"]) == {
        "customer_id", "facts", "records", "identifiers", "links", "undecided", "household",
        "visitors", "intents", "expected",
    }  # fmt: skip
    customer_id = shape["customer"]["customer_id"]
    again = run("show", customer_id, "--brand", sample, "--json").json
    assert again["customer"] == shape["customer"]


def test_explain(run, sample, linked):
    ran = run("explain", *linked, "--brand", sample)
    assert ran.code == 0
    for word in ("one customer", "bits", "before looking", "together", "█"):
        assert word in ran.out
    shape = run("explain", *linked, "--brand", sample, "--json").json
    assert set(shape) == {
        "left", "right", "same", "customers", "verdict", "explanation", "remarks", "chain",
    }  # fmt: skip
    assert shape["same"] is True


FIXED = {
    "identities": ["source", "record_id", "customer_id"],
    "links": [
        "left_source", "left_record_id", "right_source", "right_record_id", "kind",
        "match_probability", "bits",
    ],
    "facts": [
        "subject_kind", "subject", "attribute", "value", "probability", "basis", "source",
        "evidence", "observed_at",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ["identities", "links", "facts", "customers"])
@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_exports_have_the_fixed_columns(run, sample, tmp_path, name, suffix):
    path = tmp_path / f"{name}.{suffix}"
    shape = run("export", name, "-o", path, "--brand", sample, "--json").json
    assert set(shape) == {
        "table", "file", "purpose", "rows", "left_out", "customers_left_out",
    }  # fmt: skip
    assert shape["rows"] > 0
    if suffix == "parquet":
        columns, rows = pq.read_schema(path).names, pq.read_metadata(path).num_rows
    elif suffix == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            columns, *lines = csv.reader(file)
        rows = len(lines)
    else:
        lines = path.read_text(encoding="utf-8").splitlines()
        columns, rows = list(json.loads(lines[0])), len(lines)
    assert rows == shape["rows"]
    assert columns == FIXED.get(name, columns)
    assert columns[0] == FIXED.get(name, ["customer_id"])[0]


def test_export_tells_who_was_left_out(run, sample, tmp_path):
    service = run("export", "customers", "-o", tmp_path / "a.csv", "-b", sample, "--json").json
    path = tmp_path / "b.csv"
    ran = run("export", "customers", "-o", path, "--purpose", "marketing", "--brand", sample)
    assert ran.code == 0
    assert "did not grant «marketing»" in ran.out
    shape = run("export", "customers", "-o", path, "-p", "marketing", "-b", sample, "--json").json
    assert 0 < shape["rows"] < service["rows"]
    assert shape["rows"] + shape["left_out"] == service["rows"] + service["left_out"]
    assert shape["customers_left_out"] == shape["left_out"]
    ran = run("export", "identities", "-o", path, "--purpose", "marketing", "--brand", sample)
    told = f"{shape['customers_left_out']:,} customers did not grant «marketing»"
    assert told in " ".join(ran.out.split())


@pytest.mark.slow
def test_split_and_join_are_honoured(run, own_sample, linked):
    assert run("split", *linked, "--by", "Anne").code == 0
    assert run("build").code == 0
    apart = run("explain", *linked, "--json").json
    assert apart["same"] is False and "Split by hand" in apart["remarks"][0]
    ran = run("join", *linked, "--json")
    assert set(ran.json) == {"what", "left", "right", "ids"}
    run("build")
    assert run("explain", *linked, "--json").json["same"] is True


def test_evaluate_identities(run, sample):
    ran = run("evaluate", "identities", sample / "truth/identities.csv", "--brand", sample)
    assert ran.code == 0
    for word in ("pairwise", "B-cubed", "precision", "recall", "F1"):
        assert word in ran.out
    shape = run(
        "evaluate", "identities", sample / "truth/identities.csv", "--brand", sample, "--json"
    ).json
    assert shape["pairwise"]["precision"]["value"] > 0.9
    assert shape["bcubed"]["f1"]["value"] > 0.8


def test_consent_counts_at_once(run, own_sample, linked):
    assert run("consent", "withdraw", "service", linked[0]).code == 0
    assert run("show", linked[0]).code == 7
    ran = run("consent", "grant", "service", linked[0], "--json")
    assert set(ran.json) == {"purpose", "granted", "customers", "visitor"}
    assert run("show", linked[0]).code == 0


@pytest.mark.slow
def test_forget_proves_it(run, own_sample, linked):
    customer_id = run("show", linked[0], "--json").json["customer"]["customer_id"]
    ran = run("forget", customer_id, "--yes")
    assert ran.code == 0
    assert "Proof" in ran.out and "still stands there" in ran.out
    assert run("show", linked[0]).code == 7
    assert run("build", "--force").code == 0
    assert run("show", linked[0]).code == 7


def test_forget_json(run, own_sample, linked):
    shape = run("forget", linked[0], "--yes", "--json").json
    assert {"customer_id", "records", "tombstones", "remains", "in_sources"} <= set(shape)
    assert shape["remains"] == []


def test_forget_asks_first(run, own_sample, linked, monkeypatch):
    monkeypatch.setattr("typer.confirm", _refuse)
    ran = run("forget", linked[0])
    assert ran.code == 130
    assert run("show", linked[0]).code == 0


def _refuse(*_, **__):
    import typer

    raise typer.Abort


def test_scorecard(run, sample):
    ran = run("scorecard", "--brand", sample)
    assert ran.code == 0 and ran.out.strip()
    assert isinstance(run("scorecard", "--brand", sample, "--json").json, dict)


def test_init_check_build_on_files_of_ones_own(run, own_sample, monkeypatch):
    (own_sample / "connu.toml").unlink()
    ran = run("init", "data/crm.csv", "data/accounts.jsonl", "--dry-run")
    assert ran.code == 0
    assert "[sources.crm.fields]" in ran.out and "prenom" in ran.out
    assert not (own_sample / "connu.toml").exists()
    shape = run("init", "data/crm.csv", "--json").json
    assert set(shape) == {"file", "toml", "notes"}
    assert set(shape["notes"][0]) == {"source", "column", "field", "confidence", "reason"}
    assert (own_sample / "connu.toml").read_text(encoding="utf-8") == shape["toml"]
    assert run("init", "data/crm.csv").code == 2


def test_a_command_finds_the_brand_from_a_folder_below(run, own_sample, monkeypatch):
    monkeypatch.chdir(own_sample / "data/web")
    assert run("status").code == 0
