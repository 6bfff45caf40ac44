"""A vocabulary lasts: it is written and read, it grows at its end, and says what it means."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from connu.kernel.errors import BuildError
from connu.twins.features import MEASURES, pair_name
from connu.twins.online import behaviour_of
from connu.twins.vocabulary import CATALOGUE, Vocabulary, kind_of


def names(*words: str) -> pa.StringArray:
    return pa.array(list(words), pa.string())


def small(*more: tuple[str, pa.StringArray], catalogue=()) -> Vocabulary:
    rows = [dict(zip(CATALOGUE.names, row, strict=True)) for row in catalogue]
    return Vocabulary.of(
        [
            ("product", names("p1", "p2")),
            ("category 1", names("women")),
            ("category 2", names("women/bags", "women/shoes")),
            ("hour", names("3", "21")),
            ("transitions", names(pair_name("women/shoes", "women/bags"))),
            *more,
        ],
        pa.Table.from_pylist(rows, CATALOGUE),
        rating_types=("rate",),
        bot_events=77,
    )


LISTED = (("p1", "women/shoes", "Aa"), ("p2", "women/hats", None))


def test_it_comes_back_from_disk(tmp_path):
    made = small(catalogue=LISTED)
    made.means[3], made.seen[3] = 0.25, 9
    made.save(tmp_path / "v")
    read = Vocabulary.load(tmp_path / "v")
    assert read.names.equals(made.names)
    assert read.block_of.equals(made.block_of)
    assert read.catalogue.equals(made.catalogue)
    assert read.means.tolist() == made.means.tolist()
    assert read.seen.tolist() == made.seen.tolist()
    assert (read.rating_types, read.bot_events, read.without) == (("rate",), 77, frozenset())


def test_what_cannot_be_read_says_so(tmp_path):
    with pytest.raises(BuildError, match="vocabulary"):
        Vocabulary.load(tmp_path)
    small().save(tmp_path)
    (tmp_path / "features.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(BuildError) as raised:
        Vocabulary.load(tmp_path)
    assert "again" in raised.value.hint


def test_columns_are_appended_and_keep_their_numbers():
    old = small(catalogue=LISTED)
    new = small(
        ("category 3", names("women/shoes/red")),
        ("transitions", names(pair_name("women/shoes", "women/shoes"))),
        catalogue=(("p1", "women/shoes/red", "Aa"), ("p3", "women/bags", None)),
    )
    grown = old.extended(new)
    assert grown.names.to_pylist()[: len(old)] == old.names.to_pylist()
    assert grown.block_of.to_pylist()[len(old) :] == ["category 3", "transitions"]
    assert grown.block("transitions").columns.tolist() == [len(old) - 1, len(old) + 1]
    assert [b.name for b in grown.blocks][:-1] == [b.name for b in old.blocks]
    assert grown.catalogue["product"].to_pylist() == ["p1", "p2", "p3"]
    assert grown.belonging("p1") == ("women/shoes/red", "Aa")
    assert grown.extended(old).names.equals(grown.names)


def test_a_model_over_the_old_columns_reads_the_same_numbers():
    old = small()
    grown = old.extended(small(("category 1", names("men")), ("type", names("buy"))))
    events = pa.table(
        {
            "product": ["p1", "p2", "p9"],
            "category": ["women/shoes", "women/bags", "men"],
            "type": ["buy", "view", "buy"],
            "time": pa.array([0, 1, 2], pa.timestamp("s")),
        }
    )
    before, after = behaviour_of(events, old), behaviour_of(events, grown)
    assert (before.matrix != after.matrix[:, : len(old)]).nnz == 0
    assert after.matrix[:, len(old) :].toarray().tolist() == [[1.0, 2.0]]
    assert before.known_share[0] == pytest.approx(2 / 3)
    assert after.known_share[0] == 1


@pytest.mark.parametrize("many", [False, True])
def test_columns_of_names(many, monkeypatch):
    if many:
        monkeypatch.setattr("connu.twins.vocabulary._MANY", 1)
    made = small()
    first = len(MEASURES)
    found = made.columns_of("product", names("p2", "women", "p1", ""))
    assert found.tolist() == [first + 1, -1, first, -1]
    assert found.dtype == np.int32
    assert made.columns_of("brand", names("Aa")).tolist() == [-1]
    assert made.columns_of("product", names()).tolist() == []


def test_every_column_has_words_and_a_wider_one():
    made = small(catalogue=LISTED)
    words = [made.describe(column) for column in range(len(made))]
    assert words[len(MEASURES) :] == [
        "product p1 (shoes)",
        "product p2 (hats)",
        "category women",
        "category women/bags",
        "category women/shoes",
        "at night (3 h UTC)",
        "in the evening (21 h UTC)",
        "from shoes to bags",
    ]
    assert all(words) and len(set(words)) == len(words)
    parents = (made.parents - len(MEASURES)).tolist()[len(MEASURES) :]
    # The hats are no feature, so p2 belongs to what is wider.
    assert parents[:5] == [4, 2, -1 - len(MEASURES), 2, 2]


def test_kinds_gather_blocks():
    made = small(("category 9", names("x")))
    assert made.kinds("levels").tolist() == [11, 12, 13, 17]
    assert made.kinds("ratings").tolist() == []
    assert kind_of("page 2") == kind_of("device") == "context"
    assert made.block("levels").columns.tolist() == []
