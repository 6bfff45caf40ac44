"""Failures are one clear paragraph on standard error, with the code that the docs promise."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import pytest

from connu.cli import build, failure
from connu.kernel import errors

DOCS = (Path(__file__).parents[2] / "docs/errors.md").read_text(encoding="utf-8")


def all_errors() -> list[type[errors.ConnuError]]:
    return [errors.ConnuError, *errors.ConnuError.__subclasses__()]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_s_exit_code_is_in_the_docs(error):
    assert re.search(rf"^\| {error.exit_code} \| {error.__name__} \|", DOCS, re.M)


def test_the_docs_promise_no_other_codes():
    promised = {int(code) for code in re.findall(r"^\| (\d+) \|", DOCS, re.M)}
    kept = {error.exit_code for error in all_errors()}
    assert promised == kept | {0, failure.EXIT_UNEXPECTED, failure.EXIT_INTERRUPTED}


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_the_paragraph_says_what_where_and_what_to_do(error, capsys):
    raised = error("the sky fell", hint="hold it up", source="crm", row=12)
    assert failure.tell(raised) == error.exit_code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "connu: the sky fell. (source crm, row 12)\n       hold it up.\n"


def test_json_errors_have_one_shape(capsys):
    failure.tell(errors.SourceError("gone", file="a.csv"), as_json=True)
    shape = json.loads(capsys.readouterr().err)
    assert shape == {"error": "SourceError", "message": "gone", "hint": None, "file": "a.csv"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file", "data/a.csv"), 3),
        (PermissionError(errno.EACCES, "Permission denied", "data/a.csv"), 3),
        (OSError(errno.ENOSPC, "No space left on device"), 4),
        (MemoryError(), 4),
    ],
)
def test_what_the_system_refuses_is_told_too(error, code, capsys):
    assert failure.tell(error) == code
    told = capsys.readouterr().err
    assert "Traceback" not in told and told.count("connu:") == 1


def test_a_fault_of_its_own_shows_no_value(run, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise ValueError("claire.petit@example.org is odd")

    monkeypatch.setattr(build, "opened", broken)
    ran = run("build", "--brand", tmp_path)
    assert ran.code == failure.EXIT_UNEXPECTED
    assert "claire" not in ran.err and "Traceback" not in ran.err
    assert re.search(r"ValueError.*test_failure.py:\d+", ran.err, re.S)
    shape = json.loads(run("build", "--brand", tmp_path, "--json").err)
    assert "claire" not in str(shape)
    monkeypatch.setenv("CONNU_DEBUG", "1")
    assert "Traceback" in run("build", "--brand", tmp_path).err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["build"], 2, "there is no connu.toml"),
        (["status"], 2, "connu init"),
        (["init"], 2, "FILES"),
        (["init", "none.csv"], 3, "none.csv"),
        (["demo", ".", "--people", "3"], 2, "at least"),
    ],
)
def test_without_a_brand(run, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.code == code
    assert said in ran.err and ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "nobody@example.org"], 7, "nobody answers"),
        (["show", "crm:1", "--purpose", "marketting"], 6, "did you mean «marketing»"),
        (["export", "identity", "-o", "x.csv"], 2, "did you mean «identities»"),
        (["export", "identities", "-o", "x.xlsx"], 2, ".parquet"),
        (["export", "identities", "-o", "no/such/folder/x.csv"], 2, "folder does not exist"),
        (["evaluate", "identities", "none.csv"], 3, "no file with the truth"),
        (["consent", "grant", "markting", "crm:1"], 6, "did you mean «marketing»"),
        (["join", "crm:1", "crm:2"], 7, "nobody answers"),
    ],
)
def test_on_a_brand(run, own_sample, arguments, code, said):
    ran = run(*arguments)
    assert ran.code == code, ran.err
    assert said in ran.err and ran.out == ""
    assert "example.org" not in ran.err, "what was typed came back"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "not valid TOML"),
        ("[brand]\n", "name"),
        ("[brand]\nname = 'x'\n[sources.crm]\nkind = 'poeple'\npath = 'a'\n", "kind"),
        ("[brand]\nname = 'x'\n[sources.crm]\nkin = 'people'\n", "did you mean «kind»"),
        ("[brand]\nname = 'x'\n[identify]\nmerge_probability = 7\n", "merge_probability"),
        ("[brand]\nname = 'x'\n[identify.limits]\nemial = 3\n", "did you mean «email»"),
        ("[brand]\nname = 3\n", "brand.name"),
        ("\x00", "not valid TOML"),
        ("[brand]\nname = 'x'\n", "no source"),
    ],
)
def test_hostile_settings_are_told_by_their_word(run, tmp_path, text, said):
    (tmp_path / "connu.toml").write_text(text, encoding="utf-8")
    ran = run("build", "--brand", tmp_path)
    assert ran.code == 2, ran.err
    assert said in ran.err and "Traceback" not in ran.err
    assert not (tmp_path / ".connu/builds").exists()


def test_the_errors_shown_in_the_docs_are_those_of_the_program(run, tmp_path):
    (tmp_path / "connu.toml").write_text(
        '[brand]\nname = "x"\n[sources.crm]\nkind = "people"\npath = "data/crm.csv"\n'
        '[sources.crm.fields]\nid = "no"\nemial = "mail"\n'
    )
    for told in (run("build", "-b", tmp_path).err, run("build", "-b", tmp_path, "--json").err):
        assert "".join(f"    {line}\n" for line in told.splitlines()) in DOCS


def test_a_reader_that_leaves_is_no_fault(own_sample):
    import subprocess
    import sys

    program = [sys.executable, "-c", "from connu.cli.main import run; run()", "status", "--json"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
