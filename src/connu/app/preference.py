"""Preference: what expectations met and unmet are worth, and whether the brand comes to mind first.

Each figure is one of `understand`'s, read from a build for a purpose, or from a file of answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.drivers import Drivers, drivers_of
from connu.app.listening import CUSTOMER, VERBATIMS_HEARD, Ask, Heard, listening
from connu.app.named import NamedBrands, choices_said, named_brands, names_of
from connu.app.outcomes import outcome_named
from connu.app.segment import LEAST_CUSTOMERS, values_sql
from connu.app.survey_files import answers_of_file, choices_of_file
from connu.understand.first_named import FirstNamed, first_named
from connu.understand.nps import Nps, nps
from connu.understand.paired_choices import PairedChoices, paired_choices

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Segments that are no attributes of customers but of what was said.
OF_VERBATIMS = {
    "channel": "h.channel",
    "language": "h.language",
    "source": "h.source",
    "month": "strftime(h.time, '%Y-%m')",
}


class DriversView(msgspec.Struct, frozen=True):
    """Drivers, and who was heard; `drivers` is None where nobody may be told of."""

    heard: Heard
    drivers: Drivers | None = None


class NpsView(msgspec.Struct, frozen=True):
    """NPS.

    Attributes:
        heard: who was heard; its `silence` says why there is nothing else.
        segment_by: by what, or None.
        segments: everybody first.
        hidden: segments of too few customers to be shown.
    """

    heard: Heard
    segment_by: str | None = None
    segments: list[Nps] = []
    hidden: int = 0


class ChoicesView(msgspec.Struct, frozen=True):
    """Choices, and who was heard where they were said in verbatims (None: of a file)."""

    chosen: PairedChoices | None
    heard: Heard | None = None


class NamedView(msgspec.Struct, frozen=True):
    """Who is named: in answers of a file, or in the verbatims of who was heard."""

    answers: FirstNamed | None = None
    verbatims: NamedBrands | None = None
    heard: Heard | None = None


def drivers_view(
    brand: Brand, outcome: str = "rating", ask: Ask | None = None, *, purpose: str = "service"
) -> DriversView:
    """What goes with an outcome.

    Args:
        brand: whose.
        outcome: rating, nps, return (bought again within 91 days) or spend (within 91 days).
        ask: which customers, which time.
        purpose: words of those who did not grant it are not read.

    Raises:
        UsageError: no such outcome, or the segment cannot be read.
    """
    named = outcome_named(outcome)
    with listening(brand, ask or Ask(), purpose) as heard:
        if heard.heard.silence is not None:
            return DriversView(heard.heard)
        return DriversView(heard.heard, drivers_of(heard, named))


def nps_view(
    brand: Brand,
    segment_by: str | None = None,
    ask: Ask | None = None,
    *,
    purpose: str = "service",
) -> NpsView:
    """The NPS of everybody, and by an attribute.

    Of segments by what customers are, those of fewer than ten customers are not shown; nor the
    smallest of the others, where they could be worked out from what is.

    Args:
        brand: whose.
        segment_by: an attribute of customers, or channel, language, source, month.
        ask: which customers, which time.
        purpose: words of those who did not grant it are not read.

    Raises:
        UsageError: no such attribute; the nearest is named.
        PurposeError: it may not be read for this purpose.
    """
    with listening(brand, ask or Ask(), purpose) as heard:
        column, join = "CAST(NULL AS VARCHAR)", ""
        if segment_by in OF_VERBATIMS:
            column = OF_VERBATIMS[segment_by]
        elif segment_by is not None:
            values = values_sql(heard.reading, heard.settings, segment_by)
            column = "a.value"
            join = (
                f" LEFT JOIN ({values}) AS a"
                " ON h.subject_kind = 'customer' AND a.customer_id = h.subject"
            )
        if heard.heard.silence is not None:
            return NpsView(heard.heard, segment_by)
        rows = heard.table(
            f"SELECT h.nps, {column} AS segment,"
            f" {CUSTOMER.replace('subject', 'h.subject')} AS customer"
            f" FROM {VERBATIMS_HEARD} AS h{join} WHERE h.nps IS NOT NULL"
        )
        segments, hidden = rows["segment"].combine_chunks().cast(pa.string()), 0
        if join:
            segments, hidden = _enough(segments, rows["customer"].combine_chunks())
        told = nps(rows["nps"].to_numpy(), segments if segment_by else None)
        return NpsView(heard.heard, segment_by, told, hidden)


def choices_view(
    brand: Brand | None,
    file: Path | None,
    *,
    reference: str | None = None,
    ask: Ask | None = None,
    purpose: str = "service",
) -> ChoicesView:
    """Preference by what people chose, in a file or in verbatims that compare.

    Args:
        brand: whose; a file needs none.
        file: of pairs or sets; None: the verbatims.
        reference: whom the others are measured against; the brand where it is among them.
        ask: of verbatims, which customers, which time.
        purpose: words of those who did not grant it are not read.

    Raises:
        UsageError: the reference is not among what was chosen from; nothing says what was chosen.
    """
    if file is not None:
        choices, names = choices_of_file(file)
        ours = None if brand is None else brand.settings.brand.name
        chosen = reference or (ours if ours in names else None)
        return ChoicesView(paired_choices(choices, names, reference=chosen))
    assert brand is not None
    with listening(brand, ask or Ask(), purpose) as heard:
        if heard.heard.silence is not None:
            return ChoicesView(None, heard.heard)
        choices, names = choices_said(heard)
        found = paired_choices(choices, names, reference=reference or names[0])
        return ChoicesView(found, heard.heard)


def named_view(
    brand: Brand,
    file: Path | None,
    *,
    column: str | None = None,
    ask: Ask | None = None,
    purpose: str = "service",
) -> NamedView:
    """Who comes to mind first: in free answers of a file, or named in the verbatims.

    Args:
        brand: whose; its competitors are in its settings.
        file: of answers; None: the verbatims.
        column: of the file; `answer`, or the only one.
        ask: of verbatims, which customers, which time.
        purpose: words of those who did not grant it are not read.

    Raises:
        UsageError: no competitor is set; the file has no such column.
    """
    if file is not None:
        names = names_of(brand.settings)
        return NamedView(answers=first_named(answers_of_file(file, column), names))
    with listening(brand, ask or Ask(), purpose) as heard:
        if heard.heard.silence is not None:
            return NamedView(heard=heard.heard)
        return NamedView(verbatims=named_brands(heard), heard=heard.heard)


def _enough(segments: pa.Array, customers: pa.Array) -> tuple[pa.Array, int]:
    """Segments of enough customers; the others are nobody's. Returns them, and how many went.

    Whoever has no known value, and whoever is left out, must together be enough as well: otherwise
    everybody less all that is shown would be them.
    """
    table = pa.table({"segment": segments, "customer": customers})
    counted = table.group_by("segment").aggregate([("customer", "count_distinct")])
    many = dict(
        zip(
            counted["segment"].to_pylist(),
            counted["customer_count_distinct"].to_pylist(),
            strict=True,
        )
    )
    rest = many.pop(None, 0)
    order = sorted(many, key=lambda name: (many[name], name))
    out = {name for name in order if many[name] < LEAST_CUSTOMERS}
    rest += sum(many[name] for name in out)
    for name in order:
        if 0 < rest < LEAST_CUSTOMERS and name not in out:
            out.add(name)
            rest += many[name]
    gone = pc.is_in(segments, value_set=pa.array(sorted(out), pa.string()))
    return pc.if_else(gone, pa.scalar(None, pa.string()), segments), len(out)
