"""Trails: cut in time, cut by subject, never a mixed order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from know_trails import made_trails

from connu.know.trails import DAY


def test_before_leaves_out_what_came_later_and_keeps_every_subject() -> None:
    trails = made_trails([[(0, "a"), (2, "b")], [(3, "a")]])
    cut = trails.before(2 * DAY)
    assert len(cut) == 2
    assert cut.starts.tolist() == [0, 1, 1]
    assert cut.time.tolist() == [0]
    assert cut.now == 2 * DAY


def test_take_keeps_the_trails_of_the_chosen() -> None:
    trails = made_trails([[(0, "a"), (2, "b")], [], [(3, "c")]])
    for chosen in (np.array([0, 2]), np.array([True, False, True])):
        cut = trails.take(chosen)
        assert cut.subjects["subject"].to_pylist() == ["c0", "c2"]
        assert cut.starts.tolist() == [0, 2, 3]
        assert cut.products.take(pa.array(cut.product)).to_pylist() == ["a", "b", "c"]
        assert cut.place.tolist() == [0, 0, 1]
