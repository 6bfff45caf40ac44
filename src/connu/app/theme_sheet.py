"""One theme on a sheet: what it means, and what was said of it over time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from connu.app.coding import has_build
from connu.app.reading import Reading, opened_build
from connu.app.said_statements import Listened, said_statements
from connu.app.themes import NO_BUILD, NO_LISTENING, ThemeLine, theme_lines
from connu.engine.sql import literal
from connu.understand.codebook import Codebook, Theme, read_codebook
from connu.understand.corpus import corpus_of
from connu.understand.coverage import TOLD
from connu.understand.induction import LEARNT_ON, representative_quotes
from connu.understand.masking import mask
from connu.understand.statement_places import places_of
from connu.understand.telling_words import TellingWord, telling_words, words_said

if TYPE_CHECKING:
    from connu.app.brand import Brand

_MONTHS = (
    "SELECT date_trunc('month', time) AS month,"
    f" sum(CASE WHEN status = {literal('met')} THEN 1 ELSE 0 END) AS met,"
    f" sum(CASE WHEN status = {literal('unmet')} THEN 1 ELSE 0 END) AS unmet,"
    " count(*) AS expectations FROM ({expectations}) AS e WHERE theme IN ({names})"
    f" AND time IS NOT NULL AND coalesce(addressee, {literal('brand')}) = {literal('brand')}"
    " GROUP BY 1 ORDER BY 1"
)


@dataclass(frozen=True)
class Month:
    """A month: «2026-03», and the expectations of the theme in it."""

    month: str
    met: int
    unmet: int
    expectations: int


@dataclass(frozen=True)
class ThemeSheet:
    """A theme.

    Attributes:
        theme: as the codebook has it.
        line: its counts.
        was: names it had, that codes may still have.
        words: that set apart what is said of it.
        quotes: that stand for it, masked.
        months: in order; those in which nobody spoke of it are left out.
        silence: why there is no more.
    """

    theme: Theme
    line: ThemeLine
    was: tuple[str, ...] = ()
    words: tuple[TellingWord, ...] = ()
    quotes: tuple[str, ...] = ()
    months: tuple[Month, ...] = ()
    silence: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The sheet as JSON."""
        return asdict(self)


def theme_sheet(brand: Brand, name: str, *, purpose: str = "service") -> ThemeSheet:
    """A theme, and what was said of it.

    Args:
        brand: whose.
        name: of the codebook, or one that became a theme of it.
        purpose: words of those who did not grant it are not read.

    Raises:
        SettingsError: the codebook has no such theme.
        PurposeError: nobody knows the purpose.
    """
    codebook = read_codebook(brand.folder)
    theme = codebook.theme(codebook.current(name) or name)
    was = tuple(old for old in codebook.migrations if codebook.current(old) == theme.name)
    if not has_build(brand):
        return ThemeSheet(theme, ThemeLine(theme.name, theme.dimension), was, silence=NO_BUILD)
    with opened_build(brand.folder, brand.settings, purpose) as reading:
        lines = theme_lines(brand, reading, codebook)
        line = next(line for line in lines if line.name == theme.name)
        heard = said_statements(reading, codebook)
        if heard is None:
            return ThemeSheet(theme, line, was, silence=NO_LISTENING)
        months = _months(reading, (theme.name, *was))
    words, quotes = _said(heard, codebook, theme)
    silence = None if quotes else "the build heard nothing of it"
    return ThemeSheet(theme, line, was, words, quotes, months, silence)


def _months(reading: Reading, names: tuple[str, ...]) -> tuple[Month, ...]:
    if not reading.build.has("expectations"):
        return ()
    sql = _MONTHS.format(
        expectations=reading.sql("expectations"), names=", ".join(map(literal, names))
    )
    return tuple(
        Month(f"{row['month']:%Y-%m}", int(row["met"]), int(row["unmet"]), row["expectations"])
        for row in reading.rows(sql)
    )


def _said(
    heard: Listened, codebook: Codebook, theme: Theme
) -> tuple[tuple[TellingWord, ...], tuple[str, ...]]:
    """Words and quotes of a theme, of a sample where there is very much."""
    statements = heard.statements
    rng = np.random.default_rng(0)
    mine = statements.told[:, codebook.names.index(theme.name)] >= TOLD
    parts = [np.flatnonzero(mine), np.flatnonzero(~mine)]
    chosen = np.sort(
        np.concatenate(
            [p if len(p) <= LEARNT_ON // 2 else rng.choice(p, LEARNT_ON // 2, replace=False)
             for p in parts]
        )
    )  # fmt: skip
    group = mine[chosen]
    if not group.any():
        return (), ()
    some = statements.take(chosen)
    quotes = mask(some.quotes)
    corpus = corpus_of(quotes, some.language)
    words = tuple(telling_words(words_said(corpus, some.verbatim), group))
    rows = np.flatnonzero(group)
    own = corpus_of(quotes.take(pa.array(rows)), some.language.take(pa.array(rows)))
    places = places_of(own, [])
    picked = representative_quotes(own.texts, places.of, np.arange(len(rows)))
    return words, tuple(picked)
