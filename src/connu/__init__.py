"""connu: identify, know, understand your customers.

>>> import connu
>>> brand = connu.open("maison-claire")           # doctest: +SKIP
>>> brand.table("customers").column_names[0]      # doctest: +SKIP
'customer_id'

The heavy parts load when a brand is opened, or `connu.TwinsClassifier` or `connu.SessionTwins` is
asked for, so that importing connu (and `connu --help`) is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connu.app.brand import Brand
    from connu.know.session_twins_estimator import SessionTwins
    from connu.twins.classifier import TwinsClassifier

__version__ = "0.1.0"
__all__ = ["SessionTwins", "TwinsClassifier", "__version__", "open"]


def open(path: str | Path = ".") -> Brand:
    """Open a brand: the folder that holds its connu.toml.

    Args:
        path: the folder.

    Returns:
        The brand; its tables come as Arrow tables, read for a purpose.

    Raises:
        SettingsError: there is no connu.toml, or it is not valid.
    """
    from connu.app.brand import open as open_brand

    return open_brand(path)


def __getattr__(name: str) -> Any:
    if name == "TwinsClassifier":
        from connu.twins.classifier import TwinsClassifier

        return TwinsClassifier
    if name == "SessionTwins":
        from connu.know.session_twins_estimator import SessionTwins

        return SessionTwins
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
