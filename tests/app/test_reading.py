"""What a read leaves in the brand's folder: nothing, even when it was killed."""

from __future__ import annotations

import pytest

from connu.app.reading import workspace
from connu.kernel.errors import BuildError, PurposeError


def left(brand) -> list[str]:
    return [path.name for path in (brand.folder / ".connu").glob(".reading-*")]


def test_a_read_leaves_nothing(built):
    built.table("customers")
    with pytest.raises(PurposeError):
        built.table("customers", "no such purpose")
    assert left(built) == []


def test_what_a_killed_read_left_is_swept_by_the_next(built):
    dead = built.folder / ".connu/.reading-999999999-abc"
    dead.mkdir()
    (dead / "spill").write_text("x")
    with workspace(built.folder) as mine:
        assert not dead.exists()
        with workspace(built.folder):
            assert mine.exists(), "another live read was swept"
    assert left(built) == []


def test_without_a_build_it_is_told(brand):
    with pytest.raises(BuildError, match="no build yet"):
        brand.table("customers")
    assert brand.status().builds == []
