"""What attributes say alike of the visitors is said once, in a build's remarks."""

from __future__ import annotations

import pytest

from connu.app.shift import shift_remarks
from connu.app.telling import _remarks
from connu.kernel.sections import Attribute, Brand
from connu.kernel.settings import Settings
from connu.twins.shift import ShiftReport
from connu.twins.telling import Told, TwinsReport


def shift(verdict="shifted", auc=0.75, *, thinned=True):
    few = verdict == "too_few"
    return ShiftReport(
        verdict=verdict,
        thinned=thinned,
        known=900,
        visitors=4000,
        auc=None if few else auc,
        auc_low=None if few else auc - 0.01,
        auc_high=None if few else auc + 0.01,
        auc_whole=None,
        effective=None if few else 300.0,
        unlike_share=0.01,
        ask=verdict == "shifted",
    )


def test_several_attributes_of_one_verdict_make_one_line():
    names = ("age_band", "area", "place", "sex")
    areas = (0.73, 0.81, 0.75, 0.78)
    shifts = {name: shift(auc=auc) for name, auc in zip(names, areas, strict=True)}
    (line,) = shift_remarks(shifts, askable=names)
    assert "AUC 0.73–0.81; 0.5 is alike" in line and "4 attributes" in line
    assert "as short as visits" in line and "connu export audits -a sex" in line


def test_silence_is_told_apart_from_care():
    shifts = {"sex": shift(thinned=False), "place": shift("too_unlike", 0.97), "area": None}
    silent, moved = shift_remarks(shifts, askable={"place"})
    assert "silent about them (place)" in silent and "0.97" in silent and "audits" not in silent
    assert "(sex)" in moved and "whole histories" in moved and "audits" not in moved


def test_visitors_like_the_known_or_too_few_are_no_remark():
    assert shift_remarks({"sex": shift("alike", 0.52), "area": shift("too_few"), "x": None}) == []


def told(found, stated=9):
    return Told(99, 20, stated, ["a", "b"], None, None, None, found)


def test_a_build_keeps_every_other_remark():
    found = shift()
    said = ["sex: told by shares"]
    settings = Settings(brand=Brand(name="b"))
    report = TwinsReport({"sex": told(found)}, {}, said)
    assert _remarks(report, settings) == said + shift_remarks({"sex": found}, {"sex"})


@pytest.mark.parametrize(
    ("name", "stated", "audited"),
    [("sex", 9, "asked.csv"), ("profile.x", 9, None)],
    ids=["asked already", "a profile"],
)
def test_nobody_is_asked_for_nothing(name, stated, audited):
    settings = Settings(brand=Brand(name="b"), attributes={"sex": Attribute(audited=audited)})
    (line,) = _remarks(TwinsReport({name: told(shift(), stated)}, {}, []), settings)
    assert "audits" not in line
    (line,) = _remarks(TwinsReport({"area": told(shift())}, {}, []), settings)
    assert "audits -a area" in line


def test_where_nothing_is_stated_only_silence_is_remarked():
    settings = Settings(brand=Brand(name="b"))
    report = TwinsReport({"sex": told(shift(), 0)}, {}, [])
    assert _remarks(report, settings) == []
    report = TwinsReport({"sex": told(shift("too_unlike", 0.97), 0)}, {}, [])
    (line,) = _remarks(report, settings)
    assert "silent about them (sex)" in line
