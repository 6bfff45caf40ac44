"""Twins judged on customers: whose figures count, and when a promise is kept."""

from __future__ import annotations

import cross_fitted
import numpy as np
import pytest

from connu.app.brand import open as open_brand
from connu.app.evaluation import curve_of, promised, told_attributes
from connu.journal.journal import open_journal
from connu.kernel.errors import PurposeError, UsageError
from connu.kernel.settings import settings_from


@pytest.fixture
def calls(monkeypatch):
    made = []
    monkeypatch.setattr(cross_fitted.PLACE, cross_fitted.fitting(made))
    return made


def test_figures_and_the_promise(built, calls):
    found = built.evaluate_twins("sex")
    assert found.score.people == 60
    assert (found.precision, found.promise) == (0.9, "kept")
    assert found.folds == "folds of connu's own"
    assert calls == [{"attribute": "sex", "folds": None, "refused": []}]
    shape = found.as_dict()
    assert shape["score"]["accuracy"]["value"] == pytest.approx(0.95)
    assert shape["curve"][-1]["coverage"] == 1.0


def test_who_did_not_grant_the_purpose_is_not_judged(built, calls):
    granted = built.table("customers", "marketing").num_rows
    assert 0 < granted < 60
    assert built.evaluate_twins("sex", purpose="marketing").score.people == granted
    with open_journal(built.folder, built.settings) as journal:
        journal.consent("service", False, "x", records=[("crm", "C000")])
    assert built.evaluate_twins("sex").score.people == 59


def test_who_refused_to_be_a_twin_is_not_learnt_from(built, calls):
    customer_id = built.show("crm:C001").customer.customer_id
    built.consent("crm:C001", "personalisation", granted=False)
    built.evaluate_twins("sex")
    assert calls[0]["refused"] == [customer_id]


def test_only_the_judged_of_a_file_count(built, calls, tmp_path):
    rows = [f"C{n:03},{'later' if n % 3 == 0 else 'earlier'}" for n in range(30)]
    path = tmp_path / "split.csv"
    path.write_text("record_id,time_split\n" + "\n".join([*rows, "C999,later"]) + "\n")
    found = built.evaluate_twins("sex", folds=path, column="time_split")
    assert found.score.people == 10
    assert found.folds == "learnt on «earlier», judged on «later»"
    assert (found.unknown, found.unjudged) == (1, 0)
    (call,) = calls
    assert call["folds"].num_rows == 30 and call["folds"]["fold"].null_count == 20


@pytest.mark.parametrize(
    ("right", "promise"), [(1.0, "kept"), (0.88, "missed within chance"), (0.4, "broken")]
)
def test_a_promise_is_kept_missed_by_chance_or_broken(built, monkeypatch, right, promise):
    monkeypatch.setattr(cross_fitted.PLACE, cross_fitted.fitting([], right=right))
    assert built.evaluate_twins("sex").promise == promise


def test_nobody_to_judge_is_told(built, monkeypatch):
    monkeypatch.setattr(cross_fitted.PLACE, cross_fitted.fitting([], people=0))
    with pytest.raises(UsageError, match="nobody can be judged"):
        built.evaluate_twins("sex")


def test_an_unknown_attribute_and_a_sensitive_one_are_refused_before_anything_is_learnt(
    built, calls
):
    with pytest.raises(UsageError) as error:
        built.evaluate_twins("sexe")
    assert "did you mean «sex»" in error.value.hint
    with pytest.raises(PurposeError, match="sensitive"):
        built.evaluate_twins("religion")
    assert calls == []


def test_the_attributes_told_are_those_of_the_settings():
    settings = settings_from(
        {
            "brand": {"name": "x"},
            "attributes": {
                "sex": {"precision": 0.95},
                "place": {"extrapolate": False},
                "habitat": {"extrapolate": True},
                "shoe": {},
            },
            "profiles": {"young": {"precision": 0.8, "age_band": "under 18"}},
        }
    )
    told = told_attributes(settings)
    assert {"sex", "habitat", "profile.young"} <= set(told)
    assert not {"place", "shoe"} & set(told)
    assert promised(settings, "sex") == 0.95
    assert promised(settings, "profile.young") == 0.8


def test_the_curve_ends_at_the_accuracy_of_all():
    probability = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.45, 0.55]])
    curve = curve_of(probability, np.array([0, 0, 1, 0]))
    assert curve[-1].accuracy.value == pytest.approx(0.75)
    half = next(point for point in curve if point.coverage == 0.5)
    assert half.accuracy.value == pytest.approx(1.0)
    assert min(point.coverage for point in curve) >= 0.25


def test_a_brand_gives_what_twins_tell_of_an_attribute(built):
    import told_brand

    told_brand.tell(built)
    table = open_brand(built.folder).twins("sex")
    assert table.column_names[:2] == ["subject_kind", "subject"]
    assert table.num_rows == 4
    with pytest.raises(UsageError, match="says nothing about"):
        built.twins("age")
