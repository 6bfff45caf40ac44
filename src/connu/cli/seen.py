"""What customers say of what the brand believes about them, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connu.cli.screen import percent, plain, table

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.claims import Claim
    from connu.measure.seen import KnowsMe, Seen, Side, Stated

_HEADERS = ("", "customers", "statements", "confirmed", "95 %", "told", "gap", "95 %")


def print_seen(console: Console, seen: Seen) -> None:
    """Both sides, what to know of each, and what to do where nobody was asked."""
    for side in seen.sides:
        _print_side(console, side)
    if seen.remark is not None:
        console.print(f"{seen.remark.en[0].upper()}{seen.remark.en[1:]}: {seen.command}")


def _print_side(console: Console, side: Side) -> None:
    people = "fewer than 10" if side.people is None else f"{side.people:,}"
    which = "" if side.survey is None else f" (survey {side.survey})"
    day = "" if side.at is None else f", the last on {side.at}"
    label = plain(f"{side.label.en[0].upper()}{side.label.en[1:]}")
    console.print(f"[bold]{label}[/]{which}: {people} customers{day}")
    console.print(f"[dim]{side.remark.en}.[/]")
    rows: list[tuple[str, ...]] = []
    by = "all"
    for one in side.statements:
        if one.by != by:
            rows.append((f"by {one.by}",) + ("",) * (len(_HEADERS) - 1))
            by = one.by
        rows.append(_row(one))
    if rows:
        console.print(table(_HEADERS, rows, right=_HEADERS[1:]))
    if side.knows_me is not None:
        _print_known(console, side.knows_me)
    console.print()


def _row(one: Stated) -> tuple[str, ...]:
    return (
        plain(one.label.en if one.by == "all" else f"  {one.label.en}"),
        _count(one.confirmed.people),
        _count(one.statements),
        _share(one.confirmed),
        _between(one.confirmed),
        _share(one.told),
        _points(one.gap.value),
        _between(one.gap, points=True),
    )


def _print_known(console: Console, known: KnowsMe) -> None:
    if known.share.hidden:
        console.print("Does the brand know them: fewer than 10 customers answered.")
        return
    console.print(
        f"{_share(known.share)} ({_between(known.share)}) of {known.share.people:,} customers say "
        f"that the brand knows them; they give it {known.mean.value:.1f} of 10 "
        f"({known.mean.low:.1f}–{known.mean.high:.1f})."
    )
    if known.gap is not None and known.own_estimate is not None:
        console.print(
            f"The brand believes {known.own_estimate:.0%}: {_points(known.gap.value)} points "
            f"({_between(known.gap, points=True)}) from what they say."
        )


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _share(claim: Claim) -> str:
    return "–" if claim.value is None else percent(claim.value)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f}"


def _between(claim: Claim, *, points: bool = False) -> str:
    if claim.low is None or claim.high is None:
        return ""
    if points:
        return f"{_points(claim.low)} to {_points(claim.high)}"
    return f"{100 * claim.low:.1f}–{100 * claim.high:.1f} %"
