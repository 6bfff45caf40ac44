"""Whether visitors can be told from known people, and who of them is like nobody known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from connu.twins.domain import DomainCheck, _area
from connu.twins.shift import shift_report
from tests.twins.moved_people import people


@pytest.mark.parametrize(("known", "visitors"), [(100, 100), (150, 2000), (2500, 300)])
def test_without_a_shift_hardly_anybody_is_silenced(known: int, visitors: int):
    shares = []
    for seed in range(4):
        them = people(visitors, seed=100 + seed)
        check = DomainCheck(seed=seed).fit(people(known, seed=seed), them)
        assert check.auc_ is not None and abs(check.auc_[0] - 0.5) < 0.13
        assert check.effective_ > 0.9 * known
        assert shift_report(check, check.unlike(them), thinned=False).verdict == "alike"
        shares.append(check.unlike(them).mean())
    assert np.mean(shares) < 0.02


def test_the_interval_holds_the_true_area():
    """Means two thirds of a standard deviation apart: Φ(√(2/9))."""
    held = 0
    for seed in range(5):
        them = people(1500, 2, seed=50 + seed, moved=2 / 3)
        check = DomainCheck(seed=seed).fit(people(1500, 2, seed=seed), them)
        assert check.auc_ is not None
        _, low, high = check.auc_
        held += low < 0.681 < high
        assert high - low < 0.05
    assert held >= 4


def test_the_area_counts_ties_half():
    score = np.array([1.0, 2.0, 2.0, 3.0])
    positive = np.array([False, False, True, True])
    value, variance = _area(score, positive)
    assert value == 0.875
    assert variance > 0


def test_weights_say_how_many_people_the_known_are_worth():
    known, visitors = people(4000, 2, seed=1), people(4000, 2, seed=2, moved=1.0)
    check = DomainCheck().fit(known, visitors)
    # Normals one standard deviation apart: the true weights are worth n/e.
    assert check.effective_ == pytest.approx(4000 / np.e, rel=0.25)
    w = check.weights_
    assert check.effective_ == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert np.average(known[:, 0], weights=w) == pytest.approx(1.0, abs=0.2)
    said = shift_report(check, check.unlike(visitors), thinned=True)
    assert said.verdict == "shifted" and said.ask and not said.silent


def test_far_from_everybody_is_enough_though_the_classifier_sees_nothing():
    """A ring around the known people: neither side of it, and twice as far."""
    known = people(2000, 2, seed=6)
    angle = np.linspace(0, 2 * np.pi, 40)
    ring = 12 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    visitors = np.concatenate([people(4000, 2, seed=7), ring])
    check = DomainCheck().fit(known, visitors)
    assert check.unlike(ring).all()
    assert check.unlike(people(2000, 2, seed=8)).mean() < 0.03


def test_a_visitor_among_known_people_is_no_stranger():
    """Visitors in the midst of the known, where few of the known are: their twins are near."""
    known = people(3000, 12, seed=9)
    visitors = people(3000, 12, seed=10) * 0.35
    check = DomainCheck().fit(known, visitors)
    assert (check.known_share(visitors) < 0.01).mean() > 0.5
    assert not check.unlike(visitors).any()


def test_the_order_of_rows_changes_nothing_and_a_batch_equals_one_by_one():
    known, visitors = people(600, seed=1), people(900, seed=2, moved=1.5)
    keys = [np.arange(n, dtype=np.uint64) for n in (600, 900)]
    check = DomainCheck(seed=3).fit(known, visitors, known_keys=keys[0], visitor_keys=keys[1])
    rng = np.random.default_rng(0)
    a, b = rng.permutation(600), rng.permutation(900)
    again = DomainCheck(seed=3).fit(
        known[a], visitors[b], known_keys=keys[0][a], visitor_keys=keys[1][b]
    )
    assert again.auc_ == check.auc_ and again.farthest_ == check.farthest_
    assert (again.known_share(visitors) == check.known_share(visitors)).all()
    assert again.weights_ == pytest.approx(check.weights_[a], rel=1e-9)
    share, unlike = check.known_share(visitors), check.unlike(visitors)
    assert (share[17:18] == check.known_share(visitors[17:18])).all()
    for row in (0, 17, 400):
        assert check.unlike(visitors[row : row + 1])[0] == unlike[row]


def test_distances_known_already_are_not_searched_again():
    known, visitors = people(800, seed=1), people(300, seed=2)
    own = ((known[:, None] - known[None]) ** 2).sum(axis=2)
    np.fill_diagonal(own, np.inf)
    theirs = ((visitors[:, None] - known[None]) ** 2).sum(axis=2)
    check = DomainCheck().fit(known, visitors, known_distances=np.sort(own, axis=1)[:, :10])
    found = DomainCheck().fit(known, visitors)
    assert check.farthest_ == pytest.approx(found.farthest_, rel=1e-3)
    given = check.unlike(visitors, np.sort(theirs, axis=1)[:, :10])
    assert (given == found.unlike(visitors)).mean() > 0.99
    with pytest.raises(ValueError, match="distances"):
        check.unlike(visitors)


def test_a_check_can_be_kept():
    known, visitors = people(900, seed=1), people(400, seed=2, moved=1.5)
    twins = np.random.default_rng(0).gamma(2.0, 1.0, (900, 10))
    check = DomainCheck(seed=4).fit(known, visitors, known_distances=twins)
    kept = DomainCheck.from_dict(json.loads(json.dumps(check.to_dict())))
    assert (kept.known_share(visitors) == check.known_share(visitors)).all()
    theirs = np.random.default_rng(1).gamma(4.0, 1.0, (400, 10))
    unlike = check.unlike(visitors, theirs)
    assert 0 < unlike.sum() < 400
    assert (kept.unlike(visitors, theirs) == unlike).all()
    assert shift_report(kept, unlike, thinned=True) == shift_report(check, unlike, thinned=True)
    few = DomainCheck.from_dict(
        json.loads(json.dumps(DomainCheck().fit(known, known[:5]).to_dict()))
    )
    assert not few.unlike(visitors, theirs).any()


def test_people_who_are_all_alike_are_unlike_nobody():
    same = np.ones((300, 4))
    check = DomainCheck().fit(same, same)
    assert check.auc_ is not None and check.auc_[0] == 0.5
    assert not check.unlike(same).any()
    assert check.unlike(np.full((2, 4), 5.0)).all()
    assert check.effective_ == 300
