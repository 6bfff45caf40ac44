"""What is judged was never seen: folds are kept apart, no answer leaks into its judgement."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from connu.kernel.errors import UsageError
from connu.twins.crossfit import CrossFitted, cross_fit
from tests.twins.known_people import engine_at, settings_of
from tests.twins.told_people import SEXES, Shop, make_shop

FOLDS = pa.schema([("subject", pa.string()), ("fold", pa.string())])


def folds_of(folds: dict[str, str | None]) -> pa.Table:
    return pa.table([list(folds), list(folds.values())], schema=FOLDS)


@pytest.fixture
def judged(tmp_path):
    """Judges an attribute of a shop."""

    def made(shop: Shop, folds=None, attribute="sex", shuffled=None, **sections) -> CrossFitted:
        engine = engine_at(tmp_path / f"work{len(list(tmp_path.iterdir()))}")
        shop.put(engine, shuffled=shuffled)
        try:
            table = folds_of(folds) if folds is not None else None
            return cross_fit(engine, settings_of(**sections), attribute, table)
        finally:
            engine.close()

    return made


def names(found: CrossFitted) -> list[str]:
    assert set(found.subjects["subject_kind"].to_pylist()) <= {"customer"}
    assert len(found.subjects) == len(found.truth) == len(found.fold) == len(found.stated)
    assert np.allclose(found.probability.sum(axis=1), 1.0)
    made = found.subjects["subject"].to_pylist()
    assert made == sorted(made)
    return made


def area(found: CrossFitted) -> float:
    return float(roc_auc_score(found.truth, found.probability[:, 1]))


def thirds(known: int = 120) -> dict[str, str | None]:
    return {f"c{n:04}": str(n // 2 % 3) for n in range(known)}


def test_connu_s_own_folds_judge_everybody(judged):
    found = judged(make_shop())
    assert names(found) == [f"c{n:04}" for n in range(120)]
    assert found.classes == ["female", "male"]
    assert [found.classes[code] for code in found.truth] == [SEXES[n % 2] for n in range(120)]
    assert area(found) > 0.95
    assert set(found.stated) <= {-1, 0, 1}


def test_a_file_s_folds_judge_whom_it_names(judged):
    found = judged(make_shop(), thirds())
    assert dict(zip(names(found), found.fold, strict=True)) == thirds()
    assert area(found) > 0.95
    same = judged(make_shop(), dict(reversed(thirds().items())), shuffled=2)
    assert np.array_equal(found.probability, same.probability)
    assert np.array_equal(found.stated, same.stated)


def test_who_has_no_fold_is_only_learnt_on_and_who_is_not_named_not_at_all(judged):
    folds = {f"c{n:04}": None if n < 80 else "later" for n in range(100)}
    found = judged(make_shop(), folds)
    assert names(found) == [f"c{n:04}" for n in range(80, 100)]
    assert set(found.fold) == {"later"} and area(found) > 0.9
    # A name nobody has, and a visitor's cookie, change nothing.
    again = judged(make_shop(), folds | {"nobody": "later", "v0001": None})
    assert np.array_equal(found.probability, again.probability)


@pytest.mark.slow
def test_who_is_not_named_does_not_lend_his_answer(judged):
    folds = {f"c{n:04}": None if n < 80 else "later" for n in range(100)}
    shop = make_shop()
    for fact in shop.facts:
        if fact["subject"] >= "c0100":
            fact["value"] = SEXES[fact["value"] == "female"]
    found = judged(shop, folds)
    assert np.array_equal(found.probability, judged(make_shop(), folds).probability)


def test_who_is_judged_does_not_lend_his_answer_either(judged):
    folds = {f"c{n:04}": None if n < 80 else "later" for n in range(120)}
    shop = make_shop()
    for fact in shop.facts:
        if fact["subject"] >= "c0080":
            fact["value"] = SEXES[fact["value"] == "female"]
    turned, found = judged(shop, folds), judged(make_shop(), folds)
    assert np.array_equal(found.probability, turned.probability)
    assert area(found) > 0.95 and area(turned) < 0.05


@pytest.mark.slow
def test_a_value_of_one_fold_alone_is_never_told_there_and_has_no_share(judged):
    shop = make_shop()
    for n in range(120):
        shop.say(f"c{n:04}", style="own" if n // 2 % 3 == 2 else "ab"[n % 2])
    found = judged(shop, thirds(), "style", attributes={"style": {"extrapolate": True}})
    assert found.classes == ["a", "b", "own"]
    alone = found.fold == "2"
    assert set(found.truth[alone]) == {2} and (found.truth[~alone] < 2).all()
    assert (found.probability[alone][:, 2] == 0.0).all()
    assert not (found.stated[alone] == 2).any()
    assert (found.probability[~alone][:, 2] > 0.0).any()


def test_a_fold_that_leaves_one_value_to_learn_from_is_judged_without_a_statement(judged):
    folds = {f"c{n:04}": "x" if n % 2 else "y" for n in range(120)}
    found = judged(make_shop(), folds)
    assert set(found.stated) == {-1}
    assert (found.probability[np.arange(120), found.truth] == 0.0).all()


@pytest.mark.parametrize(
    ("folds", "what"),
    [
        (dict.fromkeys(thirds(), "all"), "everybody is in the fold «all»"),
        ({name: fold for name, fold in thirds().items() if name < "c0030"}, "30 known customers"),
        ({}, "0 known customers"),
        ({"nobody": "1"}, "0 known customers"),
    ],
)
def test_what_cannot_be_judged_is_said(judged, folds, what):
    with pytest.raises(UsageError, match=what):
        judged(make_shop(), folds)


@pytest.mark.parametrize("attribute", ["age_band", "nothing"])
def test_nobody_known_cannot_be_judged(judged, attribute):
    with pytest.raises(UsageError, match="0 known customers"):
        judged(make_shop(), attribute=attribute)


def test_one_value_cannot_be_judged(judged):
    shop = make_shop()
    shop.facts = [fact | {"value": "male"} for fact in shop.facts]
    with pytest.raises(UsageError, match="1 values"):
        judged(shop)


def permuted(known: int, seed: int) -> Shop:
    shop = make_shop(known=known, visitors=30, views=8)
    answers = [fact["value"] for fact in shop.facts]
    random.Random(seed).shuffle(answers)
    shop.facts = [f | {"value": v} for f, v in zip(shop.facts, answers, strict=True)]
    return shop


@pytest.mark.slow
@pytest.mark.parametrize("own", [True, False])
def test_answers_dealt_at_random_are_not_foreseen_nor_stated(judged, own):
    known, areas = 300, []
    for seed in range(3):
        found = judged(permuted(known, seed), None if own else thirds(known))
        areas.append(area(found))
        assert (found.stated >= 0).sum() == 0
    # Three areas of 300 people: 0.02 each way at one standard error of their mean.
    assert abs(float(np.mean(areas)) - 0.5) < 0.07
