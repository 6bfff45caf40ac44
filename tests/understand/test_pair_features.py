"""Pair features: the strongest of a text's stretches, and what leads."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.pair_features import COLUMNS, Signals


def signals(rows: int = 3, themes: int = 2, **given) -> Signals:
    plain = {
        name: np.zeros((rows, themes), np.float32)
        for name in ("seeds", "all_seeds", "words", "latent", "heard", "few")
    }
    plain |= {name: np.asarray(value, np.float32) for name, value in given.items()}
    return Signals(prior=np.log(np.full(themes, 1 / themes, np.float32)), **plain)


def column(features: np.ndarray, name: str) -> list:
    return features[:, :, COLUMNS.index(name)].tolist()


def test_a_text_has_the_strongest_of_its_stretches_and_all_their_seeds():
    of = np.array([0, 0, 2])
    made = signals(
        seeds=[[1, 0], [2, 0], [0, 1]], all_seeds=[[1, 0], [2, 0], [0, 1]],
        words=[[0.1, 0.5], [0.3, 0.2], [0, 0]], heard=[[-1, -3], [-2, 1], [0, 0]],
    ).by_text(of, 3)  # fmt: skip
    assert made.seeds.tolist() == [[2, 0], [0, 0], [0, 1]]
    assert made.all_seeds.tolist() == [[3, 0], [0, 0], [0, 1]]
    assert np.allclose(made.words, [[0.3, 0.5], [0, 0], [0, 0]])
    # A text without stretches is heard as nothing, not as even.
    assert made.heard.tolist() == [[-1, 1], [-2, -2], [0, 0]]


def test_what_leads_and_what_is_below():
    features = signals(1, 3, heard=[[2, 1, -1]], words=[[0.2, 0.5, 0.0]]).features()
    assert features.shape == (1, 3, len(COLUMNS))
    assert column(features, "heard_lead") == [[1, 0, -2]]
    assert np.allclose(column(features, "words_lead"), [[-0.3, 0, -0.5]])


def test_seeds_are_capped_and_themes_seen_counted():
    features = signals(1, 2, seeds=[[9, 1]], all_seeds=[[9, 1]]).features()
    assert column(features, "seeds") == [[3, 1]]
    assert column(features, "all_seeds") == [[4, 1]]
    assert column(features, "themes_seen") == [[2, 2]]


@pytest.mark.parametrize(("rows", "themes"), [(0, 3), (2, 1), (0, 1)])
def test_no_rows_and_a_single_theme(rows, themes):
    made = signals(rows, themes)
    assert made.features().shape == (rows, themes, len(COLUMNS))
    texts = made.by_text(np.zeros(rows, np.int64), 2)
    assert texts.features().shape == (2, themes, len(COLUMNS))


def test_themes_may_come_in_any_order():
    rng = np.random.default_rng(0)
    given = {name: rng.random((4, 5)) for name in ("seeds", "words", "latent", "heard", "few")}
    order = np.array([3, 1, 4, 0, 2])
    whole = signals(4, 5, **given).features()
    turned = signals(4, 5, **{name: value[:, order] for name, value in given.items()}).features()
    assert np.allclose(whole[:, order], turned)
