"""Resamples draw as many units as there are; a customer's rows are one unit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.understand import resamples as module
from connu.understand.resamples import resamples, units_of


def test_each_resample_draws_all_and_each_unit_alike():
    counts = np.concatenate(list(resamples(50, 2000, seed=1)))
    assert counts.shape == (2000, 50) and (counts.sum(axis=1) == 50).all()
    assert abs(counts.mean(axis=0) - 1).max() < 0.1
    # a unit is left out of a resample with chance (1 - 1/50)^50
    assert abs((counts == 0).mean() - 0.98**50) < 0.01


def test_how_many_are_held_at_once_changes_nothing(monkeypatch):
    once = np.concatenate(list(resamples(7, 20, seed=3)))
    monkeypatch.setattr(module, "_CELLS", 21)
    parts = list(resamples(7, 20, seed=3))
    assert len(parts) == 7 and (np.concatenate(parts) == once).all()


def test_rows_of_nobody_are_units_of_their_own():
    for customers in (pa.array(["b", None, "a", None, "b"]), ["b", None, "a", None, "b"]):
        units = units_of(customers, 5)
        assert units[0] == units[4] and len(set(units.tolist())) == 4
    assert units_of(None, 3).tolist() == [0, 1, 2]
    assert len(set(units_of(np.array([5, 5, 6]), 3).tolist())) == 2
