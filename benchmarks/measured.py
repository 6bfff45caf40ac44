"""A command's seconds and peak memory, measured from outside.

    python benchmarks/measured.py MEASURE.json COMMAND ARGUMENT…

A process of its own that imports nothing: Linux counts what the parent held before exec towards
the child's peak, so a parent full of data would spoil the figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import NamedTuple


class Measure(NamedTuple):
    """What a command took.

    Attributes:
        seconds: of the wall clock.
        processor_seconds: user and system, over all threads.
        peak_gb: largest resident memory, in 10⁹ bytes.
        code: exit code.
        told: what it printed last, for when it failed.
    """

    seconds: float
    processor_seconds: float
    peak_gb: float
    code: int
    told: str


def measure(command: list[str], **settings: object) -> Measure:
    """Run `command` through a small process and measure it.

    Args:
        command: program and arguments.
        **settings: for subprocess.run (cwd, env).
    """
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        runner = [sys.executable, "-S", os.path.abspath(__file__), file.name, *command]
        subprocess.run(runner, check=True, **settings)  # type: ignore[call-overload]
        return Measure(**json.load(file))


def main() -> None:
    """Measure the command of the command line, and write what it took."""
    path, command = sys.argv[1], sys.argv[2:]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        told = process.stdout.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # Linux tells kilobytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    taken = Measure(
        seconds=time.monotonic() - begun,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        peak_gb=usage.ru_maxrss * unit / 1e9,
        code=process.returncode,
        told=told[-2000:],
    )
    with open(path, "w", encoding="utf-8") as file:
        json.dump(taken._asdict(), file)


if __name__ == "__main__":
    main()
