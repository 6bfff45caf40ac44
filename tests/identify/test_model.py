"""The model kept between builds: it comes back as it was, and knows nobody."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from linked import Linked, link_records
from made_people import JUNK_EMAIL, Made, make_people

from connu.identify.compare import Comparison, Field
from connu.identify.encoding import encode_records
from connu.identify.holders import holder_pairs
from connu.identify.junk import forget_generic
from connu.identify.model import VERSION, LinkModel
from connu.identify.rarity import hash_words
from connu.identify.scoring import Scoring
from connu.identify.strings import Words
from connu.kernel.errors import BuildError


@pytest.fixture(scope="module")
def made() -> Made:
    return make_people(250, seed=5)


@pytest.fixture(scope="module")
def linked(made: Made, tmp_path_factory: pytest.TempPathFactory):
    run = link_records(tmp_path_factory.mktemp("model"), made.records)
    yield run
    run.engine.close()


def _scores(linked: Linked, model: LinkModel) -> np.ndarray:
    """Scores of the run's pairs, and of as many other ones, under a model."""
    engine = linked.engine
    normal = engine.collect("SELECT * FROM normal ORDER BY rid")
    identifiers = engine.collect("SELECT * FROM identifiers")
    records = encode_records(normal, identifiers)
    forget_generic(records, devices=1, known=model.generic)
    held = holder_pairs(identifiers, model.generic)
    comparison = Comparison(records, model.weights.fields, model.rarity, held)
    pairs = engine.collect("SELECT left_rid, right_rid FROM pairs ORDER BY 1, 2")
    left, right = (pairs[name].to_numpy().astype(np.int32) for name in pairs.column_names)
    return Scoring(comparison, model.weights, model.rarity).score(
        left, right, comparison.levels(left, right)
    )


def test_a_model_that_comes_back_scores_the_same(linked: Linked):
    model = linked.report.model
    back = LinkModel.from_json(model.to_json())
    scores = _scores(linked, back)
    assert len(scores) > 100
    assert scores.tolist() == _scores(linked, model).tolist()
    bits = np.linspace(-20, 20, 50)
    assert back.calibration(bits).tolist() == model.calibration(bits).tolist()
    assert back.unique == model.unique
    assert back.knows(model.weights.fields) and back.fits(model.weights.fields, frozenset())
    assert {k: v.tolist() for k, v in back.generic.items()} == {
        k: v.tolist() for k, v in model.generic.items() if len(v)
    }
    assert back.to_json() == model.to_json()


def test_the_scores_are_those_of_the_run(linked: Linked):
    bits = linked.engine.collect("SELECT bits FROM pairs ORDER BY left_rid, right_rid")["bits"]
    assert _scores(linked, linked.report.model).tolist() == pytest.approx(bits.to_pylist())


def test_no_value_of_anybody_stands_in_the_model(linked: Linked, made: Made):
    values = {value for r in made.records for value in r["n"].values()}
    values |= {value for r in made.records for _, value in r["ids"]} | {JUNK_EMAIL}
    tokens = {token for value in values for token in value.split()}
    texts = b"\n".join(_texts(json.loads(linked.report.model.to_json())))
    assert b"birth_date" in texts
    # Shorter ones stand in some kilobytes of hashes by chance.
    for value in {v for v in values | tokens if len(v) >= 6}:
        assert value.encode() not in texts


def _texts(part) -> list[bytes]:
    """Every string of a document; what is base64 decoded."""
    if isinstance(part, dict):
        return [x for key, value in part.items() for x in (key.encode(), *_texts(value))]
    if isinstance(part, list):
        return [x for value in part for x in _texts(value)]
    if isinstance(part, str):
        try:
            return [base64.b64decode(part, validate=True), part.encode()[:40]]
        except ValueError:
            return [part.encode()]
    return []


def test_a_model_fits_only_what_it_was_learnt_on(linked: Linked):
    model = linked.report.model
    fields = model.weights.fields
    assert not model.knows(fields[:-1])
    assert not model.knows([*fields, Field.of("social.x", "key")])
    assert not model.fits(fields, frozenset({"crm"}))
    assert model.knows(fields)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"version": 1}'])
def test_what_is_no_model_is_an_error_with_a_remedy(text: str):
    with pytest.raises(BuildError) as caught:
        LinkModel.from_json(text)
    assert "--retrain" in str(caught.value.hint)


def test_a_model_of_another_version_is_an_error_that_says_so(linked: Linked):
    stored = json.loads(linked.report.model.to_json())
    stored["version"] = VERSION + 1
    with pytest.raises(BuildError, match=f"version {VERSION + 1}"):
        LinkModel.from_json(json.dumps(stored))


def test_a_model_of_nobody(tmp_path: Path):
    run = link_records(tmp_path, [])
    back = LinkModel.from_json(run.report.model.to_json())
    assert back.to_json() == run.report.model.to_json()
    run.engine.close()


def test_the_model_of_who_is_forgotten_counts_his_identifiers_no_more(linked: Linked):
    model = linked.report.model
    words = Words(pa.array([JUNK_EMAIL], pa.string()))
    hashed = hash_words(words.data, words.offsets)[0]
    emails = linked.engine.collect("SELECT value FROM identifiers WHERE type = 'email'")["value"]
    twice = next(
        v["values"] for v in pc.value_counts(emails).to_pylist()
        if v["counts"] > 1 and v["values"] != JUNK_EMAIL
    )  # fmt: skip
    left = model.without([("email", JUNK_EMAIL), ("email", twice)])
    assert hashed in model.generic["email"] and hashed not in left.generic["email"]
    own = Words(pa.array([twice], pa.string()))
    assert model.rarity.count("email", own)[0] > 1
    assert left.rarity.count("email", own)[0] == 1
    assert model.rarity.count("email", own)[0] > 1, "the model itself is left as it was"


def test_what_a_handful_taught_does_not_serve_a_base_that_has_doubled(linked: Linked):
    model = linked.report.model
    fields, size = model.weights.fields, model.rarity.size
    assert model.serves(fields, size) and model.serves(fields, 2 * size)
    assert not model.serves(fields, 2 * size + 1)
    assert not model.serves(fields[:-1], size)
