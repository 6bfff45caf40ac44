"""Correcting: what a brand knows of its visitors' mix, and what audited visitors answered.

Known customers' mix is not the visitors'. Only a share the brand gives, or answers somebody asked
for, move what is told; nothing here guesses the mix from what is told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.kernel.attributes import AREAS, OCCUPATION_CLASSES, SEXES, band_names
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
        least: float64 (m, k): from which probability on a value is stated.
        remarks: what the user should know.
    """

    probability: np.ndarray
    held_out: np.ndarray
    thresholds: Thresholds
    least: np.ndarray
    remarks: list[str] = field(default_factory=list)

    @property
    def promised(self) -> np.ndarray:
        """Of whom any value at all may be stated: bool (m,)."""
        return np.isfinite(self.least).any(axis=1)

    def state(self) -> np.ndarray:
        """Codes stated of those asked about, −1: silence; int64 (m,)."""
        code = self.probability.argmax(axis=1)
        rows = np.arange(len(code))
        return np.where(self.probability[rows, code] >= self.least[rows, code], code, -1)

    def state_held_out(self) -> np.ndarray:
        """What would be stated of the known people held out; int64 (n,)."""
        return self.thresholds.state(self.held_out)


def need_audits(settings: Settings, folder: Path) -> None:
    """Read the audits that settings name before anything is learnt: what is wrong is said early.

    Raises:
        SourceError: a file is missing or cannot be read.
    """
    for _, setting in sorted(settings.attributes.items()):
        if setting.audited:
            read_audits(folder / setting.audited)


def correct(
    settings: Settings,
    folder: Path,
    attribute: str,
    model: TwinsClassifier,
    gathered: Gathered,
    asked: np.ndarray,
    probability: np.ndarray,
    spoken: Collection[str] = (),
) -> Correction:
    """Move what is told of visitors to their mix, and hold promises against audits.

    Customers keep what the model says: they are drawn as the known people are.

    Args:
        asked: rows of those asked about (m,).
        probability: float64 (m, k), as the model says.
        spoken: every value that somebody known has; those of too few are none of the model's.

    Raises:
        SourceError: the audits cannot be read, or hold a value that nobody can have.
        UsageError: a share is given of a value nobody known has.
    """
    setting, held = setting_of(attribute, settings), model.held_out_
    classes = [str(value) for value in model.classes_]
    thresholds, held_out = stated_only(attribute, classes, model.thresholds_), held.probability
    visitor, moved = gathered.visitor[asked], probability.copy()
    least = np.tile(thresholds.per_class, (len(asked), 1))
    remarks: list[str] = []
    others = (_possible(attribute, settings) | set(spoken)) - set(classes)
    if setting.prior and visitor.any():
        known = np.bincount(held.truth, minlength=len(classes)) / max(1, len(held.truth))
        # Those of a value that too few are known by are told as if they had none of it.
        given = {word: share for word, share in setting.prior.items() if word not in others}
        shares = named_shares(given, classes, known)
        bias = matched_bias(probability[visitor], shares)
        moved[visitor] = biased(probability[visitor], bias)
        thresholds = risk_thresholds(
            biased(held_out, bias),
            held.truth,
            setting.precision,
            weight=prior_weights(held.truth, known, shares),
        )
        thresholds = stated_only(attribute, classes, thresholds)
        least[visitor] = thresholds.per_class
        held_out = biased(held_out, bias)
        remarks.append("told of visitors by the shares that connu.toml gives them")
    if setting.audited and visitor.any():
        least[visitor], moved[visitor], said = _hear(
            folder / setting.audited,
            others,
            gathered.behaviour.subjects["subject"].take(pa.array(asked[visitor])),
            classes,
            moved[visitor],
            thresholds.per_class,
            setting.precision,
            settings.twins.seed,
        )
        remarks += said
    return Correction(moved, held_out, thresholds, least, remarks)


def stated_only(attribute: str, classes: list[str], thresholds: Thresholds) -> Thresholds:
    """Of a profile only that somebody is so is stated: that he is not says nothing of him."""
    if not attribute.startswith(PREFIX) or classes != ["no", "yes"]:
        return thresholds
    least = thresholds.per_class.copy()
    least[0] = np.inf
    return replace(thresholds, per_class=least)


def _possible(attribute: str, settings: Settings) -> set[str]:
    """The values a built-in attribute may have, known of somebody or not."""
    return set(
        {
            "sex": SEXES,
            "age_band": band_names(settings.twins.age_bands),
            "occupation_class": OCCUPATION_CLASSES,
            "area": AREAS,
        }.get(attribute, ())
    )


def _hear(
    path: Path,
    others: Collection[str],
    subjects: pa.ChunkedArray,
    classes: list[str],
    probability: np.ndarray,
    thresholds: np.ndarray,
    precision: float,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    audits = match_audits(read_audits(path), subjects, classes, others=others, path=path)
    said = []
    if audits.unknown:
        said.append(f"{audits.unknown} audited cookies are no visitor of this build")
    if len(audits) < FEWEST_AUDITED:
        few = f"{len(audits)} audited visitors are too few to be heard (at least {FEWEST_AUDITED})"
        return thresholds, probability, [*said, few]
    if (audits.codes >= 0).sum() < 2:
        none = f"{len(audits)} audited visitors have none of the values told: nothing is stated"
        return np.full(len(classes), np.inf), probability, [*said, none]
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
    said.append(f"{heard.asked} audited visitors were heard: {outcomes}")
    return heard.thresholds, heard.calibrator.transform(probability), said
