"""How far coders agree with each other, and the machine with them, on the brand's own verbatims.

The machine is held only against codes that it cannot have learnt from: those made since the build
was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from connu.app.hand_codes import hand_codes
from connu.app.reading import Reading, opened_build
from connu.app.to_code import PROPOSED, Key
from connu.engine.sql import literal
from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError
from connu.understand.alpha import GAP
from connu.understand.codebook import read_codebook
from connu.understand.codes import codes_from_json
from connu.understand.reliability import Reliability, reliability

if TYPE_CHECKING:
    from connu.app.brand import Brand

_TOLD = (
    'SELECT DISTINCT e.source, e."row", e.theme FROM ({expectations}) AS e'
    f' WHERE e."by" = {literal("machine")} AND e.probability >= {PROPOSED}'
)


@dataclass(frozen=True)
class CodersAgreement:
    """Agreement about the brand's verbatims.

    Attributes:
        coders: who coded, sorted.
        verbatims: coded by somebody.
        twice: coded by two at least.
        machine: of those that are measured, how many the machine had not learnt from.
        reliability: the alphas, by theme and of sets of themes.
    """

    coders: tuple[str, ...]
    verbatims: int
    twice: int
    machine: int
    reliability: Reliability

    def as_dict(self) -> dict[str, Any]:
        """The agreement as JSON."""
        told: dict[str, Any] = msgspec.to_builtins(self.reliability)
        return {
            "coders": list(self.coders),
            "verbatims": self.verbatims,
            "twice": self.twice,
            "machine": self.machine,
            "themes": told["themes"],
            "sets": told["sets"],
            "less_reliable": self.reliability.less_reliable(),
        }


def coders_agreement(brand: Brand, *, purpose: str = "service") -> CodersAgreement:
    """Measure agreement on every verbatim that two coded; where none was, the machine's with one.

    Args:
        brand: whose.
        purpose: verbatims of those who did not grant it are not counted.

    Raises:
        BuildError: there is no build.
        NotFoundError: nobody coded a verbatim of it.
        PurposeError: nobody knows the purpose.
    """
    codebook = read_codebook(brand.folder)
    with (
        open_journal(brand.folder, brand.settings) as journal,
        opened_build(brand.folder, brand.settings, purpose) as reading,
    ):
        held = hand_codes(
            reading.engine,
            journal.codes(),
            journal.digester(),
            codebook,
            reading.sql("verbatims"),
        ).table
        told = _machine(reading)
        published = _published(reading)
    if not held.num_rows:
        raise NotFoundError(
            "nobody has coded a verbatim of this build", hint="run: connu code", purpose=purpose
        )
    coders = tuple(sorted(set(held["coder"].to_pylist())))
    units = _units(held)
    codes = _people(held, coders, units, codebook.names)
    twice = (codes != GAP).any(axis=2).sum(axis=0) >= 2
    unseen = _since(held, units, published)
    machine = None
    if told is not None and unseen.any():
        machine = _given(told, unseen, units, codebook.names)
    measured = twice if twice.any() else unseen & (machine is not None)
    found = reliability(
        codes[:, measured],
        codebook.names,
        None if machine is None else machine[measured],
    )
    known = int((unseen & measured).sum()) if machine is not None else 0
    return CodersAgreement(coders, len(units), int(twice.sum()), known, found)


# ---------------------------------------------------------------------- within
def _machine(reading: Reading) -> set[tuple[Key, str]] | None:
    """Verbatim and theme, of what the machine is sure of; None: the build does not say."""
    if not reading.build.has("expectations"):
        return None
    rows = reading.rows(_TOLD.format(expectations=reading.sql("expectations")))
    return {((row["source"], row["row"]), row["theme"]) for row in rows}


def _published(reading: Reading) -> datetime:
    """When the build was published, UTC without zone: what was coded later it did not learn."""
    said = reading.build.about.get("published")
    moment = reading.build.created if said is None else datetime.fromisoformat(said)
    return moment.astimezone(UTC).replace(tzinfo=None)


def _units(held: pa.Table) -> dict[Key, int]:
    keys = zip(held["source"].to_pylist(), held["row"].to_pylist(), strict=True)
    return {key: place for place, key in enumerate(sorted(set(keys)))}


def _people(
    held: pa.Table, coders: Sequence[str], units: dict[Key, int], themes: Sequence[str]
) -> np.ndarray:
    """int8 (coders, units, themes): 1 has the theme, 0 has not, GAP where he coded nothing."""
    codes = np.full((len(coders), len(units), len(themes)), GAP, np.int8)
    for row in held.to_pylist():
        at = coders.index(row["coder"]), units[row["source"], row["row"]]
        codes[at] = 0
        for theme in codes_from_json(row["codes"]).themes:
            codes[at][themes.index(theme)] = 1
    return codes


def _since(held: pa.Table, units: dict[Key, int], published: datetime) -> np.ndarray:
    """bool (units,): all codes were made since."""
    since = np.ones(len(units), bool)
    for row in held.to_pylist():
        if row["at"] <= published:
            since[units[row["source"], row["row"]]] = False
    return since


def _given(
    told: set[tuple[Key, str]], unseen: np.ndarray, units: dict[Key, int], themes: Sequence[str]
) -> np.ndarray:
    """int8 (units, themes) of the machine; GAP where it may have learnt from the codes."""
    machine = np.where(unseen[:, None], 0, np.full((len(units), len(themes)), GAP))
    for key, theme in told:
        place = units.get(key)
        if place is not None and unseen[place] and theme in themes:
            machine[place, themes.index(theme)] = 1
    return machine.astype(np.int8)
