"""Checks against labelled truth: identities by labelled records, twins by labelled visitors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connu.app.reading import Reading
from connu.app.truth import read_truth, scored
from connu.app.visitor_truth import is_about_visitors, scores_of_visitors
from connu.engine.sql import literal, quoted
from connu.measure.attribute_words import attribute_words
from connu.measure.calibration import Calibration, calibrate
from connu.measure.check_words import KINDS, NO_TRUTH, ON
from connu.measure.claims import Check, Claim
from connu.measure.few import K_LEAST
from connu.measure.identities import IdentityScore
from connu.measure.intervals import Share
from connu.measure.numerals import filled
from connu.measure.reliability import Reliability, shown
from connu.measure.truth import read_truth as label_rows
from connu.measure.twins import TwinsScore
from connu.measure.words import Words

#: Where the truth about records lies in the engine, for the queries that name it; that about
#: visitors lies in `visitor_truth`.
RECORD_TRUTH = "record_truth"

_PRECISION = Words(
    "pairs put together rightly (pairwise precision)",
    "paires réunies à raison (précision par paires)",
)
_RECALL = Words("true pairs found (pairwise recall)", "vraies paires trouvées (rappel par paires)")
_PURE = Words("of his customer, right (B-cubed precision)", "de son client, juste (précision B3)")
_COMPLETE = Words("of his person, found (B-cubed recall)", "de sa personne, trouvé (rappel B3)")
_RIGHT = Words("right, of what is said", "justes, parmi ce qui est dit")
_EVERYBODY = Words("right, were everybody told", "justes, si l'on parlait de tous")
_LABELLED = Words("labelled visitors", "visiteurs étiquetés")


#: How many records of one person each customer holds, and shares over it.
_CELLS = (
    "SELECT i.customer_id, t.label, count(*) AS n FROM identities i JOIN record_truth t"
    " ON t.source = i.source AND t.record_id = i.record_id GROUP BY i.customer_id, t.label"
)


def identity_check(reading: Reading, files: Sequence[Path], told: int, at: str) -> Check:
    """How rightly records are put together: against the last truth about records, or not checked.

    The truth is kept in the engine as `record_truth` (source, record_id, label) for the queries of
    the claims.

    Args:
        reading: the build, opened for a purpose.
        files: labelled files; those about visitors are passed over.
        told: customers that the build has.
        at: when the build was made, ISO date.
    """
    claims: list[Claim] = []
    curve: list[Reliability] = []
    people = None
    for path in files:
        labelled = read_truth(path)
        if is_about_visitors(labelled):
            continue
        tables = {
            name: reading.engine.collect(reading.sql(name))
            for name in ("identities", "links", "undecided")
        }
        score = scored(tables["identities"], labelled)
        reading.engine.put(RECORD_TRUTH, label_rows(labelled, tables["identities"]))
        people, claims = score.entities, _identity_claims(score)
        if "source" in labelled.column_names:
            curve = _curve(calibrate(tables["links"], tables["undecided"], labelled))
    return Check(
        name="identities",
        kind="identities",
        label=KINDS["identities"],
        checked=bool(claims),
        published=True,
        told=None if 0 < told < K_LEAST else told,
        claims=claims,
        curve=curve,
        curve_how="",
        on=ON["identities"],
        people=people,
        at=at if claims else None,
        remark=None if claims else NO_TRUTH["identities"],
        command=None if claims else "connu scorecard --truth TRUTH.csv",
    )


def visitor_checks(reading: Reading, files: Sequence[Path], at: str) -> list[Check]:
    """What twins tell of visitors, against labelled ones; nothing where no file is about them."""
    found: list[Check] = []
    for path in files:
        labelled = read_truth(path)
        if is_about_visitors(labelled):
            scores = scores_of_visitors(reading, labelled)
            found = [_visitor_check(name, score, at) for name, score in sorted(scores.items())]
    return found


# ---------------------------------------------------------------------- within
def _identity_claims(score: IdentityScore) -> list[Claim]:
    def of_pairs(by: str) -> str:
        whole = f"SELECT sum(n) AS n FROM ({_CELLS}) AS c GROUP BY {by}"
        right = f"(SELECT sum(n * (n - 1)) FROM ({_CELLS}) AS r)"
        # Where there is no pair nothing was said wrongly, or missed.
        share = f"coalesce({right} / nullif(sum(n * (n - 1.0)), 0), 1.0)"
        return f"SELECT {share} AS value FROM ({whole}) AS w"

    def of_records(by: str) -> str:
        whole = f"sum(n) OVER (PARTITION BY {by})"
        return (
            f"SELECT sum(n * n * 1.0 / whole) / sum(n) AS value FROM (SELECT n, {whole} AS whole"
            f" FROM ({_CELLS}) AS c) AS w"
        )

    told = (
        ("precision", _PRECISION, score.pairwise.precision, of_pairs("customer_id")),
        ("recall", _RECALL, score.pairwise.recall, of_pairs("label")),
        ("bcubed_precision", _PURE, score.bcubed.precision, of_records("customer_id")),
        ("bcubed_recall", _COMPLETE, score.bcubed.recall, of_records("label")),
    )
    return [
        Claim(
            name=f"identities.{name}",
            section="rightly",
            label=label,
            unit="share",
            value=share.value,
            how=how,
            low=share.low,
            high=share.high,
            people=score.entities,
        )
        for name, label, share, how in told
    ]


def _curve(calibration: Calibration) -> list[Reliability]:
    """The curve of match probabilities; bins of fewer than ten pairs are left out."""
    return [
        Reliability(one.low, one.high, one.pairs, one.told, one.right)
        for one in calibration.bins
        if one.pairs >= K_LEAST
    ]


def _visitor_check(attribute: str, score: TwinsScore, at: str) -> Check:
    name = f"visitors.{attribute}"
    column = quoted(attribute)
    likeliest = (
        f"SELECT t.subject, arg_max(t.value, t.probability) AS value, min(v.{column}) AS truth,"
        " bool_or(t.stated) AS stated FROM twins t JOIN visitor_truth v ON v.anonymous_id = "
        f"t.subject WHERE t.attribute = {literal(attribute)} AND t.subject_kind = 'visitor'"
        f" AND v.{column} <> '' GROUP BY t.subject"
    )
    right = "SELECT avg(CASE WHEN value = truth THEN 1.0 ELSE 0.0 END) AS value, count(*) AS people"
    claims = []
    if score.stated is not None and score.stated.right is not None:
        stated = (
            f"SELECT t.value, v.{column} AS truth FROM twins t JOIN visitor_truth v ON"
            f" v.anonymous_id = t.subject WHERE t.attribute = {literal(attribute)} AND t.stated"
            f" AND t.subject_kind = 'visitor' AND v.{column} <> ''"
        )
        claims.append(
            _claim(f"{name}.right", _RIGHT, score.stated.right, score.stated.people,
                   f"{right} FROM ({stated}) AS s")
        )  # fmt: skip
    claims.append(
        _claim(f"{name}.accuracy", _EVERYBODY, score.accuracy, score.people,
               f"{right} FROM ({likeliest}) AS s")
    )  # fmt: skip
    return Check(
        name=name,
        kind="twins",
        label=filled(KINDS["visitors"], what=attribute_words(attribute)),
        checked=True,
        published=bool(score.stated and score.stated.people),
        told=None if score.stated is None else score.stated.people,
        claims=claims,
        curve=[one for one in shown(score.reliability) if one.people is not None],
        curve_how="",
        on=_LABELLED,
        people=score.people,
        at=at,
    )


def _claim(name: str, label: Words, share: Share, people: int, how: str) -> Claim:
    return Claim(
        name=name,
        section="rightly",
        label=label,
        unit="share",
        value=share.value,
        how=how,
        low=share.low,
        high=share.high,
        people=people,
    )
