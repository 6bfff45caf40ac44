"""The reason why two are, or are not, one person: verdict, evidence in bits, chain of links."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from connu.app.chain import chain_between, ends
from connu.app.customer import gather
from connu.app.decision import records_of, spoken
from connu.app.finding import Key, Named, name
from connu.app.reading import Reading
from connu.app.stages import MODEL_FILE
from connu.identify.explanation import Explanation, explain
from connu.identify.model import LinkModel
from connu.journal.journal import Journal
from connu.kernel.errors import BuildError, UsageError
from connu.kernel.settings import Settings


@dataclass(frozen=True)
class Reason:
    """Why two records are, or are not, one person.

    Attributes:
        left: the one record, as source:id.
        right: the other.
        same: whether they are one customer in the build in force.
        customers: his id, or the two's.
        verdict: a sentence.
        remarks: what decided beside the evidence: hands, doubts, generic values.
        explanation: the evidence of the two records alone, field by field, in bits.
        chain: the links that lead from the one to the other, when they are one customer.
    """

    left: str
    right: str
    same: bool
    customers: list[str]
    verdict: str
    explanation: Explanation
    remarks: list[str] = field(default_factory=list)
    chain: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The reason as JSON."""
        return asdict(self)


def explain_two(
    reading: Reading, settings: Settings, journal: Journal, left: str, right: str
) -> Reason:
    """Explain two that a person named.

    Where a text names several records (a customer, a shared e-mail), the pair with the strongest
    link or doubt between the two sides is explained.

    Args:
        reading: the build in force, opened for a purpose.
        settings: the brand's.
        journal: for decisions taken by hand.
        left: a record, a customer id or an identifier.
        right: another.

    Raises:
        NotFoundError: nobody answers to one of them.
        UsageError: both name one and the same record.
        BuildError: the build's link model cannot be read.
    """
    one, other = name(reading, settings, left), name(reading, settings, right)
    a, b = _pair(reading, one, other)
    ours = name(reading, settings, spoken(a)).customers[0]
    theirs = name(reading, settings, spoken(b)).customers[0]
    links = gather(reading, ours).links if ours == theirs else []
    chain = chain_between(links, a, b)
    linked = any(set(ends(link)) == {a, b} for link in links)
    explained = explain(reading.engine, _model(reading), a, b)
    return Reason(
        left=spoken(a),
        right=spoken(b),
        same=ours == theirs,
        customers=sorted({ours, theirs}),
        verdict=_verdict(ours, theirs),
        explanation=explained,
        remarks=_remarks(settings, journal, a, b, explained, ours == theirs, linked),
        chain=chain,
    )


def _pair(reading: Reading, one: Named, other: Named) -> tuple[Key, Key]:
    """The two records to explain: those with the strongest link or doubt between the sides."""
    left, right = records_of(one), records_of(other)
    pairs = [(a, b) for a in left for b in right if a != b]
    if not pairs:
        raise UsageError(
            "both name one and the same record",
            hint="name two records, as source:id; connu show lists a customer's",
        )
    if len(pairs) == 1:
        return pairs[0]
    wanted = set(pairs)
    best: tuple[float, tuple[Key, Key]] | None = None
    for customer_id in {*one.customers, *other.customers}:
        page = gather(reading, customer_id)
        for link in (*page.links, *page.undecided):
            a, b = ends(link)
            for pair in ((a, b), (b, a)):
                found = (link["match_probability"], pair)
                if pair in wanted and (best is None or found > best):
                    best = found
    return pairs[0] if best is None else best[1]


def _verdict(ours: str, theirs: str) -> str:
    return f"one customer, {ours}" if ours == theirs else f"two customers, {ours} and {theirs}"


def _model(reading: Reading) -> LinkModel:
    path = reading.build.path / MODEL_FILE
    try:
        return LinkModel.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BuildError(
            "the link model of the build in force cannot be read",
            hint="run: connu build --force",
            build=reading.build.id,
        ) from None


def _remarks(
    settings: Settings,
    journal: Journal,
    a: Key,
    b: Key,
    explained: Explanation,
    same: bool,
    linked: bool,
) -> list[str]:
    """What decided beside the evidence, in the order in which it decides."""
    remarks = []
    pair = (min(a, b), max(a, b))
    if pair in journal.joins():
        remarks.append("Joined by hand: the evidence below was overruled.")
    if pair in journal.splits():
        remarks.append("Split by hand: the evidence below was overruled.")
    source = settings.sources.get(a[0])
    if a[0] == b[0] and source is not None and source.unique:
        remarks.append(f"[sources.{a[0]}] is unique: two of its records are never one person.")
    if explained.generic:
        remarks.append(
            f"A value of {', '.join(explained.generic)} is generic (many unlike people have it) "
            "and says nothing."
        )
    doubtful = settings.identify.undecided_probability <= explained.probability
    if remarks:
        return remarks
    if same and not linked:
        remarks.append("Not linked directly: other records of the customer connect the two.")
    elif not same and explained.probability >= settings.identify.merge_probability:
        remarks.append("The two alone look like one; the other records of both speak against it.")
    elif not same and doubtful:
        remarks.append("In doubt: reported as undecided, not merged. connu join or split decides.")
    return remarks
