"""Records as integers: equal strings have equal codes, and every string comes back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from encoded import encoded
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.encoding import FIRST, FORMS, encode_column, encode_tokens
from connu.kernel.nicknames import canonical_names

_WORD = st.sampled_from(("ada", "bea", "cleo", "dora", "élise", "日本", "a'b", 'c"d', "12"))
_CELL = st.one_of(st.none(), st.lists(_WORD, max_size=5).map(" ".join))
_QUICK = settings(deadline=None, max_examples=60)


@_QUICK
@given(st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=30))
def test_a_column_comes_back(values: list[str | None]):
    column = encode_column(pa.array(values, pa.string()))
    read = column.values.to_pylist()
    assert [None if code < 0 else read[code] for code in column.codes] == values
    assert column.counts.tolist() == [values.count(value) for value in read]
    assert column.known == len(values) - values.count(None)
    assert len(set(read)) == len(read)


@_QUICK
@given(st.lists(_WORD, max_size=20), st.sets(_WORD))
def test_a_column_without_some_values(values: list[str], forgotten: set[str]):
    column = encode_column(pa.array(values, pa.string()))
    kept = column.without(np.array([v in forgotten for v in column.values.to_pylist()], np.bool_))
    read = kept.values.to_pylist()
    assert [None if code < 0 else read[code] for code in kept.codes] == [
        None if value in forgotten else value for value in values
    ]
    assert kept.counts.sum() == kept.known
    assert column.known == len(values)  # the column itself is as it was


@_QUICK
@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=15))
def test_tokens_come_back_with_their_columns(rows: list[tuple[str | None, str | None]]):
    columns = [pa.chunked_array([pa.array([row[k] for row in rows], pa.string())]) for k in (0, 1)]
    tokens = encode_tokens(columns)
    read = tokens.values.to_pylist()
    for i, row in enumerate(rows):
        held = slice(tokens.start[i], tokens.start[i + 1])
        roles = {read[c]: r for c, r in zip(tokens.codes[held], tokens.roles[held], strict=True)}
        expected: dict[str, int] = {}
        for bit, cell in enumerate(row):
            standing = (cell or "").split()
            for place, word in enumerate(standing):
                role = 1 << bit | (FIRST if place == 0 and len(standing) > 1 else 0)
                expected[word] = expected.get(word, 0) | role
        assert roles == expected
        assert np.all(np.diff(tokens.codes[held]) > 0)
    bags = [set((row[0] or "").split()) | set((row[1] or "").split()) for row in rows]
    held_counts = {word: count for word, count in zip(read, tokens.counts, strict=True) if word}
    assert held_counts == {w: sum(w in bag for bag in bags) for w in set().union(*bags)}
    in_first = dict(zip(read, tokens.counts_as(1), strict=True))
    for word in held_counts:
        assert in_first[word] == sum(word in (row[0] or "").split() for row in rows)


def test_a_record_holds_the_smallest_of_several_values():
    records = encoded(
        [
            {"ids": [("loyalty_card", "B2"), ("loyalty_card", "A1"), ("social.x", "@ada")]},
            {},
            {"ids": [("loyalty_card", "A1")]},
        ]
    )
    card, handle = records.keys["loyalty_card"], records.keys["social.x"]
    assert card.codes.tolist() == [0, -1, 0] and card.values.to_pylist() == ["A1"]
    assert handle.codes.tolist() == [0, -1, -1]
    assert set(records.keys) == {"loyalty_card", "social.x"}
    assert records.column("loyalty_card") is card


def test_contacts_are_columns_not_keys():
    records = encoded([{"email": "ada@example.org", "phone": "+33600000001"}])
    assert records.keys == {}
    assert records.column("email").values.to_pylist() == ["ada@example.org"]


def test_only_unique_sources_have_a_number():
    rows = [{"source": source} for source in ("crm", "shop", "crm", "web", "web")]
    unique = encoded(rows, unique=("crm", "web")).unique_source
    assert unique[1] == -1
    assert unique[0] == unique[2] >= 0 and unique[3] == unique[4] >= 0
    assert unique[0] != unique[3]


def test_familiar_forms_meet_the_names_they_stand_for():
    names = "bill william liz elizabeth elisabeth alex alexandre alexandra zoe gertrude".split()
    records = encoded([{"given": name} for name in names])
    code = {name: k for k, name in enumerate(records.names.values.to_pylist())}
    assert records.forms.shape == (len(code), FORMS)

    def meet(one: str, other: str) -> bool:
        held = [set(records.forms[code[name]].tolist()) - {-1} for name in (one, other)]
        return bool(held[0] & held[1])

    assert meet("bill", "william") and meet("liz", "elizabeth") and meet("liz", "elisabeth")
    assert meet("alex", "alexandre") and meet("alex", "alexandra")
    assert not meet("bill", "liz") and not meet("zoe", "gertrude")
    assert not meet("william", "elizabeth")
    for name in names:
        stands_for = set(canonical_names(name)[1:])
        assert len(set(records.forms[code[name]].tolist()) - {-1}) <= max(len(stands_for), 1) + 1


def test_nothing_at_all():
    records = encoded([])
    assert records.size == 0 and records.keys == {}
    assert len(records.names.values) == 0 and len(records.names.words) == 0
    assert all(column.known == 0 for column in records.values.values())
