"""What readers are shown for a theme, in both languages that connu speaks."""

from __future__ import annotations

from pathlib import Path

from connu.measure.words import Words
from connu.understand.codebook import read_codebook


def theme_labels(folder: Path) -> dict[str, Words]:
    """By theme of the brand's codebook, its label in English and in French.

    Args:
        folder: the brand's.

    Raises:
        SettingsError: the codebook cannot be read.
    """
    return {
        theme.name: Words(theme.called("en"), theme.called("fr"))
        for theme in read_codebook(folder).themes
    }
