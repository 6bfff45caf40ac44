"""Which verbatim an id names: in files of labels people write it alone, or as source:id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.errors import UsageError

_PUT = "asked_ids"
_FOUND = (
    "SELECT DISTINCT a.place, v.source, v.verbatim_id, v.text"
    f" FROM {_PUT} AS a JOIN verbatims AS v"
    " ON v.verbatim_id = a.id AND (a.source IS NULL OR v.source = a.source)"
)


@dataclass(frozen=True)
class NamedVerbatim:
    """A verbatim that an id names.

    Attributes:
        source: its source; None: not known before the next build.
        verbatim_id: its id there.
        text: None: not at hand.
    """

    source: str | None
    verbatim_id: str
    text: str | None = None


def named_verbatims(engine: Engine, ids: Sequence[str]) -> list[NamedVerbatim | UsageError]:
    """The verbatims that ids name, among those of a build; an id is tried whole, and as source:id.

    Args:
        engine: where the table `verbatims` is.
        ids: as written.

    Returns:
        For each id its verbatim, or what is wrong with it.
    """
    places: list[int] = []
    sources: list[str | None] = []
    tried: list[str] = []
    for place, id in enumerate(ids):
        source, colon, rest = id.partition(":")
        for one, other in ((None, id), (source, rest))[: 2 if colon else 1]:
            places.append(place)
            sources.append(one)
            tried.append(other)
    columns = {
        "place": pa.array(places, pa.int64()),
        "source": pa.array(sources, pa.string()),
        "id": pa.array(tried, pa.string()),
    }
    engine.put(_PUT, pa.table(columns))
    rows = engine.collect(_FOUND).to_pylist()
    engine.drop(_PUT)
    found: list[list[NamedVerbatim]] = [[] for _ in ids]
    for row in rows:
        one_found = NamedVerbatim(row["source"], row["verbatim_id"], row["text"])
        found[row["place"]].append(one_found)
    return [_only(several) for several in found]


def unknown_verbatim(id: str, sources: Collection[str]) -> NamedVerbatim:
    """A verbatim before any build: its source is known only where the id says it.

    >>> unknown_verbatim("reviews:17", ["reviews"])
    NamedVerbatim(source='reviews', verbatim_id='17', text=None)
    >>> unknown_verbatim("a:17", ["reviews"])
    NamedVerbatim(source=None, verbatim_id='a:17', text=None)
    """
    source, colon, rest = id.partition(":")
    return NamedVerbatim(source, rest) if colon and source in sources else NamedVerbatim(None, id)


def _only(several: list[NamedVerbatim]) -> NamedVerbatim | UsageError:
    if not several:
        return UsageError(
            "the build has no verbatim of that id",
            hint="ids are those of the field «id» of a source of verbatims, alone or as source:id; "
            "if it is new, run connu build first",
        )
    if len(several) > 1:
        known = sorted({str(one.source) for one in several})
        return UsageError(
            f"the id is in several sources: {', '.join(known)}", hint="write it as source:id"
        )
    return several[0]
