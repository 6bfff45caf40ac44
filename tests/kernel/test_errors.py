"""One tree of errors, with exit codes that never change meaning."""

from __future__ import annotations

from pathlib import Path

from connu.kernel import errors
from connu.kernel.errors import ConnuError, SourceError, did_you_mean

EXIT_CODES = {
    "ConnuError": 1,
    "UsageError": 2,
    "SettingsError": 2,
    "SourceError": 3,
    "EngineError": 4,
    "JournalError": 4,
    "BuildError": 5,
    "PurposeError": 6,
    "NotFoundError": 7,
    "MissingExtraError": 8,
}


def test_exit_codes_are_those_promised():
    tree = {"ConnuError": ConnuError, **{c.__name__: c for c in ConnuError.__subclasses__()}}
    assert {name: tree[name].exit_code for name in EXIT_CODES} == EXIT_CODES


def test_the_tree_at_the_top_of_the_module_is_the_tree():
    for name, code in EXIT_CODES.items():
        line = next(line for line in (errors.__doc__ or "").splitlines() if name in line)
        assert f"exit {code}" in line


def test_an_error_has_one_shape_and_no_empty_field():
    error = SourceError("a row has no id", hint="map id", source="crm", row=3, column=None)
    assert error.as_dict() == {
        "error": "SourceError",
        "message": "a row has no id",
        "hint": "map id",
        "source": "crm",
        "row": "3",
    }
    assert str(error) == "a row has no id"


def test_a_field_never_hides_the_message():
    error = SourceError("it broke", file=Path("crm.csv"), error="other")
    assert error.as_dict()["error"] == "SourceError"
    assert error.as_dict()["file"] == "crm.csv"


def test_the_nearest_word_is_meant_or_all_are_known():
    assert did_you_mean("emial", ["phone", "email"]) == "did you mean «email»?"
    assert did_you_mean("zzz", ["phone", "email"]) == "known: email, phone"
