"""Visitors to ask: drawn among those who may be read, the same from the same build."""

from __future__ import annotations

import csv

import pytest
import told_brand

from connu.kernel.errors import UsageError


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_to_fill_in(built, tmp_path):
    told_brand.tell(built)
    path = tmp_path / "ask.csv"
    done = built.export("audits", path, attribute="sex")
    rows = read(path)
    assert (done.rows, len(rows)) == (2, 2)
    assert (done.attribute, done.values) == ("sex", ["female", "male"])
    assert list(rows[0]) == ["anonymous_id", "stratum", "weight", "value"]
    assert [row["anonymous_id"] for row in rows] == [told_brand.WOMAN, told_brand.SILENT]
    assert {row["value"] for row in rows} == {""}
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(2)
    again = tmp_path / "again.csv"
    built.export("audits", again, attribute="sex")
    assert again.read_bytes() == path.read_bytes()


def test_who_refused_is_not_asked(built, tmp_path):
    told_brand.tell(built)
    built.consent(told_brand.WOMAN, "service", granted=False)
    built.export("audits", tmp_path / "ask.csv", attribute="sex")
    assert [row["anonymous_id"] for row in read(tmp_path / "ask.csv")] == [told_brand.SILENT]
    with pytest.raises(UsageError, match="no visitor to ask"):
        built.export("audits", tmp_path / "none.csv", attribute="sex", purpose="marketing")
    assert not (tmp_path / "none.csv").exists()


def test_what_to_ask_must_be_said_and_be_told_by_twins(built, tmp_path):
    told_brand.tell(built)
    with pytest.raises(UsageError, match="about one attribute") as error:
        built.export("audits", tmp_path / "ask.csv")
    assert "sex" in error.value.hint
    with pytest.raises(UsageError, match="«sexe»"):
        built.export("audits", tmp_path / "ask.csv", attribute="sexe")
    with pytest.raises(UsageError, match="a profile is not audited"):
        built.export("audits", tmp_path / "ask.csv", attribute="profile.sex_age")
    with pytest.raises(UsageError, match="ending in"):
        built.export("audits", tmp_path / "ask.txt", attribute="sex")
