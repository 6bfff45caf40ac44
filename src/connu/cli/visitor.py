"""A visitor on the screen: what he did and is after, what his twins tell or are silent about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.visitor import VisitorView

#: Values shown of an attribute that is not stated.
_LIKELIEST = 3


def print_visitor(console: Console, visitor: VisitorView) -> None:
    """A visitor's page on the screen."""
    from rich.markup import escape

    from connu.cli.expected import print_expected
    from connu.cli.intent_view import print_intents
    from connu.cli.screen import percent, shown, table

    console.print(f"[bold]{escape(visitor.anonymous_id)}[/] a visitor nobody knows")
    seen = f"{shown(visitor.events)} events, {_moment(visitor.first_time)} to "
    console.print(seen + _moment(visitor.last_time) + " (UTC)")
    for label, rows, column in (
        ("what he did", visitor.done, "type"),
        ("most in", visitor.categories, "category"),
    ):
        if rows:
            said = ", ".join(f"{row[column]} {shown(row['events'])}" for row in rows)
            console.print(f"[bold]{label}[/] {escape(said)}")
    if visitor.shared_device:
        console.print("Several accounts were seen behind the cookie: a device, not a person.")
    print_intents(console, visitor.intents)
    print_expected(console, visitor.expected)
    if visitor.told:
        told = [
            (fact["attribute"], fact["value"], percent(fact["probability"]), fact.get("because"))
            for fact in visitor.told
        ]
        made = table(("attribute", "value", "sure", "because"), told, right=("sure",))
        made.title = "[bold]told by twins[/]"
        console.print(made)
        console.print(
            "[dim]sure: calibrated on people held out; the twins are one voice of several in it.[/]"
        )
        weighed = [
            (fact["attribute"], ", ".join(map(str, fact["behaviours"])))
            for fact in visitor.told
            if fact.get("behaviours")
        ]
        if weighed:
            console.print(table(("attribute", "what weighs most"), weighed))
    unsaid = _unsaid(visitor)
    if unsaid:
        made = table(("attribute", "likeliest", "not said because"), unsaid)
        made.title = "[bold]not said[/]"
        console.print(made)
    if not visitor.told and not unsaid and not visitor.shared_device:
        console.print("[dim]Twins were not asked about him.[/]")


def _unsaid(visitor: VisitorView) -> list[tuple[str, str, str]]:
    """Attributes of which nothing is stated: the likeliest values, and the reason for silence."""
    from connu.cli.screen import percent

    stated = {fact["attribute"] for fact in visitor.told}
    reasons = {row["attribute"]: row["because"] for row in visitor.silences}
    likeliest: dict[str, list[dict[str, Any]]] = {attribute: [] for attribute in reasons}
    for row in visitor.probabilities:
        likeliest.setdefault(row["attribute"], []).append(row)
    return [
        (
            attribute,
            ", ".join(f"{row['value']} {percent(row['probability'])}" for row in rows[:_LIKELIEST]),
            reasons.get(attribute, ""),
        )
        for attribute, rows in sorted(likeliest.items())
        if attribute not in stated
    ]


def _moment(moment: Any) -> str:
    return "an unknown time" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
