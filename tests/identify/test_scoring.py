"""From levels to odds: a pair's bits add up, rarity counts, trust has a floor."""

from __future__ import annotations

import numpy as np
import pytest
from encoded import encoded, every_pair
from linked import Linked, link_records
from made_people import make_people

from connu.identify.compare import Comparison, Field, fields_of
from connu.identify.model import LinkModel
from connu.identify.rarity import Rarity
from connu.identify.scoring import TRUST, TRUST_OTHERS, Scored, Scoring, probability, trusted
from connu.identify.weights import Weights


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LinkModel:
    run: Linked = link_records(tmp_path_factory.mktemp("scoring"), make_people(300, seed=5).records)
    run.engine.close()
    return run.report.model


def _scoring(model: LinkModel, rows: list[dict]) -> Scoring:
    records = encoded(rows)
    return Scoring(
        Comparison(records, model.weights.fields, model.rarity), model.weights, model.rarity
    )


def _rows(model: LinkModel, size: int = 60) -> list[dict]:
    """Made records with all the fields of the model, so that all can be compared."""
    assert {f.name for f in model.weights.fields} >= {"account", "loyalty_card"}
    return [r["n"] | {"ids": r["ids"]} for r in make_people(size, seed=8).records]


def test_the_bits_of_the_fields_add_up_to_the_score(model: LinkModel):
    rows = _rows(model)
    scoring = _scoring(model, rows)
    left, right = every_pair(len(rows))
    levels = scoring.comparison.levels(left, right)
    score = scoring.score(left, right, levels)
    parts = scoring.bits_by_field(left, right, levels)
    assert set(parts) == {f.name for f in model.weights.fields} | {"prior", "household"}
    assert np.nansum(list(parts.values()), axis=0) == pytest.approx(score, abs=1e-6)
    for field in model.weights.fields:
        assert (np.isnan(parts[field.name]) == (levels[field.name] < 0)).all()
    assert (parts["household"] <= 0).all()


def test_a_pair_scores_the_same_alone_and_among_others(model: LinkModel):
    rows = _rows(model)
    scoring = _scoring(model, rows)
    left, right = every_pair(len(rows))
    every = scoring.score(left, right, scoring.comparison.levels(left, right))
    for at in range(0, len(left), 97):
        one = left[at : at + 1], right[at : at + 1]
        assert scoring.score(*one, scoring.comparison.levels(*one))[0] == pytest.approx(every[at])
    back = scoring.score(right, left, scoring.comparison.levels(right, left))
    assert back == pytest.approx(every)


def test_no_pairs_have_no_score(model: LinkModel):
    scoring = _scoring(model, _rows(model))
    none = np.zeros(0, np.int32)
    assert len(scoring.score(none, none, scoring.comparison.levels(none, none))) == 0


def _rare_bits(dates: list[str]) -> np.ndarray:
    """Bits for the rarity of the birth dates of the first two of some records."""
    records = encoded([{"birth_date": date} for date in dates])
    fields = fields_of(records)
    field = next(f for f in fields if f.name == "birth_date")
    rarity = Rarity.of(records)
    comparison = Comparison(records, fields, rarity)
    pair = np.array([0], np.int32), np.array([1], np.int32)
    scoring = Scoring(comparison, _flat(fields), rarity)
    out = [
        scoring.rare_bits(field, *p, comparison.levels(*p)["birth_date"])
        for p in (pair, pair[::-1])
    ]
    assert out[0] == out[1]
    return out[0]


def _flat(fields: list[Field]) -> Weights:
    """Weights under which no level says anything."""
    same = {f.name: np.full(f.levels, 1 / f.levels) for f in fields}
    return Weights(fields, same, same, same, 0.001, 0.001)


def test_a_rare_value_says_more_than_a_common_one():
    others = ["19800101"] * 20 + [f"19{k}0203" for k in range(50, 80)]
    rare, common = (_rare_bits([d, d, *others]) for d in ("19120512", "19800101"))
    assert common[0] < 0 < rare[0]
    assert _rare_bits(["19120512", "19120513", *others])[0] == 0


def test_a_year_and_its_first_of_january_are_no_rarer_than_the_commoner():
    others = ["19620101"] * 40 + [f"19{k}0203" for k in range(50, 80)]
    assert _rare_bits(["1962", "19620101", *others])[0] < -0.5


@pytest.mark.parametrize("kind", ["email", "phone", "loyalty_card"])
def test_an_identifier_alone_proves_what_it_is_trusted_for(model: LinkModel, kind: str):
    field = next(f for f in model.weights.fields if f.name == kind)
    bits, home = trusted(model.weights, field)
    assert len(bits) == len(home) == field.levels + 1
    assert bits[-1] == home[-1] == 0
    odds = np.log2(TRUST.get(kind, TRUST_OTHERS) / (1 - TRUST.get(kind, TRUST_OTHERS)))
    alone = [e for e in field.exact if e < field.levels // field.blocks]
    against_strangers = bits[alone] + np.log2(model.weights.prior)
    assert (against_strangers >= odds - 1e-9).all()
    against_household = (bits - home)[list(field.exact)]
    against_household += np.log2(model.weights.prior / model.weights.prior_household)
    assert (against_household >= odds - 1e-9).all()


def test_what_is_no_identifier_proves_what_was_learnt(model: LinkModel):
    field = next(f for f in model.weights.fields if f.name == "birth_date")
    bits, home = trusted(model.weights, field)
    assert bits.tolist() == model.weights.bits(field).tolist()
    assert home.tolist() == model.weights.household_bits(field).tolist()


def test_probability_of_odds():
    bits = np.array([-2000.0, -1.0, 0.0, 1.0, 3.0, 2000.0])
    out = probability(bits)
    assert out[1:5] == pytest.approx([1 / 3, 1 / 2, 2 / 3, 8 / 9])
    assert 0 <= out[0] < 1e-12 and 1 - 1e-12 < out[5] <= 1


def test_pairs_as_a_table():
    scored = Scored(
        np.array([0, 1], np.int32), np.array([2, 2], np.int32),
        np.array([1.5, -2.0]), np.array([True, False]),
    )  # fmt: skip
    assert scored.to_table().to_pylist() == [
        {"left_rid": 0, "right_rid": 2, "bits": 1.5, "shares_identifier": True},
        {"left_rid": 1, "right_rid": 2, "bits": -2.0, "shares_identifier": False},
    ]
    assert Scored.none().to_table().schema == scored.to_table().schema
    assert scored.keys(3).tolist() == [2, 5]
