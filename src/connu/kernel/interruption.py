"""The interruption: a user who asks a command to stop is heard, also where Python loses it.

A signal becomes KeyboardInterrupt wherever the program happens to be; in a finaliser or a callback
of compiled code Python reports it and goes on. So the wish is noted too, and long work heeds it at
its next step.
"""

from __future__ import annotations

from types import FrameType

_asked = False


def ask(signum: int, frame: FrameType | None) -> None:
    """A signal handler: note the wish, and interrupt.

    Raises:
        KeyboardInterrupt: always.
    """
    global _asked
    _asked = True
    raise KeyboardInterrupt


def heed() -> None:
    """Interrupt if somebody asked since the last `forget`.

    Raises:
        KeyboardInterrupt: somebody did.
    """
    if _asked:
        raise KeyboardInterrupt


def forget() -> None:
    """Begin anew: nobody asked."""
    global _asked
    _asked = False
