"""Preference on the screen: Kano classes, choices, NPS and names, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connu.cli.expectations_page import shares

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.named import NamedBrands
    from connu.app.preference import NpsView
    from connu.understand.estimate import Estimate
    from connu.understand.first_named import FirstNamed
    from connu.understand.kano import KanoFeature
    from connu.understand.paired_choices import PairedChoices

_FOOT = "[dim]In brackets: the 95 % interval.[/]"


def print_kano(console: Console, features: Sequence[KanoFeature]) -> None:
    """A line a feature."""
    from connu.cli.screen import still, table
    from connu.understand.kano import SILENCES

    rows = [
        (
            still(one.name),
            one.kano_class,
            f"{one.first} {one.counts[one.first]}, {one.second} {one.counts[one.second]}",
            one.answers,
            _figure(one.better),
            _figure(one.worse),
            "" if one.silence is None else SILENCES[one.silence],
        )
        for one in features
    ]
    headers = ("feature", "class", "most said", "answers", "better", "worse", "")
    console.print(table(headers, rows, right=("answers",)))
    console.print(
        "[dim]Better: how much satisfaction it adds when it is there; worse: how much it takes "
        "away when it is not. In brackets: the 95 % interval.[/]"
    )


def print_choices(console: Console, found: PairedChoices) -> None:
    """A line an item, the strongest first."""
    from connu.cli.screen import plain, still, table
    from connu.understand.paired_choices import SILENCES

    console.print(
        f"{found.answers:,} answers of {found.people:,} people; {found.ties:,} ties, "
        f"{found.left_out:,} left out."
    )
    if found.silence is not None:
        console.print(f"Nothing is said: {SILENCES[found.silence]}.")
        return
    ours = found.reference
    rows = [
        (
            still(one.name),
            f"{one.shown:,.0f}",
            shares(one.preferred),
            shares(one.loses),
            "" if one.silence is None else SILENCES[one.silence],
        )
        for one in found.items
    ]
    against = f"would take {still(ours)} over it" if ours else "would take the reference"
    headers = ("", "shown", "chosen if all were shown", against, " ")
    console.print(table(headers, rows, right=headers[1:4]))
    if ours:
        console.print(f"[dim]Measured against {plain(ours)}.[/] {_FOOT}")
    else:
        console.print(_FOOT)


def print_nps(console: Console, view: NpsView) -> None:
    """A line a segment; everybody first."""
    from connu.cli.expectations_page import spoken_nps
    from connu.cli.screen import still, table

    everybody, *others = view.segments
    if not everybody.answers:
        console.print("Nobody answered: map the field «nps» of a source of verbatims.")
        return
    console.print(spoken_nps(everybody))
    if view.segment_by is None:
        console.print(_FOOT)
        return
    rows = [
        (
            still(one.segment or ""),
            one.answers,
            _points(one.nps),
            "" if one.beyond_rest is None else _points(one.beyond_rest),
        )
        for one in others
    ]
    headers = (still(view.segment_by), "answers", "NPS", "more than the others'")
    console.print(table(headers, rows, right=headers[1:]))
    if view.hidden:
        console.print(f"[dim]{view.hidden} segments of too few customers are not shown.[/]")
    console.print(_FOOT)


def print_first(console: Console, found: FirstNamed) -> None:
    """A line a brand, of free answers."""
    from connu.cli.screen import plain, still, table

    console.print(
        f"{found.answers:,} answers, {found.blank:,} blank; {found.unlisted:,} name none of the "
        "list."
    )
    if found.silence is not None:
        console.print("Nothing is said: fewer than 20 answers.")
        return
    rows = [
        (still(one.name), one.first, shares(one.first_share), one.any, shares(one.any_share))
        for one in found.named
    ]
    headers = ("brand", "named first", "share", "named at all", "share ")
    console.print(table(headers, rows, right=headers[1:]))
    if found.unlisted_words:
        words = ", ".join(f"{word} {number}" for word, number in found.unlisted_words[:10])
        console.print(f"Also named: {plain(words)}. If these are brands, add them to competitors.")
    console.print(_FOOT)


def print_named(console: Console, found: NamedBrands) -> None:
    """A line a brand, of verbatims."""
    from connu.cli.screen import still, table

    console.print(f"{found.naming:,} of {found.texts:,} verbatims name a brand of the list.")
    if found.silence is not None:
        console.print("Nothing is said: fewer than 20 of them.")
        return
    rows = [
        (still(one.name), one.texts, shares(one.share), one.first, shares(one.first_share))
        for one in found.named
    ]
    headers = ("brand", "verbatims", "of all", "named first", "of those that name one")
    console.print(table(headers, rows, right=headers[1:]))
    console.print(
        "[dim]Verbatims are written to us: we are named in fewer of them than we are meant. "
        "Who comes to mind first, a question says: connu preference first FILE.[/]"
    )


def _figure(one: Estimate) -> str:
    return f"{one.value:.2f} [{one.low:.2f} to {one.high:.2f}]".replace("-", "−")


def _points(one: Estimate) -> str:
    return f"{one.value:.0f} [{one.low:.0f} to {one.high:.0f}]".replace("-", "−")
