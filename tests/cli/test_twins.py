"""Twins on the command line: exports, a visitor's page, the evaluation with its chart, figures."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree

import cross_fitted
import pytest
import told_brand

from connu.app.brand import open as open_brand


@pytest.fixture
def told(own_sample, monkeypatch):
    """A sample brand, of some of whose visitors twins tell the sex."""
    brand = open_brand(own_sample)
    rows = brand.table("visitors").to_pylist()
    lone = [r["anonymous_id"] for r in rows if not r["customer_id"] and not r["shared_device"]]
    monkeypatch.setattr(told_brand, "WOMAN", lone[0])
    monkeypatch.setattr(told_brand, "SILENT", lone[1])
    told_brand.tell(brand)
    return own_sample


@pytest.fixture
def judged(monkeypatch):
    monkeypatch.setattr(cross_fitted.PLACE, cross_fitted.fitting([]))


def test_export_twins_of_one_attribute(run, told, tmp_path):
    path = tmp_path / "sex.csv"
    ran = run("export", "twins", "--attribute", "sex", "-o", path)
    assert ran.code == 0 and "4 rows of twins" in ran.out
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["subject_kind", "subject", "attribute", "value", "probability", "stated"]
    assert {row[2] for row in rows} == {"sex"} and len(rows) == 4
    shape = run("export", "twins", "-a", "sex", "-o", path, "--json").json
    assert shape["attribute"] == "sex" and shape["rows"] == 4
    assert run("export", "silences", "-o", path).code == 0
    ran = run("export", "twins", "-a", "sexe", "-o", path)
    assert ran.code == 2 and "did you mean «sex»?" in ran.err
    assert run("export", "links", "-a", "sex", "-o", path).code == 2


def test_export_audits_says_what_to_do_with_them(run, told, tmp_path):
    ran = run("export", "audits", "-a", "sex", "-o", tmp_path / "to-ask.csv")
    assert ran.code == 0
    for word in ("(female, male;", "[attributes.sex]", 'audited = "to-ask.csv"', "connu build"):
        assert word in ran.out
    assert "audited" not in run("export", "twins", "-o", tmp_path / "twins.csv").out


def test_show_a_visitor(run, told):
    ran = run("show", told_brand.WOMAN)
    assert ran.code == 0
    for word in ("a visitor nobody knows", "events", "told by twins", "93.0 %", "41 of the 50"):
        assert word in ran.out
    assert "c-somebody-else" not in ran.out
    shape = run("show", told_brand.WOMAN, "--json").json
    assert shape["customer"] is None and shape["hits"] == []
    assert set(shape["visitor"]) == {
        "anonymous_id", "events", "first_time", "last_time", "shared_device", "done",
        "categories", "told", "probabilities", "silences", "intents", "expected",
    }  # fmt: skip
    assert shape["visitor"]["told"][0]["alike"] == 41
    ran = run("show", told_brand.SILENT)
    for word in ("not said", "female 60.0 %", "do not agree enough"):
        assert word in ran.out


def test_evaluate_twins(run, told, judged, tmp_path):
    chart = tmp_path / "sex.html"
    ran = run("evaluate", "twins", "--attribute", "sex", "--chart", chart)
    assert ran.code == 0
    for word in (
        "AUC", "balanced accuracy", "surest 20 %", "shared out", "ECE", "overconfidence",
        "coverage at 95 %", "promised precision 80 %", "kept", "female", "█",
    ):  # fmt: skip
        assert word in ran.out, word
    assert "<svg" in chart.read_text(encoding="utf-8")
    shape = run("evaluate", "twins", "-a", "sex", "--json").json
    assert {"attribute", "precision", "promise", "score", "curve", "folds"} <= set(shape)
    assert shape["score"]["acc20"]["value"] == pytest.approx(0.95)


def test_the_chart_is_one_picture_without_anything_from_outside(run, told, judged, tmp_path):
    chart = tmp_path / "sex.svg"
    assert run("evaluate", "twins", "--chart", chart).code == 0
    root = ElementTree.fromstring(chart.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    texts = [text.text for text in root.iter(f"{space}text")]
    assert "sex by twins: 60 people judged" in texts
    assert "promised 80 %" in texts
    assert len(list(root.iter(f"{space}circle"))) == 1
    assert all("http" not in str(value) for node in root.iter() for value in node.attrib.values())
    for line in root.iter(f"{space}polyline"):
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= float(root.attrib["width"])
            assert 0 <= y <= float(root.attrib["height"])


def test_evaluate_twins_errors_name_what_is_wrong(run, told, judged, tmp_path):
    ran = run("evaluate", "twins", "-a", "sexe")
    assert ran.code == 2 and "did you mean «sex»" in ran.err
    assert run("evaluate", "twins", "-a", "religion").code == 6
    folds = tmp_path / "folds.csv"
    folds.write_text("record_id,part\n1,0\n")
    ran = run("evaluate", "twins", "--folds", folds)
    assert ran.code == 2 and "folds.csv" in ran.err and "«fold»" in ran.err
    assert run("evaluate", "twins", "--folds", tmp_path / "none.csv").code == 3
    assert run("evaluate", "twins", "--chart", tmp_path / "x.png").code == 2
    assert run("evaluate", "twins", "--chart", tmp_path / "no" / "x.svg").code == 2


def test_scorecard_says_how_far_twins_may_be_believed(run, told):
    ran = run("scorecard")
    assert ran.code == 0
    for word in ("sex, told by twins", "(few)", "95.0 % (90.0–97.5)", "1.2 %", "87.0 %", "█"):
        assert word in ran.out, word
    shape = run("scorecard", "--json").json
    (sex,) = (check for check in shape["checks"] if check["kind"] == "twins")
    assert sex["name"] == "twins.sex" and sex["told"] is None  # one visitor is too few to show
    assert len(sex["curve"]) == 2
