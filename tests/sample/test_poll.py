"""The poll of the sample: a random fifth of the known, and the truth of everybody beside."""

from __future__ import annotations

import csv

import numpy as np

from connu.measure.intervals import wilson
from connu.sample.chance import Chance
from connu.sample.poll import knows_me, make_poll


def _truth(sample):
    with (sample / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        return {row["person"]: (row["known"], row["knows_me"]) for row in csv.DictReader(file)}


def test_the_truth_of_every_known_person_stands_beside(sample):
    told = _truth(sample)
    assert all((known == "yes") == (answer != "") for known, answer in told.values())
    known = [int(answer) for _, answer in told.values() if answer]
    assert len(known) == 2_000 and set(known) <= set(range(11))
    assert 0.15 < np.mean([answer >= 7 for answer in known]) < 0.45


def test_a_random_fifth_of_the_known_answers_what_is_true(sample, world):
    answers = knows_me(Chance(5), world.people, world.needs)
    poll = make_poll(Chance(5), world.people, world.contacts, world.logins, answers)
    assert len(poll.table) == len(set(poll.who.tolist())) == 400
    assert world.people.known[poll.who].all()
    with (sample / "data" / "sondage.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [int(row["vous_connait"]) for row in rows] == answers[poll.who].tolist()
    assert all(row["mail"] for row in rows)
    assert len(make_poll(Chance(5), world.people, world.contacts, world.logins, answers).who) == 400


def test_reseeded_polls_hold_the_truth_as_often_as_they_say(world):
    covered, means = 0, []
    for seed in range(200):
        answers = knows_me(Chance(seed), world.people, world.needs)
        poll = make_poll(Chance(seed), world.people, world.contacts, world.logins, answers)
        truth = (answers[world.people.known] >= 7).mean()
        said = (answers[poll.who] >= 7).mean()
        share = wilson(said, 400 / (1 - 400 / 2_000))
        covered += share.low <= truth <= share.high
        means.append(said - truth)
    assert 0.92 <= covered / 200 <= 0.98
    assert abs(np.mean(means)) < 0.005  # nobody is likelier to be asked
