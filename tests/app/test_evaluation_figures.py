"""Evaluations as figures: what a plainer way is worth, who is too few, and what is told in words.

The frame itself is tested in tests/cli/test_evaluations.py, on brands; here on made-up scores, for
what a small brand does not show.
"""

from __future__ import annotations

import json
import math

import msgspec
import numpy as np
import pytest

from connu.app.affinity_evaluation import AffinityScore
from connu.app.buying_evaluation import BuyScore
from connu.app.expectation_figures import ExpectationsEvaluation, Judged
from connu.app.intent_figures import IntentsEvaluation
from connu.app.next_evaluation import NextEvaluation
from connu.app.staying_evaluation import StayScore
from connu.app.twin_figures import TwinsEvaluation
from connu.measure.evaluation import UNITS, Evaluation, EvaluationFigure, Origin
from connu.measure.expectations import UNSAID, Codings, Words, expectation_score
from connu.measure.intents import IntentScore, intent_score
from connu.measure.purchases import purchase_score
from connu.measure.ranking import place_score
from connu.measure.repeats import repeated
from connu.measure.twins import evaluate_twins

ORIGIN = Origin("2026-11-28T22:00:00Z", "held out", "service", "b1")


def named(found: Evaluation) -> dict[tuple[str, str], EvaluationFigure]:
    """By group and name; every one in its interval, and within its unit."""
    for one in found.figures:
        least, most = UNITS[one.unit]
        assert one.low is not None and one.high is not None, one
        assert least <= one.low <= one.value <= one.high <= most, one
    return {(one.group, one.name): one for one in found.figures}


# ------------------------------------------------------------------- twins
def twins(n: int = 200, rare: int = 4) -> TwinsEvaluation:
    """Three values, one of which hardly anybody has."""
    rng = np.random.default_rng(1)
    truth = np.where(np.arange(n) < rare, 2, np.arange(n) % 2)
    p = rng.dirichlet([1, 1, 1], n)
    p[np.arange(n), truth] += 1.0
    p /= p.sum(1)[:, None]
    said = np.where(np.arange(n) % 3 > 0, p.argmax(1), -1)
    score = evaluate_twins(p, truth, ("a", "b", "<c>"), said)
    return TwinsEvaluation("size", 0.9, "kept", score, [], "folds", ORIGIN, unknown=3, unjudged=12)


def test_twins_are_beside_the_commonest_value():
    found = named(twins().as_evaluation())
    accuracy = found["all", "accuracy"]
    assert (accuracy.base, accuracy.baseline) == (0.49, "the commonest value")
    assert found["all", "balanced_accuracy"].base == pytest.approx(1 / 3)
    loss = found["all", "log_loss"]
    assert loss.base == pytest.approx(-sum(r * math.log2(r) for r in (0.49, 0.49, 0.02)))
    assert found["all", "acc20"].judged == 40
    assert found["all", "right"].judged == found["all", "stated"].judged < 200


def test_a_value_of_few_people_is_not_spoken_of():
    found = twins().as_evaluation()
    groups = {one.group for one in found.figures}
    # Four have «<c>»: and whoever is next in number, or four could be had from the others.
    assert groups == {"all", "«b»"}
    # Nobody is nothing to hide: a value told of people none of whom has it.
    nobody = named(twins(rare=0).as_evaluation())
    assert ("«a»", "recall") in nobody and ("«b»", "recall") in nobody
    assert ("«<c>»", "ece") in nobody and ("«<c>»", "recall") not in nobody


def test_twins_say_whether_the_promise_was_kept_and_who_was_not_judged():
    said = " ".join(twins().as_evaluation().remarks)
    for word in ("Promised precision 90 %: kept.", "3 rows of the folds", "12 people of the folds"):
        assert word in said


# ----------------------------------------------------------------- intents
def chances(n: int = 400, seed: int = 0, rate: float = 0.3) -> IntentScore:
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 2 / rate - 2, n)
    bought = rng.random(n) < p
    return intent_score(p, bought, base=np.full(n, rate), last_viewed=p + rng.normal(0, 0.3, n))


def intents() -> IntentsEvaluation:
    rng = np.random.default_rng(2)
    places = rng.integers(0, 6, 300)
    whose = np.arange(300) // 3
    steps = place_score(
        places, unknown=rng.random(300) < 0.1, sessions=whose, confidence=rng.random(300)
    )
    few = place_score(np.ones(30, int), sessions=np.arange(30) % 5, lengths=(1, 3))
    came = rng.poisson(1.0, 80)
    spent = purchase_score(
        came + rng.normal(0, 0.5, 80), came, came - 1, came + 1, baseline=np.ones(80)
    )
    first, last, popular = (
        place_score(rng.permutation(np.arange(60) % k), lengths=(1, 3)) for k in (2, 3, 4)
    )
    return IntentsEvaluation(
        cut="2026-05-01T00:00:00Z", now="2026-06-01T00:00:00Z", subjects=500, origin=ORIGIN,
        events=900, after=90,
        next=NextEvaluation(products=steps, categories=few),
        buying=[
            BuyScore("any", None, 1, "all", 400, chances(rate=0.01)),
            BuyScore("any", None, 30, "all", 400, chances()),
            BuyScore("category", None, 30, "visitor", 400, chances(seed=3)),
            BuyScore("category", "Photo|Video", 7, "all", 400, chances(seed=4)),
            BuyScore("category", "Photo|Video", 30, "all", 400, chances(seed=5)),
        ],
        affinities=[AffinityScore(1, 70, 60, first, popular, last)],
        staying=StayScore(30, 80, spent, None, chances(80, seed=6, rate=0.4)),
        staying_cut="2026-05-02T00:00:00Z",
        truth=[BuyScore("any", None, 30, "all", 400, chances(seed=7))],
        skipped={"buy, any within 90 days": "the events end before"},
    )  # fmt: skip


def test_every_part_of_intents_has_figures():
    evaluation = intents()
    found = named(evaluation.as_evaluation())
    assert evaluation.as_evaluation().of == "next, buy, affinity, stay"
    groups = {group for group, _ in found}
    assert groups == {
        "the next product",
        "buys anything within 30 days, customers and visitors",
        "buys each category within 30 days, visitors",
        "buys Photo|Video within 30 days, customers and visitors",
        "the build in force: buys anything within 30 days, customers and visitors",
        "drawn to, level 1",
        "stays, the 30 days after",
        "buys again within 30 days",
    }
    assert {f"hr{n}" for n in (1, 5, 20)} <= {name for _, name in found}
    assert found["the next product", "mrr20"].unit == "score"
    assert found["buys each category within 30 days, visitors", "auc"].of == "visitors × categories"


def test_steps_and_rows_of_few_people_are_left_out():
    """Thirty steps of five sessions; four hundred people of whom four bought."""
    evaluation = intents()
    assert evaluation.next.categories.steps == 30
    assert 0 < evaluation.buying[0].score.bought < 10
    found = evaluation.as_evaluation()
    words = " ".join(one.group for one in [*found.figures, *found.curves])
    assert "next category" not in words and "within 1 day" not in words
    assert "are not shown" in found.remarks[-1]


def test_the_better_of_the_plainer_ways_stands_beside():
    evaluation = intents()
    found = named(evaluation.as_evaluation())
    score = evaluation.buying[1].score
    auc = found["buys anything within 30 days, customers and visitors", "auc"]
    assert (auc.base, auc.baseline) == (score.last_viewed.auc.value, "what was viewed last")
    assert score.last_viewed.auc.value > score.base.auc.value == 0.5
    loss = found["buys anything within 30 days, customers and visitors", "log_loss"]
    assert (loss.base, loss.baseline) == (score.base.log_loss, "the base rate")
    assert found["buys again within 30 days", "brier"].baseline == "BG/NBD"
    drawn = found["drawn to, level 1", "hr1"]
    assert drawn.base == evaluation.affinities[0].last_viewed.at(1).hit_rate.value
    assert found["stays, the 30 days after", "purchases_mae"].baseline == "BG/NBD"


def test_a_curve_for_every_kind_of_probability_and_words_for_what_is_missing():
    found = intents().as_evaluation()
    assert [curve.group for curve in found.curves] == [
        "buys anything within 30 days, customers and visitors",
        "buys each category within 30 days, visitors",
        "the build in force: buys anything within 30 days, customers and visitors",
        "buys again within 30 days",
    ]
    said = " ".join(found.remarks)
    for word in ("Learnt up to 2026-05-01", "Staying was learnt", "purchases after 2026-06-01",
                 "counted as missed", "Not judged: buy, any within 90 days"):  # fmt: skip
        assert word in said


# ------------------------------------------------------------ expectations
WORDS = Words(["price", "app"], ["positive", "negative"], ["met", "unmet"], ["wish"], ["brand"])


def codes(n: int, wrong: int = 0) -> tuple[Codings, Codings]:
    """`n` verbatims of a theme each; the first so many are told the other way."""
    themes = np.stack([np.arange(n) % 2 == 0, np.arange(n) % 2 == 1], 1)
    polarity = np.where(themes, np.arange(n)[:, None] % 3 > 0, UNSAID).astype(int)
    truth = Codings(themes, polarity, np.full_like(polarity, UNSAID))
    said = themes.copy()
    said[:wrong] = ~said[:wrong]
    told = Codings(
        said,
        np.where(said, 1, UNSAID),
        np.full_like(polarity, UNSAID),
        probability=np.where(said, 0.8, 0.0),
    )
    return told, truth


def expectations(n: int = 60, wrong: int = 6, draws: int = 0) -> ExpectationsEvaluation:
    score = expectation_score(*codes(n, wrong), WORDS)
    found = {"macro_f1": repeated([0.5, 0.6, 0.7][:draws])} if draws else {}
    judged = [Judged("few" if draws else "build", 5, score, found)]
    return ExpectationsEvaluation(judged, n, "the codes", ORIGIN, 1, 2, 3, ["mood|x"])


def test_codes_are_figures_with_the_commonest_value_beside():
    found = named(expectations().as_evaluation())
    macro = found["the build's codes", "macro_f1"]
    assert (macro.judged, macro.of) == (60, "verbatims")
    assert found["the build's codes", "micro_precision"].of == "themes told"
    right = found["the build's codes", "polarity_right"]
    # Two in three are negative, and all are told so.
    assert right.base == pytest.approx(right.value) and right.baseline == "the commonest value"
    assert ("theme price", "f1") in found and ("theme app", "recall") in found
    error = found["the build's codes", "calibration_error"]
    assert error.judged == 60 and error.value == pytest.approx(0.1)


def test_a_theme_of_few_verbatims_and_an_evaluation_of_few_are_left_out():
    found = expectations(18, 0).as_evaluation()
    assert {one.group for one in found.figures} == {"the build's codes"}
    assert expectations(9, 0).as_evaluation().figures == []
    assert expectations(9, 0).as_evaluation().curves == []


def test_a_mean_of_draws_is_told_before_the_first():
    groups = [one.group for one in expectations(draws=3).as_evaluation().figures]
    assert groups[0] == "with few labels, the mean of 3 draws"
    assert groups[1] == "with few labels, the first draw"
    named(expectations(draws=3).as_evaluation())
    single = [one.group for one in expectations(draws=1).as_evaluation().figures]
    assert single[0] == "with few labels"


def test_what_was_left_out_is_told():
    said = " ".join(expectations().as_evaluation().remarks)
    for word in ("2 verbatims were left out", "1 lines name", "3 lines were", "mood|x"):
        assert word in said


def test_all_of_them_are_json():
    for one in (twins(), intents(), expectations(draws=2)):
        whole = one.as_dict()
        text = json.dumps(whole, allow_nan=False)
        back = msgspec.convert(json.loads(text)["evaluation"], Evaluation)
        assert back == one.as_evaluation()
