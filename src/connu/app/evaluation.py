"""How right twins are about customers whose value is known, each judged by a model without him."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.app.folds import Folds, folds_of
from connu.app.reading import Reading
from connu.app.twin_figures import Measured, Promise, TwinsEvaluation
from connu.govern.sensitive import is_sensitive
from connu.kernel.attributes import BUILT_IN
from connu.kernel.clock import now_utc
from connu.kernel.errors import PurposeError, UsageError, did_you_mean
from connu.kernel.progress import Progress
from connu.kernel.settings import Attribute, Settings
from connu.measure.evaluation import Origin
from connu.measure.risk_coverage import RiskCoverage
from connu.measure.twins import Stated, evaluate_twins
from connu.twins.learnable import make_refused

#: Points of the curve of accuracy over coverage.
_POINTS = 50


def evaluate(
    reading: Reading,
    settings: Settings,
    attribute: str,
    *,
    consents: pa.Table,
    folds: Path | None = None,
    column: str = "fold",
    progress: Progress | None = None,
) -> TwinsEvaluation:
    """Learn an attribute on some customers and judge it on others, in turn.

    What a build does, done several times. Who did not grant the purpose is not judged.

    Args:
        reading: the build, opened for the purpose.
        settings: the brand's.
        attribute: one that twins tell.
        consents: the journal's: who refused is not learnt from, as in a build.
        folds: who is judged with whom (`folds.folds_of`); connu's own folds when absent.
        column: the file's column.
        progress: who watches.

    Raises:
        UsageError: twins do not tell the attribute, or nobody can be judged.
        PurposeError: it is sensitive: twins never tell it.
        SourceError: the file of folds cannot be read.
    """
    precision = promised(settings, attribute)
    given = None if folds is None else folds_of(reading, folds, column)
    readable = _readable(reading, given)
    # Loaded here: scikit-learn and LightGBM take a second.
    from connu.twins.crossfit import cross_fit

    # From here on the engine serves the twins: the reader's consents are not in it any more.
    make_refused(reading.engine, now=now_utc(), journal_consents=consents)
    fitted = cross_fit(
        reading.engine,
        settings,
        attribute,
        None if given is None else given.table,
        progress=progress,
    )
    judged = np.array([who in readable for who in fitted.subjects["subject"].to_pylist()], bool)
    if not judged.any():
        raise UsageError(
            f"nobody can be judged on «{attribute}»: no customer is both known by it and seen",
            hint="connu scorecard says how many customers are known, and how many events are tied",
            attribute=attribute,
        )
    probability = np.asarray(fitted.probability)[judged]
    truth = np.asarray(fitted.truth)[judged]
    score = evaluate_twins(
        probability,
        truth,
        fitted.classes,
        np.asarray(fitted.stated)[judged],
        folds=np.unique(np.asarray(fitted.fold)[judged].astype(str), return_inverse=True)[1],
    )
    return TwinsEvaluation(
        attribute=attribute,
        precision=precision,
        promise=promise_of(score.stated, precision),
        score=score,
        curve=curve_of(probability, truth),
        folds=_spoken(given),
        origin=Origin.now(
            _held_out(folds, given), purpose=reading.reader.purpose, build=reading.build.id
        ),
        unknown=0 if given is None else given.unknown,
        unjudged=0 if given is None else _asked(given) - int(judged.sum()),
    )


def promised(settings: Settings, attribute: str) -> float:
    """The precision a brand promises for an attribute that twins tell.

    Raises:
        UsageError: they do not tell it; the nearest one is named.
        PurposeError: it is sensitive.
    """
    if attribute.startswith("profile."):
        profile = settings.profiles.get(attribute.removeprefix("profile."))
        if profile is not None:
            return profile.precision
    if is_sensitive(attribute, settings.brand.sector, extrapolate=True):
        raise PurposeError(f"«{attribute}» is sensitive: twins never tell it", attribute=attribute)
    told = told_attributes(settings)
    if attribute not in told:
        raise UsageError(
            f"twins do not tell «{attribute}»",
            hint=f"{did_you_mean(attribute, told)}; [attributes.NAME] extrapolate = true adds one",
            attribute=attribute,
        )
    return settings.attributes.get(attribute, Attribute()).precision


def told_attributes(settings: Settings) -> list[str]:
    """The attributes that twins may tell by a brand's settings, sorted."""
    said = settings.attributes
    built_in = [n for n in BUILT_IN if n not in said or said[n].extrapolate is not False]
    own = [name for name, attribute in said.items() if attribute.extrapolate]
    profiles = [f"profile.{name}" for name in settings.profiles]
    return sorted({*built_in, *own, *profiles})


def promise_of(stated: Stated | None, precision: float) -> Promise:
    """Whether statements kept the promised precision.

    Missed within chance: fewer were right than promised, but so few were judged that a promise
    kept looks the same (the promise is within the 95 % interval).

    >>> from connu.measure.intervals import Share
    >>> promise_of(Stated(100, 0.5, 0.95, Share(0.89, 0.81, 0.94)), 0.9)
    'missed within chance'
    >>> promise_of(None, 0.9)
    'nothing stated'
    """
    if stated is None or stated.right is None:
        return "nothing stated"
    if stated.right.value >= precision:
        return "kept"
    return "missed within chance" if stated.right.high >= precision else "broken"


def curve_of(probability: np.ndarray, truth: np.ndarray) -> list[Measured]:
    """Accuracy of the surest people at equal steps of coverage.

    People equally sure count as their mean; a prediction shared by several values is right in
    part, as in `evaluate_twins`. Cost: one sort.

    Args:
        probability: (n, k).
        truth: (n,) codes.
    """
    top = probability.max(axis=1)
    tied = probability == top[:, None]
    surest = RiskCoverage(top, tied[np.arange(len(truth)), truth] / tied.sum(axis=1))
    steps = [step / _POINTS for step in range(1, _POINTS + 1)]
    return [Measured(step, surest.accuracy_at(step)) for step in steps if step * len(truth) >= 1]


def _readable(reading: Reading, given: Folds | None) -> set[str]:
    """The customers that count: readable for the purpose and, given folds, in one to be judged."""
    rows = reading.engine.collect(
        f"SELECT DISTINCT customer_id FROM ({reading.sql('identities')}) AS i"
    )
    readable = set(rows["customer_id"].to_pylist())
    if given is not None:
        fold = dict(zip(*given.table.to_pydict().values(), strict=True))
        readable &= {subject for subject, word in fold.items() if word is not None}
    return readable


def _asked(given: Folds) -> int:
    return given.table.num_rows - given.table["fold"].null_count


def _held_out(path: Path | None, given: Folds | None) -> str:
    """Against what people were held; a file by its name alone."""
    file = "" if path is None else f"{path.name}, "
    return f"held out: known customers, each judged by a model without him ({file}{_spoken(given)})"


def _spoken(given: Folds | None) -> str:
    if given is None:
        return "folds of connu's own"
    if given.learnt_on is not None:
        return f"learnt on «{given.learnt_on}», judged on «{given.words[0]}»"
    return f"{len(given.words)} folds of the file"
