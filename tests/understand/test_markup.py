from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.folding import fold
from connu.understand.markup import LONGEST_TAG, blank_tags


def shown(text: str) -> str:
    """The folded text with its tags blanked."""
    folded = fold(pa.array([text]))
    blank_tags(folded.codes, folded.starts)
    return "".join(map(chr, folded.codes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>bon</b>", "bon"),
        ("un<BR/>deux", "un\ndeux"),
        ("<p class='x > y'>bon", "\ny'>bon"),
        ("<!-- rien -->bon", "bon"),
        ("a<script>if (a<b) {}</script >b", "ab"),
        ("<STYLE>p{}</style>bon<scripts>", "bon"),
        ("<script/>bon", "bon"),
        ("x < y > z", "x < y > z"),
        ("<3 <>", "<3 <>"),
        ("<jean@exemple.fr> <https://x.fr>", "<jean@exemple.fr> <https://x.fr>"),
        ("<a", "<a"),
        ("</", "</"),
        (f"<a{'b' * LONGEST_TAG}>", f"<a{'b' * LONGEST_TAG}>"),
    ],
)
def test_tags_become_blanks(text: str, words: str):
    assert len(shown(text)) == len(text)
    assert shown(text).replace(" ", "") == words.replace(" ", "")


@settings(deadline=None)
@given(st.text(alphabet="<>/!ab=' script", max_size=60))
def test_what_is_no_tag_stays(text: str):
    folded = fold(pa.array([text]))
    before = folded.codes.copy()
    gone = blank_tags(folded.codes, folded.starts)
    assert (folded.codes[~gone] == before[~gone]).all()
    assert set(folded.codes[gone].tolist()) <= {10, 32}
