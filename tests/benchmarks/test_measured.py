"""Seconds and memory of a command, told from outside."""

from __future__ import annotations

import sys

from benchmarks.measured import measure


def test_the_peak_is_the_command_s_own():
    ballast = bytearray(300_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    small = measure([sys.executable, "-S", "-c", "print('done')"])
    large = measure(
        [sys.executable, "-S", "-c", "x = bytearray(200_000_000); x[::4096] = x[::4096]"]
    )
    assert (small.code, small.told) == (0, "done\n")
    assert small.peak_gb < 0.1
    assert 0.15 < large.peak_gb < 0.3
    assert small.seconds > 0


def test_a_failure_is_told():
    failed = measure([sys.executable, "-S", "-c", "raise SystemExit('no such file')"])
    assert failed.code == 1
    assert "no such file" in failed.told
