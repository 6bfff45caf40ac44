"""The stage of the statistical twins: what they tell becomes facts beside those of the sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from connu.app.shift import shift_remarks
from connu.engine.protocol import Engine
from connu.kernel.clock import now_utc
from connu.kernel.progress import Progress
from connu.kernel.sections import Attribute
from connu.kernel.settings import Settings
from connu.ledger.build import Build
from connu.ledger.facts import add_facts
from connu.ledger.twins import TWIN_TABLES, TWINS_FOLDER
from connu.measure.twin_reliability import twin_reliability
from connu.measure.twins import evaluate_twins
from connu.twins.profiles import PREFIX

if TYPE_CHECKING:
    from connu.twins.telling import Told, TwinsReport


@dataclass(frozen=True)
class AttributeTold:
    """What twins told of one attribute.

    Attributes:
        known: customers known by it, of whom was learnt.
        subjects: visitors and customers it was asked of.
        stated: how many of them something was stated of.
        right: share of statements right about known customers held out, 0–1, or None: nothing
            was stated of them.
        shift: how like the known the visitors are (`twins.shift.ShiftReport`); None without any.
    """

    known: int
    subjects: int
    stated: int
    right: float | None = None
    shift: dict[str, Any] | None = None


@dataclass(frozen=True)
class TwinsTold:
    """What the stage did.

    Attributes:
        facts: statements added to `facts`.
        attributes: what was told, by attribute.
        silent: attributes of which nothing is told, and the reason's word.
        remarks: what the user should know.
    """

    facts: int = 0
    attributes: dict[str, AttributeTold] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """What was told as JSON, remarks aside: a build has its own."""
        told = asdict(self)
        del told["remarks"]
        return told


def tell(
    engine: Engine,
    settings: Settings,
    folder: Path,
    *,
    consents: pa.Table,
    previous: Build | None,
    progress: Progress | None = None,
) -> TwinsTold:
    """Make `twins`, `silences` and `twin_reliability`, and add what is stated to `facts`.

    Where [twins] is not enabled the three are empty, `facts` stays, and no model is kept.

    Args:
        engine: over the draft's workspace, every earlier table made.
        settings: the brand's.
        folder: the brand's folder.
        consents: the journal's: who refused is neither learnt from nor told about.
        previous: the build whose model is kept and extended, or None to learn anew.
        progress: who watches.

    Raises:
        BuildError: what was told is not made of facts.
    """
    if not settings.twins.enabled:
        for name, schema in TWIN_TABLES.items():
            engine.put(name, schema.empty_table())
        return TwinsTold()
    # Loaded here: scikit-learn and LightGBM take a second that other commands need not wait.
    from connu.twins.learnable import make_refused
    from connu.twins.telling import tell_twins

    make_refused(engine, now=now_utc(), journal_consents=consents)
    report = tell_twins(
        engine,
        settings,
        folder,
        store=engine.workspace / TWINS_FOLDER,
        previous=kept_store(previous),
        progress=progress,
    )
    right = measure(engine, report.attributes)
    return TwinsTold(
        facts=add_facts(engine, "twin_facts"),
        attributes={
            name: AttributeTold(
                told.known,
                told.subjects,
                told.stated,
                right.get(name),
                None if told.shift is None else msgspec.structs.asdict(told.shift),
            )
            for name, told in sorted(report.attributes.items())
        },
        silent=dict(sorted(report.silent.items())),
        remarks=_remarks(report, settings),
    )


def _remarks(report: TwinsReport, settings: Settings) -> list[str]:
    """What the user should know; what every attribute says of the visitors, once."""
    shifts = {
        name: told.shift
        for name, told in report.attributes.items()
        # How right it is is worth a word where something is said; that it is silent for it, always.
        if told.shift is not None and (told.stated or told.shift.silent)
    }
    askable = {
        name
        for name, told in report.attributes.items()
        if told.stated
        and not settings.attributes.get(name, Attribute()).audited
        # A profile has no answers of its own: its parts have.
        and not name.startswith(PREFIX)
    }
    return report.remarks + shift_remarks(shifts, askable)


def measure(engine: Engine, told: Mapping[str, Told]) -> dict[str, float]:
    """Make `twin_reliability`: what was told of known customers held out, beside what is true.

    Args:
        engine: where the table is made.
        told: by attribute, what was told of them and what they are.

    Returns:
        By attribute, the share of statements that were right; none where nothing was stated.
    """
    right: dict[str, float] = {}
    rows = [TWIN_TABLES["twin_reliability"].empty_table()]
    for name, one in sorted(told.items()):
        if not len(one.truth):
            continue
        score = evaluate_twins(one.probability, one.truth, one.classes, one.code, folds=one.fold)
        ahead = one.subjects / len(one.truth) if one.subjects else math.inf
        rows.append(twin_reliability(name, score, ahead=ahead))
        if score.stated is not None and score.stated.right is not None:
            right[name] = score.stated.right.value
    engine.put("twin_reliability", pa.concat_tables(rows))
    return right


def kept_store(previous: Build | None) -> Path | None:
    """The model's folder of the last build; None when it has none: somebody was forgotten."""
    store = None if previous is None else previous.path / TWINS_FOLDER
    return store if store is not None and store.is_dir() else None
