"""Verbatims to code by hand: which come next, their masked texts, what the machine thinks of them.

Read for a purpose: nobody's words are shown that may not be read for it, and personal data in them
are masked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from connu.app.reading import Reading
from connu.engine.sql import literal
from connu.kernel.errors import NotFoundError
from connu.understand.codes import Codes, coded
from connu.understand.masking import NAMES_SEPARATOR, mask

#: From how sure the machine is of a theme, accepting takes it in.
PROPOSED = 0.5

#: A verbatim: source and row.
Key = tuple[str, int]

_QUEUE = (
    'SELECT t.source, t."row", t.verbatim_id, min(t.rank) AS rank, arg_min(t.theme, t.rank) AS'
    " theme, arg_min(t.probability, t.rank) AS probability, arg_min(t.reason, t.rank) AS reason"
    ' FROM ({to_code}) AS t JOIN ({verbatims}) AS v ON v.source = t.source AND v."row" = t."row"'
    '{only} GROUP BY t.source, t."row", t.verbatim_id ORDER BY rank, t.source, t."row"'
)
_PAGE = "desk_page"
_TEXTS = (
    'SELECT v.source, v."row", v.text, v.channel, v.time, v.rating, v.nps'
    f' FROM ({{verbatims}}) AS v JOIN {_PAGE} AS p ON p.source = v.source AND p."row" = v."row"'
)
_PROPOSALS = (
    'SELECT e.source, e."row", e.theme, max(e.probability) AS probability,'
    " arg_max(e.polarity, e.probability) AS polarity, arg_max(e.status, e.probability) AS status"
    f" FROM ({{expectations}}) AS e JOIN {_PAGE} AS p"
    ' ON p.source = e.source AND p."row" = e."row"'
    ' WHERE e."by" = \'machine\' GROUP BY e.source, e."row", e.theme'
)
_WRITERS = (
    'SELECT s.source, s."row", c.* FROM ({said}) AS s'
    f' JOIN {_PAGE} AS p ON p.source = s.source AND p."row" = s."row"'
    " JOIN ({customers}) AS c ON c.customer_id = s.subject WHERE s.subject_kind = 'customer'"
)
_NAMES = ("first_name", "middle_name", "last_name", "full_name")


@dataclass(frozen=True)
class Proposal:
    """What the machine thinks of one theme.

    Attributes:
        theme: the theme.
        probability: that the verbatim speaks of it.
        polarity, status: the likeliest; None: not said.
    """

    theme: str
    probability: float
    polarity: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Asked:
    """A place in the queue.

    Attributes:
        source, row, verbatim_id: the verbatim.
        theme: the one in doubt, with its probability; None: none in particular.
        reason: why it comes now.
    """

    source: str
    row: int
    verbatim_id: str
    theme: str | None = None
    probability: float | None = None
    reason: str | None = None

    @property
    def key(self) -> Key:
        """The verbatim's source and row."""
        return self.source, self.row


@dataclass(frozen=True)
class ToCode:
    """A verbatim on the desk.

    Attributes:
        asked: its place in the queue.
        text: masked.
        channel, time, rating, nps: as the source says.
        proposals: the machine's, the surest first; none where they are hidden.
        digest: of the text as it came.
        mine: what this coder said of it before, or None.
        chat: what a chat model proposed; None: it was not asked. Accepting does not take it in.
    """

    asked: Asked
    text: str
    channel: str | None
    time: datetime | None
    rating: float | None
    nps: float | None
    proposals: tuple[Proposal, ...]
    digest: bytes
    mine: Codes | None = None
    chat: Codes | None = None

    @property
    def draft(self) -> Codes:
        """What accepting keeps: what this coder said before, or what the machine is sure of."""
        if self.mine is not None:
            return self.mine
        sure = [one for one in self.proposals if one.probability >= PROPOSED]
        return coded(
            [one.theme for one in sure],
            {one.theme: one.polarity for one in sure if one.polarity},
            {one.theme: one.status for one in sure if one.status},
        )


def queue_of(reading: Reading, done: Collection[Key], theme: str | None = None) -> list[Asked]:
    """The verbatims to code, the most informative first.

    Args:
        reading: the build, opened for a purpose.
        done: those that somebody coded since.
        theme: only those of which it is in doubt.

    Raises:
        NotFoundError: the build was made before connu knew what to code next.
    """
    if not reading.build.has("to_code"):
        raise NotFoundError(
            "the build does not say what to code next: it has no table «to_code»",
            hint="run: connu build",
            build=reading.build.id,
        )
    only = "" if theme is None else f" WHERE t.theme = {literal(theme)}"
    sql = _QUEUE.format(
        to_code=reading.sql("to_code"), verbatims=reading.sql("verbatims"), only=only
    )
    found = []
    for row in reading.rows(sql):
        del row["rank"]
        found.append(Asked(**row))
    return [asked for asked in found if asked.key not in done]


def read_page(
    reading: Reading,
    page: Sequence[Asked],
    digest: Callable[[str], bytes],
    *,
    hidden: bool = False,
) -> dict[Key, ToCode]:
    """The texts of some verbatims, masked, and what the machine thinks of them.

    Args:
        reading: the build, opened for a purpose.
        page: which.
        digest: `journal.digester()`.
        hidden: without the machine's proposals.
    """
    keys = {
        "source": pa.array([asked.source for asked in page], pa.string()),
        "row": pa.array([asked.row for asked in page], pa.int64()),
    }
    engine = reading.engine
    engine.put(_PAGE, pa.table(keys))
    texts = engine.collect(_TEXTS.format(verbatims=reading.sql("verbatims")))
    proposed = {} if hidden else _proposals(reading)
    writers = _writers(reading)
    engine.drop(_PAGE)
    keyed = zip(texts["source"].to_pylist(), texts["row"].to_pylist(), strict=True)
    names = pa.array([writers.get(key) for key in keyed], pa.string())
    masked = mask(texts["text"].combine_chunks(), names).to_pylist()
    by_key = {asked.key: asked for asked in page}
    found = {}
    for row, text in zip(texts.to_pylist(), masked, strict=True):
        asked = by_key[row["source"], row["row"]]
        proposals = () if hidden else _ordered(proposed.get(asked.key, []), asked)
        found[asked.key] = ToCode(
            asked,
            text,
            row["channel"],
            row["time"],
            row["rating"],
            row["nps"],
            proposals,
            digest(row["text"]),
        )
    return found


def _proposals(reading: Reading) -> dict[Key, list[Proposal]]:
    if not reading.build.has("expectations"):
        return {}
    found: dict[Key, list[Proposal]] = {}
    row: dict[str, Any]
    for row in reading.rows(_PROPOSALS.format(expectations=reading.sql("expectations"))):
        one = Proposal(row["theme"], row["probability"], row["polarity"], row["status"])
        found.setdefault((row["source"], row["row"]), []).append(one)
    return found


def _writers(reading: Reading) -> dict[Key, str]:
    """The names of those who wrote, as the brand knows them, to be masked in their own words."""
    build = reading.build
    told = [table for table in ("to_code", "statements") if build.has(table)]
    if not told or not build.has("customers"):
        return {}
    customers = reading.sql("customers")
    there = reading.engine.collect(f"SELECT * FROM ({customers}) AS c LIMIT 0").column_names
    columns = [name for name in _NAMES if name in there]
    said = " UNION ".join(
        f'SELECT source, "row", subject_kind, subject FROM ({reading.sql(table)}) AS {table}'
        for table in told
    )
    chosen = ", ".join(["customer_id", *columns])
    customers = f"SELECT {chosen} FROM ({customers}) AS c"
    return {
        (row["source"], row["row"]): NAMES_SEPARATOR.join(
            row[name] for name in columns if row[name]
        )
        for row in reading.rows(_WRITERS.format(said=said, customers=customers))
    }


def _ordered(proposals: Sequence[Proposal], asked: Asked) -> tuple[Proposal, ...]:
    """The surest first, the theme in doubt among them."""
    made = list(proposals)
    there = {one.theme for one in made}
    if asked.theme is not None and asked.probability is not None and asked.theme not in there:
        made.append(Proposal(asked.theme, asked.probability))
    return tuple(sorted(made, key=lambda one: (-one.probability, one.theme)))
