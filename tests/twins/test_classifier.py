"""The classifier tells what it knows, keeps what it promises, and otherwise is silent."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator

import connu
import connu.twins
from connu.kernel.errors import UsageError
from connu.twins.classifier import TwinsClassifier
from connu.twins.precision import risk_thresholds
from connu.twins.vocabulary import Block
from tests.twins.made_people import CODES, NEW, PEOPLE, SEX, SOME, SOME_SEX, TRUTH, same, shoppers


@pytest.fixture(scope="module")
def few() -> TwinsClassifier:
    """Learnt from too few people for trees."""
    return TwinsClassifier().fit(PEOPLE, SEX)


@pytest.fixture(scope="module")
def many() -> TwinsClassifier:
    """Learnt from enough people for trees, three classes."""
    return TwinsClassifier().fit(*shoppers(1_000, classes=3))


# ---------------------------------------------------------------- scikit-learn's manner
def failed_checks() -> list[str]:
    """The checks scikit-learn has for estimators that fail; one needs a setting and is skipped."""
    found = check_estimator(TwinsClassifier(), on_fail=None, on_skip=None)
    assert len(found) > 40
    return [
        f"{one['check_name']}: {one['exception']!r}"
        for one in found
        if one["status"] not in ("passed", "skipped")
    ]


@pytest.mark.slow
def test_it_passes_the_checks_of_scikit_learn():
    assert failed_checks() == []


def test_it_is_found_where_one_looks_for_it():
    assert connu.TwinsClassifier is connu.twins.TwinsClassifier is TwinsClassifier
    assert "TwinsClassifier" in dir(connu) and "TwinsClassifier" in dir(connu.twins)
    for module in (connu, connu.twins):
        with pytest.raises(AttributeError, match="Twinz"):
            _ = module.Twinz


def test_importing_connu_waits_for_no_model():
    loaded = "import connu, connu.twins, sys; print({'numpy', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"


def test_parameters_are_kept_as_given_and_cloned():
    given = {
        "blocks": (Block("all", "items", np.arange(60, dtype=np.int32)),),
        "parents": np.full(60, -1),
        "n_neighbors": 7,
        "precision": 0.8,
        "lengths": np.array([3, 4]),
        "random_state": 5,
    }
    model = TwinsClassifier(**given)
    copy = clone(model)
    for name, value in given.items():
        assert model.get_params()[name] is value
        if name != "blocks":
            assert np.array_equal(copy.get_params()[name], value)
    assert "TwinsClassifier(" in repr(model)
    assert copy.set_params(n_neighbors=9).n_neighbors == 9 and model.n_neighbors == 7


def test_it_takes_its_place_in_a_pipeline():
    double = make_pipeline(FunctionTransformer(accept_sparse=True), TwinsClassifier())
    assert cross_val_score(double, SOME, SOME_SEX, cv=2).min() > 0.6


def test_what_was_not_fitted_says_so():
    model = TwinsClassifier()
    for asked in (model.predict, model.predict_proba, model.state, model.tell, model.kneighbors):
        with pytest.raises(NotFittedError):
            asked(NEW)
    with pytest.raises(NotFittedError):
        model.set_precision(0.8)
    with pytest.raises(NotFittedError):
        model.extend(NEW, SEX[:200])


def test_a_pickled_model_says_the_same(few, many):
    assert same(pickle.loads(pickle.dumps(few)), few)
    assert same(pickle.loads(pickle.dumps(many)), many)


@pytest.mark.parametrize(
    "random_state", [None, np.random.RandomState(3), np.int64(3)], ids=["none", "generator", "int"]
)
def test_a_random_state_is_what_scikit_learn_understands(random_state):
    model = TwinsClassifier(random_state=random_state).fit(SOME, SOME_SEX)
    assert (model.predict_proba(NEW).argmax(axis=1) == TRUTH).mean() > 0.65


# ---------------------------------------------------------------- what it says
def test_it_tells_people_apart_with_probabilities(few):
    told = few.predict_proba(NEW)
    assert told.shape == (200, 2) and told.dtype == np.float64
    assert np.allclose(told.sum(axis=1), 1.0) and (told > 0).all()
    assert (few.predict(NEW) == np.array(["female", "male"])[told.argmax(axis=1)]).all()
    assert (told.argmax(axis=1) == TRUTH).mean() > 0.75


def test_it_tells_three_classes_with_trees(many):
    asked, truth = shoppers(500, classes=3, seed=1)
    told = many.predict_proba(asked)
    assert many._trees is not None
    assert (told.argmax(axis=1) == truth).mean() > 0.5
    assert np.abs(told.mean(axis=0) - np.bincount(truth) / 500).max() < 0.06


def test_everything_told_goes_together(few):
    told = few.tell(NEW)
    assert np.array_equal(told.probability, few.predict_proba(NEW))
    assert np.array_equal(told.code, few.state(NEW))
    distance, rows = few.kneighbors(NEW)
    assert np.array_equal(told.twins, rows)
    assert np.array_equal(np.sqrt(told.distance.astype(np.float64)), distance)
    heads = np.stack([(CODES[rows] == code).mean(axis=1) for code in range(2)], axis=1)
    assert np.allclose(told.alike, heads)
    for row, columns in enumerate(told.reasons):
        assert set(columns[columns >= 0]) <= set(NEW[row].indices)


# ---------------------------------------------------------------- twins
def test_twins_are_rows_of_the_fit_as_given():
    """Each of three groups looks at what no other does: its twins are of it."""
    group = np.random.default_rng(0).permutation(np.repeat(np.arange(3), 40))
    rows = np.kron(np.eye(3), np.ones((1, 4)))[group]
    model = TwinsClassifier(n_neighbors=10).fit(rows, group)
    distance, twins = model.kneighbors(np.kron(np.eye(3), np.ones((1, 4))))
    assert (group[twins] == np.arange(3)[:, None]).all()
    assert (np.diff(distance, axis=1) >= 0).all()


def test_as_many_twins_as_asked_for_and_as_there_are(few):
    distance, rows = few.kneighbors(NEW, 3)
    assert distance.shape == rows.shape == (200, 3)
    assert distance.dtype == np.float64 and rows.dtype == np.int64
    assert np.array_equal(rows, few.kneighbors(NEW)[1][:, :3])
    everybody = few.kneighbors(NEW[:2], 10_000)[1]
    assert np.array_equal(np.sort(everybody), np.tile(np.arange(300), (2, 1)))


def test_people_who_join_are_twins_and_nobody_is_mixed_up():
    model = TwinsClassifier(n_neighbors=300).fit(PEOPLE, SEX)
    index, before = model.index_, model.kneighbors(NEW)
    centres, thresholds = index._centres.copy(), model.thresholds_
    joined, codes = shoppers(80, seed=5)
    assert model.extend(joined[:50], np.array(["female", "male"])[codes[:50]]) is model
    model.extend(joined[50:], np.array(["female", "male"])[codes[50:]])
    assert model.index_ is index and np.array_equal(index._centres, centres)
    assert model.thresholds_ is thresholds and len(index) == 380
    distance, rows = model.kneighbors(NEW, 380)
    assert np.array_equal(np.sort(rows), np.tile(np.arange(380), (200, 1)))
    old = rows < 300
    assert np.array_equal(rows[old].reshape(200, 300), before[1])
    assert np.array_equal(distance[old].reshape(200, 300), before[0])
    # Whoever joined stands where he would be asked about: nobody is nearer to him.
    distance, rows = model.kneighbors(joined, 1)
    assert (distance == 0).all()
    place = model.tell(joined).place
    assert (place[rows[:, 0] - 300] == place).all()
    assert np.array_equal(model.classes_[model._codes[300:]], np.array(["female", "male"])[codes])


def test_who_joins_counts_among_the_twins():
    rows = np.repeat(np.eye(4), 15, axis=0)
    codes = np.repeat([0, 0, 1, 1], 15)
    model = TwinsClassifier(n_neighbors=10).fit(rows, codes)
    before = model.tell(np.eye(4)[:1])
    model.extend(np.repeat(np.eye(4)[:1], 400, axis=0), np.ones(400, int))
    after = model.tell(np.eye(4)[:1])
    assert (after.twins >= 60).any() and after.alike[0, 1] > before.alike[0, 1]


def test_only_who_fits_may_join(few):
    with pytest.raises(ValueError, match="fit anew"):
        few.extend(PEOPLE[:2], ["female", "other"])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        few.extend(PEOPLE[:3], ["female", "male"])
    with pytest.raises(ValueError, match="features"):
        few.extend(PEOPLE[:2, :5], ["female", "male"])
    assert len(few.index_) == len(few._codes) == len(few._rows) == 300


# ---------------------------------------------------------------- what is promised
def test_silence_is_minus_one_and_statements_are_above_their_threshold(few):
    few, seen = pickle.loads(pickle.dumps(few)), set()
    told = few.predict_proba(NEW)
    sure, likeliest = told.max(axis=1), told.argmax(axis=1)
    for precision in (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.9999):
        code = few.set_precision(precision).state(NEW)
        least = few.thresholds_.per_class[likeliest]
        assert np.array_equal(code, np.where(sure >= least, likeliest, -1))
        seen |= set(code)
    assert seen == {-1, 0, 1}


def test_another_precision_is_chosen_anew_and_kept():
    model = TwinsClassifier().fit(*shoppers(900, looks=20.0))
    asked, truth = shoppers(3_000, looks=20.0, seed=1)
    told, coverage = model.predict_proba(asked), []
    for precision in (0.7, 0.8, 0.9, 0.95):
        assert model.set_precision(precision) is model and model.precision == precision
        code = model.state(asked)
        stated = code >= 0
        coverage.append(stated.mean())
        assert np.mean((code == truth)[stated]) >= precision - 0.01
        assert np.array_equal(model.predict_proba(asked), told)
    assert coverage == sorted(coverage, reverse=True) and coverage[0] > coverage[-1] > 0
    before = model.thresholds_
    with pytest.raises(UsageError):
        model.set_precision(1.5)
    assert model.precision == 0.95 and model.thresholds_ is before


def test_what_nobody_can_promise_is_not_stated(few):
    model = pickle.loads(pickle.dumps(few)).set_precision(0.9999)
    assert (model.state(NEW) == -1).all() and np.isinf(model.thresholds_.per_class).all()
    assert model.set_precision(0.75).state(NEW).max() >= 0


def test_the_held_out_are_the_known_as_given(few):
    held = few.held_out_
    assert np.array_equal(np.sort(held.rows), np.arange(300))
    assert np.array_equal(held.truth, CODES[held.rows])
    assert np.allclose(held.probability.sum(axis=1), 1.0)
    assert held.place.shape[1] == few.tell(NEW).place.shape[1]
    assert (np.diff(held.distance, axis=1) >= 0).all()
    assert held.distance.shape == (300, 50)
    # Not learnt from his own answer: chance answers cannot be told.
    noise = np.random.default_rng(0).integers(0, 2, 300)
    blind = TwinsClassifier().fit(PEOPLE, noise).held_out_
    assert abs((blind.probability.argmax(axis=1) == blind.truth).mean() - 0.5) < 0.1
    assert blind.probability.max() < 0.8


def test_what_cannot_be_told_is_silence():
    noise = np.random.default_rng(1).integers(0, 2, 300)
    assert (TwinsClassifier(precision=0.8).fit(PEOPLE, noise).state(NEW) == -1).all()


def test_the_promise_is_kept_over_fifty_halves():
    """Thresholds of one half hold on the other: what is said of each did not see him."""
    held = TwinsClassifier().fit(*shoppers(1_000, looks=20.0, seed=8)).held_out_
    broken = told = 0
    for seed in range(50):
        mine = np.random.default_rng(seed).permutation(len(held.truth)) < len(held.truth) // 2
        code = risk_thresholds(held.probability[mine], held.truth[mine], 0.9).state(
            held.probability[~mine]
        )
        wrong = (code != held.truth[~mine])[code >= 0]
        told += len(wrong)
        broken += bool(len(wrong) and wrong.mean() > 0.1)
    assert broken <= 5 and told / 50 / 500 > 0.2


@pytest.mark.slow
def test_the_promise_is_kept_by_models_learnt_anew():
    people, codes = shoppers(2_400, seed=9)
    broken = 0
    for seed in range(8):
        mine = np.random.default_rng(seed).permutation(2_400) < 600
        model = TwinsClassifier(random_state=seed).fit(people[mine], codes[mine])
        code = model.state(people[~mine])
        assert (code >= 0).mean() > 0.1
        broken += (code != codes[~mine])[code >= 0].mean() > 0.1
    assert broken <= 1
