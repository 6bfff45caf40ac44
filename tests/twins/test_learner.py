"""Who can be learnt from, and who else teaches what goes together."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins import learner
from connu.twins.gathering import gather
from connu.twins.known import make_known
from connu.twins.learner import learn, learnt_values, most_others, unlearnt_model
from tests.twins.known_people import engine_at, settings_of
from tests.twins.told_people import make_shop


def values(**people: int) -> np.ndarray:
    return np.array([value for value, n in people.items() for _ in range(n)], dtype=str)


@pytest.mark.parametrize(
    ("people", "kept", "reason"),
    [
        ({}, 0, "too_few_known"),
        ({"a": 3}, 0, "too_few_known"),
        ({"a": 25, "b": 24}, 49, "too_few_known"),
        ({"a": 25, "b": 25}, 50, None),
        ({"a": 60}, 60, "one_value"),
        ({"a": 60, "b": 9}, 60, "too_few_known"),
        ({"a": 60, "b": 10}, 70, None),
        ({"a": 30, "b": 30, "c": 5}, 60, None),
        (dict.fromkeys("abcdefghijklm", 9), 0, "too_few_known"),
        (dict.fromkeys("abcdefghijklm", 10), 130, None),
        # Enough people, of whom too few have a value that can be told.
        ({"a": 20, "b": 20, **dict.fromkeys("cdefgh", 5)}, 40, "too_few_known"),
    ],
)
def test_what_can_be_learnt(people, kept, reason):
    learnt, why = learnt_values(values(**people))
    assert (int(learnt.sum()), why) == (kept, reason)
    assert learnt.dtype == bool and len(learnt) == sum(people.values())


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    engine = engine_at(tmp_path_factory.mktemp("learner"))
    shop = make_shop(known=60, visitors=40)
    shop.visitors.add("ghost")
    for k in range(10_100):
        shop.look("visitor", "crawler", f"F{k % 20}", k // 60)
    shop.put(engine)
    make_known(engine, settings_of())
    made = gather(engine, settings_of())
    yield made, *made.known(engine, "sex")
    engine.close()


def test_others_are_all_who_behaved_and_are_not_known(gathered):
    made, rows, _ = gathered
    others = most_others(made, rows, 0)
    assert others.tolist() == sorted(others.tolist())
    assert not set(others.tolist()) & set(rows.tolist())
    names = made.behaviour.subjects["subject"].take(others).to_pylist()
    assert len(names) == 46 and not {"ghost", "crawler"} & set(names)


def test_of_very_many_others_so_many_are_drawn_whoever_stands_where(gathered, monkeypatch):
    made, rows, _ = gathered
    monkeypatch.setattr(learner, "_MOST_OTHERS", 20)
    drawn = most_others(made, rows, 0)
    assert len(drawn) == 20 and drawn.tolist() == sorted(drawn.tolist())
    assert drawn.tolist() == most_others(made, rows, 0).tolist()
    assert drawn.tolist() != most_others(made, rows, 1).tolist()
    # Whoever is drawn is drawn by his own number: one more known takes but his own place.
    fewer = most_others(made, np.append(rows, drawn[0]), 0)
    assert set(drawn[1:].tolist()) < set(fewer.tolist())


def test_settings_reach_the_classifier(gathered):
    made, _, _ = gathered
    settings = settings_of(
        twins={"neighbors": 7, "seed": 3},
        attributes={"sex": {"precision": 0.8}},
        profiles={"she": {"precision": 0.7, "sex": "female"}},
    )
    model = unlearnt_model(made, settings, "sex")
    assert (model.n_neighbors, model.random_state, model.precision) == (7, 3, 0.8)
    assert unlearnt_model(made, settings, "profile.she").precision == 0.7
    assert unlearnt_model(made, settings, "age_band").precision == 0.9


def test_a_learnt_model_tells_the_two_apart(gathered):
    made, rows, said = gathered
    model = learn(made, settings_of(), "sex", rows, said, most_others(made, rows, 0), short=True)
    told = model.predict(made.behaviour.matrix[rows])
    assert (told == said).mean() > 0.9
    alone = learn(made, settings_of(), "sex", rows, said, rows[:0], short=False)
    assert (alone.predict(made.behaviour.matrix[rows]) == said).mean() > 0.9
