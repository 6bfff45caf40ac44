"""Statistical twins: what those who behave alike say of somebody nobody knows, or silence.

>>> from connu.twins import TwinsClassifier
>>> TwinsClassifier.__name__
'TwinsClassifier'

The classifier loads when it is asked for: what needs no model need not wait for its libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connu.twins.classifier import TwinsClassifier

__all__ = ["TwinsClassifier"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from connu.twins.classifier import TwinsClassifier

    return TwinsClassifier


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
