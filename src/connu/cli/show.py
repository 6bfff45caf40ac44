"""`connu show`: one customer, or a visitor nobody knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.customer import CustomerView, Hit


def show(
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO",
            help="A customer id, a record (source:id), an e-mail, a phone number, an account, "
            "a loyalty card, a support case, a social handle or a cookie, of a visitor too.",
        ),
    ],
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show one customer: facts, records, identifiers and links, with probability, basis, source.

    What he is after, what he will buy and how soon, what comes next, whether he
    stays: as far as the build was right about it on a time held out. What he
    expects of the brand, met or not, in his own words.

    What you type is read as the sources' values are: «06 12 34 56 78» finds
    +33612345678. When several customers answer to it, they are listed to choose
    from.

    Of a visitor nobody knows: what he did and is after, what his statistical
    twins tell of him and how surely, and why they are silent about the rest. Twins are told
    as counts; who they are is never said.

    [dim]Examples:[/]
      connu show claire.petit@example.org
      connu show crm:1042
      connu show "06 12 34 56 78" --json
      connu show anonymous_id:46edcb5b405e3762
    """
    found = opened(brand).show(who, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(found.as_dict())
        return
    from connu.cli.screen import out

    if found.visitor is not None:
        from connu.cli.visitor import print_visitor

        print_visitor(out(), found.visitor)
    elif found.customer is None:
        _choices(out(), found.hits)
    else:
        print_customer(out(), found.customer, found.hits[0].label)


def _choices(console: Console, hits: list[Hit]) -> None:
    from connu.cli.screen import table

    console.print(f"{len(hits)} customers answer to that; name one of them:")
    rows = [(hit.customer_id, hit.label, hit.because) for hit in hits]
    console.print(table(("customer", "who", "found by"), rows))


def print_customer(console: Console, customer: CustomerView, label: str) -> None:
    """A customer's page on the screen."""
    from rich.markup import escape

    from connu.cli.expected import print_expected
    from connu.cli.intent_view import print_intents
    from connu.cli.screen import percent, table

    console.print(f"[bold]{customer.customer_id}[/] {escape(label)}")
    facts = [
        (
            fact["attribute"],
            fact["value"],
            percent(fact["probability"]),
            fact["basis"],
            fact["source"],
            _day(fact["observed_at"]),
        )
        for fact in customer.facts
        if fact["basis"] not in ("intents", "coded")
    ]
    headers = ("attribute", "value", "sure", "basis", "source", "as of")
    console.print(table(headers, facts, right=("sure",), title="[bold]facts[/]"))
    for line in _by_twins(customer.facts):
        console.print(f"[dim]{escape(line)}[/]")
    print_intents(console, customer.intents)
    print_expected(console, customer.expected)
    records = [
        (f"{record['source']}:{record['record_id']}", _gist(record), _day(record["recorded_at"]))
        for record in customer.records
    ]
    console.print(table(("record", "says", "recorded"), records, title="[bold]records[/]"))
    identifiers = [(key["type"], key["value"], key["records"]) for key in customer.identifiers]
    if identifiers:
        made = table(("identifier", "value", "records"), identifiers, right=("records",))
        made.title = "[bold]identifiers[/]"
        console.print(made)
    if customer.links:
        console.print(_links("links", customer.links))
    if customer.undecided:
        console.print(_links("in doubt, not merged", customer.undecided))
    if customer.visitors:
        cookies = [
            (visit["anonymous_id"], visit["basis"], visit["events"], _day(visit["last_time"]))
            for visit in customer.visitors
        ]
        made = table(("cookie", "tied by", "events", "last seen"), cookies, right=("events",))
        made.title = "[bold]visits[/]"
        console.print(made)
    if customer.household:
        console.print("[bold]lives with[/] " + ", ".join(customer.household))


def _by_twins(facts: list[dict[str, Any]]) -> list[str]:
    """Why twins say what they say, a line a fact; counts, never who they are."""
    from connu.app.visitor import evidence_of

    because = [
        (fact["attribute"], evidence_of(fact["evidence"]).get("because"))
        for fact in facts
        if fact["basis"] == "twins"
    ]
    return [f"{attribute}: {reason}." for attribute, reason in because if reason]


def _links(title: str, links: list[dict[str, Any]]) -> Any:
    from connu.cli.screen import percent, table

    rows = [
        (
            f"{link['left_source']}:{link['left_record_id']}",
            f"{link['right_source']}:{link['right_record_id']}",
            link["kind"],
            percent(link["match_probability"]),
            spoken_bits(link["bits"]),
        )
        for link in links
    ]
    headers = ("record", "record", "kind", "same person", "because (bits)")
    return table(headers, rows, right=("same person",), title=f"[bold]{title}[/]")


def spoken_bits(bits: str | None) -> str:
    """The evidence of a link on one line, the strongest first.

    >>> spoken_bits('{"names": 11.24, "phone": -2.0, "city": 0.0}')
    'names +11.2, phone −2.0'
    """
    weights = json.loads(bits) if bits else {}
    told = [(name, value) for name, value in weights.items() if abs(value) >= 0.05]
    told.sort(key=lambda pair: -abs(pair[1]))
    return ", ".join(f"{name} {value:+.1f}".replace("-", "−") for name, value in told)


_NOT_SAID = ("source", "record_id", "recorded_at", "row", "attributes")


def _gist(record: dict[str, Any]) -> str:
    return " · ".join(
        str(value) for name, value in record.items() if name not in _NOT_SAID and value
    )


def _day(moment: Any) -> str:
    return "" if moment is None else str(moment)[:10]
