"""Errors of drivers and of the system, told without what they met."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from connu.engine.failure import engine_error, unreadable


def driver_error(kind: str, text: str) -> Exception:
    return type(kind, (Exception,), {})(text)


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("OutOfMemoryException", "failed to allocate 1 GiB", "the memory does not suffice"),
        ("IOException", "No space left on device", "the disk is full"),
        ("IOException", 'Cannot open file "/a/b": No such file or directory', "not there"),
        ("IOException", 'Cannot open file "/a/b": Permission denied', "may not be read"),
        ("IOException", "something else about secret", "cannot be read or written"),
        ("InterruptException", "Interrupted!", "interrupted"),
        ("ConversionException", "Could not convert string 'secret' to INT32", "type"),
        ("BinderException", "Binder Error: no function f('secret')\nLINE 1: …", "f('…')"),
        ("InternalException", "secret", "InternalException"),
    ],
)
def test_the_kind_is_told_and_the_value_is_not(kind: str, text: str, told: str):
    error = engine_error(driver_error(kind, text))
    assert told in error.message
    assert "secret" not in str(error.as_dict())


def test_the_file_is_named():
    error = engine_error(driver_error("IOException", 'Cannot open file "/a/b.parquet": no'))
    assert error.fields["file"] == "/a/b.parquet"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_says_what_to_do(code: int):
    error = unreadable("write", Path("out"), OSError(code, "full"))
    assert error.message == "the disk is full"
    assert error.hint


def test_another_refusal_says_why():
    error = unreadable("write", Path("out"), PermissionError(errno.EACCES, "Permission denied"))
    assert error.message == "cannot write: Permission denied"
