"""One customer's word on one statement about him: by the service desk, or on his page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from connu.app.finding import name
from connu.app.reading import OpenBuild
from connu.app.right_values import SEVERAL, check_attribute, check_known, right_value
from connu.app.survey_statements import Statement, told_as
from connu.engine.sql import literal
from connu.journal.confirmations import KNOWS_ME, Confirmation
from connu.journal.journal import Journal
from connu.kernel.attributes import BUILT_IN
from connu.kernel.errors import NotFoundError, UsageError
from connu.kernel.fields import FIELDS, is_identifier
from connu.kernel.settings import Settings
from connu.understand.codebook import read_codebook

Way = Literal["service", "page"]
#: Columns of `customers` that say nothing of the person.
_COUNTS = ("customer_id", "records", "sources")


@dataclass(frozen=True)
class Corrected:
    """What was kept.

    Attributes:
        customer_id: of whom.
        attribute: of what.
        answer: confirmed, corrected, denied or rated.
        correction: what is right, where it was said.
        changed: False: it was said before.
    """

    customer_id: str
    attribute: str
    answer: str
    correction: str | None
    changed: bool

    def as_dict(self) -> dict[str, Any]:
        """What was kept, as JSON."""
        return asdict(self)


def keep_correction(
    reading: OpenBuild,
    settings: Settings,
    folder: Path,
    journal: Journal,
    who: str,
    attribute: str,
    value: str | None = None,
    *,
    right: bool | None = None,
    via: Way = "service",
    by: str = "cli",
) -> Corrected:
    """Keep what a customer says of what the brand believes about him; the next build follows.

    Args:
        reading: the build in force, opened for rights: he may correct whatever he refused.
        settings: the brand's.
        folder: the brand's.
        journal: where it is kept.
        who: a customer id, a record or an identifier.
        attribute: of which.
        value: what is right; with `right` said, the statement judged, where there are several.
        right: the statement is right, or wrong; None: `value` says what is right.
        via: how it came.
        by: who wrote it down.

    Raises:
        NotFoundError: nobody answers to it, or nothing of the kind is told of him.
        UsageError: several customers answer, the brand knows no such attribute, or that is no
            value of it.
        PurposeError: the attribute is sensitive.
    """
    check_attribute(attribute, settings)
    check_known(attribute, known_attributes(reading, settings))
    named = name(reading, settings, who)
    if len(named.customers) != 1:
        raise UsageError(
            f"{len(named.customers)} customers answer to that, and nobody speaks for another",
            hint="name one by his customer id or a record; connu show lists them",
        )
    customer = named.customers[0]
    source, record_id = name(reading, settings, customer).records[0]

    def read(text: str) -> str:
        return right_value(attribute, text, settings, read_codebook(folder).names)

    said = _said(reading, read, customer, attribute, value, right)
    one = Confirmation(source, record_id, attribute, via=via, **said)
    written = journal.confirm([one], by)
    return Corrected(customer, attribute, one.answer, one.correction, bool(written))


def known_attributes(reading: OpenBuild, settings: Settings) -> list[str]:
    """The attributes a customer may speak of, sorted."""
    columns = [c for c in reading.engine.columns("customers") if c not in _COUNTS]
    names = {*columns, *settings.attributes, *BUILT_IN, *SEVERAL, KNOWS_ME}
    names |= {word for word in FIELDS["people"] if word in columns}
    return sorted(word for word in names if not is_identifier(word))


def _said(
    reading: OpenBuild,
    read: Callable[[str], str],
    customer: str,
    attribute: str,
    value: str | None,
    right: bool | None,
) -> dict[str, Any]:
    """The answer, on which of the statements told of him."""
    if attribute == KNOWS_ME:
        if value is None or right is not None:
            raise UsageError(
                "whether the brand knows him is a number",
                hint="as in: connu correct WHO knows_me 7",
            )
        number = read(value)
        return {"value": None, "answer": "rated", "correction": number}
    told = _told(reading, customer, attribute)
    if right is None:
        if value is None:
            raise UsageError(
                "it is not said what is right",
                hint="give the right VALUE, or --right or --wrong for what is told",
            )
        correct = read(value)
        same = next((one for one in told if one.value == correct), None)
        if same is not None:
            return _on(same, "confirmed")
        if told and attribute not in SEVERAL:
            return _on(told[0], "corrected", correct)
        return {"value": None, "answer": "corrected", "correction": correct}
    judged = told
    if value is not None:
        wished = read(value)
        judged = [one for one in told if wished in (one.value, one.value.partition(": ")[0])]
    if not judged:
        raise NotFoundError(
            f"no such statement of «{attribute}» is told of him", hint="connu show WHO lists them"
        )
    if len(judged) > 1:
        raise UsageError(
            f"{len(judged)} statements of «{attribute}» are told of him",
            hint="say which, as in: connu correct WHO affinity Photo --wrong",
        )
    return _on(judged[0], "confirmed" if right else "denied")


def _told(reading: OpenBuild, customer: str, attribute: str) -> list[Statement]:
    """What is told of him, the surest first."""
    rows = reading.rows(
        f"SELECT attribute, value, basis, probability, evidence FROM ({reading.sql('facts')}) AS f"
        f" WHERE subject_kind = 'customer' AND subject = {literal(customer)}"
        f" AND attribute = {literal(attribute)} ORDER BY probability DESC, value"
    )
    return [told_as(row) for row in rows]


def _on(told: Statement, answer: str, correction: str | None = None) -> dict[str, Any]:
    return {
        "value": told.value,
        "basis": told.basis,
        "probability": told.probability,
        "answer": answer,
        "correction": correction,
    }
