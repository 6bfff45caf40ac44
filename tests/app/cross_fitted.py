"""A cross-fitting that learns nothing: it knows the answer, and says it with a given confidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from connu.twins.crossfit import CrossFitted

#: Where it stands in for the real one.
PLACE = "connu.twins.crossfit.cross_fit"


def fitting(
    calls: list[dict[str, Any]], people: int = 60, right: float = 0.95
) -> Callable[..., CrossFitted]:
    """A `cross_fit` whose statements about customers are right so often.

    Calls are written down in `calls`.
    """

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
            fold=np.full(n, "own", dtype=object),
            stated=np.where(np.arange(n) % 3 > 0, said, -1),
        )

    return cross_fit
