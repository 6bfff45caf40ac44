"""The verdict on all visitors together, in words and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.shift import DomainCheck, ShiftReport, shift_report
from tests.twins.moved_people import people


def report(known: np.ndarray, visitors: np.ndarray, *, thinned: bool = True) -> ShiftReport:
    check = DomainCheck().fit(known, visitors)
    return shift_report(check, check.unlike(visitors), thinned=thinned)


def test_strangers_are_silenced_and_the_others_are_not():
    strangers = people(300, seed=3, moved=9.0)
    visitors = np.concatenate([people(2000, seed=4), strangers])
    check = DomainCheck().fit(people(2000, seed=5), visitors)
    unlike = check.unlike(visitors)
    assert unlike[2000:].mean() > 0.99
    assert unlike[:2000].mean() < 0.02
    said = shift_report(check, unlike, thinned=True)
    assert said.verdict == "shifted"
    assert 0.12 < said.unlike_share < 0.16


def test_everybody_a_stranger_is_silence():
    said = report(people(500, seed=1), people(500, seed=2, moved=12.0))
    assert said.verdict == "too_unlike" and said.silent
    assert said.unlike_share > 0.99
    assert said.sentence.startswith("too unlike: silent (AUC 1.00")


@pytest.mark.parametrize(("known", "visitors"), [(0, 0), (3, 5000), (5000, 99), (1, 1)])
def test_too_few_give_no_verdict(known: int, visitors: int):
    check = DomainCheck().fit(people(known), people(visitors, seed=1, moved=30))
    unlike = check.unlike(people(visitors, moved=30))
    assert unlike.shape == (visitors,) and not unlike.any()
    said = shift_report(check, unlike, thinned=False)
    assert said.verdict == "too_few" and said.auc is None and not said.silent
    assert said.sentence.startswith(f"no verdict: {known} known people and {visitors} visitors")


def test_the_sentence_says_what_was_done_and_what_to_do():
    known, visitors = people(1000, seed=1), people(1000, seed=2, moved=1.0)
    shifted = report(known, visitors)
    assert shifted.sentence.startswith("shifted, calibrated on thinned histories (AUC 0.7")
    assert shifted.sentence.endswith("ask some 200 visitors: connu export audits")
    assert "not calibrated on thinned" in report(known, visitors, thinned=False).sentence
    alike = report(known, people(1000, seed=2))
    assert alike.sentence.startswith("alike (AUC") and "export" not in alike.sentence


def test_a_shift_that_thinning_repairs_asks_nobody():
    visitors = people(1000, seed=2, moved=1.0)
    check = DomainCheck().fit(people(1000, seed=3, moved=1.0), visitors)
    whole = DomainCheck().fit(people(1000, seed=3), visitors)
    said = shift_report(check, check.unlike(visitors), thinned=True, whole=whole)
    assert said.verdict == "shifted" and not said.ask
    assert said.auc_whole is not None and said.auc is not None
    assert said.auc_whole > 0.7 > 0.55 > said.auc
    assert "on whole histories" in said.sentence
