"""A cross-fitting that learns nothing: it knows the answer, and says it with a given confidence."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class CrossFitted:
    """What `connu.twins.crossfit.cross_fit` gives."""

    subjects: pa.Table
    classes: list[str]
    truth: np.ndarray
    probability: np.ndarray
    fold: np.ndarray
    stated: np.ndarray


def module(calls: list[dict[str, Any]], people: int = 60, right: float = 0.95) -> ModuleType:
    """A module `connu.twins.crossfit` whose statements about customers are right so often.

    Calls are written down in `calls`.
    """
    made = ModuleType("connu.twins.crossfit")

    def cross_fit(engine, settings, attribute, folds=None, *, progress=None):
        refused = engine.collect("SELECT subject FROM twin_refused ORDER BY subject")["subject"]
        calls.append({"attribute": attribute, "folds": folds, "refused": refused.to_pylist()})
        rows = engine.collect(
            f"SELECT customer_id FROM customers ORDER BY customer_id LIMIT {people}"
        )
        subjects = rows["customer_id"].to_pylist()
        if folds is not None:
            given = set(folds["subject"].to_pylist())
            subjects = [subject for subject in subjects if subject in given]
        n = len(subjects)
        truth = np.arange(n) % 2
        wrong = np.arange(n) >= round(right * n)
        said = np.where(wrong, 1 - truth, truth)
        probability = np.full((n, 2), 0.1)
        probability[np.arange(n), said] = 0.9
        return CrossFitted(
            subjects=pa.table({"subject_kind": ["customer"] * n, "subject": subjects}),
            classes=["female", "male"],
            truth=truth,
            probability=probability,
            fold=np.arange(n) % 5,
            stated=np.where(np.arange(n) % 3 > 0, said, -1),
        )

    made.cross_fit = cross_fit
    return made
