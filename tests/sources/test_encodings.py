"""Bytes: encodings and what one pass over a file tells."""

import pytest

from connu.sources import encodings
from connu.sources.encodings import encoding_of, scan_bytes


def scanned(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return scan_bytes(path)


def test_one_pass(tmp_path):
    scan = scanned(tmp_path, 'a,"b\nc",é\n12345678\r\n'.encode())
    assert scan.utf8 and scan.odd_lines and scan.longest_line == 9
    assert not scanned(tmp_path, b'a,"b"\n"c"\n').odd_lines
    assert not scanned(tmp_path, b"\xe9\n").utf8


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_blocks_may_be_cut_anywhere(tmp_path, monkeypatch, block):
    content = 'aé"b"\n"\n\n"x"'.encode()
    whole = scanned(tmp_path, content)
    monkeypatch.setattr(encodings, "_BLOCK_BYTES", block)
    assert scanned(tmp_path, content) == whole


def test_utf_8_that_ends_too_early_is_none(tmp_path):
    assert not scanned(tmp_path, "é".encode()[:1]).utf8


@pytest.mark.parametrize(
    ("content", "told", "found"),
    [
        (b"\xef\xbb\xbfa", None, ("utf-8-sig", False)),
        (b"\xef\xbb\xbfa\xff", None, ("utf-8-sig", True)),
        (b"\xff\xfea\x00", None, ("utf-16", False)),
        ("é".encode(), "utf-8", ("utf-8", False)),
        (b"\xe9", "utf8", ("utf-8", True)),
        (b"\xe9", "latin1", ("latin-1", False)),
        (b"\xe9", None, ("cp1252", False)),
        (b"", None, ("utf-8", False)),
    ],
)
def test_encodings(tmp_path, content, told, found):
    assert encoding_of(content, scanned(tmp_path, content), told) == found
