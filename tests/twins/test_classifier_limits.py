"""Few, odd or broken behaviour, categories, strangers and short histories."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import sparse

from connu.twins.classifier import TwinsClassifier
from connu.twins.vocabulary import Block
from tests.twins.made_people import CODES, NEW, PEOPLE, SEX, SOME, SOME_SEX, TRUTH, same, shoppers


@pytest.fixture(scope="module")
def few() -> TwinsClassifier:
    """Learnt from too few people for trees."""
    return TwinsClassifier().fit(PEOPLE, SEX)


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
