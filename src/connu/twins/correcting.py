"""Correcting: what a brand knows of its visitors' mix, and what audited visitors answered.

Known customers' mix is not the visitors'. Only a share the brand gives, or answers somebody asked
for, move what is told; nothing here guesses the mix from what is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.kernel.settings import Settings
from connu.twins.audits import match_audits, read_audits
from connu.twins.classifier import TwinsClassifier
from connu.twins.gathering import Gathered
from connu.twins.precision import Thresholds, risk_thresholds
from connu.twins.prior import biased, matched_bias, named_shares, prior_weights
from connu.twins.profiles import PREFIX, setting_of
from connu.twins.promises import hear_audits

#: Audited visitors from whom on they are heard.
FEWEST_AUDITED = 30


@dataclass(frozen=True, eq=False)
class Correction:
    """What is told once mix and audits are heard.

    Attributes:
        probability: float64 (m, k), of those asked about.
        held_out: float64 (n, k), of the known people held out; moved by a known mix only.
        thresholds: promised on the known people.
        least: float64 (m, k) or (k,): from which probability on a value is stated.
        remarks: what the user should know.
    """

    probability: np.ndarray
    held_out: np.ndarray
    thresholds: Thresholds
    least: np.ndarray
    remarks: list[str] = field(default_factory=list)

    @property
    def nothing_promised(self) -> bool:
        """Whether no value can be stated of anybody."""
        return not np.isfinite(self.least).any()

    def state(self, _: np.ndarray | None = None) -> np.ndarray:
        """Codes stated of those asked about, −1: silence; int64 (m,)."""
        code = self.probability.argmax(axis=1)
        rows = np.arange(len(code))
        least = np.broadcast_to(self.least, self.probability.shape)
        return np.where(self.probability[rows, code] >= least[rows, code], code, -1)

    def state_held_out(self) -> np.ndarray:
        """What would be stated of the known people held out; int64 (n,)."""
        return self.thresholds.state(self.held_out)


def correct(
    settings: Settings,
    folder: Path,
    attribute: str,
    model: TwinsClassifier,
    gathered: Gathered,
    asked: np.ndarray,
    probability: np.ndarray,
) -> Correction:
    """Move what is told of visitors to their mix, and hold promises against audits.

    Customers keep what the model says: they are drawn as the known people are.

    Args:
        asked: rows of those asked about (m,).
        probability: float64 (m, k), as the model says.

    Raises:
        SourceError: the audits cannot be read.
        UsageError: a share is given of a value nobody known has.
    """
    setting, held = setting_of(attribute, settings), model.held_out_
    classes = [str(value) for value in model.classes_]
    thresholds, held_out = _stated_only(attribute, classes, model.thresholds_), held.probability
    visitor, moved = gathered.visitor[asked], probability.copy()
    least = np.tile(thresholds.per_class, (len(asked), 1))
    remarks: list[str] = []
    if setting.prior and visitor.any():
        known = np.bincount(held.truth, minlength=len(classes)) / max(1, len(held.truth))
        shares = named_shares(setting.prior, classes, known)
        bias = matched_bias(probability[visitor], shares)
        moved[visitor] = biased(probability[visitor], bias)
        thresholds = risk_thresholds(
            biased(held_out, bias),
            held.truth,
            setting.precision,
            weight=prior_weights(held.truth, known, shares),
        )
        thresholds = _stated_only(attribute, classes, thresholds)
        least[visitor] = thresholds.per_class
        held_out = biased(held_out, bias)
        remarks.append("told of visitors by the shares that connu.toml gives them")
    if setting.audited and visitor.any():
        least[visitor], moved[visitor], said = _hear(
            folder / setting.audited,
            gathered.behaviour.subjects["subject"].take(pa.array(asked[visitor])),
            classes,
            moved[visitor],
            thresholds.per_class,
            setting.precision,
            settings.twins.seed,
        )
        remarks += said
    return Correction(moved, held_out, thresholds, least, remarks)


def _stated_only(attribute: str, classes: list[str], thresholds: Thresholds) -> Thresholds:
    """Of a profile only that somebody is so is stated: that he is not says nothing of him."""
    if not attribute.startswith(PREFIX) or classes != ["no", "yes"]:
        return thresholds
    least = thresholds.per_class.copy()
    least[0] = np.inf
    return replace(thresholds, per_class=least)


def _hear(
    path: Path,
    subjects: pa.ChunkedArray,
    classes: list[str],
    probability: np.ndarray,
    thresholds: np.ndarray,
    precision: float,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    audits = match_audits(read_audits(path), subjects, classes, path=path)
    if len(audits) < FEWEST_AUDITED:
        few = f"{len(audits)} audited visitors are too few to be heard (at least {FEWEST_AUDITED})"
        return thresholds, probability, [few]
    heard = hear_audits(
        probability,
        audits.rows,
        audits.codes,
        thresholds,
        precision,
        weights=audits.weights,
        seed=seed,
    )
    outcomes = ", ".join(
        f"{value} {promise.outcome.replace('_', ' ')}"
        for value, promise in zip(classes, heard.promises, strict=True)
    )
    said = [f"{heard.asked} audited visitors were heard: {outcomes}"]
    return heard.thresholds, heard.calibrator.transform(probability), said
