"""Nicknames: every form leads to full names, written the way the linker writes names."""

import re

from connu.kernel.nicknames import NICKNAMES, canonical_names


def test_forms_and_names_are_folded():
    for form, names in NICKNAMES.items():
        assert names == tuple(sorted(set(names)))
        for word in (form, *names):
            assert re.fullmatch(r"[a-z]+( [a-z]+)?", word), word


def test_no_form_stands_for_itself_alone():
    assert all(set(names) != {form} for form, names in NICKNAMES.items())


def test_common_forms_in_both_languages():
    assert "william" in canonical_names("bill")
    assert "emmanuel" in canonical_names("manu")
    assert {"alexander", "alexandre", "alexandra"} <= set(canonical_names("alex"))
    assert canonical_names("zoe") == ("zoe",)
