"""What customers say: shares with honest intervals, each given again by its own query."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.journal.confirmations import CONFIRMATIONS, KNOWS_ME
from connu.ledger.knows_me import KNOWS_ME as KNOWS_ME_TABLE
from connu.measure.figures import whole
from connu.measure.intervals import mean_share, wilson
from connu.measure.seen import seen_by_customers


@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    yield engine
    engine.close()


def _word(number, customer, attribute, value, answer, correction=None, **more):
    row = dict.fromkeys(CONFIRMATIONS.names)
    row |= {
        "id": number, "source": "crm", "record_id": str(customer), "attribute": attribute,
        "value": value, "answer": answer, "correction": correction, "via": "survey",
        "survey": "s1", "by": "import", "at": datetime(2026, 11, 28), "basis": "declared",
        "probability": 0.9,
    }  # fmt: skip
    return row | more


def _mount(engine, rows, customers=10_000):
    ids = [str(n) for n in range(customers)]
    engine.put(
        "identities",
        pa.table({"source": ["crm"] * customers, "record_id": ids, "customer_id": ids}),
    )
    engine.put("customers", pa.table({"customer_id": ids}))
    engine.put("journal_confirmations", pa.Table.from_pylist(rows, CONFIRMATIONS))


def _answers(chance, customers, each=4, right=0.7, of=10_000):
    """Answers of random customers whose statements hang together: some are known well."""
    rows = []
    for customer in chance.choice(of, customers, replace=False):
        p = chance.beta(right * 3, (1 - right) * 3)
        for n in range(each):
            said = "confirmed" if chance.random() < p else "denied"
            basis = ("declared", "twins")[n % 2]
            told = float(np.round(chance.uniform(0.6, 1), 3))
            rows.append(_word(0, customer, f"a{n}", "x", said, basis=basis, probability=told))
        rating = str(int(chance.integers(0, 11)))
        rows.append(_word(0, customer, KNOWS_ME, None, "rated", rating, basis=None))
    return [row | {"id": number} for number, row in enumerate(rows, 1)]


def _hits(rows):
    stated = [row for row in rows if row["value"] is not None]
    hits = np.array([row["answer"] == "confirmed" for row in stated], float)
    _, groups = np.unique([row["record_id"] for row in stated], return_inverse=True)
    return hits, groups, np.array([row["probability"] for row in stated])


def test_shares_and_intervals_are_those_of_the_library(engine):
    rows = _answers(np.random.default_rng(1), 60)
    _mount(engine, [row | {"survey": None, "via": "page"} for row in rows])
    (side,) = seen_by_customers(engine, own_estimate=0.8).sides
    assert (side.name, side.survey, side.people, side.at) == ("unasked", None, 60, "2026-11-28")
    hits, groups, told = _hits(rows)
    whole_part = side.statements[0]
    share = mean_share(hits, groups)
    found = whole_part.confirmed
    assert (found.value, found.low, found.high) == pytest.approx(
        (share.value, share.low, share.high)
    )
    assert (found.people, whole_part.statements) == (60, 240)
    assert whole_part.told.value == pytest.approx(told.mean())
    assert whole_part.gap.value == pytest.approx(told.mean() - hits.mean())
    assert whole_part.gap.low < whole_part.gap.value < whole_part.gap.high
    by = {(one.by, one.part): one for one in side.statements}
    assert {key[1] for key in by if key[0] == "basis"} == {"declared", "twins"}
    twins = np.array([row["basis"] == "twins" for row in rows if row["value"] is not None])
    assert by["basis", "twins"].confirmed.value == pytest.approx(hits[twins].mean())
    ratings = np.array([float(row["correction"]) for row in rows if row["value"] is None])
    known = side.knows_me
    exact = wilson((ratings >= 7).mean(), 60)
    assert (known.share.value, known.share.low, known.share.high) == pytest.approx(
        (exact.value, exact.low, exact.high)
    )
    assert known.gap.value == pytest.approx(0.8 - exact.value)
    assert (known.gap.low, known.gap.high) == pytest.approx((0.8 - exact.high, 0.8 - exact.low))
    assert known.mean.value == pytest.approx(ratings.mean())
    half = 1.96 * ratings.std(ddof=1) / np.sqrt(60)
    assert known.mean.high - known.mean.value == pytest.approx(half, rel=1e-4)


def test_every_figure_is_given_again_by_the_query_that_is_printed(engine):
    _mount(engine, _answers(np.random.default_rng(2), 80))
    claims = list(seen_by_customers(engine, own_estimate=0.5).claims())
    assert len(claims) == 3 * (1 + 2 + 4) + 3
    assert len({claim.name for claim in claims}) == len(claims)
    assert len({claim.label for claim in claims}) == len(claims)
    for claim in claims:
        (row,) = engine.collect(claim.how).to_pylist()
        assert row["people"] == claim.people
        for word in ("value", "low", "high"):
            assert row[word] == pytest.approx(getattr(claim, word)), claim.name


def test_a_survey_of_a_notable_part_is_surer_and_of_everybody_is_sure(engine):
    rows = _answers(np.random.default_rng(3), 100, of=100)
    widths = []
    for customers in (100_000, 200, 100):
        _mount(engine, rows, customers)
        (side,) = seen_by_customers(engine).sides
        for claim in (side.statements[0].confirmed, side.knows_me.share, side.knows_me.mean):
            widths.append(claim.high - claim.low)
    far, half, every = widths[:3], widths[3:6], widths[6:]
    assert [h / f for h, f in zip(half, far, strict=True)] == pytest.approx(
        [0.5**0.5] * 3, rel=0.02
    )
    assert every == [0, 0, 0]


def test_intervals_hold_the_truth_as_often_as_they_say(engine):
    """95 % intervals of clustered answers of a fifth of all customers cover 93-97 % of draws."""
    chance = np.random.default_rng(4)
    base = _answers(chance, 500, each=3, right=0.8, of=500)
    for row in base:  # one attribute and basis: fewer figures, the same answers
        if row["value"] is not None:
            row["value"], row["attribute"], row["basis"] = row["attribute"], "a", "declared"
    hits, _, told = _hits(base)
    ratings = np.array([float(row["correction"]) for row in base if row["value"] is None])
    truth = {
        "confirmed": hits.mean(),
        "gap": told.mean() - hits.mean(),
        "share": (ratings >= 7).mean(),
        "mean": ratings.mean(),
    }
    _mount(engine, base, 500)
    draws = 200
    covered = dict.fromkeys(truth, 0)
    for _ in range(draws):
        drawn = {str(n) for n in chance.choice(500, 100, replace=False)}
        rows = [row for row in base if row["record_id"] in drawn]
        engine.put("journal_confirmations", pa.Table.from_pylist(rows, CONFIRMATIONS))
        (side,) = seen_by_customers(engine).sides
        claims = {
            "confirmed": side.statements[0].confirmed,
            "gap": side.statements[0].gap,
            "share": side.knows_me.share,
            "mean": side.knows_me.mean,
        }
        for name, claim in claims.items():
            covered[name] += claim.low <= truth[name] <= claim.high
    shares = {name: n / draws for name, n in covered.items()}
    assert all(0.93 <= share <= 0.97 for share in shares.values()), shares


def test_too_few_customers_are_not_shown(engine):
    rows = _answers(np.random.default_rng(5), 9)
    _mount(engine, rows)
    (side,) = seen_by_customers(engine, own_estimate=0.5).sides
    assert side.people is None and len(side.statements) == 1
    assert side.statements[0].statements is None
    assert all(claim.hidden and claim.value is None for claim in _claims(side))
    assert all(claim.people is None and claim.low is None for claim in _claims(side))


def _claims(side):
    for one in side.statements:
        yield from (one.confirmed, one.told, one.gap)
    yield from (side.knows_me.share, side.knows_me.mean, side.knows_me.gap)


def test_a_part_of_few_customers_is_hidden_and_never_alone(engine):
    rows = _answers(np.random.default_rng(6), 30, each=2)
    for row in rows:
        if row["attribute"] == "a0" and int(row["id"]) > 20:
            row["attribute"] = "rare" if int(row["id"]) < 35 else "often"
    _mount(engine, rows)
    (side,) = seen_by_customers(engine).sides
    hidden = [one.part for one in side.statements if one.by == "attribute" and one.confirmed.hidden]
    assert "rare" in hidden and len(hidden) >= 2


def test_the_random_survey_and_what_came_unasked_stand_apart(engine):
    rows = _answers(np.random.default_rng(7), 40, right=0.95)
    corrections = [
        _word(1000 + n, n, "a0", "x", "corrected", "y", survey=None, via="service")
        for n in range(15)
    ]
    _mount(engine, [*rows, *corrections])
    survey, unasked = seen_by_customers(engine).sides
    hits, _, _ = _hits(rows)
    assert survey.statements[0].confirmed.value == pytest.approx(hits.mean())
    assert unasked.statements[0].confirmed.value == 0.0
    assert unasked.knows_me is None and "no random sample" in unasked.remark.en


def test_of_several_surveys_the_last_with_enough_answers_is_told(engine):
    old = _answers(np.random.default_rng(8), 20)
    new = [row | {"survey": "s2", "id": row["id"] + 500} for row in old]
    late = [row | {"survey": "s3", "id": row["id"] + 900} for row in old[:10]]
    _mount(engine, [*old, *new, *late])
    (side,) = seen_by_customers(engine).sides
    assert side.survey == "s2" and side.people == 20


def test_of_one_customer_the_last_word_on_a_statement_counts(engine):
    rows = _answers(np.random.default_rng(9), 20, each=1)
    again = [row | {"id": row["id"] + 500, "answer": "confirmed"} for row in rows if row["value"]]
    _mount(engine, [*rows, *again])
    (side,) = seen_by_customers(engine).sides
    assert side.statements[0].confirmed.value == 1.0 and side.statements[0].statements == 20


def test_who_may_not_be_read_and_whom_no_build_knows_are_not_counted(engine):
    rows = _answers(np.random.default_rng(10), 40, of=40)
    stranger = _word(999, "stranger", "a0", "x", "denied")
    _mount(engine, [*rows, stranger], 40)

    def read(table):
        return f"{whole(table)} WHERE CAST(customer_id AS INTEGER) >= 10"

    (side,) = seen_by_customers(engine, read).sides
    assert side.people == side.statements[0].confirmed.people == 30
    left = [row for row in rows if int(row["record_id"]) >= 10]
    assert side.statements[0].confirmed.value == pytest.approx(_hits(left)[0].mean())


def test_what_was_added_where_nothing_was_told_confirms_nothing(engine):
    rows = _answers(np.random.default_rng(11), 20, each=1)
    added = [_word(800 + n, n, "city", None, "corrected", "Lyon") for n in range(20)]
    _mount(engine, [*rows, *added])
    (side,) = seen_by_customers(engine).sides
    assert side.statements[0].statements == 20


def test_where_nobody_was_asked_it_says_how_to(engine):
    for rows in (None, []):
        if rows is not None:
            _mount(engine, rows)
        seen = seen_by_customers(engine)
        assert seen.sides == [] and "400" in seen.remark.en and "survey draw" in seen.command


# ---------------------------------------------------------------------- the brand's own surveys
def _rating(row, subject, score, day=1, source="poll"):
    kind = None if subject is None else "customer"
    return [source, row, f"v{row}", kind, subject, score, datetime(2026, 5, day)]


def _rate(engine, rows):
    rows = [dict(zip(KNOWS_ME_TABLE.names, row, strict=True)) for row in rows]
    engine.put("knows_me", pa.Table.from_pylist(rows, KNOWS_ME_TABLE))


def test_the_question_in_a_source_has_a_side_of_its_own_and_its_query(engine):
    chance = np.random.default_rng(12)
    _mount(engine, [], 1_000)
    scores = {str(n): float(chance.integers(0, 11)) for n in range(100)}
    rows = [_rating(n, subject, score) for n, (subject, score) in enumerate(scores.items())]
    rows += [_rating(500 + n, None, 10.0) for n in range(5)]  # of nobody known: each a person
    rows += [_rating(600, "0", 0.0, day=9)]  # his last word
    _rate(engine, rows)
    seen = seen_by_customers(engine, own_estimate=0.8)
    (side,) = seen.sides
    assert (side.name, side.people, side.at) == ("source.poll", 105, "2026-05-09")
    assert side.statements == [] and "poll" in side.label.fr and seen.remark is not None
    known = [score >= 7 for score in (scores | {"0": 0.0}).values()] + [True] * 5
    exact = wilson(sum(known) / 105, 105 / (1 - 100 / 1_000))
    share = side.knows_me.share
    assert (share.value, share.low, share.high) == pytest.approx(
        (exact.value, exact.low, exact.high)
    )
    for claim in seen.claims():
        assert claim.name.startswith("seen.source.poll.knows_me.")
        (row,) = engine.collect(claim.how).to_pylist()
        assert (row["value"], row["low"], row["high"]) == pytest.approx(
            (claim.value, claim.low, claim.high)
        )
        assert row["people"] == claim.people == 105


def test_sources_stand_apart_and_few_answers_are_not_shown(engine):
    _mount(engine, [], 1_000)
    rows = [_rating(n, str(n), 9.0) for n in range(30)]
    _rate(engine, rows + [_rating(n, str(n), 1.0, source="web 'form'") for n in range(9)])
    poll, form = seen_by_customers(engine).sides
    assert poll.knows_me.share.value == 1.0
    assert form.knows_me.share.hidden and form.people is None
