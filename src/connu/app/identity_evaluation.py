"""Who was put together rightly, against labelled truth; and whether match probabilities are so."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from connu.app.reading import opened_build
from connu.app.truth import naming, read_truth, scored
from connu.kernel.settings import Settings
from connu.measure.bounds import Bounds
from connu.measure.calibration import Bin, Calibration, calibrate
from connu.measure.contingency import Agreement
from connu.measure.evaluation import Evaluation, EvaluationCurve, FigureGroup, Origin, Unit
from connu.measure.identities import IdentityScore
from connu.measure.reliability import Reliability

_ALONE = "every record a customer of its own"
_MEAN = "always their mean"


class IdentitiesEvaluation(IdentityScore, frozen=True):
    """What an identification is worth: an IdentityScore, and what its probabilities are.

    Attributes:
        calibration: of the match probabilities; None where the truth names no source.
        origin: where the figures come from.
    """

    calibration: Calibration | None
    origin: Origin

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON, with the frame that all evaluations share."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told | {"evaluation": self.as_evaluation().as_dict()}

    def as_evaluation(self) -> Evaluation:
        """The evaluation in the frame that all share."""
        pairs, records = (
            FigureGroup(name, self.entities, "people") for name in ("pairwise", "B-cubed")
        )
        # Records left alone: no pair is told, so none wrongly; of each record's person, itself.
        whole = self.entities / self.records if self.records else 1.0
        alone = (1.0, whole, 2 * whole / (1 + whole))
        _add(pairs, self.pairwise, (1.0, 0.0, 0.0))
        _add(records, self.bcubed, (None, None, None) if self.cross_source_only else alone)
        figures, curves = [*pairs.figures, *records.figures], []
        if self.calibration is not None and self.calibration.pairs:
            figures += _probabilities(self.calibration).figures
            bins = [_bin(one) for one in self.calibration.bins]
            curves = [EvaluationCurve("match probabilities", "pairs", bins)]
        return Evaluation.made(
            "identities",
            "pairs of records of different sources" if self.cross_source_only else "",
            self.origin,
            {
                "records": self.records,
                "customers found": self.customers,
                "people in the truth": self.entities,
                "pairs told": self.pairs.predicted,
                "pairs in the truth": self.pairs.true,
            },
            figures,
            curves,
            _remarks(self),
        )


def judge_identities(
    folder: Path,
    settings: Settings,
    truth: Path,
    *,
    across: bool = False,
    purpose: str = "service",
) -> IdentitiesEvaluation:
    """Hold the customers of a build against labelled truth, and its match probabilities too.

    Reads identities, links and undecided.

    Args:
        folder: the brand's.
        settings: its settings.
        truth: a .csv or .parquet of source, record_id and person.
        across: count only pairs of records of different sources.
        purpose: who did not grant it is not judged.

    Raises:
        SourceError: the file is missing or cannot be read.
        BuildError: there is no build.
        UsageError: a column is missing, or no record of it is in the build.
    """
    labelled = read_truth(truth)
    with opened_build(folder, settings, purpose) as reading:
        identities, links, undecided = (
            reading.engine.collect(reading.sql(name))
            for name in ("identities", "links", "undecided")
        )
        origin = Origin.now(truth.name, purpose=purpose, build=reading.build.id)
    calibration = None
    with naming(truth):
        score = scored(identities, labelled, cross_source_only=across)
        if "source" in labelled.column_names:
            calibration = calibrate(links, undecided, labelled)
    return IdentitiesEvaluation(
        **msgspec.structs.asdict(score), calibration=calibration, origin=origin
    )


def _add(
    group: FigureGroup, found: Agreement, base: tuple[float | None, float | None, float | None]
) -> None:
    for name, label, share, alone in zip(
        ("precision", "recall", "f1"),
        ("precision", "recall", "F1"),
        (found.precision, found.recall, found.f1),
        base,
        strict=True,
    ):
        unit: Unit = "score" if name == "f1" else "share"
        group.add(name, label, share, unit=unit, base=alone, baseline=_ALONE)


def _probabilities(calibration: Calibration) -> FigureGroup:
    # Pairs are shown, people count: ten pairs may be of fewer than ten.
    group = FigureGroup("match probabilities", calibration.people, "people")
    right = calibration.right
    surprise = -sum(p * math.log2(p) for p in (right, 1 - right) if p > 0)

    def of(name: str) -> Bounds | None:
        return calibration.bounds.get(name)

    group.add("right", "pairs that are right", right, bounds=of("right"))
    group.add(
        "ece",
        "calibration error (ECE)",
        calibration.expected_error,
        unit="score",
        bounds=of("expected_error"),
    )
    group.add(
        "brier",
        "Brier score",
        calibration.brier,
        unit="score",
        bounds=of("brier"),
        base=right * (1 - right),
        baseline=_MEAN,
    )
    group.add(
        "log_loss",
        "log loss",
        calibration.log_loss,
        unit="bits",
        bounds=of("log_loss"),
        base=surprise,
        baseline=_MEAN,
    )
    return group


def _bin(one: Bin) -> Reliability:
    return Reliability(one.low, one.high, one.pairs, one.told, one.right)


def _remarks(found: IdentitiesEvaluation) -> list[str]:
    said = []
    if found.only_in_truth:
        said.append(f"{found.only_in_truth:,} records of the truth are in no source: not scored.")
    if found.only_in_identities:
        said.append(f"{found.only_in_identities:,} records are not in the truth: not scored.")
    calibration = found.calibration
    if calibration is None:
        said.append("Match probabilities were not checked: the truth has no column source.")
    elif not calibration.pairs:
        said.append("No pair told by probability has both its records in the truth.")
    else:
        said.append(
            f"Match probabilities: {calibration.pairs:,} pairs told by probability, merged or in "
            f"doubt; {calibration.unchecked:,} more have a record that the truth does not know."
        )
    return said
