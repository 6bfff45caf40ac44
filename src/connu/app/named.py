"""Named: our brand and its competitors in the verbatims: who is named, who first, and who wins."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import pyarrow as pa

from connu.app.listening import STATEMENTS_HEARD, VERBATIMS_HEARD, Listening
from connu.kernel.errors import UsageError
from connu.kernel.settings import Settings
from connu.understand.brand_mentions import BrandMentions, brand_mentions
from connu.understand.brand_names import AS_WRITTEN, BrandNames
from connu.understand.choices import Choices
from connu.understand.estimate import Estimate, wilson
from connu.understand.first_named import LEAST_ANSWERS

#: Texts looked through at a time.
_AT_ONCE = 50_000
#: Who won, by how a comparing statement judges.
_WON = {"positive": 1, "neutral": 0, "negative": -1}


class NamedBrand(msgspec.Struct, frozen=True):
    """How often the verbatims name a brand.

    Attributes:
        name: the brand's.
        texts: how many name it. share: of all verbatims, 0-1.
        first: how many name it before any other. first_share: of those that name one, 0-1.
    """

    name: str
    texts: int
    share: Estimate
    first: int
    first_share: Estimate


class NamedBrands(msgspec.Struct, frozen=True):
    """Who is named.

    Attributes:
        named: those first named most come first.
        texts: verbatims looked through. naming: of them, how many name a brand of the list.
        silence: `too_few`: fewer than 20 name one; or None.
    """

    named: list[NamedBrand]
    texts: int
    naming: int
    silence: str | None = None


def names_of(settings: Settings) -> BrandNames:
    """The brand and its competitors; one written «=Orange» counts only as it is written.

    Raises:
        UsageError: no competitor is set, or two names are written alike.
    """
    if not settings.understand.competitors:
        raise UsageError(
            "no competitor is known",
            hint='add to connu.toml, under [understand]: competitors = ["Zara", "Sézane"]',
        )
    names: dict[str, list[str]] = {settings.brand.name: []}
    for name in settings.understand.competitors:
        plain = name.removeprefix(AS_WRITTEN)
        names[plain] = [name] if name != plain else []
    return BrandNames.of(names)


def named_brands(heard: Listening) -> NamedBrands:
    """Look for names in everything that was listened to.

    Raises:
        UsageError: no competitor is set.

    Cost: a walk along all words for each name; some seconds for a million verbatims.
    """
    names = names_of(heard.settings)
    some, first = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    texts = naming = 0
    for batch in _texts(heard):
        found = brand_mentions(batch, names)
        texts += len(batch)
        pairs = np.unique(np.stack([found.row, found.name]), axis=1)
        some += np.bincount(pairs[1].astype(np.int64), minlength=len(names))
        _, at = np.unique(found.row, return_index=True)
        first += np.bincount(found.name[at], minlength=len(names))
        naming += len(at)
    shares = wilson(some, np.full(len(names), texts))
    firsts = wilson(first, np.full(len(names), naming))
    rows = [
        NamedBrand(*each)
        for each in zip(names.names, some.tolist(), shares, first.tolist(), firsts, strict=True)
    ]
    return NamedBrands(
        named=sorted(rows, key=lambda one: (-one.first, -one.texts, one.name)),
        texts=texts,
        naming=naming,
        silence="too_few" if naming < LEAST_ANSWERS else None,
    )


def choices_said(heard: Listening) -> tuple[Choices, list[str]]:
    """Statements that compare us with one competitor, as choices; ours is the first of the names.

    Raises:
        UsageError: no competitor is set.
    """
    names = names_of(heard.settings)
    rows = heard.table(
        'SELECT s.subject, s.polarity, substr(v.text, s.start + 1, s."end" - s.start) AS text'
        f" FROM {STATEMENTS_HEARD} AS s JOIN ({heard.reading.sql('verbatims')}) AS v"
        ' ON v.source = s.source AND v."row" = s."row" WHERE s.form = \'comparison\''
        ' ORDER BY s.source, s."row", s.statement'
    )
    found = brand_mentions(rows["text"].combine_chunks().cast(pa.string()), names)
    rival = _only_rival(found, rows.num_rows)
    there = np.flatnonzero(rival >= 0)
    said = rows.take(pa.array(there))
    return (
        Choices.of_pairs(
            np.zeros(len(there), np.int64),
            rival[there],
            [_WON.get(word, 9) for word in said["polarity"].to_pylist()],
            said["subject"].combine_chunks().cast(pa.string()),
        ),
        list(names.names),
    )


def _only_rival(found: BrandMentions, texts: int) -> np.ndarray:
    """The one competitor that each text names, -1 for none or several; int64 (texts,)."""
    others = found.name > 0
    pairs = np.unique(np.stack([found.row[others], found.name[others]]), axis=1)
    many = np.bincount(pairs[0].astype(np.int64), minlength=texts)
    rival = np.full(texts, -1)
    rival[pairs[0].astype(np.int64)] = pairs[1]
    return np.where(many == 1, rival, -1)


def _texts(heard: Listening) -> Iterator[pa.Array]:
    """The texts as they came, so that no name is masked in them; none of them is shown."""
    verbatims = heard.reading.sql("verbatims")
    sql = (
        f"SELECT v.text FROM ({verbatims}) AS v JOIN {VERBATIMS_HEARD} AS h"
        ' ON h.source = v.source AND h."row" = v."row"'
    )
    for batch in heard.reading.engine.batches(sql, _AT_ONCE):
        yield batch.column(0).cast(pa.string())
