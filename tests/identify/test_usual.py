"""The first idea of what strangers share."""

from __future__ import annotations

import numpy as np
import pytest

from connu.identify.compare import _BY_KIND, Field
from connu.identify.names import CONFLICT, SAME, SHAPE
from connu.identify.usual import usual_shares


@pytest.mark.parametrize("kind", sorted(_BY_KIND))
def test_shares_are_shares_of_every_level(kind: str):
    field = Field.of(kind, kind)
    cells = usual_shares(field).reshape(field.blocks, -1)
    assert cells.size == field.levels
    assert (cells > 0).all() and cells.sum(1) == pytest.approx(np.ones(field.blocks))
    # Strangers who agree are rarer than strangers who differ.
    if kind not in ("name", "place", "equal"):
        assert (cells.argmax(1) == 0).all()


def test_strangers_mostly_bear_other_names():
    cube = usual_shares(Field.of("name", "name")).reshape(SHAPE)
    assert cube.sum(0)[CONFLICT, CONFLICT] > 0.7
    assert cube.sum(0)[SAME, SAME] < 0.005
    assert (np.diff(cube.sum((1, 2))) < 0).all()
