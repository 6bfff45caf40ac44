"""Bradley-Terry and best-worst choices against published values, brute force and the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from connu.kernel.errors import UsageError
from connu.understand.choices import Choices
from connu.understand.luce import Stages, fit_luce
from connu.understand.paired_choices import SILENCES, paired_choices

TEAMS = "Milwaukee Detroit Toronto New-York Boston Cleveland Baltimore".split()
#: Games won by the row's team against the column's, American League East, 1987.
WON = np.array(
    """0 7 9 7 7 9 11  6 0 7 5 11 9 9  4 6 0 7 7 8 12  6 8 6 0 6 7 10
    6 2 6 7 0 7 12  4 4 5 6 6 0 6  2 4 1 3 1 7 0""".split(),
    np.int64,
).reshape(7, 7)


def games(won):
    winner, loser = np.nonzero(won)
    times = won[winner, loser]
    winner, loser = np.repeat(winner, times), np.repeat(loser, times)
    return Choices.of_pairs(winner, loser, np.ones(len(winner)))


def by_name(found):
    return {item.name: item for item in found.items}


def test_baseball_as_published():
    """Agresti, Categorical Data Analysis (2002), table 10.11: against Baltimore; errors .3."""
    found = by_name(paired_choices(games(WON), TEAMS, reference="Baltimore"))
    last = found["Baltimore"].utility.value
    beyond = [round(found[team].utility.value - last, 2) for team in TEAMS]
    assert beyond == [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0]
    fit = fit_luce(Stages.of(games(WON)), 7)
    error = [
        fit.covariance[i, i] + fit.covariance[6, 6] - 2 * fit.covariance[i, 6] for i in range(6)
    ]
    assert np.round(np.sqrt(error), 1).tolist() == [0.3] * 6


def test_two_items_are_the_share_of_choices():
    found = paired_choices(
        games(np.array([[0, 30], [20, 0]])), ["ours", "theirs"], reference="ours"
    )
    theirs = by_name(found)["theirs"]
    assert theirs.loses.value == pytest.approx(0.6)
    # the logit of 30 of 50: ± 1.96 · √(1/30 + 1/20)
    logit = np.log(1.5) - 1.959964 * np.sqrt(1 / 30 + 1 / 20)
    assert theirs.loses.low == pytest.approx(1 / (1 + np.exp(-logit)))
    assert by_name(found)["ours"].preferred.value == pytest.approx(0.6)
    assert by_name(found)["ours"].loses is None
    assert (found.answers, found.people, found.ties) == (50, 50, 0)


def test_best_and_worst_are_those_of_greatest_likelihood():
    rng = np.random.default_rng(1)
    true = np.array([1.0, 0.3, 0.0, -0.4, -0.9])
    shown, best, worst = screens(rng, true, 400, 4)

    def loss(free):
        u = np.append(free, 0.0)
        total = 0.0
        for row, b, w in zip(shown, best, worst, strict=True):
            left = [i for i in row if i != b]
            total += u[b] - np.log(np.exp(u[row]).sum())
            total += -u[w] - np.log(np.exp(-u[left]).sum())
        return -total

    brute = np.append(minimize(loss, np.zeros(4)).x, 0.0)
    found = by_name(paired_choices(Choices.of_sets(shown, best, worst), list("abcde")))
    fitted = [found[name].utility.value for name in "abcde"]
    assert fitted == pytest.approx(brute - brute.mean(), abs=1e-4)
    assert sum(found[name].preferred.value for name in "abcde") == pytest.approx(1)


def screens(rng, utility, many, size):
    shown = np.argsort(rng.random((many, len(utility))), axis=1)[:, :size]
    row = np.arange(many)
    drawn = utility[shown] + rng.gumbel(size=shown.shape)
    best = drawn.argmax(axis=1)
    drawn = -utility[shown] + rng.gumbel(size=shown.shape)
    drawn[row, best] = -np.inf
    return shown, shown[row, best], shown[row, drawn.argmax(axis=1)]


def test_ties_are_half_a_choice_each():
    pairs = [0] * 60, [1] * 60
    tied = Choices.of_pairs(*pairs, [1] * 20 + [-1] * 10 + [0] * 30)
    found = paired_choices(tied, ["ours", "theirs"], reference="ours")
    assert (found.ties, found.answers) == (30, 60)
    assert by_name(found)["theirs"].loses.value == pytest.approx(35 / 60)
    assert by_name(found)["ours"].shown == 60
    assert by_name(found)["ours"].best.value == pytest.approx(35 / 60)


def test_what_cannot_be_measured_is_silent_and_changes_nothing():
    names = ["ours", "rival", "loser", "winner", "far", "farther", "nobody"]
    won = np.zeros((7, 7), np.int64)
    won[0, 1], won[1, 0] = 30, 20
    won[0, 2] = won[1, 2] = 15
    won[3, 0] = 12
    won[4, 5], won[5, 4] = 9, 9
    found = by_name(paired_choices(games(won), names, reference="ours"))
    assert {name: item.silence for name, item in found.items()} == {
        "ours": None,
        "rival": None,
        "loser": "one_sided",
        "winner": "one_sided",
        "far": "apart",
        "farther": "apart",
        "nobody": "not_shown",
    }
    assert found["rival"].loses.value == pytest.approx(0.6)
    assert found["winner"].utility is None and found["winner"].best.value == 1
    alone = games(won[:2, :2])
    assert by_name(paired_choices(alone, names[:2], reference="ours"))[
        "rival"
    ].loses.value == pytest.approx(0.6)


def test_without_a_reference_the_most_items_that_meet_are_told():
    won = np.zeros((5, 5), np.int64)
    won[0, 1] = won[1, 0] = 30
    won[2, 3] = won[3, 2] = won[3, 4] = won[4, 3] = 10
    found = by_name(paired_choices(games(won), list("abcde")))
    assert [found[name].silence for name in "abcde"] == ["apart", "apart", None, None, None]


@pytest.mark.parametrize(
    ("won", "reference", "reason"),
    [
        ([[0, 5], [5, 0]], "ours", "too_few"),
        ([[0, 50], [0, 0]], "ours", "one_sided"),
        ([[0, 0], [0, 0]], None, "too_few"),
    ],
)
def test_nothing_is_said_of_too_few_or_one_sided_choices(won, reference, reason):
    found = paired_choices(games(np.array(won)), ["ours", "theirs"], reference=reference)
    assert found.silence == reason and found.silence in SILENCES
    assert all(item.utility is None and item.silence for item in found.items)


def test_nobody_asked_is_no_error():
    none = np.empty(0, np.int64)
    found = paired_choices(Choices.of_pairs(none, none, none), ["ours", "theirs"])
    assert (found.silence, found.answers, found.people) == ("too_few", 0, 0)
    assert paired_choices(Choices.of_pairs(none, none, none), []).items == []


def test_a_reference_nobody_knows_is_an_error():
    with pytest.raises(UsageError) as raised:
        paired_choices(games(WON), TEAMS, reference="Bostn")
    assert raised.value.hint == "did you mean «Boston»?"


def test_a_reference_that_was_never_shown_is_said():
    won = np.zeros((3, 3), np.int64)
    won[1, 2] = won[2, 1] = 20
    found = paired_choices(games(won), ["ours", "x", "y"], reference="ours")
    assert found.silence == "not_shown"
    assert by_name(found)["x"].silence == "apart"


def test_answers_of_one_person_are_not_independent():
    winner = np.array([0] * 30 + [1] * 20)
    once = Choices.of_pairs(winner, 1 - winner, np.ones(50))
    winner, people = np.repeat(winner, 8), np.repeat(np.arange(50), 8)
    alike = Choices.of_pairs(winner, 1 - winner, np.ones(400), people)
    narrow = paired_choices(once, ["a", "b"], reference="a")
    wide = paired_choices(alike, ["a", "b"], reference="a")
    assert wide.people == 50
    low = by_name(wide)["b"].loses.low
    assert low == pytest.approx(by_name(narrow)["b"].loses.low, abs=0.005)
    assert by_name(wide)["b"].loses.value == pytest.approx(0.6)


@given(st.integers(0, 1000))
def test_the_order_and_the_names_of_items_mean_nothing(seed):
    rng = np.random.default_rng(seed)
    shown, best, worst = screens(rng, rng.normal(size=5) / 2, 60, 3)
    order = rng.permutation(5)
    once = by_name(paired_choices(Choices.of_sets(shown, best, worst), list("abcde")))
    turned = by_name(
        paired_choices(
            Choices.of_sets(order[shown], order[best], order[worst]),
            ["abcde"[i] for i in np.argsort(order)],
        )
    )
    for name in "abcde":
        one, two = once[name], turned[name]
        assert one.silence == two.silence
        if one.utility:
            assert one.utility.value == pytest.approx(two.utility.value, abs=1e-6)
            assert one.preferred.low == pytest.approx(two.preferred.low, abs=1e-6)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(4)
    true = np.array([0.8, 0.4, 0.0, -0.3, -0.9])
    share = np.exp(true) / np.exp(true).sum()
    held, drawn = np.zeros(3), 0
    for _ in range(300):
        shown, best, worst = screens(rng, true, 120, 3)
        people = np.arange(120) // 3
        found = by_name(
            paired_choices(
                Choices.of_sets(shown, best, worst, people), list("abcde"), reference="a"
            )
        )
        for i, name in enumerate("abcde"):
            item = found[name]
            held[0] += item.utility.low <= true[i] - true.mean() <= item.utility.high
            held[1] += item.preferred.low <= share[i] <= item.preferred.high
            beats = 1 / (1 + np.exp(true[i] - true[0]))
            held[2] += item.loses is None or item.loses.low <= beats <= item.loses.high
            drawn += 1
    assert (held / drawn >= 0.91).all() and (held / drawn <= 0.98).all()
