"""The classifier tells what it knows, keeps what it promises, and otherwise is silent."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
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
from tests.twins.made_people import shoppers

PEOPLE, CODES = shoppers(300)
NEW, TRUTH = shoppers(200, seed=1)
SEX = np.array(["female", "male"])[CODES]
#: Enough where the question is not how well people are told.
SOME, SOME_SEX = PEOPLE[:80], SEX[:80]


@pytest.fixture(scope="module")
def few() -> TwinsClassifier:
    """Learnt from too few people for trees."""
    return TwinsClassifier().fit(PEOPLE, SEX)


@pytest.fixture(scope="module")
def some() -> TwinsClassifier:
    """Learnt from very few."""
    return TwinsClassifier().fit(SOME, SOME_SEX)


@pytest.fixture(scope="module")
def many() -> TwinsClassifier:
    """Learnt from enough people for trees, three classes."""
    return TwinsClassifier().fit(*shoppers(1_000, classes=3))


def same(one: TwinsClassifier, other: TwinsClassifier, rows=NEW) -> bool:
    """Whether two models say the same, to the bit."""
    return all(
        np.array_equal(getattr(one.tell(rows), part), getattr(other.tell(rows), part))
        for part in ("probability", "code", "distance", "alike", "place", "reasons")
    )


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


# ---------------------------------------------------------------- the same whatever the form
@pytest.mark.parametrize(
    "form",
    [
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_matrix,
        sparse.csr_array,
        sparse.csc_array,
        lambda rows: rows.toarray(),
        lambda rows: np.asfortranarray(rows.toarray()),
        lambda rows: rows.toarray().astype(np.int64),
        lambda rows: rows.astype(np.int32),
        lambda rows: rows.astype(np.float64),
        lambda rows: rows.toarray().astype(np.uint8),
        lambda rows: rows.toarray().tolist(),
    ],
    ids="csr csc coo csr_array csc_array dense fortran int64 int32 float64 uint8 list".split(),
)
def test_every_form_of_a_matrix_says_the_same(some, form):
    assert same(TwinsClassifier().fit(form(SOME), SOME_SEX), some)
    assert np.array_equal(some.predict_proba(form(NEW)), some.predict_proba(NEW))


def test_unsorted_and_doubled_and_zero_entries_say_the_same(few):
    whole = PEOPLE.tocoo()
    half = np.tile(whole.data / 2, 2)
    rows, columns = np.tile(whole.row, 2), np.tile(whole.col, 2)
    order = np.random.default_rng(0).permutation(len(half))
    untidy = sparse.csr_matrix(PEOPLE.shape, dtype=np.float32)
    at = order[np.argsort(rows[order], kind="stable")]
    untidy.indptr = np.searchsorted(rows[at], np.arange(301)).astype(np.int32)
    untidy.indices, untidy.data = columns[at].astype(np.int32), half[at].astype(np.float32)
    untidy.has_sorted_indices = untidy.has_canonical_format = False
    before = untidy.data.copy(), untidy.indices.copy()
    assert same(TwinsClassifier().fit(untidy, SEX), few)
    assert np.array_equal(untidy.data, before[0]) and np.array_equal(untidy.indices, before[1])


def test_ratings_say_the_same_in_every_form():
    chance = np.random.default_rng(0)
    stars = chance.integers(3, 6, (80, 30)) * (chance.random((80, 30)) < 0.3)
    stars[:, :5] = np.where(stars[:, :5] > 0, 5 - 4 * CODES[:80, None], 0)
    model = TwinsClassifier().fit(stars, CODES[:80])
    assert {block.kind for block in model._plan.blocks} == {"items", "ratings"}
    for form in (sparse.csr_matrix, sparse.csc_array, np.asfortranarray):
        assert same(TwinsClassifier().fit(form(stars), CODES[:80]), model, form(stars))


def test_dense_measures_say_the_same_when_sparse():
    chance = np.random.default_rng(0)
    measures = chance.normal(size=(200, 4)) + np.outer(CODES[:200], [1.0, 0, 0, 0])
    dense = TwinsClassifier().fit(measures, CODES[:200])
    assert same(TwinsClassifier().fit(sparse.csr_matrix(measures), CODES[:200]), dense, measures)


def test_a_measure_far_from_zero_tells_as_much_as_near():
    chance = np.random.default_rng(0)
    codes = np.tile(CODES, 2)
    near = chance.normal(size=(600, 3)) + np.outer(codes, [2.0, 0, 0])
    for far in (0.0, 100.0, -3_000.0):
        model = TwinsClassifier().fit(near[:90] + far, codes[:90])
        assert (model.predict(near[90:] + far) == codes[90:]).mean() > 0.78


# ---------------------------------------------------------------- the same whatever the order
@pytest.mark.parametrize("keyed", [False, True], ids=["by content", "by key"])
def test_the_order_of_people_changes_nothing(few, keyed):
    order = np.random.default_rng(1).permutation(300)
    keys = np.arange(300, dtype=np.uint64) * 7 if keyed else None
    first = TwinsClassifier().fit(PEOPLE, SEX, keys=keys)
    again = TwinsClassifier().fit(
        PEOPLE[order], SEX[order], keys=None if keys is None else keys[order]
    )
    assert same(again, first)
    assert keyed or same(first, few)
    # People just alike may stand for one another; keys tell even those apart.
    one, other = first.kneighbors(NEW)[1], order[again.kneighbors(NEW)[1]]
    assert (PEOPLE[one.ravel()] != PEOPLE[other.ravel()]).nnz == 0
    assert np.array_equal(SEX[one], SEX[other])
    assert not keyed or np.array_equal(one, other)


def test_the_order_of_people_just_alike_changes_nothing():
    """Equal behaviour, other answers: nothing but the answer tells who is who."""
    rows = np.repeat(np.eye(6, dtype=np.float32), 15, axis=0)
    codes = (np.random.default_rng(0).random(90) < np.repeat(np.linspace(0.1, 0.9, 6), 15)) * 1
    model = TwinsClassifier(random_state=1).fit(rows, codes)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(90)
        again = TwinsClassifier(random_state=1).fit(rows[order], codes[order])
        assert same(again, model, np.eye(6))


def test_people_just_alike_are_not_twins_in_the_order_of_their_values():
    """Of many equally near the first are taken: were they sorted, all would be of one class."""
    rows = np.repeat(np.eye(2, dtype=np.float32), 200, axis=0)
    codes = np.tile([0, 1], 200)
    alike = TwinsClassifier().fit(rows, codes).tell(np.eye(2)).alike
    assert (np.abs(alike - 0.5) < 0.3).all()


def test_the_order_of_strangers_and_of_cut_histories_changes_nothing():
    strangers, _ = shoppers(300, seed=3)
    cut = PEOPLE.copy()
    cut.data = np.minimum(cut.data, 1.0)
    cut = cut[:80]
    model = TwinsClassifier().fit(SOME, SOME_SEX, unlabelled=strangers, thinned=cut)
    order, other = np.random.default_rng(2).permutation(80), np.random.default_rng(4)
    again = TwinsClassifier().fit(
        SOME[order],
        SOME_SEX[order],
        unlabelled=strangers[other.permutation(300)],
        thinned=cut[order],
    )
    assert same(again, model)


def test_the_order_of_people_changes_nothing_where_lengths_are_drawn():
    doubled = sparse.vstack([SOME, SOME], format="csr")
    codes = np.tile(CODES[:80], 2)
    model = TwinsClassifier(lengths=[2, 3, 5]).fit(doubled, codes)
    order = np.random.default_rng(2).permutation(160)
    again = TwinsClassifier(lengths=[5, 3, 2]).fit(doubled[order], codes[order])
    assert same(again, model)


def test_all_at_once_is_one_by_one_to_the_bit(few, many):
    for model, asked in ((few, NEW), (many, shoppers(200, classes=3, seed=1)[0])):
        whole = model.tell(asked)
        for row in range(0, 200, 3):
            alone = model.tell(asked[row])
            for part in vars(whole):
                assert np.array_equal(getattr(whole, part)[row], getattr(alone, part)[0]), part


def test_parts_told_one_after_another_are_the_whole(few, monkeypatch):
    whole = few.tell(NEW)
    monkeypatch.setattr("connu.twins.classifier._AT_ONCE", 64)
    parts = few.tell(NEW)
    for part in vars(whole):
        assert np.array_equal(getattr(whole, part), getattr(parts, part))


SCRIPT = """
import hashlib
from connu.twins import TwinsClassifier
from tests.twins.made_people import shoppers
model = TwinsClassifier().fit(*shoppers(1_200, classes=3))
told = model.predict_proba(shoppers(300, classes=3, seed=1)[0])
print(hashlib.sha256(told.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_two_processes_learn_the_same_to_the_bit():
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            check=True,
            cwd=__file__.rsplit("/tests/", 1)[0],
            env={"PATH": "", "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(said) == 1 and said != {b""}


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


# ---------------------------------------------------------------- few, odd and broken
def test_one_class_only_is_silence():
    model = TwinsClassifier().fit(PEOPLE, np.full(300, "female"))
    assert model.predict_proba(NEW).tolist() == [[1.0]] * 200
    assert (model.predict(NEW) == "female").all() and (model.state(NEW) == -1).all()
    distance, rows = model.kneighbors(NEW)
    assert distance.shape == rows.shape == (200, 0)
    model.set_precision(0.5)
    assert (model.state(NEW) == -1).all() and np.isinf(model.thresholds_.per_class).all()
    assert same(pickle.loads(pickle.dumps(model)), model)
    model.extend(PEOPLE[:2], ["female", "female"])
    assert (model.state(NEW) == -1).all()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_three_people_are_silence(n):
    model = TwinsClassifier().fit(PEOPLE[:n], ["a", "b", "b"][:n])
    told = model.predict_proba(NEW)
    assert np.allclose(told.sum(axis=1), 1.0) and np.ptp(told, axis=0).max() == 0
    assert (model.state(NEW) == -1).all()


@pytest.mark.parametrize("per_class, classes", [(2, 2), (2, 5), (2, 40), (3, 20), (5, 2)])
def test_few_people_of_many_classes_are_told_with_caution(per_class, classes):
    codes = np.repeat(np.arange(classes), per_class)
    rows = PEOPLE[np.arange(len(codes)) % 300]
    model = TwinsClassifier().fit(rows, codes)
    told = model.predict_proba(NEW)
    assert told.shape == (200, classes) and np.isfinite(told).all()
    assert np.allclose(told.sum(axis=1), 1.0)
    assert (model.state(NEW) == -1).all()


@pytest.mark.parametrize("value", [0.0, 1.0, -2.5, 7.0])
def test_people_all_the_same_are_told_by_their_shares(value):
    rows = np.full((100, 3), value)
    codes = np.repeat([0, 1], [70, 30])
    model = TwinsClassifier().fit(rows, codes)
    told = model.predict_proba(rows[:5])
    assert np.ptp(told, axis=0).max() == 0 and abs(told[0, 0] - 0.7) < 0.1
    assert (model.state(rows) == -1).all()


def test_nobody_s_behaviour_is_told_by_the_shares(few):
    told = few.predict_proba(np.zeros((3, 60)))
    assert np.isfinite(told).all() and np.ptp(told, axis=0).max() == 0
    assert (few.tell(np.zeros((1, 60))).reasons == -1).all()
    empty = sparse.vstack([SOME, sparse.csr_matrix((20, 60))], format="csr")
    model = TwinsClassifier().fit(empty, np.r_[CODES[:80], np.tile([0, 1], 10)])
    assert np.isfinite(model.predict_proba(empty)).all()


def test_unseen_columns_say_what_nothing_says():
    wide = sparse.hstack([SOME, sparse.csr_matrix((80, 5))], format="csr")
    model = TwinsClassifier().fit(wide, SOME_SEX)
    strange, nothing = np.zeros((1, 65)), np.zeros((1, 65))
    strange[0, 62] = 3.0
    told = model.predict_proba(np.vstack([strange, nothing]))
    assert np.abs(told[0] - told[1]).max() < 0.05
    assert (model.state(strange) == -1).all()


@pytest.mark.parametrize("many", [1e6, 1e12, 1e30])
def test_a_million_looks_are_no_more_than_a_person(few, many):
    robot = sparse.csr_matrix(NEW * np.float32(many))
    assert np.isfinite(few.predict_proba(robot)).all()
    rows = sparse.vstack([SOME, SOME[:1] * np.float32(many)], format="csr")
    model = TwinsClassifier().fit(rows, np.append(CODES[:80], 0))
    assert (model.predict_proba(NEW).argmax(axis=1) == TRUTH).mean() > 0.65


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_what_is_no_number_is_refused_in_words_of_scikit_learn(few, broken, form):
    rows = SOME.toarray().astype(np.float64)
    rows[3, 4] = broken
    for ask in (
        lambda x: TwinsClassifier().fit(x, SOME_SEX),
        few.predict_proba,
        few.kneighbors,
        lambda x: TwinsClassifier().fit(SOME, SOME_SEX, unlabelled=x),
        lambda x: TwinsClassifier().fit(SOME, SOME_SEX, thinned=x),
    ):
        with pytest.raises(ValueError, match=r"NaN|infinity"):
            ask(form(rows))


def test_what_does_not_go_together_is_refused(few):
    with pytest.raises(ValueError, match="inconsistent numbers"):
        TwinsClassifier().fit(PEOPLE, SEX[:-1])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        TwinsClassifier().fit(PEOPLE, SEX, thinned=PEOPLE[:-1])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        TwinsClassifier().fit(PEOPLE, SEX, keys=np.arange(3))
    with pytest.raises(ValueError, match="features"):
        TwinsClassifier().fit(PEOPLE, SEX, unlabelled=PEOPLE[:, :3])
    with pytest.raises(ValueError, match="features"):
        few.predict(NEW[:, :3])
    with pytest.raises(ValueError, match="Unknown label type"):
        TwinsClassifier().fit(PEOPLE, np.random.default_rng(0).random(300))
    assert few.fits(NEW) and not few.fits(NEW[:, :3])


@pytest.mark.parametrize(
    "labels",
    [
        np.array([5, 2]),
        np.array([True, False]),
        np.array(["männlich", "weiblich"]),
        np.array(["b", "a"], object),
        np.array([1.0, 0.0]),
    ],
    ids="ints bools texts objects floats".split(),
)
def test_labels_are_what_they_were(labels):
    values = labels[CODES[:60]]
    model = TwinsClassifier().fit(PEOPLE[:60], values)
    assert np.array_equal(model.classes_, np.unique(values))
    told = model.predict(NEW)
    assert told.dtype == values.dtype and set(told) <= set(labels)
    assert (told == labels[TRUTH]).mean() > 0.6


def test_a_value_of_two_among_many_is_learnt_though_few_are_drawn():
    values = SEX.astype("<U8").copy()
    values[[10, 200]] = "other"
    model = TwinsClassifier(max_people=60).fit(PEOPLE, values)
    told = model.predict_proba(NEW)
    assert list(model.classes_) == ["female", "male", "other"]
    assert np.allclose(told.sum(axis=1), 1.0)
    assert len(model.held_out_.truth) == 60 and {10, 200} <= set(model.held_out_.rows)
    assert len(model.index_) == 300  # all are twins
    order = np.random.default_rng(0).permutation(300)
    again = TwinsClassifier(max_people=60).fit(PEOPLE[order], values[order])
    assert np.array_equal(again.predict_proba(NEW), told)


# ---------------------------------------------------------------- hierarchy
def checkerboard() -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
    """Products each seen once; only their category says who looks, as on a board of two colours.

    Returns:
        Counts of 160 people (one product each of 200), their codes, the paths, and what the 40
        products nobody looked at must say.
    """
    colour = (np.arange(200) // 20) % 2
    paths = [f"shop/{'odd' if c else 'even'}/shelf {i // 20}" for i, c in enumerate(colour)]
    seen = np.flatnonzero(np.arange(200) % 5 != 0)
    return np.eye(200)[seen], colour[seen], paths, colour[::5]


def test_a_product_seen_once_speaks_through_its_category():
    rows, codes, paths, truth = checkerboard()
    new = np.eye(200)[::5]
    blind = TwinsClassifier().fit(rows, codes)
    assert np.ptp(blind.predict_proba(new), axis=0).max() < 0.05
    model = TwinsClassifier(paths=paths).fit(rows, codes)
    told = model.predict_proba(new)
    assert (told.argmax(axis=1) == truth).all() and told.max(axis=1).min() > 0.8
    assert np.array_equal(model.state(new), truth)


def test_paths_are_added_as_levels():
    rows, codes, paths, _ = checkerboard()
    model = TwinsClassifier(paths=paths).fit(rows, codes)
    levels = [block for block in model._plan.blocks if block.kind == "levels"]
    assert [len(block.columns) for block in levels] == [1, 2, 10]
    whole = model._plan.columns(np.eye(200)[:2] * 3)
    assert whole.shape == (2, 213) and whole.toarray().sum(axis=1).tolist() == [12.0, 12.0]


def test_parents_say_what_paths_say():
    rows, codes, _, truth = checkerboard()
    colour = (np.arange(200) // 20) % 2
    levels = np.eye(2)[colour]
    blocks = [
        Block("product", "items", np.arange(200, dtype=np.int32)),
        Block("category 1", "levels", np.array([200, 201], np.int32)),
    ]
    parents = np.append(200 + colour, [-1, -1])
    model = TwinsClassifier(blocks=blocks, parents=parents)
    model.fit(np.hstack([rows, rows @ levels]), codes)
    new = np.hstack([np.eye(200), levels])[::5]
    assert np.array_equal(model.state(new), truth)


# ---------------------------------------------------------------- strangers and short histories
def test_strangers_teach_what_is_rare_and_alike_never_the_answer():
    strangers, _ = shoppers(400, seed=3)
    keys = np.arange(300, dtype=np.uint64)
    swapped = 1 - CODES
    one = TwinsClassifier().fit(PEOPLE, CODES, unlabelled=strangers, keys=keys)
    other = TwinsClassifier().fit(PEOPLE, swapped, unlabelled=strangers, keys=keys)
    assert np.array_equal(one._weighting.factor, other._weighting.factor)
    assert np.array_equal(one._directions.axes, other._directions.axes)
    alone = TwinsClassifier().fit(PEOPLE, CODES, keys=keys)
    assert not np.array_equal(one._weighting.factor, alone._weighting.factor)
    assert np.array_equal(one.held_out_.truth, alone.held_out_.truth)
    assert len(one.index_) == 300 and one.kneighbors(NEW)[1].max() < 300
    assert (one.predict(NEW) == TRUTH).mean() > 0.75


def test_short_histories_make_less_sure():
    whole = TwinsClassifier().fit(*shoppers(400, looks=40.0))
    short = TwinsClassifier(lengths=[2, 3, 4]).fit(*shoppers(400, looks=40.0))
    asked, truth = shoppers(1_500, looks=3.0, seed=1)
    sure, unsure = whole.predict_proba(asked), short.predict_proba(asked)
    assert unsure.max(axis=1).mean() < sure.max(axis=1).mean() - 0.02
    right = (unsure.argmax(axis=1) == truth).mean()
    assert abs(unsure.max(axis=1).mean() - right) < abs(sure.max(axis=1).mean() - right)


def test_cut_histories_given_make_less_sure():
    people, codes = shoppers(400, looks=40.0)
    cut = sparse.csr_matrix(people.shape, dtype=np.float32)
    cut = people.copy()
    cut.data[np.random.default_rng(0).random(cut.nnz) > 0.1] = 0
    whole = TwinsClassifier().fit(people, codes)
    short = TwinsClassifier().fit(people, codes, thinned=cut)
    asked = shoppers(500, looks=3.0, seed=1)[0]
    sure = whole.predict_proba(asked).max(axis=1).mean()
    assert short.predict_proba(asked).max(axis=1).mean() < sure - 0.02
    # People are twins by all they did, cut or not.
    place = whole.index_.search(whole.tell(people).place, 400)[0]
    assert np.array_equal(short.index_.search(whole.tell(people).place, 400)[0], place)


def test_measures_are_not_cut():
    chance = np.random.default_rng(0)
    measures = chance.normal(size=(300, 2))
    rows = np.hstack([PEOPLE.toarray(), measures])
    blocks = [
        Block("product", "items", np.arange(60, dtype=np.int32)),
        Block("measures", "measures", np.array([60, 61], np.int32)),
    ]
    model = TwinsClassifier(blocks=blocks, lengths=[1, 2]).fit(rows, CODES)
    cut = model._plan.cut(rows, [1, 2], np.arange(300, dtype=np.uint64), 0).toarray()
    assert np.array_equal(cut[:, 60:], measures.astype(np.float32))
    assert cut[:, :60].sum(axis=1).max() == 2
    alone = TwinsClassifier(lengths=[1, 2]).fit(measures[:80], CODES[:80])
    assert same(alone, TwinsClassifier().fit(measures[:80], CODES[:80]), measures)


def test_a_cut_history_s_category_counts_what_is_left():
    rows, codes, paths, _ = checkerboard()
    model = TwinsClassifier(paths=paths, lengths=[1]).fit(rows * 4, codes)
    cut = model._plan.cut(rows * 4, [1], np.arange(160, dtype=np.uint64), 0)
    assert (cut[:, :200].sum(axis=1) == 1).all() and (cut[:, 200:].sum(axis=1) == 3).all()
